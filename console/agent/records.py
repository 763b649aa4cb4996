"""What a job's or service's folder says of it: computed when read, never stored, never guessed.

A folder may be half written, damaged, or of another Tandem's version; reading it always gives an answer.
"""

import os
import time
from typing import Any, Dict, List, Optional

from . import attempts, paths, procs
from .paths import raw

FINAL = ("succeeded", "failed", "cancelled", "timed_out", "preempted", "lost")
# So long a supervisor may take from the job's folder to its start.
_START_PATIENCE_S = 30.0


class Record:
    """The life of one folder as its files tell it; `phase` is new, running, ended or lost."""

    def __init__(self, folder: str, holds_lock: bool = False) -> None:
        self.folder = folder
        result = self._result()
        locked = result is None and not holds_lock and paths.is_locked(os.path.join(folder, "lock"))
        self.start: Dict[str, Any] = paths.read_json(os.path.join(folder, "start.json")) or {}
        if result is None and not locked:
            # It may have ended between the two looks.
            result = self._result()
        if result is None and self.start and attempts.is_over(folder, self.start):
            # It waits for its next attempt.
            self.start = {}
        waits = result is None and not self.start and bool(attempts.ended(folder))
        self.result: Dict[str, Any] = result or {}
        self.reason = text_or_none(self.result.get("reason"))
        if result is not None:
            self.phase = "ended"
        elif locked:
            # Holding the lock before the start is on disk is still starting.
            self.phase = "running" if self.start else "new"
        elif not waits and any(procs.is_alive(*each) for each in self.identities("supervisor")):
            # The lock's name was deleted, by the job perhaps: who holds it lives and will tell the end.
            self.phase = "running"
        elif not waits and os.path.lexists(raw(os.path.join(folder, "start.json"))):
            self.phase = "lost"
            self.reason = self._loss()
        else:
            self.phase = "new"
        self.locked = locked

    def _result(self) -> Optional[Dict[str, Any]]:
        found = paths.read_json(os.path.join(self.folder, "result.json"))
        return found if found is not None and isinstance(found.get("state"), str) else None

    def _loss(self) -> str:
        if os.path.lexists(raw(os.path.join(self.folder, "result.json"))):
            return "its result cannot be read"
        if self.start.get("boot_id") not in (None, procs.boot_id()):
            return "the server was restarted while it ran"
        alive = [each for each in self.identities("process") if procs.is_alive(*each)]
        text = "its supervisor ended without a result"
        return "%s; process %d still runs" % (text, alive[0][0]) if alive else text

    def identities(self, who: str) -> "List[procs.Identity]":
        """The supervisor's or process's identity, if it is of this boot."""
        found = self.start.get(who)
        if not isinstance(found, dict) or self.start.get("boot_id") != procs.boot_id():
            return []
        pid, started = found.get("pid"), found.get("started")
        return [(pid, started)] if isinstance(pid, int) and isinstance(started, int) else []

    def age_s(self) -> float:
        """Seconds since the folder last changed."""
        try:
            return time.time() - os.stat(raw(self.folder)).st_mtime
        except OSError:
            return 0.0

    def never_started(self) -> bool:
        """Whether nobody is going to start it any more."""
        return self.phase == "new" and not self.locked and self.age_s() > _START_PATIENCE_S

    @property
    def pid(self) -> Optional[int]:
        """The process's pid."""
        found = self.start.get("process")
        return found.get("pid") if isinstance(found, dict) else None

    def log_size(self) -> int:
        """Bytes logged so far."""
        try:
            return os.stat(raw(os.path.join(self.folder, "log"))).st_size
        except OSError:
            return 0


def end(record: Record, marks: List[str], grace_s: float, patience_s: float = 15.0) -> Record:
    """Ask a running record's supervisor to end it, and wait until that is done or the patience is used up.

    A lost one has no supervisor: what is left of it is ended from here.
    """
    if record.phase == "running":
        cancel = os.path.join(record.folder, "cancel")
        # When a checkpoint was asked for is kept: what was saved since counts.
        first = (paths.read_json(cancel) or {}).get("first")
        wish = {"grace_s": grace_s, "time": procs.iso(procs.now()), "first": first}
        try:
            paths.write_json(cancel, wish)
        except OSError:  # a full disk must not keep a job alive: the signal alone means the default grace
            record.reason = None
        procs.signal_all(record.identities("supervisor"), 10)  # SIGUSR1
    elif record.phase == "lost" and record.start.get("boot_id") == procs.boot_id():
        procs.sweep([raw(mark) for mark in marks], record.pid or -1, grace_s)
    deadline = time.monotonic() + grace_s + patience_s
    while record.phase == "running" and time.monotonic() < deadline:
        time.sleep(0.02)
        record = Record(record.folder)
    return record


def text_or_none(value: Any) -> Optional[str]:
    """A text as it is, anything else as unknown."""
    return value if isinstance(value, str) else None


def number_or_none(value: Any) -> Any:
    """A number as it is, anything else as unknown."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def texts(value: Any) -> List[str]:
    """The texts of a list, nothing else."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
