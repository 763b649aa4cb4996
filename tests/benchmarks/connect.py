"""Measures, beside plain ssh doing the same: connect + first sample, and submit -> process started.

Run by `./dev bench connect`: one real sshd on loopback, several rounds, medians. Exits 1 beyond a target.
"""

from __future__ import annotations

import argparse
import getpass
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from console.core.clock import SystemClock
from console.core.home import Home, shipped
from console.core.notify import Notifier
from console.core.options import Options
from console.fleet.fleet import Fleet
from console.fleet.inventory import ServerBook
from console.fleet.link_state import LinkView
from console.fleet.server import Server
from console.jobs.job import JobRequest
from console.jobs.service import JobService
from console.operations.service import Operations
from console.plugin.loader import load
from console.store.audit_log import AuditLog
from console.store.store import Store
from tests.lab.sshd import LabServer

NAME = "lab"
FIRST_SAMPLE_TARGET = 1.5
STARTED_TARGET_S = 0.25
_PATIENCE_S = 20.0


@dataclass
class FirstSample:
    """A sink that notes when the first sample came."""

    came: threading.Event = field(default_factory=threading.Event)

    def on_sample(self, server: str, wire: Mapping[str, object], received_s: float) -> None:
        """Any sample will do."""
        self.came.set()

    def on_link(self, view: LinkView) -> None:
        """States of the link are not measured."""


@dataclass
class Desk:
    """The services of a console that the benchmark needs, as app.py wires them."""

    fleet: Fleet
    jobs: JobService
    operations: Operations
    first: FirstSample


@contextmanager
def desk(folder: Path, server: LabServer) -> Iterator[Desk]:
    """A console in a fresh home that knows the server and trusts its key."""
    home = Home(folder).make()
    clock, account = SystemClock(), getpass.getuser()
    store = Store(home.database, clock)
    audit = AuditLog(store, clock, account)
    operations = Operations(audit, clock, account, store)
    plugins = load(home, shipped("plugins"))
    book = ServerBook(store)
    book.add(
        Server(
            name=NAME,
            host=server.host,
            port=server.port,
            user=server.user,
            identity=str(server.client_key),
        )
    )
    first = FirstSample()
    fleet = Fleet(book, home, Options(home.options), clock, audit, Notifier(), plugins.probes, first)
    try:
        server.write_known_hosts(home.known_hosts)
        jobs = JobService(
            store,
            fleet,
            book,
            plugins,
            clock,
            account,
            open_link=fleet.copy_link,
            limits=Options(home.options).number,
            secret_of=lambda _entry, _server: None,
            known_secret=lambda _entry: None,
        )
        yield Desk(fleet, jobs, operations, first)
    finally:
        operations.close(3.0)
        fleet.close()
        store.close()


class PlainSsh:
    """OpenSSH's client against the same server; `warm` shares one connection."""

    def __init__(self, server: LabServer, folder: Path) -> None:
        self._argv = ["ssh", "-F", str(server.write_ssh_config(folder / "ssh_config"))]
        self._warm = [
            "-o",
            "ControlMaster=auto",
            "-o",
            f"ControlPath={folder}/mux",
            "-o",
            "ControlPersist=60",
        ]

    def run(self, command: str, *, warm: bool = False) -> str:
        """What a command there prints."""
        argv = [*self._argv, *(self._warm if warm else ()), NAME, command]
        return subprocess.run(
            argv, check=True, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ).stdout.strip()

    def close(self) -> None:
        """End the shared connection."""
        subprocess.run([*self._argv, *self._warm, "-O", "exit", NAME], check=False, stderr=subprocess.DEVNULL)


