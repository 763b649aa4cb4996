"""`./dev bench host`: what reading the machine once a second costs, by its own rusage, beside `top -b -d 1`.

The host part runs as in the agent, with its threads, in a process of its own. Exits 1 beyond the target.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from console.agent.machine import Machine, SlowReadings

TARGET_PERCENT = 0.3


def cpu_s(who: int = resource.RUSAGE_SELF) -> float:
    """Processor seconds so far, all threads."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def host_part(seconds: int) -> dict[str, float]:
    """Samples of the machine at 1 Hz, written as JSON as the agent does."""
    machine = Machine(SlowReadings())
    machine.take(time.monotonic())
    time.sleep(2.0)  # the first readings of what is slow
    began, size = cpu_s(), 0
    for _ in range(seconds):
        found, _problems = machine.take(time.monotonic())
        size += len(json.dumps(found, separators=(",", ":")))
        time.sleep(1.0)
    spent = cpu_s() - began
    return {
        "percent_of_a_core": 100.0 * spent / seconds,
        "ms_a_sample": 1000.0 * spent / seconds,
        "bytes_a_sample": size / seconds,
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def top(seconds: int) -> float:
    """Percent of a core that `top` takes once a second; it reads and prints all processes each time."""
    path = shutil.which("top")
    if path is None:
        sys.exit("top is missing; install procps")
    before = cpu_s(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [path, "-b", "-d", "1", "-n", str(seconds)],
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=seconds * 3,
    )
    return 100.0 * (cpu_s(resource.RUSAGE_CHILDREN) - before) / seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="./dev bench host")
    parser.add_argument("--seconds", type=int, default=60)
    seconds = parser.parse_args().seconds
    processes = sum(each.name.isdigit() for each in Path("/proc").iterdir())
    ours = host_part(seconds)
    peer = top(seconds)
    print(f"{os.cpu_count()} cores, {processes} processes, load {os.getloadavg()[0]:.1f}, {seconds} s each")
    print("| | percent of a core | beside top | target |")
    print("|---|---:|---:|---:|")
    share = ours["percent_of_a_core"]
    print(f"| host part of the agent at 1 Hz | {share:.2f} | {share / peer:.2f} | {TARGET_PERCENT:.2f} |")
    print(f"| `top -b -d 1` | {peer:.2f} | 1 | |")
    print(
        f"{ours['ms_a_sample']:.2f} ms and {ours['bytes_a_sample']:.0f} bytes of JSON a sample; "
        f"{ours['memory_mib']:.0f} MiB of the process"
    )
    sys.exit(1 if share > TARGET_PERCENT else 0)


if __name__ == "__main__":
    main()
