"""SHA-256 beside the reading and writing of a copy, on a thread of its own; for both ends of it.

Nothing here knows of files or frames.
"""

import collections
import hashlib
import threading
from typing import Any, Optional

AHEAD = 2
"""How many pieces may wait to be hashed: whoever reads into buffers needs one more than that."""


class Hasher:
    """Hashes what it is given, in order, while the giver goes on; `close` it.

    Args:
        digest: of what came before; a new one where nothing did.
    """

    def __init__(self, digest: Any = None, ahead: int = AHEAD) -> None:
        self._digest = hashlib.sha256() if digest is None else digest
        self._ahead = ahead
        self._given: "collections.deque[Any]" = collections.deque()
        self._free = threading.Semaphore(ahead)
        self._there = threading.Semaphore(0)
        self._thread: "Optional[threading.Thread]" = None

    def update(self, data: Any) -> None:
        """The next bytes; they must stay as they are until `ahead` more pieces were given, or `drain`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="copy hash")
            self._thread.daemon = True
            self._thread.start()
        self._free.acquire()
        self._given.append(data)
        self._there.release()

    def _run(self) -> None:
        while True:
            self._there.acquire()
            data = self._given.popleft()
            if data is None:
                return
            self._digest.update(data)
            del data  # a memory map closes only when nothing points into it
            self._free.release()

    def drain(self) -> None:
        """Wait until all that was given is hashed."""
        for _ in range(self._ahead):
            self._free.acquire()
        for _ in range(self._ahead):
            self._free.release()

    def hexdigest(self) -> str:
        """Of all that was given so far."""
        self.drain()
        return self._digest.hexdigest()

    def close(self) -> None:
        """End the thread, when all that was given is hashed."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._given.append(None)
            self._there.release()
            thread.join()
