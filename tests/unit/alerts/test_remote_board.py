"""A board on a host whose clock differs: moments are this console's, what it writes is the board's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from console.agent import boardfiles
from console.alerts.board import Board
from console.alerts.remote_board import RemoteFiles
from console.core.clock import SystemClock
from console.core.problems import Problem
from tests.unit.alerts.boards import RULES, SetClock, judging


class Gate:
    """Answers as the agent of a host whose clock is `ahead_s` ahead of ours."""

    def __init__(self, folder: Path, ahead_s: float) -> None:
        self.folder, self.ahead_s = str(folder), ahead_s
        self.answer: dict[str, object] | None = None

    def call(
        self, server: str, method: str, params: Mapping[str, object] | None = None, *, timeout_s: float = 15.0
    ) -> dict[str, object]:
        if self.answer is not None:
            return self.answer
        given = dict(params or {})
        if method == "alerts.read":
            clock = {"held": True, "machine": "m", "boot": "", "boot_s": 0.0}
            now = SystemClock().now().timestamp() + self.ahead_s
            return {**boardfiles.read(self.folder, {}), **clock, "time": now}
        name, text = str(given["name"]), str(given["text"])
        found = boardfiles.create(self.folder, name, text)
        return {"made": found is None, "found": found}


@pytest.mark.parametrize("ahead_s", [3600.0, -7200.0, 0.0])
def test_r26_the_clock_of_the_board_s_host_is_taken_out(tmp_path: Path, ahead_s: float) -> None:
    theirs = SetClock()
    theirs.wall = SystemClock().now() + timedelta(seconds=ahead_s)
    judge = judging(tmp_path, theirs)
    assert judge.seat.sit(RULES)
    judge.turn("node-1")
    clock = SystemClock()
    board = Board(RemoteFiles(Gate(tmp_path, ahead_s), "hub"), clock, "me@here")  # type: ignore[arg-type]
    view = board.read()
    assert abs(clock.now() - view.alerts[0].since) < timedelta(seconds=60)
    assert view.judged.by == "me@here (alertd)"
    silence = board.silence("", "node-1", "", 600, "because")
    assert abs(clock.now() - silence.begins) < timedelta(seconds=60)
    kept = json.loads((tmp_path / "silences" / f"{silence.id}.json").read_text("utf-8"))
    assert [each.id for each in board.read().silences] == [silence.id]
    theirs.wall = clock.now() + timedelta(seconds=ahead_s)
    assert judge.turn("node-1").alerts[0].muted, kept
    judge.seat.leave()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"time": "now"},
        {"time": 1e9, "files": []},
        {"time": 1e9, "files": {}, "versions": {}, "faults": 1},
    ],
)
def test_nonsense_of_an_agent_is_a_problem(tmp_path: Path, answer: dict[str, object]) -> None:
    gate = Gate(tmp_path, 0.0)
    gate.answer = answer
    with pytest.raises(Problem) as caught:
        Board(RemoteFiles(gate, "hub"), SystemClock(), "me@here").read()  # type: ignore[arg-type]
    assert caught.value.code == "agent.failed"
