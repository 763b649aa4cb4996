"""A result once known is never lost and never changes, however news arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from console.jobs.job import FINAL_STATES, Job, JobState
from console.jobs.merging import merged

NOW = datetime(2026, 1, 2, tzinfo=UTC)
JOB = Job("j", "n", "s", JobState.RUNNING, ("true",), 0, (), NOW, "ann@desk")

STATES = st.sampled_from(JobState)


@st.composite
def news(draw: st.DrawFn) -> Job:
    state = draw(STATES)
    code = draw(st.integers(0, 3)) if state in FINAL_STATES and state is not JobState.LOST else None
    return replace(JOB, state=state, exit_code=code, ended=NOW if code is not None else None)


@given(st.lists(news(), min_size=1, max_size=12))
def test_once_a_true_result_is_known_it_stays(stream: list[Job]) -> None:
    known: Job | None = None
    result: tuple[JobState, int | None] | None = None
    for each in stream:
        known = merged(known, each)
        if result is None and known.state in FINAL_STATES and known.state is not JobState.LOST:
            result = (known.state, known.exit_code)
        if result is not None:
            assert (known.state, known.exit_code) == result


def test_lost_gives_way_to_a_true_result_only() -> None:
    lost = replace(JOB, state=JobState.LOST)
    assert merged(lost, replace(JOB, state=JobState.RUNNING)).state is JobState.LOST
    assert merged(lost, replace(JOB, state=JobState.FAILED, exit_code=3)).exit_code == 3


def test_late_news_of_an_earlier_state_fills_gaps_only() -> None:
    done = replace(JOB, state=JobState.SUCCEEDED, exit_code=0, ended=NOW)
    late = replace(JOB, state=JobState.RUNNING, started=NOW, accelerators=("GPU-1",), log_size=4)
    known = merged(done, late)
    assert (known.state, known.exit_code, known.started, known.accelerators) == (
        JobState.SUCCEEDED,
        0,
        NOW,
        ("GPU-1",),
    )
    assert merged(JOB, replace(JOB, state=JobState.STARTING)).state is JobState.RUNNING


def test_the_same_id_on_another_server_changes_nothing() -> None:
    assert merged(JOB, replace(JOB, server="other", state=JobState.FAILED)) == JOB
