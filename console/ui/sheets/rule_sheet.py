"""The form of an alert rule: every field, checked as the file's rules are before it is saved."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.alerts.alert import AlertSeverity
from console.alerts.checking import checked
from console.alerts.facts import FACTS
from console.alerts.rule import GAPS, NoData, Rule, Scope
from console.core.problems import Problem
from console.core.units import parse_duration
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.fields import Choice, Field, Tick
from console.ui.kit.labels import label, set_text, tip
from console.ui.pages.alerts.columns import scope_word
from console.ui.pages.alerts.words import severity_word
from console.ui.sheets.form_sheet import After, Arguments, FormSheet, such_as
from console.ui.theme import fonts


class RuleSheet(FormSheet):
    """A new rule, or one as it is.

    Args:
        rule: what it begins with.
        anew: it becomes another rule, with a name of its own.
    """

    def __init__(
        self,
        desk: Desk,
        rule: Rule | None = None,
        *,
        anew: bool = False,
        after: After | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = translate("RuleSheet", "Edit alert rule")
        if rule is None or anew:
            title = translate("RuleSheet", "Add alert rule")
        super().__init__(
            desk,
            title,
            translate(
                "RuleSheet",
                "Judged every few seconds, for each server or accelerator that fits. It is kept with the "
                "alerts, so every console that shares them judges by it.",
            ),
            "alert.rule_set",
            translate("RuleSheet", "Save rule"),
            after=after,
            parent=parent,
        )
        self._fixed_name = "" if rule is None or anew else rule.name
        self._fields(desk)
        self._lay_out()
        if rule is not None:
            self._fill(rule)
        self._show_words()
        for field in self._by_key.values():
            if isinstance(field, Field):
                field.returnPressed.connect(self.submit)

    def _fields(self, desk: Desk) -> None:
        theme = desk.theme
        self.name = Field(theme, placeholder=such_as("scratch-full"), fixed=True)
        self.title = Field(theme, placeholder=such_as(self.tr("Scratch is nearly full")))
        self.condition = Field(theme, placeholder=such_as("temp > 85"), fixed=True)
        self.scope = Choice(theme, [(each.value, scope_word(each.value)) for each in Scope])
        self.words = label("", role="dim", size=fonts.LABEL, wrap=True, selectable=True)
        self.scope.currentIndexChanged.connect(lambda _index: self._show_words())
        self.where = Field(theme, placeholder=such_as("label.team=vision"), fixed=True)
        self.span = Field(theme, placeholder="90s, 15m, 2h")
        self.keep = Field(theme, placeholder="90s, 15m, 2h")
        self.severity = Choice(theme, [(each.value, severity_word(each)) for each in AlertSeverity])
        no_data = {
            NoData.KEEP: self.tr("stays as it was"),
            NoData.ALERT: self.tr("is told as an alert"),
            NoData.OK: self.tr("counts as fine"),
        }
        self.no_data = Choice(theme, [(each.value, no_data[each]) for each in NoData])
        self.summary = Field(theme, placeholder=such_as(self.tr("{label} of {server} is at {value}.")))
        self.remedy = Field(theme, placeholder=such_as(self.tr("Look who uses it.")))
        self.runbook = Field(theme, placeholder="https://", fixed=True)
        self.enabled = Tick(theme, self.tr("Judged"))
        self.enabled.setChecked(True)
        self.scope.choose(Scope.SERVER.value)
        self.severity.choose(AlertSeverity.WARNING.value)
        self.span.setText("5m")
        self.keep.setText("5m")

    def _lay_out(self) -> None:
        gaps = ", ".join(f"{{{each}}}" for each in GAPS)
        form = self.form
        form.row(self.tr("Name"), self.name, self.tr("Lower-case letters, digits and dashes."))
        form.row(self.tr("Title"), self.title, self.tr("What lists and notifications call it."))
        form.row(
            self.tr("Condition"),
            self.condition,
            self.tr("When it holds, something is wrong; the words are on the help page about alerts."),
        )
        form.row(self.tr("Asked of"), self.scope)
        form.add(self.words)
        form.row(self.tr("Where"), self.where, self.tr("A filter as on the fleet page; empty is everywhere."))
        form.row(self.tr("For"), self.span, self.tr("How long it has to hold before anybody is told."))
        form.row(self.tr("Ends after"), self.keep, self.tr("How long it has to be over before it ends."))
        form.row(self.tr("Severity"), self.severity)
        form.row(self.tr("Without data it"), self.no_data)
        form.row(
            self.tr("What is wrong"),
            self.summary,
            self.tr("One sentence; it may name {gaps}.").replace("{gaps}", gaps),
        )
        form.row(self.tr("What to do"), self.remedy, self.tr("The next safe action, one sentence."))
        form.row(
            self.tr("Runbook"), self.runbook, self.tr("Address of a page that tells more; may be empty.")
        )
        form.add(self.enabled)
        self._by_key: dict[str, QWidget] = {
            "name": self.name,
            "title": self.title,
            "condition": self.condition,
            "where": self.where,
            "for": self.span,
            "keep_firing_for": self.keep,
            "summary": self.summary,
            "remedy": self.remedy,
            "runbook": self.runbook,
        }

    def _fill(self, rule: Rule) -> None:
        self.name.setText(self._fixed_name)
        self.name.setEnabled(not self._fixed_name)
        self.title.setText(rule.title)
        self.condition.setText(rule.condition)
        self.scope.choose(rule.scope.value)
        self.where.setText(rule.where)
        self.span.setText(span_text(rule.for_s))
        self.keep.setText(span_text(rule.keep_firing_s))
        self.severity.choose(rule.severity.value)
        self.no_data.choose(rule.no_data.value)
        self.summary.setText(rule.summary)
        self.remedy.setText(rule.remedy)
        self.runbook.setText(rule.runbook)
        self.enabled.setChecked(rule.enabled)

    def _show_words(self) -> None:
        """What a condition may ask of the chosen scope."""
        facts = FACTS[Scope(self.scope.key)]
        names = [f"{name} [{fact.unit}]" if fact.unit else name for name, fact in facts.items()]
        text = self.tr("A condition may ask: {words}.").replace("{words}", ", ".join(names))
        set_text(self.words, text)
        meanings = "\n".join(f"{name}: {fact.meaning}" for name, fact in facts.items())
        self.words.setToolTip(tip(meanings))

    def arguments(self) -> Arguments | None:
        for field in self._by_key.values():
            self.form.note_fault(field, "")
        spans = [self._span(field) for field in (self.span, self.keep)]
        if spans[0] is None or spans[1] is None:
            return None
        rule = Rule(
            name=self.name.text().strip(),
            title=self.title.text().strip(),
            condition=self.condition.text().strip(),
            for_s=spans[0],
            keep_firing_s=spans[1],
            severity=AlertSeverity(self.severity.key),
            scope=Scope(self.scope.key),
            where=self.where.text().strip(),
            enabled=self.enabled.isChecked(),
            no_data=NoData(self.no_data.key),
            remedy=self.remedy.text().strip(),
            runbook=self.runbook.text().strip(),
            summary=self.summary.text().strip(),
        )
        try:
            return {"rule": checked(rule)}
        except Problem as problem:
            self._show_fault(problem)
            return None

    def _span(self, field: Field) -> float | None:
        text = field.text().strip() or "0"
        try:
            return parse_duration(text).total_seconds()
        except Problem:
            self.form.fault(field, self.tr("Write seconds, or 90s, 15m, 2h, 7d."))
            return None

    def _show_fault(self, problem: Problem) -> None:
        """Under the field that the Problem names, else at the foot."""
        field = self._by_key.get(str(problem.attrs.get("key", "")))
        if field is None:
            self.problem.set_problem(problem)
        else:
            self.form.fault(field, fault_text(str(problem.attrs.get("reason", ""))))

    def refused(self, problem: Problem) -> None:
        super().refused(problem)
        if problem.code == "alerts.rule_invalid":
            self._show_fault(problem)


def span_text(seconds: float) -> str:
    """A span as the form takes it."""
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds / length:.0f}{unit}"
    return f"{seconds:.15g}s"


def fault_text(reason: str) -> str:
    """The reason as a sentence of its own."""
    return translate("RuleSheet", "It {reason}.").format(reason=reason.rstrip("."))
