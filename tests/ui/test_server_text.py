"""R-52 to R-54 in the window: what a server says is text, on every page, in a log, a copy and an export."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.cli.report_verbs import _csv
from console.context import Context
from console.core.text import MAX_LINE_CHARS
from console.fleet.server import Role, Server
from console.telemetry.idle import IdleHolder, IdleState
from console.telemetry.sample import ProcessInfo
from console.ui.logs.view import LogView
from console.ui.pages.catalogue import PAGES
from console.ui.pages.idle.page import as_text
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine, accelerator
from tests.ui.walk import labels

Make = Callable[..., Window]
HOSTILE = "<h1>PWN</h1><img src=x width=100000 height=100000>\x1b[31m\u202e"


def _harmless(root: QWidget) -> None:
    for label in labels(root):
        assert label.textFormat() is Qt.TextFormat.PlainText, label.text()
    for widget in root.findChildren(QWidget):
        for text in (widget.toolTip(), widget.whatsThis(), widget.statusTip()):
            assert "<img" not in text, (type(widget).__name__, text)
            assert "<h1" not in text, (type(widget).__name__, text)


@pytest.mark.parametrize("page", [spec.id for spec in PAGES])
def test_r52_no_page_renders_what_a_server_says(
    make_window: Make, context: Context, qtbot: QtBot, page: str
) -> None:
    server = Server("gpu-01", "h", role=Role.TRAIN, labels={"team": HOSTILE})
    machine = Machine(server, gpus=2, base=1.0, user=HOSTILE, command=HOSTILE)
    rows = [accelerator(machine, index, 1) for index in range(2)]
    for row in rows:
        row |= {"name": HOSTILE, "detail": HOSTILE}
    machine.extra = {"accelerators": rows, "problems": [HOSTILE]}
    window = make_window([machine])
    window.go(page, "gpu-01")
    for _ in range(3):
        window.clock.tick()
        qtbot.wait(5)
    _harmless(window)


def test_r53_a_log_is_cut_and_cleaned_and_never_wraps(make_window: Make, qtbot: QtBot) -> None:
    window = make_window([])
    view = LogView(window.desk, "Log", window)
    view.resize(800, 400)
    view.show()
    began = time.monotonic()
    view.append(b"\x1b[31mred\x1b]0;title\x07 \x9b5n<b>\xe2\x80\xae\x00\n" + b"x" * 400_000 + b"\n")
    view.append(b"tab\there\n")
    view.end()
    view.grab()
    # A wrapping view took 29 s for half of it.
    assert time.monotonic() - began < 5
    lines = view.text.split("\n")
    assert lines[0].startswith("red ")
    assert "<b>" in lines[0]
    assert "\u202e" not in lines[0]
    assert max(map(len, lines)) <= MAX_LINE_CHARS + 1
    assert view.area.count == 3
    assert lines[2].startswith("tab")


def _holder(command: str) -> IdleHolder:
    process = ProcessInfo(7, command, command, 1 << 30)
    return IdleHolder("gpu-01", 0, "GPU-1", command, IdleState.IDLE, process, 1 << 30, 2 << 30, seconds=60.0)


def test_r54_a_copy_is_one_clean_line() -> None:
    assert as_text(_holder("<b>x</b>\x1b[31m\u202e\nrm -rf /")) == (
        "gpu-01 GPU 0: 1 GiB, 1 min, pid 7, <b>x</b> rm -rf /"
    )


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_r54_an_export_holds_no_formula(sign: str) -> None:
    command = sign + "cmd|' /C calc'!A0"
    _header, row = _csv((_holder(command),)).splitlines()
    assert row.count(f"'{sign}cmd") == 3
    assert f",{sign}cmd" not in row
