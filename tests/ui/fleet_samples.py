"""A made-up fleet for the window's tests: real telemetry and inventory, hand-written samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from console.context import Context
from console.core.clock import SystemClock
from console.core.problems import Problem
from console.fleet.link_state import Hello, LinkState, LinkView
from console.fleet.server import Role, Server
from console.telemetry.history import History
from console.telemetry.parsing import parse_sample

GB = 1_000_000_000


@dataclass
class Machine:
    """One made-up server."""

    server: Server
    gpus: int = 8
    base: float = 90.0
    memory: float = 0.85
    state: LinkState = LinkState.UP
    problem: Problem | None = None
    lost: tuple[int, ...] = ()
    hot: tuple[int, ...] = ()
    user: str | None = "nlp"
    command: str = "python train.py --config llm.toml"
    simulated: bool = False
    silent: bool = False
    gap: tuple[int, int] | None = None
    total_bytes: float = 79.6 * GB
    extra: dict[str, Any] = field(default_factory=dict)


def accelerator(machine: Machine, index: int, second: int) -> dict[str, Any]:
    """One accelerator's part of a sample."""
    seed = sum(map(ord, machine.server.name)) + index * 7
    wave = math.sin((second + seed * 13) / (23 + seed % 17)) + 0.4 * math.sin((second + seed) / 5.0)
    if index in machine.lost:
        return {
            "index": index,
            "uuid": f"GPU-{machine.server.name}-{index:04d}-9a20",
            "name": "H100 80GB HBM3",
            "vendor": "nvidia",
            "simulated": machine.simulated,
            "state": "lost",
            "detail": "XID 79: GPU has fallen off the bus",
        }
    used = max(0.0, min(100.0, machine.base + (4 if machine.base > 20 else 1) * wave - seed % 5))
    memory = machine.memory * machine.total_bytes * (1 - 0.02 * (seed % 4))
    return {
        "index": index,
        "uuid": f"GPU-{machine.server.name}-{index:04d}-9a20",
        "name": "H100 80GB HBM3",
        "vendor": "nvidia",
        "simulated": machine.simulated,
        "state": "ok",
        "utilization_percent": round(used, 1),
        "memory_used_bytes": int(memory),
        "memory_total_bytes": int(machine.total_bytes),
        "temperature_c": 34 + 0.38 * used + seed % 4,
        "power_w": 80 + 5.4 * used + 6 * wave,
        "power_kind": "average",
        "power_limit_w": 700,
        "fan_percent": None,
        "clock_sm_mhz": 1755 if index not in machine.hot else 1410,
        "throttle": ["hw_thermal_slowdown"] if index in machine.hot else [],
        "ecc_uncorrected": 0,
        "mig": False,
        "processes": (
            [
                {
                    "pid": 4000 + index,
                    "user": machine.user,
                    "command": machine.command,
                    "memory_bytes": int(memory),
                }
            ]
            if machine.user
            else []
        ),
    }


def disks(wave: float) -> list[dict[str, Any]]:
    """Three file systems: one that is nearly full, one on the network without traffic of its own."""
    return [
        {
            "mount": "/",
            "device": "/dev/nvme0n1p2",
            "used_bytes": 400 * GB,
            "total_bytes": 1000 * GB,
            "inodes_used": 3_100_000,
            "inodes_total": 62_500_000,
            "read_bytes_per_s": 2.1e6 * (1.2 + wave),
            "write_bytes_per_s": 8.4e6 * (1.3 - wave),
            "busy_percent": 7 + 4 * wave,
        },
        {
            "mount": "/scratch",
            "device": "/dev/md0",
            "used_bytes": 14_200 * GB,
            "total_bytes": 15_000 * GB,
            "inodes_used": 210_000_000,
            "inodes_total": 900_000_000,
            "read_bytes_per_s": 1.9e9 * (1.1 + wave),
            "write_bytes_per_s": 3.2e8 * (1.1 - wave),
            "busy_percent": 71 + 20 * wave,
        },
        {"mount": "/datasets", "device": "nfs:/pool", "used_bytes": 90_000 * GB, "total_bytes": 200_000 * GB},
    ]


