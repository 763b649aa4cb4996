"""The rules that are judged: the defaults, what was changed of them, and one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from console.alerts.rule import Rule
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.fields import SearchField
from console.ui.kit.labels import label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.table import DataTable
from console.ui.pages.acting import entry, permit
from console.ui.pages.alerts.columns import rule_columns
from console.ui.pages.alerts.known import Known
from console.ui.pages.alerts.tabs import RULES, AlertTabs
from console.ui.pages.alerts.words import RANKS, rule_title
from console.ui.pages.page import Page, PageAct
from console.ui.theme import fonts


class AlertRulesPage(Page):
    """A default is never taken away: it is switched off, or a rule of its name replaces it."""

    uses_range = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.known = Known(desk, self, self._show)
        self.column.addWidget(AlertTabs(desk, RULES))
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.table: DataTable[Rule] = DataTable(
            desk.theme,
            self.tr("Alert rules"),
            rule_columns(self._origin),
            lambda row: row.name,
            remembered=desk.remembered,
            placeholder=self.tr("No rule fits the search."),
        )
        self.table.remember_as("alert-rules")
        self.table.menu_by(self._menu)
        self.table.opened.connect(self.edit)
        self.table.picked.connect(lambda _row: self._permit())
        self.column.addWidget(self._card(), 1)

    def _card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Rules"), flush=True)
        self.kinds = SegmentedControl(
            theme,
            self.tr("Rules shown"),
            [
                ("all", self.tr("All")),
                ("on", self.tr("On")),
                ("off", self.tr("Off")),
                ("own", self.tr("Changed or own")),
            ],
            style="pills",
        )
        self.kinds.chosen.connect(lambda _key: self._show())
        self.note = label("", role="dim", size=fonts.SMALL)
        self.search = SearchField(
            theme, self.tr("Search in rules"), placeholder=self.tr("Name, condition"), icon="search"
        )
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(lambda _text: self._show())
        self.switch_button = Button(theme, self.tr("Switch off"))
        self.switch_button.clicked.connect(lambda: self._on_chosen(self.switch))
        self.edit_button = Button(theme, self.tr("Edit…"), icon="edit")
        self.edit_button.clicked.connect(lambda: self._on_chosen(self.edit))
        self.add_button = Button(theme, self.tr("Add rule…"), "primary", icon="add")
        self.add_button.clicked.connect(lambda: self.desk.shell.open_sheet("alert_rule"))
        card.header.addWidget(self.kinds)
        card.header.addWidget(self.note)
        card.header.addStretch(1)
        for widget in (self.search, self.switch_button, self.edit_button, self.add_button):
            card.header.addWidget(widget)
        card.body.addWidget(self.table)
        return card

    # The page

    def open(self, argument: str) -> None:
        if argument:
            self.search.setText(argument)
        self.known.hurry()

    def crumb(self) -> str:
        return self.tr("Rules")

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def acts(self) -> tuple[PageAct, ...]:
        rule = self.table.chosen
        if rule is None or not self.desk.runner.allowed("alert.rule_set"):
            return ()
        found = [
            PageAct(self._switch_text(rule), lambda: self.switch(rule)),
            PageAct(self.tr("Edit rule…"), lambda: self.edit(rule)),
            PageAct(self.tr("Copy into a new rule…"), lambda: self.copy(rule)),
        ]
        if self._is_own(rule):
            found.append(PageAct(self._remove_text(rule), lambda: self.remove(rule)))
        return tuple(found)

    def refresh(self) -> None:
        self.known.refresh()
        self.problem.set_problem(self.known.problem)
        self._permit()

    def _permit(self) -> None:
        chosen = self.table.chosen
        permit(self.add_button, self.desk, "alert.rule_set")
        for button in (self.switch_button, self.edit_button):
            permit(button, self.desk, "alert.rule_set", possible=chosen is not None)
        text = self.tr("Switch off") if chosen is None else self._switch_text(chosen)
        if self.switch_button.text() != text:
            self.switch_button.setText(text)
            self.switch_button.updateGeometry()

    def _show(self) -> None:
        typed, kind = self.search.text().casefold().split(), self.kinds.current
        shown = [
            each
            for each in self.known.rules
            if (kind != "on" or each.enabled)
            and (kind != "off" or not each.enabled)
            and (kind != "own" or self._is_own(each))
            and all(word in f"{each.name} {rule_title(each)} {each.condition}".casefold() for word in typed)
        ]
        shown.sort(key=lambda each: (not each.enabled, -RANKS[each.severity], rule_title(each).casefold()))
        self.table.set_rows(shown)
        on = sum(each.enabled for each in self.known.rules)
        text = self.tr("{on} of {all} are on").format(on=on, all=len(self.known.rules))
        set_text(self.note, text if self.known.read else "")
        self._permit()

    # What a rule is

    def _is_own(self, rule: Rule) -> bool:
        return self.known.defaults.get(rule.name) != rule

    def _origin(self, rule: Rule) -> str:
        default = self.known.defaults.get(rule.name)
        if default is None:
            return self.tr("your own")
        if default == rule:
            return self.tr("default")
        if replace(rule, enabled=default.enabled) == default:
            return self.tr("default, off") if default.enabled else self.tr("default, on")
        return self.tr("default, changed")

    def _switch_text(self, rule: Rule) -> str:
        return self.tr("Switch off") if rule.enabled else self.tr("Switch on")

    def _remove_text(self, rule: Rule) -> str:
        return self.tr("Back to the default") if rule.name in self.known.defaults else self.tr("Remove rule")

    def _menu(self, rule: Rule) -> QMenu:
        menu, desk = QMenu(self.table), self.desk
        entry(menu, desk, self.tr("Edit…"), lambda: self.edit(rule), command="alert.rule_set")
        entry(menu, desk, self._switch_text(rule), lambda: self.switch(rule), command="alert.rule_set")
        entry(menu, desk, self.tr("Copy into a new rule…"), lambda: self.copy(rule), command="alert.rule_set")
        entry(
            menu,
            desk,
            self._remove_text(rule),
            lambda: self.remove(rule),
            command="alert.rule_remove",
            possible=self._is_own(rule),
        )
        menu.addSeparator()
        entry(menu, desk, self.tr("Its alerts"), lambda: desk.shell.go("alerts", rule.name))
        entry(menu, desk, self.tr("Its past alerts"), lambda: desk.shell.go("alert_history", rule.name))
        return menu

    # What is done

    def _on_chosen(self, call: object) -> None:
        if self.table.chosen is not None and callable(call):
            call(self.table.chosen)

    def edit(self, rule: Rule) -> None:
        """The form, filled in."""
        from console.ui.sheets.rule_sheet import RuleSheet

        if self.desk.runner.allowed("alert.rule_set"):
            self.desk.shell.show_sheet(RuleSheet(self.desk, rule, after=self._changed))

    def copy(self, rule: Rule) -> None:
        """The form for another rule that is like this one."""
        from console.ui.sheets.rule_sheet import RuleSheet

        self.desk.shell.show_sheet(RuleSheet(self.desk, rule, anew=True, after=self._changed))

    def switch(self, rule: Rule) -> None:
        """On or off; back to what the default is, the rule of one's own is needed no more."""
        wanted = replace(rule, enabled=not rule.enabled)
        if self.known.defaults.get(rule.name) == wanted:
            self.remove(rule)
        else:
            self._run("alert.rule_set", {"rule": wanted})

    def remove(self, rule: Rule) -> None:
        """Take one's own away."""
        self._run("alert.rule_remove", {"name": rule.name})

    def _run(self, command: str, given: Mapping[str, object]) -> None:
        self.desk.runner.command(command, given, done=self._changed, failed=self.problem.set_problem)

    def _changed(self, _result: object) -> None:
        self.known.hurry()
        self.refresh()
