"""Ending a process from the window, over a real sshd: named in the plan, asked for, audited, checked
again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.context import Context
from console.ui.pages.server.page import ServerPage
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.shell.window import Window
from tests.lab.nvml.build import FakeNvml, build_fake_nvml
from tests.lab.sshd import LabServer

Until = Callable[..., None]


@pytest.fixture
def lab_server(make_lab_server: Callable[..., LabServer], nvml: FakeNvml) -> LabServer:
    """One whose accelerators the test steers."""
    return make_lab_server(environment=nvml.env)


@pytest.fixture
def nvml(tmp_path: Path) -> FakeNvml:
    return FakeNvml(build_fake_nvml(tmp_path / "nvml"), tmp_path / "world.txt")


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "83"])
    yield process
    process.kill()
    process.wait()


def _chosen(window: Window, until: Until, pid: int) -> ServerPage:
    window.go("server", "lab")
    page = window.page
    assert isinstance(page, ServerPage)
    page.processes.field.setText("sleep 83")
    model = page.processes.table.rows_model
    until(window, lambda: model.row_of(pid) >= 0)
    page.processes.table.select_key(pid)
    # A holder is told by its GPU at once; the host says a moment later that it may be ended.
    until(window, lambda: page.processes._chosen() is not None)
    page.processes.refresh()
    return page


def test_a_process_is_ended_after_its_name_was_typed(
    qtbot: QtBot,
    lab: Context,
    make_window: Callable[..., Window],
    until: Until,
    sleeper: subprocess.Popen[bytes],
    nvml: FakeNvml,
) -> None:
    nvml.set(f"proc 1 {sleeper.pid}", 1 << 30)
    lab.fleet.watch(["lab"])
    window = make_window([], context=lab)
    until(window, lambda: (row := window.desk.snapshot().server("lab")) is not None and row.fresh)
    page = _chosen(window, until, sleeper.pid)
    lab.options.set("safety.read_only", True)
    page.processes.refresh()
    assert not page.processes.end_button.isEnabled()
    lab.options.set("safety.read_only", False)
    page.processes.refresh()
    assert page.processes.end_button.isEnabled()
    page.processes.end()
    until(window, lambda: isinstance(window.sheets.sheet, OperationSheet))
    sheet = window.sheets.sheet
    assert isinstance(sheet, OperationSheet)
    assert f"process {sleeper.pid}" in sheet.accessibleName()
    assert "on lab" in sheet.accessibleName()
    assert "on GPU-fake-0001" in sheet.steps.accessibleName()
    assert not sheet._start.isEnabled()
    assert sheet._confirm is not None
    sheet._confirm.setText("lab")
    sheet._start.click()
    until(window, lambda: sleeper.poll() is not None)
    assert sleeper.returncode == -15
    until(window, lambda: not window._runner.busy)
    told = [entry for entry in lab.audit.entries(None, None, 50) if entry.action == "process.end"]
    assert told
    assert any(each.detail.get("accelerators") == ["GPU-fake-0001"] for each in told)
    until(window, lambda: page.processes.table.rows_model.row_of(sleeper.pid) < 0)
