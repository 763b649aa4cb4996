"""The rules that ship, over a real sshd, the real agent and a fake driver: each fault gives the right alert.

Every `for` stays as it ships: of each sample that comes the judge is asked as if so much time had passed. So
a busy machine makes the tests slow, and nothing else. What ages by the lab's own clock alone is data that
does not come: only `data-stale` has its bound made smaller.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.alerts.alert import Alert, AlertState
from console.alerts.judge import Judge
from console.alerts.rules_file import default_rules
from console.core.clock import SystemClock
from console.core.home import Home, shipped
from console.fleet.link_state import LinkState
from console.plugin.loader import load
from console.telemetry.live import LiveTelemetry
from tests.integration.fleet.rig import Rig, until
from tests.lab.clocks import Stepped
from tests.lab.nvml.build import FakeNvml
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

TURN_S = 5.0
TURNS_A_SAMPLE = 4
PATIENCE_S = 60.0
_BUSY = 80


class Watched:
    """One lab server with two busy GPUs, watched and judged."""

    def __init__(self, rig: Rig, lab: LabServer, nvml: FakeNvml, clock: Stepped, rules: Judge) -> None:
        self.rig, self.lab, self.nvml, self.clock, self.judge = rig, lab, nvml, clock, rules
        self.name = rig.add(lab)
        self.live = LiveTelemetry(rig.book, SystemClock(), rig.options)
        self.fired: list[Alert] = []
        self.ended: list[Alert] = []
        self.alerts: tuple[Alert, ...] = ()
        self._taken = self._told = 0
        self._run_s = 1000.0
        self._now = datetime.now().astimezone()
        rig.fleet.watch([self.name], interval_s=0.1)
        until(self._is_whole, what="a sample with health", within_s=PATIENCE_S)
        self.samples(5)

    def _is_whole(self) -> bool:
        self.samples(1)
        row = self.live.snapshot().server(self.name)
        return bool(
            row and len(row.accelerators) == 2 and all(each.sample.health for each in row.accelerators)
        )

    def samples(self, count: int) -> None:
        """Judge so many more samples."""
        for _ in range(count):
            until(self._take, what="a sample", within_s=PATIENCE_S)
            self._judge(TURNS_A_SAMPLE)

    def without_samples(self, count: int) -> None:
        """Judge so many times, whatever comes."""
        for _ in range(count):
            time.sleep(0.02)
            self._take()
            self._judge(1)

    def _take(self) -> int:
        with self.rig.sink.lock:
            samples, views = self.rig.sink.samples[self._taken :], self.rig.sink.views[self._told :]
        self._taken += len(samples)
        self._told += len(views)
        for name, wire, received_s in samples:
            self.live.on_sample(name, wire, received_s)
        for view in views:
            self.live.on_link(view)
        return len(samples)

    def _judge(self, count: int) -> None:
        for _ in range(count):
            self._run_s += TURN_S
            self._now += timedelta(seconds=TURN_S)
            found = self.judge.step(self.live.snapshot(), self._now, self._run_s)
            self.alerts = found.alerts
            self.fired += found.fired
            self.ended += found.ended

    def tells(self, rule: str, part: str, within_s: float, *, reached: bool = True) -> Alert:
        """That exactly this alert fires, in so much of the judge's time since its condition held."""
        turn = self.samples if reached else self.without_samples
        until(lambda: turn(1) or self.fired, what=rule, within_s=PATIENCE_S)
        told = self.fired[0]
        assert (told.rule, told.target.server, told.label) == (rule, self.name, part), told
        assert (told.fired - told.first_seen).total_seconds() <= within_s
        turn(10)
        assert [each.rule for each in self.fired] == [rule], "the right one, once"
        assert [each.rule for each in self.alerts if each.state is AlertState.FIRING and not each.muted] == [
            rule
        ]
        return told

    def ends(self) -> None:
        """That all is well again."""
        until(lambda: self.samples(1) or not self.alerts, what="the end", within_s=PATIENCE_S)
        assert [each.rule for each in self.ended] == [each.rule for each in self.fired]


@pytest.fixture
def watched(
    make_rig: Callable[..., Rig],
    make_lab_server: Callable[..., LabServer],
    nvml_library: Path,
    tandem_home: Home,
    tmp_path: Path,
) -> Watched:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt", count=2)
    for index in range(2):
        nvml.set(f"gpu {index} util", _BUSY)
    clock = Stepped(tmp_path)
    # In a place of its own for mounts: a full disk of one test is none of another's.
    lab = make_lab_server(environment={**nvml.env, **clock.environment}, within=("unshare", "--mount"))
    rig = make_rig(probes=load(tandem_home, shipped("plugins")).probes)
    return Watched(rig, lab, nvml, clock, Judge(default_rules()))


def test_a_healthy_server_is_silent(watched: Watched) -> None:
    watched.samples(40)  # more than thirteen minutes of the judge's time
    assert (watched.fired, watched.alerts) == ([], ())


