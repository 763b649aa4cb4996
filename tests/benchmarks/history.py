"""How fast a history of 100,000 jobs answers as one types, beside a plain LIKE over the same rows.

The window's part: the page of jobs with the answer in its table, drawn once, under Qt's offscreen platform.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.core.clock import SystemClock
from console.jobs.job import Job, JobFilter, JobState
from console.jobs.records import JobRecords
from console.jobs.usage import GpuUsage, Usage
from console.store.store import Store

WORDS = tuple(
    (  # noqa: SIM905
        "llama mistral bert vit resnet whisper gemma qwen falcon pythia imagenet wikitext pile laion squad "
        "mnli adamw lion sgd cosine warmup batch epochs precision checkpoint tokenizer shard stage pipeline"
    ).split()
)
QUERIES = (
    "l", "lla", "llama", "llama vit", "train.py", "python", "alice", "gpu-01", "llama-7b", "seed", "zzz",
    "note", "resnet cosine warmup", "x9",
)  # fmt: skip
TARGET_MS = 50.0
ROUNDS = 7


def jobs_of(count: int) -> list[Job]:
    """The same jobs on every run: names, commands, users and servers as they occur."""
    chance = random.Random(7)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    states = [JobState.SUCCEEDED] * 90 + [JobState.FAILED] * 8 + [JobState.RUNNING] * 2
    users = [f"{name}@desk" for name in ("alice", "bob", "chen", "dora", "emil", "fatima")]
    jobs = []
    for number in range(count):
        words = chance.sample(WORDS, 5)
        name = f"{words[0]}-{chance.choice((7, 13, 70))}b-{words[1]}"
        submitted = start + timedelta(seconds=60 * number)
        args = [f"--{word}={chance.randrange(1000)}" for word in words[2:]]
        gpu = GpuUsage(f"GPU-{number % 64:04d}", number % 8, "H100", 3500.0, 2800.0, 300.0, 9e5)
        usage = Usage(1, 3500.0, 3600.0, submitted, submitted, 900.0, 1 << 33, 8, 1, 5.0, (gpu,))
        jobs.append(
            Job(
                id=f"{number:08x}{chance.randrange(1 << 32):08x}",
                name=name,
                server=f"gpu-{number % 40:02d}",
                state=chance.choice(states),
                argv=(
                    "python",
                    "train.py",
                    *args,
                    f"--seed={number}",
                    f"--data=/data/{words[3]}/{number % 997}",
                ),
                gpus=1,
                accelerators=(gpu.uuid,),
                submitted=submitted,
                submitted_by=chance.choice(users),
                tags={"project": words[1]},
                usage=(usage,),
            )
        )
    return jobs


def fill(records: JobRecords, jobs: list[Job]) -> float:
    """Put them in as they come from servers; seconds."""
    began = time.perf_counter()
    for start in range(0, len(jobs), 2000):
        records.put(jobs[start : start + 2000], seen=datetime.now(UTC))
    return time.perf_counter() - began


def plain(store: Store, text: str, limit: int) -> list[tuple[object, ...]]:
    """The peer: every word anywhere in what is searched, by LIKE."""
    conditions, values = [], list[object]()
    for word in text.split():
        conditions.append(
            "(id || ' ' || name || ' ' || argv || ' ' || server || ' ' || submitted_by || ' ' || tags) LIKE ?"
        )
        values.append(f"%{word}%")
    where = " AND ".join(conditions)
    return store.rows(f"SELECT * FROM jobs WHERE {where} ORDER BY submitted DESC LIMIT ?", (*values, limit))


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """(median, worst) milliseconds of several rounds."""
    spans = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        spans.append(1000 * (time.perf_counter() - began))
    return statistics.median(spans), max(spans)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--home", type=Path, help="keep the database there, and use one that is there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = (args.home or Path(scratch)) / "tandem.db"
        fresh = not path.exists()
        store = Store(path, SystemClock())
        records = JobRecords(store)
        jobs = jobs_of(args.jobs)
        if fresh:
            seconds = fill(records, jobs)
            print(f"{args.jobs} jobs put in {seconds:.1f} s, {store.size_bytes() / 1e6:.0f} MB")
        records.count(JobFilter(search="warm"))
        print(f"{'searched for':34} {'index':>8} {'worst':>8} {'LIKE':>8} {'ratio':>6} {'found':>7}")
        worst = 0.0
        for query in QUERIES:
            wanted = JobFilter(search=query, limit=args.limit)
            mine, top = timed(lambda wanted=wanted: records.find(wanted))
            peer, _ = timed(lambda query=query: plain(store, query, args.limit))
            worst = max(worst, mine)
            found = records.count(wanted)
            print(f"{query:34} {mine:6.1f}ms {top:6.1f}ms {peer:6.1f}ms {mine / peer:6.2f} {found:7}")
        base = JobFilter(limit=args.limit)
        for title, wanted in (
            ("failed of alice", replace(base, states=frozenset({JobState.FAILED}), user="alice")),
            ("running, llama", replace(base, states=frozenset({JobState.RUNNING}), search="llama")),
            ("tag project=vit on gpu-07", replace(base, tags=("project=vit",), server="gpu-07")),
            ("python of the last 1000", replace(base, search="python", since=jobs[-1000].submitted)),
        ):
            mine, top = timed(lambda wanted=wanted: records.find(wanted))
            worst = max(worst, mine)
            print(f"{title:34} {mine:6.1f}ms {top:6.1f}ms {'':8} {'':6} {records.count(wanted):7}")
        word = "held" if worst <= TARGET_MS else "MISSED"
        print(f"slowest median {worst:.1f} ms, target {TARGET_MS:.0f} ms: {word}")
        store.close()


if __name__ == "__main__":
    main()
