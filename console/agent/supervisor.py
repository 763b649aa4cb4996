"""The detached process that owns one job or service: starts it, watches it, writes its result once.

It outlives the agent, the connection and the console. It is started with few modules: only os-level imports.
"""

import errno
import json
import os
import signal
import time

from . import attempts, checkpoints, jobsecrets, paths, preparing, procs, results, units
from .child import Child, Report, Signals, boot_from
from .limits import LogLimit, MemoryLimit
from .wire import no_space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

    Plan = Dict[str, Any]

_DEFAULT_GRACE_S = 10.0
_LEFTOVER_GRACE_S = 2.0
_LOOK_S = 1.0
_LOCK_PATIENCE_S = 1.0
_KEEPER_LOOK_S = 3.0
_BACKOFF_S = 10.0


class Outcome:
    """How the process ended."""

    def __init__(
        self,
        code: "Optional[int]",
        number: "Optional[int]",
        reason: "Optional[str]",
        peak: int,
        seconds: float,
        cpu_s: "Optional[float]" = None,
    ) -> None:
        self.code, self.number, self.reason, self.peak, self.seconds = code, number, reason, peak, seconds
        self.cpu_s = cpu_s


class Supervisor:
    """One job's or service's life."""

    def __init__(self, plan: "Plan", report: Report) -> None:
        self.plan = plan
        self.folder = str(plan["dir"])
        self.report = report
        self.signals = Signals()
        self.marks = [paths.raw(mark) for mark in plan["marks"]]
        self.ending: "Optional[str]" = None
        self.kill_at = 0.0
        self.was_killed = False
        self.oom_before = procs.oom_kills()
        self.attempt = int(plan.get("attempt") or 1)
        self.started = ""
        # No later attempt could start either.
        self.hopeless = False
        self.spec: "Optional[bytes]" = None
        self.log_limit = LogLimit(self.folder, plan.get("log_limit_bytes"))
        self.memory_limit = MemoryLimit(plan.get("memory_limit_bytes"))
        self._keeper_looked = time.monotonic()

    def path(self, name: str) -> str:
        """A file of this job."""
        return os.path.join(self.folder, name)

    def run(self) -> None:
        """From the lock to the result."""
        lock = paths.try_lock(self.path("lock"), _LOCK_PATIENCE_S)
        if lock is None or self._has_begun():
            self.report.say(already=True)
            return
        try:
            gone = preparing.what_is_gone(self.plan)
            if gone is not None:
                self._give_up(gone)
                return
            child = self._prepare()
        except OSError as error:
            self._unreserve()
            code = "remote.disk_full" if no_space(error) else "remote.not_writable"
            self.report.say(code=code, path=self.folder, reason=error.strerror)
            return
        began = time.monotonic()
        failed = child.release()
        self.report.say(started=True, pid=child.pid)
        if failed is None and self.plan.get("unit"):  # after the start, which waits for nobody
            units.take(self.plan["unit"], self.path("unit"), child.pid, self.plan.get("memory_limit_bytes"))
        if failed is not None:
            os.waitpid(child.pid, 0)
            reason = "'%s' could not be started: %s" % (self.plan["argv"][0], os.strerror(failed))
            self._conclude(Outcome(127, None, reason, 0, 0.0))
            return
        if not jobsecrets.may_be_needed_again(
            self.folder, self.plan.get("retries"), bool(self.plan.get("preemptible"))
        ):
            jobsecrets.forget(self.folder)
        status, usage = self._watch(child.pid, began)
        self._end(child.pid, status, usage, time.monotonic() - began)

    def _give_up(self, reason: str) -> None:
        """This attempt cannot start, nor can a later one."""
        self.report.say(already=True)
        self.hopeless = True
        self.started = procs.iso(procs.now())
        self._conclude(Outcome(None, None, reason, 0, 0.0))

    def _has_begun(self) -> bool:
        if os.path.exists(paths.raw(self.path("result.json"))):
            return True
        if not os.path.exists(paths.raw(self.path("start.json"))):
            return False
        start = paths.read_json(self.path("start.json"))
        # One that cannot be read tells nothing: it counts as begun.
        return start is None or not attempts.is_over(self.folder, start)

    def _prepare(self) -> Child:
        """Everything that needs the disk, before anything runs."""
        results.reserve(self.folder)
        self.spec = results.spec_of(self.folder) if self.plan.get("ticket") else None
        log = os.open(paths.raw(self.path("log")), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if self.attempt > 1:
            paths.write_all(log, b"[tandem] attempt %d\n" % self.attempt)
        child = Child(self.plan, log, self.report)
        os.close(log)
        self.started = procs.iso(procs.now())
        start = {
            "v": 1,
            "attempt": self.attempt,
            "boot_id": procs.boot_id(),
            "supervisor": {"pid": os.getpid(), "started": procs.start_time(os.getpid())},
            "process": {"pid": child.pid, "started": child.started},
            "started": self.started,
            "accelerators": self.plan.get("accelerators", []),
        }
        try:
            paths.write_json(self.path("start.json"), start)
        except OSError:
            child.abandon()
            raise
        return child

    def _unreserve(self) -> None:
        for name in ("result.part", "start.json") if self.attempt == 1 else ("result.part",):
            try:
                os.unlink(paths.raw(self.path(name)))
            except OSError:
                continue

    def _wants_end(self, began: float) -> "Optional[str]":
        """Why the job should end now, None while it should not."""
        if self.signals.cancel or os.path.exists(paths.raw(self.path("cancel"))):
            return "cancelled"
        limit = self.plan.get("time_limit_s")
        if limit is not None and time.monotonic() - began >= limit:
            return "timed_out"
        wish = self.path(attempts.preempt_name(self.attempt))
        if self.plan.get("preemptible") and os.path.exists(paths.raw(wish)):
            return "preempted"
        return "told" if self.signals.told_to_end else None

    def _grace_s(self) -> float:
        name = {"cancelled": "cancel", "preempted": attempts.preempt_name(self.attempt)}.get(
            self.ending or ""
        )
        wish = paths.read_json(self.path(name)) if name else None
        grace = (wish or {}).get("grace_s", self.plan.get("grace_s", _DEFAULT_GRACE_S))
        return max(0.0, float(grace)) if isinstance(grace, (int, float)) else _DEFAULT_GRACE_S

    def _hurry(self, now: float) -> None:
        """Whoever waits for a checkpoint may lose patience: a plain cancel shortens the time that is left."""
        if self.ending == "cancelled" and now + _LOOK_S < self.kill_at:
            if checkpoints.wish(self.folder).get("checkpoint") is not True:
                self.kill_at = min(self.kill_at, now + self._grace_s())

    def _watch(self, pid: int, began: float) -> "Any":
        """Wait for the process, and end it where that is due; (wait status, what it used)."""
        while True:
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if ended:
                return status, usage
            now = time.monotonic()
            if self.ending is None:
                self.ending = self._wants_end(began)
                if self.ending is None and self.memory_limit.is_passed(pid):
                    self.ending = "memory"
                if self.ending is not None:
                    self.kill_at = now + self._grace_s()
                    self._signal(pid, signal.SIGTERM)
            elif now >= self.kill_at:
                self.was_killed = True
                self._signal(pid, signal.SIGKILL)
            else:
                self._hurry(now)
            self.log_limit.hold()
            self._look_after_keeper()
            wake = min(_LOOK_S, self.log_limit.wait_s(self.signals))
            if self.ending is not None:
                wake = min(wake, max(0.05, self.kill_at - now))
            elif self.plan.get("time_limit_s") is not None:
                wake = min(wake, began + self.plan["time_limit_s"] - now)
            self.signals.wait(wake)

    def _signal(self, pid: int, number: int) -> None:
        """The whole group, and children that left it."""
        procs.signal_group(pid, number)
        procs.signal_all([each for each in procs.with_mark(self.marks) if each[0] != pid], number)

    def _end(self, pid: int, status: int, usage: "Any", seconds: float) -> None:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        # Of it and of all that was waited for below it.
        cpu_s = usage.ru_utime + usage.ru_stime
        outcome = Outcome(code, number, None, usage.ru_maxrss * 1024, seconds, cpu_s)
        if self.ending is not None:
            # It counts as ended when nothing of it is left; until then it may tell of a checkpoint.
            procs.sweep(self.marks, pid, max(0.0, self.kill_at - time.monotonic()))
            self.was_killed = self.was_killed or time.monotonic() >= self.kill_at
            outcome.reason = self._reason(code, number)
            self._conclude(outcome)
        else:
            outcome.reason = self._reason(code, number)
            self._conclude(outcome)
            procs.sweep(self.marks, pid, _LEFTOVER_GRACE_S)

    def _reason(self, code: "Optional[int]", number: "Optional[int]") -> "Optional[str]":
        if self.ending == "timed_out":
            return "it ran into its time limit of %g s" % self.plan["time_limit_s"]
        if self.ending == "cancelled":
            return checkpoints.reason(self.folder, self.was_killed)
        if self.ending == "preempted":
            return "it made way for work of higher priority"
        if self.ending == "memory":
            return self.memory_limit.words()
        if self.ending == "told":
            return "the supervisor was told to end by the system"
        oom = procs.oom_kills() > self.oom_before
        if number is not None:
            reason = "it was ended by %s" % _signal_name(number)
            if number == signal.SIGKILL:
                reason += ", by the kernel for want of memory" if oom else ", not by Tandem"
            return reason
        if code and code > 128 and oom:
            return "exit code %d; the kernel ended processes for want of memory meanwhile" % code
        return "exit code %d" % code if code else None

    def _conclude(self, outcome: Outcome) -> None:
        """Write the result; it is the last word, so it is tried until it is on disk."""
        self.log_limit.hold()
        state = self.ending if self.ending in ("cancelled", "timed_out", "preempted") else None
        state = state or ("succeeded" if outcome.code == 0 and self.ending is None else "failed")
        gone = self.spec is not None and results.is_gone(self.folder)
        if gone:
            outcome.reason = "; ".join(each for each in (outcome.reason, results.GONE) if each)
        pause_s = None if gone else self._pause_before_next(state)
        if pause_s is not None and os.path.exists(paths.raw(self.path("cancel"))):
            # Asked for while it was ending already: it must not come back.
            state, outcome.reason, pause_s = "cancelled", "it was cancelled", None
        result = {
            "v": 1,
            "attempt": self.attempt,
            "state": state,
            "exit_code": outcome.code,
            "signal": outcome.number,
            "reason": outcome.reason,
            "started": self.started,
            "ended": procs.iso(procs.now()),
            "peak_memory_bytes": outcome.peak or None,
            "seconds": round(outcome.seconds, 3),
            "cpu_s": None if outcome.cpu_s is None else round(outcome.cpu_s, 3),
            "energy_j": None,
            "gpu_seconds": round(outcome.seconds * len(self.plan.get("accelerators", [])), 3),
            "accelerators": self.plan.get("accelerators", []),
            "boot_id": procs.boot_id(),
        }
        data = json.dumps(result, indent=1).encode("ascii")
        if pause_s is None:
            if self._insist(lambda: results.conclude(self.folder, data, self.spec if gone else None)):
                jobsecrets.forget(self.folder)
            # Also where the place of all jobs is gone: nothing is left to be looked after.
            self._drop_ticket()
        # The ticket of the next attempt first: an attempt that is over without one would be forgotten.
        elif self._insist(lambda: self._queue_again(pause_s)):
            self._insist(lambda: results.write(self.folder, data, attempts.name_of(self.attempt)))
            self._look_after_keeper(now=True)

    def _insist(self, act: "Callable[[], None]") -> bool:
        """Do it until the disk takes it; False where the job's folder is gone."""
        pause = 0.1
        while True:
            try:
                act()
                return True
            except OSError as error:
                if not os.path.isdir(paths.raw(self.folder)) or error.errno == errno.ESTALE:
                    return False
            time.sleep(pause)
            pause = min(30.0, pause * 2)

    def _pause_before_next(self, state: str) -> "Optional[float]":
        """Seconds until the next attempt, None where this one was the last."""
        if not self.plan.get("ticket") or self.hopeless:
            return None
        if state == "preempted":
            return 0.0
        spent = attempts.spent(attempts.ended(self.folder))
        if state != "failed" or spent >= int(self.plan.get("retries") or 0):
            return None
        return attempts.backoff_s(float(self.plan.get("backoff_s") or _BACKOFF_S), spent)

    def _queue_again(self, pause_s: float) -> None:
        ticket = dict(self.plan["ticket"])
        path = str(ticket.pop("path"))
        ticket.update(procs.in_a_while(pause_s), attempt=self.attempt + 1)
        paths.write_json(path, ticket)

    def _drop_ticket(self) -> None:
        ticket = self.plan.get("ticket")
        if ticket:
            try:
                os.unlink(paths.raw(ticket["path"]))
            except OSError:  # the keeper has seen the result first
                return

    def _look_after_keeper(self, now: bool = False) -> None:
        """Start the queue's keeper anew where it was killed: it watches us, and we watch it."""
        keeper = self.plan.get("keeper")
        at = time.monotonic()
        if not keeper or (not now and at - self._keeper_looked < _KEEPER_LOOK_S):
            return
        self._keeper_looked = at
        if not paths.is_locked(keeper["lock"]):
            boot_from(keeper["bundle"], keeper["argv"])


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "signal %d" % number


def become(plan: "Plan") -> None:
    """In a forked child of the keeper: leave its family and supervise; never returns."""
    status = 70
    try:
        os.setsid()
        if os.fork() == 0:
            procs.name_process("tandem-job")
            os.umask(0o077)
            Supervisor(plan, Report()).run()
        status = 0
    finally:
        os._exit(status)


def run(bundle: "Dict[str, Any]") -> int:
    """The entry that boot.py calls: leave the starter's family, then supervise."""
    if os.fork():
        return 0
    procs.name_process("tandem-job")
    os.umask(0o077)
    Supervisor(bundle["config"], Report()).run()
    return 0
