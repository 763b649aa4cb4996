"""Deliveries over a real board: claims on its disk, and a judge that dies with a message on its way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.alerts.alert import Alert
from console.alerts.board import Board
from console.alerts.board_values import Published
from console.alerts.local_files import LocalFiles
from console.alerts.telling import Telling
from console.core.clock import SystemClock
from tests.integration.alerts.test_delivering import OPS, TOKEN, Desk
from tests.integration.alerts.things import alert, book_of, ended
from tests.lab.receivers import Receiver, until


class Judge:
    """One process's judge with its deliverer, over a folder."""

    def __init__(self, folder: Path, receiver: Receiver, home: Path) -> None:
        self.desk = Desk(book_of(home, OPS, secrets={"ops": {"url": f"{receiver.origin}/{TOKEN}"}}))
        clock = SystemClock()
        files = LocalFiles(folder, clock)
        self.board = Board(files, clock, "ann@desk")
        self.telling = Telling(files, self.board, clock, "ann@desk", self.desk.deliverer)
        self.telling.go_on(Published())

    def tell(self, fired: list[Alert], over: list[Alert], standing: list[Alert]) -> None:
        self.telling.begin(fired, over)
        self.telling.tell(fired, over, standing)


Make = Callable[[Receiver], Judge]


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        count = 0

        def make(receiver: Receiver) -> Judge:
            nonlocal count
            count += 1
            made = Judge(tmp_path / "board", receiver, tmp_path / f"home-{count}")
            stack.callback(made.desk.deliverer.close)
            return made

        (tmp_path / "board").mkdir()
        yield make


def grow_old(folder: Path) -> None:
    """As if its files had been written two minutes ago."""
    moment = time.time() - 120
    for path in folder.rglob("*.json"):
        os.utime(path, (moment, moment))


def test_the_next_judge_delivers_what_the_last_one_could_not(judge: Make, tmp_path: Path) -> None:
    with Receiver() as gone:
        first = judge(gone)
    one = alert()
    first.tell([one], [], [one])
    first.desk.failed()
    first.tell([], [], [one])
    first.desk.deliverer.close()
    grow_old(tmp_path / "board")
    with Receiver(port=gone.port) as back:
        second = judge(back)
        second.tell([], [], [one])
        (done,) = second.desk.delivered()
        assert done.alerts == (one.id,)
        second.tell([], [ended(one)], [])
        second.desk.delivered(2)
        second.tell([], [], [])
        second.desk.deliverer.close()
        grow_old(tmp_path / "board")
        third = judge(back)
        third.tell([], [], [one])
        third.tell([alert("other")], [], [one])
        third.desk.delivered()
        assert [each.json["text"] for each in back.got] == [
            "[CRITICAL] gpu.ecc on gpu-1 gpu-3",
            "[RESOLVED] gpu.ecc on gpu-1 gpu-3",
            "[CRITICAL] other on gpu-1 gpu-3",
        ]


def test_two_judges_of_one_board_make_one_notification(judge: Make) -> None:
    with Receiver() as receiver:
        judges = [judge(receiver), judge(receiver)]
        fired = [alert(f"r{number}", f"gpu-{number}") for number in range(6)]
        for each in judges:
            each.tell(fired, [], fired)
        receiver.wait_for(6)
        for each in judges:
            until(
                lambda each=each: all(one.delivered for one in each.desk.deliverer.deliveries()),
                "the end of each",
            )
        last = alert("last", "gpu-9")
        judges[0].tell([last], [], [last])
        until(lambda: any("last on" in got.json["text"] for got in receiver.got), "the last one")
        assert len(receiver.got) == 7


def test_what_became_of_it_stands_on_the_board_without_a_secret(judge: Make, tmp_path: Path) -> None:
    with Receiver() as receiver:
        only = judge(receiver)
        one = alert()
        only.tell([one], [], [one])
        only.desk.delivered()
        only.tell([], [], [one])
        view = only.board.read()
        (told,) = view.deliveries
        assert (told.channel, told.alerts, told.problem) == ("ops", (one.id,), "")
        assert told.delivered is not None
        for path in (tmp_path / "board").rglob("*.json"):
            assert TOKEN not in path.read_text()
