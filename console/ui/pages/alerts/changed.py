"""Lines about what lies around an alert: what was done on its server and changed there, earlier episodes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from console.alerts.alert import Alert
from console.commands.alerts import Story
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_duration
from console.ui.i18n import translate
from console.ui.pages.activity.audit_card import action_text, outcome_word
from console.ui.pages.alerts import words
from console.ui.pages.server.equipment_card import item_word
from console.ui.times import moment_text

MOST = 6


def changed_lines(story: Story, zone: tzinfo) -> list[str]:
    """What was done and what changed, newest first, each with how long before or after the alert began."""
    found: list[tuple[datetime, str]] = []
    for row in story.acts:
        text = translate("Alerts", "{what}, {outcome}, by {who}")
        who, what = safe_line(row.account, max_chars=60), action_text(row)
        found.append((row.time, text.format(what=what, outcome=outcome_word(row), who=who)))
    for change in story.equipment:
        part = f"{safe_line(change.part, max_chars=16)} " if change.part else ""
        text = translate("Alerts", "{item} {before} → {after}")
        found.append(
            (
                change.time,
                part
                + text.format(
                    item=item_word(change.item),
                    before=safe_line(change.before or UNKNOWN, max_chars=60),
                    after=safe_line(change.after or UNKNOWN, max_chars=60),
                ),
            )
        )
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [f"{_apart(at, story.alert.first_seen, zone)}  {text}" for at, text in found[:MOST]]


def _apart(at: datetime, first_seen: datetime, zone: tzinfo) -> str:
    """ "11:58:02 (4 min before)"."""
    apart_s = (first_seen - at).total_seconds()
    span = format_duration(float(max(1, round(abs(apart_s)))))
    when = moment_text(at, zone, now=first_seen)
    if apart_s >= 0:
        return translate("Alerts", "{when} ({span} before)").format(when=when, span=span)
    return translate("Alerts", "{when} ({span} after)").format(when=when, span=span)


def earlier_lines(episodes: Sequence[Alert], zone: tzinfo, now: datetime) -> list[str]:
    """When the same was before, newest first, and how long it lasted."""
    text = translate("Alerts", "{when}, lasted {span}")
    return [
        text.format(when=moment_text(each.first_seen, zone, now=now), span=words.lasted_text(each, now))
        for each in episodes[:MOST]
    ]
