"""From an error that an agent sent to a Problem. Pure; nothing of it is trusted."""

from __future__ import annotations

from collections.abc import Mapping

from console.core.problems import Problem, known_codes
from console.core.text import safe_line

# An agent speaks of what is its own; it cannot claim that our database is damaged.
_ROOMS = ("agent.", "id.", "remote.", "job.", "log.", "transfer.", "deploy.", "recipe.", "model.")
_OF_SERVERS = ("server.drained", "server.unfit", "alerts.no_board")
_MAX_ATTRS = 16


def problem_from(server: str, method: str, error: object) -> Problem:
    """The Problem; `agent.failed` where its code is unknown or its attributes do not fit."""
    wire = error if isinstance(error, Mapping) else {}
    code = safe_line(str(wire.get("code", "no code"))[:200], max_chars=60)
    attrs = _attributes(wire.get("attrs"))
    attrs["server"] = server
    attrs.setdefault("method", method)
    if (code.startswith(_ROOMS) or code in _OF_SERVERS) and code in known_codes():
        try:
            return Problem(code, **attrs)
        except KeyError:
            attrs["reason"] = f"{code} without all of its attributes: {_rest(attrs)}"
    reason = attrs.get("reason") or f"{code} {_rest(attrs)}".strip()
    return Problem("agent.failed", server=server, method=method, reason=reason)


def _attributes(found: object) -> dict[str, object]:
    if not isinstance(found, Mapping):
        return {}
    attrs: dict[str, object] = {}
    for key, value in list(found.items())[:_MAX_ATTRS]:
        # "self" and "code" are the names of Problem's own parameters.
        if isinstance(key, str) and key.isidentifier() and key.isascii() and key not in ("self", "code"):
            plain = isinstance(value, int | float | None)  # a bool is an int
            attrs[key[:40]] = value if plain else safe_line(str(value)[:2000], max_chars=400)
    return attrs


def _rest(attrs: Mapping[str, object]) -> str:
    return ", ".join(f"{key}={value}" for key, value in attrs.items() if key not in ("server", "method"))
