"""A board's files on another host, through the agent there; its clock is measured at every reading."""

from __future__ import annotations

import time
from collections.abc import Mapping

from console.alerts.board import Found
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.fleet.hello import CLOCK_TOLERANCE_S, clock_offset_s

_READ_S = 20.0


class RemoteFiles:
    """The board that an alertd keeps on a server under the same account. Any thread may call.

    Moments on a board are its judge's. What that clock is ahead of ours is told by every answer; a
    difference below two seconds counts as none, as everywhere in the house, and a change below that as
    no change, so that moments do not tremble.
    """

    def __init__(self, gate: ServerGate, server: str) -> None:
        self._gate = gate
        self._server = server
        self.ahead_s = 0.0

    def read(self, known: Mapping[str, str]) -> Found:
        """What lies there; texts only of what is not known."""
        asked_s = time.time()
        answer = self._gate.call(self._server, "alerts.read", {"known": dict(known)}, timeout_s=_READ_S)
        ahead_s = clock_offset_s(answer.get("time"), asked_s, time.time())
        if ahead_s is None:
            raise self._nonsense("alerts.read", "it tells no time")
        ahead_s = 0.0 if abs(ahead_s) < CLOCK_TOLERANCE_S else ahead_s
        if abs(ahead_s - self.ahead_s) >= CLOCK_TOLERANCE_S or not ahead_s:
            self.ahead_s = ahead_s
        boot_s = answer.get("boot_s")
        return Found(
            files=self._texts(answer, "files"),
            versions=self._texts(answer, "versions"),
            faults=self._texts(answer, "faults"),
            held=answer.get("held") is True,
            machine=str(answer.get("machine") or "")[:64],
            boot=str(answer.get("boot") or "")[:64],
            boot_s=float(boot_s) if isinstance(boot_s, int | float) else 0.0,
            time_s=float(str(answer["time"])),
        )

    def ended(self, limit: int) -> str:
        """The last lines of what has ended."""
        answer = self._gate.call(self._server, "alerts.ended", {"limit": limit}, timeout_s=_READ_S)
        text = answer.get("text")
        if not isinstance(text, str):
            raise self._nonsense("alerts.ended", "it tells no text")
        return text

    def create(self, name: str, text: str) -> str | None:
        """Make a file that must not exist; None where it was made, else what is there."""
        return self._changed("alerts.create", {"name": name, "text": text})

    def swap(self, name: str, expect: str, text: str) -> str | None:
        """Replace a file that has this digest; None where it was, else what is there."""
        return self._changed("alerts.swap", {"name": name, "expect": expect, "text": text})

    def _changed(self, method: str, params: Mapping[str, object]) -> str | None:
        answer = self._gate.call(self._server, method, params)
        if answer.get("made") is True:
            return None
        found = answer.get("found")
        return found if isinstance(found, str) else ""

    def _texts(self, answer: Mapping[str, object], name: str) -> dict[str, str]:
        found = answer.get(name)
        if not isinstance(found, dict):
            raise self._nonsense("alerts.read", f"'{name}' is missing")
        return {str(key)[:200]: str(value) for key, value in found.items()}

    def _nonsense(self, method: str, reason: str) -> Problem:
        return Problem("agent.failed", server=self._server, method=method, reason=reason)
