"""Idle holders in the window: listed, added up, by a rule that can be changed; unknown is said, not
guessed."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.server import Server
from console.ui.pages.idle.page import IdlePage, as_text
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine, remember


def _open(qtbot: QtBot, window: Window) -> IdlePage:
    window.go("idle")
    page = window.page
    assert isinstance(page, IdlePage)
    qtbot.waitUntil(lambda: page._judged_s is not None, timeout=30_000)
    return page


def test_who_holds_idle_accelerators(
    qtbot: QtBot, make_window: Callable[..., Window], context: Context
) -> None:
    machines = [
        Machine(Server("busy", "busy"), gpus=1),
        Machine(Server("idle", "idle"), gpus=2, base=1.0, user="vision", command="<b>jupyter</b>"),
        Machine(Server("unused", "unused"), gpus=1, base=1.0, user=None, memory=0.0),
    ]
    context.options.set("idle.after_minutes", 5.0)
    context.options.set("watch.stale_after_s", 600.0)  # a slow machine takes a while to make the samples
    window = make_window(machines, seconds=400)
    page = _open(qtbot, window)
    assert [(row.server, row.index) for row in page.table.rows_model.rows] == [("idle", 0), ("idle", 1)]
    first = page.table.rows_model.rows[0]
    assert first.at_least
    assert "≥ 6 min" in page.table.rows_model.cell(0, 6).text
    assert "<b>jupyter</b>" in as_text(first)
    assert "2 accelerators" in page.sums.text()
    page.by._choose("user")
    assert [(row.name, row.accelerators) for row in page.groups.rows_model.rows] == [("vision", 2)]
    page._open_group(page.groups.rows_model.rows[0])
    assert page.field.text() == "vision"
    page.after._choose("60")
    qtbot.waitUntil(lambda: context.options.number("idle.after_minutes") == 60, timeout=30_000)
    qtbot.waitUntil(
        lambda: "not watched long enough" in page.table.rows_model.cell(0, 0).text, timeout=30_000
    )
    assert "of 2 accelerators it is not known" in page.sums.text()
    assert window.top.place == "Reports › Idle holders"


def test_a_chosen_time_range_shows_what_was_kept_unused_in_it(
    qtbot: QtBot, make_window: Callable[..., Window], context: Context
) -> None:
    labels = {"team": "vision"}
    machines = [Machine(Server("idle", "idle", labels=labels), gpus=1, base=1.0, user="vision")]
    context.options.set("idle.after_minutes", 5.0)
    context.options.set("watch.stale_after_s", 600.0)
    remember(context, machines)
    window = make_window(machines, seconds=400)
    page = _open(qtbot, window)
    assert page.when.current == "now"
    page.by._choose("label")
    assert [row.name for row in page.groups.rows_model.rows] == ["team=vision"]
    window.desk.range.choose("1h")
    assert page.when.current == "span"
    qtbot.waitUntil(lambda: [row.process for row in page.table.rows_model.rows] == [None], timeout=30_000)
    assert [row.name for row in page.groups.rows_model.rows] == ["team=vision"]
    page.by._choose("job")
    assert [row.name for row in page.groups.rows_model.rows] == ["–"]
    assert page.groups.rows_model.rows[0].idle_s > 300


def test_the_palette_leads_there(make_window: Callable[..., Window]) -> None:
    window = make_window([])
    window.open_palette()
    window.palette_box.field.setText("idle holders")
    assert window.palette_box.titles[0] == "Show idle holders"
    window.palette_box._run(0)
    assert isinstance(window.page, IdlePage)
