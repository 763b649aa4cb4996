"""History as it lies in the file: packed by whichever console comes first, forgotten by age and by size."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from console.core.home import Home
from console.core.problems import Problem
from console.store.store import Store
from console.telemetry.history import History
from console.telemetry.history_keeping import Limits
from tests.integration.store.conftest import SetClock
from tests.integration.store.test_history import sample


@pytest.fixture
def other(store: Store, clock: SetClock) -> Iterator[Store]:
    """The same file, opened by a second console."""
    with closing(Store(store.path, clock, timeout_s=1.0)) as opened:
        yield opened


def counted(history: History, clock: SetClock, server: str = "s1") -> tuple[int, float, float]:
    """Samples of cpu_percent over two months, the lowest and the highest."""
    key = ("cpu_percent", None)
    since = clock.now() - timedelta(days=60)
    columns = history.kept(server, [key], since, clock.now() + timedelta(seconds=1))[key].columns
    return int(columns.count.sum()), float(np.min(columns.low)), float(np.max(columns.high))


def watch(history: History, clock: SetClock, values: list[float], server: str = "s1") -> None:
    """A sample every ten seconds, written."""
    for value in values:
        history.add(server, sample(value, cards=0), clock.now())
        clock.move(seconds=10)
    history.flush()


def test_two_consoles_on_one_file_make_one_curve(store: Store, other: Store, clock: SetClock) -> None:
    first, second = History(store, clock), History(other, clock)
    for number in range(60):
        first.add("s1", sample(float(number), cards=0))
        second.add("s1", sample(float(number) + 100, cards=0))
        clock.move(seconds=10)
    first.flush()
    second.flush()
    began = clock.now().timestamp() - 600
    found = second.stored("s1", "cpu_percent", None, began, began + 600, 600)
    assert (found.low[7], found.mean[7], found.high[7]) == (7.0, 57.0, 107.0)
    for age in (timedelta(hours=2), timedelta(), timedelta(days=2), timedelta(days=11)):
        clock.moment += age
        first.prune()
        second.prune()
        assert counted(first, clock) == counted(second, clock) == (120, 0.0, 159.0)
    assert store.rows("SELECT count(*) FROM samples_hot") == [(0,)]


def test_what_comes_late_joins_the_block_of_its_hour(store: Store, other: Store, clock: SetClock) -> None:
    first, second = History(store, clock), History(other, clock)
    second.add("s1", sample(500.0, cards=0))
    watch(first, clock, [1.0, 2.0, 3.0])
    clock.move(hours=3)
    first.prune()
    second.flush()
    assert counted(first, clock) == (4, 1.0, 500.0)
    first.prune()
    assert counted(first, clock) == (4, 1.0, 500.0)
    assert store.rows("SELECT width, blocks FROM sample_spans") == [(10, len(first.series()))]


def test_the_oldest_goes_where_it_is_too_much_and_the_file_gets_smaller(
    store: Store, clock: SetClock
) -> None:
    limits = Limits(3650.0, 1e12)
    history = History(store, clock, limits=lambda: limits)
    chance = random.Random(1)
    for number in range(140):
        watch(history, clock, [chance.uniform(0, 100) for _ in range(12)], server=f"s{number % 7}")
        clock.move(hours=1)
    history.prune()
    whole, began = history.size_bytes(), store.rows("SELECT min((span + 1) * width) FROM sample_spans")
    limits = replace(limits, bytes_most=whole / 3)
    history.prune()
    assert 0 < history.size_bytes() <= whole / 3
    assert store.rows("SELECT min((span + 1) * width) FROM sample_spans") > began
    blocks = sum(store.rows(f"SELECT count(*) FROM samples_{width}")[0][0] for width in (10, 60, 600))
    size = sum(
        store.rows(f"SELECT ifnull(sum(length(data)), 0) FROM samples_{width}")[0][0]
        for width in (10, 60, 600)
    )
    assert store.rows("SELECT sum(blocks), sum(bytes) FROM sample_spans") == [(blocks, size)]


def test_forgotten_pages_go_back_to_the_disk(
    store: Store, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.telemetry.history_keeping._SLACK_PAGES", 20)
    history = History(store, clock)
    store.write(
        lambda c: c.executemany(
            "INSERT INTO samples_10 (data) VALUES (?)", [(b"x" * 4000,) for _ in range(900)]
        )
    )
    store.write(lambda c: c.execute("DELETE FROM samples_10"))
    before = store.rows("PRAGMA page_count")[0][0]
    history.prune()
    assert store.rows("PRAGMA page_count")[0][0] < before / 2


def test_a_server_that_was_away_for_long_is_not_forgotten_with_its_past(
    store: Store, clock: SetClock
) -> None:
    history = History(store, clock)
    watch(history, clock, [1.0])
    clock.move(hours=2)
    history.prune()
    clock.move(days=40)
    watch(history, clock, [2.0])
    history.prune()
    assert counted(history, clock) == (1, 2.0, 2.0)
    clock.move(hours=2)
    history.prune()
    assert counted(history, clock) == (1, 2.0, 2.0)


def test_a_query_never_waits_for_a_writer(store: Store, other: Store, clock: SetClock) -> None:
    history = History(store, clock)
    watch(history, clock, [5.0] * 6)
    inside, go = threading.Event(), threading.Event()

    def hold(connection: object) -> None:
        inside.set()
        assert go.wait(20)

    # Both the own process's writer and another one's are in the middle of a transaction, by turns.
    for writing in (store, other):
        inside.clear()
        go.clear()
        thread = threading.Thread(target=writing.write, args=(hold,))
        thread.start()
        assert inside.wait(20)
        found = history.stored("s1", "cpu_percent", None, *span(clock), 600)
        assert np.nanmax(found.mean) == 5.0
        assert thread.is_alive()
        go.set()
        thread.join()


def span(clock: SetClock) -> tuple[float, float]:
    now_s = clock.now().timestamp()
    return now_s - 600, now_s


def test_all_curves_of_a_server_lie_on_one_grid(store: Store, clock: SetClock) -> None:
    history = History(store, clock)
    watch(history, clock, [1.0])
    clock.move(days=2)
    history.prune()
    history.add("s1", sample(2.0, cards=1))
    clock.move(seconds=10)
    history.flush()
    keys = [("cpu_percent", None), ("utilization_percent", "GPU-0"), ("power_w", "GPU-0")]
    now_s = clock.now().timestamp()
    found = history.stored_of("s1", keys, now_s - 3 * 86400, now_s, 100_000)
    assert {each.width_s for each in found.values()} == {60}
    assert len({len(each.starts) for each in found.values()}) == 1
    assert np.isfinite(found["cpu_percent", None].mean).sum() == 2
    assert np.isfinite(found["utilization_percent", "GPU-0"].mean).sum() == 1
    assert not np.isfinite(found["power_w", "GPU-0"].mean).any()


def test_a_damaged_block_is_told_and_the_rest_goes_on(store: Store, clock: SetClock) -> None:
    history = History(store, clock)
    watch(history, clock, [1.0, 2.0])
    clock.move(hours=2)
    history.prune()
    store.write(
        lambda c: c.execute(
            "UPDATE samples_10 SET data = x'01ff' WHERE id = (SELECT min(id) FROM samples_10)"
        )
    )
    for act in (lambda: counted(history, clock), lambda: clock.move(days=2) or history.prune()):
        with pytest.raises(Problem) as caught:
            act()
        assert caught.value.code == "store.corrupt"
    assert np.isfinite(history.stored("s1", "load1", None, *span(clock), 600).mean).sum() == 0


def test_chores_are_done_in_short_transactions(store: Store, tandem_home: Home, clock: SetClock) -> None:
    history = History(store, clock)
    for number in range(5):
        watch(history, clock, [1.0], server=f"s{number}")
    clock.move(hours=2)
    writes: list[None] = []
    inner = store.write
    store.write = lambda *given, **more: (writes.append(None), inner(*given, **more))[1]  # type: ignore[method-assign]
    history.prune()
    assert len(writes) >= 5
