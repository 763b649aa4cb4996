"""What is told together and when, without a clock: waits, joins, ends, repetitions and pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.alerts.alert import AlertSeverity, AlertState
from console.alerts.channel import Channel
from console.alerts.grouping import Entry, Kind, Pace, Parcel, is_wanted, turn_of, wait_s
from tests.integration.alerts.things import SINCE, alert, ended

OPS = Channel("ops", "slack")
WARNING = alert("w", severity=AlertSeverity.WARNING)
CRITICAL = alert("c")


def parcel(*entries: Entry, due_s: float = 100.0, attempts: int = 0) -> Parcel:
    return Parcel("p", "ops", "gpu-1", SINCE, due_s, entries, attempts)


def test_the_first_waits_a_little_and_later_ones_for_the_interval() -> None:
    assert wait_s(OPS, WARNING, Kind.FIRED, None) == 10
    assert wait_s(OPS, WARNING, Kind.FIRED, 100) == 200
    assert wait_s(OPS, WARNING, Kind.FIRED, 5000) == 10
    assert wait_s(OPS, CRITICAL, Kind.FIRED, 0) == 10, "critical does not wait for the interval"
    assert wait_s(OPS, CRITICAL, Kind.ENDED, 0) == 300
    assert wait_s(OPS, CRITICAL, Kind.REPEATED, 290) == 10


@pytest.mark.parametrize(
    ("floor", "told"),
    [
        (AlertSeverity.INFO, ["info", "warning", "critical"]),
        (AlertSeverity.WARNING, ["warning", "critical"]),
        (AlertSeverity.CRITICAL, ["critical"]),
    ],
)
def test_the_floor(floor: AlertSeverity, told: list[str]) -> None:
    channel = replace(OPS, severity=floor)
    assert [
        each.value for each in AlertSeverity if is_wanted(channel, alert(severity=each), Kind.FIRED)
    ] == told


def test_what_is_muted_off_or_not_wanted_when_over_is_not_told() -> None:
    assert not is_wanted(OPS, alert(muted="server down"), Kind.FIRED)
    assert not is_wanted(replace(OPS, enabled=False), CRITICAL, Kind.FIRED)
    assert not is_wanted(replace(OPS, resolved=False), CRITICAL, Kind.ENDED)
    assert is_wanted(replace(OPS, resolved=False), CRITICAL, Kind.FIRED)


def test_joining_before_the_first_attempt_takes_the_earlier_moment() -> None:
    waiting = parcel(Entry(WARNING, Kind.FIRED), due_s=300)
    assert waiting.joined(Entry(CRITICAL, Kind.FIRED), 110).due_s == 110
    assert waiting.joined(Entry(alert("w2"), Kind.FIRED), 400).due_s == 300
    failed = replace(waiting, attempts=3)
    assert failed.joined(Entry(replace(WARNING, id="x"), Kind.FIRED), 110).due_s == 300, "its pause stays"
    assert failed.joined(Entry(CRITICAL, Kind.FIRED), 110).due_s == 110
    again = waiting.joined(Entry(replace(WARNING, value=9.0), Kind.REPEATED), 310)
    assert [each.alert.value for each in again.entries] == [9.0], "one entry of one alert"


def test_what_ends_before_it_was_told() -> None:
    over = ended(WARNING)
    assert parcel(Entry(WARNING, Kind.FIRED)).over(over) is None
    assert parcel(Entry(WARNING, Kind.REPEATED, claimed=True)).over(over) is None
    left = parcel(Entry(WARNING, Kind.FIRED), Entry(CRITICAL, Kind.FIRED)).over(over)
    assert left is not None
    assert [each.alert.id for each in left.entries] == [CRITICAL.id]
    claimed = parcel(Entry(WARNING, Kind.FIRED, claimed=True)).over(over)
    assert claimed is not None
    (entry,) = claimed.entries
    assert entry.over
    assert entry.key == WARNING.id
    assert claimed.delivery().ended == ()


def test_a_failed_parcel_takes_what_was_to_follow() -> None:
    failed = parcel(Entry(WARNING, Kind.FIRED, claimed=True), attempts=1)
    later = parcel(Entry(ended(WARNING), Kind.ENDED), Entry(CRITICAL, Kind.FIRED), due_s=50)
    made = failed.absorbed(later)
    assert [(each.alert.id, each.over, each.kind) for each in made.entries] == [
        (WARNING.id, True, Kind.FIRED),
        (CRITICAL.id, False, Kind.FIRED),
    ]
    assert made.due_s == 50


def test_a_parcel_of_ends_says_so() -> None:
    delivery = parcel(Entry(ended(WARNING), Kind.ENDED), Entry(CRITICAL, Kind.FIRED)).delivery()
    assert delivery.alerts == (WARNING.id, CRITICAL.id)
    assert delivery.ended == (WARNING.id,)
    assert Entry(WARNING, Kind.ENDED).key == f"{WARNING.id}/ended"


def test_turns_of_what_fires_for_long() -> None:
    channel = replace(OPS, repeat_s=3600.0)

    def turns(hours: float, **changes: object) -> int:
        return turn_of(channel, replace(CRITICAL, **changes), SINCE + timedelta(hours=hours))  # type: ignore[arg-type]

    assert [turns(hours) for hours in (-5, 0, 0.99, 1, 1.5, 7.2)] == [0, 0, 0, 1, 1, 7]
    assert turns(7, acknowledged_by="ann@desk") == 0
    assert turns(7, state=AlertState.NO_DATA) == 0
    assert turns(7, fired=None) == 0
    assert turn_of(replace(channel, repeat_s=None), CRITICAL, SINCE + timedelta(days=9)) == 0


def test_pauses_grow_are_bounded_and_differ() -> None:
    pace = Pace()
    assert [pace.pause_s(failures, 1.0, None, False) for failures in (1, 2, 3, 7, 8, 5000)] == [
        5, 10, 20, 320, 600, 600,
    ]  # fmt: skip
    assert pace.pause_s(1, 0.0, None, False) == 2.5
    assert pace.pause_s(1, 1.0, None, True) == 600, "only a person can mend it"
    assert pace.pause_s(9, 0.0, 30.0, False) == 30
    assert pace.pause_s(1, 0.5, 0.0, False) == pytest.approx(5.25), "never at once"
