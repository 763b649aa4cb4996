"""Starts one tree of a copy on its servers and follows it. The servers copy, with the console or without."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from console.core.ports import ServerGate
from console.core.problems import Problem
from console.fleet.copying.carried import LIVE, Part, PartState, part_of
from console.fleet.copying.preflight import LOOPBACK, Facts, at_once, candidates, toward
from console.fleet.copying.routes import Routes, Wave
from console.ssh.throwaway import Throwaway, make_throwaway

_START_S = 60.0
_UNHEARD_S = 120.0


@dataclass(frozen=True, slots=True)
class Errand:
    """What a tree is to carry.

    Attributes:
        id: the copy's, the same on all servers.
        title: in words.
        origin: "server:absolute path", names what is copied also where it is given on.
        start: the path at the root.
        to: the path at each taker.
        servers: all of the copy.
        by: the account.
    """

    id: str
    title: str
    origin: str
    start: str
    to: Mapping[str, str]
    servers: Sequence[str]
    by: str


class Caravan:
    """One tree; used by one thread.

    Args:
        patience_s: how long a taker waits for a giver that does not answer, before it asks the next.
    """

    def __init__(
        self,
        gate: ServerGate,
        errand: Errand,
        wave: Wave,
        routes: Routes,
        facts: Mapping[str, Facts],
        patience_s: float,
    ) -> None:
        self._gate = gate
        self._errand = errand
        self._wave = wave
        self._routes = routes
        self._facts = facts
        self._patience_s = patience_s
        self._names = [wave.root, *wave.parents]
        self._identities: dict[str, Throwaway] = {name: make_throwaway() for name in self._names}
        # (giver, taker): everyone above a taker that has a way to it may give.
        self._edges = [
            (giver, taker)
            for taker in wave.parents
            for giver in wave.ancestors(taker)
            if routes.between(giver, taker)
        ]
        self._secrets = {edge: secrets.token_hex(32) for edge in self._edges}
        self._parts: dict[str, Part] = {}
        self._heard: dict[str, float] = {}
        self.failed: dict[str, Problem] = {}

    @property
    def takers(self) -> tuple[str, ...]:
        """Who is to get it."""
        return tuple(self._wave.parents)

    # --- starting

    def start(self) -> None:
        """Start every part, then tell all to go. One that does not start stops no other.

        Raises:
            Problem: the root did not start; nothing runs then.
        """
        started, self.failed = at_once(self._names, self._start_one)
        if self._wave.root in self.failed:
            at_once(started, self.cancel_one)
            raise self.failed[self._wave.root]
        for name in started:
            self._heard[name] = time.monotonic()

        def go(name: str) -> None:
            params = {
                "id": self._errand.id,
                "addresses": self._addresses(name, started),
                "absent": sorted(self.failed),
            }
            self._gate.call(name, "carry.go", params)

        _, failed = at_once(started, go)
        self.failed |= failed

    def _start_one(self, name: str) -> object:
        errand, own = self._errand, self._identities[name]
        role = "source" if name == self._wave.root else "target"
        callers = [
            caller
            for giver, taker in self._edges
            if name in (giver, taker) and (caller := self._routes.caller(giver, taker)) != name
        ]
        params: dict[str, object] = {
            "id": errand.id,
            "kind": "copy",
            "name": name,
            "spec": {
                "v": 1,
                "role": role,
                "title": errand.title,
                "origin": errand.origin,
                "path": errand.start if role == "source" else errand.to[name],
                "giver": self._wave.parents.get(name),
                "servers": list(errand.servers),
                "by": errand.by,
            },
            "certificate": own.certificate,
            "key": own.key,
            "peers": self._peers(name),
            "toward": self._toward(name, callers),
            "origin": errand.origin,
            "from": errand.start,
            "to": errand.to.get(name, ""),
            "patience_s": self._patience_s,
        }
        return self._gate.call(name, "carry.start", params, timeout_s=_START_S).get("addresses")

    def _toward(self, name: str, callers: Sequence[str]) -> list[str]:
        """What to listen on: only the addresses by which the pre-flight came, where they are its own."""
        own, found = self._facts[name], []
        for caller in callers:
            host = self._routes.reached.get((caller, name), "")
            is_own = host in own.addresses or host == LOOPBACK
            found += [host] if is_own else toward(own, [self._facts[caller]])
        return list(dict.fromkeys(found))

    def _peers(self, name: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for giver, taker in self._edges:
            if name not in (giver, taker):
                continue
            peer = taker if name == giver else giver
            found.append(
                {
                    "name": peer,
                    "role": "give" if name == giver else "take",
                    "way": "dial" if self._routes.caller(giver, taker) == name else "accept",
                    "certificate": self._identities[peer].certificate,
                    "secret": self._secrets[giver, taker],
                }
            )
        return found

    def _addresses(self, name: str, bound: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for giver, taker in self._edges:
            peer = taker if name == giver else giver
            if name not in (giver, taker) or peer not in bound or self._routes.caller(giver, taker) != name:
                continue
            first = self._routes.reached.get((name, peer), "")
            found[peer] = candidates(self._facts[peer], bound[peer], self._facts[name], first)
        return found

    # --- following

    def look(self) -> dict[str, Part]:
        """Ask all whose end is not known yet; one that cannot be asked for long is unknown."""
        ask = [
            name
            for name in self._names
            if name not in self.failed and self._state(name) in {*LIVE, PartState.UNKNOWN}
        ]

        def one(name: str) -> Part:
            return part_of(name, self._gate.call(name, "carry.show", {"id": self._errand.id}))

        told, unheard = at_once(ask, one)
        now = time.monotonic()
        for name, part in told.items():
            self._parts[name], self._heard[name] = part, now
        for name, problem in unheard.items():
            if problem.code == "id.unknown" or now - self._heard[name] > _UNHEARD_S:
                self.failed[name] = problem
        return dict(self._parts)

    def _state(self, name: str) -> PartState:
        return self._parts[name].state if name in self._parts else PartState.UNKNOWN

    def over(self) -> bool:
        """Whether it is known of every taker how it ended."""
        return all(
            name in self.failed
            or self._state(name) not in (PartState.STARTING, PartState.RUNNING, PartState.UNKNOWN)
            for name in self.takers
        )

    def root_part(self) -> Part | None:
        """How the root stands."""
        return self._parts.get(self._wave.root)

    # --- ending

    def cancel_one(self, name: str) -> None:
        """Ask one server to stop."""
        self._gate.call(name, "carry.cancel", {"id": self._errand.id}, timeout_s=30.0)

    def cancel(self) -> dict[str, Problem]:
        """Stop all that run; who could not be told."""
        return at_once([name for name in self._names if name not in self.failed], self.cancel_one)[1]

    def wait(self, pause: Callable[[float], None], told: Callable[[Mapping[str, Part]], None]) -> None:
        """Look until it is over; `pause` sleeps, and raises where nobody wants to wait any more."""
        pause_s = 0.1
        while True:
            told(self.look())
            if self.over():
                return
            pause(pause_s)
            pause_s = min(1.0, pause_s * 1.3)
