"""The columns of the lists about alerts. No widget lives here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from console.alerts.alert import Alert, Delivery, Silence
from console.alerts.rule import Rule
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_duration
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.tones import Tone
from console.ui.pages.alerts import words
from console.ui.times import moment_text


@dataclass(frozen=True, slots=True)
class Around:
    """What the cells of a list need besides its rows; asked late, so that a list is made once."""

    now: Callable[[], datetime]
    zone: Callable[[], tzinfo]
    silences: Callable[[], Mapping[str, Silence]]
    titles: Callable[[], Mapping[str, str]]
    repeats: Callable[[Alert], bool] = lambda _alert: False
    """Whether the row above has already said the server's name."""

    def moment(self, moment: datetime | None) -> str:
        """As the person reads it."""
        return moment_text(moment, self.zone(), now=self.now())

    def stands(self, alert: Alert) -> str:
        """Where it stands, and why nothing is sent for it."""
        state = words.state_word(alert.state)
        muted = words.muted_text(alert, self.silences(), self.zone(), self.now())
        return f"{state}, {muted}" if muted else state

    def title(self, alert: Alert) -> str:
        """What its rule is called."""
        return safe_line(self.titles().get(alert.rule) or alert.rule, max_chars=80)


# Long: a list of columns.
def alert_columns(around: Around) -> tuple[Column[Alert], ...]:
    """One row for each alert."""
    return (
        Column(
            "severity",
            translate("Alerts", "Severity"),
            lambda row: words.severity_word(row.severity),
            sort=lambda row: words.weight(row),
            tone=words.alert_tone,
            toned=True,
            width=96,
        ),
        Column(
            "server",
            translate("Alerts", "Server"),
            lambda row: words.server_text(row.target),
            quiet=around.repeats,
            strong=True,
            width=104,
        ),
        Column("part", translate("Alerts", "Target"), words.part_text, width=76),
        Column(
            "rule",
            translate("Alerts", "Alert"),
            around.title,
            width=160,
            stretch=True,
            tip=lambda row: safe_line(row.sentence, max_chars=600),
        ),
        Column("state", translate("Alerts", "State"), around.stands, dim=True, width=150),
        Column(
            "first_seen",
            translate("Alerts", "First seen"),
            lambda row: around.moment(row.first_seen),
            sort=lambda row: row.first_seen.timestamp(),
            width=158,
            dim=True,
            drop=2,
        ),
        Column(
            "lasted",
            translate("Alerts", "For"),
            lambda row: words.lasted_text(row, around.now()),
            sort=lambda row: words.lasted_s(row, around.now()),
            align="right",
            width=102,
        ),
        Column(
            "owner",
            translate("Alerts", "Owner"),
            words.known_text,
            tone=lambda row: Tone.OK if row.acknowledged_by else None,
            tip=lambda row: words.acknowledged_text(row, around.zone(), around.now()),
            width=126,
            drop=1,
        ),
    )


# Long: a list of columns.
def history_columns(around: Around) -> tuple[Column[Alert], ...]:
    """One row for each episode that is over."""
    return (
        Column(
            "first_seen",
            translate("Alerts", "First seen"),
            lambda row: around.moment(row.first_seen),
            sort=lambda row: row.first_seen.timestamp(),
            width=132,
        ),
        Column(
            "severity",
            translate("Alerts", "Severity"),
            lambda row: words.severity_word(row.severity),
            sort=lambda row: words.RANKS[row.severity],
            tone=lambda row: words.severity_tone(row.severity),
            toned=True,
            width=104,
        ),
        Column(
            "server",
            translate("Alerts", "Server"),
            lambda row: words.server_text(row.target),
            strong=True,
            width=120,
        ),
        Column("part", translate("Alerts", "Target"), words.part_text, width=86),
        Column(
            "rule",
            translate("Alerts", "Alert"),
            around.title,
            width=180,
            stretch=True,
            tip=lambda row: safe_line(row.sentence, max_chars=600),
        ),
        Column(
            "resolved",
            translate("Alerts", "Ended"),
            lambda row: around.moment(row.resolved),
            sort=lambda row: None if row.resolved is None else row.resolved.timestamp(),
            width=132,
            dim=True,
            drop=2,
        ),
        Column(
            "lasted",
            translate("Alerts", "Lasted"),
            lambda row: words.lasted_text(row, around.now()),
            sort=lambda row: words.lasted_s(row, around.now()),
            align="right",
            width=90,
        ),
        Column("owner", translate("Alerts", "Owner"), words.known_text, width=116, drop=1),
        Column(
            "acknowledged",
            translate("Alerts", "Known"),
            lambda row: words.acknowledged_text(row, around.zone(), around.now()),
            width=170,
            dim=True,
            drop=3,
        ),
    )


