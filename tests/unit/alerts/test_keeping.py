"""The judge's side of a board: its seat, going on after another, gaps by the machine's own clock, claims."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.alerts import board_values as values
from console.alerts.alert import AlertState
from tests.unit.alerts.boards import RULES, Judging, SetClock, judging


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def first(tmp_path: Path, clock: SetClock) -> Iterator[Judging]:
    made = judging(tmp_path / "alerts", clock)
    assert made.seat.sit(RULES)
    yield made
    made.seat.leave()


def die(judge: Judging) -> None:
    """What a SIGKILL leaves: the lock is free, nothing more is written."""
    judge.files.leave_seat()


def second(judge: Judging) -> Judging:
    """Another process on the same board."""
    return judging(judge.files.folder, judge.clock, by="you@there (window)")


def age(path: Path, seconds: float) -> None:
    """Make a file look as old as that."""
    told = path.stat()
    os.utime(path, (told.st_atime - seconds, told.st_mtime - seconds))


def test_one_judges_and_the_other_reads_the_same(first: Judging) -> None:
    other = second(first)
    assert not other.seat.sit(RULES)
    turn = first.turn("node-1", "node-2")
    assert [each.target.server for each in turn.fired] == ["node-1", "node-2"]
    view = other.board.read()
    assert [each.id for each in view.alerts] == [each.id for each in turn.alerts]
    assert view.judged.by == "me@here (alertd)"
    assert view.rules is not None
    assert first.channel.sent == [each.id for each in turn.fired]
    assert not first.turn("node-1", "node-2").fired


def test_who_goes_on_fires_nothing_anew_and_tells_the_end_once(first: Judging) -> None:
    fired = first.turn("node-1").fired
    die(first)
    other = second(first)
    assert other.seat.sit(RULES)
    assert not other.turn("node-1").fired
    assert other.channel.sent == []
    ended = other.turn().ended
    assert [each.id for each in ended] == [each.id for each in fired]
    assert other.channel.sent == [fired[0].id + "/ended"]
    assert [each.id for each in other.board.ended()] == [fired[0].id]
    other.seat.leave()


def test_what_was_begun_and_not_claimed_is_told_by_the_next_judge(first: Judging) -> None:
    first.channel.tell = lambda *_: None  # type: ignore[method-assign]  # it died before it came to this
    fired = first.turn("node-1").fired
    die(first)
    other = second(first)
    assert other.seat.sit(RULES)
    other.turn("node-1")
    assert other.channel.sent == [fired[0].id]
    other.seat.leave()


def test_a_claim_whose_claimer_died_before_it_was_delivered_is_taken_over_once(first: Judging) -> None:
    first.channel.delivers = False
    ident = first.turn("node-1").fired[0].id
    die(first)
    other = second(first)
    assert other.seat.sit(RULES)
    other.turn("node-1")
    assert other.channel.sent == [], "its claimer may live: its beat is fresh"
    for path in (first.files.folder / "sent").iterdir():
        age(path, 120)
    first.clock.go(31)
    other.turn("node-1")
    assert other.channel.sent == [ident]
    for _ in range(3):
        first.clock.go(31)
        other.turn("node-1")
    assert other.channel.sent == [ident]
    [(_, text)] = other.files.claims()
    assert values.claim_from(text).done == "delivered"
    # What the dead one had on its way is not shown as on its way for ever.
    assert [each.delivered is not None for each in other.board.read().deliveries] == [True]
    other.seat.leave()


def test_a_claim_of_what_is_over_meanwhile_is_told_as_over(first: Judging) -> None:
    first.channel.delivers = False
    ident = first.turn("node-1").fired[0].id
    die(first)
    for path in (first.files.folder / "sent").iterdir():
        age(path, 120)
    other = second(first)
    assert other.seat.sit(RULES)
    other.turn()
    first.clock.go(31)
    other.turn()
    assert other.channel.sent == [f"{ident}/ended"]
    other.seat.leave()


def test_who_made_way_brings_its_own_claims_to_their_end(first: Judging) -> None:
    first.channel.delivers = False
    ident = first.turn("node-1").fired[0].id
    first.seat.leave()
    first.channel.deliver_all()
    first.seat.follow()
    other = second(first)
    assert other.seat.sit(RULES)
    for path in (first.files.folder / "sent").iterdir():
        age(path, 120)
    for _ in range(2):
        first.clock.go(31)
        other.turn("node-1")
    assert (first.channel.sent, other.channel.sent) == ([ident], [])
    other.seat.leave()


def test_of_many_who_claim_one_has_it(first: Judging) -> None:
    others = [second(first) for _ in range(8)]
    won = [each.board.claim("a1", "desktop:me@here", "x", delivers=False) for each in (first, *others)]
    assert won.count(True) == 1


# --- spans without a judge


def test_r26_a_gap_is_counted_on_the_machine_s_own_clock(first: Judging) -> None:
    first.turn()
    die(first)
    first.clock.go(600)
    first.clock.wall += timedelta(hours=5)  # somebody set the clock meanwhile
    other = second(first)
    assert other.seat.sit(RULES)
    other.turn()
    [gap] = other.seat.judged().gaps
    assert gap.until == first.clock.wall
    assert gap.until - gap.since == timedelta(seconds=600)
    assert second(first).board.read().judged == other.seat.judged()
    other.seat.leave()


def test_after_a_reboot_the_wall_clock_is_all_there_is(first: Judging) -> None:
    first.turn()
    die(first)
    first.clock.boot, first.clock.s = "run-2", 5.0
    first.clock.wall += timedelta(minutes=10)
    other = second(first)
    assert other.seat.sit(RULES)
    assert [gap.until - gap.since for gap in other.seat.judged().gaps if gap.until] == [timedelta(minutes=10)]
    other.seat.leave()


def test_r26_a_clock_that_is_set_makes_no_gap_and_fires_nothing(first: Judging) -> None:
    first.turn("node-1")
    for hours in (3, -7):
        first.clock.go(5)
        first.clock.wall += timedelta(hours=hours)
        turn = first.turn("node-1")
        assert not turn.fired
        assert not turn.ended
    assert first.seat.judged().gaps == ()


def test_a_machine_that_slept_made_a_gap(first: Judging) -> None:
    first.turn()
    first.clock.go(3600)
    first.turn()
    [gap] = first.seat.judged().gaps
    assert gap.until - gap.since == timedelta(hours=1)  # type: ignore[operator]


def test_a_short_stop_is_no_gap_and_one_that_lasts_is_open(first: Judging) -> None:
    first.turn()
    first.seat.leave()
    reader = second(first)
    judged = reader.board.read().judged
    assert judged.by == ""
    assert judged.gaps[0].since == judged.last
    assert judged.gaps[0].until is None
    first.clock.go(10)
    assert reader.seat.sit(RULES)
    reader.turn()
    assert reader.seat.judged().gaps == ()
    reader.seat.leave()


def test_a_judge_that_hangs_counts_as_none_though_it_holds_its_lock(first: Judging) -> None:
    first.turn("node-1")
    first.clock.go(31)
    judged = second(first).board.read().judged
    assert (judged.by, judged.gaps[0].since, judged.gaps[0].until) == ("", judged.last, None)
    assert first.seat.judged() == judged
    first.turn("node-1")
    assert second(first).board.read().judged.by == "me@here (alertd)"


# --- what the disk and others do


def test_what_is_garbled_is_named_and_the_rest_is_read(first: Judging) -> None:
    silence = first.board.silence("", "node-1", "", 60, "because")
    first.turn("node-2")
    folder = first.files.folder
    (folder / "silences" / "zz.json").write_text("{", "utf-8")
    (folder / "silences" / "binary.json").write_bytes(b"\xff\xfe\x00")
    (folder / "silences" / "big.json").write_text(" " * 3_000_000, "utf-8")
    (folder / "silences" / "other.json").write_text(values.written(values.silence_document(silence)), "utf-8")
    (folder / "notes" / "link.json").symlink_to("/etc/passwd")
    os.mkfifo(folder / "notes" / "pipe.json")
    (folder / "notes" / "what is this.txt").write_text("?", "utf-8")
    (folder / "claims" / "x.json").write_text("no claim", "utf-8")
    view = second(first).board.read()
    assert [each.id for each in view.silences] == [silence.id]
    assert len(view.alerts) == 1
    named = {fault.partition(":")[0] for fault in view.faults}
    assert named == {
        *(f"silences/{name}.json" for name in ("zz", "binary", "big", "other")),
        *("notes/link.json", "notes/pipe.json", "notes/what is this.txt"),
    }
    first.clock.go(31)
    assert first.turn("node-2").alerts


@pytest.mark.parametrize("name", ["alerts.json", "judged.json"])
def test_a_judge_goes_on_over_its_own_garbled_files(first: Judging, name: str) -> None:
    first.turn("node-1")
    die(first)
    (first.files.folder / name).write_text('{"alerts": 5, "last": "never"}', "utf-8")
    other = second(first)
    assert any(name in fault for fault in other.board.read().faults)
    assert other.seat.sit(RULES)
    other.turn("node-1")
    assert second(first).board.read().faults == ()
    other.seat.leave()


def test_a_silence_by_another_console_mutes_at_the_next_turn(first: Judging) -> None:
    second(first).board.silence("answers", "node-1", "", 600, "known")
    turn = first.turn("node-1")
    assert not turn.fired
    assert [each.muted != "" for each in turn.alerts] == [True]
    first.clock.go(601)
    assert [each.state for each in first.turn("node-1").fired] == [AlertState.FIRING]


def test_what_was_acknowledged_is_not_told(first: Judging) -> None:
    rules = tuple(type(rule)(**{**_fields(rule), "for_s": 60.0}) for rule in RULES)
    first.seat.use(rules)
    [pending] = first.turn("node-1").alerts
    assert pending.state is AlertState.PENDING
    second(first).board.acknowledge(pending)
    first.clock.go(61)
    turn = first.turn("node-1")
    assert [each.state for each in turn.alerts] == [AlertState.FIRING]
    assert not turn.fired
    assert turn.alerts[0].acknowledged_by == "me@here"


def _fields(rule: object) -> dict[str, object]:
    return {name: getattr(rule, name) for name in rule.__dataclass_fields__}  # type: ignore[attr-defined]


def test_on_a_disk_of_the_network_another_machine_s_fresh_beacon_counts(
    first: Judging, monkeypatch: pytest.MonkeyPatch
) -> None:
    first.turn()
    die(first)
    monkeypatch.setattr("console.alerts.keeping.homes.machine_id", lambda: "another-machine")
    monkeypatch.setattr("console.alerts.local_files.homes.machine_id", lambda: "another-machine")
    other = second(first)
    other.files.run = lambda: ("run-elsewhere", 1.0)  # there only the wall clock counts
    assert other.board.read().judged.by == "me@here (alertd)"
    monkeypatch.setattr(type(other.files), "on_network", True)
    assert not other.seat.sit(RULES)
    first.clock.go(120)
    assert other.board.read().judged.by == ""
    assert other.seat.sit(RULES)
    other.seat.leave()


def test_names_that_lead_out_of_the_folder_are_none(first: Judging) -> None:
    names = "../x.json silences/../../x.json silences/.hidden.json notes/a/b.json judge.lock"
    for name in names.split():
        with pytest.raises(ValueError, match="no file of a board"):
            first.files.create(name, "{}")
