"""Two hundred sshd at once: restarted together, nobody is flooded and all come back."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.fleet.link_state import LinkState
from console.fleet.server import Server
from tests.integration.fleet.rig import Rig, until
from tests.lab import processes
from tests.lab.sshd import HOST, LabServer, free_port, sshd_path

pytestmark = pytest.mark.faults

COUNT = 200
PATIENCE_S = 240.0


class Many:
    """So many sshd with the keys of one, each its own process, port and log."""

    def __init__(self, folder: Path, like: LabServer) -> None:
        self.ports: list[int] = []
        self._folder = folder
        self._config = (like.folder / "sshd_config").read_text("utf-8")
        self._running: list[subprocess.Popen[bytes]] = []
        self.logs: list[Path] = []

    def start(self) -> None:
        """All of them; the ports are kept over a restart."""
        self.logs = []
        while len(self.ports) < COUNT:
            self.ports = list({*self.ports, free_port()})
        for port in self.ports:
            config = self._folder / f"{port}.config"
            text = re.sub(r"(?m)^(Port|PidFile|MaxStartups) .*\n", "", self._config)
            config.write_text(f"{text}Port {port}\nPidFile none\nMaxStartups 3:100:3\n", "utf-8")
            self.logs.append(self._folder / f"{port}.{time.monotonic_ns()}.log")
            with self.logs[-1].open("wb") as log:
                argv = [sshd_path(), "-D", "-e", "-f", str(config)]
                self._running.append(subprocess.Popen(argv, stderr=log, start_new_session=True))
        until(
            lambda: all(b"Server listening" in log.read_bytes() for log in self.logs),
            within_s=PATIENCE_S,
            what="all listening",
        )

    def kill(self) -> None:
        """All of them and their sessions, at once."""
        running, self._running = self._running, []
        found = processes.parents()
        children: dict[int, list[int]] = {}
        for pid, parent in found.items():
            children.setdefault(parent, []).append(pid)
        pids = [each.pid for each in running]
        for pid in pids:  # grows as it goes: children of children
            pids.extend(children.get(pid, []))
        for pid in pids:
            processes.send(pid, signal.SIGKILL)
        for each in running:
            each.wait()

    def counts(self, words: bytes) -> list[int]:
        """How often the words stand in each log."""
        return [log.read_bytes().count(words) for log in self.logs]


@pytest.fixture
def many(tmp_path: Path, lab_server: LabServer) -> Iterator[Many]:
    made = Many(tmp_path, lab_server)
    made.start()
    yield made
    made.kill()
    processes.end_with_home(lab_server.home)


@pytest.mark.timeout(900)
def test_r22_two_hundred_servers_that_restart_together_come_back_in_turns(
    make_rig: Callable[..., Rig], lab_server: LabServer, many: Many
) -> None:
    rig = make_rig()
    kind, key = lab_server.host_key()
    rig.home.known_hosts.write_text("".join(f"[{HOST}]:{port} {kind} {key}\n" for port in many.ports))
    reached = {"host": HOST, "user": lab_server.user, "identity": str(lab_server.client_key)}
    names = [f"gpu-{port}" for port in many.ports]
    rig.book.add_all(tuple(Server(name=f"gpu-{port}", port=port, **reached) for port in many.ports))

    def all_up() -> bool:
        return sum(view.state is LinkState.UP for view in rig.fleet.links().values()) == COUNT

    rig.fleet.watch(names, interval_s=5)
    until(all_up, within_s=PATIENCE_S, what="all up")
    assert max(many.counts(b"Connection from")) == 1
    many.kill()
    until(
        lambda: not any(view.state is LinkState.UP for view in rig.fleet.links().values()),
        within_s=PATIENCE_S,
        what="all lost",
    )
    many.start()
    until(all_up, within_s=PATIENCE_S, what="all up again")
    assert rig.fleet._slots.most <= 8, "at most eight at once, whoever they are"
    assert max(many.counts(b"Connection from")) == 1, "one attempt, which worked"
    assert sum(many.counts(b"MaxStartups")) == 0
    assert sum(many.counts(b"Failed ")) == 0
