"""The row over a server's charts: the span and how to move it, which accelerators, which view, export."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from console.core.clock import from_epoch
from console.core.units import format_duration
from console.ui.desk import Desk
from console.ui.kit.buttons import Button, IconButton
from console.ui.kit.chart import cursor_words
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.chart_keys import ZOOM
from console.ui.kit.chips import Chips
from console.ui.kit.labels import Elided
from console.ui.kit.segmented import SegmentedControl
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of

LARGE, SMALL = "large", "small"


class ChartBar(QWidget):
    """See the module.

    Signals:
        view_chosen: `LARGE` or `SMALL`.
        picture_wanted, data_wanted: export what is shown.
    """

    view_chosen = Signal(str)
    picture_wanted = Signal()
    data_wanted = Signal()

    def __init__(self, desk: Desk, group: ChartGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._group = group
        self._live, self._now_s = True, group.span[1]
        group.cursor_moved.connect(self._write)
        theme = desk.theme
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.earlier = IconButton(theme, "earlier", self.tr("Earlier (Shift+Left)"), size=26)
        self.later = IconButton(theme, "later", self.tr("Later (Shift+Right)"), size=26)
        self.wider = IconButton(theme, "zoom_out", self.tr("Show more time (-)"), size=26)
        self.narrower = IconButton(theme, "zoom_in", self.tr("Show less time (+)"), size=26)
        self.earlier.clicked.connect(lambda: group.pan_by(-0.5))
        self.later.clicked.connect(lambda: group.pan_by(0.5))
        self.wider.clicked.connect(lambda: group.zoom_by(1 / ZOOM))
        self.narrower.clicked.connect(lambda: group.zoom_by(ZOOM))
        for button in (self.earlier, self.wider, self.narrower, self.later):
            row.addWidget(button)
        self.words = Elided("", role="dim", size=fonts.SMALL)
        row.addWidget(self.words, 1)
        self.live = Button(theme, self.tr("Back to live"), "primary")
        self.live.clicked.connect(group.to_live)
        row.addWidget(self.live)
        self.chips = Chips(theme)
        row.addWidget(self.chips)
        views = [(LARGE, self.tr("charts")), (SMALL, self.tr("per accelerator"))]
        self.views = SegmentedControl(theme, self.tr("View"), views)
        self.views.set_current(desk.remembered.text("server/view", LARGE))
        self.views.chosen.connect(self._choose_view)
        row.addWidget(self.views)
        self.export = Button(theme, self.tr("Export"))
        menu = QMenu(self.export)
        menu.addAction(self.tr("Picture (PNG)…")).triggered.connect(
            lambda _on=False: self.picture_wanted.emit()
        )
        menu.addAction(self.tr("Values (CSV)…")).triggered.connect(lambda _on=False: self.data_wanted.emit())
        self.export.setMenu(menu)
        row.addWidget(self.export)

    @property
    def view(self) -> str:
        return self.views.current or LARGE

    def _choose_view(self, key: str) -> None:
        self._desk.remembered.keep("server/view", key)
        self.view_chosen.emit(key)

    def show_span(self, *, live: bool, now_s: float) -> None:
        """What is shown, in words; the way back only where one is away."""
        self._live, self._now_s = live, now_s
        self.live.setVisible(not live)
        self.later.setEnabled(self._group.shown[1] < now_s - 1.0)
        self._write()

    def _write(self) -> None:
        """The moment under the cursor while there is one, else the span."""
        zone, now_s = zone_of(self._desk.context.options), self._now_s
        if self._group.cursor is not None:
            self.words.set_text(cursor_words(self._group.cursor, now_s, zone))
            return
        low, high = self._group.shown
        words = span_words(low, high, zone)
        if self._live:
            words += "  ·  " + self.tr("live")
        elif now_s > high:
            words += "  ·  " + self.tr("ends {age} ago").format(age=format_duration(now_s - high))
        self.words.set_text(words)


def span_words(low: float, high: float, zone: tzinfo) -> str:
    """ "12:00:00 – 12:15:00 UTC  ·  15 min"."""
    begin, end = from_epoch(low), from_epoch(high)
    same = begin.astimezone(zone).date() == end.astimezone(zone).date()
    first = moment_text(begin, zone)
    last = f"{end.astimezone(zone):%H:%M:%S}" if same else moment_text(end, zone)
    if same and " " in first:
        last = f"{end.astimezone(zone):%H:%M}"
    return f"{first} – {last} {end.astimezone(zone).tzname()}  ·  {format_duration(round(high - low))}"
