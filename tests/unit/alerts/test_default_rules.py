"""The rules that ship, on a virtual clock: a healthy hour is silent, each fault gives the right alert."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.alerts.alert import AlertSeverity
from console.alerts.rules_file import default_rules
from console.core.home import shipped
from console.core.problems import Problem
from console.fleet.link_state import LinkState
from console.fleet.server import Role
from tests.unit.alerts.world import World, accelerator
from tests.unit.core.test_problems import anchors

HOUR_S = 3600.0
BY_NAME = {each.name: each for each in default_rules()}


def make(folder: Path, count: int = 2) -> World:
    return World(folder, default_rules(), {"a": count, "b": count, "c": count, "d": count})


def log(world: World, code: int, age_s: float = 1.0) -> None:
    """A line of the kernel's log of gpu-1 of b."""
    time_s = world.clock.true.timestamp() - age_s
    world["b"].health(1, faults=[{"time": time_s, "code": code, "text": None}])


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make(tmp_path)


class Simulated:
    """The demo's own accelerators, from the probe that ships, at the virtual clock's time."""

    def __init__(self, world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        path = shipped("plugins") / "simulated" / "probe.py"
        spec = importlib.util.spec_from_file_location("simulated_probe", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        monkeypatch.setattr(module.time, "time", lambda: world.clock.wall.timestamp())
        self._probe = module.open_probe({"simulated": {"count": 8, "seed": name}})
        self._world = world
        self._machine = world[name]

    def look(self) -> None:
        self._machine.accelerators = self._probe.sample(self._world.clock.run_s)


def test_a_healthy_hour_of_the_demo_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make(tmp_path)
    with monkeypatch.context() as patched:
        probes = [Simulated(world, name, patched) for name in world.inventory]
        for _ in range(round(HOUR_S / 5)):
            for each in probes:
                each.look()
            world.turn()
            assert world.alerts == ()
    assert world.fired == []


def test_a_healthy_hour_of_a_fleet_at_work_is_silent(world: World) -> None:
    """Busy and free accelerators, jobs that come and go, an application's own faults, links that blink."""
    for minute in range(60):
        for number, name in enumerate(world.inventory):
            machine = world[name]
            for index, row in enumerate(machine.accelerators):
                works = (minute + number + index) % 20 < 15
                row |= accelerator(index, name, utilization_percent=95.0 if works else 0.0)
                row["processes"] = row["processes"] if works else []
                row["memory_used_bytes"] = 40 << 30 if works else 600 << 20
                row["throttle"] = ["sw_power_cap"] if works else ["idle"]
        if minute % 10 == 3:
            log(world, (13, 31, 43, 63, 92)[minute // 10 % 5])
        if minute % 15 == 7:
            world.lose("d")
            world.run(20)
            world.link("d", LinkState.UP)
        world.run(60)
    assert world.fired == []


def test_an_inference_server_may_hold_memory_all_night(world: World) -> None:
    world.change("b", replace(world.inventory["b"], role=Role.INFER))
    for row in world["b"].accelerators:
        row["utilization_percent"] = 0.0
    world.run(2 * HOUR_S)
    assert world.fired == []


def lost(world: World) -> None:
    world["b"].accelerators[1] |= {"state": "lost", "detail": "GPU is lost"}


def fell_off_the_bus(world: World) -> None:
    lost(world)
    log(world, 79)


def gone(world: World) -> None:
    del world["b"].accelerators[1]


def ecc(world: World) -> None:
    world["b"].accelerators[1]["ecc_uncorrected"] = 3
    world["b"].health(1, ecc_uncorrected_volatile=3)


def throttled(reason: str) -> Callable[[World], None]:
    def do(world: World) -> None:
        world["b"].accelerators[1]["throttle"] = [reason, "hw_slowdown"]

    return do


def sick(**values: object) -> Callable[[World], None]:
    return lambda world: world["b"].health(1, **values)


def xid(code: int) -> Callable[[World], None]:
    return lambda world: log(world, code)


def idle(world: World) -> None:
    world["b"].accelerators[1]["utilization_percent"] = 1.0


def silent(world: World) -> None:
    world["b"].silent = True


def full(world: World) -> None:
    world["b"].values["disks"] = [
        {"mount": "/", "used_bytes": 50 * 10**9, "total_bytes": 100 * 10**9},
        {"mount": "/data", "used_bytes": 99 * 10**9, "total_bytes": 100 * 10**9},
    ]


def no_inodes(world: World) -> None:
    world["b"].values["disks"] = [
        {"mount": "/", "used_bytes": 5, "total_bytes": 100, "inodes_used": 99, "inodes_total": 100}
    ]


def values(**given: object) -> Callable[[World], None]:
    return lambda world: world["b"].values.update(given)


def down(world: World) -> None:
    world.lose("b")


def refused(world: World) -> None:
    problem = Problem("ssh.auth_failed", server="b", user="kim", tried="a key", accepted="publickey")
    world.link("b", LinkState.REFUSED, problem)


def no_agent(world: World) -> None:
    world.link("b", LinkState.WAITING, Problem("agent.timeout", server="b", timeout_s=10, method="hello"))


def clock_forward(world: World) -> None:
    world["b"].clock_s += 3600.0


def clock_back(world: World) -> None:
    world["b"].clock_s -= 90.0


FAULTS: dict[str, tuple[Callable[[World], None], str, str, float, str, str]] = {
    # what is done -> rule, part, seconds until it is told, words of the sentence, words of the remedy
    "lost GPU": (lost, "gpu-lost", "gpu-1", 40, "GPU is lost", "Drain b."),
    "lost GPU with its XID": (
        fell_off_the_bus,
        "gpu-lost",
        "gpu-1",
        40,
        "fallen off the bus",
        "Restart the s",
    ),
    "GPU gone": (gone, "gpu-missing", "", 130, "gpu-1 (H100)", "XID 79"),
    "uncorrected ECC": (ecc, "gpu-ecc", "gpu-1", 10, ": 3.", "reset the GPU"),
    "thermal": (throttled("hw_thermal"), "gpu-hot", "gpu-1", 310, "too hot", "Check the fans"),
    "power brake": (throttled("hw_power_brake"), "gpu-power-brake", "gpu-1", 310, "brake", "power supplies"),
    "remap pending": (sick(remapped_rows_pending=True), "gpu-remap-pending", "gpu-1", 10, "waits", "Reset"),
    "remap failed": (sick(remapped_rows_failed=True), "gpu-remap-failed", "gpu-1", 10, "failed", "replaced"),
    "pages pending": (
        sick(retired_pages_pending=True),
        "gpu-retired-pending",
        "gpu-1",
        10,
        "wait",
        "Restart b",
    ),
    "many rows": (
        sick(remapped_rows_uncorrected=600),
        "gpu-remapped-rows",
        "gpu-1",
        10,
        "600 mem",
        "replaced",
    ),
    "many pages": (
        sick(retired_pages_uncorrected=63),
        "gpu-retired-pages",
        "gpu-1",
        10,
        "63 mem",
        "replaced",
    ),
    "recovery": (
        sick(recovery_action="gpu_reset"),
        "gpu-recovery-action",
        "gpu-1",
        10,
        "reset the GPU",
        "Drain",
    ),
    "XID 48": (xid(48), "gpu-xid-critical", "gpu-1", 30, "XID 48", "reset the GPU"),
    "XID 94": (xid(94), "gpu-xid-contained", "gpu-1", 10, "XID 94", "Restart the app"),
    "idle holder": (idle, "gpu-idle-holder", "gpu-1", 1820, "kim's process 4711 (40.0 GiB)", "Ask its owner"),
    "stale data": (silent, "data-stale", "", 130, "no values for 2 min", "hung driver"),
    "cannot be read": (
        values(problems=["nvidia: no"]),
        "collection-failing",
        "",
        610,
        "nvidia: no",
        "driver",
    ),
    "full disk": (full, "disk-full", "", 310, "/data has 1 GB left", "Free space"),
    "no inodes": (no_inodes, "inodes-full", "", 310, "99 % of the inodes of /", "Remove small files"),
    "memory": (
        values(memory_used_bytes=99 << 30),
        "memory-full",
        "",
        610,
        "99 % of the memory",
        "largest proc",
    ),
    "server down": (down, "server-down", "", 70, "no word for 12 s", "."),
    "refused": (refused, "server-refused", "", 10, "waits for a person", "."),
    "no agent": (no_agent, "agent-refused", "", 70, "nothing is measured", "."),
    "clock forward": (clock_forward, "clock-step", "", 10, "jumped 1 h 0 min forward", "time service"),
    "clock back": (clock_back, "clock-step", "", 10, "jumped 1 min 30 s back", "time service"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_once_in_time_and_with_its_remedy(world: World, fault: str) -> None:
    do, rule, part, within_s, words, remedy = FAULTS[fault]
    world.run(60)
    do(world)
    world.run(within_s)
    assert world.told == [(rule, "b", part)]
    told = world.fired[0]
    assert words in told.sentence
    assert remedy in told.remedy
    assert "–" not in told.sentence + told.remedy
    assert told.severity is BY_NAME[rule].severity
    world.run(HOUR_S / 2)
    assert world.told == [(rule, "b", part)]


@pytest.mark.parametrize("code", [13, 31, 43, 45, 63, 92])
def test_xids_of_applications_and_for_information_do_not_page(world: World, code: int) -> None:
    log(world, code)
    world.run(HOUR_S)
    assert (world.fired, world.alerts) == ([], ())


def test_an_old_xid_is_history(world: World) -> None:
    log(world, 79, age_s=3 * HOUR_S)
    world.run(600)
    assert world.fired == []


def test_an_xid_is_over_after_its_ten_minutes(world: World) -> None:
    log(world, 48)
    world.run(HOUR_S)
    assert len(world.fired) == 1
    assert len(world.ended) == 1


def test_every_rule_has_words_a_remedy_and_a_page_of_the_help() -> None:
    pages = anchors(shipped("resources") / "help" / "alerts.md")
    for rule in default_rules():
        assert rule.summary.endswith(".")
        assert rule.remedy == "{action}" or rule.remedy.endswith((".", "{action}"))
        assert rule.runbook.partition("#")[2] in pages


def test_what_is_off_is_what_the_reference_has_off() -> None:
    off = {each.name for each in default_rules() if not each.enabled}
    assert off == {"gpu-warm", "gpu-temperature", "gpu-xid-warning", "clock-offset"}


def test_a_page_at_night_is_for_what_cannot_wait() -> None:
    critical = {each.name for each in default_rules() if each.severity is AlertSeverity.CRITICAL}
    assert critical == {
        "fleet-unreached", "server-down", "server-refused", "gpu-missing", "gpu-lost", "gpu-xid-critical",
        "gpu-recovery-action", "gpu-ecc", "gpu-remap-failed", "gpu-retired-pages",
    }  # fmt: skip


class TestMuting:
    """A server that is not reached, or drained, does not tell of its parts."""

    def test_a_server_that_is_down_mutes_its_own_and_its_accelerators_rules(self, world: World) -> None:
        throttled("hw_thermal")(world)
        full(world)
        world.run(200)
        down(world)
        world.run(600)
        assert world.told == [("server-down", "b", "")]
        muted = {each.rule: each.muted for each in world.alerts}
        assert muted["server-down"] == ""
        assert {muted["gpu-hot"], muted["disk-full"]} == {"server down"}

    def test_what_fires_before_goes_on_after_without_a_second_page(self, world: World) -> None:
        ecc(world)
        world.run(30)
        down(world)
        world.run(600)
        world.link("b", LinkState.UP)
        world.run(600)
        assert world.told == [("gpu-ecc", "b", "gpu-1"), ("server-down", "b", "")]
        assert [each.rule for each in world.ended] == ["server-down"]

    def test_what_came_while_it_was_down_is_told_when_it_is_back(self, world: World) -> None:
        down(world)
        world.run(120)
        lost(world)
        world.link("b", LinkState.UP)
        world.run(60)
        assert world.told == [("server-down", "b", ""), ("gpu-lost", "b", "gpu-1")]

    def test_it_stays_down_while_it_is_tried_again(self, world: World) -> None:
        down(world)
        for _ in range(20):
            world.link("b", LinkState.CONNECTING)
            world.run(10)
            world.link("b", LinkState.WAITING, Problem("ssh.lost", server="b", reason="cut"))
            world.run(5)
        assert world.told == [("server-down", "b", "")]
        world.link("b", LinkState.UP)
        world.run(120)
        assert [each.rule for each in world.ended] == ["server-down"]

    def test_one_that_was_never_reached_is_down_too(self, world: World) -> None:
        world.link("b", LinkState.CONNECTING)
        world.run(30)
        assert world.alerts == ()
        world.link("b", LinkState.WAITING, Problem("ssh.lost", server="b", reason="cut"))
        world.run(70)
        assert world.told == [("server-down", "b", "")]

    def test_a_drained_server_is_quiet_even_when_it_goes_down(self, world: World) -> None:
        world["b"].values["drained"] = "new power supply"
        world.run(10)
        ecc(world)
        world.run(60)
        down(world)
        world.run(600)
        assert world.fired == []
        muted = {each.rule: each.muted for each in world.alerts}
        assert muted == {"gpu-ecc": "server down", "server-down": "drained"}

    def test_what_is_there_when_it_is_resumed_is_told(self, world: World) -> None:
        world["b"].values["drained"] = "new power supply"
        world.run(10)
        ecc(world)
        world.run(60)
        assert [each.muted for each in world.alerts] == ["drained"]
        world["b"].values["drained"] = ""
        world.run(10)
        assert world.told == [("gpu-ecc", "b", "gpu-1")]

    def test_servers_behind_a_dead_jump_host_are_not_told_of(self, world: World) -> None:
        for name in ("b", "c"):
            world.change(name, replace(world.inventory[name], jump="a"))
        world.change("c", replace(world.inventory["c"], jump="b"))
        for name in ("a", "b", "c"):
            world.lose(name)
        world.run(300)
        assert world.told == [("server-down", "a", "")]

    def test_no_network_here_is_one_alert_and_not_one_of_each_server(self, world: World) -> None:
        for name in world.inventory:
            world.lose(name)
        world.run(300)
        assert world.told == [("fleet-unreached", "", "")]
        world.link("a", LinkState.UP)
        world.run(30)
        # Now it is not our network: what is down is down by itself.
        assert sorted(world.told[1:]) == [("server-down", name, "") for name in ("b", "c", "d")]

    def test_data_of_before_a_cut_is_not_called_stale_after_it(self, world: World) -> None:
        down(world)
        world.run(600)
        silent(world)
        world.link("b", LinkState.UP)
        world.run(60)
        assert world.told == [("server-down", "b", "")]
        world.run(80)
        assert world.told[1:] == [("data-stale", "b", "")]


class TestMissing:
    """Accelerators that were there."""

    def test_after_a_restart_the_stored_equipment_tells_what_is_missing(self, world: World) -> None:
        world.expected = {
            "b": {"GPU-b-0": "gpu-0 (H100)", "GPU-b-1": "gpu-1 (H100)", "GPU-b-9": "gpu-9 (H100)"}
        }
        world.run(130)
        assert world.told == [("gpu-missing", "b", "")]
        assert "gpu-9 (H100)" in world.fired[0].sentence

    def test_a_lost_one_without_its_uuid_is_lost_and_not_missing_too(self, world: World) -> None:
        world.run(30)
        world["b"].accelerators[1] |= {"state": "lost", "uuid": "unknown-1"}
        world.run(600)
        assert world.told == [("gpu-lost", "b", "gpu-1")]

    def test_it_ends_when_they_are_back_and_when_they_are_given_up(self, world: World) -> None:
        world.run(30)
        row = world["b"].accelerators.pop()
        world.run(130)
        world["b"].accelerators.append(row)
        world.run(310)
        assert [each.rule for each in world.ended] == ["gpu-missing"]
        gone(world)
        world.run(130)
        world.clock.sleep_s(8 * 86400)
        world.run(900)
        assert [each.rule for each in world.ended] == ["gpu-missing"] * 2
        assert len(world.fired) == 2


def test_pcie_replays_beyond_what_is_sound(world: World) -> None:
    for turn in range(120):
        # Five in five seconds are 60 a minute; 16 lanes of generation 5 may have 31.
        world["b"].health(1, pcie_replays=5 * turn)
        world.turn()
    assert world.told == [("gpu-pcie-replays", "b", "gpu-1")]
    assert "19" in world.fired[0].sentence


def test_a_few_pcie_replays_are_sound(world: World) -> None:
    for turn in range(240):
        world["b"].health(1, pcie_replays=turn)
        world.turn()
    assert world.fired == []


def test_a_reboot_is_no_step_of_the_clock(world: World) -> None:
    world.run(30)
    clock_back(world)
    world["b"].values["boot_id"] = "b2"
    world.run(600)
    assert world.fired == []


def test_our_own_clock_that_jumps_is_no_step_of_theirs(world: World) -> None:
    world.run(30)
    world.clock.wall += timedelta(hours=3)
    world.run(600)
    world.clock.wall -= timedelta(hours=6)
    world.run(600)
    assert world.fired == []


def test_bursts_of_heat_between_two_samples_count(world: World) -> None:
    rows = world["b"].accelerators
    rows[1]["means"] = {"over_s": 5.0, "throttle": {"hw_thermal": 40.0}}
    world.run(320)
    assert world.told == [("gpu-hot", "b", "gpu-1")]
