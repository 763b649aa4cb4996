"""Says what installing torch here would fetch, how much and from where, before anything is fetched.

Exit code 0: small enough to go on; 3: over the bound, so somebody should be asked.
"""

from __future__ import annotations

import argparse
import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ASK_OVER_BYTES = 500_000_000
_TOO_BIG = 3
_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Wheel:
    """One file that pip would fetch; `size` is None where nobody says it."""

    name: str
    version: str
    url: str
    size: int | None

    @property
    def source(self) -> str:
        """The host or the folder it comes from."""
        parts = urllib.parse.urlsplit(self.url)
        return parts.netloc or str(Path(urllib.parse.unquote(parts.path)).parent)


def size_of(url: str) -> int | None:
    """Bytes of a file by its address, without fetching it."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "file":
        return Path(urllib.parse.unquote(parts.path)).stat().st_size
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    request = urllib.request.Request(url.split("#")[0], method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S, context=context) as answer:
            length = answer.headers.get("Content-Length")
    except (OSError, urllib.error.URLError):
        return None
    return int(length) if length else None


def resolve(pip_arguments: Sequence[str]) -> list[Wheel]:
    """What pip would install for torch, torch first."""
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--report", "-"]
    found = subprocess.run([*argv, *pip_arguments, "torch"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise SystemExit(found.stderr)
    entries = json.loads(found.stdout)["install"]
    urls = [entry["download_info"]["url"] for entry in entries]
    with ThreadPoolExecutor(8) as pool:
        sizes = list(pool.map(size_of, urls))
    wheels = [
        Wheel(entry["metadata"]["name"], entry["metadata"]["version"], url, size)
        for entry, url, size in zip(entries, urls, sizes, strict=True)
    ]
    return sorted(wheels, key=lambda wheel: wheel.name != "torch")


def sentence(wheels: Sequence[Wheel]) -> str:
    """What a person reads before anything is fetched."""
    torch, others = wheels[0], wheels[1:]
    unknown = sum(wheel.size is None for wheel in others)
    text = f"torch {torch.version}: {megabytes(torch.size)} from {torch.source}"
    if others:
        text += f"; {len(others)} packages it needs: {megabytes(sum(w.size or 0 for w in others))}"
    return text + (f" and {unknown} of unknown size" if unknown else "")


def megabytes(size: int | None) -> str:
    """A size for people."""
    return "of unknown size" if size is None else f"{size / 1e6:,.0f} MB"


def main() -> int:
    """Print the sentence; the exit code says whether to ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--constraint", required=True)
    parser.add_argument("--extra-index-url")
    given = parser.parse_args()
    arguments = ["--constraint", given.constraint]
    if given.extra_index_url:
        arguments += ["--extra-index-url", given.extra_index_url]
    wheels = resolve(arguments)
    print(sentence(wheels), file=sys.stderr)
    unknown = wheels[0].size is None
    return _TOO_BIG if unknown or sum(wheel.size or 0 for wheel in wheels) > ASK_OVER_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
