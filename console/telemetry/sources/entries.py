"""Which sources there are, as values and as a file of the home. Their secrets are never in it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from console.core.files import write_atomically
from console.core.problems import Problem
from console.plugin.api.web import wrong_with

MOST_INTERVAL_S = 3600.0
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Login(StrEnum):
    """How Tandem logs in there."""

    NONE = "none"
    BEARER = "bearer"
    BASIC = "basic"


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One source.

    Attributes:
        name: unique, chosen by the person.
        kind: which plugin's source it is: "prometheus".
        url: its root; the API lies below it.
        through: the server through whose forward it is reached, as that server sees the URL; None: from here.
        login, user: how to log in; the secret is in the keyring, or in `token_file`, read anew each time.
        ca_file: certificates (PEM) to trust in place of the system's.
        interval_s: seconds between two readings.
        settings: the plugin's own.
    """

    name: str
    url: str
    kind: str = "prometheus"
    through: str | None = None
    login: Login = Login.NONE
    user: str = ""
    token_file: str = ""
    ca_file: str = ""
    interval_s: float = 15.0
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def secret_name(self) -> str:
        """What its token or password is called in the keyring."""
        return f"source {self.name}"


def checked(entry: SourceEntry) -> SourceEntry:
    """The entry, if it makes sense.

    Raises:
        Problem: `input.invalid`.
    """
    fault = _fault(entry)
    if fault is not None:
        raise Problem("input.invalid", what=f"source '{entry.name[:60]}'", reason=fault)
    return entry


def _fault(entry: SourceEntry) -> str | None:
    if not _NAME.fullmatch(entry.name):
        return "its name takes small letters, digits, '-' and '_'"
    secret = entry.login is not Login.NONE
    # Through a forward the way is encrypted; a token in the clear would be read by everybody on the way.
    if fault := wrong_with(entry.url, plain=entry.through is not None or not secret):
        return fault
    parts = urlsplit(entry.url)
    if parts.query or parts.fragment:
        return "the address ends with its path"
    if entry.login is Login.BASIC and not entry.user:
        return "basic authentication needs a user"
    if not 1.0 <= entry.interval_s <= MOST_INTERVAL_S:
        return f"the interval lies between 1 and {MOST_INTERVAL_S:.0f} seconds"
    return None


class SourceBook:
    """The file. Any thread may call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def list(self) -> tuple[SourceEntry, ...]:
        """All entries, in the order in which they were added.

        Raises:
            Problem: `file.unreadable`.
        """
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise Problem("file.unreadable", path=self._path, reason=error) from error
        listed = found.get("sources") if isinstance(found, dict) and found.get("v") == 1 else None
        if not isinstance(listed, list):
            raise Problem("file.unreadable", path=self._path, reason="it is no list of sources")
        try:
            return tuple(checked(_entry(each)) for each in listed)
        except (TypeError, ValueError, AttributeError) as error:
            raise Problem("file.unreadable", path=self._path, reason=error) from error

    def get(self, name: str) -> SourceEntry:
        """One of them.

        Raises:
            Problem: `id.unknown`, `file.unreadable`.
        """
        for entry in self.list():
            if entry.name == name:
                return entry
        raise Problem("id.unknown", kind="source", given=name, listing="source list")

    def put(self, entry: SourceEntry, *, replace: bool = False) -> None:
        """Keep an entry.

        Raises:
            Problem: `input.invalid`, `name.taken`, `file.unreadable`, `file.unwritable`.
        """
        checked(entry)
        with self._lock:
            others = [each for each in self.list() if each.name != entry.name]
            if not replace and len(others) < len(self.list()):
                raise Problem("name.taken", kind="source", name=entry.name)
            self._write([*others, entry])

    def remove(self, name: str) -> None:
        """Forget one.

        Raises:
            Problem: `id.unknown`, `file.unreadable`, `file.unwritable`.
        """
        with self._lock:
            self.get(name)
            self._write([each for each in self.list() if each.name != name])

    def _write(self, entries: Sequence[SourceEntry]) -> None:
        text = json.dumps({"v": 1, "sources": [asdict(each) for each in entries]}, indent=1)
        write_atomically(self._path, text.encode())


def _entry(found: Mapping[str, object]) -> SourceEntry:
    values = {each.name: found[each.name] for each in fields(SourceEntry) if each.name in found}
    settings = values.get("settings", {})
    if not isinstance(settings, dict):
        raise TypeError("'settings' is no object")
    texts = ("name", "url", "kind", "user", "token_file", "ca_file")
    if any(not isinstance(values.get(key, ""), str) for key in texts):
        raise TypeError("a text is none")
    values["login"] = Login(str(values.get("login", "none")))
    values["interval_s"] = float(str(values.get("interval_s", 15.0)))
    values["settings"] = {str(key): str(value) for key, value in settings.items()}
    return SourceEntry(**values)  # type: ignore[arg-type]
