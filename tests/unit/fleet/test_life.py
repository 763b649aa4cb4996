"""Generators that have a thread only while they have work, and the minder of those that rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from console.fleet.life import Life, Minder, Steps


class Owner:
    """Counts what it is asked to do; rests in between."""

    def __init__(self, minder: Minder) -> None:
        self.changed = threading.Condition()
        self.work = 0
        self.done = 0
        self.ends = False
        self.began = 0
        self.life = Life("life", self.changed, minder, self.steps, lambda: bool(self.work or self.ends))

    def steps(self) -> Steps:
        self.began += 1
        while True:
            with self.changed:
                if self.ends:
                    self.ends = False
                    self.life.let_go()
                    return
                self.done += self.work
                self.work = 0
            yield True

    def start(self) -> None:
        with self.changed:
            self.life.start_if_needed(may_begin=True)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def resting() -> bool:
    return not [thread for thread in threading.enumerate() if thread.name == "life"]


def test_work_that_comes_at_any_moment_is_done_and_no_thread_is_left_waiting() -> None:
    minder = Minder()
    owner = Owner(minder)
    owner.start()
    for _ in range(500):
        with owner.changed:
            owner.work += 1
        owner.life.wake()
    until(lambda: owner.done == 500)
    until(resting)
    assert owner.began == 1
    minder.close()


def test_the_minder_finds_work_that_nobody_told_of() -> None:
    minder = Minder()
    owner = Owner(minder)
    owner.start()
    until(resting)
    with owner.changed:
        owner.work = 3
    until(lambda: owner.done == 3)
    minder.close()


def test_one_that_ends_gives_way_to_another() -> None:
    minder = Minder()
    owner = Owner(minder)
    owner.start()
    until(resting)
    for _ in range(50):
        with owner.changed:
            owner.ends = True
        owner.life.wake()
        until(lambda: not owner.ends)
        owner.start()
        with owner.changed:
            owner.work += 1
        owner.life.wake()
    until(lambda: owner.done == 50)
    assert owner.began == 51
    assert owner.life.join(5)
    minder.close()


def test_the_minder_tells_once_when_many_have_settled() -> None:
    settled: list[float] = []
    minder = Minder(lambda: settled.append(time.monotonic()))
    began = time.monotonic()
    for number in range(20):
        minder.mind(f"{number}", lambda: True)
    until(lambda: settled)
    assert settled[0] - began > 1
    minder.mind("one more", lambda: True)
    time.sleep(2.6)
    assert len(settled) == 1
    minder.close()
