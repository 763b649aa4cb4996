"""A job's log by its lines over a real sshd: counted, read, searched where it is, followed to the byte."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from console.core.logs.ansi import Line
from console.core.logs.index import BLOCK, Found, Search
from console.core.logs.text import GAP, LogText
from console.core.logs.trouble import NEEDLES, PATTERN
from console.core.problems import Problem
from console.jobs.job import JobState
from console.jobs.log_lines import LogLines
from console.jobs.log_source import JobLog
from tests.integration.jobs.conftest import Desk
from tests.lab.sshd import LabServer

LONG = """
import sys
out = sys.stdout.buffer
for number in range(12000):
    out.write(b"line %d " % number + b"." * (number % 90) + b"\\n")
out.write(b"\\r 1%\\r 50%\\r100% \\x1b[31mneedle\\x1b[0m\\n")
out.write(b"\\xff\\xfe \\x1b]0;title\\x07Traceback (most recent call last):\\n")
out.write(b"y" * 700000 + b"\\nlast without an end")
"""


def _row(text: LogText, source: JobLog, number: int) -> Line | str:
    for _ in range(50):
        row = text.row(number)
        if row is not None:
            return row
        for offset in sorted(text.wanted):
            text.put(*source.read(offset, BLOCK - offset % BLOCK))
        text.wanted.clear()
    raise AssertionError("never there")


def _found(source: JobLog, wish: Search) -> tuple[list[tuple[int, int]], Found]:
    came: list[Found] = []
    source.search(wish, lambda found: bool(came.append(found)) or True)
    return [line for found in came for line in found.lines], came[-1]


def test_any_row_of_a_long_log_is_read_without_the_rest(desk: Desk) -> None:
    job = desk.wait_for(desk.python(LONG), JobState.SUCCEEDED)
    source, text = desk.jobs.log_source(job.id), LogText(most_blocks=4)
    news = source.news(0, 0, None)
    text.take(news)
    assert news.ended
    assert text.index.rows == 12_004
    assert _row(text, source, 7321) == Line("line 7321 " + "." * (7321 % 90))
    bar = _row(text, source, 12_000)
    assert isinstance(bar, Line)
    assert (bar.text, bar.folded) == ("100% needle", 2)
    assert _row(text, source, 12_001) == Line("\ufffd\ufffd Traceback (most recent call last):")
    assert _row(text, source, 12_003) == Line("last without an end")
    assert source.news(text.index.next, text.index.size, None).upto is None
    lines, last = _found(source, Search("needle"))
    assert len(lines) == 1
    assert (last.upto, last.size, last.capped) == (text.index.size, text.index.size, False)
    found = list(LogLines(source).matching(Search(r"^line 1199\d ", regex=True)))
    assert [number for number, _ in found] == [str(11_991 + each) for each in range(10)]
    assert found[0][1].startswith("line 11990 ")
    trouble = LogLines(source).matching(Search(PATTERN, regex=True, ignore_case=False, needles=NEEDLES))
    assert [number for number, _ in trouble] == ["12002"]
    capped = _found(source, Search("line", most=100))[1]
    assert capped.capped


@pytest.mark.faults
def test_a_pattern_that_never_ends_is_stopped_and_the_agent_goes_on(desk: Desk) -> None:
    job = desk.wait_for(desk.submit("sh", "-c", "echo " + "a" * 60 + "!"), JobState.SUCCEEDED)
    source = desk.jobs.log_source(job.id)
    with pytest.raises(Problem) as wrong:
        _found(source, Search("(", regex=True))
    assert wrong.value.code == "log.pattern"
    with pytest.raises(Problem) as stuck:
        _found(source, Search("(a+)+$", regex=True))
    assert stuck.value.code == "log.pattern_slow"
    assert _found(source, Search("aaa!"))[0] == [(0, 0)]


def test_the_gap_of_a_log_that_passed_its_limit_is_one_row(desk: Desk) -> None:
    code = "import time\nfor n in range(40000): print('line', n, '.' * 90)\ntime.sleep(2.5)\nprint('end')"
    job = desk.wait_for(desk.python(code, log_limit_bytes=1 << 20), JobState.SUCCEEDED, 30)
    source, text = desk.jobs.log_source(job.id), LogText()
    text.take(source.news(0, 0, None))
    index = text.index
    assert index.hole_row is not None
    assert _row(text, source, index.hole_row) == GAP
    assert _row(text, source, index.rows - 1) == Line("end")
    assert _row(text, source, 5) == Line("line 5 " + "." * 90)
    last, before = _row(text, source, index.rows - 2), _row(text, source, index.rows - 3)
    assert (last, before) == (Line("line 39999 " + "." * 90), Line("line 39998 " + "." * 90))
    number, shown = next(LogLines(source).matching(Search("line 39999 ")))
    assert number == f"+{index.name_of(index.rows - 2)[0]}"
    assert shown == last.text  # type: ignore[union-attr]


def test_r38_a_log_read_over_cut_links_is_the_log(desk: Desk, lab_server: LabServer) -> None:
    """Cut at random moments while it grows: every row comes once and as it was written."""
    code = (
        "import time\nfor n in range(4000):\n print('line', n, flush=True)\n if n % 400 == 0: time.sleep(.1)"
    )
    job = desk.python(code)
    source, text = desk.jobs.log_source(job.id), LogText()
    dice, ended, turns = random.Random(7), False, 0
    while not ended or text.index.size < desk.jobs.log(job.id, 0, 0).size:
        turns += 1
        assert turns < 2000
        if dice.random() < 0.05 and not ended:
            lab_server.end_sessions()
        try:
            news = source.news(text.index.next, text.index.size, text.index.hole)
        except Problem:
            continue
        text.take(news)
        ended = news.ended
        if text.index.rows and ended:
            _row(text, source, text.index.rows - 1)
    assert [_row(text, source, number) for number in range(text.index.rows)] == [
        Line(f"line {number}") for number in range(4000)
    ]


@pytest.mark.faults
def test_a_million_lines_are_opened_gone_through_and_searched(desk: Desk, tmp_path: Path) -> None:
    code = "for n in range(1000000): print('epoch', n // 1000, 'step', n, 'loss', 0.1234, 'and so on' * 6)"
    job = desk.wait_for(desk.python(code), JobState.SUCCEEDED, 110)
    lines = LogLines(desk.jobs.log_source(job.id))
    assert lines.count() == 1_000_000
    source, text = desk.jobs.log_source(job.id), LogText(most_blocks=8)
    while text.index.size < (news := source.news(text.index.next, text.index.size, None)).size:
        text.take(news)
    dice = random.Random(1)
    for number in [dice.randrange(1_000_000) for _ in range(100)]:
        row = _row(text, source, number)
        assert isinstance(row, Line)
        assert f"step {number} loss" in row.text
    assert text.kept_bytes <= 8 * BLOCK
    assert [number for number, _ in lines.matching(Search("step 999999 "))] == ["1000000"]
