"""The form for a span of the charts that has a beginning and an end of its own."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from console.core.clock import from_epoch
from console.core.moments import parse_moment
from console.core.problems import Problem
from console.ui.desk import LONGEST_S, SHORTEST_S, Desk
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field, Form
from console.ui.kit.sheet import Sheet
from console.ui.times import zone_of


class TimeRangeSheet(Sheet):
    """Two fields; each takes a time or a span back from now."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            self.tr("Time range"),
            self.tr("All charts show this span until you go back to live."),
            parent,
        )
        self._desk = desk
        self._zone = zone_of(desk.context.options)
        self.form = Form(desk.theme)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        zone = from_epoch(0.0).astimezone(self._zone).tzname() or "UTC"
        hint = self.tr("A time in {zone} (2026-01-31 12:00) or a span back from now (90m, 2h, 7d).")
        low, high = desk.range.span(desk.context.clock.now().timestamp())
        self.first = Field(desk.theme, fixed=True)
        self.last = Field(desk.theme, fixed=True)
        for field, value in ((self.first, low), (self.last, high)):
            field.setText(f"{from_epoch(value).astimezone(self._zone):%Y-%m-%d %H:%M:%S}")
            field.returnPressed.connect(self.submit)
        self.form.row(self.tr("From"), self.first, hint.format(zone=zone))
        self.form.row(self.tr("Until"), self.last, self.tr("Empty means now."))
        dismiss = Button(desk.theme, self.tr("Cancel"))
        dismiss.clicked.connect(self.close_sheet)
        self.act = Button(desk.theme, self.tr("Show"), "primary")
        self.act.clicked.connect(self.submit)
        self.footer.addWidget(dismiss)
        self.footer.addWidget(self.act)

    def submit(self) -> None:
        """Show it, or say what is wrong."""
        now = self._desk.context.clock.now()
        first, last = self._moment(self.first, now), self._moment(self.last, now)
        if first is None or last is None:
            return
        seconds = (last - first).total_seconds()
        fault = ""
        if seconds < SHORTEST_S:
            fault = self.tr("It must end at least a minute after it begins.")
        elif seconds > LONGEST_S:
            fault = self.tr("It may be at most 30 days long.")
        self.form.fault(self.last, fault)
        if not fault:
            self._desk.range.show(first.timestamp(), last.timestamp())
            self.close_sheet()

    def _moment(self, field: Field, now: datetime) -> datetime | None:
        text = field.text().strip()
        if not text and field is self.last:
            return now
        try:
            moment = min(parse_moment(text, before=now, zone=self._zone), now)
        except Problem:
            self.form.fault(field, self.tr("This is neither a time nor a span."))
            return None
        self.form.fault(field, "")
        return moment
