"""Copies between servers and fetches in the window: the way in the plan, the tree of servers, real sshd."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.copying.carried import PartState, tasks_of
from console.fleet.link_state import LinkState
from console.fleet.server import Server
from console.operations.operation import State
from console.ui.sheets.between_sheets import CopySheet, FetchSheet
from console.ui.sheets.copies_sheet import CopiesSheet, depth_of
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.shell.window import Window
from tests.lab.fleet import LabFleet
from tests.lab.web import Web
from tests.ui.fleet_samples import Machine
from tests.ui.walk import nameless

Make = Callable[..., Window]


@pytest.fixture
def lab(context: Context, tmp_path: Path) -> Iterator[LabFleet]:
    with LabFleet(tmp_path / "lab", 3) as servers:
        for each in servers:
            key = str(each.client_key)
            context.servers.add(Server(each.name, "127.0.0.1", port=each.port, user=each.user, identity=key))
            context.fleet.trust(each.name, context.fleet.scan_key(each.name))
        yield servers


def _ended(window: Window, context: Context) -> bool:
    window.clock.tick()
    views = context.operations.views()
    return bool(views) and views[0].state is not State.RUNNING and not window._runner.busy


def test_the_copy_sheet_takes_several_targets_and_never_the_source(qtbot: QtBot, make_window: Make) -> None:
    window = make_window([Machine(Server(name, name)) for name in ("a", "b", "c")])
    window.open_sheet("copy", {})
    sheet = window.sheets.sheet
    assert isinstance(sheet, CopySheet)
    assert nameless(sheet) == []
    assert not sheet.ready
    first = sheet.source.key
    assert not sheet.targets.ticks[first].isEnabled()
    for tick in sheet.targets.ticks.values():
        tick.setChecked(True)
    assert sheet.targets.chosen == tuple(name for name in sheet.targets.ticks if name != first)
    sheet.path.setText("x")
    assert sheet.arguments() is None, "a path there is missing"
    sheet.to.setText("y")
    given = sheet.arguments()
    assert given is not None
    assert given["targets"] == tuple((name, "y") for name in sheet.targets.chosen)


def test_a_copy_waits_at_its_plan_then_shows_the_tree(
    qtbot: QtBot, make_window: Make, context: Context, lab: LabFleet
) -> None:
    window = make_window([])
    data = os.urandom(2_000_000)
    (lab[0].home / "data").write_bytes(data)
    context.fleet.watch()
    qtbot.waitUntil(
        lambda: all(context.fleet.link(each.name).state is LinkState.UP for each in lab), timeout=15_000
    )
    window.clock.tick()
    window.open_sheet("copy", {})
    sheet = window.sheets.sheet
    assert isinstance(sheet, CopySheet)
    sheet.source.choose("lab-1")
    for name in ("lab-2", "lab-3"):
        sheet.targets.ticks[name].setChecked(True)
    sheet.path.setText("data")
    sheet.to.setText("copied")
    sheet.act.click()
    qtbot.waitUntil(lambda: isinstance(window.sheets.sheet, OperationSheet), timeout=15_000)
    plan = window.sheets.sheet
    assert isinstance(plan, OperationSheet)
    assert plan.steps.lines[0].detail.startswith("lab-1 to lab-2 and lab-3; encrypted")
    assert not (lab[1].home / "copied").exists()
    plan._start.click()
    qtbot.waitUntil(lambda: _ended(window, context), timeout=30_000)
    assert context.operations.views()[0].state is State.DONE, context.operations.views()[0].problem
    assert (lab[1].home / "copied").read_bytes() == (lab[2].home / "copied").read_bytes() == data
    window.open_sheet("copies", {})
    copies = window.sheets.sheet
    assert isinstance(copies, CopiesSheet)
    qtbot.waitUntil(lambda: bool((window.clock.tick(), copies.cards)[1]), timeout=15_000)
    (card,) = copies.cards.values()
    assert nameless(copies) == []
    assert list(card.rows) == ["lab-1", "lab-2", "lab-3"]
    assert card.task.state is PartState.SUCCEEDED
    assert card.rows["lab-2"].how.text() == "2 MB from lab-1"
    assert card.rows["lab-2"].bar.isHidden()


def test_a_fetch_says_what_is_missing_and_brings_the_file(
    qtbot: QtBot, make_window: Make, context: Context, lab: LabFleet
) -> None:
    window = make_window([])
    with Web(os.urandom(400_000)) as web:
        window.open_sheet("fetch", {"server": "lab-1"})
        sheet = window.sheets.sheet
        assert isinstance(sheet, FetchSheet)
        assert nameless(sheet) == []
        sheet.act.click()
        assert "Enter an address" in sheet.form._hints[sheet.url][0].text()
        sheet.url.setText(web.url)
        sheet.sha256.setText(hashlib.sha256(web.data).hexdigest())
        sheet.to.setText("models/")
        sheet.limit.setText("no number")
        assert sheet.arguments() is None
        sheet.limit.setText("2")
        assert dict(sheet.arguments() or {})["max_bytes"] == 2_000_000_000
        sheet.act.click()
        qtbot.waitUntil(lambda: _ended(window, context), timeout=30_000)
        assert context.operations.views()[0].state is State.DONE, context.operations.views()[0].problem
        assert (lab[0].home / "models" / "file").read_bytes() == web.data


def test_a_tree_is_drawn_as_one_whatever_servers_tell() -> None:
    def told(name: str, giver: str | None) -> tuple[str, dict[str, object]]:
        role = "target" if giver else "source"
        return name, {"id": "x", "state": "running", "giver": giver, "spec": {"role": role}}

    (task,) = tasks_of([told("a", None), told("b", "a"), told("c", "b"), told("d", "e"), told("e", "d")])
    depths = {part.server: depth_of(part, task) for part in task.parts}
    assert (depths["a"], depths["b"], depths["c"]) == (0, 1, 2)
    assert depths["d"] <= 4, "servers that claim each other as givers end somewhere"
