"""The detached process that owns one job or service: starts it, watches it, writes its result once.

It outlives the agent, the connection and the console. It is started with few modules: only os-level imports.
"""

import errno
import json
import os
import select
import signal
import time

from . import paths, procs
from .wire import no_space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

    Plan = Dict[str, Any]

_DEFAULT_GRACE_S = 10.0
_LEFTOVER_GRACE_S = 2.0
_LOOK_S = 1.0
_LOCK_PATIENCE_S = 1.0
# Kept on the disk from the start, so that a full disk cannot lose the result.
_RESERVED = 4096


class Report:
    """The one line that tells whoever started us how it went; then the pipe is closed."""

    def __init__(self) -> None:
        self._descriptor = os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        os.close(null)

    def say(self, **words: "Any") -> None:
        """Say it once; the asker may be gone."""
        if self._descriptor < 0:
            return
        try:
            paths.write_all(self._descriptor, json.dumps(words).encode("ascii") + b"\n")
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
        finally:
            self.close()

    def close(self) -> None:
        """End the line; the child closes its copy unsaid."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Signals:
    """Signals as flags and as bytes on a pipe that select can wait for."""

    def __init__(self) -> None:
        self.told_to_end = False
        self.cancel = False
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write)
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        for number in (signal.SIGCHLD, signal.SIGUSR1, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number: int, _frame: "Any") -> None:
        self.cancel = self.cancel or number == signal.SIGUSR1
        self.told_to_end = self.told_to_end or number == signal.SIGTERM

    def wait(self, seconds: float) -> None:
        """Sleep until a signal comes or the time is over."""
        try:
            ready, _, _ = select.select([self._read], [], [], max(0.0, seconds))
            if ready:
                os.read(self._read, 4096)
        except InterruptedError:
            return

    @staticmethod
    def reset() -> None:
        """Give a child the signals that a program expects."""
        signal.set_wakeup_fd(-1)
        numbers = (signal.SIGHUP, signal.SIGINT, signal.SIGCHLD, signal.SIGUSR1, signal.SIGTERM)
        for number in numbers + (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])


class Child:
    """The job's own process: forked first, released into its program when the start is on disk."""

    def __init__(self, plan: "Plan", log: int, report: Report) -> None:
        go_read, self._go = os.pipe()
        self._failed, failed_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._go)
                os.close(self._failed)
                report.close()
                self._become(plan, log, go_read)
            except OSError as error:
                os.write(failed_write, str(error.errno or 0).encode("ascii"))
            finally:
                os._exit(127)
        os.close(go_read)
        os.close(failed_write)
        self.started = procs.start_time(self.pid) or 0

    @staticmethod
    def _become(plan: "Plan", log: int, go_read: int) -> None:
        os.setsid()
        Signals.reset()
        os.dup2(log, 1)
        os.dup2(log, 2)
        for descriptor in plan.get("lease_fds", ()):
            # The accelerator stays leased while the job lives, even if its supervisor is killed.
            os.set_inheritable(descriptor, True)
        if os.read(go_read, 1) != b"g":
            os._exit(127)
        os.chdir(paths.raw(plan["cwd"]))
        os.umask(plan.get("umask", 0o077))
        argv = [paths.raw(each) for each in plan["argv"]]
        environment = {paths.raw(name): paths.raw(value) for name, value in plan["env"].items()}
        os.execvpe(paths.raw(plan["command"]), argv, environment)

    def release(self) -> "Optional[int]":
        """Let it become the program; the errno where it could not."""
        os.write(self._go, b"g")
        os.close(self._go)
        told = b""
        while True:
            part = os.read(self._failed, 16)
            if not part:
                break
            told += part
        os.close(self._failed)
        return int(told) if told else None

    def abandon(self) -> None:
        """It never becomes the program."""
        os.close(self._go)
        os.close(self._failed)
        os.waitpid(self.pid, 0)


