"""Measures what it costs to look at 20 servers, and how old what is shown is: Tandem, mnvitop, gnvitop.

Run by `./dev bench peers --programs DIR` (a folder with the programs `mnvitop` and `gnvitop`, both on PyPI:
make a virtual environment for them), or as a part of `./dev bench fleet --peers DIR`. All meet the same real
sshd, one after the other, with nothing else of the lab running. "Console" is everything on this side,
"servers" everything below the sshds, ended children included. nvidia-smi is a stand-in that costs little, a
real one takes tens of milliseconds and more: the peers' servers' side is a lower bound. Exits 1 where one
gave no value.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.lab import processes
from tests.lab.big_fleet import BigFleet

_TICK = os.sysconf("SC_CLK_TCK")
_MOMENTS = 100_000
SETTLED_S = 8.0
"""Connecting is not part of a refresh, for those that stay connected."""


@dataclass
class Found:
    """What one of them came to."""

    name: str
    refreshes: float
    console_s: float
    servers_s: float
    ages_s: list[float] = field(default_factory=list)
    note: str = ""

    def line(self) -> str:
        """For people."""
        if not self.ages_s or not self.refreshes:
            return f"{self.name}: it gave no values. {self.note}"
        console, servers = (1000 * each / self.refreshes for each in (self.console_s, self.servers_s))
        ages = sorted(self.ages_s)
        median, worst = statistics.median(ages), ages[int(0.99 * (len(ages) - 1))]
        return (
            f"{self.name}: {console:.0f} ms of processor a refresh on the console, {servers:.0f} ms on the "
            f"servers; a value is {1000 * median:.0f} ms old (median), {1000 * worst:.0f} ms (p99). "
            f"{self.note}"
        )


def spent_s(roots: list[int]) -> float:
    """Processor seconds of these processes and all below them, those that have ended included."""
    total = 0
    for pid in {each for root in roots for each in (root, *processes.descendants(root))}:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        total += sum(int(each) for each in stat[stat.rindex(")") + 2 :].split()[11:15])
    return total / _TICK


class Meter:
    """Processor time of one process and of the lab from a moment on."""

    def __init__(self, lab: BigFleet, pid: int) -> None:
        self._pid, self._lab = pid, [server.pid for server in lab.real]
        self._before = self._now()

    def _now(self) -> tuple[float, float]:
        return spent_s([self._pid]), spent_s(self._lab)

    def so_far(self) -> tuple[float, float]:
        """(console's, servers') seconds."""
        ours, theirs = self._now()
        return ours - self._before[0], theirs - self._before[1]


@contextlib.contextmanager
def running(words: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A program in a session of its own, ended with all it started."""
    process = subprocess.Popen(
        words,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def lines(process: subprocess.Popen[str], end_s: float) -> Iterator[str]:
    """What it prints until then."""
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    kept = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < end_s:
            if not selector.select(0.1):
                continue
            data = os.read(process.stdout.fileno(), 1 << 20)
            if not data:
                return
            *whole, kept = (kept + data).split(b"\n")
            for each in whole:
                yield each.decode("utf-8", "replace")


def streamed(
    name: str,
    lab: BigFleet,
    words: list[str],
    environment: dict[str, str],
    seconds: float,
    read: Callable[[str, float], list[float]],
    per_refresh: int,
) -> Found:
    """One that stays connected and prints: its steady state. `read` gives a line's ages."""
    with running(words, environment) as process:
        for _ in lines(process, time.monotonic() + SETTLED_S):
            pass
        meter, ages, count = Meter(lab, process.pid), list[float](), 0
        for line in lines(process, time.monotonic() + seconds):
            found = read(line, time.time())
            count += bool(found)
            ages += found
        console_s, servers_s = meter.so_far()
    return Found(name, count / per_refresh, console_s, servers_s, ages, "every second, it stays connected")


def tandem(lab: BigFleet, folder: Path, seconds: float) -> Found:
    """`tandem watch` of all of them."""
    home = folder / "tandem"
    home.mkdir(mode=0o700)
    lab.write_known_hosts(home / "known_hosts")
    from console.app import build, close
    from console.core.home import Home

    context = build(Home(home))
    for server in lab.servers():
        context.servers.add(server)
    close(context)

    def ages(line: str, now: float) -> list[float]:
        try:
            moment = datetime.fromisoformat(json.loads(line)["time"]).timestamp()
        except (ValueError, KeyError):
            return []
        return [now - moment]

    words = [sys.executable, "-m", "console", "--home", str(home), "watch", "--json", "--interval", "1"]
    words += ["--seconds", str(seconds + SETTLED_S + 5)]
    return streamed("Tandem (watch --json)", lab, words, dict(os.environ), seconds, ages, len(lab.real))


def _ssh_home(lab: BigFleet, folder: Path) -> tuple[Path, dict[str, str]]:
    """A HOME whose ssh configuration names the servers, and the environment with an `ssh` that reads it."""
    home = folder / "peer"
    if not home.exists():
        (home / ".ssh").mkdir(parents=True, mode=0o700)
        lab.write_known_hosts(home / "known")
        blocks = [server.ssh_config_block(known_hosts=home / "known") for server in lab.real]
        (home / ".ssh" / "config").write_text("\n".join(blocks))
        # ssh takes its configuration from the account's own folder, whatever HOME says.
        ssh = home / "ssh"
        ssh.write_text(f'#!/bin/sh\nexec /usr/bin/ssh -F {home}/.ssh/config "$@"\n')
        ssh.chmod(0o700)
    return home, {**os.environ, "HOME": str(home), "PATH": f"{home}:{os.environ['PATH']}"}


def moments(found: Any, key: str) -> list[float]:
    """The values that are moments, wherever they stand."""
    if isinstance(found, dict):
        here = [float(v) for k, v in found.items() if key in k and isinstance(v, int | float) and v > 1000]
        return here + [each for value in found.values() for each in moments(value, key)]
    if isinstance(found, list):
        return [each for value in found for each in moments(value, key)]
    return []


def _ages(found: Any, key: str, now: float) -> list[float]:
    return [(now - moment) % _MOMENTS for moment in moments(found, key)]


def mnvitop(lab: BigFleet, folder: Path, program: Path, seconds: float) -> Found:
    """In its streaming way, once a second; it starts an ssh for each server."""
    _home, environment = _ssh_home(lab, folder)

    def ages(line: str, now: float) -> list[float]:
        try:
            return _ages(json.loads(line), "power", now)
        except ValueError:
            return []

    names = [f"{server.name}={server.name}" for server in lab.real]
    words = [str(program), "--json", "-i", "1", *names]
    return streamed("mnvitop", lab, words, environment, seconds, ages, 1)


def gnvitop(lab: BigFleet, folder: Path, program: Path, seconds: float) -> Found:
    """Its web server: what a refresh costs, and how old its page's values are at its own pace."""
    home, environment = _ssh_home(lab, folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [str(program), "--no-browser", "-p", str(port), "--ssh-config", str(home / ".ssh" / "config")]

    def asked(path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/{path}", timeout=90) as answer:
            return json.load(answer)

    with running(words, environment) as process:
        end_s = time.monotonic() + 60
        while True:  # its first round, which it makes by itself
            try:
                if moments(asked("gpus"), "temperature"):
                    break
            except OSError:
                pass
            if time.monotonic() > end_s or process.poll() is not None:
                return Found("gnvitop", 0, 0, 0, [], "its page gave no GPU within a minute")
            time.sleep(0.2)
        meter, rounds, began = Meter(lab, process.pid), 0, time.monotonic()
        while rounds < 3 or time.monotonic() - began < seconds / 2:
            asked("refresh")
            rounds += 1
        took_s = (time.monotonic() - began) / rounds
        console_s, servers_s = meter.so_far()
        ages: list[float] = []
        # Left alone it refreshes every 30 s: the ages over two of these rounds.
        end_s = time.monotonic() + 64
        while time.monotonic() < end_s:
            ages += _ages(asked("gpus"), "temperature", time.time())
            time.sleep(0.5)
    note = f"it connects anew for each refresh ({took_s:.1f} s); the age is at its own pace of 30 s"
    return Found("gnvitop", rounds, console_s, servers_s, ages, note)


def compare(lab: BigFleet, folder: Path, programs: Path, seconds: float = 30.0) -> bool:
    """Print all three; whether each gave values."""
    print(f"looking at {len(lab.real)} servers of 8 accelerators, one program after the other")
    found = [tandem(lab, folder, seconds)]
    lab.yield_to_others()
    found += [each(lab, folder, programs / each.__name__, seconds) for each in (mnvitop, gnvitop)]
    for each in found:
        print(f"  {each.line()}")
    ours = found[0]
    for each in found[1:]:
        if each.refreshes and ours.refreshes:
            console = each.console_s / each.refreshes / (ours.console_s / ours.refreshes)
            servers = each.servers_s / each.refreshes / (ours.servers_s / ours.refreshes)
            print(f"  {each.name} beside Tandem: console {console:.1f} times, servers {servers:.1f} times")
    return all(each.ages_s for each in found)


def main() -> int:
    """Run it alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=Path, required=True, help="folder with mnvitop and gnvitop")
    parser.add_argument("--real", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="peers-", dir="/tmp"))
    try:
        with BigFleet(folder / "l", args.real, 0) as lab:
            print(f"load {os.getloadavg()[0]:.1f}")
            return int(not compare(lab, folder, args.programs, args.seconds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
