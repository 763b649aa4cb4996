"""Copies that servers do among themselves: directly, as a tree, over sshd servers of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.fleet.copying.carried import Arrived
from tests.integration.copies.conftest import Copying, Watcher, content, parts, random_file, sha256
from tests.integration.copies.test_files_and_folders import make_tree
from tests.lab.fleet import LabFleet

MIB = 1024 * 1024


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabFleet]:
    with LabFleet(tmp_path / "lab", 4) as servers:
        yield servers


def copy(copying: Copying, *words: object, watcher: Watcher | None = None) -> list[Arrived]:
    return copying.run(copying.between.prepare_copy(*words), watcher)  # type: ignore[return-value]


def test_a_file_goes_directly_and_the_plan_says_so(copying: Copying, lab: LabFleet) -> None:
    a, b = (copying.rig.add(server) for server in list(lab)[:2])
    random_file(lab[0].home / "data", 3 * MIB + 5)
    work = copying.between.prepare_copy(a, "data", [(b, "there/")])
    (lab[1].home / "there").mkdir()
    assert [step.name for step in work.plan.steps] == ["Copy directly", "Compare"]
    assert "lab-1 to lab-2; encrypted, verified by SHA-256" in work.plan.steps[0].detail
    (arrived,) = copying.run(work)
    assert arrived.way == "directly from lab-1"
    assert arrived.sha256 == sha256(lab[0].home / "data") == sha256(lab[1].home / "there" / "data")
    assert parts(lab[1].home) == []


def test_a_folder_spreads_as_a_tree(copying: Copying, lab: LabFleet, tmp_path: Path) -> None:
    names = [copying.rig.add(server) for server in lab]
    tree = make_tree(lab[0].home / "tree")
    arrived = copy(copying, names[0], "tree", [(name, "copied") for name in names[1:]])
    import json; print([json.loads(p.read_text()).get("passed_over") for p in (tmp_path / "lab").rglob("state.json")])
    assert [each.way for each in arrived] == [
        "directly from lab-1", "directly from lab-1", "directly from lab-2"
    ]
    for server in list(lab)[1:]:
        assert content(server.home / "copied") == content(tree)
        assert parts(server.home) == []
