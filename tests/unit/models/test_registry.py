"""The registry: versions, refs, aliases, shared artifacts, and half adds that leave nothing behind.

The store, the blobs and the operations are the real ones; files lie on this machine, so no server is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from console.core.audit import AuditEntry
from console.core.clock import SystemClock
from console.core.home import Home
from console.core.problems import Problem
from console.fleet.inventory import ServerBook
from console.jobs.service import JobService
from console.models.model import AddModel, ModelVersion
from console.models.service import ModelService
from console.operations.plan import Action, Step, Work
from console.operations.service import Operations
from console.plugin.loader import PluginSet
from console.store.store import Store


class _NoServer:
    """A gate of a fleet without servers."""

    def call(self, server: str, *_: object, **__: object) -> dict[str, object]:
        raise Problem("server.unknown", name=server)

    def __getattr__(self, name: str) -> Any:
        return self.call


class _Audit:
    def record(self, entry: AuditEntry) -> None:
        """Nothing is kept here."""


@dataclass
class Desk:
    models: ModelService
    operations: Operations
    store: Store
    home: Home

    def add(self, path: Path, name: str = "digits", **more: Any) -> ModelVersion:
        return self.operations.run(self.models.prepare_add(AddModel(name, str(path), **more)))

    def blobs(self) -> set[str]:
        return {each.name for each in self.home.blobs.rglob("*") if each.is_file()}


@pytest.fixture
def desk(tandem_home: Home) -> Iterator[Desk]:
    clock = SystemClock()
    store = Store(tandem_home.database, clock)
    gate: Any = _NoServer()
    jobs = JobService(
        store,
        gate,
        ServerBook(store, clock),
        PluginSet(),
        clock,
        "ann@desk",
        open_link=gate.copy_link,
        limits=gate.number,
        secret_of=gate.secret,
        known_secret=gate.secret,
    )
    operations = Operations(_Audit(), clock, "ann@desk", store)
    yield Desk(
        ModelService(store, tandem_home, gate, jobs, clock, "ann@desk"), operations, store, tandem_home
    )
    operations.close()
    store.close()


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF one")
    return path


def test_versions_count_up_per_name_and_keep_their_artifact(desk: Desk, gguf: Path) -> None:
    first = desk.add(gguf, metrics={"accuracy": 0.97})
    gguf.write_bytes(b"GGUF two")
    second = desk.add(gguf)
    other = desk.add(gguf, "other")
    assert [each.ref for each in (first, second, other)] == ["digits@1", "digits@2", "other@1"]
    assert first.blob.read_bytes() == b"GGUF one"
    assert (first.format, first.file_name, first.created_by) == ("gguf", "a.gguf", "ann@desk")
    assert first.metrics == {"accuracy": 0.97}
    assert first.blob.stat().st_mode & 0o777 == 0o600
    assert second.blob == other.blob
    assert [each.name for each in desk.models.list()] == ["digits", "other"]
    assert [each.version for each in desk.models.show("digits").versions] == [2, 1]
    assert [each.version for each in desk.models.show("digits@1").versions] == [1]


def test_refs_and_aliases(desk: Desk, gguf: Path) -> None:
    desk.add(gguf)
    desk.add(gguf)
    assert desk.models.get("digits").version == 2
    assert desk.models.get("digits@1").version == 1
    assert desk.models.set_alias("digits", 1, "champion").aliases == ("champion",)
    assert desk.models.get("digits@champion").version == 1
    desk.models.set_alias("digits", 2, "champion")
    desk.models.set_alias("digits", 2, "newest")
    assert desk.models.get("digits@champion").aliases == ("champion", "newest")
    assert desk.models.get("digits@1").aliases == ()
    for call, code in (
        (lambda: desk.models.get("none"), "model.unknown"),
        (lambda: desk.models.get("digits@9"), "model.version_unknown"),
        (lambda: desk.models.get("digits@"), "model.version_unknown"),
        (lambda: desk.models.show("none@1"), "model.unknown"),
        (lambda: desk.models.set_alias("digits", 9, "x"), "model.version_unknown"),
        (lambda: desk.models.set_alias("none", 1, "x"), "model.unknown"),
        (lambda: desk.models.set_alias("digits", 1, "3"), "input.invalid"),
        (lambda: desk.models.set_alias("digits", 1, "a@b"), "input.invalid"),
    ):
        with pytest.raises(Problem) as caught:
            call()
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (AddModel("digits", "/no/such/file.gguf"), "model.file_missing"),
        (AddModel("digits", "/tmp"), "model.format_refused"),
        (AddModel("di gits", "/x.gguf"), "input.invalid"),
        (AddModel("digits@3", "/x.gguf"), "input.invalid"),
        (AddModel("digits", "/x.gguf", metrics={"a": float("nan")}), "input.invalid"),
        (AddModel("digits", "/x.gguf", server="nowhere"), "server.unknown"),
        (AddModel("digits", "x.gguf", from_job="zzz"), "id.unknown"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(desk: Desk, wanted: AddModel, code: str) -> None:
    with pytest.raises(Problem) as caught:
        desk.models.prepare_add(wanted)
    assert caught.value.code == code
    assert desk.models.list() == []
    assert desk.blobs() == set()


def test_content_that_is_refused_leaves_nothing(desk: Desk, gguf: Path) -> None:
    gguf.write_bytes(b"not at all")
    with pytest.raises(Problem, match="no GGUF"):
        desk.add(gguf)
    assert desk.models.list() == []
    assert desk.blobs() == set()


def failing_later(work: Work[ModelVersion]) -> Work[ModelVersion]:
    """The same work with a step after it that fails."""

    def fail(_: object) -> None:
        raise Problem("input.invalid", what="this", reason="of the test")

    actions = (*work.actions, Action(Step("Fail"), fail))
    steps = tuple(each.step for each in actions)
    plan = type(work.plan)(work.plan.action, work.plan.title, work.plan.target, (), steps)
    return Work(plan, actions, work.result)


def test_an_undone_add_takes_its_artifact_along_but_never_anothers(desk: Desk, gguf: Path) -> None:
    with pytest.raises(Problem, match="of the test"):
        desk.operations.run(failing_later(desk.models.prepare_add(AddModel("digits", str(gguf)))))
    assert desk.models.list() == []
    assert desk.blobs() == set()
    kept = desk.add(gguf, "other")
    with pytest.raises(Problem, match="of the test"):
        desk.operations.run(failing_later(desk.models.prepare_add(AddModel("digits", str(gguf)))))
    assert kept.blob.read_bytes() == b"GGUF one"
    assert [each.name for each in desk.models.list()] == ["other"]


@pytest.mark.expected_logs("stopped by a fault")
def test_a_database_that_refuses_leaves_no_artifact(desk: Desk, gguf: Path) -> None:
    desk.store.write(
        lambda c: c.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON model_versions BEGIN SELECT RAISE (ABORT, 'no'); END"
        )
    )
    with pytest.raises(Exception, match="no"):
        desk.add(gguf)
    assert desk.blobs() == set()


def test_two_consoles_adding_at_once_get_two_numbers(desk: Desk, gguf: Path) -> None:
    versions: list[int] = []
    threads = [threading.Thread(target=lambda: versions.append(desk.add(gguf).version)) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(versions) == [1, 2, 3, 4, 5, 6]
    assert len(desk.blobs()) == 1
