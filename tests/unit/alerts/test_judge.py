"""The judge on a virtual clock: gaps, flaps, restarts, clocks that jump, silences, rules that change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.alerts.alert import AlertState
from console.alerts.judge import Judge
from console.alerts.rule import NoData, Rule, Scope
from console.fleet.link_state import LinkState
from tests.unit.alerts.world import START, World, hot_rule


def heat(world: World, degrees: float | None, server: str = "a", index: int = 0) -> None:
    world[server].accelerators[index]["temperature_c"] = degrees


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, [hot_rule()])


def test_a_condition_fires_after_its_time_once_and_ends_after_its_other_time(world: World) -> None:
    world.run(30)
    assert world.alerts == ()
    heat(world, 90)
    begun = world.turn()
    assert [each.state for each in begun.alerts] == [AlertState.PENDING]
    assert begun.began == begun.alerts
    first = begun.alerts[0]
    assert (first.sentence, first.remedy) == ("gpu-0 of a has 90 °C.", "Look at the fans.")
    assert (first.value, first.unit, first.label, first.target.accelerator) == (90, "°C", "gpu-0", "GPU-a-0")
    world.run(55)
    assert world.fired == []
    fired = world.turn()
    assert [each.state for each in fired.fired] == [AlertState.FIRING]
    assert fired.fired[0].id == first.id
    assert fired.fired[0].fired == first.first_seen + timedelta(seconds=60)
    world.run(3600)
    assert len(world.fired) == 1
    heat(world, 50)
    world.run(60)
    assert world.alerts[0].state is AlertState.FIRING
    world.turn()
    assert world.alerts == ()
    assert [(each.state, each.muted) for each in world.ended] == [(AlertState.RESOLVED, "")]
    assert world.ended[0].resolved == world.clock.wall


def test_a_short_trouble_is_told_to_nobody(world: World) -> None:
    heat(world, 90)
    world.run(55)
    heat(world, 50)
    world.run(300)
    assert (world.fired, world.ended, world.alerts) == ([], [], ())


def test_first_sample_already_bad(world: World) -> None:
    heat(world, 90)
    world.run(60)
    assert world.fired == []
    world.turn()
    assert len(world.fired) == 1


def test_without_a_for_the_first_bad_sample_fires(tmp_path: Path) -> None:
    world = World(tmp_path, [hot_rule(for_s=0.0)])
    heat(world, 90)
    assert len(world.turn().fired) == 1


def test_a_flap_pages_once(world: World) -> None:
    heat(world, 90)
    world.run(65)
    for _ in range(50):
        heat(world, 50)
        world.run(50)
        heat(world, 90)
        world.run(20)
    assert len(world.fired) == 1
    assert world.ended == []
    heat(world, 50)
    world.run(65)
    assert len(world.ended) == 1


def test_a_flap_that_never_holds_long_enough_is_silent(world: World) -> None:
    for _ in range(50):
        heat(world, 90)
        world.run(50)
        heat(world, 50)
        world.run(5)
    assert world.fired == []


def test_gap_what_nobody_judged_counts_as_nothing(world: World) -> None:
    heat(world, 90)
    world.run(10)
    # The lid was closed: of eight hours at most a minute is taken as seen.
    world.clock.sleep_s(8 * 3600)
    heat(world, 50)
    world.turn()
    assert (world.fired, world.alerts) == ([], ())
    heat(world, 90)
    world.run(65)
    assert len(world.fired) == 1
    heat(world, 50)
    world.turn()
    world.clock.sleep_s(8 * 3600)
    world.turn()
    assert len(world.ended) == 1


def test_gap_within_for_does_not_fire_by_itself(tmp_path: Path) -> None:
    world = World(tmp_path, [hot_rule(for_s=300.0)])
    heat(world, 90)
    world.run(60)
    world.clock.sleep_s(3600)
    world.turn()
    assert world.fired == []
    world.run(300)
    assert len(world.fired) == 1


def test_gap_the_same_trouble_after_it_is_the_same_alert(world: World) -> None:
    heat(world, 90)
    world.run(65)
    world.clock.sleep_s(3600)
    world.run(600)
    assert (len(world.fired), world.ended, len(world.alerts)) == (1, [], 1)


@pytest.mark.parametrize("jump_s", [-7200.0, 7200.0, -5 * 365 * 86400.0])
def test_a_jump_of_our_wall_clock_neither_fires_nor_ends_anything(world: World, jump_s: float) -> None:
    heat(world, 90)
    world.run(30)
    world.clock.wall += timedelta(seconds=jump_s)
    world.run(30)
    assert world.fired == []
    world.turn()
    assert len(world.fired) == 1
    world.clock.wall -= timedelta(seconds=jump_s)
    world.run(30)
    heat(world, 50)
    world.clock.wall += timedelta(seconds=jump_s)
    world.run(60)
    assert world.ended == []
    world.turn()
    ended = world.ended[0]
    assert ended.first_seen <= ended.fired <= ended.resolved


class TestNoData:
    """Nothing is known of the temperature any more."""

    def test_keep_goes_on_as_it_was(self, world: World) -> None:
        heat(world, 90)
        world.run(65)
        heat(world, None)
        world.run(4 * 3600)
        assert [each.state for each in world.alerts] == [AlertState.FIRING]
        assert (len(world.fired), world.ended) == (1, [])

    def test_keep_does_not_begin_anything(self, world: World) -> None:
        heat(world, None)
        world.run(3600)
        assert (world.alerts, world.fired) == ((), [])

    def test_keep_does_not_count_the_time_without_data(self, world: World) -> None:
        heat(world, 90)
        world.run(30)
        heat(world, None)
        world.run(600)
        assert [each.state for each in world.alerts] == [AlertState.PENDING]
        heat(world, 90)
        world.run(30)
        assert world.fired == []
        world.run(10)
        assert len(world.fired) == 1

    def test_keep_forgets_what_only_waits(self, world: World) -> None:
        heat(world, 90)
        world.run(30)
        heat(world, None)
        world.run(3700)
        assert world.alerts == ()

    def test_ok_ends_it(self, tmp_path: Path) -> None:
        world = World(tmp_path, [hot_rule(no_data=NoData.OK)])
        heat(world, 90)
        world.run(65)
        heat(world, None)
        world.run(65)
        assert len(world.ended) == 1

    def test_alert_tells_it_once(self, tmp_path: Path) -> None:
        world = World(tmp_path, [hot_rule(no_data=NoData.ALERT)])
        heat(world, None)
        world.run(60)
        assert world.fired == []
        world.run(600)
        assert [each.state for each in world.fired] == [AlertState.NO_DATA]
        assert world.fired[0].sentence == "Nothing is known of what 'Hot' asks of gpu-0 of a."
        heat(world, 90)
        world.turn()
        assert [each.state for each in world.alerts] == [AlertState.FIRING]
        heat(world, 50)
        world.run(65)
        assert (len(world.fired), len(world.ended)) == (1, 1)

    def test_a_link_that_a_person_switched_off_is_no_trouble(self, tmp_path: Path) -> None:
        world = World(tmp_path, [hot_rule(no_data=NoData.ALERT)])
        world.run(30)
        world.link("a", LinkState.OFF)
        world.run(3600)
        assert (world.alerts, world.fired) == ((), [])


def test_restart_goes_on_without_telling_anew(world: World) -> None:
    heat(world, 90)
    world.run(65)
    before = world.alerts[0]
    world.judge = Judge([hot_rule()])
    world.judge.restore(world.alerts)
    world.run(600)
    after = world.alerts[0]
    assert (after.id, after.fired, after.first_seen) == (before.id, before.fired, before.first_seen)
    assert len(world.fired) == 1
    heat(world, 50)
    world.run(65)
    assert [each.id for each in world.ended] == [before.id]


def test_restart_of_a_server_without_samples_keeps_its_alerts(world: World, tmp_path: Path) -> None:
    heat(world, 90)
    world.run(65)
    other = World(tmp_path, [hot_rule()])
    other.judge.restore(world.alerts)
    other["a"].silent = True
    other.run(600)
    assert [each.id for each in other.alerts] == [world.alerts[0].id]
    other["a"].silent = False
    heat(other, 90)
    other.run(60)
    assert (other.fired, other.ended) == ([], [])


def test_restart_counts_on_where_it_was_pending(world: World) -> None:
    heat(world, 90)
    world.run(45)
    world.judge = Judge([hot_rule()])
    world.judge.restore(world.alerts)
    world.turn()
    assert world.fired == []
    world.run(30)
    assert len(world.fired) == 1


class TestSilences:
    """A silence mutes, and ends."""

    def test_what_fires_while_silenced_is_told_when_that_ends(self, world: World) -> None:
        silence = world.silence(300, server="a")
        heat(world, 90)
        world.run(290)
        assert world.fired == []
        assert [(each.state, each.muted) for each in world.alerts] == [(AlertState.FIRING, silence.id)]
        world.run(10)
        assert [each.muted for each in world.fired] == [""]
        world.run(600)
        assert len(world.fired) == 1

    def test_what_ends_while_silenced_is_told_to_nobody(self, world: World) -> None:
        silence = world.silence(600)
        heat(world, 90)
        world.run(100)
        heat(world, 50)
        world.run(100)
        assert world.fired == []
        assert [each.muted for each in world.ended] == [silence.id]

    def test_one_that_begins_while_it_fires_mutes_its_end(self, world: World) -> None:
        heat(world, 90)
        world.run(65)
        assert len(world.fired) == 1
        silence = world.silence(600, rule="hot")
        world.turn()
        assert world.alerts[0].muted == silence.id
        heat(world, 50)
        world.run(65)
        assert [each.muted for each in world.ended] == [silence.id]

    def test_what_is_over_already_is_not_told_late(self, world: World) -> None:
        silence = world.silence(120)
        heat(world, 90)
        world.run(90)
        heat(world, 50)
        world.run(70)
        assert world.fired == []
        assert [each.muted for each in world.ended] == [silence.id]

    def test_one_of_another_server_or_rule_mutes_nothing(self, world: World) -> None:
        world.silence(600, server="b")
        world.silence(600, rule="cold")
        heat(world, 90)
        world.run(65)
        assert len(world.fired) == 1

    def test_a_restart_while_silenced_tells_it_afterwards(self, world: World) -> None:
        world.silence(120)
        heat(world, 90)
        world.run(90)
        world.judge = Judge([hot_rule()])
        world.judge.restore(world.alerts)
        world.run(90)
        assert len(world.fired) == 1


class TestRulesThatChange:
    """Edited, switched off or removed while one of its alerts fires."""

    @pytest.fixture
    def firing(self, world: World) -> World:
        heat(world, 90)
        world.run(65)
        return world

    def test_removed(self, firing: World) -> None:
        firing.judge.use([])
        firing.turn()
        assert (firing.alerts, [each.state for each in firing.ended]) == ((), [AlertState.RESOLVED])

    def test_switched_off(self, firing: World) -> None:
        firing.judge.use([hot_rule(enabled=False)])
        firing.turn()
        assert len(firing.ended) == 1

    def test_edited_so_that_it_still_holds(self, firing: World) -> None:
        firing.judge.use([hot_rule(condition="temp>80", summary="{label} is hot.", for_s=9000.0)])
        firing.run(600)
        assert (len(firing.fired), firing.ended) == (1, [])
        assert firing.alerts[0].sentence == "gpu-0 is hot."

    def test_edited_so_that_it_holds_no_more(self, firing: World) -> None:
        firing.judge.use([hot_rule(condition="temp>95")])
        firing.run(65)
        assert len(firing.ended) == 1

    def test_edited_to_another_scope(self, firing: World) -> None:
        firing.judge.use([hot_rule(condition="cpu>10", scope=Scope.SERVER)])
        firing.turn()
        assert [each.target.accelerator for each in firing.ended] == ["GPU-a-0"]
        firing.run(65)
        assert [each.target.accelerator for each in firing.alerts] == [""]

    def test_edited_to_others(self, firing: World) -> None:
        firing.judge.use([hot_rule(where="name=b")])
        firing.run(65)
        assert len(firing.ended) == 1


def test_an_accelerator_that_vanished_keeps_what_it_had(tmp_path: Path) -> None:
    world = World(tmp_path, [hot_rule()], {"a": 2})
    heat(world, 90, index=1)
    world.run(65)
    gone = world["a"].accelerators.pop()
    world.run(3600)
    assert [each.state for each in world.alerts] == [AlertState.FIRING]
    assert world.ended == []
    world["a"].accelerators.append(gone | {"temperature_c": 40})
    world.run(65)
    assert len(world.ended) == 1


def test_a_stand_in_for_a_lost_accelerator_ends_with_it(tmp_path: Path) -> None:
    world = World(tmp_path, [hot_rule(condition="lost", for_s=0.0)], {"a": 1})
    world["a"].accelerators[0] |= {"state": "lost", "uuid": "unknown-0"}
    world.run(30)
    assert len(world.fired) == 1
    world["a"].accelerators[0] |= {"state": "ok", "uuid": "GPU-a-0"}
    world.turn()
    assert len(world.ended) == 1


def test_a_server_that_is_removed_takes_its_alerts_along(world: World) -> None:
    heat(world, 90)
    world.run(65)
    world.change("a", None)
    world.turn()
    assert (world.alerts, len(world.ended)) == ((), 1)


def test_where_chooses_and_follows_the_inventory(tmp_path: Path) -> None:
    world = World(tmp_path, [hot_rule(where="label.team=vision")], {"a": 1, "b": 1})
    world.change("b", replace(world.inventory["b"], labels={"team": "vision"}))
    heat(world, 90, "a")
    heat(world, 90, "b")
    world.run(70)
    assert world.told == [("hot", "b", "gpu-0")]
    world.change("b", replace(world.inventory["b"], labels={}))
    world.change("a", replace(world.inventory["a"], labels={"team": "vision"}))
    world.run(70)
    assert world.told[1:] == [("hot", "a", "gpu-0")]
    assert [each.target.server for each in world.ended] == ["b"]


def test_the_fleet_as_a_whole(tmp_path: Path) -> None:
    rule = Rule("few", "Few", "busy<3", 0.0, 0.0, scope=Scope.FLEET, summary="{value} busy.", remedy="Look.")
    world = World(tmp_path, [rule, replace(rule, name="few-b", where="name=b", condition="busy<1")],
                  {"a": 2, "b": 1})  # fmt: skip
    world.run(10)
    assert world.fired == []
    world["b"].accelerators[0]["utilization_percent"] = 0
    world.turn()
    assert sorted(each.rule for each in world.fired) == ["few", "few-b"]
    assert {each.sentence for each in world.fired} == {"2 busy.", "0 busy."}
    assert world.fired[0].target.server == ""


def test_notes_of_people_are_on_the_alert(world: World) -> None:
    heat(world, 90)
    world.run(65)
    noted = replace(world.alerts[0], owner="kim", acknowledged_by="lee@desk", acknowledged=START)
    world.clock.sleep_s(5)
    found = world.judge.step(
        world.live.snapshot(), world.clock.wall, world.clock.run_s, notes={noted.id: noted}
    ).alerts[0]
    assert (found.owner, found.acknowledged_by, found.acknowledged) == ("kim", "lee@desk", START)


def test_figures_are_told_anew_only_now_and_then(world: World) -> None:
    heat(world, 90)
    world.run(65)
    heat(world, 99)
    world.turn()
    assert world.alerts[0].value == 90
    world.run(60)
    assert (world.alerts[0].value, world.alerts[0].sentence) == (99, "gpu-0 of a has 99 °C.")
