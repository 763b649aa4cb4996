"""Which server gets a job that may run anywhere."""

from __future__ import annotations

import pytest

from console.core.problems import Problem
from console.fleet.server import Server
from console.jobs.choosing import Candidate, choose, eligible
from console.jobs.submitting import candidate

from .test_merging import JOB


def test_labels_decide_who_is_asked() -> None:
    servers = [
        Server("a", "a", labels={"zone": "x"}),
        Server("b", "b", labels={"zone": "x"}),
        Server("c", "c"),
    ]
    assert [each.name for each in eligible(servers, {"zone": "x"})] == ["a", "b"]
    assert [each.name for each in eligible(servers, {})] == ["a", "b", "c"]
    for found, labels, reason in (
        ([], {}, "no servers yet"),
        (servers, {"zone": "y"}, "none of 3 has the labels zone=y"),
    ):
        with pytest.raises(Problem, match=reason) as caught:
            eligible(found, labels)
        assert caught.value.code == "job.no_server_fits"


def test_free_accelerators_first_then_short_queues_then_load() -> None:
    full = Candidate("full", accelerators=8, free=0)
    free = Candidate("free", accelerators=2, free=2, load_per_cpu=0.9)
    small = Candidate("small", accelerators=1, free=1)
    assert choose([full, free, small], 2) == "free"
    assert choose([full, small], 2) == "full"
    assert choose([Candidate("q", 4, 4, queued=3), Candidate("e", 4, 2)], 2) == "e"
    assert choose([Candidate("busy", load_per_cpu=2.0), Candidate("idle", load_per_cpu=0.1)], 0) == "idle"
    assert choose([Candidate("unknown"), Candidate("idle", load_per_cpu=3.0)], 0) == "idle"


def test_what_is_drained_gets_nothing() -> None:
    drained = Candidate("b", 8, 8, drained="repair")
    assert choose([drained, Candidate("a", 1)], 0) == "a"
    with pytest.raises(Problem, match="no new work: b \\(repair\\)"):
        choose([drained], 0)


def test_nobody_fits_says_what_was_found() -> None:
    away = Candidate("away", problem=Problem("ssh.timeout", server="away", timeout_s=1, stage="x"))
    with pytest.raises(Problem, match="the most is 2, on b"):
        choose([away, Candidate("a", 1), Candidate("b", 2)], 4)
    with pytest.raises(Problem, match="none can be reached: away: no answer"):
        choose([away], 0)


def test_a_sample_tells_how_free_a_server_is() -> None:
    from dataclasses import replace

    sample = {
        "load1": 1.0,
        "cpu_count": 4,
        "accelerators": [
            {"uuid": "1", "state": "ok", "processes": []},
            {"uuid": "2", "state": "ok", "processes": [{"pid": 1}]},
            {"uuid": "3", "state": "ok", "processes": None},
            {"uuid": "4", "state": "lost"},
            "nonsense",
        ],
    }
    live = [replace(JOB, accelerators=("3",))]
    assert candidate("s", sample, live) == Candidate("s", 3, 1, 0, 0.25)
    assert candidate("s", {"accelerators": 3, "load1": True, "cpu_count": 0}, []) == Candidate("s")
