"""Before a copy between servers: tries who reaches whom, both ways, with certificates and tokens as a copy's.

Every server listens for some seconds, only for the others and only where they come from.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

from console.core.ports import AgentStream, ServerGate
from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.copying.routes import Routes
from console.ssh.throwaway import Throwaway, make_throwaway

T = TypeVar("T")

_AT_ONCE = 32
_ALL_PAIRS = 16
_NEIGHBOURS = 6
_CONNECT_S = 3.0
_REACH_S = 40.0
_LISTEN_S = 30.0
LOOPBACK = "127.0.0.1"
_LOOPBACK = ("127.", "::1", "localhost")
_MOST_ADDRESSES = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server says of itself.

    Attributes:
        addresses: its own, loopback left out.
        tls: its Python's TLS library; empty where it has none.
        boot_id: the same on one machine.
        host: by which the console reaches it.
    """

    addresses: tuple[str, ...]
    tls: str
    boot_id: str
    host: str
    home: str


def at_once(names: Iterable[str], act: Callable[[str], T]) -> tuple[dict[str, T], dict[str, Problem]]:
    """Do something with every server at the same time: what came of it, and the Problems."""
    done: dict[str, T] = {}
    failed: dict[str, Problem] = {}

    def one(name: str) -> None:
        try:
            done[name] = act(name)
        except Problem as problem:
            failed[name] = problem

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="copy") as pool:
        list(pool.map(one, names))
    return done, failed


def ask_facts(gate: ServerGate, name: str, host: str) -> Facts:
    """Ask one server.

    Raises:
        Problem: of the link.
    """
    told = gate.call(name, "carry.facts")
    found = told.get("addresses")
    addresses = [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
    return Facts(
        tuple(addresses[:8]),
        str(told.get("tls") or "")[:80],
        str(told.get("boot_id") or ""),
        host,
        str(told.get("home") or ""),
    )


def toward(listener: Facts, callers: Iterable[Facts]) -> list[str]:
    """The addresses from which a listener will be called; it binds to nothing wider than leads there."""
    found: list[str] = []
    for caller in callers:
        found += caller.addresses
        if caller.boot_id == listener.boot_id:
            found.append(LOOPBACK)
    return list(dict.fromkeys(found))


def candidates(listener: Facts, bound: object, caller: Facts, first: str = "") -> list[list[object]]:
    """[host, port] by which a caller may reach a listener: where it listens, and the host that we use.

    Args:
        bound: [address, port] as the server told.
        first: the host that led there before.
    """
    found: list[list[object]] = []
    outside = 0
    for each in bound if isinstance(bound, list) else []:
        match each:
            case [str(host), int(port)] if 0 < port < 65536:
                if not host.startswith(_LOOPBACK):
                    outside = outside or port
                elif caller.boot_id != listener.boot_id:
                    continue
                found.append([host, port])
    if outside and not listener.host.startswith(_LOOPBACK):
        found.append([listener.host, outside])
    unique = [each for at, each in enumerate(found) if each not in found[:at]]
    unique.sort(key=lambda each: each[0] != first)
    return unique[:_MOST_ADDRESSES]


class Preflight:
    """One try of all ways between some servers.

    Args:
        hosts: by which the console reaches them.
    """

    def __init__(self, gate: ServerGate, hosts: Mapping[str, str]) -> None:
        self._gate = gate
        self._names = list(hosts)
        self._hosts = hosts
        self.facts: dict[str, Facts] = {}
        self._bound: dict[str, object] = {}
        self._identities = {name: make_throwaway() for name in self._names}
        self._secrets: dict[tuple[str, str], str] = {}

    def run(self) -> Routes:
        """Try; what cannot be reached is in the answer, not raised."""
        self.facts, down = at_once(self._names, lambda name: ask_facts(self._gate, name, self._hosts[name]))
        able = [name for name in self._names if name in self.facts and self.facts[name].tls]
        reached: dict[tuple[str, str], str] = {}
        why: dict[tuple[str, str], str] = {}
        for name, facts in self.facts.items():
            if not facts.tls:
                for other in self._names:
                    why[name, other] = why[other, name] = f"the Python of {name} has no TLS"
        with ExitStack() as stack:
            self._listen(stack, able)
            told, failed = at_once(able, lambda name: self._reach(name, able))
        for name, (found, reasons) in told.items():
            reached |= {(name, other): host for other, host in found.items()}
            why |= {(name, other): text for other, text in reasons.items() if other not in found}
        return Routes(reached, why, down | failed)

    def _others(self, name: str, able: Sequence[str]) -> list[str]:
        """Whom a server tries: everyone, or of very many the first one and those near it."""
        others = [each for each in able if each != name]
        if len(able) <= _ALL_PAIRS:
            return others
        at = able.index(name)
        near = able[max(0, at // 2 - 1) : at // 2 + _NEIGHBOURS]
        return [each for each in others if each == able[0] or each in near]

    def _secret(self, caller: str, listener: str) -> str:
        return self._secrets.setdefault((caller, listener), secrets.token_hex(32))

    def _peers(self, names: Iterable[str], secret: Callable[[str], str]) -> list[dict[str, object]]:
        return [
            {"name": each, "certificate": self._identities[each].certificate, "secret": secret(each)}
            for each in names
        ]

    def _own(self, name: str) -> dict[str, object]:
        own: Throwaway = self._identities[name]
        return {"own_name": name, "certificate": own.certificate, "key": own.key}

    def _listen(self, stack: ExitStack, able: Sequence[str]) -> None:
        callers = {name: [each for each in able if name in self._others(each, able)] for name in able}

        def one(name: str) -> AgentStream:
            called_by = callers[name]
            stream = self._gate.stream(
                name,
                "carry.listen",
                {
                    **self._own(name),
                    "peers": self._peers(called_by, lambda caller: self._secret(caller, name)),
                    "toward": toward(self.facts[name], [self.facts[each] for each in called_by]),
                    "seconds": _LISTEN_S,
                },
            )
            stack.callback(stream.close)
            self._bound[name] = next(iter(stream), {}).get("addresses")
            return stream

        at_once(able, one)

    def _reach(self, name: str, able: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        others = self._others(name, able)
        peers = self._peers(others, lambda listener: self._secret(name, listener))
        where = {
            each: candidates(self.facts[each], self._bound.get(each), self.facts[name]) for each in others
        }
        for peer in peers:
            peer["addresses"] = where[str(peer["name"])]
        params = {**self._own(name), "peers": peers, "timeout_s": _CONNECT_S}
        told = self._gate.call(name, "carry.reach", params, timeout_s=_REACH_S)
        found, reasons = told.get("reached"), told.get("why")
        reached = {
            other: safe_line(str(place[0]), max_chars=100)
            for other, place in (found.items() if isinstance(found, dict) else ())
            if other in others and isinstance(place, list) and place
        }
        texts = {
            other: safe_line(str(text), max_chars=200)
            for other, text in (reasons.items() if isinstance(reasons, dict) else ())
            if other in others
        }
        for other in others:
            if not where[other]:
                texts.setdefault(other, f"{other} has no address for it")
        return reached, texts
