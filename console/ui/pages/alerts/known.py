"""What every page about alerts needs beside the alerts: silences and rules, read off the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from PySide6.QtWidgets import QWidget

from console.alerts.alert import Alert, Silence
from console.alerts.rule import Rule
from console.alerts.rules_file import default_rules
from console.core.problems import Problem
from console.ui.desk import Desk
from console.ui.pages.alerts.columns import Around
from console.ui.pages.alerts.words import rule_titles
from console.ui.pages.pace import Pace
from console.ui.times import zone_of

_EVERY_S = 3.0


class Known:
    """Of one page; `refresh` is called on its beat."""

    def __init__(self, desk: Desk, owner: QWidget, arrived: Callable[[], None] | None = None) -> None:
        self._desk = desk
        self._owner = owner
        self._arrived = arrived
        self._pace = Pace(desk.context.clock, _EVERY_S)
        self.read = False
        self.rules: tuple[Rule, ...] = ()
        self.defaults: Mapping[str, Rule] = {}
        self.silences: tuple[Silence, ...] = ()
        self.problem: Problem | None = None
        self._by_id: Mapping[str, Silence] = {}
        self._titles: Mapping[str, str] = {}

    def hurry(self) -> None:
        """Something was changed: read again at the next beat."""
        self._pace.hurry()

    def refresh(self) -> None:
        """Read again where that is due."""
        if not self._pace.due():
            return
        alerts = self._desk.context.alerts
        self._desk.worker.run(
            lambda: (alerts.rules(), alerts.silences(), self.defaults or _defaults()),
            lambda found: self._take(*found),
            failed=self._failed,
            owner=self._owner,
            key=f"alerts.known {id(self)}",
        )

    def _take(
        self, rules: tuple[Rule, ...], silences: tuple[Silence, ...], defaults: Mapping[str, Rule]
    ) -> None:
        self.defaults = defaults
        changed = not self.read or (rules, silences) != (self.rules, self.silences)
        self.read, self.problem = True, None
        self.rules, self.silences = rules, silences
        self._by_id = {each.id: each for each in silences}
        self._titles = rule_titles(rules)
        if changed and self._arrived is not None:
            self._arrived()

    def _failed(self, problem: Problem) -> None:
        self.problem = problem
        if self._arrived is not None:
            self._arrived()

    def rule(self, name: str) -> Rule | None:
        """The rule of that name, as far as they were read."""
        return next((each for each in self.rules if each.name == name), None)

    def around(self, repeats: Callable[[Alert], bool] = lambda _alert: False) -> Around:
        """For the columns of a list."""
        context = self._desk.context

        def now() -> datetime:
            return context.clock.now()

        def zone() -> tzinfo:
            return zone_of(context.options)

        return Around(now, zone, lambda: self._by_id, lambda: self._titles, repeats)


def _defaults() -> Mapping[str, Rule]:
    """The rules that ship with Tandem, by name."""
    return {each.name: each for each in default_rules()}
