"""Copies beside scp and rsync on a loopback sshd, in one run: `./dev bench transfer [--help]`.

Every number is a median over rounds in which all take turns. Tandem's times include connecting, the
SHA-256 on both sides and the fsync, which scp and rsync do not do.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from console.app import build, close
from console.context import Context
from console.core.home import Home
from console.fleet.server import Server
from console.operations.plan import Work
from console.ssh.packets import Packetizer
from tests.lab.sshd import LabServer

MIB = 1024 * 1024
_ZEROS = bytes(MIB)
GCM = ("-c", "aes128-gcm@openssh.com")
_PROXY = """
import sys, time
from tests.lab.delay_proxy import DelayProxy
with DelayProxy(int(sys.argv[1]), latency_s=float(sys.argv[2]), in_flight_bytes=2**26) as proxy:
    print(proxy.port, flush=True)
    sys.stdin.read()
"""


class Bench:
    """A lab server, a console and a table."""

    def __init__(self, folder: Path, server: LabServer, context: Context, rounds: int) -> None:
        self.folder = folder
        self.server = server
        self.context = context
        self.rounds = rounds
        self.warm_mib = 0
        self.rows: list[tuple[str, ...]] = []

    def add(self, name: str, port: int) -> None:
        """Enter the server in the inventory under a port of its own, and in an ssh config."""
        server = self.server
        self.context.servers.add(
            Server(name, "127.0.0.1", port=port, user=server.user, identity=str(server.client_key))
        )
        line = server.known_hosts_line.replace(f":{server.port} ", f":{port} ")
        for path in (self.context.home.known_hosts, server.folder / "known_hosts"):
            with path.open("a", encoding="ascii") as file:
                file.write(line)
        block = server.ssh_config_block(name, known_hosts=server.folder / "known_hosts")
        with (self.folder / "ssh_config").open("a", encoding="utf-8") as file:
            file.write(block.replace(f"Port {server.port}\n", f"Port {port}\n"))

    @property
    def ssh_config(self) -> str:
        return str(self.folder / "ssh_config")

    def run(self, work: Work[object]) -> object:
        """A copy as the command runs it."""
        return self.context.operations.run(work)

    def push(self, name: str, local: Path, remote: Path) -> None:
        self.run(self.context.copies.prepare_push([name], local, str(remote)))  # type: ignore[arg-type]

    def pull(self, name: str, remote: Path, local: Path) -> None:
        self.run(self.context.copies.prepare_pull(name, str(remote), local))  # type: ignore[arg-type]

    def scp(self, *words: object) -> None:
        subprocess.run(["scp", "-q", "-F", self.ssh_config, *map(str, words)], check=True)

    def rsync(self, *words: object) -> None:
        subprocess.run(["rsync", "-rt", "-e", f"ssh -F {self.ssh_config}", *map(str, words)], check=True)

    def compare(
        self, ways: dict[str, Callable[[], object]], before: Callable[[str], object]
    ) -> dict[str, float]:
        """Median seconds of each way; all take turns. `before` sets the stage for one."""
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(self.rounds):
            for name, way in ways.items():
                before(name)
                self.warm()
                begun = time.perf_counter()
                way()
                taken[name].append(time.perf_counter() - begun)
        return {name: statistics.median(each) for name, each in taken.items()}

    def warm(self) -> None:
        """Where the files lie in memory: have as much of it as they will take, so that no way pays for the
        first touch of pages that a virtual machine has given back to its host."""
        if not str(self.folder).startswith("/dev/shm/"):
            return
        with (self.folder / "warm").open("wb") as file:
            for _ in range(self.warm_mib):
                file.write(_ZEROS)
        (self.folder / "warm").unlink()

    def row(self, *cells: str) -> None:
        """Add to the table, and show that something happens."""
        self.rows.append(cells)
        print("| " + " | ".join(cells) + " |", flush=True)


def random_file(path: Path, mib: int) -> Path:
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))
    return path


def one_file(bench: Bench, name: str, mib: int, what: str, wanted: tuple[float, float]) -> None:
    """Push and pull of one file beside scp with its defaults and with AES-GCM."""
    source = random_file(bench.folder / "source", mib)
    bench.warm_mib = mib + mib // 4
    up, down = bench.server.home / "up", bench.folder / "down"

    def clear(_: str) -> None:
        up.unlink(missing_ok=True)
        down.unlink(missing_ok=True)
        os.sync()

    pushes = bench.compare(
        {
            "tandem": lambda: bench.push(name, source, up),
            "scp": lambda: bench.scp(source, f"{name}:{up}"),
            "gcm": lambda: bench.scp(*GCM, source, f"{name}:{up}"),
        },
        clear,
    )
    there = bench.server.home / "there"
    shutil.copyfile(source, there)
    pulls = bench.compare(
        {
            "tandem": lambda: bench.pull(name, there, down),
            "scp": lambda: bench.scp(f"{name}:{there}", down),
            "gcm": lambda: bench.scp(*GCM, f"{name}:{there}", down),
        },
        clear,
    )
    for way, found, ratio in (("push", pushes, wanted[0]), ("pull", pulls, wanted[1])):
        rates = {key: mib * MIB / seconds / 1e6 for key, seconds in found.items()}
        bench.row(
            f"{way} {mib} MiB, {what}",
            f"{rates['tandem']:.0f} MB/s",
            f"scp {rates['scp']:.0f}, with GCM {rates['gcm']:.0f} MB/s",
            f"{rates['tandem'] / rates['scp']:.2f} × scp, {rates['tandem'] / rates['gcm']:.2f} × with GCM",
            f"≥ {ratio} × scp",
        )
    clear("")
    there.unlink()
    source.unlink()


def again(bench: Bench, name: str, mib: int) -> None:
    """A second push of a large file of which little changed, beside rsync."""
    old, new = random_file(bench.folder / "old", mib), bench.folder / "new"
    bench.warm_mib = mib + mib // 4
    there = bench.server.home / "there"

    def overwrite() -> None:
        shutil.copyfile(old, new)
        with new.open("r+b") as file:
            for number in range(10):
                file.seek((number * (mib - 1) // 10) * MIB + 12345)
                file.write(os.urandom(MIB))

    def insert() -> None:
        with new.open("wb") as out, old.open("rb") as rest:
            out.write(os.urandom(MIB))
            shutil.copyfileobj(rest, out, MIB)

    bench.push(name, old, there)
    for title, change in (
        ("ten runs of 1 MiB overwritten", overwrite),
        ("1 MiB inserted at the start", insert),
    ):
        change()

        def stage(way: str) -> None:
            """The old file is there as its tool left it."""
            if way == "tandem":
                bench.push(name, old, there)
            else:
                shutil.copyfile(old, there)
                os.utime(there, (1, 1))
            os.sync()

        found = bench.compare(
            {
                "tandem": lambda: bench.push(name, new, there),
                "whole": lambda: bench.rsync("-W", new, f"{name}:{there}"),
                "delta": lambda: bench.rsync("--no-whole-file", new, f"{name}:{there}"),
            },
            stage,
        )
        stage("tandem")
        with counted() as wire:
            bench.push(name, new, there)
        bench.row(
            f"push again {mib} MiB, {title}",
            f"{found['tandem']:.2f} s, {100 * sum(wire) / (mib * MIB):.2f} % of the bytes",
            f"rsync -W {found['whole']:.2f} s, rsync delta {found['delta']:.2f} s",
            f"{found['whole'] / found['tandem']:.1f} × faster than -W, "
            f"{found['delta'] / found['tandem']:.2f} × as fast as delta",
            "≥ 2.5 × -W, ≥ 1 × delta, ≤ 5 %",
        )
    for path in (old, new, there):
        path.unlink()


@contextmanager
def counted() -> Iterator[list[int]]:
    """Bytes on the wire meanwhile, encrypted, both ways: a list that grows."""
    sizes: list[int] = []
    write, receive = Packetizer.write_all, Packetizer._receive_into

    def write_all(self: Packetizer, out: bytes) -> None:
        sizes.append(len(out))
        write(self, out)

    def receive_into(self: Packetizer, space: memoryview) -> int:
        sizes.append(receive(self, space))
        return sizes[-1]

    Packetizer.write_all, Packetizer._receive_into = write_all, receive_into  # type: ignore[method-assign]
    try:
        yield sizes
    finally:
        Packetizer.write_all, Packetizer._receive_into = write, receive  # type: ignore[method-assign]


def many_files(bench: Bench, name: str, count: int) -> None:
    """Thousands of small files beside scp -r."""
    tree, there = bench.folder / "tree", bench.server.home / "there"
    bench.warm_mib = 64
    for number in range(count):
        path = tree / f"{number % 50}" / f"{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(4096))
    found = bench.compare(
        {
            "tandem": lambda: bench.push(name, tree, there),
            "scp": lambda: bench.scp("-r", tree, f"{name}:{there}"),
            "rsync": lambda: bench.rsync(f"{tree}/", f"{name}:{there}"),
        },
        lambda _: (shutil.rmtree(there, ignore_errors=True), os.sync()),
    )
    bench.row(
        f"push {count} files of 4 KiB",
        f"{found['tandem']:.2f} s",
        f"scp -r {found['scp']:.2f} s, rsync {found['rsync']:.2f} s",
        f"{found['scp'] / found['tandem']:.1f} × faster than scp -r",
        "≥ 3 ×",
    )
    shutil.rmtree(there)
    shutil.rmtree(tree)


def long_haul(bench: Bench, name: str, gib: int) -> None:
    """Many GiB each way: no stall, rekeys included, memory flat. Tandem alone, from a sparse file."""
    source = bench.folder / "source"
    with source.open("wb") as file:
        file.truncate(gib * 1024 * MIB)
    up, down = bench.server.home / "up", bench.folder / "down"
    for way, act in (
        ("push", lambda: bench.push(name, source, up)),
        ("pull", lambda: bench.pull(name, up, down)),
    ):
        with rekeys() as changed:
            begun = time.perf_counter()
            act()
            seconds = time.perf_counter() - begun
        rate = gib * 1024 * MIB / seconds / 1e6
        bench.row(
            f"{way} {gib} GiB",
            f"{rate:.0f} MB/s",
            "—",
            f"{seconds:.0f} s, {len(changed) - 1} rekeys",
            "no stall",
        )
        if way == "push":
            source.unlink()
    up.unlink()
    down.unlink()


@contextmanager
def rekeys() -> Iterator[list[float]]:
    """When new keys came into use meanwhile; the first are those of the connect."""
    times: list[float] = []
    change = Packetizer.set_outbound_cipher

    def set_outbound_cipher(self: Packetizer, *args: object, **kwargs: object) -> None:
        times.append(time.monotonic())
        change(self, *args, **kwargs)

    Packetizer.set_outbound_cipher = set_outbound_cipher  # type: ignore[method-assign]
    try:
        yield times
    finally:
        Packetizer.set_outbound_cipher = change  # type: ignore[method-assign]


@contextmanager
def proxy(port: int, latency_s: float) -> Iterator[int]:
    """The delay, in a process of its own: it must not share a processor lock with the console."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROXY, str(port), str(latency_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024, help="size of the large file")
    parser.add_argument("--far-mib", type=int, default=256, help="size at a round trip of 100 ms")
    parser.add_argument("--files", type=int, default=10_000, help="how many files of 4 KiB")
    parser.add_argument("--gib", type=int, default=0, help="also this many GiB each way, by Tandem alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder", type=Path, help="where the files lie on both sides; else the temporary folder"
    )
    parser.add_argument("--only", choices=["near", "far", "again", "files", "long"], action="append")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tandem-bench-", dir=args.folder))
    wanted = set(args.only or ["near", "again", "files", "far"]) | ({"long"} if args.gib else set())
    try:
        options = {"LogLevel": "VERBOSE", **({"RekeyLimit": "1G"} if "long" in wanted else {})}
        with LabServer(folder / "lab", options=options) as server:
            context = build(Home(folder / "home"))
            try:
                bench = Bench(folder, server, context, args.rounds)
                bench.add("near", server.port)
                bench.row("what", "Tandem", "beside it", "ratio", "target")
                if "near" in wanted:
                    one_file(bench, "near", args.mib, "no delay", (1.15, 1.0))
                if "again" in wanted:
                    again(bench, "near", args.mib)
                if "files" in wanted:
                    many_files(bench, "near", args.files)
                if "far" in wanted:
                    with proxy(server.port, 0.05) as port:
                        bench.add("far", port)
                        one_file(bench, "far", args.far_mib, "round trip 100 ms", (2.5, 2.5))
                if "long" in wanted:
                    long_haul(bench, "near", args.gib or 20)
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                bench.row("peak memory of the console", f"{peak:.0f} MiB", "—", "—", "< 150 MB")
            finally:
                close(context)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