def test_lost_gpu(watched: Watched) -> None:
    watched.nvml.log("NVRM: Xid (PCI:0000:01:00): 79, pid=1234, GPU has fallen off the bus.", seconds=1.0)
    watched.nvml.set("gpu 1 state", "lost")
    told = watched.tells("gpu-lost", "gpu-1", 30)
    assert told.remedy.startswith(f"Drain {watched.name}. Restart the server") or "looked at" in told.remedy
    watched.nvml.clear("gpu 1 state")
    watched.ends()


def test_uncorrected_ecc(watched: Watched) -> None:
    watched.nvml.set("field 1 4", 2)
    told = watched.tells("gpu-ecc", "gpu-1", 0)
    assert told.value == 2
    assert "reset the GPU" in told.remedy


def test_hardware_thermal_slowdown(watched: Watched) -> None:
    watched.nvml.set("gpu 1 throttle", 0x48)
    told = watched.tells("gpu-hot", "gpu-1", 300)
    assert (told.fired - told.first_seen).total_seconds() == 300
    assert told.remedy.startswith("Check the fans")
    watched.nvml.set("gpu 1 throttle", 0)
    watched.ends()


def test_remap_pending(watched: Watched) -> None:
    watched.nvml.set("field 1 144", 1)
    watched.nvml.set("gpu 1 pending", 1)
    told = watched.tells("gpu-remap-pending", "gpu-1", 0)
    assert told.remedy == "Reset the GPU when it is free."


def test_idle_holder(watched: Watched) -> None:
    watched.nvml.set(f"proc 1 {os.getpid()}", 30 << 30)
    watched.nvml.set("gpu 1 used", 30 << 30)
    watched.nvml.set("gpu 1 util", 0)
    told = watched.tells("gpu-idle-holder", "gpu-1", 1800)
    assert f"process {os.getpid()} (30.0 GiB)" in told.sentence
    assert "tandem report idle" in told.remedy
    watched.nvml.set("gpu 1 util", _BUSY)
    watched.ends()


def test_stale_data(watched: Watched) -> None:
    rules = {each.name: each for each in default_rules()}
    stale = replace(rules["data-stale"], condition="reached & age>8")  # after 12 s the link is given up
    watched.judge.use([*(rules | {stale.name: stale}).values()])
    watched.samples(2)
    watched.lab.pause_sessions()
    until(lambda: watched.without_samples(1) or watched.fired, what="data-stale")
    watched.lab.resume()
    (told,) = watched.fired
    assert told.rule == "data-stale"
    assert "has sent no values for" in told.sentence
    assert "hung driver or disk" in told.remedy
    watched.ends()


def test_full_disk(watched: Watched, tmp_path: Path) -> None:
    under, disk = tmp_path / "under", tmp_path / "disk"

    def there(*words: str) -> int:
        return subprocess.call(["nsenter", f"--mount=/proc/{watched.lab.pid}/ns/mnt", *words])

    for each in (under, disk):
        each.mkdir()
    assert there("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(under)) == 0
    assert there("mkdir", f"{under}/l", f"{under}/u", f"{under}/w") == 0
    # The agent tells of overlays, which have the size of what is below them.
    layers = f"lowerdir={under}/l,upperdir={under}/u,workdir={under}/w"
    assert there("mount", "-t", "overlay", "lab-disk", "-o", layers, str(disk)) == 0
    assert there("dd", "if=/dev/zero", f"of={disk}/large", "bs=1M", "count=4", "status=none") != 0
    told = watched.tells("disk-full", "", 300)
    assert f"{disk} has 0 B left" in told.sentence
    assert told.remedy.startswith("Free space there")
    assert there("rm", f"{disk}/large") == 0
    watched.ends()


def test_server_down(watched: Watched) -> None:
    watched.nvml.set("gpu 1 throttle", 0x48)
    watched.samples(3)
    watched.lab.stop()
    told = watched.tells("server-down", "", 60, reached=False)
    assert told.remedy
    # The throttle was pending when it went: of a server that is down nothing else is told.
    assert {each.muted for each in watched.alerts if each.rule != "server-down"} == {"server down"}
    watched.nvml.set("gpu 1 throttle", 0)
    watched.lab.start()
    watched.rig.fleet.retry(watched.name)
    until(lambda: watched.rig.state(watched.name) is LinkState.UP, what="the link", within_s=90)
    watched.ends()


@pytest.mark.parametrize(("jump", "word"), [("+3600", "forward"), ("-3600", "back")])
def test_clock_step(watched: Watched, jump: str, word: str) -> None:
    watched.clock.jump(jump)
    told = watched.tells("clock-step", "", 0)
    assert f"jumped 1 h 0 min {word}" in told.sentence or f"jumped 59 min 59 s {word}" in told.sentence
    assert "time service" in told.remedy
    watched.ends()
