"""The forms about a server's work: draining it, and how many jobs it runs at once."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from console.core.problems import Problem
from console.core.units import parse_duration
from console.ui.desk import Desk
from console.ui.kit.fields import Field, Tick
from console.ui.sheets.form_sheet import Arguments, FormSheet, such_as

MOST_SLOTS = 100_000


class DrainSheet(FormSheet):
    """Why, for how long, and whether preemptible jobs make way."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Drain {server}").format(server=server),
            self.tr("It gets no new jobs and replicas. What runs there goes on; every console shows why."),
            "server.drain",
            self.tr("Drain"),
            parent=parent,
        )
        self._server = server
        self.reason = Field(desk.theme, placeholder=such_as(self.tr("new driver")))
        self.span = Field(desk.theme, placeholder="90s, 15m, 2h, 7d")
        self.preempt = Tick(desk.theme, self.tr("Preemptible jobs make way at once"))
        self.form.row(self.tr("Reason"), self.reason)
        self.form.row(self.tr("For"), self.span, self.tr("Empty: until somebody lets it work again."))
        self.form.add(self.preempt)
        self.reason.returnPressed.connect(self.submit)

    def arguments(self) -> Arguments | None:
        reason = self.reason.text().strip()
        self.form.fault(self.reason, "" if reason else self.tr("Say why: others will read it."))
        text = self.span.text().strip()
        span = timedelta(0)
        try:
            span = parse_duration(text) if text else span
            self.form.fault(self.span, "")
        except Problem:
            self.form.fault(self.span, self.tr("Write seconds, or 90s, 15m, 2h, 7d."))
            return None
        if not reason:
            return None
        until = self._desk.context.clock.now() + span if span else None
        return {
            "name": self._server,
            "reason": reason,
            "until": until,
            "preempt": self.preempt.isChecked(),
        }


class LimitJobsSheet(FormSheet):
    """One number."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Limit jobs on {server}").format(server=server),
            self.tr("More jobs than that wait in its queue, also those that need no accelerator."),
            "server.limit",
            self.tr("Set limit"),
            parent=parent,
        )
        self._server = server
        self.slots = Field(desk.theme, placeholder=such_as("8"))
        self.form.row(self.tr("Jobs at once"), self.slots, self.tr("0 takes the limit away."))
        self.slots.returnPressed.connect(self.submit)

    def arguments(self) -> Arguments | None:
        slots = self.whole_number(self.slots, 0, MOST_SLOTS)
        return None if slots is None else {"name": self._server, "slots": slots}
