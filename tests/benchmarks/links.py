"""Measures many links: connecting all of them beside asyncssh, up with telemetry, memory and processor.

Run by `./dev bench links [--count 300]`: a real sshd on loopback, as many sessions. Exits 1 beyond a target.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from console.core import allocator
from console.core.clock import SystemClock
from console.core.home import Home
from console.core.notify import Notifier
from console.core.options import Options
from console.fleet.fleet import Fleet
from console.fleet.inventory import ServerBook
from console.fleet.link_state import LinkState
from console.fleet.server import Server
from console.store.audit_log import AuditLog
from console.store.store import Store
from console.telemetry.live import LiveTelemetry
from tests.lab.client import Client, target_of
from tests.lab.sshd import LabServer

CONNECT_TARGET = 1.5
MEMORY_TARGET_KIB = 90.0
PARALLEL = 8
_PATIENCE_S = 300.0
_WATCH_S = 10.0


def rss_kib() -> int:
    """What this process holds in memory, once Python has let go of what it can."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def reopened(folder: Path, port: int) -> LabServer:
    """The parent's server, as a value: where it is and its keys."""
    server = LabServer(folder)
    server.port = port
    return server


def connect_ours(folder: Path, port: int, count: int) -> dict[str, float]:
    """Only connect and log in, so many at once; what asyncssh does beside it."""
    server = reopened(folder, port)
    with tempfile.TemporaryDirectory() as own, Client(Path(own)) as client:
        client.reach(server).close()  # imports and key parsing are not what is measured
        before, began = rss_kib(), time.monotonic()
        with ThreadPoolExecutor(PARALLEL) as pool:
            opened = list(pool.map(lambda _: client.open(target_of(server), timeout_s=60), range(count)))
        seconds = time.monotonic() - began
        assert all(connection.is_alive for connection in opened)
        return {"seconds": seconds, "kib": (rss_kib() - before) / count}


def connect_asyncssh(folder: Path, port: int, count: int) -> dict[str, float]:
    """The same connects by asyncssh."""
    import asyncssh

    server = reopened(folder, port)

    async def run() -> dict[str, float]:
        known = asyncssh.import_known_hosts(server.known_hosts_line)
        given: dict[str, Any] = {
            "port": port,
            "username": server.user,
            "known_hosts": known,
            "client_keys": [str(server.client_key)],
            "config": None,
            "agent_path": None,
            "login_timeout": 60,
        }
        slots = asyncio.Semaphore(PARALLEL)

        async def one() -> asyncssh.SSHClientConnection:
            async with slots:
                return await asyncssh.connect(server.host, **given)

        first = await one()
        first.close()
        await first.wait_closed()
        before, began = rss_kib(), time.monotonic()
        opened = await asyncio.gather(*(one() for _ in range(count)))
        seconds = time.monotonic() - began
        kib = (rss_kib() - before) / count
        for connection in opened:
            connection.close()
        return {"seconds": seconds, "kib": kib}

    return asyncio.run(run())


def links_up(folder: Path, port: int, count: int) -> dict[str, float]:
    """Whole links: connected, agent started, telemetry every second, as app.py wires them."""
    server = reopened(folder, port)
    allocator.use_one_arena()
    with tempfile.TemporaryDirectory() as own:
        home, clock = Home(Path(own)).make(), SystemClock()
        store = Store(home.database, clock)
        book, options = ServerBook(store, clock), Options(home.options)
        home.known_hosts.write_text(server.known_hosts_line)
        telemetry = LiveTelemetry(book, clock, options)
        fleet = Fleet(book, home, options, clock, AuditLog(store, clock, "bench"), Notifier(), (), telemetry)
        where = {"host": server.host, "port": port, "user": server.user, "identity": str(server.client_key)}
        names = [f"lab-{number}" for number in range(count + 1)]
        book.add_all(tuple(Server(name=name, **where) for name in names))  # type: ignore[arg-type]
        try:
            fleet.watch(names[:1])
            _until(lambda: telemetry.snapshot().servers[0].sample is not None)
            return _measured(fleet, telemetry, names[1:])
        finally:
            fleet.close()
            store.close()


def _measured(fleet: Fleet, telemetry: LiveTelemetry, names: list[str]) -> dict[str, float]:
    before, rings, threads = rss_kib(), telemetry.nbytes, threading.active_count()
    began = time.monotonic()
    fleet.watch(names)
    _until(lambda: sum(view.state is LinkState.UP for view in fleet.links().values()) > len(names))
    up_s = time.monotonic() - began
    _until(lambda: all(row.sample is not None for row in telemetry.snapshot().servers))
    sampled_s = time.monotonic() - began
    processor = time.process_time()
    time.sleep(_WATCH_S)
    processor = (time.process_time() - processor) / _WATCH_S
    held = rss_kib() - before - (telemetry.nbytes - rings) / 1024
    stale = [row.age_s for row in telemetry.snapshot().servers if row.age_s is None or row.age_s > 3]
    return {
        "up_s": up_s,
        "sampled_s": sampled_s,
        "kib": held / len(names),
        "cpu_percent": 100 * processor,
        "threads": (threading.active_count() - threads) / len(names),
        "stale": len(stale),
    }


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the links did not come up")
        time.sleep(0.05)


PARTS = {"ours": connect_ours, "asyncssh": connect_asyncssh, "links": links_up}


def part(name: str, folder: Path, port: int, count: int) -> dict[str, float]:
    """One measurement in a process of its own, whose memory is nobody else's."""
    words = ["--part", name, "--folder", str(folder), "--port", str(port), "--count", str(count)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.links", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--part", choices=sorted(PARTS))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--port", type=int)
    args = parser.parse_args()
    if args.part:
        print(json.dumps(PARTS[args.part](args.folder, args.port, args.count)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        options = {"MaxStartups": "1000", "LogLevel": "ERROR"}
        server = LabServer(Path(folder) / "server", options=options)
        server._prepare()
        # The log must say that it listens; the lab looks for that line.
        server.options["LogLevel"] = "INFO"
        with server:
            rounds = [
                {name: part(name, server.folder, server.port, args.count) for name in ("ours", "asyncssh")}
                for _ in range(2)
            ]
            best = {
                name: min((each[name] for each in rounds), key=lambda r: r["seconds"]) for name in rounds[0]
            }
            links = part("links", server.folder, server.port, args.count)
    ratio = best["ours"]["seconds"] / best["asyncssh"]["seconds"]
    ours, theirs = best["ours"], best["asyncssh"]
    print(f"{args.count} sessions of one sshd, {PARALLEL} connects at once, best of {len(rounds)}")
    print(f"connect all: Tandem {ours['seconds']:.2f} s, asyncssh {theirs['seconds']:.2f} s")
    print(f"  that is {ratio:.2f} times (target {CONNECT_TARGET})")
    print(f"memory of a bare connection: Tandem {ours['kib']:.0f} KiB, asyncssh {theirs['kib']:.0f} KiB")
    print(
        f"all links up with an agent: {links['up_s']:.1f} s, each with a sample: {links['sampled_s']:.1f} s"
    )
    print(f"memory of a link, rings apart: {links['kib']:.0f} KiB (target {MEMORY_TARGET_KIB:.0f})")
    print(f"  {links['threads']:.1f} threads each; {links['stale']:.0f} of them stale")
    print(f"processor for all of them at 1 Hz: {links['cpu_percent']:.0f} % of a core")
    return int(ratio > CONNECT_TARGET or links["kib"] > MEMORY_TARGET_KIB)


if __name__ == "__main__":
    sys.exit(main())