def host(second: int, wave: float) -> dict[str, Any]:
    """What a machine of 96 cores tells of itself beside its accelerators."""
    busy = [max(0.0, min(100.0, 22 + 60 * math.sin(core * 1.7 + second / 23))) for core in range(96)]
    return {
        "cpu_cores_percent": [round(each, 1) for each in busy],
        "cpu_iowait_percent": 3 + 2 * wave,
        "cpu_steal_percent": 0.0,
        "load5": 17.2,
        "load15": 16.8,
        "memory_cached_bytes": 210 * GB,
        "swap_total_bytes": 8 * GB,
        "swap_used_bytes": 0,
        "interfaces": [
            {
                "name": "eth0",
                "rx_bytes_per_s": 2.2e8 * (1.2 + wave),
                "tx_bytes_per_s": 0.9e8 * (1.1 - wave),
                "speed_bits_per_s": 100e9,
                "state": "up",
            },
            {"name": "eth1", "rx_bytes_per_s": 0.0, "tx_bytes_per_s": 0.0, "state": "down"},
        ],
        "disk_io": {
            "read_bytes_per_s": 1.9e9 * (1.1 + wave),
            "write_bytes_per_s": 3.3e8 * (1.1 - wave),
            "busy_percent": 71 + 20 * wave,
        },
        "pressure": {
            "cpu": {"some_percent": 9 + 6 * wave, "full_percent": 0.0},
            "memory": {"some_percent": 0.0, "full_percent": 0.0},
            "io": {"some_percent": 24 + 15 * wave, "full_percent": 11 + 8 * wave},
        },
        "temperatures": [
            {"name": "coretemp Package id 0", "temperature_c": 71 + 5 * wave, "critical_c": 100.0},
            {"name": "coretemp Package id 1", "temperature_c": 68 + 4 * wave, "critical_c": 100.0},
            {"name": "nvme Composite", "temperature_c": 78.9, "critical_c": 84.9},
            {"name": "acpitz temp1", "temperature_c": 41.0, "critical_c": None},
        ],
        "limits": None,
    }


def wire(machine: Machine, second: int, epoch_s: float) -> dict[str, Any]:
    """A SAMPLE as an agent sends it."""
    wave = math.sin((second + len(machine.server.name) * 31) / 41)
    sample: dict[str, Any] = {
        "seq": second,
        "time": epoch_s,
        "monotonic": float(second),
        "interval_s": 1.0,
        "sample_ms": 3.0,
        "cpu_percent": 22 + 9 * wave,
        "cpu_count": 96,
        "load1": 18 + 6 * wave,
        "memory_used_bytes": int(310 * GB + 20 * GB * wave),
        "memory_total_bytes": 1024 * GB,
        "network": {"rx_bytes_per_s": 2.2e8 * (1.2 + wave), "tx_bytes_per_s": 0.9e8 * (1.1 - wave)},
        "disks": disks(wave),
        **host(second, wave),
        "uptime_s": 86400 * 12 + second,
        "boot_id": "b",
        "accelerators": [accelerator(machine, index, second) for index in range(machine.gpus)],
        "problems": [],
    }
    return sample | machine.extra


def link(machine: Machine, age_s: float | None = 0.4) -> LinkView:
    """How the machine's link stands."""
    hello = Hello(
        os="Debian GNU/Linux 12 (bookworm)",
        kernel="6.1.0-27-amd64",
        hostname=machine.server.name,
        user="ops",
        home="/home/ops",
        python="3.11.2",
        boot_id="b",
        cpu_count=96,
        memory_total_bytes=1024 * GB,
        clock_offset_s=0.01,
    )
    known = machine.state in (LinkState.UP, LinkState.STALE, LinkState.WAITING) and not machine.silent
    return LinkView(
        machine.server.name,
        machine.state,
        age_s=age_s,
        latency_ms=1.8 if machine.state is LinkState.UP else None,
        problem=machine.problem,
        hello=hello if known else None,
        retry_in_s=7.0 if machine.state is LinkState.WAITING else None,
    )


