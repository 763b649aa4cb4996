"""A job's log on its server as a LogSource: counts, pieces and searches by offsets, never a whole file."""

from __future__ import annotations

from collections.abc import Mapping

from console.core.logs.ansi import ESCAPES
from console.core.logs.index import BLOCK, Found, Hole, News, Search, Take
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.wire_values import MAX_COUNTER
from console.jobs.job import Job, LogPart
from console.jobs.masking import Mask, masked_part
from console.jobs.parsing import protocol
from console.jobs.reading import MAX_LOG_PIECE, JobReader

NEWS_TIMEOUT_S = 30.0
_MOST_LINES_OF_EVENT = 100_000


class JobLog:
    """The log of one job; the values of its secrets are hidden, byte for byte."""

    slow = True

    def __init__(self, reader: JobReader, gate: ServerGate, job: Job, mask: Mask) -> None:
        self._reader = reader
        self._gate = gate
        self._job = job
        self._mask = mask

    def news(self, first: int, size: int, hole: Hole | None) -> News:
        """How the log stands, and how many lines end in its blocks from `first` on.

        Raises:
            Problem: the server cannot be asked, or what it says makes no sense.
        """
        known = [0, 0] if hole is None else [hole.begin, hole.end]
        params: dict[str, object] = {"id": self._job.id, "first": first, "size": size, "hole": known}
        answer = self._reader.call(self._job.server, "job.lines", params, timeout_s=NEWS_TIMEOUT_S)
        return parse_news(self._job.server, answer)

    def read(self, offset: int, length: int) -> tuple[int, bytes]:
        """Bytes of the log and where they begin.

        Raises:
            Problem: the server cannot be asked.
        """

        def read(at: int, count: int) -> LogPart:
            return self._reader.log(self._job, at, min(count, MAX_LOG_PIECE))

        if not self._mask:
            part = read(offset, length)
            return part.offset, part.data
        part = masked_part(read, self._mask, offset, length)
        # What may be the beginning of a value waits until it is known.
        held = 0 if part.ended or part.offset + len(part.data) < part.size else self._mask.begun(part.data)
        return part.offset, part.data[: len(part.data) - held]

    def search(self, wish: Search, take: Take) -> None:
        """Have the server look; what it finds is handed over as it comes.

        Raises:
            Problem: `log.pattern`, `log.pattern_slow`, or the server cannot be asked.
        """
        params: dict[str, object] = {
            "id": self._job.id,
            "pattern": wish.pattern,
            "regex": wish.regex,
            "ignore_case": wish.ignore_case,
            "drop": ESCAPES,
            "needles": list(wish.needles),
            "offset": wish.offset,
            "nth": wish.nth,
            "most": wish.most,
        }
        stream = self._gate.stream(self._job.server, "job.search", params)
        size = 0
        try:
            for event in stream:
                found = parse_found(self._job.server, event)
                size = found.size
                if not take(found):
                    return
            answer = stream.result()
        finally:
            stream.close()
        if answer.get("cancelled"):
            raise Problem("ssh.lost", server=self._job.server, reason="the search was cut off")
        last = parse_found(self._job.server, {**answer, "found": []})
        take(last._replace(capped=last.upto < max(size, last.size)))


def _whole(server: str, wire: Mapping[str, object], name: str) -> int:
    value = wire.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNTER:
        raise protocol(server, f"'{name}' of a log is no number")
    return value


def parse_news(server: str, wire: Mapping[str, object]) -> News:
    """An answer to job.lines.

    Raises:
        Problem: `agent.protocol`.
    """
    size, ended = _whole(server, wire, "size"), wire.get("ended") is True
    if "upto" not in wire:
        return News(size, ended=ended)
    counts, gone = wire.get("counts"), wire.get("hole")
    whole = isinstance(counts, list) and all(type(each) is int and 0 <= each <= BLOCK for each in counts)
    if not isinstance(counts, list) or not whole:
        raise protocol(server, "the lines of a log are no numbers")
    hole = None
    if isinstance(gone, list) and len(gone) == 2 and gone != [0, 0]:
        begin, end = (_whole(server, {"hole": each}, "hole") for each in gone)
        if begin >= end:
            raise protocol(server, "the gap of a log ends before it begins")
        hole = Hole(begin, end, _whole(server, wire, "before"))
    first, upto = _whole(server, wire, "first"), _whole(server, wire, "upto")
    if upto > size or (
        upto and not (first + len(counts) - 1) * BLOCK <= upto <= (first + len(counts)) * BLOCK
    ):
        raise protocol(server, "the lines of a log do not fit its size")
    return News(size, first, tuple(counts), upto, wire.get("open") is True, hole, ended)


def parse_found(server: str, wire: Mapping[str, object]) -> Found:
    """An event of job.search, or its end.

    Raises:
        Problem: `agent.protocol`.
    """
    listed = wire.get("found")
    lines = []
    for each in listed[:_MOST_LINES_OF_EVENT] if isinstance(listed, list) else ():
        if not isinstance(each, list) or len(each) != 2:
            raise protocol(server, "a found line is no pair of numbers")
        lines.append((_whole(server, {"at": each[0]}, "at"), _whole(server, {"nth": each[1]}, "nth")))
    line = _whole(server, wire, "line") if "line" in wire else None
    nth = _whole(server, wire, "nth") if "nth" in wire else 0
    return Found(tuple(lines), _whole(server, wire, "upto"), _whole(server, wire, "size"), False, line, nth)
