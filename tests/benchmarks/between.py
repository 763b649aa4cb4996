"""Copies between servers beside scp on loopback sshd's, in one run: `./dev bench between [--help]`.

Times include the pre-flight, the start of the processes, SHA-256 at both ends and fsync; scp does none of it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from console.app import build, close
from console.context import Context
from console.core.home import Home
from console.fleet.server import Server
from console.operations.plan import Action, Step, work
from tests.lab.fleet import LabFleet

MIB = 1024 * 1024


def enter(context: Context, servers: LabFleet) -> None:
    """All servers, known and trusted."""
    for lab in servers:
        key = str(lab.client_key)
        context.servers.add(Server(lab.name, "127.0.0.1", port=lab.port, user=lab.user, identity=key))
    servers.write_known_hosts(context.home.known_hosts)


def through(context: Context, source: str, target: str) -> None:
    """The fallback, as if there were no way."""
    step = Step("Copy through this console")
    run = lambda step: context.server_copies._copies.relay(source, "data", target, "copy", step)  # noqa: E731
    context.operations.run(
        work(
            action="copy",
            title="relay",
            target=target,
            servers=(source, target),
            actions=(Action(step, lambda step: (run(step), None)[1]),),
            result=lambda: None,
        )
    )


def measure(servers: LabFleet, context: Context, mib: int, rounds: int) -> dict[str, float]:
    """Median seconds of each way; all take turns."""
    known, config = servers.write_known_hosts(servers.folder / "known"), servers.folder / "config"
    config.write_text("".join(lab.ssh_config_block(known_hosts=known) for lab in servers), "utf-8")
    names = [lab.name for lab in servers]
    with (servers[0].home / "data").open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))

    def direct(*targets: str) -> object:
        wanted = [(name, "copy") for name in targets]
        return context.operations.run(context.server_copies.prepare_copy(names[0], "data", wanted))

    def scp() -> object:
        words = (f"{names[0]}:{servers[0].home}/data", f"{names[1]}:{servers[1].home}/copy")
        return subprocess.run(["scp", "-q", "-3", "-F", str(config), *words], check=True)

    ways: dict[str, Callable[[], object]] = {
        "scp -3, to one": scp,
        "through the console, to one": lambda: through(context, names[0], names[1]),
        "directly, to one": lambda: direct(names[1]),
        f"directly, to {len(names) - 1} one by one": lambda: [direct(name) for name in names[1:]],
        f"directly, to {len(names) - 1} as a tree": lambda: direct(*names[1:]),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            for lab in servers:
                (lab.home / "copy").unlink(missing_ok=True)
            begun = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(each) for name, each in taken.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--servers", type=int, default=4)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as place:
        folder = Path(place)
        with LabFleet(folder / "lab", args.servers) as servers:
            context = build(Home(folder / "home"))
            try:
                enter(context, servers)
                for lab in servers:
                    context.fleet.call(lab.name, "hello")
                seconds = measure(servers, context, args.mib, args.rounds)
            finally:
                close(context)
    peer = seconds["scp -3, to one"]
    print(f"{args.mib} MiB, {args.servers} servers, medians of {args.rounds}, load {os.getloadavg()[0]:.1f}")
    for name, each in seconds.items():
        print(f"| {name} | {each:.2f} s | {peer / each:.2f} × scp -3 |")


if __name__ == "__main__":
    main()
