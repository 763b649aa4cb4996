"""The form that writes the curves of days into a file for other programs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget

from console.core.clock import from_epoch
from console.core.moments import parse_moment
from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.telemetry.history_export import CSV, PARQUET, Excerpt, Exported
from console.telemetry.metrics import ACCELERATOR_METRICS, METRICS, SERVER_METRICS
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.fields import Choice, Field
from console.ui.sheets.form_sheet import Arguments, FormSheet
from console.ui.sheets.path_field import PathField
from console.ui.times import zone_of

_OF_SERVERS, _OF_ACCELERATORS = "servers", "accelerators"


class ExportHistorySheet(FormSheet):
    """Which servers and metrics, from when to when, how fine, and into what."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Export history"),
            self.tr("Lowest, mean and highest value of each span that is kept; one line each, times in UTC."),
            "history.export",
            self.tr("Export"),
            after=lambda done: _tell(desk, done),
            parent=parent,
        )
        self._zone = zone_of(desk.context.options)
        self.servers = Field(desk.theme, placeholder=self.tr("all servers"), fixed=True)
        self.form.row(self.tr("Servers"), self.servers, self.tr("Names, with spaces between."))
        self.metrics = Choice(
            desk.theme,
            [
                ("", self.tr("All")),
                (_OF_SERVERS, self.tr("All of servers")),
                (_OF_ACCELERATORS, self.tr("All of accelerators")),
                *((spec.key, translate("metric", spec.title)) for spec in METRICS),
            ],
        )
        self.form.row(self.tr("Metrics"), self.metrics)
        low, high = desk.range.span(desk.context.clock.now().timestamp())
        self.first, self.last = Field(desk.theme, fixed=True), Field(desk.theme, fixed=True)
        for field, value in ((self.first, low), (self.last, high)):
            field.setText(f"{from_epoch(value).astimezone(self._zone):%Y-%m-%d %H:%M:%S}")
        zone = from_epoch(0.0).astimezone(self._zone).tzname() or "UTC"
        hint = self.tr("A time in {zone} (2026-01-31 12:00) or a span back from now (90m, 2h, 7d).")
        self.form.row(self.tr("From"), self.first, hint.format(zone=zone))
        self.form.row(self.tr("Until"), self.last, self.tr("Empty means now."))
        self.every = Choice(
            desk.theme,
            [
                ("0", self.tr("As fine as it is kept")),
                ("60", self.tr("1 minute")),
                ("600", self.tr("10 minutes")),
                ("3600", self.tr("1 hour")),
            ],
        )
        self.form.row(self.tr("Spans"), self.every)
        self.kind = Choice(desk.theme, [(CSV, self.tr("CSV")), (PARQUET, self.tr("Parquet"))])
        self.kind.currentIndexChanged.connect(lambda _at: self._on_kind())
        self.form.row(self.tr("Format"), self.kind)
        named = self.tr("File")
        self.file = PathField(desk.theme, named, new=True)
        stamp = f"{from_epoch(high):%Y-%m-%dT%H-%M-%SZ}"
        self.file.field.setText(str(Path.home() / f"history {stamp}{CSV}"))
        self.form.row(named, self.file)

    def arguments(self) -> Arguments | None:
        now = self._desk.context.clock.now()
        first, last, path = self._moment(self.first, now), self._moment(self.last, now), self.file.path
        servers = tuple(self.servers.text().replace(",", " ").split())
        known = {server for server, _uuid, _metric in self._desk.context.history.series()}
        unknown = [name for name in servers if name not in known]
        self.form.fault(
            self.servers,
            self.tr("There is no history of {name}.").format(name=unknown[0]) if unknown else "",
        )
        self.form.fault(self.file, "" if path else self.tr("Enter a file."))
        if first is None or last is None or path is None or unknown:
            return None
        if last <= first:
            self.form.fault(self.last, self.tr("It must end after it begins."))
            return None
        wanted = Excerpt(first, last, servers, self._metrics(), int(self.every.key))
        return {
            "wanted": wanted,
            "to": path.with_name(path.name + self.kind.key) if not path.suffix else path,
        }

    def _metrics(self) -> tuple[str, ...]:
        groups = {
            "": (),
            _OF_SERVERS: tuple(spec.key for spec in SERVER_METRICS),
            _OF_ACCELERATORS: tuple(spec.key for spec in ACCELERATOR_METRICS),
        }
        return groups.get(self.metrics.key, (self.metrics.key,))

    def _on_kind(self) -> None:
        path = self.file.path
        if path is not None:
            self.file.field.setText(str(path.with_suffix(self.kind.key)))

    def _moment(self, field: Field, now: datetime) -> datetime | None:
        text = field.text().strip()
        if not text and field is self.last:
            return now
        try:
            moment = parse_moment(text, before=now, zone=self._zone)
        except Problem:
            self.form.fault(field, self.tr("This is neither a time nor a span."))
            return None
        self.form.fault(field, "")
        return moment


def _tell(desk: Desk, done: object) -> None:
    if isinstance(done, Exported):
        text = translate("ExportHistorySheet", "{lines} lines of {series} series are in {path}.")
        text = text.format(lines=done.lines, series=done.series, path=done.path)
        desk.shell.tell(Notice(text, Level.INFO, key="history.export"))
