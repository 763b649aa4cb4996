"""Parts of the benchmark of the history: recorded samples, a month of them stored, and the peers' files."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from console.core.clock import Clock
from console.store.block_table import PER_BLOCK, put_blocks, span_s
from console.store.blocks import Columns, gathered
from console.store.store import Connection, Store
from console.telemetry.history import History
from console.telemetry.history_keeping import HOUR_S, put_buckets
from console.telemetry.metrics import ACCELERATOR_METRICS, SERVER_METRICS
from console.telemetry.rollup import Bucket, Name
from console.telemetry.sample import AcceleratorSample, AcceleratorState, ServerSample

RECORDED = Path(__file__).with_name("recorded.npz")


class Moving(Clock):
    """A clock that is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.at.timestamp()


@dataclass(frozen=True)
class Recording:
    """What record.py wrote: seconds since 1970, a row of values for each, what each column is."""

    times: np.ndarray
    values: np.ndarray
    keys: tuple[str, ...]

    @property
    def gpus(self) -> int:
        return (len(self.keys) - len(SERVER_METRICS)) // len(ACCELERATOR_METRICS)

    def names(self, server: int) -> list[Name]:
        """As the history names the columns."""
        parts = [key.split("/") for key in self.keys]
        return [(f"GPU-{server:03d}-{number}" if number else "", metric) for number, metric in parts]


def recording() -> Recording:
    found = np.load(RECORDED)
    return Recording(found["times"], found["values"], tuple(found["keys"].tolist()))


def sample_of(server: int, gpus: int) -> ServerSample:
    """Of a server with so many accelerators; the values come beside it."""
    cards = tuple(
        AcceleratorSample(at, f"GPU-{server:03d}-{at}", "H100", "nvidia", AcceleratorState.OK)
        for at in range(gpus)
    )
    when = datetime(2026, 1, 1, tzinfo=UTC)
    return ServerSample(1, when, 0.0, None, 8, None, None, None, None, None, None, (), cards)


def play(history: History, clock: Moving, recorded: Recording, servers: int, upto: int | None = None) -> int:
    """Put the recording in as if so many servers sent it, each from another second on; values that came."""
    samples = [sample_of(number, recorded.gpus) for number in range(servers)]
    shifts = [len(recorded.times) * number // servers for number in range(servers)]
    came = 0
    began = clock.at
    for second in range(len(recorded.times) if upto is None else upto):
        clock.at = began + timedelta(seconds=second)
        for number, sample in enumerate(samples):
            row = recorded.values[(second + shifts[number]) % len(recorded.times)]
            history.add(f"gpu-{number:02d}", sample, clock.at, row)
            came += int(np.isfinite(row).sum())
        if second % 10 == 9:
            history.flush()
    clock.at += timedelta(seconds=10)
    history.flush()
    return came


def files_bytes(path: Path) -> int:
    """The database and its WAL, after everything was folded into the file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return sum(each.stat().st_size for each in (path, path.with_name(f"{path.name}-wal")) if each.exists())


def plain_rows(path: Path, recorded: Recording, servers: int) -> int:
    """Bytes of every sample as one row (series, time, value), keyed by the first two."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE samples (series INTEGER, time INTEGER, value REAL,"
            " PRIMARY KEY (series, time)) STRICT, WITHOUT ROWID"
        )
        for series, times, values in columns(recorded, servers):
            connection.executemany(
                "INSERT INTO samples VALUES (?, ?, ?)",
                zip([series] * len(times), times.tolist(), values.tolist(), strict=True),
            )
        connection.commit()
    return path.stat().st_size


def parquet(path: Path, recorded: Recording, servers: int) -> int:
    """Bytes of every sample in Parquet with zstd, sorted by series and time: series, time, value."""
    parts = list(columns(recorded, servers))
    table = pa.table(
        {
            "series": pa.array(np.concatenate([np.full(len(times), at, np.int32) for at, times, _ in parts])),
            "time": pa.array(np.concatenate([times for _, times, _ in parts])),
            "value": pa.array(np.concatenate([values for _, _, values in parts])),
        }
    )
    pq.write_table(table, path, compression="zstd")
    return path.stat().st_size


