"""One server as serving needs it: the agent's methods with typed answers. Decides nothing."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.core.clock import parse_iso
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.text import decode, safe_line, safe_text

_KEPT_OUTPUT = 64 * 1024
_LINGERS_S = 5.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How a short command ended."""

    exit_code: int | None
    output: str


@dataclass(frozen=True, slots=True)
class Service:
    """A supervised process: `state` is starting, running, exited or lost."""

    name: str
    state: str
    exit_code: int | None
    signal: int | None
    started: datetime | None
    log_tail: str

    @property
    def alive(self) -> bool:
        """Whether it runs or is about to."""
        return self.state in ("starting", "running")

    @property
    def ending(self) -> str:
        """How it ended, for a sentence."""
        if self.signal is not None:
            return f"signal {self.signal}"
        return f"exit code {self.exit_code}" if self.exit_code is not None else "an unknown result"

    def last_lines(self, count: int = 3) -> str:
        """The end of its log as one line."""
        lines = [line for line in safe_text(self.log_tail).split("\n") if line.strip()]
        return safe_line(" | ".join(lines[-count:]), max_chars=400) or "none"


class Remote:
    """The agent of one server.

    Args:
        gate: the fleet.
        server: its name.
    """

    def __init__(self, gate: ServerGate, server: str) -> None:
        self.gate = gate
        self.server = server
        self._home: str | None = None

    def call(self, method: str, *, timeout_s: float = 15.0, **params: object) -> Mapping[str, object]:
        """One request."""
        return self.gate.call(self.server, method, params, timeout_s=timeout_s)

    def broken(self, reason: str) -> Problem:
        """The Problem for an answer that makes no sense."""
        return Problem("agent.protocol", server=self.server, reason=safe_line(reason, max_chars=200))

    @property
    def home(self) -> str:
        """HOME there, absolute."""
        if self._home is None:
            home = self.call("hello").get("home")
            if not isinstance(home, str) or not home.startswith("/"):
                raise self.broken("no home")
            self._home = home.rstrip("/")
        return self._home

    @property
    def state(self) -> str:
        """Where that machine keeps its state, absolute; an older agent's is in ~/.tandem itself."""
        found = self.call("hello").get("state")
        return found if isinstance(found, str) and found.startswith("/") else f"{self.home}/.tandem"

    def now(self) -> float:
        """The server's own time, seconds since 1970: what all its consoles compare by."""
        found = self.call("hello").get("time")
        if not isinstance(found, int | float):
            raise self.broken("no time")
        return float(found)

    def run(self, argv: list[str], *, env: Mapping[str, str] | None = None, timeout_s: float = 60.0) -> Ran:
        """A short command and its output, both streams mixed.

        Raises:
            Problem: `job.command_missing` and what the link raises.
        """
        params = {"argv": argv, "env": dict(env or {}), "timeout_s": timeout_s}
        stream = self.gate.stream(self.server, "exec", params)
        output = bytearray()
        try:
            for event in stream:
                for name in ("stdout", "stderr"):
                    if name in event and len(output) < _KEPT_OUTPUT:
                        output += _bytes(event[name])
            result = stream.result()
        finally:
            stream.close()
        code = result.get("exit_code")
        return Ran(code if isinstance(code, int) else None, decode(bytes(output[:_KEPT_OUTPUT])))

    def size_of(self, path: str) -> int | None:
        """A file's size; None where there is none."""
        found = self.call("file.stat", path=path)
        size = found.get("size")
        return size if found.get("exists") and isinstance(size, int) else None

    def free_port(self) -> int:
        """A loopback port that nothing listens on now."""
        found = self.call("port.free").get("port")
        if not isinstance(found, int):
            raise self.broken("no port")
        return found

    def is_port_free(self, port: int) -> bool:
        """Whether a server could listen there now."""
        return self.call("port.free", port=port).get("free") is True

    def get(self, port: int, path: str, timeout_s: float = 5.0) -> tuple[int, bytes] | None:
        """Status and body of a loopback GET; None where nothing answers."""
        return self._http("http.get", {"port": port, "path": path, "timeout_s": timeout_s})

    def post(self, port: int, path: str, body: bytes, timeout_s: float = 60.0) -> tuple[int, bytes] | None:
        """Status and body of a loopback POST of JSON; None where nothing answers."""
        data = base64.b64encode(body).decode("ascii")
        kind = "application/json"
        asked = {"port": port, "path": path, "body_b64": data, "content_type": kind, "timeout_s": timeout_s}
        return self._http("http.post", asked)

    def _http(self, method: str, params: Mapping[str, object]) -> tuple[int, bytes] | None:
        try:
            found = self.gate.call(
                self.server, method, params, timeout_s=float(str(params["timeout_s"])) + 5.0
            )
        except Problem as problem:
            if problem.code == "agent.failed":
                return None
            raise
        status = found.get("status")
        if not isinstance(status, int):
            raise self.broken("no status")
        return status, _bytes(found.get("body_b64"))

    def read_json(self, path: str) -> tuple[object, int]:
        """A small state file and its generation; (None, 0) where there is none."""
        found = self.call("json.read", path=path)
        generation = found.get("generation")
        if not isinstance(generation, int):
            raise self.broken("no generation")
        return found.get("data"), generation

    def swap_json(self, path: str, expected: int, data: object) -> int:
        """Replace it if it is still the expected generation; the new one.

        Raises:
            Problem: `deploy.conflict`.
        """
        generation = self.call("json.swap", path=path, expect_generation=expected, data=data).get(
            "generation"
        )
        if not isinstance(generation, int):
            raise self.broken("no generation")
        return generation

    def start_service(
        self,
        name: str,
        argv: list[str],
        *,
        env: Mapping[str, str],
        files: Mapping[str, str],
        port: int | None = None,
        accelerators: tuple[str, ...] = (),
    ) -> None:
        """Start a process that outlives the connection, in its folder below ~/.tandem/services.

        Raises:
            Problem: `remote.in_use` where it runs, `deploy.port_taken`, `deploy.gpu_taken`, `remote.*`.
        """
        spec: dict[str, object] = {"argv": argv, "env": dict(env), "files": dict(files)}
        if port is not None:
            spec["port"] = port
        if accelerators:
            spec["accelerators"] = list(accelerators)
        self.call("service.start", name=name, spec=spec, timeout_s=40.0)

    def service(self, name: str) -> Service | None:
        """How a service stands; None where there is none."""
        try:
            return self._service(self.call("service.show", name=name))
        except Problem as problem:
            if problem.code == "id.unknown":
                return None
            raise

    def services(self, prefix: str) -> dict[str, Service]:
        """All services whose names begin so."""
        found = self.call("service.list", prefix=prefix).get("services")
        if not isinstance(found, list):
            raise self.broken("no services")
        seen = [self._service(each) for each in found if isinstance(each, Mapping)]
        return {each.name: each for each in seen}

    def end_service(self, name: str, grace_s: float = 10.0) -> None:
        """Stop a service and delete its folder; nothing happens where there is none."""
        try:
            self.call("service.stop", name=name, grace_s=grace_s, timeout_s=grace_s + 20.0)
            self._remove_service(name)
        except Problem as problem:
            if problem.code != "id.unknown":
                raise

    def _remove_service(self, name: str) -> None:
        """Its supervisor may look for leftovers for a moment after the end, and is waited for."""
        give_up = time.monotonic() + _LINGERS_S
        while True:
            try:
                self.call("service.remove", name=name)
                return
            except Problem as problem:
                if problem.code != "remote.in_use" or time.monotonic() > give_up:
                    raise
            time.sleep(0.05)

    def _service(self, found: Mapping[str, object]) -> Service:
        started = found.get("started")
        return Service(
            name=str(found.get("name")),
            state=str(found.get("state")),
            exit_code=_whole(found.get("exit_code")),
            signal=_whole(found.get("signal")),
            started=_moment(started) if isinstance(started, str) else None,
            log_tail=str(found.get("log_tail") or ""),
        )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(text: str) -> datetime | None:
    try:
        return parse_iso(text)
    except ValueError:
        return None


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(str(value or ""), validate=True)
    except (binascii.Error, ValueError):
        return b""
