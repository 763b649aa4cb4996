"""R-64 A board on a full disk: judging goes on, people are told once, all is written once there is room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.agent.test_faults import fill
from tests.unit.alerts.boards import RULES, SetClock, judging

pytestmark = pytest.mark.faults


def test_r64_a_full_disk_stops_no_judge(small_disk: Path) -> None:
    clock = SetClock()
    judge = judging(small_disk / "alerts", clock)
    assert judge.seat.sit(RULES)
    judge.turn("node-1")
    assert judge.seat.problem is None
    fill(small_disk)
    clock.go(5)
    turn = judge.turn("node-1", "node-2")
    assert [each.target.server for each in turn.fired] == ["node-2"]
    assert judge.seat.problem is not None
    assert judge.seat.problem.code == "file.unwritable"
    assert len(judge.channel.sent) == 2
    clock.go(5)
    ended = judge.turn("node-1").ended
    assert [each.target.server for each in ended] == ["node-2"]
    assert len(judge.channel.sent) == 3
    # Nothing is half there: who reads sees what was last whole.
    assert judge.board.read().faults == ()
    (small_disk / "ballast").unlink()
    clock.go(5)
    judge.turn("node-1")
    assert judge.seat.problem is None
    view = judge.board.read()
    assert [each.target.server for each in view.alerts] == ["node-1"]
    assert [each.id for each in judge.board.ended()] == [ended[0].id]
    assert not list((small_disk / "alerts").rglob(".*.json.*")), "drafts are removed"
    judge.seat.leave()
