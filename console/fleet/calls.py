"""Which requests change something, and what of a request may stand in the audit log. Pure but for the log."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from console.core.audit import AuditEntry, AuditSink, Outcome
from console.core.clock import Clock

CHANGING = frozenset(
    {
        "exec",
        "file.write",
        "file.commit",
        "file.mkdir",
        "file.remove",
        "file.folder",
        "file.rename",
        "file.delete",
        "file.replace",
        "home.clean",
        "job.submit",
        "job.again",
        "job.adopt",
        "code.missing",
        "code.room",
        "job.cancel",
        "job.stop",
        "job.remove",
        "process.end",
        "service.start",
        "service.stop",
        "service.remove",
        "router.command",
        "http.post",
        "json.swap",
        "alerts.create",
        "alerts.swap",
        "carry.listen",
        "carry.start",
        "carry.go",
        "carry.cancel",
        "carry.remove",
        "privileged.run",
        "server.drain",
        "server.resume",
        "server.limit",
    }
)
# What a console does all the time by itself says nothing of who did what.
_SILENT = frozenset({"hello", "telemetry.subscribe", "telemetry.once", "alerts.read"})
_DATA = frozenset(
    {"data_b64", "body_b64", "stdin_b64", "data", "text", "key", "secret", "certificate", "cursors"}
)
_NAMES_ONLY = frozenset({"env", "secrets", "files"})
# Where in a thing one reads: going through a log is reading the same thing again.
_PLACES = frozenset({"offset", "limit", "first", "size", "nth", "hole"})
_MAX_TEXT = 2000
_MAX_ITEMS = 200
_MAX_DEPTH = 8
_AGAIN_AFTER_S = 60.0
_REMEMBERED = 2048


def is_changing(method: str, params: Mapping[str, object]) -> bool:
    """Whether a request could change something on the server."""
    if method == "router.command" and str(params.get("command", "")).startswith("show "):
        return False
    return method in CHANGING


def redacted(params: Mapping[str, object]) -> dict[str, object]:
    """Parameters for the audit log: no data, no secrets, of an environment the names alone."""
    return {str(key): _shown(str(key), value, 0) for key, value in list(params.items())[:_MAX_ITEMS]}


def _shown(key: str, value: object, depth: int) -> object:
    if key in _DATA:
        return f"<{len(value)} characters>" if isinstance(value, str) else "<data>"
    if key in _NAMES_ONLY and isinstance(value, Mapping):
        return sorted(str(name) for name in value)[:_MAX_ITEMS]
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return {str(k): _shown(str(k), each, depth + 1) for k, each in list(value.items())[:_MAX_ITEMS]}
    if isinstance(value, list | tuple):
        return [_shown("", each, depth + 1) for each in value[:_MAX_ITEMS]]
    return value if isinstance(value, int | float | None) else str(value)[:_MAX_TEXT]


class CallLog:
    """Records requests. Reading the same thing again within a minute is not recorded again: pages poll."""

    def __init__(self, audit: AuditSink, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._lock = threading.Lock()
        self._recent: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    def before(self, server: str, method: str, params: Mapping[str, object]) -> None:
        """Keep what is about to be asked; a changing request is an intent that `after` closes.

        Raises:
            Problem: `audit.unwritable`; the request must not be sent then.
        """
        if method in _SILENT:
            return
        shown = redacted(params)
        if is_changing(method, params):
            self._record(server, method, shown, Outcome.INTENT, changes=True)
        elif self._is_new((server, method, repr({key: shown[key] for key in shown if key not in _PLACES}))):
            self._record(server, method, shown, Outcome.DONE, changes=False)

    def after(self, server: str, method: str, params: Mapping[str, object], problem: str | None) -> None:
        """How a changing request ended."""
        if is_changing(method, params):
            shown = redacted(params) if problem is None else redacted(params) | {"problem": problem}
            outcome = Outcome.DONE if problem is None else Outcome.FAILED
            self._record(server, method, shown, outcome, changes=True)

    def _record(
        self, server: str, method: str, params: dict[str, object], outcome: Outcome, *, changes: bool
    ) -> None:
        detail: dict[str, object] = {"method": method, "params": params}
        self._audit.record(AuditEntry("agent.call", server, server, detail, outcome=outcome, changes=changes))

    def _is_new(self, key: tuple[str, str, str]) -> bool:
        now = self._clock.monotonic_s()
        with self._lock:
            last = self._recent.get(key)
            if last is not None and now - last < _AGAIN_AFTER_S:
                return False
            self._recent[key] = now
            self._recent.move_to_end(key)
            while len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return True
