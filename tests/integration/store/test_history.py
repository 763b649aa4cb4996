"""Roll-ups: what goes in comes out at every resolution, with gaps, over restarts and as it ages."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from console.core.home import Home
from console.core.problems import Problem
from console.store.backup import make_backup, restore_backup
from console.store.database import WriteLock
from console.store.store import Store
from console.telemetry.history import History
from console.telemetry.history_keeping import Limits
from console.telemetry.metrics import ACCELERATOR_METRICS, METRICS, SERVER_METRICS
from console.telemetry.rollup import Gatherer
from console.telemetry.sample import AcceleratorSample, AcceleratorState, ServerSample
from tests.integration.store.conftest import SetClock


@pytest.fixture
def history(store: Store, clock: SetClock) -> History:
    return History(store, clock)


def sample(cpu: float | None = 5.0, utilization: float | None = 50.0, cards: int = 1) -> ServerSample:
    accelerators = tuple(
        AcceleratorSample(
            index, f"GPU-{index}", "A100", "nvidia", AcceleratorState.OK, utilization_percent=utilization
        )
        for index in range(cards)
    )
    clock = SetClock()
    return ServerSample(1, clock.now(), 0.0, cpu, 8, 1.0, 10**9, 10**10, None, None, 5.0, (), accelerators)


def values(
    history: History, clock: SetClock, metric: str = "cpu_percent", **span: float
) -> list[tuple[object, ...]]:
    accelerator = "GPU-0" if metric == "utilization_percent" else None
    found = history.points("s1", metric, accelerator, clock.now() - timedelta(**span), clock.now(), 10_000)
    return [tuple(point)[1:] for point in found]


def test_every_metric_reads_a_field_of_its_scope() -> None:
    assert len({spec.key for spec in METRICS}) == len(METRICS)
    for spec in SERVER_METRICS:
        spec.value_of(sample())
    for spec in ACCELERATOR_METRICS:
        spec.value_of(sample().accelerators[0])
    assert {spec.key for spec in SERVER_METRICS} | {spec.key for spec in ACCELERATOR_METRICS} == {
        spec.key for spec in METRICS
    }


def test_ten_seconds_become_lowest_mean_and_highest(history: History, clock: SetClock) -> None:
    for cpu in (10.0, 30.0, 20.0, None):
        history.add("s1", sample(cpu))
        clock.move(seconds=1)
    clock.move(seconds=6)
    history.flush()
    assert values(history, clock, seconds=10) == [(10.0, 20.0, 30.0)]
    assert values(history, clock, "utilization_percent", seconds=10) == [(50.0, 50.0, 50.0)]


def test_what_is_unknown_is_a_gap_and_never_zero(history: History, clock: SetClock) -> None:
    for cpu in (1.0, None, 3.0):
        history.add("s1", sample(cpu, None))
        clock.move(seconds=10)
    history.flush()
    assert values(history, clock, seconds=30) == [(1.0, 1.0, 1.0), (None, None, None), (3.0, 3.0, 3.0)]
    assert values(history, clock, "utilization_percent", seconds=30) == [(None, None, None)] * 3
    assert ("s1", "GPU-0", "utilization_percent") not in history.series()


def test_a_span_that_still_fills_waits_and_closing_writes_it(
    history: History, store: Store, clock: SetClock
) -> None:
    history.add("s1", sample(4.0))
    clock.move(seconds=5)
    history.flush()
    assert history.series() == []
    history.close()
    history.close()
    assert values(History(store, clock), clock, seconds=10)[-1] == (4.0, 4.0, 4.0)


def test_a_restart_within_a_span_goes_on_with_it(store: Store, clock: SetClock) -> None:
    for cpu in (2.0, 6.0):
        one = History(store, clock)
        one.add("s1", sample(cpu))
        one.close()
        clock.move(seconds=4)
    assert values(History(store, clock), clock, seconds=8) == [(2.0, 4.0, 6.0)]


def test_coarser_points_cover_the_finer_ones(history: History, clock: SetClock) -> None:
    for number in range(360):
        history.add("s1", sample(float(number)))
        clock.move(seconds=10)
    history.flush()
    found = history.points("s1", "cpu_percent", None, clock.now() - timedelta(hours=1), clock.now(), 6)
    assert [tuple(point)[1:] for point in found] == [
        (60.0 * n, 60.0 * n + 29.5, 60.0 * n + 59.0) for n in range(6)
    ]
    assert found[0].time == "2027-01-15T08:00:00.000Z"
    assert found[1].time == "2027-01-15T08:10:00.000Z"


def test_unknown_series_are_gaps_and_unknown_metrics_a_problem(history: History, clock: SetClock) -> None:
    assert values(history, clock, seconds=30) == [(None, None, None)] * 3
    for metric, seconds in (("nonsense", 10), ("cpu_percent", 0)):
        with pytest.raises(Problem) as caught:
            values(history, clock, metric, seconds=seconds)
        assert caught.value.code == "input.invalid"


def test_values_widen_as_they_age_and_are_forgotten(history: History, store: Store, clock: SetClock) -> None:
    for number in range(360):  # one hour
        history.add("s1", sample(float(number % 60)))
        clock.move(seconds=10)
    history.flush()

    def widths() -> set[int]:
        begin, end = clock.now() - timedelta(days=60), clock.now()
        keys = [(metric, uuid) for _server, uuid, metric in history.series()]
        kept = history.kept("s1", keys, begin, end)
        assert all(each.columns.count.sum() == 360 for each in kept.values())
        return {int(width) for each in kept.values() for width in each.widths}

    history.prune()
    assert widths() == {10}
    assert store.rows("SELECT count(*) FROM samples_hot") == [(360,)]
    clock.move(hours=2)
    history.prune()
    assert widths() == {10}
    assert store.rows("SELECT count(*) FROM samples_hot") == [(0,)]
    clock.move(hours=29)
    history.prune()
    assert widths() == {60}
    clock.move(days=10)
    history.prune()
    history.prune()
    assert widths() == {600}
    start = clock.now() - timedelta(days=11, hours=8)
    asked = history.points("s1", "cpu_percent", None, start, start + timedelta(hours=1), 3600)
    # Coarser than asked for, and no gaps between the spans that are kept.
    assert [tuple(point)[1:] for point in asked] == [(0.0, 29.5, 59.0)] * 6
    clock.move(days=30)
    history.prune()
    assert history.series() == []
    assert store.rows("SELECT count(*) FROM sample_spans") == [(0,)]
    assert store.rows("SELECT count(*) FROM samples_600") == [(0,)]


def test_a_day_of_one_metric_is_read_fast(history: History, store: Store, clock: SetClock) -> None:
    for _ in range(8640):
        history.add("s1", sample(cards=0))
        clock.move(seconds=10)
    history.flush()
    took = []
    for _ in range(3):
        began = time.thread_time()
        found = values(history, clock, hours=24)
        took.append(time.thread_time() - began)
    assert len(found) == 8640
    # A bound for a scan gone wrong, not a figure: those are the benchmarks'.
    assert min(took) < 0.5


def test_what_cannot_be_written_is_kept_for_later(
    store: Store, clock: SetClock, expected_logs: list[str]
) -> None:
    expected_logs.append("history was not written")
    history = History(store, clock)
    history.add("s1", sample(4.0))
    clock.move(seconds=10)
    other = WriteLock(store.path)
    with other.held():
        history.flush()
        history.flush()
        assert history.problem is not None
        assert history.problem.code == "store.locked"
    other.close()
    history.flush()
    assert history.problem is None
    assert values(history, clock, seconds=10) == [(4.0, 4.0, 4.0)]


def test_memory_is_bounded_while_nothing_can_be_written() -> None:
    gatherer = Gatherer(keep=10)
    dropped = 0
    for number in range(50):
        gatherer.add("s1", sample(float(number), cards=0), number * 10.0)
        dropped += gatherer.give_back(gatherer.take_full(number * 10.0 + 10))
    kept = gatherer.take_all()
    assert len(kept) == 10
    assert dropped == 40
    assert max(bucket.start for bucket in kept) == 490


def test_a_restore_while_it_runs_mixes_no_series(
    history: History, store: Store, tandem_home: Home, clock: SetClock, tmp_path: Path
) -> None:
    make_backup(store, tandem_home, tmp_path / "empty", clock, version="1")
    history.add("s0", sample(1.0))
    clock.move(seconds=10)
    history.flush()
    restore_backup(tmp_path / "empty", tandem_home, clock, store=store)
    history.add("s1", sample(9.0))
    clock.move(seconds=10)
    history.flush()
    assert values(history, clock, seconds=10) == [(9.0, 9.0, 9.0)]
    assert {server for server, _, _ in history.series()} == {"s1"}


def test_its_thread_writes_and_prunes(store: Store, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.telemetry.history.FLUSH_EVERY_S", 0.02)
    days: list[float] = []

    def limits() -> Limits:
        days.append(1.0)
        return Limits(1.0, 1e9)

    history = History(store, clock, limits=limits)
    history.add("s1", sample(4.0))
    clock.move(seconds=10)
    history.start()
    history.start()
    deadline = time.monotonic() + 30
    while not days and time.monotonic() < deadline:
        time.sleep(0.01)
    history.close()
    assert days == [1]
    assert values(history, clock, seconds=10) == [(4.0, 4.0, 4.0)]


def test_a_chart_reads_one_grid_as_fine_as_is_kept(history: History, clock: SetClock) -> None:
    began = clock.now().timestamp()
    for number in range(120):
        history.add("s1", sample(float(number)))
        clock.move(seconds=10)
    clock.move(seconds=300)
    history.flush()
    now = clock.now().timestamp()
    found = history.stored("s1", "cpu_percent", None, began, now, 200)
    assert found.width_s == 10
    assert len(found.starts) == 150
    assert list(found.mean[:3]) == [0.0, 1.0, 2.0]
    assert all(value != value for value in found.mean[120:])
    coarse = history.stored("s1", "cpu_percent", None, began, now, 30)
    assert coarse.width_s == 60
    assert (coarse.low[1], coarse.mean[1], coarse.high[1]) == (6.0, 8.5, 11.0)
    clock.move(days=2)
    history.prune()
    # Only minutes are left of that time, and another span that holds none is fine again.
    assert history.stored("s1", "cpu_percent", None, began, now, 500).width_s == 60
    assert history.stored("s1", "cpu_percent", None, now + 3600, now + 7200, 500).width_s == 10
    assert len(history.stored("unknown", "cpu_percent", None, began, began, 500).starts) == 1
