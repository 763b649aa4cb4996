"""What jobs measure, over real sshd: three formats live, links cut, kept without the server, the stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from console.core.clock import iso
from console.core.home import shipped
from console.core.problems import Problem
from console.jobs.how_to import THREE_LINES
from console.jobs.job import JobState
from console.jobs.measured import MAX_KEPT, STEP_TIME, Raw, metrics_csv, named, piece_of, step_parts
from console.jobs.metric_reading import parse_news
from console.jobs.metric_records import MetricNews, MetricRecords, SourceNews
from tests.integration.jobs.conftest import Desk
from tests.lab.sshd import LabServer

EVENTS = Path(__file__).parents[2] / "unit/agent/tfevents/torch.tfevents"
COUNT = 40
WRITES_ALL = f"""
import json, os, time
data = open({str(EVENTS)!r}, "rb").read()
events = open("events.out.tfevents.1", "wb", buffering=0)
table = open("metrics.csv", "w", buffering=1)
table.write("step,val_loss,lr\\n")
for step in range({COUNT}):
    with open(os.environ["TANDEM_METRICS"], "a") as own:
        own.write(json.dumps({{"step": step, "time": time.time(), "loss": 1 / (step + 1)}}) + "\\n")
    table.write(f"{{step}},,0.1\\n" if step % 2 else f"{{step}},{{step}},\\n")
    part = len(data) // {COUNT}
    events.write(data[step * part : (step + 1) * part if step < {COUNT} - 1 else None])
    time.sleep(0.05)
