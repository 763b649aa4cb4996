"""History as a file for other programs: CSV, or Parquet where pyarrow is there. A line for each bucket kept.

Times are UTC, `span_s` is how long a line stands for; what is not known has no line.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import numpy as np

from console.core.clock import from_epoch, iso
from console.core.csv_text import csv_lines
from console.core.problems import Problem
from console.store.blocks import Columns, Ints, gathered
from console.telemetry.history import History, Key
from console.telemetry.history_reading import Kept
from console.telemetry.metrics import BY_KEY, METRICS

COLUMNS = ("time", "span_s", "server", "accelerator", "metric", "unit", "min", "mean", "max", "count")
CSV, PARQUET = ".csv", ".parquet"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is exported.

    Attributes:
        servers: names; all that history is kept of where empty.
        metrics: keys; all where empty.
        every_s: buckets no narrower than this; 0 for as fine as they are kept.
    """

    since: datetime
    until: datetime
    servers: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    every_s: int = 0


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    lines: int
    series: int


_Part = tuple[str, Key, Kept]


def export_history(history: History, wanted: Excerpt, path: Path) -> Exported:
    """Write a new file, or replace one once the new one is whole; the name's end says in which form.

    Raises:
        Problem: `input.invalid`, `export.needs_pyarrow`, `file.unwritable`, the store's.
    """
    write = _writer_of(path)
    parts = _parts(history, _checked(wanted))
    new = path.with_name(f".{path.name}.part")
    try:
        try:
            with new.open("wb") as file:
                lines, series = write(parts, file)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise Problem("file.unwritable", path=path, reason=error.strerror or error) from error
    return Exported(path, lines, series)


def csv_of(history: History, wanted: Excerpt) -> Iterator[str]:
    """The same as text, a part at a time.

    Raises:
        Problem: `input.invalid`, the store's.
    """
    parts = _parts(history, _checked(wanted))
    yield csv_lines([COLUMNS])
    for part in parts:
        yield _csv(part)


def _checked(wanted: Excerpt) -> Excerpt:
    for metric in wanted.metrics:
        if metric not in BY_KEY:
            raise Problem(
                "input.invalid", what=f"metric '{metric}'", reason=f"it is one of {', '.join(BY_KEY)}"
            )
    if wanted.until <= wanted.since:
        raise Problem("input.invalid", what="span", reason="it must end after it begins")
    return wanted


def _parts(history: History, wanted: Excerpt) -> Iterator[_Part]:
    """Series that have something in the span, a server at a time."""
    known: dict[str, list[Key]] = {}
    metrics = set(wanted.metrics) or {spec.key for spec in METRICS}
    for server, accelerator, metric in history.series():
        if metric in metrics and (not wanted.servers or server in wanted.servers):
            known.setdefault(server, []).append((metric, accelerator))
    for server, keys in known.items():
        for key, kept in history.kept(server, keys, wanted.since, wanted.until).items():
            if len(kept.starts):
                yield server, key, _at_least(kept, wanted.every_s)


def _at_least(kept: Kept, every_s: int) -> Kept:
    """One bucket of each start, in order, none narrower; two consoles' parts of one become one."""
    widths = np.maximum(kept.widths, every_s)
    # A width that is no multiple of what is kept would cut buckets in two.
    widths = -(-widths // kept.widths) * kept.widths
    starts = kept.starts // widths * widths
    places = np.unique(np.stack((starts, widths)), axis=1, return_inverse=True)
    (starts, widths), into = places[0], places[1].reshape(-1)
    return Kept(starts, widths, gathered(kept.columns, into.astype(np.int64), len(starts)))


def _writer_of(path: Path) -> Callable[[Iterator[_Part], IO[bytes]], tuple[int, int]]:
    if path.suffix == CSV:
        return _write_csv
    if path.suffix == PARQUET:
        try:
            return _ParquetWriter(
                importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
            )
        except ImportError as error:
            raise Problem("export.needs_pyarrow") from error
    raise Problem("input.invalid", what=f"file '{path.name}'", reason=f"its name ends in {CSV} or {PARQUET}")


def _write_csv(parts: Iterator[_Part], file: IO[bytes]) -> tuple[int, int]:
    file.write(csv_lines([COLUMNS]).encode("utf-8"))
    lines = series = 0
    for part in parts:
        file.write(_csv(part).encode("utf-8"))
        lines, series = lines + len(part[2].starts), series + 1
    return lines, series


def _csv(part: _Part) -> str:
    server, (metric, accelerator), kept = part
    columns: Columns = kept.columns
    names = (server, accelerator, metric, BY_KEY[metric].unit if metric in BY_KEY else "")
    figures: Sequence[list[Any]] = [each.tolist() for each in (*columns.values, columns.count)]
    return csv_lines(
        [iso(from_epoch(start)), width, *names, *rest]
        for start, width, *rest in zip(kept.starts.tolist(), kept.widths.tolist(), *figures, strict=True)
    )


class _ParquetWriter:
    """Writes a row group a series, deflated by zstd. pyarrow brings no types, so its modules are `Any`."""

    def __init__(self, arrow: Any, parquet: Any) -> None:
        self._arrow = arrow
        self._parquet = parquet
        text = arrow.dictionary(arrow.int32(), arrow.string())
        types = (
            arrow.timestamp("s", tz="UTC"),
            arrow.int32(),
            *[text] * 4,
            *[arrow.float64()] * 3,
            arrow.int64(),
        )
        self._schema = arrow.schema(list(zip(COLUMNS, types, strict=True)))

    def __call__(self, parts: Iterator[_Part], file: IO[bytes]) -> tuple[int, int]:
        lines = series = 0
        with self._parquet.ParquetWriter(file, self._schema, compression="zstd") as writer:
            for part in parts:
                writer.write_table(self._table(part))
                lines, series = lines + len(part[2].starts), series + 1
        return lines, series

    def _table(self, part: _Part) -> Any:
        server, (metric, accelerator), kept = part
        names = (server, accelerator, metric, BY_KEY[metric].unit if metric in BY_KEY else "")
        columns = [self._arrow.array(kept.starts.astype("datetime64[s]")), self._arrow.array(kept.widths)]
        columns += [self._same(name, len(kept.starts)) for name in names]
        columns += [self._arrow.array(each) for each in (*kept.columns.values, kept.columns.count)]
        fitting = [column.cast(field.type) for column, field in zip(columns, self._schema, strict=True)]
        return self._arrow.Table.from_arrays(fitting, schema=self._schema)

    def _same(self, name: str | None, count: int) -> Any:
        places: Ints = np.zeros(count, np.int64)
        nothing = name is None
        return self._arrow.DictionaryArray.from_arrays(
            self._arrow.array(places.astype(np.int32), mask=np.full(count, nothing)),
            self._arrow.array([] if nothing else [name], self._arrow.string()),
        )