class Outcome:
    """How the process ended."""

    def __init__(
        self,
        code: "Optional[int]",
        number: "Optional[int]",
        reason: "Optional[str]",
        peak: int,
        seconds: float,
    ) -> None:
        self.code, self.number, self.reason, self.peak, self.seconds = code, number, reason, peak, seconds


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
        self.oom_before = procs.oom_kills()

    def path(self, name: str) -> str:
        """A file of this job."""
        return os.path.join(self.folder, name)

    def run(self) -> None:
        """From the lock to the result."""
        lock = paths.try_lock(self.path("lock"), _LOCK_PATIENCE_S)
        begun = any(os.path.exists(paths.raw(self.path(name))) for name in ("start.json", "result.json"))
        if lock is None or begun:
            self.report.say(already=True)
            return
        try:
            child = self._prepare()
        except OSError as error:
            self._unreserve()
            code = "remote.disk_full" if no_space(error) else "remote.not_writable"
            self.report.say(code=code, path=self.folder, reason=error.strerror)
            return
        began = time.monotonic()
        failed = child.release()
        self.report.say(started=True, pid=child.pid)
        if failed is not None:
            os.waitpid(child.pid, 0)
            reason = "'%s' could not be started: %s" % (self.plan["argv"][0], os.strerror(failed))
            self._conclude(Outcome(127, None, reason, 0, 0.0))
            return
        status, peak = self._watch(child.pid, began)
        self._end(child.pid, status, peak, time.monotonic() - began)

    def _prepare(self) -> Child:
        """Everything that needs the disk, before anything runs."""
        try:
            os.unlink(paths.raw(self.path("result.part")))
        except FileNotFoundError:
            pass
        paths.write_new(self.path("result.part"), b" " * _RESERVED, durable=False)
        log = os.open(paths.raw(self.path("log")), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        child = Child(self.plan, log, self.report)
        os.close(log)
        now = procs.now()
        start = {
            "v": 1,
            "boot_id": procs.boot_id(),
            "supervisor": {"pid": os.getpid(), "started": procs.start_time(os.getpid())},
            "process": {"pid": child.pid, "started": child.started},
            "started": procs.iso(now),
            "accelerators": self.plan.get("accelerators", []),
        }
        try:
            paths.write_json(self.path("start.json"), start)
        except OSError:
            child.abandon()
            raise
        return child

    def _unreserve(self) -> None:
        for name in ("result.part", "start.json"):
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
        return "told" if self.signals.told_to_end else None

    def _grace_s(self) -> float:
        wish = paths.read_json(self.path("cancel")) if self.ending == "cancelled" else None
        grace = (wish or {}).get("grace_s", self.plan.get("grace_s", _DEFAULT_GRACE_S))
        return max(0.0, float(grace)) if isinstance(grace, (int, float)) else _DEFAULT_GRACE_S

    def _watch(self, pid: int, began: float) -> "Any":
        """Wait for the process, and end it where that is due; (wait status, peak memory)."""
        while True:
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if ended:
                return status, usage.ru_maxrss * 1024
            now = time.monotonic()
            if self.ending is None:
                self.ending = self._wants_end(began)
                if self.ending is not None:
                    self.kill_at = now + self._grace_s()
                    self._signal(pid, signal.SIGTERM)
            elif now >= self.kill_at:
                self._signal(pid, signal.SIGKILL)
            wake = _LOOK_S
            if self.ending is not None:
                wake = min(wake, max(0.05, self.kill_at - now))
            elif self.plan.get("time_limit_s") is not None:
                wake = min(wake, began + self.plan["time_limit_s"] - now)
            self.signals.wait(wake)

    def _signal(self, pid: int, number: int) -> None:
        """The whole group, and children that left it."""
        procs.signal_group(pid, number)
        procs.signal_all([each for each in procs.with_mark(self.marks) if each[0] != pid], number)

    def _end(self, pid: int, status: int, peak: int, seconds: float) -> None:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        outcome = Outcome(code, number, self._reason(code, number), peak, seconds)
        if self.ending is not None:
            # It counts as ended when nothing of it is left.
            procs.sweep(self.marks, pid, max(0.0, self.kill_at - time.monotonic()))
            self._conclude(outcome)
        else:
            self._conclude(outcome)
            procs.sweep(self.marks, pid, _LEFTOVER_GRACE_S)

    def _reason(self, code: "Optional[int]", number: "Optional[int]") -> "Optional[str]":
        if self.ending == "timed_out":
            return "it ran into its time limit of %g s" % self.plan["time_limit_s"]
        if self.ending == "cancelled":
            return "it was cancelled"
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
        state = self.ending if self.ending in ("cancelled", "timed_out") else None
        result = {
            "v": 1,
            "state": state or ("succeeded" if outcome.code == 0 else "failed"),
            "exit_code": outcome.code,
            "signal": outcome.number,
            "reason": outcome.reason,
            "ended": procs.iso(procs.now()),
            "peak_memory_bytes": outcome.peak or None,
            "energy_j": None,
            "gpu_seconds": round(outcome.seconds * len(self.plan.get("accelerators", [])), 3),
            "boot_id": procs.boot_id(),
        }
        data = json.dumps(result, indent=1).encode("ascii")
        pause = 0.1
        while True:
            try:
                self._write_result(data)
                break
            except OSError as error:
                if not os.path.isdir(paths.raw(self.folder)) or error.errno == errno.ESTALE:
                    return
            time.sleep(pause)
            pause = min(30.0, pause * 2)
        self._forget_secrets()

    def _write_result(self, data: bytes) -> None:
        part = self.path("result.part")
        # Over the reserved bytes, never truncated first: blocks given back may be gone on a full disk.
        descriptor = os.open(paths.raw(part), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            paths.write_all(descriptor, data)
            os.ftruncate(descriptor, len(data))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(paths.raw(part), paths.raw(self.path("result.json")))
        paths.sync_folder(self.folder)

    def _forget_secrets(self) -> None:
        folder = self.path("secrets")
        for name in paths.names_in(folder):
            try:
                os.unlink(paths.raw(os.path.join(folder, name)))
            except OSError:
                continue


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "signal %d" % number


def run(bundle: "Dict[str, Any]") -> int:
    """The entry that boot.py calls: leave the starter's family, then supervise."""
    if os.fork():
        return 0
    procs.name_process("tandem-job")
    os.umask(0o077)
    Supervisor(bundle["config"], Report()).run()
    return 0
