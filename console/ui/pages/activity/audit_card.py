"""The audit log: who did what where, with a filter and a check of its chain."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from console.core.audit import Outcome
from console.core.text import safe_line
from console.core.units import UNKNOWN
from console.store.audit_log import AuditRow
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.columns import Column
from console.ui.kit.fields import Choice, SearchField, Tick
from console.ui.kit.labels import label, set_text, tip
from console.ui.kit.table import DataTable
from console.ui.kit.tones import Tone
from console.ui.pages.acting import entry
from console.ui.pages.pace import Pace
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of

READ_EVERY_S = 2.0
MOST = 2000
ALL = ""
_TONES = {Outcome.DONE: Tone.OK, Outcome.FAILED: Tone.CRITICAL, Outcome.CANCELLED: Tone.WARNING}


def outcome_word(row: AuditRow) -> str:
    """How it stands; an intent that nothing followed is unknown."""
    if row.open:
        return translate("Audit", "unknown")
    words = {
        Outcome.INTENT: translate("Audit", "began"),
        Outcome.DONE: translate("Audit", "done"),
        Outcome.FAILED: translate("Audit", "failed"),
        Outcome.CANCELLED: translate("Audit", "cancelled"),
    }
    return words[row.outcome]


def outcome_tone(row: AuditRow) -> Tone:
    """How that looks."""
    if row.open:
        return Tone.UNKNOWN
    return _TONES.get(row.outcome, Tone.QUIET)


def action_text(row: AuditRow) -> str:
    """The verb, with the method of a call of the agent."""
    method = row.detail.get("method")
    return safe_line(f"{row.action}  {method}" if isinstance(method, str) else row.action)


def detail_text(row: AuditRow) -> str:
    """The exact parameters on one line."""
    return safe_line(json.dumps(row.detail, ensure_ascii=False), max_chars=600) if row.detail else ""


class AuditCard(Card):
    """Reads the newest entries while it is visible."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Audit log"), flush=True, parent=parent)
        self._desk = desk
        self._rows: list[AuditRow] = []
        self._pace = Pace(desk.context.clock, READ_EVERY_S)
        theme = desk.theme
        self.changes = Tick(theme, self.tr("Changes only"))
        self.changes.toggled.connect(lambda _on: self._show())
        self.server = Choice(theme, [(ALL, self.tr("All servers"))], self.tr("Server"))
        self.server.currentIndexChanged.connect(lambda _index: self._pace.hurry())
        self.search = SearchField(
            theme,
            self.tr("Search in the audit log"),
            placeholder=self.tr("Action, target, detail"),
            icon="search",
        )
        self.search.setMinimumWidth(100)
        self.search.setMaximumWidth(200)
        self.search.textChanged.connect(lambda _text: self._show())
        self.verify = Button(theme, self.tr("Verify chain"), icon="check")
        self.verify.clicked.connect(self._on_verify)
        self.verdict = StateBadge(theme)
        self.verdict.hide()
        self._count = label("", role="dim", size=fonts.SMALL)
        self.header.addWidget(self._count)
        self.header.addWidget(self.verdict)
        self.header.addStretch(1)
        for widget in (self.changes, self.server, self.search, self.verify):
            self.header.addWidget(widget)
        self.table: DataTable[AuditRow] = DataTable(
            theme,
            self.tr("Audit log"),
            self._columns(),
            lambda row: row.id,
            remembered=desk.remembered,
            row_height=30,
            placeholder=self.tr("Nothing fits. What is done on servers is listed here, looks included."),
        )
        self.table.remember_as("audit")
        self.table.menu_by(self._menu)
        self.body.addWidget(self.table)

    def _columns(self) -> list[Column[AuditRow]]:
        def when(row: AuditRow) -> str:
            return moment_text(row.time, self._zone(), now=self._now())

        return [
            Column("time", self.tr("Time"), when, sort=lambda row: row.id, width=124),
            Column("action", self.tr("Action"), action_text, width=200, strong=True),
            Column("target", self.tr("Target"), lambda row: safe_line(row.target) or UNKNOWN, width=140),
            Column(
                "server", self.tr("Server"), lambda row: safe_line(row.server) or UNKNOWN, width=110, drop=2
            ),
            Column("outcome", self.tr("Outcome"), outcome_word, tone=outcome_tone, width=104),
            Column(
                "detail",
                self.tr("Detail"),
                detail_text,
                width=200,
                stretch=True,
                dim=True,
                fixed=True,
            ),
            Column(
                "account", self.tr("Who"), lambda row: safe_line(row.account), width=120, dim=True, drop=3
            ),
        ]

    def _now(self) -> datetime:
        return self._desk.context.clock.now()

    def _zone(self) -> tzinfo:
        return zone_of(self._desk.context.options)

    def refresh(self) -> None:
        """Read again where that is due."""
        names = sorted(row.server.name for row in self._desk.snapshot().servers)
        self.server.set_choices([(ALL, self.tr("All servers")), *((name, name) for name in names)])
        if not self._pace.due():
            return
        audit, server = self._desk.context.audit, self.server.key or None
        self._desk.worker.run(
            lambda: audit.entries(None, server, MOST), self._take, owner=self, key="audit.entries"
        )

    def _take(self, rows: list[AuditRow]) -> None:
        if [row.id for row in rows] == [row.id for row in self._rows] and not any(r.open for r in rows):
            return
        self._rows = rows
        self._show()

    def _show(self) -> None:
        words = self.search.text().casefold().split()
        changes = self.changes.isChecked()
        shown = [
            row
            for row in self._rows
            if (row.changes or not changes) and all(word in _text(row) for word in words)
        ]
        self.table.set_rows(shown)
        text = (
            self.tr("newest {count}").format(count=MOST)
            if len(self._rows) >= MOST
            else self.tr("{count} entries").format(count=len(shown))
        )
        set_text(self._count, text)

    def _on_verify(self) -> None:
        self.verify.setEnabled(False)
        self.verdict.set(Tone.ACTIVE, self.tr("reading the chain…"))
        self.verdict.show()
        self._desk.worker.run(self._desk.context.audit.verify, self._judge, owner=self, key="audit.verify")

    def _judge(self, faults: list[str]) -> None:
        self.verify.setEnabled(True)
        if faults:
            text = self.tr("{count} faults").format(count=len(faults))
            self.verdict.set(Tone.CRITICAL, text)
        else:
            self.verdict.set(Tone.OK, self.tr("the chain is whole"))
        self.verdict.setToolTip(tip("\n".join(faults[:20])))

    def _menu(self, row: AuditRow) -> QMenu:
        menu, clipboard = QMenu(self.table), QGuiApplication.clipboard
        whole = json.dumps(
            {"time": row.time.isoformat(), "account": row.account, "action": row.action, "target": row.target,
             "server": row.server, "outcome": row.outcome.value, "detail": row.detail, "hash": row.hash},
            indent=1, ensure_ascii=False,
        )  # fmt: skip
        entry(menu, self._desk, self.tr("Copy entry"), lambda: clipboard().setText(whole))
        entry(
            menu,
            self._desk,
            self.tr("Show only this action"),
            lambda: self.search.setText(row.action),
        )
        if row.server:
            entry(
                menu,
                self._desk,
                self.tr("Open its server"),
                lambda: self._desk.shell.go("server", row.server),
            )
        return menu


def _text(row: AuditRow) -> str:
    return f"{row.action} {row.target} {row.server} {row.account} {detail_text(row)}".casefold()