"""


def test_all_formats_are_followed_live_with_the_link_cut_and_no_point_comes_twice(
    desk: Desk, lab_server: LabServer, tmp_path: Path
) -> None:
    job = desk.python(WRITES_ALL)
    points: dict[str, list[float]] = {}
    live = cut = 0
    for _job, raws in desk.jobs.follow_metrics([job.id]):
        for raw in raws:
            points.setdefault(raw.name, []).extend(point[3] for point in raw.points)
        if 5 < len(points.get("loss", ())) < COUNT:
            live += 1
        if live == 2 and not cut:
            lab_server.end_sessions()
            cut += 1
    assert cut == 1
    assert points["loss"] == [1 / (step + 1) for step in range(COUNT)]
    assert points["val_loss"] == [float(step) for step in range(0, COUNT, 2)]
    assert points["lr"] == [0.1] * (COUNT // 2)
    assert len(points["train/loss"]) == len(points["val/accuracy"]) == 20

    # What is kept is the same, and stays when the server is gone.
    assert desk.jobs.wait(job.id, 20).exit_code == 0
    lab_server.stop_listening()
    kept = desk.jobs.metrics(job.id)
    assert kept.complete
    assert {name: list(curve.values) for name, curve in kept.curves.items() if name != "odd"} == {
        name: values for name, values in points.items() if name != "odd"
    }
    assert math.isnan(kept.curves["odd"].values[0])
    assert math.isinf(kept.curves["odd"].values[1])


def test_what_ended_unseen_is_gathered_by_the_next_look_at_the_server(
    desk: Desk, make_desk: Callable[..., Desk], lab_server: LabServer
) -> None:
    job = desk.python("import os; open(os.environ['TANDEM_METRICS'], 'w').write('{\"a\": 3}')")
    desk.wait_for(job, JobState.SUCCEEDED)
    other = make_desk("other")
    other.add(lab_server)
    assert other.jobs.refresh() == {}
    lab_server.stop_listening()
    assert other.jobs.metrics(job.id).last() == {"a": 3.0}


def test_several_jobs_are_followed_at_once_each_to_its_own_end(
    desk: Desk, make_lab_server: Callable[..., LabServer]
) -> None:
    other = desk.add(make_lab_server(), "other")
    code = (
        "import json, os, time\nfor n in range(6):\n time.sleep(.05)\n"
        " open(os.environ['TANDEM_METRICS'], 'a').write(json.dumps({'NAME': n}) + '\\n')"
    )
    jobs = {
        name: desk.python(code.replace("NAME", name), server=server)
        for name, server in (("a", "lab"), ("b", other))
    }
    found: dict[str, list[float]] = {job.id: [] for job in jobs.values()}
    for job_id, raws in desk.jobs.follow_metrics([job.id for job in jobs.values()]):
        for raw in raws:
            assert job_id == jobs[raw.name].id
            found[job_id] += [point[3] for point in raw.points]
    assert list(found.values()) == [[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]] * 2
    # One that cannot be followed hides no other, and is told at the end.
    desk.jobs.wait(jobs["b"].id, 20)
    desk.fleet.call(other, "job.remove", {"id": jobs["b"].id})
    seen: list[str] = []
    rest = (job_id for job_id, _raws in desk.jobs.follow_metrics(list(found)))
    with pytest.raises(Problem) as wrong:
        seen.extend(rest)
    assert wrong.value.code == "id.unknown"
    assert set(seen) == {jobs["a"].id}


def test_what_a_job_used_and_measured_is_kept_here_though_nobody_looked(
    desk: Desk, lab_server: LabServer
) -> None:
    code = "import os, time; open(os.environ['TANDEM_METRICS'], 'w').write('{\"a\": 3}'); time.sleep(2.2)"
    job = desk.python(code)
    desk.jobs.tend([])
    assert desk.jobs.known(job.id).state is not JobState.SUCCEEDED, "nobody is connected"
    deadline = time.monotonic() + 30
    while desk.jobs.known(job.id).state is not JobState.SUCCEEDED:
        assert time.monotonic() < deadline
        desk.jobs.tend(["lab", "elsewhere"])
        time.sleep(0.1)
    # Its meter writes the last of its curve a little later: till then none is kept.
    assert desk.store.rows("SELECT count(*) FROM job_usage WHERE curve IS NOT NULL", ())[0][0] == 0
    ended = desk.jobs.known(job.id).ended
    assert ended is not None
    curves = lab_server.home / f".tandem/jobs/{job.id}/usage/1.curve.json"
    while not curves.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    long_ago = iso(ended - timedelta(minutes=1))
    desk.store.write(lambda c: c.execute("UPDATE jobs SET ended = ? WHERE id = ?", (long_ago, job.id)))
    desk.jobs.tend(["lab"])
    lab_server.end_sessions()
    lab_server.stop_listening()
    assert desk.jobs.metrics(job.id).last() == {"a": 3.0}
    (curve,) = desk.jobs.history.curves(desk.jobs.known(job.id))
    assert curve.attempt == 1


def test_two_readers_keep_a_point_once(desk: Desk) -> None:
    records = MetricRecords(desk.store)
    job = desk.submit("true")
    desk.jobs.wait(job.id, 15)
    before = records.state(job.id).generation
    news = MetricNews(
        (SourceNews("a.csv", "csv", {"offset": 1}, replaced=False),),
        (Raw("a.csv", "x", 1, [(0.0, 1.0, math.nan, 2.0)]),),
        more=False,
        complete=True,
        cut=False,
    )
    assert records.add(job.id, news, before=before)
    assert not records.add(job.id, news, before=before)
    assert list(records.metrics(job.id).curves["x"].values) == [2.0]


def test_what_is_kept_is_bounded_and_keeps_its_extremes(desk: Desk) -> None:
    records = MetricRecords(desk.store)
    job = desk.submit("true")
    desk.jobs.wait(job.id, 15)
    source = (SourceNews("a.csv", "csv", {}, replaced=False),)
    total = 0
    for turn in range(60):
        count = 1000
        points = [(float(n), float(total + n), math.nan, math.sin(n)) for n in range(count)]
        if turn == 7:
            points[500] = (500.0, float(total + 500), math.nan, -77.0)
        news = MetricNews(source, (Raw("a.csv", "x", count, points),), more=True, complete=False, cut=False)
        assert records.add(job.id, news, before=records.state(job.id).generation)
        total += count
    curve = records.metrics(job.id).curves["x"]
    assert len(curve) <= 2 * MAX_KEPT
    assert (curve.seen, curve.low, curve.thinned) == (total, -77.0, True)
    assert curve.ordinals[-1] == curve.steps[-1] == total - 1
    assert desk.store.read("SELECT count(*) AS n FROM job_curve_parts")[0]["n"] < 60


STOPS = """
import os, time, tandem_metrics as t
with open("ready", "w"):
    while not t.should_stop():
        time.sleep(0.01)
