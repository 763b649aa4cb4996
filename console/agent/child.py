"""The process that a supervisor owns: the word to its starter, signals as flags, the fork and its release.

Started with few modules and fast, as the supervisor itself: only os-level imports.
"""

import errno
import json
import os
import select
import signal

from . import paths, procs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    Plan = Dict[str, Any]


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
        self.stirred = False
        """Something was written to the job's folder since it was looked at."""
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write)
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        for number in (signal.SIGCHLD, signal.SIGUSR1, signal.SIGTERM, signal.SIGIO):
            signal.signal(number, self._note)

    def _note(self, number: int, _frame: "Any") -> None:
        self.cancel = self.cancel or number == signal.SIGUSR1
        self.stirred = self.stirred or number == signal.SIGIO
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
        for number in numbers + (signal.SIGIO, signal.SIGPIPE, signal.SIGXFSZ):
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


def boot_from(bundle: str, argv: "List[str]") -> None:
    """Start a process of ours from a stored bundle, as a child of nobody."""
    try:
        stdin = os.open(paths.raw(bundle), os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:  # none is kept: the next console's agent starts it
        return
    middle = os.fork()
    if middle == 0:
        try:
            if os.fork() == 0:
                os.setsid()
                Signals.reset()
                null = os.open(os.devnull, os.O_RDWR)
                os.dup2(stdin, 0)
                os.dup2(null, 1)
                os.dup2(null, 2)
                os.execv(argv[0], argv)
        finally:
            os._exit(0)
    os.close(stdin)
    os.waitpid(middle, 0)
