"""Who tries a login first where many servers are reached through one.

A bastion must not see a wrong key thirty times: its sshd then turns this address away (PerSourcePenalties).
Only what was seen is known here; nothing connects.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from console.core.problems import Problem
from console.fleet.backoff import LIMITED_S
from console.ssh.target import Target

_OPEN_S = 600.0
"""So long after a login the next ones through the same door go side by side."""

Key = tuple[object, ...]


@dataclass(slots=True)
class _Door:
    """One account of one host with the keys that are shown there; whoever tests it holds it."""

    tester: Turn | None = None
    open_until_s: float = 0.0
    refusal: Problem | None = None
    refused_s: float = 0.0
    refused_until_s: float = 0.0
    last: Problem | None = None
    verdicts: int = 0


class Doors:
    """All doors that were seen. Any thread may call."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._doors: dict[Key, _Door] = {}

    def enter(self, target: Target, insisted_s: float | None) -> Turn | None:
        """The right to connect; None where another tests a door on the way: `wait`, then ask again.

        Args:
            insisted_s: when a person last said to try; a refusal before that counts no more.

        Raises:
            Problem: the refusal that someone else met there.
        """
        with self._changed:
            now = time.monotonic()
            hops = self._hops(target)
            for hop, door in hops:
                if door.refusal is None or now >= door.refused_until_s:
                    continue
                if insisted_s is None or insisted_s <= door.refused_s or math.isfinite(door.refused_until_s):
                    raise _as_met_by(hop, door.refusal)
            if any(door.tester is not None for _, door in hops):
                return None
            turn = Turn(self, hops)
            for _, door in hops:
                if now >= door.open_until_s:
                    door.tester = turn
            return turn

    def wait(self, target: Target, given_up: Callable[[], bool]) -> None:
        """Wait until whoever tests a door on the way has found out.

        Raises:
            Problem: what they met there; it is as true for this target.
        """
        with self._changed:
            hops = self._hops(target)
            for hop, door in hops:
                if door.tester is None:
                    continue
                before = door.verdicts
                while door.tester is not None and not given_up():
                    self._changed.wait(1.0)
                if door.verdicts != before and door.last is not None:
                    raise _as_met_by(hop, door.last)
                return

    def wake(self) -> None:
        """Let those who wait look again whether they still want to."""
        with self._changed:
            self._changed.notify_all()

    def _hops(self, target: Target) -> list[tuple[Target, _Door]]:
        """With the lock held."""
        key: Key = ()
        found = []
        for hop in (*target.jump, target):
            # The way there belongs to it: the same address may be another machine behind another bastion.
            key = (
                *key,
                (hop.host.lower(), hop.port, hop.login, hop.proxy_command),
                (hop.identities, hop.identities_only, hop.certificates, hop.identity_agent),
            )
            found.append((hop, self._doors.setdefault(key, _Door())))
        return found

    def _settle(self, door: _Door, turn: Turn, problem: Problem | None) -> None:
        """What was found out at a door."""
        with self._changed:
            now = time.monotonic()
            door.open_until_s = now + _OPEN_S if problem is None else 0.0
            limited = problem is not None and problem.code == "ssh.limited"
            if problem is None:
                door.refusal = None
            elif limited or problem.code == "ssh.auth_failed":
                door.refusal, door.refused_s = problem, now
                door.refused_until_s = now + LIMITED_S if limited else math.inf
            door.last = problem
            door.verdicts += 1
            self._let_go(door, turn)

    def _let_go(self, door: _Door, turn: Turn) -> None:
        with self._changed:
            if door.tester is turn:
                door.tester = None
            self._changed.notify_all()


class Turn:
    """The right to connect once. Used by `with`, which says what became of it; made by `Doors.enter`."""

    def __init__(self, doors: Doors, hops: list[tuple[Target, _Door]]) -> None:
        self._doors = doors
        self._hops = hops
        self._passed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        left = self._hops[self._passed :]
        if isinstance(error, Problem) and left:
            self._doors._settle(left[0][1], self, error)
        for _, door in left:
            self._doors._let_go(door, self)

    def passed(self) -> None:
        """The next server on the way let us in."""
        _, door = self._hops[self._passed]
        self._passed += 1
        self._doors._settle(door, self, None)


def _as_met_by(hop: Target, problem: Problem) -> Problem:
    return Problem(problem.code, **{**problem.attrs, "server": hop.name})
