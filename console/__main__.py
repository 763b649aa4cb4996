"""The only entry point: picks the command line or the window. Nothing else is decided here."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run `tandem`; returns the exit code."""
    from console.cli.main import run

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
