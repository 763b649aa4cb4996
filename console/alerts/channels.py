"""The channels of `notifiers.toml` and the secrets that belong to them: listed, saved, removed. Secrets live
in the keyring or the environment, never in that file, and nothing here shows one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from console.alerts.channel import Channel, variable_for, with_defaults
from console.alerts.channels_file import format_channels, parse_channels
from console.core.files import write_atomically
from console.core.problems import Problem
from console.plugin.api import NotifierKind

MAX_BYTES = 256 * 1024
KEYRING, ENVIRONMENT, MISSING = "keyring", "environment", "missing"


class SecretStore(Protocol):
    """The part of the house's secrets that channels need."""

    def value_of(self, name: str) -> str | None:
        """What is kept under a name, None where nothing is."""

    def put(self, name: str, value: str) -> None:
        """Keep it in the keyring."""

    def kept(self) -> tuple[str, ...]:
        """Names of what is kept."""

    def forget(self, name: str) -> None:
        """Take it out."""


class ChannelBook:
    """What is configured, and the secrets that belong to it. Any thread may call.

    Args:
        path: the file, `<home>/notifiers.toml`.
        kinds: what the plugins provide.
        environ: where secrets may stand too; they come before the keyring's.
    """

    def __init__(
        self,
        path: Path,
        kinds: Sequence[NotifierKind],
        secrets: SecretStore,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path
        self.kinds = tuple(kinds)
        self._secrets = secrets
        self._environ = os.environ if environ is None else environ

    def list(self) -> tuple[Channel, ...]:
        """Every channel, in the file's order; none where there is no file.

        Raises:
            Problem: `file.unreadable`, `channels.invalid`.
        """
        try:
            with self.path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            text = data.decode("utf-8")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8"
            raise Problem("file.unreadable", path=self.path, reason=reason) from error
        if len(data) > MAX_BYTES:
            raise Problem("file.unreadable", path=self.path, reason=f"it is larger than {MAX_BYTES} bytes")
        return parse_channels(text, self.kinds)

    def channel(self, name: str) -> Channel:
        """One by its name.

        Raises:
            Problem: `id.unknown`, and those of `list`.
        """
        for each in self.list():
            if each.name == name:
                return each
        raise Problem("id.unknown", kind="channel", given=name, listing="alert channels")

    def kind(self, name: str) -> NotifierKind:
        """A kind by its name.

        Raises:
            Problem: `input.invalid`.
        """
        for each in self.kinds:
            if each.name == name:
                return each
        names = ", ".join(sorted(each.name for each in self.kinds)) or "none"
        raise Problem("input.invalid", what="the kind of a channel", reason=f"there are {names}")

    def save(self, channel: Channel, secrets: Mapping[str, str] | None = None) -> Channel:
        """Add a channel, or change the one of that name.

        Args:
            secrets: new values by field; those left out stay as they are, an empty one is taken out.

        Raises:
            Problem: `input.invalid` for what does not fit, `secret.keyring` where secrets cannot be kept,
                `file.unwritable`, and those of `list`.
        """
        kind = self.kind(channel.kind)
        before = self.list()
        # What is written is what would be read: the same checks for a file and a form.
        try:
            (checked,) = parse_channels(format_channels([channel]), self.kinds)
        except Problem as problem:
            reason = problem.attrs.get("reason", problem.sentence)
            key = str(problem.attrs.get("where", "")).partition(", ")[2].strip("'")
            what = f"'{key}' of the channel" if key else "the channel"
            raise Problem("input.invalid", what=what, reason=reason) from problem
        given = {key: value.strip() for key, value in (secrets or {}).items()}
        self._check_secrets(checked, kind, given)
        for key, value in given.items():
            if value:
                self._secrets.put(_entry(checked.name, key), value)
            else:
                self._forget(checked.name, key)
        kept = [checked if each.name == checked.name else each for each in before]
        self._write([*kept, checked] if checked not in kept else kept)
        return checked

    def _check_secrets(self, channel: Channel, kind: NotifierKind, given: Mapping[str, str]) -> None:
        names = {each.name for each in kind.fields if each.secret}
        for key, value in given.items():
            if key not in names:
                raise Problem("input.invalid", what=f"'{key}'", reason=f"{kind.name} has no such secret")
            if not value.isprintable() or len(value) > 2000:
                raise Problem("input.invalid", what=f"'{key}'", reason="it has characters no secret has")
        reason = kind.check({**with_defaults(channel, kind), **{k: v for k, v in given.items() if v}})
        if reason:
            raise Problem("input.invalid", what="the channel", reason=reason)

    def remove(self, name: str) -> None:
        """Forget a channel and its secrets.

        Raises:
            Problem: `id.unknown`, `secret.keyring`, `file.unwritable`, and those of `list`.
        """
        channel = self.channel(name)
        for each in self.kind(channel.kind).fields:
            if each.secret:
                self._forget(name, each.name)
        self._write([each for each in self.list() if each.name != name])

    def secret_places(self, channel: Channel) -> dict[str, str]:
        """Where each secret of a channel comes from, without reading any: KEYRING, ENVIRONMENT or MISSING.

        Secrets that are not needed and not there are left out.
        """
        kept = self._secrets.kept()
        places: dict[str, str] = {}
        for each in self.kind(channel.kind).fields:
            if not each.secret:
                continue
            if self._environ.get(variable_for(channel.name, each.name)):
                places[each.name] = ENVIRONMENT
            elif _entry(channel.name, each.name) in kept:
                places[each.name] = KEYRING
            elif each.required:
                places[each.name] = MISSING
        return places

    def settings_for(self, channel: Channel) -> tuple[dict[str, str], tuple[str, ...]]:
        """All settings of a channel, secrets too, and those secrets alone, for hiding them in what is shown.

        Raises:
            Problem: `channel.secret_missing`.
        """
        kind = self.kind(channel.kind)
        settings = with_defaults(channel, kind)
        hidden: list[str] = []
        for each in kind.fields:
            if not each.secret:
                continue
            variable = variable_for(channel.name, each.name)
            value = self._environ.get(variable) or self._secrets.value_of(_entry(channel.name, each.name))
            if value:
                settings[each.name] = value.strip()
                hidden.append(value.strip())
            elif each.required:
                raise Problem(
                    "channel.secret_missing", channel=channel.name, secret=each.name, variable=variable
                )
        return settings, tuple(hidden)

    def _forget(self, channel: str, field_name: str) -> None:
        if _entry(channel, field_name) in self._secrets.kept():
            self._secrets.forget(_entry(channel, field_name))

    def _write(self, channels: Sequence[Channel]) -> None:
        write_atomically(self.path, format_channels(channels).encode())


def _entry(channel: str, field_name: str) -> str:
    return f"notifier {channel} {field_name}"
