"""A job's life seen by the service, on real sshd with the real agent: every end told truly."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.jobs.job import JobFilter, JobRequest, JobState
from console.operations.plan import Step
from tests.integration.jobs.conftest import Desk
from tests.lab.sshd import LabServer


def test_a_job_that_succeeds(desk: Desk, lab_server: LabServer) -> None:
    job = desk.submit("sh", "-c", "echo hello; echo there >&2", name="greet", tags={"k": "v"})
    done = desk.jobs.wait(job.id, 15)
    assert (done.state, done.exit_code, done.signal) == (JobState.SUCCEEDED, 0, None)
    assert (done.name, done.server, done.submitted_by, done.tags) == (
        "greet",
        "lab",
        "tester@lab",
        {"k": "v"},
    )
    assert done.argv == ("sh", "-c", "echo hello; echo there >&2")
    assert done.started is not None
    assert done.ended is not None
    assert done.started <= done.ended
    part = desk.jobs.log(job.id)
    assert (part.data, part.ended) == (b"hello\nthere\n", True)
    assert desk.jobs.log(job.id, -6).data == b"there\n"
    assert desk.jobs.list() == [done]
    assert (lab_server.home / ".tandem" / "jobs" / job.id).is_dir()


@pytest.mark.parametrize(
    ("code", "state", "exit_code", "number"),
    [
        ("import sys; sys.exit(3)", JobState.FAILED, 3, None),
        ("import os; os.kill(os.getpid(), 9)", JobState.FAILED, None, signal.SIGKILL),
    ],
)
def test_jobs_that_fail(
    desk: Desk, code: str, state: JobState, exit_code: int | None, number: int | None
) -> None:
    done = desk.jobs.wait(desk.python(code).id, 15)
    assert (done.state, done.exit_code, done.signal) == (state, exit_code, number)
    assert done.reason


def test_a_job_over_its_time(desk: Desk) -> None:
    done = desk.jobs.wait(desk.submit("sleep", "60", time_limit_s=0.3).id, 20)
    assert done.state is JobState.TIMED_OUT


def test_a_cancelled_job(desk: Desk) -> None:
    job = desk.submit("sleep", "60")
    desk.wait_for(job, JobState.RUNNING)
    work = desk.jobs.prepare_cancel(job.id)
    assert not work.plan.destructive
    assert desk.operations.run(work).state is JobState.CANCELLED
    with pytest.raises(Problem) as caught:
        desk.jobs.prepare_cancel(job.id)
    assert caught.value.code == "job.finished"


def test_the_log_is_followed_to_its_end(desk: Desk) -> None:
    job = desk.python(
        "import time\nfor n in range(40):\n    print('line', n, 'x' * 2000, flush=True)\n    time.sleep(0.01)"
    )
    data = b"".join(desk.jobs.follow(job.id))
    lines = data.decode().splitlines()
    assert [line.split()[1] for line in lines] == [str(n) for n in range(40)]
    assert b"".join(desk.jobs.follow(job.id, 100)) == data[100:]


def test_following_goes_on_at_the_same_byte_after_a_lost_link(desk: Desk, lab_server: LabServer) -> None:
    job = desk.python(
        "import time\nfor n in range(60):\n    print('line', n, flush=True)\n    time.sleep(0.03)"
    )
    data = b""
    cut = False
    for piece in desk.jobs.follow(job.id):
        data += piece
        if not cut and len(data) > 50:
            lab_server.end_sessions()
            cut = True
    assert data.decode() == "".join(f"line {n}\n" for n in range(60))
    assert desk.jobs.wait(job.id, 15).exit_code == 0


def test_metrics_are_kept_and_read_on(desk: Desk) -> None:
    job = desk.python(
        "import json, os, time\n"
        "for n in range(5):\n"
        "    with open(os.environ['TANDEM_METRICS'], 'a') as f:\n"
        "        f.write(json.dumps({'step': n, 'time': time.time(), 'loss': 1 / (n + 1)}) + '\\n')\n"
        "    time.sleep(0.05)"
    )
    desk.jobs.metrics(job.id)
    desk.jobs.wait(job.id, 15)
    first = desk.jobs.metrics(job.id)
    assert first.complete
    loss = first.curves["loss"]
    assert list(zip(loss.steps, loss.values, strict=True)) == [(n, 1 / (n + 1)) for n in range(5)]
    assert desk.jobs.metrics(job.id) is first


def test_wait_comes_back_when_its_time_is_over(desk: Desk) -> None:
    job = desk.submit("sleep", "30")
    began = time.monotonic()
    assert not desk.jobs.wait(job.id, 0.3).final
    assert time.monotonic() - began < 3
    desk.operations.run(desk.jobs.prepare_cancel(job.id))


def test_lists_are_filtered(desk: Desk) -> None:
    good = desk.submit("true", name="alpha")
    bad = desk.submit("false", name="beta")
    for job in (good, bad):
        desk.jobs.wait(job.id, 15)

    def names(**wanted: object) -> list[str]:
        return [job.name for job in desk.jobs.list(JobFilter(**wanted))]

    assert names() == ["beta", "alpha"]
    assert names(states=frozenset({JobState.FAILED})) == ["beta"]
    assert names(search="ALPH") == ["alpha"]
    assert names(search="lab fals") == ["beta"]
    assert names(server="other") == []
    assert names(since=bad.submitted) == ["beta"]
    assert names(limit=1) == ["beta"]
    assert desk.jobs.resolve(good.id[:-1]) == good.id
    for prefix, code in (("", "id.unknown"), ("zz", "id.unknown"), (good.id[:3], "id.ambiguous")):
        with pytest.raises(Problem) as caught:
            desk.jobs.resolve(prefix)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("request_", "code", "says"),
    [
        (JobRequest(("python3", "nope.py"), server="lab"), "job.script_missing", "no script nope.py"),
        (JobRequest(("no-such-command",), server="lab"), "job.command_missing", "'no-such-command'"),
        (JobRequest(("true",), server="lab", workdir="/no/such"), "remote.path_missing", "/no/such"),
        (JobRequest(("true",), server="lab", gpus=64), "job.gpus_unavailable", "64 accelerators"),
    ],
)  # fmt: skip
def test_what_cannot_start_is_one_sentence_and_leaves_nothing(
    desk: Desk, lab_server: LabServer, request_: JobRequest, code: str, says: str
) -> None:
    with pytest.raises(Problem, match=says) as caught:
        desk.operations.run(desk.jobs.prepare_submit(request_))
    assert caught.value.code == code
    assert desk.jobs.list() == []
    assert not list((lab_server.home / ".tandem" / "jobs").glob("*"))


def test_what_is_refused_before_any_server_is_asked(desk: Desk) -> None:
    for request, code in (
        (JobRequest(("true",), server="nowhere"), "server.unknown"),
        (JobRequest(("true",), any_server=True, labels={"zone": "x"}), "job.no_server_fits"),
        (JobRequest(("true",)), "input.invalid"),
        (JobRequest(("true",), server="lab", any_server=True), "input.invalid"),
        (JobRequest((), server="lab", recipe="nope"), "recipe.unknown"),
    ):
        with pytest.raises(Problem) as caught:
            desk.jobs.prepare_submit(request)
        assert caught.value.code == code
    assert desk.fleet.links() == {}


def test_a_drained_server_refuses_whatever_was_known_here(desk: Desk) -> None:
    desk.fleet.call("lab", "server.drain", {"reason": "repair", "by": "ann"})
    with pytest.raises(Problem, match="lab takes no new work: repair") as caught:
        desk.submit("true")
    assert caught.value.code == "server.drained"
    with pytest.raises(Problem, match="no new work: lab \\(repair\\)"):
        desk.jobs.prepare_submit(JobRequest(("true",), any_server=True))
    desk.fleet.call("lab", "server.resume", {})
    assert desk.jobs.wait(desk.submit("true").id, 20).state is JobState.SUCCEEDED


def test_attempts_and_what_a_log_has_lost_reach_the_console(desk: Desk) -> None:
    bulk = "head -c 30000000 /dev/zero | tr '\\0' x; sleep 1.5"
    script = f"{bulk}; echo end $TANDEM_ATTEMPT; test $TANDEM_ATTEMPT = 2"
    job = desk.submit("sh", "-c", script, retries=1, backoff_s=0.1, log_limit_bytes=1 << 20)
    done = desk.jobs.wait(job.id, 30)
    assert (done.state, [(each.state, each.exit_code) for each in done.attempts]) == (
        JobState.SUCCEEDED,
        [(JobState.FAILED, 1)],
    )
    log = b"".join(desk.jobs.follow(job.id))
    assert log.endswith(b"end 2\n")
    assert b"of the log are gone: it passed its limit]" in log
    assert len(log) < 3 << 20
    assert desk.jobs.show(job.id) == done


def test_the_plan_names_its_steps_and_asks_nothing(desk: Desk) -> None:
    plan = desk.jobs.prepare_submit(JobRequest(("python3", "train.py"), server="lab", gpus=2)).plan
    assert plan.title == "Submit train.py to lab"
    assert plan.servers == ("lab",)
    assert [step.name for step in plan.steps] == ["Check", "Submit"]
    assert plan.steps[1] == Step("Submit", "python3 train.py to lab, 2 accelerators")
    assert desk.fleet.links() == {}


def test_from_submit_to_started_is_fast_on_a_warm_link(desk: Desk) -> None:
    desk.jobs.wait(desk.submit("true").id, 15)
    spans = []
    for _ in range(5):
        before = time.time()
        done = desk.jobs.wait(desk.submit("true").id, 15)
        assert done.started is not None
        spans.append(done.started.timestamp() - before)
    # The figure is the benchmark's; this is against a start that waits for something.
    assert min(spans) < 1.0, spans


def test_files_travel_with_a_job(desk: Desk, tmp_path: Path) -> None:
    script = tmp_path / "hello.py"
    script.write_text("import helper; print(helper.WORD)")
    helper = tmp_path / "helper.py"
    helper.write_text("WORD = 'né'")
    job = desk.submit("python3", "hello.py", files={"hello.py": script, "helper.py": helper})
    assert desk.jobs.wait(job.id, 15).exit_code == 0
    assert desk.jobs.log(job.id).data.decode() == "né\n"
