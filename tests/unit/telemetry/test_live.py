"""Live telemetry: snapshots that agree, ages, gaps, columns on demand, threads, cost."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from console.core.options import Options
from console.core.problems import Problem
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.telemetry.live import LiveTelemetry
from console.telemetry.snapshot import Activity, count
from tests.unit.telemetry.test_parsing import ACC, WIRE


class FakeClock:
    def __init__(self) -> None:
        self.s = 1000.0
        self.wall = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.wall + timedelta(seconds=self.s)

    def monotonic_s(self) -> float:
        return self.s

    def sleep_s(self, seconds: float) -> None:
        self.s += seconds


class Book:
    def __init__(self, *names: str) -> None:
        self.servers = [Server(name, "h") for name in names]

    def list(self) -> tuple[Server, ...]:
        return tuple(Server(each.name, each.host) for each in self.servers)


class History:
    def __init__(self) -> None:
        self.added: list[tuple[str, object]] = []

    def add(self, server: str, sample: object) -> None:
        self.added.append((server, sample))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(tmp_path / "options.json")


def wire(uuid: str = "GPU-1", **changes: object) -> dict:
    return WIRE | {"accelerators": [ACC | {"uuid": uuid} | changes]}


def up(live: LiveTelemetry, *names: str) -> None:
    for name in names:
        live.on_link(LinkView(name, LinkState.UP))


def test_every_server_is_there_before_any_word(clock: FakeClock, options: Options) -> None:
    snapshot = LiveTelemetry(Book("a", "b"), clock, options).snapshot()
    assert [row.server.name for row in snapshot.servers] == ["a", "b"]
    assert all(row.sample is None and row.age_s is None and not row.fresh for row in snapshot.servers)
    assert snapshot.oldest is None
    assert snapshot.counts == count(snapshot.servers)


def test_r21_ages_are_ours_and_old_data_is_never_current(clock: FakeClock, options: Options) -> None:
    live = LiveTelemetry(Book("a", "b"), clock, options)
    up(live, "a", "b")
    live.on_sample("a", wire(), clock.s)
    clock.s += 4
    live.on_sample("b", wire("GPU-2"), clock.s)
    snapshot = live.snapshot()
    assert snapshot.oldest == ("a", 4.0)
    assert snapshot.server("a").fresh
    clock.s += 3
    row = live.snapshot().server("a")
    assert (row.age_s, row.fresh) == (7.0, False)
    assert row.accelerators[0].utilization_percent is None
    assert row.accelerators[0].activity is Activity.UNKNOWN
    assert live.snapshot().server("b").fresh
    assert live.snapshot().counts == count(live.snapshot().servers)
    live.on_link(LinkView("b", LinkState.STALE))
    assert not live.snapshot().server("b").fresh


def test_a_lost_accelerator_never_shows_a_utilization(clock: FakeClock, options: Options) -> None:
    live = LiveTelemetry(Book("a"), clock, options)
    up(live, "a")
    live.on_sample("a", wire(), clock.s)
    clock.s += 1
    live.on_sample("a", wire(state="lost", utilization_percent=99), clock.s)
    row = live.snapshot().server("a").accelerators[0]
    assert row.activity is Activity.LOST
    assert row.utilization_percent is None
    assert row.sample.utilization_percent is None
    values = live.series("a", "utilization_percent", "GPU-1")[1]
    assert np.array_equal(values, [50, np.nan], equal_nan=True)
    assert live.snapshot().counts.lost == 1


def test_the_same_snapshot_while_nothing_changes(clock: FakeClock, options: Options) -> None:
    live = LiveTelemetry(Book("a"), clock, options)
    first = live.snapshot()
    clock.s += 0.2
    assert live.snapshot() is first
    live.on_sample("a", wire(), clock.s)
    second = live.snapshot()
    assert second is not first
    clock.s += 0.3
    third = live.snapshot()
    assert third is not second
    assert third.servers[0].accelerators is second.servers[0].accelerators
    assert third.servers[0].age_s == pytest.approx(0.3)


def test_edits_of_the_inventory_show_at_once_when_told_and_soon_when_not(
    clock: FakeClock, options: Options
) -> None:
    book = Book("a", "b")
    live = LiveTelemetry(book, clock, options)
    live.on_sample("b", wire(), clock.s)
    assert live.snapshot().counts.servers == 2
    book.servers.pop()
    live.on_link(LinkView("b", LinkState.OFF))
    assert [row.server.name for row in live.snapshot().servers] == ["a"]
    book.servers.append(Server("c", "h"))
    clock.s += 7
    assert [row.server.name for row in live.snapshot().servers] == ["a", "c"]
    assert live.series("b", "load1")[0].size == 0


def test_series_have_gaps_and_wall_times(clock: FakeClock, options: Options) -> None:
    live = LiveTelemetry(Book("a"), clock, options)
    for pause in (1, 1, 5, 1):
        clock.s += pause
        live.on_sample("a", wire(), clock.s)
    clock.wall += timedelta(hours=1)  # this machine's clock jumps
    times, values = live.series("a", "cpu_percent")
    assert np.array_equal(values, [12.5, 12.5, np.nan, 12.5, 12.5], equal_nan=True)
    assert times[-1] == pytest.approx(clock.now().timestamp())
    assert live.series("a", "cpu_percent", seconds=1.5)[0].size == 2
    assert live.series("nobody", "cpu_percent")[0].size == 0


def test_rare_metrics_are_kept_only_while_asked_for(clock: FakeClock, options: Options) -> None:
    live = LiveTelemetry(Book("a"), clock, options)
    live.on_sample("a", wire(), clock.s)
    before = live.nbytes
    assert live.series("a", "fan_percent", "GPU-1")[0].size == 0
    clock.s += 1
    live.on_sample("a", wire(), clock.s)
    assert live.series("a", "fan_percent", "GPU-1")[1][-1] == 50
    assert live.nbytes > before
    clock.s += 1000
    live.on_sample("a", wire(), clock.s)
    assert live.nbytes == before


@pytest.mark.parametrize(("metric", "uuid"), [("nonsense", None), ("power_w", None), ("load1", "GPU-1")])
def test_an_unknown_metric_is_a_problem(
    clock: FakeClock, options: Options, metric: str, uuid: str | None
) -> None:
    with pytest.raises(Problem):
        LiveTelemetry(Book("a"), clock, options).series("a", metric, uuid)


def test_the_history_gets_every_sample(clock: FakeClock, options: Options) -> None:
    history = History()
    live = LiveTelemetry(Book("a"), clock, options, history)
    live.on_sample("a", wire(), clock.s)
    assert [name for name, _ in history.added] == ["a"]


def test_readers_and_writers_do_not_disturb_each_other(options: Options) -> None:
    clock = FakeClock()
    names = [f"s{n}" for n in range(8)]
    live = LiveTelemetry(Book(*names), clock, options)
    up(live, *names)
    stop = threading.Event()
    failed: list[BaseException] = []

    def write(name: str) -> None:
        for n in range(200):
            live.on_sample(name, wire(f"GPU-{n % 3}"), clock.s + n)

    def read() -> None:
        try:
            while not stop.is_set():
                snapshot = live.snapshot()
                assert snapshot.counts == count(snapshot.servers)
                live.series("s1", "power_w", "GPU-1")
        except BaseException as error:
            failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    writers = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert failed == []


def test_a_large_fleet_is_cheap(clock: FakeClock, options: Options) -> None:
    """Bounds with room for a busy machine; the figures are in the benchmark."""
    names = [f"s{n}" for n in range(400)]
    live = LiveTelemetry(Book(*names), clock, options)
    up(live, *names)
    wires = [
        WIRE | {"accelerators": [ACC | {"uuid": f"GPU-{n}-{i}", "index": i} for i in range(8)]}
        for n in range(400)
    ]

    def feed() -> float:
        began = time.thread_time()
        for name, sample in zip(names, wires, strict=True):
            live.on_sample(name, sample, clock.s)
        return (time.thread_time() - began) / 400

    feed()
    assert min(feed() for _ in range(3)) < 0.004
    began = time.thread_time()
    snapshot = live.snapshot()
    assert time.thread_time() - began < 0.8
    assert snapshot.counts.accelerators == 3200
    began = time.thread_time()
    assert live.snapshot() is snapshot
    assert time.thread_time() - began < 0.05
    assert live.nbytes / 3200 < 20_000
