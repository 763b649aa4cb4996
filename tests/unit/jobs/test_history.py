"""The history of jobs: found by words and marks, annotated, compared, and asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.core.clock import SystemClock
from console.core.problems import Problem
from console.jobs.asking import read_filter
from console.jobs.cloning import request_of
from console.jobs.comparing import Part, Run, compare
from console.jobs.curves import parse_curves
from console.jobs.job import Job, JobFilter, JobState
from console.jobs.measured import Raw, named, piece_of
from console.jobs.notes import checked_note, checked_tags
from console.jobs.records import JobRecords
from console.jobs.usage import GpuUsage, Usage
from console.jobs.usage_records import UsageRecords
from console.store.store import Store

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def job(number: int, **changes: object) -> Job:
    made = Job(
        id=f"{number:08d}",
        name=f"run-{number}",
        server="gpu-01",
        state=JobState.SUCCEEDED,
        argv=("python", "train.py", "--lr=0.1"),
        gpus=1,
        accelerators=(),
        submitted=NOW + timedelta(minutes=number),
        submitted_by="alice@desk",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "t.db", SystemClock())
    yield opened
    opened.close()


@pytest.fixture
def records(store: Store) -> JobRecords:
    made = JobRecords(store)
    made.put(
        [
            job(1, tags={"project": "vision"}),
            job(2, name="eval", state=JobState.FAILED, submitted_by="bob@desk", server="gpu-02"),
            job(3, argv=("sh", "-c", 'echo "Überprüfung 100%"'), state=JobState.RUNNING),
        ],
        seen=NOW,
    )
    return made


def found(records: JobRecords, **wanted: object) -> list[int]:
    jobs = records.find(JobFilter(**wanted))  # type: ignore[arg-type]
    assert records.count(JobFilter(**wanted)) == len(jobs)  # type: ignore[arg-type]
    return [int(each.id) for each in jobs]


def test_words_are_found_by_their_beginnings_the_newest_first(records: JobRecords) -> None:
    assert found(records, search="train") == [2, 1]
    assert found(records, search="train.py lr") == [2, 1]
    assert found(records, search="uberpruf") == [3]
    assert found(records, search="0000000") == [3, 2, 1]
    assert found(records, search="vision") == [1]
    assert found(records, search="nothing") == []
    assert found(records) == [3, 2, 1]


@pytest.mark.parametrize(
    "text", ['"', "'; DROP", "a OR b*", "(", "--", "NEAR(", "text:", "\x00", "*", "^x", "{a}"]
)
def test_no_text_breaks_the_search(records: JobRecords, text: str) -> None:
    assert isinstance(records.find(JobFilter(search=text)), list)


def test_filters_are_answered_by_the_same_index(records: JobRecords) -> None:
    assert found(records, user="bob") == found(records, user="bob@desk") == [2]
    assert found(records, server="gpu-01") == [3, 1]
    assert found(records, states=frozenset({JobState.RUNNING, JobState.FAILED})) == [3, 2]
    assert found(records, tags=("project",)) == found(records, tags=("project=vision",)) == [1]
    assert found(records, tags=("project=v",)) == []
    assert found(records, search="train", since=NOW + timedelta(minutes=2)) == [2]
    assert [each.id for each in records.find(JobFilter(search="train", limit=1))] == ["00000002"]


def test_a_label_of_a_server_finds_its_jobs_as_it_is_now(records: JobRecords, store: Store) -> None:
    row = ("gpu-02", "h", "both", '{"rack":"basement"}', "2026-01-01T00:00:00Z")
    sql = "INSERT INTO servers (name, host, role, labels, added) VALUES (?, ?, ?, ?, ?)"
    store.write(lambda connection: connection.execute(sql, row))
    assert found(records, search="basement") == [2]


def test_news_of_a_job_change_what_finds_it(records: JobRecords) -> None:
    records.put([job(3, argv=("sh",), state=JobState.FAILED)], seen=NOW)
    assert found(records, states=frozenset({JobState.FAILED})) == [3, 2]
    assert found(records, states=frozenset({JobState.RUNNING})) == []


def test_jobs_of_an_older_file_are_indexed_when_first_asked(records: JobRecords, store: Store) -> None:
    def forget(connection: object) -> None:
        connection.execute("DELETE FROM job_docs")  # type: ignore[attr-defined]
        connection.execute("DELETE FROM job_search")  # type: ignore[attr-defined]

    store.write(forget)
    assert found(JobRecords(store), search="train") == [2, 1]


def test_a_note_and_tags_stay_beside_what_the_server_says(records: JobRecords) -> None:
    changed = records.annotate("00000001", "warmup too short", {"best": "yes"}, at=NOW)
    assert changed is not None
    assert (changed.note, changed.tags) == ("warmup too short", {"best": "yes"})
    assert found(records, search="warmup") == found(records, tags=("best",)) == [1]
    assert found(records, tags=("project",)) == []
    # What comes from the server, or from here again, does not undo it.
    for news in (job(1, tags={"project": "vision"}, log_size=5), changed):
        (kept,) = records.put([news], seen=NOW)
        assert (kept.note, kept.tags) == ("warmup too short", {"best": "yes"})
    back = records.annotate("00000001", "", {"project": "vision"}, at=NOW)
    assert back is not None
    assert (back.note, back.tags) == ("", {"project": "vision"})
    assert records.annotate("unknown", "", {}, at=NOW) is None


def test_notes_and_tags_are_checked() -> None:
    assert checked_note(" a\x1b[31mb\nc ") == "ab\nc"
    assert checked_tags({" k ": "v\n w"}) == {"k": "v w"}
    for bad in ({"": "x"}, {"a=b": "c"}, {f"k{n}": "" for n in range(101)}):
        with pytest.raises(Problem, match="not valid"):
            checked_tags(bad)
    with pytest.raises(Problem):
        checked_note("x" * 10_001)


def test_what_attempts_used_is_kept_for_sums(records: JobRecords, store: Store) -> None:
    gpu = GpuUsage("GPU-0", 0, "H100", 50.0, 25.0, 10.0, 700.0)
    ended = NOW + timedelta(hours=1)
    usage = Usage(1, 50.0, 60.0, NOW, ended, 5.0, 1 << 20, 8, 1, 5.0, (gpu,))
    records.put([job(4, usage=(usage,))], seen=NOW)
    (kept,) = records.find(JobFilter(search="run-4"))
    assert kept.usage == (usage,)
    sums = UsageRecords(store)
    (part,) = sums.parts("user", NOW, None)
    assert (part.key, part.server, part.gpu_s, part.busy_s, part.energy_j) == (
        "alice@desk",
        "gpu-01",
        60,
        25,
        700,
    )
    assert sums.jobs("user", None, None) == {"alice@desk": 1}
    assert sums.parts("user", ended + timedelta(seconds=1), None) == []
    assert sums.parts("user", None, ended) == []
    sums.keep_curves("00000004", {1: {"attempt": 1}})
    assert sums.curves("00000004") == [{"attempt": 1}]


def test_a_line_of_words_becomes_a_filter() -> None:
    base = JobFilter(limit=9)
    wanted, faults = read_filter("llama state:fail user:bob tag:a=b server:s since:2h x:y since:", base, NOW)
    assert faults == ()
    assert wanted == JobFilter(
        frozenset({JobState.FAILED}), "s", "bob", ("a=b",), NOW - timedelta(hours=2), "llama x:y", 9
    )
    assert read_filter("state:nope since:soon", base, NOW)[1] == ("state:nope", "since:soon")


def test_two_runs_are_compared_by_all_that_their_records_offer() -> None:
    spec = {"env": {"SEED": "1"}, "priority": 0, "code": {"sha256": "aa"}, "files": ["a.py"], "id": "x"}
    other = {**spec, "env": {"SEED": "2"}, "code": {"sha256": "bb"}, "id": "y"}
    points = named([piece_of(Raw("a", "loss", 2, [(0.0, 0.0, 1.0, 2.0), (1.0, 1.0, 2.0, 1.0)]))])
    fields = compare(
        Run(job(1), spec, points), Run(job(2, argv=("python", "train.py", "--lr=0.2")), other, {})
    )
    rows = {(each.part, each.name): (each.left, each.right) for each in fields if each.differs}
    assert rows[Part.SPEC, "argv 2"] == ("--lr=0.1", "--lr=0.2")
    assert rows[Part.ENVIRONMENT, "SEED"] == ("1", "2")
    assert rows[Part.CODE, "code.sha256"] == ("aa", "bb")
    assert rows[Part.METRICS, "loss last"] == ("1", None)
    assert (Part.SPEC, "priority") not in rows
    assert not any(name == "id" for _, name in rows)
    assert [each.part for each in fields] == sorted((each.part for each in fields), key=list(Part).index)


def test_what_was_asked_for_can_be_asked_for_again() -> None:
    spec = {
        "env": {"A": "1", "B": 2},
        "time_limit_s": 60,
        "retries": 2,
        "preemptible": True,
        "outputs": ["*.pt"],
        "workdir": None,
        "files": ["train.py"],
        "priority": "high",
    }
    request = request_of(job(1, workdir="/home/a/.tandem/jobs/1/code"), spec)
    assert request.env == {"A": "1"}
    assert (request.time_limit_s, request.retries, request.preemptible) == (60, 2, True)
    assert request.workdir is None
    assert request.like == "00000001"
    assert request.priority == 0
    assert request_of(job(1), None).like is None


def test_curves_are_read_and_nonsense_is_left_out() -> None:
    wire = {
        "attempt": 1,
        "first": "2026-03-01T00:00:00Z",
        "width_s": 2.0,
        "gpus": ["GPU-0"],
        "points": [[0, 1.0, 0.5, 100, 1.0, 0.25], [1, 1.0, 0.5, None, 0.0, 0.0], "x", [1]],
    }
    (curve,) = parse_curves([wire, {"attempt": "x"}, None])
    assert curve.times.tolist() == [NOW.timestamp() + 1, NOW.timestamp() + 3]
    assert curve.utilization["GPU-0"][0] == 25.0
    assert curve.utilization["GPU-0"][1] != curve.utilization["GPU-0"][1]
    assert curve.processors.tolist() == [0.5, 0.5]
    assert parse_curves("x") == []
