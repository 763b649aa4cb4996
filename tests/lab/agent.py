"""An agent as a child process, started by the real boot line through a shell, and our end of its pipe.

The fleet's client is not used here: these tests hold the agent to the protocol itself.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from console.core.problem_catalogue import CATALOGUE
from console.core.problems import Problem
from console.fleet.bundle import ProbeSource, boot_command, build_bundle

Message = dict[str, Any]
_DEADLINE_S = 40.0
_F_SETPIPE_SZ = 1031  # fcntl.F_SETPIPE_SZ


class Refused(Exception):
    """The agent answered with an error; its attributes fit the catalogue's text."""

    def __init__(self, code: str, attrs: Message) -> None:
        super().__init__(code, attrs)
        assert code in CATALOGUE, code
        self.code = code
        self.attrs = attrs
        self.problem = Problem(code, **{"server": "lab", **attrs})


class Agent:
    """One running agent."""

    def __init__(
        self,
        home: Path,
        *,
        python: str | None = sys.executable,
        shell: str = "sh",
        env: Mapping[str, str] | None = None,
        probes: tuple[ProbeSource, ...] = (),
        config: Mapping[str, object] | None = None,
        noise: str = "",
        through: Sequence[str] = (),
    ) -> None:
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **(env or {})}
        line = boot_command(python)
        command = [*(through or (shell, "-c")), f"{noise}{line}"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        self.stderr = b""
        self._frames: queue.Queue[Message | None] = queue.Queue()
        self._kept: list[Message] = []
        self._next = 0
        self.write(build_bundle(probes, {"nonce": "n0nce", **(config or {})}))
        self._marker = threading.Event()
        self.reading = threading.Event()
        """Cleared, nothing is read of what the agent writes: a line that takes no more."""
        self.reading.set()
        self._threads = [threading.Thread(target=self._drain), threading.Thread(target=self._read)]
        for thread in self._threads:
            thread.start()
        if not self._marker.wait(_DEADLINE_S):
            self.close()
            raise AssertionError(f"no marker; stderr: {self.stderr.decode()}")

    def __enter__(self) -> Agent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _drain(self) -> None:
        assert self.process.stderr is not None
        for part in iter(lambda: os.read(self.process.stderr.fileno(), 65536), b""):
            self.stderr += part

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while (line := stream.readline()) and line != b"TANDEM-AGENT 1 n0nce\n":
            pass
        if line:
            self._marker.set()
        while self.reading.wait() and len(header := stream.read(4)) == 4:
            (length,) = struct.unpack(">I", header)
            self._frames.put(json.loads(stream.read(length)))
        self._frames.put(None)

    def make_line_narrow(self) -> None:
        """Let the way from the agent hold one page, as a slow link does."""
        assert self.process.stdout is not None
        fcntl.fcntl(self.process.stdout, _F_SETPIPE_SZ, 4096)

    def write(self, data: bytes) -> None:
        """Raw bytes to the agent."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: object) -> None:
        """One frame."""
        body = json.dumps(message).encode()
        self.write(struct.pack(">I", len(body)) + body)

    def take(self, fits: Callable[[Message], bool], deadline_s: float = _DEADLINE_S) -> Message:
        """The next frame that fits, keeping the others."""
        for index, message in enumerate(self._kept):
            if fits(message):
                return self._kept.pop(index)
        end = time.monotonic() + deadline_s
        while True:
            message = self._frames.get(timeout=max(0.001, end - time.monotonic()))
            if message is None:
                raise EOFError(self.stderr.decode())
            if fits(message):
                return message
            self._kept.append(message)

    def ask(self, method: str, params: Message | None = None) -> int:
        """Send a request; its id."""
        self._next += 1
        self.send({"id": self._next, "method": method, "params": params or {}})
        return self._next

    def answer(self, ident: int, deadline_s: float = _DEADLINE_S) -> Message:
        """The result of a request."""
        message = self.take(lambda m: m.get("id") == ident and "event" not in m, deadline_s)
        if "error" in message:
            raise Refused(message["error"]["code"], message["error"]["attrs"])
        return message["result"]

    def call(self, method: str, params: Message | None = None, deadline_s: float = _DEADLINE_S) -> Message:
        """Request and result."""
        return self.answer(self.ask(method, params), deadline_s)

    def event(self, ident: int, deadline_s: float = _DEADLINE_S) -> Message:
        """The next event of a stream."""
        return self.take(lambda m: m.get("id") == ident and "event" in m, deadline_s)["event"]

    def run(self, argv: list[str], **params: Any) -> tuple[Message, bytes, bytes]:
        """exec: (result, stdout, stderr)."""
        ident = self.ask("exec", {"argv": argv, **params})
        out, err = b"", b""
        while True:
            message = self.take(lambda m: m.get("id") == ident)
            if "error" in message:
                raise Refused(message["error"]["code"], message["error"]["attrs"])
            if "result" in message:
                return message["result"], out, err
            out += base64.b64decode(message["event"].get("stdout", ""))
            err += base64.b64decode(message["event"].get("stderr", ""))

    def follow(self, ident: str, offset: int = 0) -> Iterator[bytes]:
        """job.follow to the end."""
        number = self.ask("job.follow", {"id": ident, "offset": offset})
        while "event" in (message := self.take(lambda m: m.get("id") == number)):
            yield base64.b64decode(message["event"]["data_b64"])

    def submit(self, ident: str, argv: list[str], **fields: Any) -> Message:
        """job.submit of a small job."""
        return self.call("job.submit", {"spec": job_spec(ident, argv, **fields)})

    def wait(self, ident: str, *states: str, deadline_s: float = _DEADLINE_S) -> Message:
        """Until a job is in one of the states (any final one where none is given)."""
        wanted = states or ("succeeded", "failed", "cancelled", "timed_out", "lost")
        end = time.monotonic() + deadline_s
        while (status := self.call("job.show", {"id": ident}))["state"] not in wanted:
            assert time.monotonic() < end, status
            time.sleep(0.02)
        return status

    @property
    def pid(self) -> int:
        """The agent's own pid (the shell is its parent)."""
        return int(self.call("hello")["pid"])

    def close(self) -> int:
        """End it as a lost connection does; its exit status."""
        assert self.process.stdin is not None
        self.reading.set()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            self.stderr += b"(the agent had gone)"
        try:
            return self.process.wait(10.0)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            for thread in self._threads:
                thread.join(10.0)
            for stream in (self.process.stdout, self.process.stderr):
                assert stream is not None
                stream.close()


def job_spec(ident: str, argv: list[str], **fields: Any) -> Message:
    """A whole job spec."""
    return {
        "v": 1,
        "id": ident,
        "name": ident,
        "argv": argv,
        "env": {},
        "secrets": {},
        "workdir": None,
        "gpus": 0,
        "priority": 0,
        "time_limit_s": None,
        "files": {},
        "python": None,
        "submitted": "2026-01-01T00:00:00.000Z",
        "submitted_by": "lab",
        "outputs": [],
        "tags": {},
        "recipe": None,
        **fields,
    }


def probe(name: str, vendor: str) -> ProbeSource:
    """The probe of a built-in plugin."""
    folder = Path(__file__).parents[2] / "plugins" / name
    parts = tuple(
        (path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.py"))
        if path.stem not in ("probe", "plugin")
    )
    return ProbeSource(name, (folder / "probe.py").read_text(encoding="utf-8"), vendor, parts)
