"""The columns of the list of channels. No widget lives here."""

from __future__ import annotations

from console.alerts.channels import MISSING
from console.commands.alert_channels import ChannelRow
from console.core.text import safe_line
from console.core.units import format_duration
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.tones import Tone
from console.ui.pages.alerts.words import RANKS, severity_word


def channel_columns() -> tuple[Column[ChannelRow], ...]:
    """One row for each channel."""
    return (
        Column("state", translate("Alerts", "State"), state_text, tone=_tone, toned=True, width=176),
        Column(
            "name",
            translate("Alerts", "Channel"),
            lambda row: safe_line(row.channel.name),
            strong=True,
            width=150,
        ),
        Column("kind", translate("Alerts", "By"), lambda row: safe_line(row.title, max_chars=60), width=150),
        Column(
            "severity",
            translate("Alerts", "From"),
            lambda row: severity_word(row.channel.severity),
            sort=lambda row: RANKS[row.channel.severity],
            width=90,
        ),
        Column(
            "servers",
            translate("Alerts", "Servers"),
            lambda row: safe_line(row.channel.servers, max_chars=120) or translate("Alerts", "every server"),
            width=160,
            stretch=True,
        ),
        Column(
            "resolved",
            translate("Alerts", "Its end"),
            lambda row: (
                translate("Alerts", "is told") if row.channel.resolved else translate("Alerts", "is not told")
            ),
            width=100,
            dim=True,
            drop=3,
        ),
        Column("repeat", translate("Alerts", "Again after"), repeat_text, width=110, align="right", drop=2),
        Column("secrets", translate("Alerts", "Secrets"), secrets_text, width=170, dim=True, drop=1),
    )


def missing(row: ChannelRow) -> bool:
    """Whether a secret is missing without which nothing can be sent."""
    return MISSING in row.secrets.values()


def state_text(row: ChannelRow) -> str:
    """Whether anything is sent through it."""
    if not row.channel.enabled:
        return translate("Alerts", "off")
    return translate("Alerts", "a secret is missing") if missing(row) else translate("Alerts", "on")


def _tone(row: ChannelRow) -> Tone:
    if not row.channel.enabled:
        return Tone.QUIET
    return Tone.WARNING if missing(row) else Tone.OK


def repeat_text(row: ChannelRow) -> str:
    """After how long what still fires is told again."""
    after_s = row.channel.repeat_s
    return translate("Alerts", "never") if after_s is None else format_duration(after_s)


def secrets_text(row: ChannelRow) -> str:
    """Where each secret comes from; none is ever shown."""
    words = {
        "keyring": translate("Alerts", "in the keyring"),
        "environment": translate("Alerts", "in the environment"),
        "missing": translate("Alerts", "missing"),
    }
    parts = [f"{safe_line(name)}: {words.get(place, place)}" for name, place in row.secrets.items()]
    return ", ".join(parts)
