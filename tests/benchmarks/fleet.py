"""Measures the window on a large fleet: 20 real servers, 380 replayed sessions, a sample a second from each.

Run by `./dev bench fleet [--real 20 --replayed 380 --runs 3]`. Prints what it costs, how old what is shown
is, how long the event loop stalls, and how busy the machine was beside it. Exits 1 beyond a target.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import _fleet_parts, peers
from tests.lab.big_fleet import BigFleet

TARGETS = {
    "cpu_percent": 40.0,
    "rss_mib": 350 * 1e6 / 2**20,
    "map_p99_ms": 180.0,
    "table_p99_ms": 350.0,
    "stall_p99_ms": 16.0,
    "stall_max_ms": 100.0,
}
_WORDS = {
    "cpu_percent": "console, percent of one core",
    "rss_mib": "console, memory in MiB",
    "map_p99_ms": "off the socket to map painted, p99 in ms",
    "table_p99_ms": "off the socket to table painted, p99 in ms",
    "stall_p99_ms": "event loop late, p99 in ms",
    "stall_max_ms": "event loop late, worst in ms",
    "no_core_percent": "window's thread had no core, percent",
    "frames_per_s": "samples taken over a second",
    "unknown": "accelerators shown as not heard",
}


def machine_s() -> dict[str, float]:
    """Processor seconds of the whole machine so far, by kind."""
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    ticks = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    return {name: int(tick) / os.sysconf("SC_CLK_TCK") for name, tick in zip(names, ticks, strict=True)}


def machine_words(before: dict[str, float]) -> str:
    """How busy it was since then, and how much of it another machine took."""
    now = machine_s()
    spent = {name: now[name] - before[name] for name in now}
    whole = sum(spent.values()) or 1.0
    return f"machine: {100 * spent['idle'] / whole:.0f} % idle, {100 * spent['steal'] / whole:.1f} % stolen"


def watch(lab: BigFleet, folder: Path, args: argparse.Namespace) -> list[dict[str, Any]]:
    """The console in a process and a scheduler's group of its own."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    lab.write_known_hosts(home / "known_hosts")
    servers = lab.servers()
    listed = folder / "servers.pickle"
    listed.write_bytes(pickle.dumps(servers))
    words = [sys.executable, "-m", "tests.benchmarks._fleet_console", str(home), str(listed)]
    words += ["--count", str(len(servers)), "--runs", str(args.runs), "--seconds", str(args.seconds)]
    if args.picture:
        words += ["--picture", args.picture]
    console = subprocess.Popen(words, start_new_session=True, stdout=subprocess.PIPE, text=True)
    try:
        if args.priority:
            Path(f"/proc/{console.pid}/autogroup").write_text(str(args.priority))
        while console.poll() is None:
            lab.yield_to_others()
            time.sleep(2.0)
    finally:
        if console.poll() is None:
            console.terminate()
    assert console.stdout is not None
    return [json.loads(line) for line in console.stdout if line.startswith("{")]


def show(runs: list[dict[str, Any]]) -> bool:
    """Print a line a number; whether every run met every target."""
    met = True
    for key, words in _WORDS.items():
        values = [float(run[key]) for run in runs]
        target = TARGETS.get(key)
        note = ""
        if target is not None:
            good = all(value <= target for value in values)
            met = met and good
            note = f"  (target {target:.0f}{'' if good else ', missed'})"
        print(f"{words}: {' '.join(f'{value:.1f}' for value in values)}{note}")
    for run in runs:
        print(f"  by thread, percent of a core: {run['threads']}")
    return met


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=int, default=20)
    parser.add_argument("--replayed", type=int, default=380)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--priority", type=int, default=0, help="nice value of the console's scheduler group")
    parser.add_argument("--picture", default="", help="where to put a picture of the window")
    parser.add_argument("--peers", type=Path, help="folder with mnvitop and gnvitop, for the real servers")
    parser.add_argument("--only", choices=("fleet", "parts"))
    args = parser.parse_args()
    met = True
    if args.only != "parts":
        folder = Path(tempfile.mkdtemp(prefix="fleet-", dir="/tmp"))
        try:
            with BigFleet(folder / "l", args.real, args.replayed) as lab:
                before = machine_s()
                runs = watch(lab, folder, args)
                print(f"{args.real} real servers, {args.replayed} replayed; {len(runs)} runs")
                print(f"{machine_words(before)}; console's group at nice {args.priority}")
                met = len(runs) == args.runs and show(runs)
            if args.peers is not None:
                with BigFleet(folder / "p", args.real, 0) as lab:
                    met = peers.compare(lab, folder, args.peers) and met
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    if args.only != "fleet":
        met = _fleet_parts.parts() and met
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
