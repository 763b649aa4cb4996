"""Silences: what is silenced until when, why and by whom; each can be ended before its time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from console.alerts.alert import Silence
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.fields import SearchField
from console.ui.kit.labels import label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.table import DataTable
from console.ui.pages.acting import entry, permit
from console.ui.pages.alerts.columns import rule_text, silence_columns
from console.ui.pages.alerts.known import Known
from console.ui.pages.alerts.tabs import SILENCES, AlertTabs
from console.ui.pages.page import Page, PageAct
from console.ui.theme import fonts


class AlertSilencesPage(Page):
    """See the module."""

    uses_range = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.known = Known(desk, self, self._show)
        self.column.addWidget(AlertTabs(desk, SILENCES))
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.table: DataTable[Silence] = DataTable(
            desk.theme,
            self.tr("Silences"),
            silence_columns(self.known.around()),
            lambda row: row.id,
            remembered=desk.remembered,
            placeholder=self.tr(
                "Nothing is silenced: whatever fires is sent to every channel that wants it."
            ),
        )
        self.table.remember_as("alert-silences")
        self.table.menu_by(self._menu)
        self.table.picked.connect(lambda _row: self._permit())
        self.column.addWidget(self._card(), 1)

    def _card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Silences"), flush=True)
        self.note = label("", role="dim", size=fonts.SMALL)
        self.search = SearchField(
            theme, self.tr("Search in silences"), placeholder=self.tr("Server, rule, reason"), icon="search"
        )
        self.search.setMaximumWidth(260)
        self.search.textChanged.connect(lambda _text: self._show())
        self.end_button = Button(theme, self.tr("End silence"))
        self.end_button.clicked.connect(self._end_chosen)
        self.add_button = Button(theme, self.tr("Silence…"), "primary", icon="alert_off")
        self.add_button.clicked.connect(lambda: self.desk.shell.open_sheet("silence"))
        card.header.addWidget(self.note)
        card.header.addStretch(1)
        for widget in (self.search, self.end_button, self.add_button):
            card.header.addWidget(widget)
        card.body.addWidget(self.table)
        return card

    def open(self, argument: str) -> None:
        if argument:
            self.search.setText(argument)
        self.known.hurry()

    def crumb(self) -> str:
        return self.tr("Silences")

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def acts(self) -> tuple[PageAct, ...]:
        allowed = self.desk.runner.allowed("alert.unsilence")
        if self.table.chosen is None or not allowed:
            return ()
        return (PageAct(self.tr("End silence"), self._end_chosen),)

    def refresh(self) -> None:
        self.known.refresh()
        self.problem.set_problem(self.known.problem)
        self._show()

    def _permit(self) -> None:
        permit(self.add_button, self.desk, "alert.silence")
        permit(self.end_button, self.desk, "alert.unsilence", possible=self.table.chosen is not None)

    def _show(self) -> None:
        now, around = self.desk.context.clock.now(), self.known.around()
        typed = self.search.text().casefold().split()
        holding = [each for each in self.known.silences if each.ends > now]
        shown = [
            each
            for each in holding
            if all(
                word
                in f"{each.rule} {rule_text(each, around)} {each.server} {each.reason} {each.by}".casefold()
                for word in typed
            )
        ]
        self.table.set_rows(sorted(shown, key=lambda each: (each.ends, each.id)))
        set_text(self.note, self.tr("{count} hold").format(count=len(holding)) if holding else "")
        self._permit()

    def _menu(self, row: Silence) -> QMenu:
        menu = QMenu(self.table)
        entry(menu, self.desk, self.tr("End silence"), lambda: self._end(row), command="alert.unsilence")
        entry(
            menu,
            self.desk,
            self.tr("Open server"),
            lambda: self.desk.shell.go("server", row.server),
            possible=bool(row.server),
        )
        return menu

    def _end_chosen(self) -> None:
        if self.table.chosen is not None:
            self._end(self.table.chosen)

    def _end(self, silence: Silence) -> None:
        def done(_ended: object) -> None:
            self.known.hurry()
            self.refresh()

        self.desk.runner.command(
            "alert.unsilence", {"id": silence.id}, done=done, failed=self.problem.set_problem
        )