def rule_columns(
    origin: Callable[[Rule], str],
) -> tuple[Column[Rule], ...]:
    """One row for each rule.

    Args:
        origin: whether it is a default, changed, or one's own, in a word.
    """
    return (
        Column(
            "state",
            translate("Alerts", "State"),
            lambda row: translate("Alerts", "on") if row.enabled else translate("Alerts", "off"),
            tone=lambda row: Tone.OK if row.enabled else Tone.QUIET,
            width=76,
        ),
        Column(
            "severity",
            translate("Alerts", "Severity"),
            lambda row: words.severity_word(row.severity),
            sort=lambda row: words.RANKS[row.severity],
            tone=lambda row: words.severity_tone(row.severity),
            width=104,
        ),
        Column(
            "title",
            translate("Alerts", "Rule"),
            lambda row: safe_line(words.rule_title(row), max_chars=100),
            strong=True,
            width=240,
        ),
        Column(
            "condition",
            translate("Alerts", "Condition"),
            lambda row: safe_line(row.condition, max_chars=200),
            fixed=True,
            width=200,
            stretch=True,
        ),
        Column(
            "for",
            translate("Alerts", "For"),
            lambda row: format_duration(row.for_s) if row.for_s else translate("Alerts", "at once"),
            sort=lambda row: row.for_s,
            align="right",
            width=84,
        ),
        Column("scope", translate("Alerts", "Scope"), lambda row: scope_word(row.scope), width=104, drop=2),
        Column(
            "where",
            translate("Alerts", "Where"),
            lambda row: safe_line(row.where, max_chars=100) or translate("Alerts", "everywhere"),
            width=120,
            dim=True,
            drop=3,
        ),
        Column("origin", translate("Alerts", "Origin"), origin, width=130, drop=1),
    )


def scope_word(scope: str) -> str:
    """What a rule is judged for."""
    found = {
        "fleet": translate("Alerts", "the fleet"),
        "server": translate("Alerts", "server"),
        "accelerator": translate("Alerts", "accelerator"),
    }
    return found.get(str(scope), safe_line(str(scope)))


def silence_columns(around: Around) -> tuple[Column[Silence], ...]:
    """One row for each silence."""
    return (
        Column(
            "ends",
            translate("Alerts", "Ends"),
            lambda row: around.moment(row.ends),
            sort=lambda row: row.ends.timestamp(),
            strong=True,
            width=132,
        ),
        Column(
            "left",
            translate("Alerts", "Left"),
            lambda row: left_text(row, around.now()),
            sort=lambda row: row.ends.timestamp(),
            align="right",
            width=90,
        ),
        Column("rule", translate("Alerts", "Rule"), lambda row: rule_text(row, around), width=220),
        Column(
            "server",
            translate("Alerts", "Server"),
            lambda row: safe_line(row.server) or translate("Alerts", "every server"),
            width=130,
        ),
        Column(
            "accelerator",
            translate("Alerts", "Accelerator"),
            lambda row: safe_line(row.accelerator, max_chars=24) or translate("Alerts", "every one"),
            width=130,
            dim=True,
            drop=2,
        ),
        Column(
            "reason",
            translate("Alerts", "Reason"),
            lambda row: safe_line(row.reason, max_chars=300) or UNKNOWN,
            width=160,
            stretch=True,
        ),
        Column("by", translate("Alerts", "By"), lambda row: safe_line(row.by, max_chars=60), width=130),
        Column(
            "begins",
            translate("Alerts", "Set"),
            lambda row: around.moment(row.begins),
            sort=lambda row: row.begins.timestamp(),
            width=132,
            dim=True,
            drop=3,
        ),
    )


def rule_text(silence: Silence, around: Around) -> str:
    """Which rule it silences."""
    if not silence.rule:
        return translate("Alerts", "every rule")
    return safe_line(around.titles().get(silence.rule) or silence.rule, max_chars=80)


def left_text(silence: Silence, now: datetime) -> str:
    """How long it still holds."""
    left_s = (silence.ends - now).total_seconds()
    return format_duration(float(max(1, round(left_s)))) if left_s > 0 else translate("Alerts", "over")


def delivery_columns(around: Around) -> tuple[Column[Delivery], ...]:
    """One row for each notification, those that failed first."""
    return (
        Column(
            "state",
            translate("Alerts", "State"),
            delivery_word,
            tone=delivery_tone,
            toned=True,
            width=130,
        ),
        Column(
            "channel",
            translate("Alerts", "Channel"),
            lambda row: safe_line(row.channel, max_chars=60),
            strong=True,
            width=140,
        ),
        Column(
            "begun",
            translate("Alerts", "Begun"),
            lambda row: around.moment(row.begun),
            sort=lambda row: row.begun.timestamp(),
            width=132,
        ),
        Column(
            "alerts",
            translate("Alerts", "Alerts"),
            lambda row: str(len(row.alerts)),
            sort=lambda row: len(row.alerts),
            align="right",
            width=70,
        ),
        Column(
            "attempts",
            translate("Alerts", "Attempts"),
            lambda row: str(row.attempts),
            sort=lambda row: row.attempts,
            align="right",
            width=84,
        ),
        Column(
            "delivered",
            translate("Alerts", "Delivered"),
            lambda row: around.moment(row.delivered),
            sort=lambda row: None if row.delivered is None else row.delivered.timestamp(),
            width=132,
            dim=True,
            drop=2,
        ),
        Column(
            "problem",
            translate("Alerts", "Last failure"),
            lambda row: safe_line(row.problem, max_chars=300),
            width=160,
            stretch=True,
        ),
    )


def delivery_word(row: Delivery) -> str:
    """How a notification stands."""
    if row.delivered is not None:
        return translate("Alerts", "delivered")
    if row.given_up:
        return translate("Alerts", "given up")
    return translate("Alerts", "tried again") if row.problem else translate("Alerts", "on its way")


def delivery_tone(row: Delivery) -> Tone:
    """How that looks."""
    if row.delivered is not None:
        return Tone.OK
    if row.given_up:
        return Tone.CRITICAL
    return Tone.WARNING if row.problem else Tone.ACTIVE
