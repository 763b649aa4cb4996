"""Fixtures of the window's tests: offscreen, a real context; leaked widgets and timers fail."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.app import build, close
from console.commands.catalogue import COMMANDS
from console.context import Context
from console.core.home import Home
from console.ui.pages.catalogue import PAGES
from console.ui.shell.window import Window
from console.ui.theme.theme import Theme
from tests.ui.fleet_samples import Machine, feed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this of every window; nothing of ours causes it."""
    for item in items:
        if "tests/ui/" in item.nodeid:
            item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True))


def _timers() -> set[int]:
    found = [each for each in gc.get_objects() if isinstance(each, QTimer)]
    return {id(each) for each in found if shiboken6.isValid(each) and each.isActive()}


def _delete_now() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


@pytest.fixture(autouse=True)
def _no_leaks(qapp: QApplication) -> Iterator[None]:
    """A test leaves no top-level widget and no running timer behind."""
    widgets, timers = set(qapp.topLevelWidgets()), _timers()
    yield
    _delete_now()
    left = [
        widget for widget in qapp.topLevelWidgets() if widget not in widgets and shiboken6.isValid(widget)
    ]
    assert not left, f"top-level widgets are left: {left}"
    assert _timers() <= timers, "a timer still runs"


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The dark theme."""
    made = Theme(qapp, "dark")
    yield made
    made.deleteLater()


@pytest.fixture
def context(tandem_home: Home) -> Iterator[Context]:
    """Every real service, in a home of this test alone; nothing connects."""
    made = build(tandem_home)
    yield made
    close(made)


@pytest.fixture
def make_window(qtbot: QtBot, theme: Theme, context: Context) -> Iterator[Callable[..., Window]]:
    """The real window over made-up machines, shown; its clock is beaten by `window.clock.tick()`."""
    made: list[Window] = []

    def make(machines: list[Machine] | None = None, *, seconds: int = 30, **arguments: Any) -> Window:
        feed(context, machines or [], seconds)
        window = Window(arguments.pop("context", context), theme, PAGES, COMMANDS, **arguments)
        made.append(window)
        window.resize(1600, 1000)
        window.go("fleet")
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for window in made:
        window.close()
        window.shut_down()
        window.deleteLater()
    _delete_now()


@pytest.fixture
def beat(qtbot: QtBot) -> Callable[[Window, int], None]:
    """Let the window's clock beat, and its mailbox be read."""

    def run(window: Window, times: int = 3) -> None:
        for _ in range(times):
            window.clock.tick()
            qtbot.wait(5)

    return run