t.checkpointed("model.pt", step=9)
"""


def test_checkpoint_and_stop_waits_for_the_checkpoint(desk: Desk, lab_server: LabServer) -> None:
    job = desk.python(STOPS)
    desk.wait_for(job, JobState.RUNNING)
    code = lab_server.home / ".tandem" / "jobs" / job.id / "code"
    while not (code / "ready").exists():
        desk.jobs.show(job.id)
    work = desk.jobs.prepare_stop(job.id, 30)
    assert [step.name for step in work.plan.steps] == ["Ask for a checkpoint", "Wait for its end"]
    done = desk.operations.run(work)
    assert (done.state, done.exit_code) == (JobState.CANCELLED, 0)
    assert done.checkpoint == f"{code}/model.pt (step 9)"
    assert done.reason == f"it was stopped after its checkpoint {code}/model.pt (step 9)"
    with pytest.raises(Problem) as caught:
        desk.jobs.prepare_stop(job.id)
    assert caught.value.code == "job.finished"


def test_a_job_that_does_not_answer_is_killed_after_the_limit(desk: Desk) -> None:
    job = desk.python(
        "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint(1, flush=True)\ntime.sleep(60)"
    )
    for piece in desk.jobs.follow(job.id):
        assert piece == b"1\n"
        break
    done = desk.operations.run(desk.jobs.prepare_stop(job.id, 0.4))
    assert (done.state, done.signal) == (JobState.CANCELLED, 9)
    assert "did not end within 0.4 s and was killed" in str(done.reason)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"sources": [], "curves": 3},
        {"sources": [{"name": "a", "kind": "csv", "cursor": {}}], "curves": [{"source": "a", "name": "n",
         "seen": 60001, "points_b64": "AAAA" * 10}] * 3, "x": 1},
    ],
)  # fmt: skip
def test_nonsense_from_a_server_is_refused_or_left_out(answer: dict[str, object]) -> None:
    try:
        found = parse_news("s", answer).curves
    except Problem as problem:
        found = () if problem.code == "agent.protocol" else None
    assert found == ()


def curves_of(source: str, **metrics: list[float]) -> list[Raw]:
    return [
        Raw(source, name, len(values), [(float(n), float(n), math.nan, v) for n, v in enumerate(values)])
        for name, values in metrics.items()
    ]


def test_runs_that_have_the_same_metric_are_told_apart_by_their_folders() -> None:
    raws = [
        *curves_of("logs/train/events.out.tfevents.1", loss=[1.0], lr=[0.1]),
        *curves_of("logs/train/events.out.tfevents.2", loss=[0.5]),
        *curves_of("logs/validation/events.out.tfevents.1", loss=[2.0]),
        *curves_of("$TANDEM_METRICS", loss=[3.0]),
    ]
    curves = named([piece_of(each) for each in raws])
    assert {name: list(curve.values) for name, curve in curves.items()} == {
        "train/loss": [1.0, 0.5],
        "validation/loss": [2.0],
        "loss": [3.0],
        "lr": [0.1],
    }
    assert list(curves["train/loss"].ordinals) == [0.0, 1.0]


def test_the_parts_of_a_step_are_known_only_where_they_are_reported() -> None:
    def parts(**metrics: list[float]) -> list[tuple[str, float, float]]:
        raws = curves_of("a", **{STEP_TIME + name: values for name, values in metrics.items()})
        found = step_parts(named([piece_of(each) for each in raws]))
        return [(each.name, each.seconds, round(each.share, 3)) for each in found]

    assert parts() == []
    assert parts(total=[1.0]) == []
    assert parts(total=[1.0], data=[0.25], forward=[0.5]) == [
        ("forward", 0.5, 0.5),
        ("data", 0.25, 0.25),
        ("", 0.25, 0.25),
    ]
    assert parts(data=[1.0, math.nan], forward=[3.0]) == [("forward", 3.0, 0.75), ("data", 1.0, 0.25)]


def test_values_as_csv_say_what_is_no_number_and_leave_unknown_cells_empty() -> None:
    curves = named([piece_of(each) for each in curves_of("a", x=[0.5, math.nan, -math.inf])])
    text = metrics_csv([("=run", curves.values())])
    assert text.splitlines() == [
        "job,metric,step,time,value",
        "'=run,x,0,,0.5",
        "'=run,x,1,,nan",
        "'=run,x,2,,-inf",
    ]


def test_the_three_lines_of_the_help_are_all_that_a_job_needs(desk: Desk) -> None:
    shown = (shipped("resources") / "help" / "jobs.md").read_text("utf-8")
    assert all(line.strip() in shown for line in THREE_LINES.splitlines())
    job = desk.python(THREE_LINES + "\nfor step in range(3): log(step=step, loss=1 / (step + 1))")
    assert desk.jobs.wait(job.id, 20).exit_code == 0
    loss = desk.jobs.metrics(job.id).curves["loss"]
    assert (list(loss.steps), list(loss.values)) == ([0, 1, 2], [1, 1 / 2, 1 / 3])
    assert all(math.isfinite(time) for time in loss.times)
