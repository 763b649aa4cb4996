"""Reading what jobs measure from their servers into the records: answers checked, cursors kept."""

from __future__ import annotations

import base64
import binascii
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from console.agent.thinning import Point
from console.core.clock import Clock
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.wire_values import MAX_COUNTER, whole_of
from console.jobs.job import Job, JobState
from console.jobs.measured import JobMetrics, Raw, unpack
from console.jobs.metric_records import MAX_CURVES, MetricNews, MetricRecords, SourceNews
from console.jobs.parsing import protocol
from console.jobs.reading import FOLLOW_ATTEMPTS, JobReader, is_unreachable, may_pass
from console.jobs.records import JobRecords

_log = logging.getLogger(__name__)

POINTS_AT_ONCE = 1000
# Of a file that is far from read to its end: no more is kept of it in the end.
_POINTS_BEHIND, _FAR = 100, 16 * 1024 * 1024
_ROUNDS = 4
_TIMEOUT_S = 30.0
_MAX_SOURCES = 210
_MAX_POINTS = 60000
_MAX_CURSOR_FIELDS = 12
_GATHER = 4
_GATHER_SPAN = timedelta(days=7)
_NOTHING_MORE = MetricNews((), (), more=False, complete=True, cut=False)
_KINDS = frozenset({"json", "csv", "tfevents"})


class MetricReader:
    """Asks servers for what is new, and keeps it. Any thread may call."""

    def __init__(
        self, gate: ServerGate, reader: JobReader, jobs: JobRecords, records: MetricRecords, clock: Clock
    ) -> None:
        self._gate = gate
        self._reader = reader
        self._jobs = jobs
        self._records = records
        self._clock = clock

    def metrics(self, job: Job, *, rounds: int | None = _ROUNDS) -> JobMetrics:
        """All that is known now, what is new asked for first; what is kept where the server is away.

        Args:
            rounds: how many answers of a long file are read at most now; None reads all of it.

        Raises:
            Problem: the answer made no sense.
        """
        left = rounds
        while left is None or left > 0:
            state = self._records.state(job.id)
            if state.complete:
                break
            params = {"id": job.id, "cursors": state.cursors, "points": _points(state.cursors)}
            try:
                answer = self._reader.call(job.server, "job.metrics", params, timeout_s=_TIMEOUT_S)
            except Problem as problem:
                if problem.code == "id.unknown":
                    # It was removed there: what is kept is all that there will be.
                    self._records.add(job.id, _NOTHING_MORE, before=state.generation)
                elif not is_unreachable(problem):
                    raise
                break
            news = parse_news(job.server, answer)
            # A lost job's processes may still write.
            if news.complete and job.state is JobState.LOST:
                news = _open_ended(news)
            self._records.add(job.id, news, before=state.generation)
            if not news.more:
                break
            left = None if left is None else left - 1
        return self._records.metrics(job.id)

    def keep(self, jobs: Sequence[Job]) -> None:
        """Read what ended jobs left, so that it is here when their server is not; faults are only logged."""
        for job in jobs:
            try:
                self.metrics(job)
            except Problem as problem:
                _log.warning("metrics of job %s: %s", job.id, problem.sentence)

    def gather(self, server: str) -> None:
        """The same for a few of the last days that ended on a server and were not read to their end."""
        since = self._clock.now() - _GATHER_SPAN
        unread = self._records.unread(server, since, _GATHER)
        self.keep([job for each in unread if (job := self._jobs.get(each)) is not None])

    def follow(self, job: Job) -> Iterator[tuple[Raw, ...]]:
        """What is new as it comes, to the end of the job; goes on where it was after a lost link.

        Each point comes once, also where another reader keeps it first: then all of what is kept since.

        Raises:
            Problem: the link was lost several times in a row, or the answer made no sense.
        """
        failures = 0
        cursors: dict[str, Mapping[str, object]] = {}
        while True:
            try:
                for news in self._follow_once(job, cursors):
                    failures = 0
                    cursors.update((each.name, each.cursor) for each in news.sources)
                    yield news.curves
                return
            except Problem as problem:
                failures += 1
                if not may_pass(problem) or failures >= FOLLOW_ATTEMPTS:
                    raise
            self._clock.sleep_s(min(0.25 * 2**failures, 5.0))

    def _follow_once(self, job: Job, cursors: Mapping[str, Mapping[str, object]]) -> Iterator[MetricNews]:
        params = {"id": job.id, "cursors": dict(cursors), "points": POINTS_AT_ONCE}
        stream = self._gate.stream(job.server, "job.metrics.follow", params)
        try:
            for event in stream:
                yield parse_news(job.server, event)
            if stream.result().get("ended") is not True:
                raise Problem("ssh.lost", server=job.server, reason="the metrics ended before their job")
        finally:
            stream.close()


