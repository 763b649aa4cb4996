"""What a person is told when alerts fire or end: one notice a server, one for all where many. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from console.alerts.alert import Alert, AlertSeverity, AlertState
from console.core.notify import Level, Notice
from console.core.text import safe_line
from console.ui.i18n import translate
from console.ui.pages.alerts.words import RANKS, server_text, worst_first

MOST_SERVERS = 3
_LEVELS = {
    AlertSeverity.CRITICAL: Level.CRITICAL,
    AlertSeverity.WARNING: Level.WARNING,
    AlertSeverity.INFO: Level.INFO,
}


def key_of(server: str) -> str:
    """Notices of one server replace each other."""
    return f"alert {server}"


def notices(changed: Sequence[Alert], standing: Sequence[Alert], titles: Mapping[str, str]) -> list[Notice]:
    """Notices for what fired or ended since, the worst last: that one lies on top.

    Args:
        changed: silenced ones are not told.
        standing: all that hold now; a server where something still fires is not called fine.
        titles: what rules are called.
    """
    told = [each for each in changed if not each.muted]
    fired = [each for each in told if each.state is AlertState.FIRING]
    ended = [each for each in told if each.state is AlertState.RESOLVED]
    firing = {each.target.server for each in standing if each.state is AlertState.FIRING and not each.muted}
    found = _ended(ended, firing, titles)
    groups = _by_server(fired)
    if len(groups) > MOST_SERVERS:
        worst = worst_first(fired)[0]
        text = translate("Alerts", "{count} alerts fire on {servers} servers.")
        level = _LEVELS[worst.severity]
        whole = text.format(count=len(fired), servers=len(groups))
        found.append(Notice(whole, level, key_of("*"), safe_line(worst.sentence, max_chars=300)))
        return found
    notes = [_fired(group, titles) for group in groups.values()]
    found += sorted(notes, key=lambda each: list(Level).index(each.level))
    return found


def _by_server(alerts: Sequence[Alert]) -> dict[str, list[Alert]]:
    groups: dict[str, list[Alert]] = {}
    for each in worst_first(alerts):
        groups.setdefault(each.target.server, []).append(each)
    return groups


def _fired(group: Sequence[Alert], titles: Mapping[str, str]) -> Notice:
    worst = group[0]
    level = _LEVELS[max((each.severity for each in group), key=lambda severity: RANKS[severity])]
    text = safe_line(worst.sentence, max_chars=300)
    if len(group) > 1:
        words = translate("Alerts", "{server}: {count} alerts, first {title}")
        title = titles.get(worst.rule) or worst.rule
        text = words.format(
            server=server_text(worst.target), count=len(group), title=safe_line(title, max_chars=80)
        )
    return Notice(text, level, key_of(worst.target.server), safe_line(worst.remedy, max_chars=300))


def _ended(ended: Sequence[Alert], firing: set[str], titles: Mapping[str, str]) -> list[Notice]:
    """That it is over replaces what was said of that server, unless something else still fires there."""
    found = []
    groups = _by_server(ended)
    if len(groups) > MOST_SERVERS:
        text = translate("Alerts", "{count} alerts are over.").format(count=len(ended))
        return [Notice(text, Level.INFO, key_of("over"))]
    for server, group in groups.items():
        title = titles.get(group[0].rule) or group[0].rule
        words = translate("Alerts", "{server}: over: {title}")
        if len(group) > 1:
            words = translate("Alerts", "{server}: {count} alerts are over.")
        text = words.format(
            server=server_text(group[0].target), title=safe_line(title, max_chars=80), count=len(group)
        )
        key = key_of(f"over {server}" if server in firing else server)
        found.append(Notice(text, Level.INFO, key))
    return found
