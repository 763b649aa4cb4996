"""The forms about alerts: a silence with its scope, end and reason, and to whom alerts are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from console.alerts.alert import Alert
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import parse_duration
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.fields import Choice, Field
from console.ui.kit.labels import label as text_label
from console.ui.kit.labels import set_text
from console.ui.kit.segmented import SegmentedControl
from console.ui.pages.alerts.words import rule_titles
from console.ui.sheets.form_sheet import After, Arguments, FormSheet, such_as
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of

EVERY = ""
SPANS = ("30m", "1h", "4h", "24h", "7d")
LONGEST = timedelta(days=365)


def span_of(text: str) -> timedelta | None:
    """A span as people write it; None where it is none, or none that a silence may have."""
    try:
        span = parse_duration(text)
    except Problem:
        return None
    return span if timedelta(0) < span <= LONGEST else None


class SilenceSheet(FormSheet):
    """What is silenced, for how long, and why.

    Args:
        given: rule, server and accelerator that it begins with; empty ones are every one.
        label: how a person calls that accelerator.
    """

    def __init__(
        self,
        desk: Desk,
        given: Mapping[str, str],
        *,
        label: str = "",
        after: After | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            translate("SilenceSheet", "Silence"),
            translate(
                "SilenceSheet",
                "Nothing is sent for what matches until it ends; the alerts are still judged and listed. "
                "Every console that shares these alerts sees it.",
            ),
            "alert.silence",
            translate("SilenceSheet", "Silence"),
            after=after,
            parent=parent,
        )
        self._given = dict(given)
        self._label = label
        rule, server = self._given.get("rule", ""), self._given.get("server", "")
        self.rule = Choice(desk.theme, [(EVERY, self.tr("every rule"))])
        if rule:
            self.rule.addItem(safe_line(rule, max_chars=80), rule)
            self.rule.choose(rule)
        self.server = Choice(desk.theme, self._servers(server))
        self.server.choose(server)
        self.accelerator = Choice(desk.theme, [(EVERY, self.tr("every one"))])
        self._offer_accelerators()
        self.accelerator.choose(self._given.get("accelerator", ""))
        self.server.currentIndexChanged.connect(lambda _index: self._offer_accelerators())
        self.spans = SegmentedControl(
            desk.theme, self.tr("Usual spans"), [(each, each) for each in SPANS], style="pills"
        )
        self.spans.chosen.connect(self._on_span)
        self.span = Field(desk.theme, placeholder="90s, 15m, 2h, 7d")
        self.reason = Field(desk.theme, placeholder=such_as(self.tr("new fans on Tuesday")))
        self.warning = text_label("", size=fonts.SMALL, wrap=True)
        self._lay_out()
        desk.worker.run(
            desk.context.alerts.rules,
            lambda found: self._offer_rules(list(rule_titles(found).items())),
            owner=self,
        )

    def _lay_out(self) -> None:
        self.form.row(self.tr("Rule"), self.rule)
        self.form.row(self.tr("Server"), self.server)
        self.form.row(self.tr("Accelerator"), self.accelerator)
        self.form.add(self.spans)
        self.form.row(self.tr("For"), self.span, self.tr("Seconds, or 90s, 15m, 2h, 7d."))
        self.form.row(self.tr("Reason"), self.reason, self.tr("Others will read it."))
        self.form.add(self.warning)
        self.span.setText("1h")
        self.spans.set_current("1h")
        self.span.textChanged.connect(lambda _text: self._show_end())
        for choice in (self.rule, self.server):
            choice.currentIndexChanged.connect(lambda _index: self._show_end())
        for field in (self.span, self.reason):
            field.returnPressed.connect(self.submit)
        self._show_end()

    def _servers(self, given: str) -> list[tuple[str, str]]:
        names = sorted({row.server.name for row in self._desk.snapshot().servers} | ({given} - {""}))
        return [(EVERY, self.tr("every server")), *((name, safe_line(name)) for name in names)]

    def _offer_rules(self, rules: Sequence[tuple[str, str]]) -> None:
        chosen = self.rule.key
        words = [(name, safe_line(title, max_chars=80)) for name, title in rules]
        if chosen and chosen not in dict(words):
            words.append((chosen, safe_line(chosen, max_chars=80)))
        self.rule.set_choices([(EVERY, self.tr("every rule")), *words])

    def _offer_accelerators(self) -> None:
        row = self._desk.snapshot().server(self.server.key) if self.server.key else None
        found = [
            (each.sample.uuid, f"GPU {each.sample.index}  {safe_line(each.sample.uuid, max_chars=16)}")
            for each in (row.accelerators if row is not None else ())
        ]
        given = self._given.get("accelerator", "")
        if given and self.server.key == self._given.get("server", "") and given not in dict(found):
            found.append((given, safe_line(self._label or given, max_chars=40)))
        self.accelerator.set_choices([(EVERY, self.tr("every one")), *found])

    def _on_span(self, span: str) -> None:
        self.span.setText(span)

    def _show_end(self) -> None:
        """When it ends, and that it is wide where it is."""
        text, span = self.span.text().strip(), span_of(self.span.text().strip())
        self.spans.set_current(text)
        parts = []
        if span is not None:
            now, zone = self._desk.context.clock.now(), zone_of(self._desk.context.options)
            ends = moment_text(now + span, zone, now=now)
            parts.append(self.tr("It ends at {when}.").format(when=ends))
        if not self.rule.key and not self.server.key:
            parts.append(self.tr("It silences every alert of every server."))
        elif not self.rule.key:
            parts.append(self.tr("It silences every alert of this server."))
        elif not self.server.key:
            parts.append(self.tr("It silences this rule on every server."))
        set_text(self.warning, " ".join(parts))

    def arguments(self) -> Arguments | None:
        span = span_of(self.span.text().strip())
        fault = self.tr("Write seconds, or 90s, 15m, 2h, 7d; at most a year.")
        self.form.fault(self.span, "" if span is not None else fault)
        reason = self.reason.text().strip()
        self.form.fault(self.reason, "" if reason else self.tr("Say why: others will read it."))
        if span is None or not reason:
            return None
        return {
            "rule": self.rule.key,
            "server": self.server.key,
            "accelerator": self.accelerator.key if self.server.key else "",
            "for_s": span.total_seconds(),
            "reason": reason,
        }


class AssignSheet(FormSheet):
    """To whom the selected alerts are given."""

    def __init__(
        self,
        desk: Desk,
        alerts: Sequence[Alert],
        *,
        after: After | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            translate("AssignSheet", "Assign"),
            translate(
                "AssignSheet",
                "Who looks after it. Every console that shares these alerts shows the name.",
            ),
            "alert.assign",
            translate("AssignSheet", "Assign"),
            after=after,
            parent=parent,
        )
        self._ids = tuple(each.id for each in alerts)
        owners = {each.owner for each in alerts}
        self.owner = Field(desk.theme, placeholder=such_as("ada@desk"))
        self.owner.setText(owners.pop() if len(owners) == 1 else "")
        self.form.row(self.tr("Owner"), self.owner, self.tr("Empty: nobody has it, whoever had it before."))
        if len(self._ids) > 1:
            words = self.tr("All {count} selected alerts are given.").format(count=len(self._ids))
            self.form.add(text_label(words, role="dim", size=fonts.SMALL))
        self.owner.returnPressed.connect(self.submit)

    def arguments(self) -> Arguments | None:
        return {"ids": self._ids, "owner": self.owner.text().strip()}