def _points(cursors: Mapping[str, Mapping[str, object]]) -> int:
    """How many points of a curve to ask for at once."""
    behind = 0
    for cursor in cursors.values():
        size = whole_of(cursor.get("size"), 0, MAX_COUNTER) or 0
        behind += size - (whole_of(cursor.get("offset"), 0, MAX_COUNTER) or 0)
    return POINTS_AT_ONCE if behind < _FAR else _POINTS_BEHIND


def _open_ended(news: MetricNews) -> MetricNews:
    return MetricNews(news.sources, news.curves, news.more, False, news.cut)


def parse_news(server: str, answer: Mapping[str, object]) -> MetricNews:
    """An answer to job.metrics; what makes no sense of a single curve is left out.

    Raises:
        Problem: `agent.protocol` where there are no lists at all.
    """
    listed, curves = answer.get("sources"), answer.get("curves")
    if not isinstance(listed, list) or not isinstance(curves, list):
        raise protocol(server, "job.metrics gave no lists")
    sources = [each for row in listed[:_MAX_SOURCES] if (each := _source(row)) is not None]
    names = {each.name for each in sources}
    found: list[Raw] = []
    count = 0
    for row in curves[:MAX_CURVES]:
        raw = _curve(row, names)
        count += len(raw.points) if raw is not None else 0
        if count > _MAX_POINTS:
            raise protocol(server, "job.metrics gave more points than were asked for")
        if raw is not None:
            found.append(raw)
    more = answer.get("more") is True
    dropped = whole_of(answer.get("dropped"), 0, MAX_COUNTER)
    return MetricNews(
        tuple(sources),
        tuple(found),
        more,
        answer.get("ended") is True and not more,
        answer.get("cut") is True or bool(dropped),
    )


def _source(row: object) -> SourceNews | None:
    if not isinstance(row, Mapping):
        return None
    name, kind, cursor = row.get("name"), row.get("kind"), row.get("cursor")
    if not isinstance(name, str) or not 0 < len(name) <= 4096 or str(kind)[:20] not in _KINDS:
        return None
    if not isinstance(cursor, Mapping) or name != name.encode("utf-8", "replace").decode("utf-8"):
        return None
    kept: dict[str, object] = {}
    for key, value in list(cursor.items())[:_MAX_CURSOR_FIELDS]:
        if isinstance(value, str):
            kept[str(key)[:40]] = safe_line(value[:1000], max_chars=300)
        elif value is None or isinstance(value, bool | int) or _is_short_list(value):
            kept[str(key)[:40]] = value
    return SourceNews(name, str(kind), kept, row.get("replaced") is True)


def _is_short_list(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 4 and all(isinstance(each, int) for each in value)


def _curve(row: object, sources: set[str]) -> Raw | None:
    source = row.get("source") if isinstance(row, Mapping) else None
    if not isinstance(row, Mapping) or not isinstance(source, str) or source not in sources:
        return None
    name, data = row.get("name"), row.get("points_b64")
    shown = safe_line(name[:400], max_chars=120) if isinstance(name, str) else ""
    if not shown or not isinstance(data, str):
        return None
    try:
        points = unpack(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        return None
    seen = whole_of(row.get("seen"), len(points), MAX_COUNTER)
    if seen is None or not points or not _are_in_order(points, seen):
        return None
    return Raw(source, shown, seen, points)


def _are_in_order(points: list[Point], seen: int) -> bool:
    """Ordinals count up from 0; steps and times are numbers or unknown."""
    before = -1.0
    for ordinal, step, time, _ in points:
        if not before < ordinal < seen or math.isinf(step) or math.isinf(time):
            return False
        if not math.isnan(time) and not -1e11 < time < 1e11:
            return False
        before = ordinal
    return True
