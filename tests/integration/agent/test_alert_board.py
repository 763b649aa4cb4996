"""alerts.*: a board is read where its alertd said it lies, and only what people change is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from console.agent import boardfiles
from console.alerts.alertd import point_to
from tests.lab.agent import Agent, Refused


def board_of(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A board with one silence, and the pointer to it."""
    folder = home / "data" / "alerts"
    boardfiles.make(str(folder))
    boardfiles.create(str(folder), "silences/s1.json", '{"id":"s1"}')
    monkeypatch.setenv("HOME", str(home))
    point_to(folder)
    return folder


def refused(agent: Agent, method: str, **params: object) -> str:
    """The code by which it says no."""
    with pytest.raises(Refused) as caught:
        agent.call(method, params)
    return caught.value.code


def test_every_interpreter_reads_creates_and_swaps(
    home: Path, python: str, start_agent: Callable[..., Agent], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = board_of(home, monkeypatch)
    agent = start_agent(python=python)
    found = agent.call("alerts.read", {"known": {}})
    assert found["files"] == {"silences/s1.json": '{"id":"s1"}'}
    assert found["held"] is False
    again = agent.call("alerts.read", {"known": found["versions"]})
    assert (again["files"], again["versions"]) == ({}, found["versions"])
    claim = {"name": "claims/c1.json", "text": '{"by":"me"}'}
    assert agent.call("alerts.create", claim) == {"made": True, "found": None}
    assert agent.call("alerts.create", claim) == {"made": False, "found": '{"by":"me"}'}
    note = {"name": "notes/a1.json", "text": '{"owner":"me"}'}
    assert agent.call("alerts.swap", {**note, "expect": ""})["made"] is True
    assert agent.call("alerts.swap", {**note, "expect": ""}) == {"made": False, "found": '{"owner":"me"}'}
    boardfiles.append_ended(str(folder), '{"id":"a0"}\n')
    assert agent.call("alerts.ended", {"limit": 1000}) == {"text": '{"id":"a0"}\n'}


def test_what_judges_write_and_what_leads_elsewhere_is_refused(
    home: Path, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = board_of(home, monkeypatch)
    names = "judged.json alerts.json rules.toml sent/x.json ../../.bashrc silences/../judged.json judge.lock"
    for name in names.split():
        for method in ("alerts.create", "alerts.swap"):
            assert refused(agent, method, name=name, text="{}", expect="") == "agent.failed", (name, method)
    assert sorted(path.name for path in folder.iterdir()) == sorted(boardfiles.FOLDERS)


def test_a_board_that_is_not_there_or_not_private_is_not_read(
    home: Path, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(agent, "alerts.read") == "alerts.no_board"
    folder = board_of(home, monkeypatch)
    folder.chmod(0o777)
    assert refused(agent, "alerts.read") == "remote.unsafe_home"
    folder.chmod(0o700)
    pointer = home / ".tandem" / "alerts.json"
    link = home / "link"
    link.symlink_to(folder)
    pointer.write_text(json.dumps({"folder": str(link)}), "ascii")
    assert refused(agent, "alerts.read") == "remote.unsafe_home"
    pointer.write_text("{", "ascii")
    assert refused(agent, "alerts.read") == "alerts.no_board"
