"""The values of a board go through its files and come back; what is garbled is told; clocks that differ."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.alerts import board_values as values
from console.alerts.alert import Alert, AlertSeverity, AlertState, Delivery, Gap, Silence, Target
from console.alerts.board_values import Beacon, Claim, Moments, Note, Published

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)

ALERT = Alert(
    id="a1",
    rule="gpu-lost",
    severity=AlertSeverity.CRITICAL,
    target=Target("node-1", "GPU-1"),
    label="gpu-1",
    state=AlertState.FIRING,
    since=T0,
    first_seen=T0 - timedelta(seconds=30),
    fired=T0,
    resolved=None,
    last_held=T0,
    value=87.5,
    unit="°C",
    sentence="gpu-1 of node-1 does not answer any more.",
    remedy="Drain the server.",
)


def test_everything_comes_back_as_it_was() -> None:
    silence = Silence("s1", "", "node-1", "", T0, T0 + timedelta(hours=1), "me@here", "moving a rack")
    note = Note("you@there", "me@here", T0)
    beacon = Beacon("me@here (alertd)", "00ff", T0, "run-1", 12.5, 5.0, (Gap(T0, T0 + timedelta(minutes=3)),))
    claim = Claim("a1/ended", "ops", "judge-1", T0, True, "delivered")
    delivery = Delivery("d1", ("a1", "a2"), "ops", 2, T0, None, "it refused", ended=("a2",))
    published = Published((ALERT,), frozenset({"a1", "a0/ended"}))
    assert values.silence_from(values.written(values.silence_document(silence))) == silence
    assert values.note_from(values.written(values.note_document(note))) == note
    assert values.beacon_from(values.written(values.beacon_document(beacon))) == beacon
    assert values.claim_from(values.written(values.claim_document(claim))) == claim
    assert values.published_from(values.written(values.published_document(published))) == published
    sent = values.written({"deliveries": [values.delivery_document(delivery)]})
    assert values.deliveries_from(sent) == (delivery,)


def test_r26_a_board_s_clock_that_is_ahead_is_taken_out_and_put_back() -> None:
    moments = Moments(3600.0)
    text = values.written(values.alert_document(ALERT, moments))
    assert json.loads(text)["fired"] == "2026-05-01T13:00:00.000Z"
    assert values.alert_from(values.parsed(text), moments) == ALERT


@given(st.text(max_size=300) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_garbage_is_a_value_error_and_nothing_else(text: str) -> None:
    for read in (
        values.silence_from,
        values.note_from,
        values.beacon_from,
        values.claim_from,
        values.published_from,
        values.deliveries_from,
    ):
        try:
            read(text)
        except ValueError:
            continue


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"since": "yesterday"},
        {"since": "0001-01-01T00:00:00"},
        {"state": "burning"},
        {"value": "much"},
        {"value": True},
        {"rule": 5},
    ],
)
def test_an_alert_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        values.alert_from(values.alert_document(ALERT) | change, Moments(86400.0))


def test_text_of_a_board_is_cleaned() -> None:
    found = values.alert_from(values.alert_document(ALERT) | {"sentence": "\x1b[31mred\nand\u202emore"})
    assert found.sentence == "red andmore"
