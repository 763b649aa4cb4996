"""exec: one command for this connection, its output as it comes; it ends with the connection."""

import base64
import errno
import os
import selectors
import shutil
import signal
import subprocess
import time
from typing import Any, Dict, List, Optional

from . import paths, procs
from .wire import AgentError

_CHUNK = 64 * 1024
_GRACE_S = 2.0
# A daemon that the command left behind may hold the pipes open for ever.
_DRAIN_S = 0.3


def check_argv(request: Any, value: Any) -> "List[str]":
    """An argument list: texts without NUL, the first not empty."""
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        raise request.refuse("'argv' must be a list of texts")
    if not value[0] or any("\0" in each for each in value):
        raise request.refuse("'argv' has an empty command or a NUL character")
    return list(value)


def check_env(request: Any, value: Any) -> Dict[str, str]:
    """Environment variables: names without '=' or NUL."""
    if not isinstance(value, dict):
        raise request.refuse("'env' must be an object")
    for name, text in value.items():
        if not name or "=" in name or "\0" in name or not isinstance(text, str) or "\0" in text:
            raise request.refuse("'env' has a name or value that no process can take")
    return dict(value)


def find_command(command: str, env: Dict[str, str], cwd: str) -> str:
    """The command's file as exec would find it.

    Raises:
        AgentError: `job.command_missing`.
    """
    if "/" in command:
        candidate = os.path.join(cwd, os.path.expanduser(command))
        if os.path.exists(paths.raw(candidate)) and not os.path.isdir(paths.raw(candidate)):
            return candidate
    else:
        found = shutil.which(command, path=env.get("PATH", os.defpath))
        if found:
            return found
    raise AgentError("job.command_missing", command=command)


def base_environment() -> Dict[str, str]:
    """This session's environment without what only this session can use."""
    return {
        name.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape")
        for name, value in os.environb.items()
        if not name.startswith((b"SSH_", b"TANDEM_JOB_", b"TANDEM_SERVICE"))
    }


def _start(
    argv: List[str], env: Dict[str, str], cwd: str, stdin: Optional[bytes]
) -> "subprocess.Popen[bytes]":
    if not os.path.isdir(paths.raw(cwd)):
        raise AgentError("remote.path_missing", path=cwd)
    command = find_command(argv[0], env, cwd)
    try:
        return subprocess.Popen(
            [paths.raw(each) for each in argv],
            executable=paths.raw(command),
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={paths.raw(name): paths.raw(value) for name, value in env.items()},
            cwd=paths.raw(cwd),
            start_new_session=True,
            restore_signals=True,
        )
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise AgentError("job.command_missing", command=argv[0]) from error
        raise AgentError("agent.failed", reason="%s: %s" % (argv[0], error.strerror)) from error


class _Pump:
    """Moves bytes between the request and a process until both of its outputs are closed."""

    def __init__(self, process: "subprocess.Popen[bytes]", stdin: Optional[bytes]) -> None:
        self._selector = selectors.DefaultSelector()
        self._stdin = memoryview(stdin or b"")
        for stream, name in ((process.stdout, "stdout"), (process.stderr, "stderr")):
            assert stream is not None
            self._selector.register(stream, selectors.EVENT_READ, name)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            self._selector.register(process.stdin, selectors.EVENT_WRITE, "stdin")
        self.outputs = 2

    def turn(self, request: Any, wait_s: float) -> bool:
        """Move what is ready; whether any output came."""
        moved = False
        for key, _ in self._selector.select(wait_s):
            stream = key.fileobj
            if key.data == "stdin":
                self._feed(stream)
                continue
            data = os.read(key.fd, _CHUNK)
            if data:
                moved = True
                request.event({key.data: base64.b64encode(data).decode("ascii")})
            else:
                self._drop(stream)
                self.outputs -= 1
        return moved

    def _feed(self, stream: Any) -> None:
        try:
            self._stdin = self._stdin[os.write(stream.fileno(), self._stdin[:_CHUNK]) :]
        except BlockingIOError:
            return
        except OSError:  # the command reads no more
            self._stdin = self._stdin[:0]
        if not self._stdin:
            self._drop(stream)

    def _drop(self, stream: Any) -> None:
        self._selector.unregister(stream)
        stream.close()

    def close(self) -> None:
        """Close what is still open."""
        for key in list(self._selector.get_map().values()):
            self._drop(key.fileobj)
        self._selector.close()


def execute(request: Any) -> Dict[str, Any]:
    """exec: run a command, stream its output, answer with how it ended."""
    argv = check_argv(request, request.params.get("argv"))
    env = base_environment()
    env.update(check_env(request, request.params.get("env") or {}))
    cwd = paths.absolute(request.text("cwd", "~"))
    given = request.params.get("stdin_b64")
    stdin = None if given is None else base64.b64decode(given)
    limit = request.params.get("timeout_s")
    deadline = None if limit is None else time.monotonic() + request.number("timeout_s")
    process = _start(argv, env, cwd, stdin)
    request.agent.groups.add(process.pid)
    pump = _Pump(process, stdin)
    timed_out, kill_at, ended_at = False, None, None  # type: bool, Optional[float], Optional[float]
    try:
        while True:
            moved = pump.turn(request, 0.05 if pump.outputs else 0.0)
            now = time.monotonic()
            if process.poll() is not None:
                ended_at = now if ended_at is None or moved else ended_at
                if not pump.outputs or now - ended_at > _DRAIN_S:
                    break
            elif not pump.outputs:
                time.sleep(0.01)
            overdue = deadline is not None and now > deadline
            if kill_at is None and (overdue or request.cancelled.is_set()):
                timed_out = overdue and not request.cancelled.is_set()
                procs.signal_group(process.pid, signal.SIGTERM)
                kill_at = now + _GRACE_S
            elif kill_at is not None and now > kill_at:
                procs.signal_group(process.pid, signal.SIGKILL)
                kill_at = now + _GRACE_S
    finally:
        pump.close()
        if process.poll() is None:
            procs.signal_group(process.pid, signal.SIGKILL)
            process.wait()
        request.agent.groups.discard(process.pid)
    if request.cancelled.is_set():
        return {"cancelled": True}
    code = process.returncode
    return {
        "exit_code": code if code >= 0 else None,
        "signal": -code if code < 0 else None,
        "timed_out": timed_out,
    }