def feed(context: Context, machines: Sequence[Machine], seconds: int = 300) -> None:
    """Enter the machines, and give the telemetry so many seconds of their samples, ending now."""
    known = {server.name for server in context.servers.list()}
    for machine in machines:
        if machine.server.name not in known:
            context.servers.add(machine.server)
    now_s, epoch_s = context.clock.monotonic_s(), context.clock.now().timestamp()
    for second in range(1, seconds + 1):
        for machine in machines:
            gap = machine.gap and machine.gap[0] <= second <= machine.gap[1]
            if machine.silent or gap:
                continue
            back = seconds - second
            sample = wire(machine, second, epoch_s - back)
            context.telemetry.on_sample(machine.server.name, sample, now_s - back)
    for machine in machines:
        context.telemetry.on_link(link(machine))


class _Past(SystemClock):
    """A clock that is set back and catches up."""

    back_s = 0.0

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=self.back_s)


def remember(context: Context, machines: Sequence[Machine], seconds: int = 1200, step: int = 2) -> None:
    """Give the store so many seconds of the machines' samples, ending now, as if they had been watched."""
    clock = _Past()
    history = History(context.store, clock)
    for second in range(0, seconds, step):
        clock.back_s = float(seconds - second)
        for machine in machines:
            name, sample = machine.server.name, wire(machine, second, clock.now().timestamp())
            history.add(name, parse_sample(sample, clock.monotonic_s(), server=name, now=clock.now()))
    clock.back_s = 0.0
    history.flush()


def large_fleet() -> list[Machine]:
    """Like the drawn picture: 26 training and 17 inference servers, some of them sick."""
    machines = []
    idle = {6, 7, 8, 11, 13, 18, 19}
    for number in range(1, 27):
        name = f"gpu-{number:02d}"
        server = Server(name, f"{name}.cluster", role=Role.TRAIN, cost_per_hour=12.4)
        machine = Machine(
            server, base=2.0 if number in idle else 93.0, user="nlp" if number not in idle else None
        )
        machines.append(machine)
    machines[4].lost, machines[4].command = (2,), "python -m llm.pretrain"
    machines[21].hot = (4,)
    machines[10].user, machines[10].memory, machines[10].command = "vision", 0.95, "jupyter-lab"
    machines[16].gap, machines[16].state = (262, 300), LinkState.WAITING
    machines[16].problem = Problem("ssh.lost", server="gpu-17", reason="nothing was heard for 38 s")
    for number in (20, 21, 23):
        machines[number - 1].base, machines[number - 1].user = 58.0, "vision"
    for number in range(1, 17):
        name = f"inf-{number:02d}"
        server = Server(name, f"{name}.cluster", role=Role.INFER, cost_per_hour=5.9)
        base = {1: 62, 3: 24, 5: 22, 7: 41, 8: 40, 9: 35, 11: 22, 12: 24}.get(number, 68)
        gpus = 4 if number == 9 else 8
        machines.append(
            Machine(server, gpus=gpus, base=float(base), memory=0.52, user="serve", command="tritonserver")
        )
    edge = Server("edge-02", "edge-02.plant", role=Role.INFER)
    machines.append(
        Machine(edge, gpus=1, base=33, memory=0.6, user="serve", command="defect-int8", total_bytes=8 * GB)
    )
    fresh = Server("gpu-27", "gpu-27.cluster", role=Role.TRAIN)
    problem = Problem(
        "ssh.host_key_unknown",
        server="gpu-27",
        key_type="ssh-ed25519",
        fingerprint="SHA256:q6w0Lw1WqRrQkq3v8cUq1m9hB3o0n2E5Yb7Jz4kXcVs",
        host="gpu-27.cluster",
        port=22,
    )
    machines.append(Machine(fresh, state=LinkState.REFUSED, problem=problem, silent=True))
    return machines
