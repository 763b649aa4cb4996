"""The detached process that watches one process which Tandem did not start: its end, its output from now on.

It is not its parent, so the exit code cannot be known; that is said, not guessed.
"""

import os
import signal
import stat
import time

from . import paths, procs
from .child import Report, Signals
from .limits import LogLimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_LOOK_S = 0.5
_PIECE = 256 * 1024
_LOCK_PATIENCE_S = 1.0


class Adopter:
    """One adopted process's life from now on."""

    def __init__(self, plan: "Dict[str, Any]", report: Report) -> None:
        self.folder = str(plan["dir"])
        self.pid, self.since = int(plan["pid"]), int(plan["started_ticks"])
        self.ticket = str(plan["ticket"])
        # Where it was when it was adopted: what a lease is to a job of ours.
        self.accelerators = list(plan.get("accelerators") or [])
        self.began = time.monotonic()
        self.report = report
        self.signals = Signals()
        self.log_limit = LogLimit(self.folder, plan.get("log_limit_bytes"))
        self.ending = False
        self.kill_at = 0.0

    def path(self, name: str) -> str:
        """A file of this job."""
        return os.path.join(self.folder, name)

    def run(self) -> None:
        """From the lock to the result."""
        if paths.try_lock(self.path("lock"), _LOCK_PATIENCE_S) is None:
            self.report.say(already=True)
            return
        source = _output_of(self.pid)
        log = os.open(paths.raw(self.path("log")), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        began = procs.now()
        start = {
            "v": 1,
            "attempt": 1,
            "adopted": True,
            "boot_id": procs.boot_id(),
            "supervisor": {"pid": os.getpid(), "started": procs.start_time(os.getpid())},
            "process": {"pid": self.pid, "started": self.since},
            "started": procs.iso(began),
            "accelerators": self.accelerators,
        }
        try:
            paths.write_json(self.path("start.json"), start)
        except OSError as error:
            self.report.say(code="remote.not_writable", path=self.folder, reason=error.strerror)
            return
        self.report.say(started=True, pid=self.pid)
        while procs.is_alive(self.pid, self.since):
            self._copy(source, log)
            self._end_where_wanted()
            self.log_limit.hold()
            self.signals.wait(_LOOK_S)
        self._copy(source, log)
        self._conclude()

    def _copy(self, source: "Optional[int]", log: int) -> None:
        """What it has written to its output file since the last look."""
        if source is None:
            return
        try:
            data = os.read(source, _PIECE)
            while data:
                paths.write_all(log, data)
                self.log_limit.hold()
                data = os.read(source, _PIECE)
        except OSError:  # a full disk or a file that went: the process is watched all the same
            return

    def _end_where_wanted(self) -> None:
        if not self.ending and not os.path.exists(paths.raw(self.path("cancel"))):
            return
        now = time.monotonic()
        if not self.ending:
            wish = paths.read_json(self.path("cancel")) or {}
            grace = wish.get("grace_s")
            self.ending, self.kill_at = (
                True,
                now + (float(grace) if isinstance(grace, (int, float)) else 10.0),
            )
            procs.signal_all([(self.pid, self.since)], signal.SIGTERM)
        elif now >= self.kill_at:
            procs.signal_all([(self.pid, self.since)], signal.SIGKILL)

    def _conclude(self) -> None:
        reason = "it ended; Tandem had not started it, so its exit code is not known"
        seconds = time.monotonic() - self.began
        result = {
            "v": 1,
            "seconds": round(seconds, 3),
            "gpu_seconds": round(seconds * len(self.accelerators), 3),
            "accelerators": self.accelerators,
            "attempt": 1,
            "state": "cancelled" if self.ending else "lost",
            "exit_code": None,
            "signal": None,
            "reason": "it was cancelled" if self.ending else reason,
            "ended": procs.iso(procs.now()),
            "boot_id": procs.boot_id(),
        }
        pause = 0.1
        while os.path.isdir(paths.raw(self.folder)):
            try:
                paths.write_json(self.path("result.json"), result)
                os.unlink(paths.raw(self.ticket))
                return
            except FileNotFoundError:
                return
            except OSError:  # a full disk: the last word is tried until it is there
                time.sleep(pause)
                pause = min(30.0, pause * 2)


def _output_of(pid: int) -> "Optional[int]":
    """The file that a process writes its output to, from its end on; None where that is none we may read."""
    try:
        source = os.open("/proc/%d/fd/1" % pid, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(source).st_mode):
        os.close(source)
        return None
    os.lseek(source, 0, os.SEEK_END)
    return source


def run(bundle: "Dict[str, Any]") -> int:
    """The entry that boot.py calls: leave the starter's family, then watch."""
    if os.fork():
        return 0
    procs.name_process("tandem-job")
    os.umask(0o077)
    Adopter(bundle["config"], Report()).run()
    return 0
