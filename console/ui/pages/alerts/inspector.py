"""What the list shows of the selected alert: what is wrong, what to do next, what changed before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import shiboken6
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from console.alerts.alert import Alert, AlertState
from console.commands.alerts import Story
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_duration, format_memory, three_digits
from console.ui.desk import Desk
from console.ui.kit.badges import Pill, StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.inspector import Facts, Inspector
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.tones import Tone
from console.ui.pages.acting import permit
from console.ui.pages.alerts import acts, words
from console.ui.pages.alerts.changed import changed_lines, earlier_lines
from console.ui.pages.alerts.known import Known
from console.ui.pages.alerts.next_acts import NextAct, next_acts
from console.ui.pages.pace import Pace
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of

WIDTH = 384
_STORY_EVERY_S = 10.0


class AlertInspector(Inspector):
    """Follows the selection of the list. `changed` is called when something was done to the alert."""

    def __init__(self, desk: Desk, known: Known, changed: Callable[[], None]) -> None:
        super().__init__(desk.theme, self.tr("Selected alert"))
        self._desk = desk
        self._known = known
        self._changed = changed
        self._alert: Alert | None = None
        self._story_of = ""
        self._pace = Pace(desk.context.clock, _STORY_EVERY_S)
        self._next: tuple[NextAct, ...] = ()
        self.state = StateBadge(desk.theme)
        self.muted = Pill(desk.theme)
        pills = QHBoxLayout()
        pills.setSpacing(8)
        pills.addWidget(self.state)
        pills.addWidget(self.muted)
        pills.addStretch(1)
        self.sentence = label("", wrap=True, selectable=True)
        self.facts = Facts(desk.theme)
        self._next_title = heading(self.tr("Do next"), size=fonts.BASE)
        self.remedy = label("", wrap=True, selectable=True, size=fonts.SMALL)
        self.next_buttons = [Button(desk.theme, self.tr("Do next"), icon="check") for _ in range(4)]
        self._next_box = QWidget()
        grid = QGridLayout(self._next_box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for index, button in enumerate(self.next_buttons):
            button.clicked.connect(lambda _checked=False, at=index: self._run_next(at))
            grid.addWidget(button, index // 2, index % 2)
        self.runbook_button = Button(desk.theme, self.tr("Open runbook"), "ghost", icon="link")
        self.runbook_button.clicked.connect(self._on_runbook)
        self.charts_button = Button(desk.theme, self.tr("Charts around it"), "ghost", icon="chart")
        self.charts_button.clicked.connect(self._on_charts)
        self._links = QHBoxLayout()
        self._links.setSpacing(8)
        self._links.addWidget(self.charts_button)
        self._links.addWidget(self.runbook_button)
        self._links.addStretch(1)
        self._changed_title = heading("", size=fonts.BASE)
        self.changed_label = self._lines()
        self._earlier_title = heading(self.tr("Earlier episodes"), size=fonts.BASE)
        self.earlier_label = self._lines()
        self.hint = label("", role="dim", size=fonts.SMALL, wrap=True)
        self.body.addLayout(pills)
        for widget in (self.sentence, self.facts, self._next_title, self.remedy, self._next_box):
            self.body.addWidget(widget)
        self.body.addLayout(self._links)
        for widget in (
            self._changed_title,
            self.changed_label,
            self._earlier_title,
            self.earlier_label,
            self.hint,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._foot()
        self.show_alert(None)

    @staticmethod
    def _lines() -> QLabel:
        return label("", role="dim", size=fonts.SMALL, wrap=True, selectable=True)

    def _foot(self) -> None:
        theme = self._desk.theme
        self.ack_button = Button(theme, self.tr("Acknowledge"), "primary", icon="check")
        self.ack_button.clicked.connect(lambda: self._act(acts.acknowledge))
        self.assign_button = Button(theme, self.tr("Assign…"))
        self.assign_button.clicked.connect(lambda: self._act(acts.assign))
        self.silence_button = Button(theme, self.tr("Silence…"))
        self.silence_button.clicked.connect(self._on_silence)
        for button in (self.ack_button, self.assign_button, self.silence_button):
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)

    # What is shown

    @property
    def alert(self) -> Alert | None:
        return self._alert

    @property
    def next_offered(self) -> tuple[NextAct, ...]:
        """The acts that help, for menu and palette."""
        return self._next if self._alert is not None else ()

    def show_alert(self, alert: Alert | None) -> None:
        """Another one, the same with news, or none."""
        if (alert.id if alert else "") != (self._alert.id if self._alert else ""):
            self._forget_story()
        self._alert = alert
        there = alert is not None
        for widget in (
            self.state,
            self.muted,
            self.sentence,
            self.facts,
            self._next_title,
            self.remedy,
            self._next_box,
            self.charts_button,
            self.runbook_button,
            self.ack_button,
            self.assign_button,
            self.silence_button,
        ):
            widget.setVisible(there)
        self.hint.setVisible(not there)
        if alert is None:
            for widget in (self._changed_title, self.changed_label, self._earlier_title, self.earlier_label):
                widget.hide()
            self.set_title(self.tr("No alert selected"))
            set_text(self.hint, self.tr("Select an alert to see what is wrong and what to do next."))
            return
        self._show(alert)

    def _show(self, alert: Alert) -> None:
        self.set_title(
            self._known.around().title(alert),
            f"{words.server_text(alert.target)}  ·  {words.part_text(alert)}",
        )
        state = f"{words.severity_word(alert.severity)}, {words.state_word(alert.state)}"
        self.state.set(words.alert_tone(alert), state)
        self.muted.set(Tone.QUIET, self.tr("silenced"))
        self.muted.setVisible(bool(alert.muted))
        set_text(self.sentence, safe_line(alert.sentence, max_chars=800))
        self.facts.set(self._facts(alert))
        set_text(self.remedy, safe_line(alert.remedy, max_chars=800))
        self.remedy.setVisible(bool(alert.remedy))
        self._show_next(alert)
        self.charts_button.setVisible(bool(alert.target.server))
        self.runbook_button.setVisible(acts.may_open(alert))
        open_now = alert.state is not AlertState.RESOLVED
        self.ack_button.setVisible(open_now)
        self.assign_button.setVisible(open_now)
        permit(self.ack_button, self._desk, "alert.ack", possible=not alert.acknowledged_by)
        permit(self.assign_button, self._desk, "alert.assign")
        permit(self.silence_button, self._desk, "alert.silence")
        text = self.tr("Known") if alert.acknowledged_by else self.tr("Acknowledge")
        if self.ack_button.text() != text:
            self.ack_button.setText(text)

    def _facts(self, alert: Alert) -> list[tuple[str, str]]:
        now, zone = self._desk.context.clock.now(), zone_of(self._desk.context.options)
        around = self._known.around()
        facts = [
            (self.tr("First seen"), moment_text(alert.first_seen, zone, now=now)),
            (
                self.tr("Lasted") if alert.resolved else self.tr("For"),
                words.lasted_text(alert, now),
            ),
        ]
        silenced = words.muted_text(alert, around.silences(), zone, now)
        more = [
            (self.tr("Ended"), "" if alert.resolved is None else moment_text(alert.resolved, zone, now=now)),
            (self.tr("Value"), value_text(alert.value, alert.unit)),
            (self.tr("Owner"), safe_line(alert.owner, max_chars=60) or self.tr("nobody yet")),
            (self.tr("Known to"), words.acknowledged_text(alert, zone, now)),
            (self.tr("Not sent"), silenced),
            (self.tr("Rule"), safe_line(alert.rule, max_chars=80)),
        ]
        return facts + [(name, text) for name, text in more if text]

    def _show_next(self, alert: Alert) -> None:
        self._next = () if alert.state is AlertState.RESOLVED else next_acts(self._desk, alert)[:4]
        self._next_box.setVisible(bool(self._next))
        self._next_title.setVisible(bool(self._next) or bool(alert.remedy))
        for index, button in enumerate(self.next_buttons):
            button.setVisible(index < len(self._next))
            if index >= len(self._next):
                continue
            each = self._next[index]
            if button.text() != each.text:
                button.setText(each.text)
                button.set_icon(each.icon)
            if each.command:
                permit(button, self._desk, each.command)
            else:
                button.setEnabled(True)

    # What lies around it

    def _forget_story(self) -> None:
        self._pace.hurry()
        self._story_of = ""
        for widget in (self._changed_title, self.changed_label, self._earlier_title, self.earlier_label):
            widget.hide()

    def follow(self) -> None:
        """Read what lies around it where that is due; called while the page is visible."""
        alert = self._alert
        if alert is None or not self.isVisible() or not self._pace.due():
            return
        self._desk.runner.command(
            "alert.show",
            {"id": alert.id},
            done=lambda found: self._take(alert.id, found),
            failed=self._no_story,
        )

    def _no_story(self, problem: Problem) -> None:
        """An alert that has just ended may be gone; anything else is said where it would stand."""
        if shiboken6.isValid(self) and problem.code != "id.unknown":
            set_text(self.changed_label, problem.sentence)
            self.changed_label.show()

    def _take(self, alert_id: str, found: object) -> None:
        alive = shiboken6.isValid(self)
        if not alive or self._alert is None or self._alert.id != alert_id or not isinstance(found, Story):
            return
        self._story_of = alert_id
        zone = zone_of(self._desk.context.options)
        now: datetime = self._desk.context.clock.now()
        changed = changed_lines(found, zone)
        server = safe_line(found.alert.target.server)
        set_text(self._changed_title, self.tr("What last changed on {server}").format(server=server))
        nothing = self.tr("Nothing that this console knows of, within a day before it.")
        self._fill(self._changed_title, self.changed_label, changed or [nothing], shown=bool(server))
        self._fill(
            self._earlier_title,
            self.earlier_label,
            earlier_lines(found.earlier, zone, now) or [self.tr("None within thirty days.")],
            shown=True,
        )

    @staticmethod
    def _fill(title: QLabel, target: QLabel, lines: Sequence[str], *, shown: bool) -> None:
        set_text(target, "\n".join(lines))
        title.setVisible(shown)
        target.setVisible(shown)

    # What is done

    def _act(self, call: Callable[[Desk, Sequence[Alert], acts.Done | None], None]) -> None:
        if self._alert is not None:
            call(self._desk, (self._alert,), lambda _found: self._changed())

    def _on_silence(self) -> None:
        if self._alert is not None:
            acts.silence(self._desk, self._alert, lambda _found: self._changed())

    def _on_runbook(self) -> None:
        if self._alert is not None:
            acts.open_runbook(self._desk, self._alert)

    def _on_charts(self) -> None:
        if self._alert is not None:
            acts.show_charts(self._desk, self._alert)

    def _run_next(self, index: int) -> None:
        if index < len(self._next):
            self._next[index].call()


def value_text(value: float | None, unit: str) -> str:
    """What was compared; empty where there is no number."""
    if value is None:
        return ""
    if unit in ("B", "bytes"):
        return format_memory(value)
    if unit == "s":
        return format_duration(float(round(value)))
    return f"{three_digits(value)} {safe_line(unit, max_chars=16)}".strip()
