"""Measures what watching costs a server: the agent with eight fake GPUs at 1 Hz, by its own rusage.

Run by `./dev bench agent [--seconds 300]`: the real boot line, the true pynvml over the fake driver. Beside
it in the same run: a plain pynvml loop over nvitop's calls, and nvitop's own collector where --nvitop PYTHON
has it. Exits 1 beyond a target.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.lab.agent import Agent, probe
from tests.lab.nvml.build import FakeNvml, build_fake_nvml

GPUS = 8
CPU_TARGET_PERCENT = 1.0
MEMORY_TARGET_MB = 40.0
_PROCESSES = 3

# What nvitop asks in one snapshot of a device (its SNAPSHOT_KEYS), without its cache.
_PLAIN = """
import json, os, resource, sys, time
import pynvml as n
n.nvmlInit()
def ask(f, *a):
    try: return getattr(n, f)(*a)
    except n.NVMLError: return None
def look():
    rows = []
    for i in range(n.nvmlDeviceGetCount()):
        h = n.nvmlDeviceGetHandleByIndex(i)
        row = [ask("nvmlDeviceGet" + name, h) for name in (
            "Name", "UUID", "MemoryInfo", "UtilizationRates", "EncoderUtilization", "DecoderUtilization",
            "FanSpeed", "PowerUsage", "EnforcedPowerLimit", "PersistenceMode", "PerformanceState",
            "ComputeMode", "MigMode", "TotalEnergyConsumption", "CurrentClocksEventReasons")]
        row += [ask("nvmlDeviceGetTemperature", h, 0), ask("nvmlDeviceGetTotalEccErrors", h, 1, 0)]
        row += [ask("nvmlDeviceGetClockInfo", h, k) for k in range(4)]
        row += [ask("nvmlDeviceGetMaxClockInfo", h, k) for k in range(4)]
        row += [ask("nvmlDeviceGetPcieThroughput", h, k) for k in range(2)]
        row += [ask("nvmlDeviceGet%sRunningProcesses" % k, h) for k in ("Compute", "Graphics")]
        rows.append(row)
    return json.dumps(rows, default=str)
"""
_NVITOP = """
import resource, sys, time
from nvitop import Device
devices = Device.all()
def look():
    for device in devices:
        device.as_snapshot()
        for process in device.processes().values():
            process.as_snapshot()
"""
_LOOP = """
look()
def spent():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime
import resource
seconds, began, before = float(sys.argv[1]), time.monotonic(), spent()
turns = 0
while time.monotonic() - began < seconds:
    look()
    turns += 1
    time.sleep(max(0.0, began + turns - time.monotonic()))
pages = int(open("/proc/self/statm").read().split()[1])
import json, os
print(json.dumps({"cpu": 100 * (spent() - before) / (time.monotonic() - began),
                  "mb": pages * os.sysconf("SC_PAGE_SIZE") / 1e6, "turns": turns}))
"""


def busy_world(nvml: FakeNvml) -> None:
    """Eight cards of a server that works: every field, counters that move, three processes on each."""
    nvml.set("live", 1)
    fields = (3, 4, 5, 6, 82, 94, 138, 139, 142, 143, 144, 145, 185, 197, 198, 230)
    for gpu in range(GPUS):
        nvml.set(f"gpu {gpu} links", 18)
        nvml.set(f"gpu {gpu} throttle", 4)
        for field in fields:
            nvml.set(f"field {gpu} {field}", 60_000 if field == 185 else 60 if field == 82 else 0)
        for field in (74, 76, 269, 270, 271):
            nvml.set(f"held {gpu} {field}", 40 if field == 74 else 0)
        for pid in (os.getpid(), os.getppid(), 1)[:_PROCESSES]:
            nvml.set(f"proc {gpu} {pid}", 1 << 30)
            nvml.set(f"share {gpu} {pid}", 30)


def measure_ours(folder: Path, nvml: FakeNvml, seconds: float) -> dict[str, Any]:
    """The agent's own numbers over the span, from its samples."""
    home = folder / "home"
    home.mkdir()
    with Agent(home, env=nvml.env, probes=(probe("nvidia", "NVIDIA"),)) as agent:
        agent.call("hello")
        stream = agent.ask("telemetry.subscribe", {"interval_s": 1.0})
        for _ in range(3):
            first = agent.event(stream)
        last, took, sizes = first, [], []
        while last["monotonic"] - first["monotonic"] < seconds:
            last = agent.event(stream)
            took.append(last["sample_ms"])
            sizes.append(len(json.dumps(last, separators=(",", ":"))))
        peak = next(
            int(line.split()[1]) * 1024
            for line in Path(f"/proc/{agent.pid}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
    span = last["monotonic"] - first["monotonic"]
    took.sort()
    return {
        "cpu": 100 * (last["agent"]["cpu_s"] - first["agent"]["cpu_s"]) / span,
        "mb": last["agent"]["memory_bytes"] / 1e6,
        "peak_mb": peak / 1e6,
        "turns": last["seq"] - first["seq"],
        "ms_p50": took[len(took) // 2],
        "ms_p99": took[int(len(took) * 0.99)],
        "bytes": sum(sizes) / len(sizes),
        "dropped": last["agent"]["dropped"],
    }


def measure_peer(python: str, source: str, nvml: FakeNvml, seconds: float) -> dict[str, Any]:
    """A peer's loop in a process of its own, over the same driver."""
    done = subprocess.run(
        [python, "-c", source + _LOOP, str(seconds)],
        env={**os.environ, **nvml.env},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--nvitop", metavar="PYTHON", help="an interpreter that has nvitop")
    given = parser.parse_args()
    print(f"agent, {GPUS} fake GPUs at 1 Hz, {given.seconds:.0f} s each; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as name:
        folder = Path(name)
        nvml = FakeNvml(build_fake_nvml(folder / "lib"), folder / "world.txt", GPUS)
        busy_world(nvml)
        began = time.monotonic()
        ours = measure_ours(folder, nvml, given.seconds)
        peers = {"plain pynvml loop": measure_peer(sys.executable, _PLAIN, nvml, given.seconds)}
        if given.nvitop:
            peers["nvitop's collector"] = measure_peer(given.nvitop, _NVITOP, nvml, given.seconds)
    print(
        f"  Tandem's agent        {ours['cpu']:5.2f} % of a core  {ours['mb']:5.1f} MB"
        f"  (peak {ours['peak_mb']:.1f})"
    )
    print(
        f"    sample {ours['ms_p50']:.1f} ms p50, {ours['ms_p99']:.1f} ms p99; "
        f"{ours['bytes'] / 1000:.1f} kB a frame; {ours['dropped']} dropped"
    )
    for name, peer in peers.items():
        ratio = peer["cpu"] / ours["cpu"]
        print(f"  {name:<20}  {peer['cpu']:5.2f} % of a core  {peer['mb']:5.1f} MB  = {ratio:.1f} x ours")
    print(f"  load at the end {os.getloadavg()[0]:.1f}, {time.monotonic() - began:.0f} s in all")
    good = ours["cpu"] <= CPU_TARGET_PERCENT and ours["peak_mb"] <= MEMORY_TARGET_MB
    print("within the targets" if good else "BEYOND THE TARGETS: 1 % of a core, 40 MB")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
