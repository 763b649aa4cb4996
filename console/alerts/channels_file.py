"""The text of notifiers.toml: from it to channels, and back. A fault is told with line and key, never with
what stands there: it may be a secret in the wrong place. No I/O."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence

from console.alerts.alert import AlertSeverity
from console.alerts.channel import Channel, variable_for, with_defaults
from console.core.problems import Problem
from console.core.units import format_duration, parse_duration
from console.plugin.api import NotifierKind
from console.telemetry.filter import read_strictly

NEVER = "never"

_NAME = re.compile(r"^[a-z][a-z0-9-]{0,39}$")
_HEADER = re.compile(r"^\s*\[\[\s*channel\s*\]\]")
_KEY = re.compile(r"^[A-Za-z0-9_-]{1,40}$")
_LEAST_REPEAT_S = 300.0


def parse_channels(text: str, kinds: Sequence[NotifierKind]) -> tuple[Channel, ...]:
    """The channels of a notifiers.toml.

    Raises:
        Problem: `channels.invalid` with the line and the key of the first fault.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        # The parser's own words quote what stands there, which may be a secret put in the wrong place.
        raise _invalid(int(found[1]) if found else None, "", "it is not TOML") from error
    if odd := next((key for key in table if key != "channel"), None):
        raise _invalid(_line(text, -1, odd), odd, "only [[channel]] tables may stand here")
    entries = table.get("channel", [])
    if not isinstance(entries, list):
        raise _invalid(_line(text, -1, "channel"), "channel", "write [[channel]]")
    channels: list[Channel] = []
    for number, entry in enumerate(entries):
        channel = _channel(text, number, entry, kinds)
        if any(each.name == channel.name for each in channels):
            raise _invalid(_line(text, number, "name"), "name", f"there is another channel '{channel.name}'")
        channels.append(channel)
    return tuple(channels)


def _channel(text: str, number: int, entry: Mapping[str, object], kinds: Sequence[NotifierKind]) -> Channel:
    def wrong(key: str, reason: str) -> Problem:
        return _invalid(_line(text, number, key), key, reason)

    kind = next((each for each in kinds if each.name == entry.get("kind")), None)
    if kind is None:
        names = ", ".join(sorted(each.name for each in kinds)) or "none, no plugin provides any"
        raise wrong("kind", f"it is none of {names}")
    own = {each.name: each for each in kind.fields}
    read: dict[str, object] = {}
    settings: dict[str, str] = {}
    for key, value in entry.items():
        if key in _COMMON:
            try:
                read |= _COMMON[key](value)
            except (ValueError, TypeError) as error:
                raise wrong(key, str(error)) from error
            except Problem as problem:
                raise wrong(key, problem.sentence.rstrip(".")) from problem
        elif key not in own:
            raise wrong(key, f"a channel of the kind {kind.name} has no such setting")
        elif own[key].secret:
            variable = variable_for(str(entry.get("name")), key)
            raise wrong(key, f"it is a secret and may not stand in this file; use the keyring or {variable}")
        elif isinstance(value, bool) or not isinstance(value, str | int):
            raise wrong(key, "it is no text")
        else:
            settings[key] = str(value)
    if "name" not in read:
        raise wrong("name", "it is missing")
    channel = Channel(**{**read, "settings": settings})  # type: ignore[arg-type]
    if fault := _fault(channel, kind):
        raise wrong(*fault)
    return channel


def _fault(channel: Channel, kind: NotifierKind) -> tuple[str, str] | None:
    """Key and reason of what is wrong with the kind's own settings, secrets apart."""
    for each in kind.fields:
        value = channel.settings.get(each.name, each.default)
        if each.secret:
            continue
        if each.required and not value:
            return each.name, "it is missing"
        if each.choices and value not in each.choices:
            return each.name, f"it is none of {', '.join(each.choices)}"
        if value and not value.isprintable():
            return each.name, "it holds characters that cannot be seen"
    reason = kind.check(with_defaults(channel, kind))
    return ("kind", reason) if reason else None


def _named(value: object) -> dict[str, object]:
    if not isinstance(value, str) or not _NAME.match(value):
        raise ValueError("it takes lower-case letters, digits and dashes, a letter first, 40 at most")
    return {"name": value}


def _severity(value: object) -> dict[str, object]:
    if value not in list(AlertSeverity):
        raise ValueError(f"it is none of {', '.join(AlertSeverity)}")
    return {"severity": AlertSeverity(str(value))}


def _servers(value: object) -> dict[str, object]:
    if not isinstance(value, str):
        raise ValueError("it is no text")
    if value.strip() and read_strictly(value).measured:
        raise ValueError("it may ask for names, hosts, roles and labels only")
    return {"servers": value.strip()}


def _flag(key: str) -> Callable[[object], dict[str, object]]:
    def read(value: object) -> dict[str, object]:
        if not isinstance(value, bool):
            raise ValueError("it is neither true nor false")
        return {key: value}

    return read


def _seconds(key: str, least: float, most: float) -> Callable[[object], dict[str, object]]:
    def read(value: object) -> dict[str, object]:
        if key == "repeat_s" and value == NEVER:
            return {key: None}
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError("it is no duration")
        seconds = parse_duration(str(value)).total_seconds()
        if not least <= seconds <= most:
            raise ValueError(f"it is not between {format_duration(least)} and {format_duration(most)}")
        return {key: seconds}

    return read


_COMMON: dict[str, Callable[[object], dict[str, object]]] = {
    "name": _named,
    "kind": lambda value: {"kind": value},
    "severity": _severity,
    "servers": _servers,
    "resolved": _flag("resolved"),
    "repeat_every": _seconds("repeat_s", _LEAST_REPEAT_S, 30 * 86400),
    "group_wait": _seconds("wait_s", 0, 3600),
    "group_interval": _seconds("interval_s", 0, 86400),
    "enabled": _flag("enabled"),
}


def format_channels(channels: Sequence[Channel]) -> str:
    """The file's text; `parse_channels` gives the same again."""
    parts = ["# Channels of alerts. Secrets live in the keyring or the environment, never here.\n"]
    for each in channels:
        repeat = NEVER if each.repeat_s is None else f"{each.repeat_s:g}s"
        lines = [
            ("name", each.name),
            ("kind", each.kind),
            ("severity", str(each.severity)),
            ("servers", each.servers),
            ("resolved", each.resolved),
            ("repeat_every", repeat),
            ("group_wait", f"{each.wait_s:g}s"),
            ("group_interval", f"{each.interval_s:g}s"),
            ("enabled", each.enabled),
            *sorted((key, value) for key, value in each.settings.items() if value),
        ]
        # A JSON text is a TOML basic string, but for DEL.
        told = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in lines]
        parts.append("\n".join(["[[channel]]", *told, ""]))
    return "\n".join(parts)


def _line(text: str, number: int, key: str) -> int | None:
    """The line of a key in the table of that number; of its header where the key is not written there."""
    at, header = -1, None
    for count, line in enumerate(text.splitlines(), 1):
        if _HEADER.match(line):
            at += 1
            header = count if at == number else header
        elif at == number and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return count
    return header


def _invalid(line: int | None, key: str, reason: str) -> Problem:
    where = f"line {line}" if line is not None else "the file"
    # What is no name of a key may be a secret in the wrong place.
    about = f"{where}, '{key}'" if _KEY.match(key) else where
    return Problem("channels.invalid", where=about, reason=reason)
