"""The hash of a file's first bytes, made while the way to the server is opened and nothing else can be done.

What lies behind them is hashed by whoever goes through the file. Nothing here knows of servers.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Self

from console.fleet.copying.tree import Source

_LEAST_BYTES = 16 * 1024 * 1024
_MOST_BYTES = 256 * 1024 * 1024
"""What is hashed ahead is read again later: it should still be in memory then."""
_PIECE = 128 * 1024


class Ahead:
    """Begins with a thread of its own at once; used by `with`.

    Args:
        path: None where nothing is to be done.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._digest = hashlib.sha256()
        self._upto = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        if path is not None:
            self._thread = threading.Thread(
                target=self._run, args=(path,), name="copy hash ahead", daemon=True
            )
            self._thread.start()

    @classmethod
    def of(cls, source: Source) -> Self:
        """For a source that is one large file of this machine; else it does nothing."""
        listing = source.listing()
        if listing.is_dir or listing.total_bytes < _LEAST_BYTES:
            return cls(None)
        return cls(source.local(listing.files[0]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No more is wanted."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def take(self, path: Path) -> tuple[hashlib._Hash, int]:
        """The hash of the first bytes of a file, and of how many; of none where it is another file."""
        self.stop()
        if path != self._path:
            return hashlib.sha256(), 0
        return self._digest.copy(), self._upto

    def _run(self, path: Path) -> None:
        buffer = memoryview(bytearray(_PIECE))
        try:
            with path.open("rb", buffering=0) as file:
                while not self._stop.is_set() and self._upto < _MOST_BYTES:
                    count = file.readinto(buffer)
                    if not count:
                        return
                    self._digest.update(buffer[:count])
                    self._upto += count
        except OSError:
            return  # whoever reads the file itself tells why it cannot be read
