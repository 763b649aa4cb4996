"""The log in the window: over a real job on a real sshd, and over what is appended here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.context import Context
from console.core.logs.ansi import Style
from console.core.logs.text import GAP
from console.jobs.job import Job
from console.jobs.short_log import ShortLog
from console.ui.desk import Desk
from console.ui.logs.area import LogArea
from console.ui.logs.colors import LEAST, drawn
from console.ui.logs.copying import save_log
from console.ui.logs.places import row_meant
from console.ui.logs.view import LogView
from console.ui.pages.job.page import JobPage
from console.ui.shell.window import Window
from console.ui.theme.tokens import contrast, load_tokens
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]
Submit = Callable[..., Job]
PRINTS = r"""
import sys
for number in range(1, 30001):
    print("step", number, "loss", 1 / number)
sys.stdout.write("\r 10%|#   |\r 20%|##  |\r100%|####|\n")
sys.stdout.write("\x1b[31mred\x1b[0m \x1b]0;owned\x07\x1b[2Jend \u202e\n")
print("RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB")
print("needle here")
"""


@pytest.fixture
def view(make_window: Make, qtbot: QtBot) -> LogView:
    """A view in the window of 1,000 by 400."""
    window = make_window()
    made = LogView(window.desk, "Output", window)
    made.resize(1000, 400)
    made.show()
    made.raise_()
    return made


def _wait(view: LogView, qtbot: QtBot, so: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool((view.beat(), so())[1]), timeout=20_000)


def test_a_job_s_log_is_followed_searched_and_gone_through(
    make_window: Make, until: Until, lab: Context, submit: Submit, tmp_path: Path, qtbot: QtBot
) -> None:
    job = submit(sys.executable, "-c", PRINTS, name="long")
    # What is seen while it prints is fetched, and how much that is hangs on the machine.
    lab.jobs.wait(job.id, 60)
    window = make_window()
    window.go("job", job.id)
    page = window.page
    assert isinstance(page, JobPage)
    log, area = page.log, page.log.area
    index = log.feed.text.index
    until(window, lambda: page._complete and log.feed.text.row(30_003) is not None)
    assert index.rows == 30_004
    # The end is in sight, the first lines were never fetched.
    assert area.following
    assert area.top == area.count - area.page
    assert log.feed.text.kept_bytes < 600_000
    last = [log.feed.text.row(number) for number in range(30_000, 30_004)]
    assert [row.text for row in last] == [  # type: ignore[union-attr]
        "100%|####|",
        "red end \\u202e",
        "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "needle here",
    ]
    until(window, lambda: log.errors.done and log.above.errors.isVisible())
    assert log.above.errors.text() == "1 error line"
    # Searching is the server's: a line that was never fetched is found, and jumped to.
    log.above.words.setText("step 777 ")
    assert not log.find_next()
    until(window, lambda: area.current == 776)
    assert not area.following
    until(window, lambda: log.feed.text.row(776) is not None)
    assert "1 of 1 lines" in log.below.said.text()
    area.setFocus()
    QTest.keyClick(area, Qt.Key.Key_F8)
    assert area.current == 30_002
    QTest.keyClick(area, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert log.below.line.isVisible()
    log.below.line.setText("12,000")
    QTest.keyClick(log.below.line, Qt.Key.Key_Return)
    assert area.current == 11_999
    assert not log.below.line.isVisible()
    # An expression that is none says so, and nothing hangs.
    log.above.words.setText("(step")
    log.above.expression.setChecked(True)
    until(window, lambda: log.found.problem is not None)
    assert "no regular expression" in log.below.said.text()
    log.above.words.setText(r"step \d+00 loss")
    log.find_next()
    until(window, lambda: log.found.done and log.found.count == 300)
    log.only_matching(on=True)
    assert area.count == 300
    assert area.row_at_place(0) == 99
    log.only_matching(on=False)
    assert area.count == 30_004
    saved = tmp_path / "log.txt"
    assert log.feed.source is not None
    save_log(log.feed.source, saved)
    assert saved.read_bytes().startswith(b"step 1 loss 1.0\n")
    assert saved.read_bytes().endswith(b"needle here\n")
    assert nameless(page) == []


def _copied(view: LogView, qtbot: QtBot) -> str:
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("nothing yet")
    view.copy()
    qtbot.waitUntil(lambda: clipboard.text() != "nothing yet", timeout=30_000)
    return clipboard.text()


def test_following_stops_when_one_scrolls_up_and_says_so(view: LogView, qtbot: QtBot) -> None:
    view.append(b"".join(b"line %d\n" % number for number in range(1000)))
    area = view.area
    assert area.top == area.count - area.page > 0
    area.verticalScrollBar().setValue(100)
    assert not area.following
    assert not view.follow.isChecked()
    assert view.below.paused.isVisible()
    view.append(b"more\n" * 100)
    assert area.top == 100
    QTest.keyClick(area, Qt.Key.Key_End)
    assert area.following
    assert view.follow.isChecked()
    assert area.top == area.count - area.page
    assert not view.below.paused.isVisible()
    QTest.keyClick(area, Qt.Key.Key_Home)
    assert (area.top, area.current, area.following) == (0, 0, False)
    QTest.keyClick(area, Qt.Key.Key_PageDown)
    assert area.current == area.page
    view.end()
    assert not view.below.paused.isVisible()


def test_the_current_line_is_told_to_screen_readers(view: LogView, qtbot: QtBot) -> None:
    view.append(b"one\ntwo\n\x1b[1mthree\x1b[0m\n")
    view.window().activateWindow()
    view.area.setFocus()
    qtbot.waitUntil(view.area.hasFocus, timeout=30_000)
    QTest.keyClick(view.area, Qt.Key.Key_Home)
    QTest.keyClick(view.area, Qt.Key.Key_Down)
    assert view.area.accessibleName() == "Output"
    qtbot.waitUntil(lambda: view.area.accessibleDescription() == "line 2 of 3: two", timeout=30_000)


def test_what_is_selected_is_copied_as_it_is_shown(view: LogView, qtbot: QtBot) -> None:
    view.append("one \x1b[32mgreen\x1b[0m\n漢字 😀 two\nthree\n".encode())
    area = view.area
    QTest.keyClick(area, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert _copied(view, qtbot) == "one green\n漢字 😀 two\nthree"
    height, left = area.painter.height, int(area._left())
    char = area.painter.char
    QTest.mousePress(area.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(left + int(4 * char) + 1, 2))
    assert area.spot_at(QPointF(left, height + 2)) == (1, 0)
    QTest.mouseMove(area.viewport(), QPoint(left + int(2 * char), height * 2 + 2))
    QTest.mouseRelease(area.viewport(), Qt.MouseButton.LeftButton)
    assert _copied(view, qtbot) == "green\n漢字 😀 two\nth"
    QTest.mouseDClick(area.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(left + int(6 * char), 2))
    assert _copied(view, qtbot) == "green"


def test_what_was_given_back_is_said(view: LogView, qtbot: QtBot) -> None:
    log = ShortLog(most_bytes=4 << 20, head_bytes=1 << 20)
    view.open(log)
    log.append(b"a line of forty characters, give or take\n" * 200_000)
    view.beat()
    index = view.feed.text.index
    assert index.hole_row is not None
    assert view.feed.text.row(index.hole_row) == GAP
    assert "of the middle were given back" in view.area.gap_text()
    assert row_meant("+1", index) == index.hole_row + 1
    assert row_meant("50%", index) == index.rows // 2
    assert row_meant("x", index) is None
    view.area.show_row(index.hole_row)
    view.area.grab()


def test_hostile_bytes_and_ten_megabytes_without_an_end_are_drawn(view: LogView, qtbot: QtBot) -> None:
    view.append(bytes(range(256)) * 4 + b"\n" + b"x" * 10_000_000 + b"\n" + b"\r%d" * 1000 + "Z͑ͫ̓ͪ̂ͫ̽͏̴̙\n".encode())
    view.append(b"\x1b[" + b"9" * 5000 + b"m\x1b]" + b"a" * 5000 + b"\n" + "👩‍👩‍👧‍👦 \u202etxt\n".encode())
    view.area.grab()
    view.area.verticalScrollBar().setValue(0)
    view.area.grab()
    assert view.area.horizontalScrollBar().maximum() > 0
    view.area.horizontalScrollBar().setValue(20_000)
    view.area.grab()


def test_every_colour_of_a_terminal_can_be_read_in_both_themes() -> None:
    for name in ("dark", "light"):
        tokens = load_tokens(name)  # type: ignore[arg-type]
        grounds = [None, *range(16), (10, 200, 30), (128, 128, 128)]
        for fore in [None, *range(16), (1, 2, 3), (250, 250, 250), (127, 127, 127)]:
            for ground in grounds:
                for dim in (False, True):
                    for reverse in (False, True):
                        text, behind = drawn(Style(fore, ground, dim=dim, reverse=reverse), tokens)
                        assert contrast(text, behind or tokens.colors["card"]) >= LEAST


def test_a_search_in_what_is_kept_here_says_how_much(view: LogView, qtbot: QtBot) -> None:
    view.append(b"alpha\nBETA\nbeta\n" * 1000)
    view.above.words.setText("beta")
    view.find_next()
    _wait(view, qtbot, lambda: view.found.done)
    assert view.found.count == 2000
    view.above.capitals.setChecked(True)
    _wait(view, qtbot, lambda: view.found.done and view.found.count == 1000)
    QTest.keyClick(view.area, Qt.Key.Key_F3)
    first = view.area.current
    QTest.keyClick(view.area, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert view.area.current != first
    view.append(b"beta\n")
    view.found._next_s = 0.0
    _wait(view, qtbot, lambda: view.found.count == 1001)
    QTest.keyClick(view.area, Qt.Key.Key_F8)
    _wait(view, qtbot, lambda: "no error lines" in view.below.said.text())
    here = view.area.current
    view.append(b"RuntimeError: late\n")
    _wait(view, qtbot, lambda: view.errors.count == 1)
    assert view.area.current == here
    view.clear()
    assert view.text == ""
    assert view.found.wish is None


def test_the_log_keeps_its_keys_from_the_window(view: LogView, qtbot: QtBot) -> None:
    """Ctrl+G finds free GPUs elsewhere; in the log it goes to a line."""
    view.append(b"x\n" * 50)
    view.window().activateWindow()
    view.area.setFocus()
    qtbot.waitUntil(view.area.hasFocus, timeout=30_000)
    QTest.keyClick(view.area, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert view.below.line.isVisible()
    assert isinstance(view.area, LogArea)
    assert isinstance(view._desk, Desk)
