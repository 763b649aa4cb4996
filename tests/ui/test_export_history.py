"""The form that exports history: what it asks for, what it refuses, and the file it writes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.server import Server
from console.ui.sheets.export_history import ExportHistorySheet
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine, remember
from tests.ui.walk import nameless

Make = Callable[..., Window]


def opened(window: Window) -> ExportHistorySheet:
    window.open_sheet("export_history")
    sheet = window.sheets.sheet
    assert isinstance(sheet, ExportHistorySheet)
    assert nameless(sheet) == []
    return sheet


def test_history_is_exported_by_the_form(
    qtbot: QtBot, make_window: Make, context: Context, tmp_path: Path
) -> None:
    machine = Machine(Server("gpu-01", "gpu-01"))
    window = make_window([machine])
    remember(context, [machine], 300)
    sheet = opened(window)
    sheet.servers.setText("gpu-01, nowhere")
    sheet.first.setText("nonsense")
    sheet.act.click()
    assert "nowhere" in sheet.form._hints[sheet.servers][0].text()
    assert "neither" in sheet.form._hints[sheet.first][0].text()
    sheet.servers.setText("gpu-01")
    sheet.first.setText("1h")
    sheet.last.setText("")
    sheet.metrics.choose("cpu_percent")
    sheet.every.choose("60")
    sheet.file.field.setText(str(tmp_path / "out.csv"))
    sheet.act.click()
    qtbot.waitUntil(lambda: (tmp_path / "out.csv").exists())
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert 5 <= len(rows) <= 7
    assert {row["metric"] for row in rows} == {"cpu_percent"}
    assert {row["span_s"] for row in rows} == {"60"}
    qtbot.waitUntil(lambda: window.sheets.sheet is None)
    sheet = opened(window)
    sheet.first.setText("1h")
    sheet.file.field.setText(str(tmp_path / "out.csv"))
    sheet.kind.choose(".parquet")
    assert sheet.file.field.text() == str(tmp_path / "out.parquet")
    sheet.metrics.choose("accelerators")
    sheet.act.click()
    qtbot.waitUntil(lambda: (tmp_path / "out.parquet").exists())
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert {row["accelerator"] is None for row in table} == {False}
    qtbot.waitUntil(lambda: not window.worker.busy())
