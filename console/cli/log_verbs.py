"""`tandem job logs`: what a job printed, cleaned, so that no byte of it commands the terminal."""

from __future__ import annotations

import json
import sys

from console.cli.parser import UsageError, Verbs, whole
from console.cli.session import Session
from console.core.logs.cleaning import Cleaner
from console.core.logs.index import Search
from console.core.logs.trouble import NEEDLES, PATTERN
from console.jobs.log_lines import LogLines
from console.jobs.reading import gap_line

_PIECE = 512 * 1024


def add(inner: Verbs) -> None:
    """Add the verb."""
    verb = inner.add("logs", "what a job printed", _logs, command="job logs")
    verb.add_argument("id")
    verb.add_argument("--follow", action="store_true", help="go on until the job ends")
    verb.add_argument("--tail", type=whole, metavar="N", help="only the last N lines")
    only = verb.add_mutually_exclusive_group()
    only.add_argument("--grep", metavar="TEXT", help="only lines with this text, with their numbers")
    only.add_argument("--regex", metavar="PATTERN", help="only lines that this expression of Python fits")
    only.add_argument("--errors", action="store_true", help="only lines that speak of trouble")
    verb.add_argument("--ignore-case", action="store_true", help="capitals do not count")
    verb.add_argument("--raw", action="store_true", help="every byte as it was written; not to a terminal")


def _logs(session: Session) -> int:
    args, jobs = session.args, session.context.jobs
    wish = _wish(session)
    if args.raw and sys.stdout.isatty():
        raise UsageError("--raw is for a pipe or a file: its bytes could command the terminal", "job logs")
    if wish is not None and (args.raw or args.follow or args.tail is not None):
        raise UsageError("a search reads the log once: no --raw, --follow or --tail with it", "job logs")
    job_id = jobs.resolve(args.id)
    if wish is not None:
        return _search(session, job_id, wish)
    offset = LogLines(jobs.log_source(job_id)).start_of_last(args.tail) if args.tail is not None else 0
    out = _Out(session)
    if args.follow:
        for data in jobs.follow(job_id, offset):
            out.write(data)
        out.finish()
        return 0
    while True:
        part = jobs.log(job_id, offset, _PIECE)
        if part.skipped:
            out.write(gap_line(part.skipped))
        out.write(part.data)
        offset = part.offset + len(part.data)
        if not part.data or offset >= part.size:
            out.finish()
            return 0


def _wish(session: Session) -> Search | None:
    args = session.args
    if args.errors:
        return Search(PATTERN, regex=True, ignore_case=False, needles=NEEDLES)
    pattern = args.grep if args.grep is not None else args.regex
    if pattern is None:
        return None
    if not pattern:
        raise UsageError("give what to look for", "job logs")
    return Search(pattern, regex=args.regex is not None, ignore_case=args.ignore_case)


def _search(session: Session, job_id: str, wish: Search) -> int:
    """As grep does: 1 where no line matches."""
    count = 0
    for number, text in LogLines(session.context.jobs.log_source(job_id)).matching(wish):
        count += 1
        if session.output.as_json:
            print(json.dumps({"line": number, "text": text}, ensure_ascii=False), flush=True)
        else:
            print(f"{number}:{text}")
    if count >= wish.most:
        session.output.say(f"only the first {count} are shown")
    return 0 if count else 1


class _Out:
    """Where the log goes: lines, JSON objects of lines, or bytes."""

    def __init__(self, session: Session) -> None:
        self._raw = bool(session.args.raw)
        self._as_json = session.output.as_json
        self._cleaner = Cleaner()

    def write(self, data: bytes) -> None:
        if self._raw:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            self._lines(self._cleaner.feed(data))

    def finish(self) -> None:
        self._lines(self._cleaner.finish())

    def _lines(self, lines: list[str]) -> None:
        for line in lines:
            print(json.dumps({"text": line}, ensure_ascii=False) if self._as_json else line)
        sys.stdout.flush()
