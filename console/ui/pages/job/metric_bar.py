"""The row over a job's curves: which metrics, over what, how smooth, logarithms, other runs, export."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.fields import SearchField, Tick
from console.ui.kit.labels import Elided, label
from console.ui.kit.segmented import SegmentedControl
from console.ui.pages.job.metric_view import Axis, View
from console.ui.theme import fonts

_SMOOTH = ("0", "0.6", "0.9", "0.99")


class MetricBar(QWidget):
    """See the module.

    Signals:
        changed: another view, or another search.
        compare_wanted, compare_ended: other runs beside this one, and no more.
        picture_wanted, data_wanted: export what is shown.
    """

    changed = Signal()
    compare_wanted = Signal()
    compare_ended = Signal()
    picture_wanted = Signal()
    data_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        theme, kept = desk.theme, desk.remembered
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.search = SearchField(
            theme, self.tr("Search in metrics"), placeholder=self.tr("Metric"), icon="search"
        )
        self.search.setMinimumWidth(90)
        self.search.setMaximumWidth(180)
        self.search.textChanged.connect(lambda _text: self.changed.emit())
        self.axis = SegmentedControl(
            theme, self.tr("Horizontal axis"), [("step", self.tr("steps")), ("time", self.tr("time"))]
        )
        self.axis.set_current(kept.text("job/axis", "step"))
        self.axis.chosen.connect(lambda key: self._keep("job/axis", key))
        smooth = [(each, self.tr("off") if each == "0" else each) for each in _SMOOTH]
        self.smooth = SegmentedControl(theme, self.tr("Smoothing"), smooth)
        self.smooth.set_current(kept.text("job/smoothing", "0"))
        self.smooth.chosen.connect(lambda key: self._keep("job/smoothing", key))
        self.log_x = Tick(theme, self.tr("log x"))
        self.log_y = Tick(theme, self.tr("log y"))
        for tick in (self.log_x, self.log_y):
            tick.toggled.connect(lambda _on: self.changed.emit())
        self.note = Elided("", role="dim", size=fonts.SMALL)
        self.wrong = Elided("", role="critical", size=fonts.SMALL)
        self.wrong.hide()
        self.note.hide()
        self.compare = Button(theme, self.tr("Compare runs…"))
        self.compare.clicked.connect(self.compare_wanted)
        self.alone = Button(theme, self.tr("This run only"))
        self.alone.clicked.connect(self.compare_ended)
        self.alone.hide()
        row.addWidget(self.search, 1)
        row.addWidget(self.axis)
        row.addWidget(label(self.tr("smoothing"), role="dim", size=fonts.SMALL))
        row.addWidget(self.smooth)
        row.addWidget(self.log_x)
        row.addWidget(self.log_y)
        row.addStretch(2)
        row.addWidget(self.alone)
        row.addWidget(self.compare)
        row.addWidget(self._export())
        rows.addLayout(row)
        rows.addWidget(self.wrong)
        rows.addWidget(self.note)

    def _export(self) -> Button:
        self.export = Button(self._desk.theme, self.tr("Export"))
        menu = QMenu(self.export)
        menu.addAction(self.tr("Picture (PNG)…")).triggered.connect(
            lambda _on=False: self.picture_wanted.emit()
        )
        menu.addAction(self.tr("Values (CSV)…")).triggered.connect(lambda _on=False: self.data_wanted.emit())
        self.export.setMenu(menu)
        return self.export

    def _keep(self, key: str, value: str) -> None:
        self._desk.remembered.keep(key, value)
        self.changed.emit()

    @property
    def view(self) -> View:
        """What was chosen."""
        axis: Axis = "time" if self.axis.current == "time" else "step"
        return View(axis, float(self.smooth.current or 0), self.log_x.isChecked(), self.log_y.isChecked())

    @property
    def wanted(self) -> str:
        """The search."""
        return self.search.text().strip()

    def show_notes(self, wrong: Sequence[str], notes: Sequence[str]) -> None:
        """What the curves alone would hide."""
        self.wrong.set_text("  ·  ".join(wrong))
        self.wrong.setVisible(bool(wrong))
        self.note.set_text("  ·  ".join(notes))
        self.note.setVisible(bool(notes))
