"""A fleet on a virtual clock: the real live telemetry, fed with what agents send, under a judge."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from console.alerts.alert import Alert, Silence
from console.alerts.judge import Judge, Judgement
from console.alerts.rule import Rule, Scope
from console.core.options import Options
from console.core.problems import Problem
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.telemetry.live import LiveTelemetry

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
TURN_S = 5.0
SOUND_HEALTH: dict[str, Any] = {
    "ecc_uncorrected_volatile": 0,
    "remapped_rows_pending": False,
    "remapped_rows_failed": False,
    "retired_pages_pending": False,
    "recovery_action": "none",
    "kernel_log": "ok",
    "faults": [],
    "pcie_replays": 0,
    "pcie_generation": 5,
    "pcie_width": 16,
}


class VirtualClock:
    """Our two clocks, of which the wall clock is set now and then, and the true time, which nobody sets."""

    def __init__(self) -> None:
        self.run_s = 1000.0
        self.wall = self.true = START

    def now(self) -> datetime:
        return self.wall

    def monotonic_s(self) -> float:
        return self.run_s

    def sleep_s(self, seconds: float) -> None:
        self.run_s += seconds
        self.wall += timedelta(seconds=seconds)
        self.true += timedelta(seconds=seconds)


def accelerator(index: int, server: str = "a", **values: object) -> dict[str, Any]:
    """What an agent tells of a sound, busy one."""
    return {
        "index": index,
        "uuid": f"GPU-{server}-{index}",
        "name": "H100",
        "vendor": "NVIDIA",
        "state": "ok",
        "utilization_percent": 90.0,
        "memory_used_bytes": 40 << 30,
        "memory_total_bytes": 80 << 30,
        "temperature_c": 60.0,
        "power_w": 500.0,
        "ecc_uncorrected": 0,
        "throttle": [],
        "health": dict(SOUND_HEALTH),
        "processes": [{"pid": 4711, "user": "kim", "command": "train", "memory_bytes": 40 << 30}],
    } | values


class Machine:
    """One server as its agent tells it; change what it holds, and the next turn tells that."""

    def __init__(self, name: str, accelerators: int, clock: VirtualClock) -> None:
        self.clock = clock
        self.accelerators = [accelerator(index, name) for index in range(accelerators)]
        self.values: dict[str, Any] = {
            "memory_used_bytes": 20 << 30,
            "memory_total_bytes": 100 << 30,
            "cpu_percent": 20.0,
            "disks": [{"mount": "/", "used_bytes": 50 * 10**9, "total_bytes": 100 * 10**9}],
            "problems": [],
            "boot_id": "b1",
        }
        self.silent = False
        self.clock_s = 0.0
        """How far its clock is from ours."""
        self.seq = 0

    def wire(self) -> dict[str, Any]:
        self.seq += 1
        return {
            **self.values,
            "seq": self.seq,
            "time": self.clock.true.timestamp() + self.clock_s,
            "uptime_s": self.clock.run_s,
            "interval_s": TURN_S,
            "accelerators": [dict(each) for each in self.accelerators],
        }

    def health(self, index: int, **values: object) -> None:
        self.accelerators[index]["health"] = self.accelerators[index]["health"] | values


class World:
    """A fleet, its telemetry and its judge."""

    def __init__(self, folder: Path, rules: Iterable[Rule], servers: dict[str, int] | None = None) -> None:
        self.clock = VirtualClock()
        self.inventory = {name: Server(name, "h") for name in servers or {"a": 1}}
        self.machines = {
            name: Machine(name, count, self.clock) for name, count in (servers or {"a": 1}).items()
        }
        self.live = LiveTelemetry(self, self.clock, Options(folder / "options.json"))
        self.links = dict.fromkeys(self.inventory, LinkState.UP)
        self.judge = Judge(rules, self._ids())
        self.silences: list[Silence] = []
        self.fired: list[Alert] = []
        self.ended: list[Alert] = []
        self.alerts: tuple[Alert, ...] = ()
        self.expected: dict[str, dict[str, str]] | None = None
        for name in self.inventory:
            self.link(name, LinkState.UP)

    @staticmethod
    def _ids() -> Callable[[], str]:
        count = itertools.count(1)
        return lambda: f"alert-{next(count)}"

    def list(self) -> tuple[Server, ...]:
        return tuple(self.inventory.values())

    def __getitem__(self, name: str) -> Machine:
        return self.machines[name]

    def link(self, name: str, state: LinkState, problem: Problem | None = None) -> None:
        self.links[name] = state
        self.live.on_link(LinkView(name, state, problem=problem))

    def lose(self, name: str) -> None:
        self.link(name, LinkState.LOST, Problem("ssh.lost", server=name, reason="no word for 12 s"))

    def change(self, name: str, server: Server | None) -> None:
        """Edit the inventory, or remove a server of it."""
        if server is None:
            del self.inventory[name]
        else:
            self.inventory[name] = server
        self.live.on_link(LinkView(name, LinkState.OFF))
        if server is not None:
            self.live.on_link(LinkView(name, self.links[name]))

    def turn(self, seconds: float = TURN_S) -> Judgement:
        """Time goes on, agents send, the rules are judged."""
        self.clock.sleep_s(seconds)
        for name in self.inventory:
            machine = self.machines[name]
            if self.links[name] is LinkState.UP and not machine.silent:
                self.live.on_sample(name, machine.wire(), self.clock.run_s)
        found = self.judge.step(
            self.live.snapshot(),
            self.clock.wall,
            self.clock.run_s,
            self.silences,
            {},
            self.expected,
        )
        self.alerts = found.alerts
        self.fired += found.fired
        self.ended += found.ended
        return found

    def run(self, seconds: float) -> None:
        """So much time, turn by turn."""
        for _ in range(round(seconds / TURN_S)):
            self.turn()

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What was told so far: rule, server, part."""
        return [(each.rule, each.target.server, each.label) for each in self.fired]

    def silence(self, seconds: float, rule: str = "", server: str = "") -> Silence:
        now = self.clock.wall
        ends = now + timedelta(seconds=seconds)
        made = Silence(f"silence-{len(self.silences)}", rule, server, "", now, ends, "kim@desk", "known")
        self.silences.append(made)
        return made


def hot_rule(**changes: Any) -> Rule:
    """A rule on temperature."""
    values: dict[str, Any] = {
        "name": "hot",
        "title": "Hot",
        "condition": "temp>85",
        "for_s": 60.0,
        "keep_firing_s": 60.0,
        "scope": Scope.ACCELERATOR,
        "summary": "{label} of {server} has {value}.",
        "remedy": "Look at the fans.",
    }
    return Rule(**(values | changes))
