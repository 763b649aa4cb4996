"""The server holds the truth: consoles are killed, doubled, emptied and cut off, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.jobs.job import JobRequest, JobState
from console.jobs.reading import GONE
from tests.integration.jobs.conftest import Desk
from tests.lab.fleet import LabFleet
from tests.lab.sshd import LabServer

ROOT = Path(__file__).resolve().parents[3]

# A console of its own: it submits a job, says its id and follows it until it is killed.
CONSOLE = """
import sys
from contextlib import ExitStack
from pathlib import Path
from console.core.home import Home
from tests.integration.jobs.conftest import open_desk
with ExitStack() as stack:
    desk = open_desk(Home(Path(sys.argv[1])), stack)
    job = desk.submit(*sys.argv[2:])
    print(job.id, flush=True)
    for piece in desk.jobs.follow(job.id):
        print(piece.decode(), end="", flush=True)
"""


def test_a_console_killed_in_the_middle_loses_nothing(
    make_desk: Callable[..., Desk], lab_server: LabServer, tmp_path: Path
) -> None:
    first = make_desk()
    first.add(lab_server)
    gate = tmp_path / "go"
    code = (
        "import os, sys, time\nprint('begun', flush=True)\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.02)\n"
        "print('done', flush=True); sys.exit(7)"
    )
    argv = [sys.executable, "-c", CONSOLE, str(first.home.root), sys.executable, "-c", code]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    try:
        assert process.stdout is not None
        job_id = process.stdout.readline().strip()
        assert process.stdout.readline() == "begun\n"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()

    again = make_desk()
    again.jobs.refresh()
    assert again.jobs.show(job_id).state is JobState.RUNNING
    gate.touch()
    done = again.jobs.wait(job_id, 15)
    assert (done.state, done.exit_code) == (JobState.FAILED, 7)
    assert b"".join(again.jobs.follow(job_id)) == b"begun\ndone\n"


def test_a_second_console_sees_and_ends_the_job_of_the_first(
    make_desk: Callable[..., Desk], lab_server: LabServer
) -> None:
    one, two = make_desk("one"), make_desk("two")
    for desk in (one, two):
        desk.add(lab_server)
    job = one.submit("sleep", "60", name="long")
    assert two.jobs.list() == []
    assert two.jobs.refresh() == {}
    seen = two.jobs.list()[0]
    assert (seen.id, seen.name, seen.submitted, seen.submitted_by) == (
        job.id,
        "long",
        job.submitted.replace(microsecond=job.submitted.microsecond // 1000 * 1000),
        "tester@lab",
    )
    two.operations.run(two.jobs.prepare_cancel(two.jobs.resolve(job.id[:12])))
    one.jobs.refresh("lab")
    assert one.jobs.list()[0].state is JobState.CANCELLED


def test_a_deleted_database_is_rebuilt_from_the_servers(
    make_desk: Callable[..., Desk], lab_server: LabServer
) -> None:
    before = make_desk("before")
    before.add(lab_server)
    good, bad = before.submit("true"), before.submit("sh", "-c", "exit 5", tags={"k": "v"})
    for job in (good, bad):
        before.jobs.wait(job.id, 15)
    before.jobs.refresh()
    known = before.jobs.list()

    after = make_desk("after")
    after.add(lab_server)
    assert after.jobs.refresh() == {}
    assert after.jobs.list() == known
    assert after.jobs.list()[0].exit_code == 5


def test_one_job_is_found_by_its_id_in_an_empty_database(
    make_desk: Callable[..., Desk], lab_server: LabServer
) -> None:
    one, two = make_desk("one"), make_desk("two")
    for desk in (one, two):
        desk.add(lab_server)
    job = one.submit("sh", "-c", "exit 4")
    assert two.jobs.wait(two.jobs.resolve(job.id[:10]), 15).exit_code == 4


def test_an_unreachable_server_leaves_what_was_known(desk: Desk, lab_server: LabServer) -> None:
    live, done = desk.submit("sleep", "30"), desk.submit("true")
    desk.jobs.wait(done.id, 15)
    desk.wait_for(live, JobState.RUNNING)
    lab_server.stop_listening()
    shown = desk.jobs.show(live.id)
    assert (shown.state, shown.reachable) == (JobState.RUNNING, False)
    assert desk.jobs.refresh()["lab"].code.startswith("ssh.")
    assert [(job.state.value, job.reachable) for job in desk.jobs.list()] == [
        ("succeeded", False),
        ("running", False),
    ]
    assert not desk.jobs.wait(live.id, 0.2).final
    with pytest.raises(Problem) as caught:
        desk.jobs.log(live.id)
    assert caught.value.code.startswith("ssh.")
    assert desk.jobs.metrics(live.id).curves == {}

    lab_server.restart()
    desk.fleet.retry("lab")
    shown = desk.jobs.show(live.id)
    assert (shown.state, shown.reachable) == (JobState.RUNNING, True)
    desk.operations.run(desk.jobs.prepare_cancel(live.id))


def test_a_new_console_says_that_old_news_is_old(
    make_desk: Callable[..., Desk], lab_server: LabServer
) -> None:
    first = make_desk()
    first.add(lab_server)
    first.submit("sleep", "30")
    assert make_desk().jobs.list()[0].reachable is False
    make_desk().jobs.refresh()


def test_a_job_whose_folder_is_gone_is_lost_and_a_result_stays(desk: Desk, lab_server: LabServer) -> None:
    done, live = desk.submit("true"), desk.submit("sleep", "30")
    desk.jobs.wait(done.id, 15)
    desk.jobs.refresh()
    for job in (done, live):
        (lab_server.home / ".tandem" / "jobs" / job.id).rename(lab_server.home / job.id)
    desk.jobs.refresh()
    assert desk.jobs.show(done.id).state is JobState.SUCCEEDED
    lost = desk.jobs.show(live.id)
    assert (lost.state, lost.reason) == (JobState.LOST, GONE)
    # It comes back (a file system was not mounted) and has ended meanwhile.
    (lab_server.home / live.id).rename(lab_server.home / ".tandem" / "jobs" / live.id)
    desk.operations.run(desk.jobs.prepare_cancel(live.id))
    assert desk.jobs.show(live.id).state is JobState.CANCELLED


def test_a_removed_server_leaves_its_history(desk: Desk) -> None:
    job = desk.submit("true")
    desk.jobs.wait(job.id, 15)
    desk.book.remove("lab")
    desk.fleet.changed("lab")
    assert desk.jobs.refresh() == {}
    assert desk.jobs.show(job.id).state is JobState.SUCCEEDED
    assert "lab" in desk.jobs.refresh("lab")


def test_any_takes_the_server_that_fits(
    make_desk: Callable[..., Desk], lab_fleet: Callable[[int], LabFleet]
) -> None:
    desk = make_desk()
    simulated = {"count": 2, "seed": "test"}
    one, two, three = lab_fleet(3)
    desk.add(one, labels={"zone": "a"}, simulated=simulated)
    desk.add(two, labels={"zone": "b"}, simulated=simulated)
    desk.add(three, labels={"zone": "b"})
    submitted = desk.submit("true", server=None, any_server=True, labels={"zone": "b"}, gpus=1)
    assert submitted.server == "lab-2"
    done = desk.jobs.wait(submitted.id, 20)
    assert (done.state, len(done.accelerators)) == (JobState.SUCCEEDED, 1)
    with pytest.raises(Problem, match="8 accelerators were asked for and the most is 2") as caught:
        desk.jobs.prepare_submit(JobRequest(("true",), any_server=True, gpus=8))
    assert caught.value.code == "job.no_server_fits"
    desk.fleet.call("lab-1", "server.drain", {"reason": "repair"})
    plan = desk.jobs.prepare_submit(JobRequest(("true",), any_server=True, gpus=1)).plan
    assert plan.servers == ("lab-2",)


def test_a_refresh_of_many_servers_waits_for_none_that_is_away(
    make_desk: Callable[..., Desk], lab_fleet: Callable[[int], LabFleet]
) -> None:
    desk = make_desk()
    fleet = lab_fleet(3)
    for lab in fleet:
        desk.add(lab)
    jobs = [desk.submit("true", server=lab.name) for lab in fleet]
    fleet[1].stop_listening()
    began = time.monotonic()
    assert list(desk.jobs.refresh()) == ["lab-2"]
    assert time.monotonic() - began < 5
    assert {job.server for job in desk.jobs.list() if job.reachable} == {"lab-1", "lab-3"}
    assert len(desk.jobs.list()) == len(jobs)
