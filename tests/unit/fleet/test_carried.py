"""What servers tell of copies becomes values; nonsense becomes unknown, never a fault."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.fleet.copying.carried import PartState, part_of, tasks_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
KEYS = (
    "id",
    "state",
    "spec",
    "done",
    "total",
    "giver",
    "taken",
    "digest",
    "error",
    "reason",
    "started",
    "ended",
)
TOLD = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=len(KEYS))
GOOD = {
    "id": "abc", "state": "giving", "done": 5, "total": 10, "giver": "a",
    "spec": {"role": "target", "title": "t", "servers": ["a", "b"], "kind": "copy"},
    "taken": {"root": "/x", "files": 1, "unchanged": 0, "bytes": 5, "sha256": "0" * 64, "giver": "a"},
}  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TOLD)
def test_anything_that_a_server_tells_can_be_shown(told: dict) -> None:
    part_of("s", told)
    for task in tasks_of([("s", told | {"id": "x"}), ("t", told)]):
        assert task.state in PartState


def test_parts_come_together_and_the_whole_is_what_its_targets_are() -> None:
    source = GOOD | {"state": "running", "spec": GOOD["spec"] | {"role": "source"}, "taken": None}
    (task,) = tasks_of([("b", GOOD), ("a", source)])
    assert [part.server for part in task.parts] == ["a", "b"]
    assert task.state is PartState.SUCCEEDED, "that a source still lingers is nobody's business"
    failed = GOOD | {"state": "failed", "error": {"code": "transfer.disk_full", "attrs": {
        "path": "/x", "needed": 2_000_000, "free": 1000}}}  # fmt: skip
    (task,) = tasks_of([("b", failed), ("a", source)])
    assert task.state is PartState.FAILED
    assert task.parts[1].problem is not None
    assert task.parts[1].problem.sentence == "b: the disk is full: 2 MB needed for /x, 1 kB free."
    (task,) = tasks_of([("b", GOOD)])
    assert task.state is PartState.UNKNOWN, "a server that told nothing is not taken for done"
