"""A copy between two agents of any Python that servers have: the real services over agents, without SSH."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.copying.caravan import Caravan, Errand
from console.fleet.copying.preflight import Preflight
from console.fleet.copying.routes import spread
from tests.lab.agent import Agent, Refused
from tests.lab.processes import end_with_home


@dataclass
class _Stream:
    agent: Agent
    ident: int

    def __iter__(self) -> Iterator[dict[str, object]]:
        while True:
            yield self.agent.event(self.ident)

    def close(self) -> None:
        self.agent.send({"cancel": self.ident})


@dataclass
class AgentsGate:
    """As a fleet's gate, for agents that are our own children."""

    agents: dict[str, Agent]

    def call(
        self, server: str, method: str, params: Mapping[str, object] | None = None, *, timeout_s: float = 15.0
    ) -> dict[str, object]:
        try:
            return self.agents[server].call(method, dict(params or {}), timeout_s)
        except Refused as refused:
            raise refused.problem from None

    def stream(self, server: str, method: str, params: Mapping[str, object] | None = None) -> _Stream:
        return _Stream(self.agents[server], self.agents[server].ask(method, dict(params or {})))


def test_a_file_and_a_folder_between_servers_of_any_python(tmp_path: Path, python: str) -> None:
    homes = {name: tmp_path / name for name in ("a", "b")}
    for home in homes.values():
        home.mkdir(mode=0o700)
    data = homes["a"] / "data"
    (data / "sub").mkdir(parents=True)
    (data / "large").write_bytes(os.urandom(1_500_000))
    (data / "sub" / "small").write_bytes(b"x" * 100)
    with Agent(homes["a"], python=python) as a, Agent(homes["b"], python=python) as b:
        gate = AgentsGate({"a": a, "b": b})
        preflight = Preflight(gate, {"a": "127.0.0.1", "b": "127.0.0.1"})  # type: ignore[arg-type]
        routes = preflight.run()
        assert routes.between("a", "b"), routes.why
        (wave,) = spread("a", ["b"], routes)
        errand = Errand("c1", "title", f"a:{data}", str(data), {"b": "copied"}, ["a", "b"], "me")
        caravan = Caravan(gate, errand, wave, routes, preflight.facts, 5.0)  # type: ignore[arg-type]
        caravan.start()
        caravan.wait(lambda _seconds: None, lambda _parts: None)
        part = caravan.look()["b"]
        assert part.problem is None
        assert part.arrived is not None
        assert (part.arrived.files, part.arrived.bytes) == (2, 1_500_100)
        with pytest.raises(Problem) as caught:
            gate.call("a", "carry.start", {"id": "c1", "kind": "copy", "spec": {}})
        assert caught.value.code == "remote.in_use", "at most once per id"
    copied = homes["b"] / "copied"
    assert (copied / "large").read_bytes() == (data / "large").read_bytes()
    assert (copied / "sub" / "small").read_bytes() == b"x" * 100
    for home in homes.values():
        end_with_home(home)
