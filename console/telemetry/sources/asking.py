"""Asks a source over HTTP: by URL or through a forward, with its login, bounded in time and size."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.forwards import ForwardState, ForwardView
from console.plugin.api import NotSent
from console.plugin.api.web import Answer, Deadline, post
from console.telemetry.sources.entries import Login, SourceEntry

MAX_ANSWER_BYTES = 64 * 1024 * 1024
PATIENCE_S = 20.0
_MAX_TOKEN_BYTES = 64 * 1024


class Forwards(Protocol):
    """What this room needs of the fleet's forwards."""

    def open(
        self, server: str, port: int, *, host: str = ..., local_port: int = ..., name: str | None = ...
    ) -> ForwardView:
        """Open one; comes back when it is open."""

    def view(self, name: str) -> ForwardView:
        """One of them."""

    def close(self, name: str) -> None:
        """Close one."""


class SourceAsk:
    """An `Ask` for one entry. Any thread may call; `close` closes its forward.

    Attributes:
        asked, bytes: how many questions were answered so far, and how large the answers were.
    """

    def __init__(
        self,
        entry: SourceEntry,
        secret_of: Callable[[str], str | None],
        forwards: Forwards,
        *,
        patience_s: float = PATIENCE_S,
        most_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        self._entry = entry
        self._secret_of = secret_of
        self._forwards = forwards
        self._patience_s = patience_s
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._forward = ""
        self._waiting: set[Deadline] = set()
        self._stopped = False
        self.asked = 0
        self.bytes = 0

    def __call__(self, path: str, parameters: Mapping[str, str]) -> str:
        """The answer's text.

        Raises:
            Problem: `source.*`, `file.unreadable` (its token), what keeps the forward from opening.
        """
        entry = self._entry
        headers = {"Content-Type": "application/x-www-form-urlencoded", **self._login()}
        url = f"{entry.url.rstrip('/')}/{path}"
        way = self._way()
        deadline = Deadline(self._patience_s)
        with self._lock:
            if self._stopped:
                raise Problem("source.unreachable", source=entry.name, reason="it is read no more")
            self._waiting.add(deadline)
        try:
            answer = post(
                url,
                urlencode(parameters).encode(),
                headers,
                self._patience_s,
                ca_file=entry.ca_file,
                most_bytes=self._most_bytes + 1,
                by=way,
                deadline=deadline,
            )
        except NotSent as error:
            raise Problem("source.unreachable", source=entry.name, reason=error) from error
        finally:
            with self._lock:
                self._waiting.discard(deadline)
        self.asked += 1
        self.bytes += len(answer.body)
        return self._text(answer)

    def stop(self) -> None:
        """Ask no more; what is being asked ends at once."""
        with self._lock:
            self._stopped = True
            waiting = list(self._waiting)
        for each in waiting:
            each.end()

    def close(self) -> None:
        """Stop, and close the forward if there is one."""
        self.stop()
        with self._lock:
            name, self._forward = self._forward, ""
        if name:
            self._forwards.close(name)

    def _text(self, answer: Answer) -> str:
        name = self._entry.name
        if answer.status in (401, 403):
            raise Problem("source.login", source=name, status=answer.status)
        if not 200 <= answer.status < 300:
            reason = _error_of(answer) or "it says no more"
            raise Problem("source.error", source=name, status=answer.status, reason=reason)
        if len(answer.body) > self._most_bytes:
            most = self._most_bytes // (1024 * 1024)
            raise Problem("source.answer", source=name, reason=f"an answer is larger than {most} MiB")
        try:
            return answer.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Problem("source.answer", source=name, reason="it is no UTF-8") from error

    def _login(self) -> dict[str, str]:
        entry = self._entry
        if entry.login is Login.NONE:
            return {}
        secret = self._secret()
        if entry.login is Login.BEARER:
            return {"Authorization": f"Bearer {secret}"}
        pair = base64.b64encode(f"{entry.user}:{secret}".encode()).decode("ascii")
        return {"Authorization": f"Basic {pair}"}

    def _secret(self) -> str:
        entry = self._entry
        if entry.token_file:
            path = Path(entry.token_file).expanduser()
            try:
                with path.open("rb") as file:
                    found: str | None = file.read(_MAX_TOKEN_BYTES).decode("utf-8").strip()
            except (OSError, ValueError) as error:
                raise Problem("file.unreadable", path=path, reason=error) from error
        else:
            found = self._secret_of(entry.secret_name)
        if not found or not found.isprintable():
            raise Problem("source.no_secret", source=entry.name)
        return found

    def _way(self) -> tuple[str, int] | None:
        """Where to connect to in place of the URL's host."""
        entry = self._entry
        if entry.through is None:
            return None
        parts = urlsplit(entry.url)
        with self._lock:
            if not self._forward:
                port = parts.port or (443 if parts.scheme == "https" else 80)
                view = self._forwards.open(entry.through, port, host=parts.hostname or "127.0.0.1")
                self._forward = view.name
            view = self._forwards.view(self._forward)
        if view.state is not ForwardState.OPEN:
            raise view.problem or Problem(
                "source.unreachable", source=entry.name, reason="its forward is not open"
            )
        return "127.0.0.1", view.local_port


def _error_of(answer: Answer) -> str:
    """What an error of the HTTP API says of itself, else how it begins."""
    try:
        found = json.loads(answer.body[:65536])
    except ValueError:
        return answer.text
    return safe_line(str(found.get("error", "")), max_chars=200) if isinstance(found, dict) else answer.text
