"""The parts of `./dev bench fleet`: sorting beside a sorting proxy, small charts beside PlotWidgets. Not a
benchmark of its own; other programs on the same servers are peers.py's.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SORT_TARGET_MS = 10.0
CHARTS_TARGET_MS = 33.0
ROWS = 8000
CHARTS = 64


@dataclass(slots=True)
class Row:
    """A row whose number changes every second."""

    name: str
    value: float


def median_ms(call: Callable[[], object], rounds: int) -> float:
    """Median time of a call, of this thread's processor: what else the machine does is not counted."""
    took = []
    for _ in range(rounds):
        began = time.thread_time()
        call()
        took.append(time.thread_time() - began)
    return 1000 * statistics.median(took)


def sorting(application: Any) -> tuple[float, float]:
    """One refresh of a table of 8,000 rows that is sorted by a column which changed: ours, then a proxy's."""
    from PySide6.QtCore import QAbstractTableModel, QSortFilterProxyModel, Qt
    from PySide6.QtWidgets import QTableView

    from console.ui.kit.columns import Column
    from console.ui.kit.table import DataTable
    from console.ui.theme.theme import Theme

    rows = [Row(f"gpu-{number:05d}", 0.0) for number in range(ROWS)]
    columns = (
        Column("name", "Name", lambda row: row.name),
        Column("value", "Value", lambda row: f"{row.value:.1f} %", sort=lambda row: row.value),
    )
    theme = Theme(application, "dark", application)
    table: DataTable[Row] = DataTable(theme, "rows", columns, lambda row: row.name)
    table.resize(600, 900)
    table.show()
    table.sort_by("value", descending=True)

    def change() -> None:
        for row in rows:
            row.value = random.random() * 100

    def refresh() -> None:
        table.set_rows(rows)
        application.processEvents()

    took = []
    for _ in range(9):
        change()
        took.append(median_ms(refresh, 1))

    class Plain(QAbstractTableModel):
        def rowCount(self, _parent: Any = None) -> int:
            return ROWS

        def columnCount(self, _parent: Any = None) -> int:
            return 2

        def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
            if role != Qt.ItemDataRole.DisplayRole:
                return None
            row = rows[index.row()]
            return row.value if index.column() else row.name

    model, proxy, view = Plain(), QSortFilterProxyModel(), QTableView()
    proxy.setSourceModel(model)
    proxy.setDynamicSortFilter(True)
    proxy.sort(1, Qt.SortOrder.DescendingOrder)
    view.setModel(proxy)
    view.resize(600, 900)
    view.show()
    application.processEvents()

    def told() -> None:
        model.dataChanged.emit(model.index(0, 0), model.index(ROWS - 1, 1))
        application.processEvents()

    beside = []
    for _ in range(3):
        change()
        beside.append(median_ms(told, 1))
    for widget in (table, view):
        widget.close()
        widget.deleteLater()
    return statistics.median(took), statistics.median(beside)


def charts(application: Any) -> tuple[float, float]:
    """Redrawing a page of 64 small charts of four curves: ours, then as many PlotWidgets."""
    import numpy as np
    import pyqtgraph
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QGridLayout, QWidget

    from console.ui.kit.sparkline import paint_sparkline
    from console.ui.theme.theme import Theme

    theme = Theme(application, "dark", application)
    data = [np.cumsum(np.random.default_rng(seed).normal(size=300)) for seed in range(4)]

    class Page(QWidget):
        shift = 0

        def paintEvent(self, _event: Any) -> None:
            painter = QPainter(self)
            for number in range(CHARTS):
                box = QRectF(number % 8 * 195 + 4, number // 8 * 118 + 4, 185, 108)
                for curve, values in enumerate(data):
                    paint_sparkline(
                        painter, box, np.roll(values, self.shift + number), theme.series(curve), fill=False
                    )

    page = Page()
    page.resize(1580, 960)
    page.show()
    application.processEvents()

    def redraw() -> None:
        page.shift += 1
        page.repaint()

    ours = median_ms(redraw, 15)
    grid = QWidget()
    layout = QGridLayout(grid)
    plots = []
    for number in range(CHARTS):
        plot = pyqtgraph.PlotWidget()
        layout.addWidget(plot, number // 8, number % 8)
        plots.append([plot.plot(values) for values in data])
    grid.resize(1580, 960)
    grid.show()
    application.processEvents()
    shift = 0

    def redraw_plots() -> None:
        nonlocal shift
        shift += 1
        for number, curves in enumerate(plots):
            for curve, values in zip(curves, data, strict=True):
                curve.setData(np.roll(values, shift + number))
        application.processEvents()

    theirs = median_ms(redraw_plots, 5)
    for widget in (page, grid):
        widget.close()
        widget.deleteLater()
    return ours, theirs


def parts() -> bool:
    """Print both; whether both are within their targets."""
    from console.ui.main import make_application

    application = make_application()
    ours, theirs = sorting(application)
    print(f"sorting {ROWS} rows by a changed column, a refresh: {ours:.1f} ms (target {SORT_TARGET_MS:.0f})")
    print(f"  QSortFilterProxyModel with dynamic sorting: {theirs:.0f} ms, {theirs / ours:.0f} times as long")
    drawn, plotted = charts(application)
    print(f"redraw of {CHARTS} small charts of 4 curves: {drawn:.1f} ms (target {CHARTS_TARGET_MS:.0f})")
    print(f"  as PlotWidgets: {plotted:.0f} ms, {plotted / drawn:.1f} times as long")
    return ours <= SORT_TARGET_MS and drawn <= CHARTS_TARGET_MS
