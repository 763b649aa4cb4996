"""The server page: one axis from a minute to thirty days, values at the cursor, limits, events, exports."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from console.context import Context
from console.core.clock import SystemClock
from console.fleet.server import Server
from console.telemetry.history import History
from console.telemetry.marks import MarkKind
from console.telemetry.parsing import parse_sample
from console.ui.desk import LONGEST_S, SHORTEST_S
from console.ui.pages.server.chart_bar import SMALL
from console.ui.pages.server.page import ServerPage
from console.ui.sheets.time_range_sheet import TimeRangeSheet
from console.ui.shell.window import Window
from tests.ui.fleet_samples import GB, Machine, wire

Beat = Callable[[Window, int], None]


class _Past(SystemClock):
    """A clock that is set back and catches up."""

    back_s = 0.0

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=self.back_s)


@pytest.fixture(autouse=True)
def _patient(context: Context) -> None:
    """A slow machine takes a while to make the samples; they are no older for that."""
    context.options.set("watch.stale_after_s", 600.0)


def _page(window: Window, name: str = "a") -> ServerPage:
    window.go("server", name)
    page = window.page
    assert isinstance(page, ServerPage)
    return page


@pytest.fixture
def remembered(context: Context) -> Context:
    """A context whose store knows the last half hour of the machine `a`, but for the last two minutes."""
    machine, clock = Machine(Server("a", "a"), gpus=2), _Past()
    history = History(context.store, clock)
    for second in range(0, 1680, 2):
        clock.back_s = 1800.0 - second
        sample = wire(machine, second, clock.now().timestamp())
        history.add("a", parse_sample(sample, clock.monotonic_s(), server="a", now=clock.now()))
    clock.back_s = 0.0
    history.flush()
    return replace(context, history=history)


def test_live_and_stored_data_are_one_curve(
    qtbot: QtBot, make_window: Callable[..., Window], remembered: Context, beat: Beat
) -> None:
    window = make_window([Machine(Server("a", "a"), gpus=2)], seconds=150, context=remembered)
    page = _page(window)
    window.range.choose("1h")
    qtbot.waitUntil(lambda: (beat(window, 2), page.charts.feed.arrivals)[1] > 0, timeout=30_000)
    beat(window, 2)
    curve = page.charts.feed.curve("cpu_percent")
    assert curve.width_s == 10
    known = np.flatnonzero(np.isfinite(curve.values))
    # From half an hour ago to now without a hole: the store's end lies within the rings' beginning.
    assert 178 <= len(known) <= 190
    assert (np.diff(known) == 1).all()
    drawn = page.charts.chart("utilization")._areas[1]
    assert np.isfinite(drawn.y).sum() == len(known)
    # A minute of it alone is shown as it was sampled.
    newest = page.charts.group.newest
    assert newest is not None
    page.charts.group.zoom_to(newest - 60, newest)
    fine = page.charts.feed.curve("cpu_percent")
    assert fine.width_s == 0
    assert 20 <= np.isfinite(fine.values).sum() <= 63


def test_a_young_server_fills_its_charts_and_an_old_one_shows_its_past(
    qtbot: QtBot, make_window: Callable[..., Window], remembered: Context, beat: Beat
) -> None:
    machines = [Machine(Server("a", "a"), gpus=1), Machine(Server("young", "young"), gpus=1)]
    window = make_window(machines, seconds=200, context=remembered)
    page = _page(window, "young")
    beat(window, 5)
    low, high = page.charts.group.shown
    assert 190 <= high - low <= 260
    page = _page(window, "a")
    qtbot.waitUntil(lambda: (beat(window, 2), page.charts.feed.older("a", 0.0))[1], timeout=30_000)
    page.charts.draw_anew()
    low, high = page.charts.group.shown
    assert round(high - low) == 900


def test_keys_zoom_pan_and_lead_back_to_live(
    qtbot: QtBot, make_window: Callable[..., Window], beat: Beat
) -> None:
    window = make_window([Machine(Server("a", "a"), gpus=2)], seconds=300)
    page = _page(window)
    group, chart = page.charts.group, page.charts.chart("cpu")
    beat(window, 2)
    assert page.charts.live
    assert not page.charts.bar.live.isVisible()
    for _ in range(8):
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
    low, high = group.shown
    assert round(high - low) == SHORTEST_S
    assert group.newest is not None
    assert high <= group.newest + 1
    qtbot.keyClick(page, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert group.shown[1] == pytest.approx(high - 15)
    assert page.charts.bar.live.isVisible()
    assert "ago" in page.charts.bar.words.text()
    for _ in range(30):
        qtbot.keyClick(page, Qt.Key.Key_Minus)
    assert group.shown[1] - group.shown[0] == pytest.approx(LONGEST_S)
    qtbot.keyClick(page, Qt.Key.Key_PageUp)
    qtbot.keyClick(page, Qt.Key.Key_Home)
    assert page.charts.live
    window.range.show(group.span[0] - 5000, group.span[0] - 1000)
    assert not page.charts.live
    page.charts.bar.live.click()
    assert page.charts.live
    assert window.range.key == "15m"


def test_the_read_out_names_every_curve_its_unit_and_its_age(
    make_window: Callable[..., Window], beat: Beat
) -> None:
    window = make_window([Machine(Server("a", "a"), gpus=8)], seconds=300)
    page = _page(window)
    beat(window, 2)
    chart, group = page.charts.chart("power"), page.charts.group
    chart._pointed = True
    assert group.newest is not None
    group.point(group.newest - 125)
    text = chart.read_out.text
    assert "UTC" in text.splitlines()[0]
    assert "2 min 5 s ago" in text
    for index in range(8):
        line = next(each for each in text.splitlines() if each.startswith(f"GPU {index} "))
        assert line.endswith(" W")
    assert "limit 700 W" in text
    assert chart.read_out.isVisible()
    group.point(None)
    assert chart.read_out.isHidden()


def test_curves_are_picked_and_keep_their_colours(make_window: Callable[..., Window], beat: Beat) -> None:
    window = make_window([Machine(Server("a", "a"), gpus=4)], seconds=60)
    page = _page(window)
    beat(window, 2)
    chart, chips = page.charts.chart("utilization"), page.charts.bar.chips
    before = [chart._color(index) for index in range(4)]
    chips._chips[1].click()
    assert [line.name for line in chart._lines] == ["GPU 0", "GPU 2", "GPU 3"]
    assert chart._color(1) == before[2]
    chips.only("GPU-a-0003-9a20")
    assert [line.name for line in chart._lines] == ["GPU 3"]
    chips.only("GPU-a-0003-9a20")
    assert len(chart._lines) == 4


def test_limits_and_events_are_drawn(
    make_window: Callable[..., Window], context: Context, beat: Beat
) -> None:
    machine = Machine(Server("a", "a"), gpus=2)
    window = make_window([machine], seconds=120)
    now = context.clock.now().timestamp()
    for second in range(1, 15):
        sample = wire(machine, 120 + second, now - 14 + second)
        first, lost = sample["accelerators"]
        first["temperature_margin_c"] = 87 - first["temperature_c"]
        first["health"] = {"kernel_log": "ok", "faults": [{"time": now - 60, "code": 79, "text": "bus"}]}
        lost |= {"state": "lost"}
        context.telemetry.on_sample("a", sample, context.clock.monotonic_s() - 14 + second)
    page = _page(window)
    beat(window, 2)
    power, temperature = page.charts.chart("power"), page.charts.chart("temperature")
    assert [each.text for each in power._limits] == ["limit 700 W"]
    assert [each.text for each in temperature._limits] == ["slows down at 87 °C"]
    found = {(each.kind, each.index) for each in page.charts.marks}
    assert (MarkKind.FAULT, 0) in found
    assert (MarkKind.LOST, 1) in found
    assert "XID 79 on GPU 0" in [each.text for each in power._events]
    page.around_last_event()
    low, high = page.charts.group.shown
    assert low < page.charts.marks[-1].time_s < high


def test_small_charts_of_every_accelerator(make_window: Callable[..., Window], beat: Beat) -> None:
    window = make_window([Machine(Server("a", "a"), gpus=8, lost=(2,))], seconds=60)
    page = _page(window)
    page.charts.bar.choose_view(SMALL)
    beat(window, 2)
    small = page.charts.small
    assert small.isVisible()
    assert page.charts.chart("cpu").isVisible()
    assert page.charts.chart("power").isHidden()
    assert len(small._rows) == 8
    page.charts.group.point(float(page.charts.feed.curve("cpu_percent").times[-5]))
    assert small.value_text(0, 0).endswith(" %")
    assert small.value_text(2, 0) == "–"
    page.charts.draw_anew()
    assert "GPU 2: Utilization –" in small.accessibleDescription()
    assert not small.grab().isNull()
    page.charts.bar.choose_view("large")


def _save_as(qtbot: QtBot, window: Window, path: Path) -> None:
    (dialog,) = window.findChildren(QFileDialog)
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(path.exists, timeout=30_000)


def test_what_is_shown_is_exported(
    qtbot: QtBot, make_window: Callable[..., Window], tmp_path: Path, beat: Beat
) -> None:
    window = make_window([Machine(Server("a", "a"), gpus=2, lost=(1,))], seconds=90)
    page = _page(window)
    beat(window, 2)
    page.export_values()
    _save_as(qtbot, window, tmp_path / "values.csv")
    rows = list(csv.DictReader((tmp_path / "values.csv").read_text("utf-8").splitlines()))
    assert 85 <= len(rows) <= 95
    assert rows[0]["time"].endswith("Z")
    assert 0 <= float(rows[0]["CPU [%]"]) <= 100
    assert float(rows[0]["Accelerator memory GPU 0 [B]"]) > GB
    assert all(row["Power GPU 1 [W]"] == "" for row in rows)
    page.export_picture()
    qtbot.waitUntil(lambda: len(window.findChildren(QFileDialog)) == 1, timeout=30_000)
    _save_as(qtbot, window, tmp_path / "charts.png")
    image = QImage(str(tmp_path / "charts.png"))
    assert image.width() > 1000


def test_a_span_of_one_s_own(qtbot: QtBot, make_window: Callable[..., Window], beat: Beat) -> None:
    window = make_window([Machine(Server("a", "a"), gpus=1)], seconds=60)
    page = _page(window)
    window.open_sheet("time_range")
    sheet = window.sheets.sheet
    assert isinstance(sheet, TimeRangeSheet)
    sheet.first.setText("soon")
    sheet.submit()
    assert window.range.fixed is None
    sheet.first.setText("2h")
    sheet.last.setText("119m30s")
    sheet.submit()
    assert window.range.fixed is None
    sheet.last.setText("1h")
    sheet.submit()
    assert window.range.fixed is not None
    assert round(window.range.seconds) == 3600
    beat(window, 2)
    assert round(page.charts.group.shown[1] - page.charts.group.shown[0]) == 3600
    assert window.top.segments.current == ""
    window.range.to_live()
    assert window.top.segments.current == "15m"


def test_the_page_s_acts_are_in_menu_and_palette(make_window: Callable[..., Window]) -> None:
    window = make_window([Machine(Server("a", "a"), gpus=1)], seconds=10)
    _page(window)
    window._menu.aboutToShow.emit()
    titles = [action.text() for action in window._page_menu.actions()]
    assert any(text.startswith("Charts: back to live") for text in titles)
    window.open_palette()
    window.palette_box.field.setText("export values")
    assert "Export values of the charts…" in window.palette_box.titles
    window.palette_box.put_away()
    window.go("jobs")
    window._menu.aboutToShow.emit()
    assert not window._page_menu.menuAction().isVisible()
