"""What a supervisor holds a job to while it runs: the room of its log, the memory of its processes.

No control groups here: those need a service manager. Only os-level imports at start.
"""

import fcntl
import os
import time

from . import paths, procs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

_BLOCK = 4096
# No disk cache is filled faster than this, so a log with room left need not be looked at before.
_FASTEST_BYTES_S = float(4 << 30)
_SHORTEST_S = 0.02
_LONGEST_S = 1.0
_MEMORY_LOOK_S = 0.9
_PUNCH_HOLE = 0x02 | 0x01  # FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, linux/falloc.h


class LogLimit:
    """Keeps a log's disk use below a limit: its beginning and its newest part stay, the middle is given back.

    Offsets never move: the file gets a hole, and log.hole says from where to where, before it is made.
    A log that grows is looked at again before it can fill the room that is left, one that stands still when
    the kernel tells of the next write in its folder (F_NOTIFY, which costs nothing while nothing is written).
    """

    def __init__(self, folder: str, limit: "Optional[int]") -> None:
        self._log = os.path.join(folder, "log")
        self._told = os.path.join(folder, "log.hole")
        self._limit = limit
        self._size = self._used = 0
        self._grows = False
        self._folder = -1

    def wait_s(self, signals: "Any") -> float:
        """Seconds until the next look must come; less where a write is told of meanwhile, by SIGIO."""
        if self._limit is None:
            return _LONGEST_S
        stirred, signals.stirred = signals.stirred, False
        if not self._grows and not stirred and self._is_told():
            return _LONGEST_S
        room = max(0, self._limit - self._used)
        return max(_SHORTEST_S, min(_LONGEST_S, room / _FASTEST_BYTES_S))

    def _is_told(self) -> bool:
        """Have the kernel tell of the next write; False where it cannot, or one has come already."""
        try:
            if self._folder < 0:
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
                self._folder = os.open(paths.raw(os.path.dirname(self._log)), flags)
            fcntl.fcntl(self._folder, fcntl.F_NOTIFY, fcntl.DN_MODIFY)
            return os.stat(paths.raw(self._log)).st_size == self._size
        except (OSError, AttributeError):  # a system without it, or a folder that is gone
            return not os.path.exists(paths.raw(self._log))

    def hold(self) -> None:
        """Look at the log once; gives back its middle where it takes too much room."""
        if self._limit is None:
            return
        try:
            found = os.stat(paths.raw(self._log))
        except OSError:  # the job has removed its own folder
            self._grows = False
            return
        self._grows, self._size, self._used = found.st_size > self._size, found.st_size, found.st_blocks * 512
        if found.st_blocks * 512 <= self._limit:
            return
        head = self._limit // 8 // _BLOCK * _BLOCK
        # A quarter is made free at once, so that a job that writes on is not looked at byte by byte.
        tail = (found.st_size - self._limit * 5 // 8) // _BLOCK * _BLOCK
        if tail <= head:
            return
        try:
            paths.write_json(self._told, {"from": head, "to": tail}, durable=False)
            reason = self._punch(head, tail - head)
            if reason is not None:
                # The log goes on growing; whoever reads it is told why.
                paths.write_json(self._told, {"reason": reason}, durable=False)
                self._limit = None
            else:
                self._used = os.stat(paths.raw(self._log)).st_blocks * 512
        except OSError:
            # No room for the word about the hole, and nothing is given back without it: the next look tries.
            return

    def _punch(self, offset: int, length: int) -> "Optional[str]":
        try:
            import ctypes

            call = ctypes.CDLL(None, use_errno=True).fallocate
        except (ImportError, OSError, AttributeError):
            return "this Python cannot give back parts of a file"
        kinds = [ctypes.c_int, ctypes.c_int, ctypes.c_longlong, ctypes.c_longlong]
        if ctypes.sizeof(ctypes.c_void_p) == 8:
            call.argtypes = kinds
        else:
            return "this machine's Python has 32 bits"
        descriptor = os.open(paths.raw(self._log), os.O_WRONLY | os.O_NOFOLLOW)
        try:
            if call(descriptor, _PUNCH_HOLE, offset, length) != 0:
                return "its file system cannot give back parts of a file: %s" % os.strerror(
                    ctypes.get_errno()
                )
        finally:
            os.close(descriptor)
        return None


class MemoryLimit:
    """The resident memory of a job's session against its limit, looked at every second."""

    def __init__(self, limit: "Optional[int]") -> None:
        self._limit = limit
        self._looked = -_MEMORY_LOOK_S
        self.seen = 0

    def is_passed(self, session: int) -> bool:
        """Whether the processes of the session together hold more than the limit."""
        now = time.monotonic()
        if self._limit is None or now - self._looked < _MEMORY_LOOK_S:
            return False
        self._looked = now
        self.seen = sum(_resident(pid) for pid in procs.in_session(session))
        if self.seen > self._limit:
            # Pages that processes share were counted once for each: now exactly, where the kernel can say.
            self.seen = sum(proportional(pid) for pid in procs.in_session(session))
        return self.seen > self._limit

    def words(self) -> str:
        """Why it was ended."""
        return "its processes held %s of memory, above its limit of %s" % (
            in_words(self.seen),
            in_words(self._limit or 0),
        )


def _resident(pid: int) -> int:
    try:
        with open("/proc/%d/statm" % pid, "rb") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):  # it has just ended
        return 0


def proportional(pid: int) -> int:
    """What a process holds in memory, pages that it shares counted by its part."""
    try:
        with open("/proc/%d/smaps_rollup" % pid, "rb") as stream:
            for line in stream:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return _resident(pid)
    return _resident(pid)


def in_words(size: "Any") -> str:
    """Bytes as people read them."""
    number = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return "%.4g %s" % (number, unit)
        number /= 1024
    return "%.4g TiB" % number