def columns(recorded: Recording, servers: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Series, whole seconds and known values, as `play` puts them in."""
    for server in range(servers):
        shift = len(recorded.times) * server // servers
        values = np.roll(recorded.values, -shift, axis=0)
        for at in range(values.shape[1]):
            known = np.flatnonzero(np.isfinite(values[:, at]))
            yield server * values.shape[1] + at, known, values[known, at]


def store_month(store: Store, recorded: Recording, servers: int, now: datetime, days: int = 30) -> int:
    """So many days of so many servers, as they lie after them: fine, then a minute, then ten; blocks."""
    now_s = int(now.timestamp())
    tens = folded_from(recorded)
    written = 0
    for server in range(servers):
        names = recorded.names(server)
        ids = entered(store, recorded, server, now_s)
        known = list(ids)
        for width, span in spans_of(now_s, days):
            written += put_span(store, tens, ids, width, span + server, span)
        of_hour = [
            Bucket(
                f"gpu-{server:02d}",
                start,
                tuple(names[at] for at in known),
                gathered_row([tens[at] for at in known], start // 10),
            )
            for start in range(now_s // HOUR_S * HOUR_S, now_s - 10, 10)
        ]
        store.write(lambda c, b=of_hour: put_buckets(c, b))
    return written


def put_span(store: Store, tens: list[Columns], ids: dict[int, int], width: int, turn: int, span: int) -> int:
    """A span of the known columns of a server; how many."""
    blocks = {identity: block(tens[at], width, turn) for at, identity in ids.items()}
    store.write(lambda connection: put_blocks(connection, width, span, blocks))
    return len(blocks)


def spans_of(now_s: int, days: int) -> Iterator[tuple[int, int]]:
    """(width, span) of all that is kept after so many days."""
    end = now_s // HOUR_S * HOUR_S
    fine_from = (end - 86400) // span_s(60) * span_s(60)
    minutes_from = (end - 7 * 86400) // span_s(600) * span_s(600)
    for width, first, last in (
        (600, end - days * 86400, minutes_from),
        (60, minutes_from, fine_from),
        (10, fine_from, end),
    ):
        for span in range(first // span_s(width), last // span_s(width)):
            yield width, span


def folded_from(recorded: Recording) -> list[Columns]:
    """Each column of the recording in buckets of ten seconds."""
    places = np.arange(len(recorded.times), dtype=np.int64) // 10
    found = []
    for at in range(len(recorded.keys)):
        values = recorded.values[:, at]
        each = Columns(values, values, values, np.isfinite(values).astype(np.int64))
        found.append(gathered(each, places, int(places[-1]) + 1))
    return found


def block(tens: Columns, width: int, turn: int) -> Columns:
    """A block of the recording, from another place on at every turn. A wide bucket is one of ten seconds with
    the extremes and the count of its width: as hard to pack, and quickly made."""
    places = (np.arange(PER_BLOCK) + 37 * turn) % (len(tens) - 1)
    part = tens.at(places)
    return Columns(part.low, part.mean, part.high, part.count * (width // 10))


def gathered_row(tens: list[Columns], turn: int) -> Columns:
    """One bucket of each."""
    at = turn % (len(tens[0]) - 1)
    low, mean, high = (
        np.array([getattr(each, name)[at] for each in tens]) for name in ("low", "mean", "high")
    )
    return Columns(low, mean, high, np.array([each.count[at] for each in tens], dtype=np.int64))


def entered(store: Store, recorded: Recording, server: int, now_s: int) -> dict[int, int]:
    """Series ids of the columns that are known at all."""
    names = recorded.names(server)

    def enter(connection: Connection) -> dict[int, int]:
        return {
            at: connection.execute(
                "INSERT INTO series (server, accelerator, metric, seen) VALUES (?, ?, ?, ?) RETURNING id",
                (f"gpu-{server:02d}", *names[at], now_s),
            ).fetchone()[0]
            for at in range(len(names))
            if np.isfinite(recorded.values[:, at]).any()
        }

    return store.write(enter)


def timed(act: Callable[[], object], rounds: int = 7) -> tuple[float, float]:
    """(median time, median processor time), ms: the second holds on a busy machine."""
    spans, used = [], []
    for _ in range(rounds):
        began, cpu = time.perf_counter(), time.thread_time()
        act()
        spans.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.thread_time() - cpu))
    return float(np.median(spans)), float(np.median(used))
