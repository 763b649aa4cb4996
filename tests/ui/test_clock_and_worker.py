"""The clock spares what is hidden; the worker delivers on the Qt thread and drops repeats."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.core.problems import Problem
from console.ui.clock import TABLES, UiClock
from console.ui.worker import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()
    made.deleteLater()


def test_hidden_widgets_cost_nothing(qtbot: QtBot) -> None:
    clock, widget, calls = UiClock(), QWidget(), []
    qtbot.addWidget(widget)
    clock.every(1, widget, lambda: calls.append(clock.ticks))
    clock.tick()
    assert calls == []
    widget.show()
    clock.tick()
    assert calls == [2]
    clock.deleteLater()


def test_tables_beat_slower_than_charts(qtbot: QtBot) -> None:
    clock, widget, calls = UiClock(), QWidget(), []
    qtbot.addWidget(widget)
    widget.show()
    clock.every(TABLES, widget, lambda: calls.append(clock.ticks))
    for _ in range(9):
        clock.tick()
    assert len(calls) == 3
    clock.deleteLater()


def test_what_is_long_has_a_pass_of_its_own_in_a_beat_and_comes_at_once_in_an_act(qtbot: QtBot) -> None:
    clock, widget, calls = UiClock(), QWidget(), []
    qtbot.addWidget(widget)
    widget.show()

    def call() -> None:
        clock.apart(widget, lambda: calls.append("long"))
        calls.append("short")

    clock.every(TABLES, widget, call)
    clock.tick()
    assert calls == ["long", "short"]
    calls.clear()
    clock.start(collect_garbage=False)
    qtbot.waitUntil(lambda: len(calls) >= 2)
    clock.stop()
    assert calls[:2] == ["short", "long"]
    clock.deleteLater()


def test_a_dead_widget_is_forgotten(qtbot: QtBot) -> None:
    import shiboken6

    clock, widget, calls = UiClock(), QWidget(), []
    widget.show()
    clock.every(1, widget, lambda: calls.append(1))
    shiboken6.delete(widget)
    clock.tick()
    assert calls == []
    clock.deleteLater()


def test_results_come_on_the_qt_thread(qtbot: QtBot, worker: Worker) -> None:
    seen: list[tuple[int, bool, bool]] = []
    qt_thread = threading.get_ident()

    def call() -> bool:
        return threading.get_ident() != qt_thread

    worker.run(call, lambda off: seen.append((1, off, threading.get_ident() == qt_thread)))
    qtbot.waitUntil(lambda: seen == [(1, True, True)], timeout=30_000)


def test_problems_go_to_their_handler_or_to_all(qtbot: QtBot, worker: Worker) -> None:
    def fail() -> None:
        raise Problem("server.unknown", name="x")

    handled: list[str] = []
    worker.run(fail, failed=lambda problem: handled.append(problem.code))
    qtbot.waitUntil(lambda: handled == ["server.unknown"], timeout=30_000)
    with qtbot.waitSignal(worker.failed, timeout=30_000) as caught:
        worker.run(fail)
    assert caught.args[0].code == "server.unknown"


def test_a_call_under_way_is_not_queued_again(qtbot: QtBot, worker: Worker) -> None:
    go, done = threading.Event(), []
    assert worker.run(lambda: go.wait(5), done.append, key="one")
    assert not worker.run(lambda: True, done.append, key="one")
    go.set()
    qtbot.waitUntil(lambda: len(done) == 1, timeout=30_000)
    assert worker.run(lambda: True, done.append, key="one")
    qtbot.waitUntil(lambda: len(done) == 2, timeout=30_000)


def test_nothing_is_delivered_to_the_dead(qtbot: QtBot, worker: Worker) -> None:
    import shiboken6

    owner, done = QWidget(), []
    go = threading.Event()
    worker.run(lambda: go.wait(5), done.append, owner=owner, key="k")
    shiboken6.delete(owner)
    go.set()
    qtbot.waitUntil(lambda: not worker.busy(), timeout=30_000)
    assert done == []


def test_bugs_reach_the_crash_hook(qtbot: QtBot, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    seen: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: seen.append(kind.__name__))
    worker.run(lambda: 1 / 0)
    qtbot.waitUntil(lambda: seen == ["ZeroDivisionError"], timeout=30_000)
