"""What a channel is: by what, of what and how often people are told. Holds no secret and does no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from console.alerts.alert import AlertSeverity
from console.plugin.api import NotifierKind


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to people, as configured.

    Attributes:
        name: unique: lower case, digits and dashes.
        kind: name of a NotifierKind, "slack".
        severity: the least that is told through it.
        servers: a filter over the inventory as everywhere (`label.team=vision`); empty for all, and only then
            alerts of the whole fleet are told too.
        resolved: whether it is told that an alert is over.
        repeat_s: seconds after which what still fires, and nobody acknowledged, is told again; None never.
        wait_s: seconds for which others of the same server are waited for.
        interval_s: seconds between two messages of one server; what is critical does not wait for it.
        enabled: whether anything is sent.
        settings: the kind's own, without secrets.
    """

    name: str
    kind: str
    severity: AlertSeverity = AlertSeverity.WARNING
    servers: str = ""
    resolved: bool = True
    repeat_s: float | None = 4 * 3600.0
    wait_s: float = 10.0
    interval_s: float = 300.0
    enabled: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)


def with_defaults(channel: Channel, kind: NotifierKind) -> dict[str, str]:
    """A channel's settings, those left out as the kind has them."""
    defaults = {each.name: each.default for each in kind.fields if not each.secret and each.default}
    return {**defaults, **{key: value for key, value in channel.settings.items() if value}}


def variable_for(channel: str, field_name: str) -> str:
    """The environment variable that gives a channel's secret: TANDEM_NOTIFIER_OPS_SLACK_URL."""
    return f"TANDEM_NOTIFIER_{channel}_{field_name}".replace("-", "_").upper()


def channel_document(channel: Channel) -> dict[str, object]:
    """A channel as JSON, for `--json` and the audit; it holds no secret."""
    return {each.name: getattr(channel, each.name) for each in fields(channel) if each.name != "settings"} | {
        "settings": dict(channel.settings)
    }
