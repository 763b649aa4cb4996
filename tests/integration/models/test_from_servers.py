"""Models that lie on servers: outputs of jobs and plain files, pulled with their hash checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.core.problems import Problem
from console.jobs.job import Job
from console.models.model import AddModel
from tests.integration.jobs.conftest import Desk
from tests.lab.sshd import LabServer

TRAIN = (
    "import json, os\n"
    "open(os.path.join(os.environ['TANDEM_OUTPUTS'], 'model.gguf'), 'wb').write(b'GGUF' + b'w' * 300000)\n"
    "for n in (1, 2):\n"
    "    line = {'step': n, 'epoch': n, 'loss': 1 / n, 'accuracy': 0.9 + n / 100}\n"
    "    open(os.environ['TANDEM_METRICS'], 'a').write(json.dumps(line) + '\\n')\n"
)


@pytest.fixture
def trained(desk: Desk) -> Job:
    return desk.jobs.wait(desk.python(TRAIN).id, 15)


def test_an_output_of_a_job_becomes_a_version_with_its_lineage(desk: Desk, trained: Job) -> None:
    wanted = AddModel("digits", "model.gguf", from_job=trained.id[:12], metrics={"size": 1.0})
    work = desk.models.prepare_add(wanted)
    assert work.plan.servers == ("lab",)
    assert [step.name for step in work.plan.steps] == ["Copy", "Check", "Register"]
    version = desk.operations.run(work)
    assert version.ref == "digits@1"
    assert version.job == trained.id
    assert version.metrics == {"loss": 0.5, "accuracy": 0.92, "size": 1.0}
    assert version.blob.read_bytes() == b"GGUF" + b"w" * 300000
    output = desk.jobs.outputs(trained.id)[0]
    assert version.sha256 == output.sha256
    # The same by its absolute path, as scripts have it from `job show`.
    for server in (None, "lab"):
        same = desk.operations.run(
            desk.models.prepare_add(AddModel("digits", output.absolute, from_job=trained.id, server=server))
        )
        assert same.sha256 == version.sha256


def test_a_file_of_a_server(desk: Desk, lab_server: LabServer) -> None:
    (lab_server.home / "weights").mkdir()
    (lab_server.home / "weights" / "a.gguf").write_bytes(b"GGUF here")
    version = desk.operations.run(desk.models.prepare_add(AddModel("m", "weights/a.gguf", server="lab")))
    assert version.blob.read_bytes() == b"GGUF here"
    assert version.file_name == "a.gguf"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (AddModel("m", "/no/such.gguf", server="lab"), "model.file_missing"),
        (AddModel("m", "/tmp", server="lab", format="gguf"), "model.format_refused"),
        (AddModel("m", "nope.gguf", from_job="?"), "model.file_missing"),
        (AddModel("m", "/no/such.gguf", from_job="?"), "model.file_missing"),
    ],
)
def test_what_is_not_there_is_one_sentence(desk: Desk, trained: Job, wanted: AddModel, code: str) -> None:
    if wanted.from_job:
        wanted = AddModel(wanted.name, wanted.path, from_job=trained.id)
    with pytest.raises(Problem) as caught:
        desk.models.prepare_add(wanted)
    assert caught.value.code == code


def test_an_output_that_changed_since_it_was_listed_is_refused(
    desk: Desk, trained: Job, lab_server: LabServer
) -> None:
    work = desk.models.prepare_add(AddModel("digits", "model.gguf", from_job=trained.id))
    left = Path(desk.jobs.outputs(trained.id)[0].absolute)
    left.write_bytes(b"GGUF other")
    with pytest.raises(Problem) as caught:
        desk.operations.run(work)
    assert caught.value.code == "transfer.mismatch"
    assert desk.models.list() == []
    assert not [each for each in desk.home.blobs.rglob("*") if each.is_file()]
