"""The only entry point: picks the command line or the window, or the child that searches in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from console.jobs.search_child import ASK
from console.jobs.search_child import run as search

if TYPE_CHECKING:
    from console.context import Context
    from console.demo.round import RoundSummary
    from console.operations.plan import Work


def main(argv: list[str] | None = None) -> int:
    """Run `tandem`; returns the exit code."""
    if (sys.argv[1:] if argv is None else argv) == [ASK]:
        return search()
    from console.cli.main import run

    return run(sys.argv[1:] if argv is None else argv, _open_window)


def _open_window(context: Context, round_work: Callable[[], Work[RoundSummary]] | None) -> int:
    """The window; Qt is loaded here and by no other way."""
    from console.ui.main import run

    return run(context, round_work=round_work)


if __name__ == "__main__":
    sys.exit(main())
