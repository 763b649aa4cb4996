"""Starting and stopping the demo's two servers, and entering them in the inventory."""

from __future__ import annotations

import base64
import getpass
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from console.context import Context
from console.core.home import own_command
from console.core.problems import Problem
from console.demo.keys import kept_key
from console.fleet.server import Role, Server

_NEEDED_MODULES = ("torch", "sklearn", "numpy")
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class DemoServer:
    """One server of the demo: its name, engine and simulated accelerators."""

    name: str
    role: Role
    accelerators: int
    model: str
    memory_gib: int
    limit_w: int
    cost_per_hour: float


SERVERS = (
    DemoServer("train-1", Role.TRAIN, 4, "Simulated trainer", 80, 700, 9.8),
    DemoServer("infer-1", Role.INFER, 2, "Simulated server", 24, 72, 1.6),
)


class DemoFleet:
    """The running demo servers; a context manager that stops them at its end.

    Args:
        folder: where their homes and keys live; kept from run to run, so that a job that outlived a
            killed console is found again.
        python: an interpreter that has torch; None to use this one, or python3 where this is a bundle.
    """

    def __init__(self, folder: Path, *, python: str | None = None) -> None:
        self._folder = folder
        self._user = getpass.getuser()
        self._python = python or demo_python()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._servers: list[Server] = []
        self._host_keys: dict[str, str] = {}

    @property
    def python(self) -> str:
        """The interpreter that the demo's servers run jobs with."""
        return self._python

    def __enter__(self) -> DemoFleet:
        key = self._client_key()
        for each in SERVERS:
            self._start(each, key)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the servers' processes; detached jobs go on, as they would on a real server."""
        for process in self._processes:
            assert process.stdin
            process.stdin.close()
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
            if process.stdout:
                process.stdout.close()
        self._processes.clear()

    def enter_into(self, context: Context) -> None:
        """Add or update both servers in the inventory and trust exactly the keys they printed."""
        for server in self._servers:
            context.servers.add(server, replace=True)
            context.fleet.changed(server.name)
            found = context.fleet.scan_key(server.name)
            expected = self._host_keys[server.name]
            if found.fingerprint != expected:
                raise Problem(
                    "ssh.fingerprint_differs", server=server.name, found=found.fingerprint, given=expected
                )
            context.fleet.trust(server.name, found)

    def _client_key(self) -> Path:
        path = self._folder / "client_key"
        kept_key(path)
        return path

    def _start(self, wanted: DemoServer, key: Path) -> None:
        folder = self._folder / wanted.name
        process = subprocess.Popen(
            [*own_command(), "demo-serve", str(folder), str(key), self._user],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._processes.append(process)
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise Problem(
                "demo.below_bound",
                reason=f"{wanted.name} did not start (exit code {process.wait(_START_SECONDS)})",
            )
        told = json.loads(line)
        raw = base64.b64decode(str(told["host_key"]).split()[1])
        digest = base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
        self._host_keys[wanted.name] = f"SHA256:{digest}"
        self._servers.append(
            Server(
                name=wanted.name,
                host="127.0.0.1",
                port=int(told["port"]),
                user=self._user,
                identity=str(key),
                role=wanted.role,
                labels={"demo": "yes"},
                python=self._python,
                cost_per_hour=wanted.cost_per_hour,
                simulated={
                    "count": wanted.accelerators,
                    "name": wanted.model,
                    "seed": wanted.name,
                    "memory_gib": wanted.memory_gib,
                    "power_limit_w": wanted.limit_w,
                },
            )
        )


def demo_python() -> str:
    """An interpreter that has what the round needs.

    Raises:
        Problem: `demo.needs_extra` naming what is missing.
    """
    candidate = shutil.which("python3") if getattr(sys, "frozen", False) else sys.executable
    if candidate is None:
        raise Problem("demo.needs_extra", missing="python3")
    probe = "import importlib.util as u, sys; print(' '.join(m for m in sys.argv[1:] if not u.find_spec(m)))"
    found = subprocess.run(
        [candidate, "-c", probe, *_NEEDED_MODULES], capture_output=True, text=True, timeout=60, check=False
    )
    missing = found.stdout.split()
    if found.returncode != 0 or missing:
        raise Problem("demo.needs_extra", missing=", ".join(missing) or f"a working {candidate}")
    return candidate
