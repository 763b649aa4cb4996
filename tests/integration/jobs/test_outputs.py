"""What a job left: listed, fetched with its hash checked, and never written anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.core.problems import Problem
from console.jobs.job import Job
from tests.integration.jobs.conftest import Desk
from tests.lab.sshd import LabServer

LEAVE = (
    "import os, pathlib\n"
    "out = pathlib.Path(os.environ['TANDEM_OUTPUTS'])\n"
    "(out / 'sub').mkdir()\n"
    "(out / 'model.bin').write_bytes(b'weights' * 50000)\n"
    "(out / 'sub' / 'notes.txt').write_text('note')\n"
    "pathlib.Path('extra.txt').write_text('extra')\n"
)


@pytest.fixture
def job(desk: Desk) -> Job:
    return desk.jobs.wait(desk.python(LEAVE, outputs=("*.txt",)).id, 15)


def test_outputs_are_listed_and_fetched(desk: Desk, job: Job, tmp_path: Path) -> None:
    listed = {each.path: each.size_bytes for each in desk.jobs.outputs(job.id)}
    assert listed == {"model.bin": 350000, "sub/notes.txt": 4, "extra.txt": 5}
    to = tmp_path / "results"
    work = desk.jobs.prepare_fetch_outputs(job.id, to)
    assert work.plan.servers == ("lab",)
    assert not to.exists(), "a plan changes nothing"
    fetched = desk.operations.run(work)
    assert sorted(path.relative_to(to).as_posix() for path in fetched) == sorted(listed)
    assert (to / "model.bin").read_bytes() == b"weights" * 50000
    again = desk.operations.run(desk.jobs.prepare_fetch_outputs(job.id, to))
    assert sorted(again) == sorted(fetched)


def test_no_file_of_the_persons_is_overwritten(desk: Desk, job: Job, tmp_path: Path) -> None:
    mine = tmp_path / "extra.txt"
    mine.write_text("precious")
    with pytest.raises(Problem) as caught:
        desk.jobs.prepare_fetch_outputs(job.id, tmp_path)
    assert caught.value.code == "name.taken"
    assert mine.read_text() == "precious"


def test_links_here_do_not_lead_out(desk: Desk, job: Job, tmp_path: Path) -> None:
    to, outside = tmp_path / "to", tmp_path / "outside"
    to.mkdir()
    outside.mkdir()
    (to / "sub").symlink_to(outside)
    with pytest.raises(Problem, match="leads out of"):
        desk.jobs.prepare_fetch_outputs(job.id, to)
    assert list(outside.iterdir()) == []


def test_a_file_that_changed_meanwhile_is_refused_and_all_is_undone(
    desk: Desk, job: Job, lab_server: LabServer, tmp_path: Path
) -> None:
    to = tmp_path / "deep" / "results"
    work = desk.jobs.prepare_fetch_outputs(job.id, to)
    left = lab_server.home / ".tandem" / "jobs" / job.id / "outputs" / "sub" / "notes.txt"
    left.write_text("not what was listed")
    with pytest.raises(Problem) as caught:
        desk.operations.run(work)
    assert caught.value.code == "transfer.mismatch"
    assert not (tmp_path / "deep").exists()


def test_a_job_without_outputs(desk: Desk, tmp_path: Path) -> None:
    job = desk.jobs.wait(desk.submit("true").id, 15)
    with pytest.raises(Problem) as caught:
        desk.jobs.prepare_fetch_outputs(job.id, tmp_path)
    assert caught.value.code == "job.no_outputs"


@pytest.mark.expected_logs("1 outputs of job .* have unsafe names")
def test_a_deceiving_name_is_left_out_and_hides_no_other(desk: Desk, tmp_path: Path) -> None:
    job = desk.python(
        "import os\nfor name in ('ok.txt', 'a\\x1b[2Jb'):\n"
        "    open(os.path.join(os.environ['TANDEM_OUTPUTS'], name), 'w').write('x')"
    )
    desk.jobs.wait(job.id, 15)
    fetched = desk.operations.run(desk.jobs.prepare_fetch_outputs(job.id, tmp_path / "to"))
    assert [path.name for path in fetched] == ["ok.txt"]
