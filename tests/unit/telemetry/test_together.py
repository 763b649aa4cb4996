"""What comes from many at once is handed on in one go, in order, and nothing stays behind."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from console.telemetry import together
from console.telemetry.together import Together


def test_where_little_comes_each_is_handed_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOMENT_S", 0.0)
    taken: list[int] = []
    gathered = Together(taken.append)
    for number in range(3):
        gathered.put(number)
        assert taken == list(range(number + 1))


def test_within_a_moment_they_wait_for_each_other_and_whoever_brought_them_sees_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(together, "MOMENT_S", 3600.0)
    taken: list[int] = []
    gathered = Together(taken.append)
    for number in range(5):
        gathered.put(number)
    assert taken == [0]
    other = threading.Thread(target=gathered.look)
    other.start()
    other.join()
    assert taken == [0]
    gathered.look()
    assert taken == [0, 1, 2, 3, 4]


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOMENT_S", 3600.0)
    taken: list[int] = []
    gathered = Together(taken.append)
    for number in range(1000):
        gathered.put(number)
    assert len(taken) > 900


def test_many_threads_lose_nothing_and_keep_each_one_s_order() -> None:
    taken: list[tuple[int, int]] = []
    gathered = Together(taken.append)

    def bring(who: int) -> None:
        for number in range(200):
            gathered.put((who, number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bring, range(8)))
    gathered.drain()
    assert len(taken) == 1600
    for who in range(8):
        assert [number for one, number in taken if one == who] == list(range(200))


def test_one_that_fails_holds_up_nobody() -> None:
    taken: list[int] = []

    def take(number: int) -> None:
        if number == 1:
            raise RuntimeError("our bug")
        taken.append(number)

    gathered = Together(take)
    for number in range(3):
        try:
            gathered.put(number)
        except RuntimeError:
            continue
    while len(taken) < 2:
        try:
            gathered.drain()
        except RuntimeError:
            continue
    assert taken == [0, 2]