def took_s(act: Callable[[], object]) -> float:
    """How long something takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def connect_and_sample(folder: Path, server: LabServer) -> float:
    """From "watch this server", with nothing open, to its first sample."""
    with desk(folder, server) as made:

        def act() -> None:
            made.fleet.watch([NAME])
            if not made.first.came.wait(_PATIENCE_S):
                raise SystemExit(f"no sample came: {made.fleet.link(NAME)}")

        return took_s(act)


def stamp_command(path: Path) -> str:
    """A shell line that writes the time at which it runs; the rename makes it appear whole."""
    return f"date +%s.%N > {path}.new && mv {path}.new {path}"


def started_after_s(path: Path, begun: float) -> float:
    """How long after `begun` the process wrote its stamp."""
    deadline = time.monotonic() + _PATIENCE_S
    while not path.exists():
        if time.monotonic() > deadline:
            raise SystemExit("the process did not start")
        time.sleep(0.005)
    return float(path.read_text()) - begun


def submit(made: Desk, path: Path) -> float:
    """From the submit to the first thing that the job's process does."""
    begun = time.time()
    request = JobRequest(argv=("/bin/sh", "-c", stamp_command(path)), server=NAME)
    made.operations.run(made.jobs.prepare_submit(request))
    return started_after_s(path, begun)


def start_by_ssh(plain: PlainSsh, path: Path, *, warm: bool) -> float:
    """The same by a shell line: no queue, no record, no result kept."""
    begun = time.time()
    plain.run(f"setsid sh -c '{stamp_command(path)}' >/dev/null 2>&1 </dev/null &", warm=warm)
    return started_after_s(path, begun)


def milliseconds(values: list[float]) -> str:
    """Median, least and most."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle * 1000:7.0f} ms   ({low * 1000:.0f} to {high * 1000:.0f})"


def report_connect(true: list[float], python: list[float], ours: list[float]) -> bool:
    """Print the first comparison; whether the target is met."""
    bound = statistics.median(true) + statistics.median(python)
    ratio = statistics.median(ours) / bound
    print("connect + first sample")
    print(f"  ssh host true                {milliseconds(true)}")
    print(f"  Python's start there         {milliseconds(python)}")
    print(f"  Tandem, to the first sample  {milliseconds(ours)}")
    print(f"  ratio {ratio:.2f} of ssh and Python together; target under {FIRST_SAMPLE_TARGET}")
    return ratio < FIRST_SAMPLE_TARGET


def report_submit(cold: list[float], warm: list[float], ours: list[float]) -> bool:
    """Print the second comparison; whether the target is met."""
    middle = statistics.median(ours)
    print("submit -> process started")
    print(f"  ssh host 'setsid cmd &'      {milliseconds(cold)}   a connection of its own")
    print(f"  ssh, shared connection       {milliseconds(warm)}")
    print(f"  Tandem, warm connection      {milliseconds(ours)}")
    print(f"  ratio {middle / statistics.median(warm):.2f} of ssh's on a shared connection; ", end="")
    print(f"target under {STARTED_TARGET_S * 1000:.0f} ms")
    return middle < STARTED_TARGET_S


def measure(folder: Path, rounds: int) -> bool:
    """Interleave what is compared, so that a slow moment hits all of it."""
    with LabServer(folder / "server", name=NAME) as server:
        plain = PlainSsh(server, folder)
        python = plain.run("command -v python3")
        plain.run("true", warm=True)
        true, start, first, cold, warm, ours = ([] for _ in range(6))
        connect_and_sample(folder / "home-unmeasured", server)
        with desk(folder / "home-warm", server) as made:
            made.fleet.call(NAME, "hello", {}, timeout_s=_PATIENCE_S)
            submit(made, folder / "unmeasured")
            for number in range(rounds):
                true.append(took_s(lambda: plain.run("true")))
                start.append(took_s(lambda: subprocess.run([python, "-c", "pass"], check=True)))
                first.append(connect_and_sample(folder / f"home-{number}", server))
                cold.append(start_by_ssh(plain, folder / f"cold-{number}", warm=False))
                warm.append(start_by_ssh(plain, folder / f"warm-{number}", warm=True))
                ours.append(submit(made, folder / f"ours-{number}"))
        plain.close()
    print(f"{rounds} rounds on this machine, medians (least to most); Python there: {python}")
    return all([report_connect(true, start, first), report_submit(cold, warm, ours)])


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return 0 if measure(Path(folder), given.rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
