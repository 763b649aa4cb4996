"""The lines of a log, whatever is in it and however it comes; with blocks of 16 bytes all borders are met."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.agent import logscan
from console.core.logs import index as index_module
from console.core.logs import text as text_module
from console.core.logs.ansi import ESCAPES, MOST_BYTES, PLAIN, Line, parse_line
from console.core.logs.cleaning import Cleaner
from console.core.logs.index import BLOCK, Found, Search
from console.core.logs.text import GAP, LogText
from console.core.logs.trouble import NEEDLES, PATTERN, RULES, WARNINGS, rule_of
from console.core.problems import Problem
from console.core.text import MAX_LINE_CHARS
from console.jobs import local_search, short_log
from console.jobs.short_log import ShortLog

SMALL = 16
PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"\n", b"\r", b"\r\n", b"\x1b[31m", b"\x1b[0m", b"\x1b]0;title\x07", b"\x1b[2K", b"ab",
         b"\xe2\x80\xae", b"\t", "é漢".encode(), b"\x1b", b"\x1bP", b"\x9b", b"\x00", b"needle",
         b"\x1b[38;5;200m", b"\x1b[48;2;1;2;3m"]
    ),
)  # fmt: skip
LOGS = st.lists(PIECES, max_size=30)


def _catch_up(text: LogText, log: ShortLog) -> None:
    news = log.news(text.index.next, text.index.size, text.index.hole)
    text.take(news)


def _row(text: LogText, log: ShortLog, number: int) -> Line | str:
    for _ in range(200):
        row = text.row(number)
        if row is not None:
            return row
        assert text.wanted
        for offset in sorted(text.wanted):
            text.put(*log.read(offset, index_module.BLOCK - offset % index_module.BLOCK))
        text.wanted.clear()
    raise AssertionError("never there")


def _all(text: LogText, log: ShortLog) -> list[Line | str]:
    return [_row(text, log, number) for number in range(text.index.rows)]


def _lines(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    return parts if parts[-1] else parts[:-1]


def _harmless(text: str) -> bool:
    return all(char.isprintable() or unicodedata.category(char) == "Zs" for char in text)


@pytest.fixture
def blocks_of_16() -> Iterator[None]:
    """Borders everywhere."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (index_module, text_module, logscan, short_log):
            patch.setattr(module, "BLOCK", SMALL)
        yield


HERE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(LOGS)
@HERE
def test_in_whatever_pieces_it_comes_the_lines_are_the_same(blocks_of_16: None, pieces: list[bytes]) -> None:
    """R-38: no line is lost or comes twice, at whatever byte a piece ended."""
    log, text = ShortLog(), LogText()
    for piece in pieces:
        log.append(piece)
        _catch_up(text, log)
        if text.index.rows:
            _row(text, log, text.index.rows - 1)
    whole = b"".join(pieces)
    assert text.index.rows == len(_lines(whole))
    assert _all(text, log) == [parse_line(line) for line in _lines(whole)]


@given(st.binary(max_size=400), st.binary(max_size=40))
@HERE
def test_a_line_shows_nothing_that_could_move_hide_or_command(line: bytes, more: bytes) -> None:
    """R-53: no control, bidi or zero-width character leaves the parser."""
    shown = parse_line(line.replace(b"\n", b"") + b"\x1b" + more.replace(b"\n", b""))
    assert _harmless(shown.text), ascii(shown.text)
    assert all(
        at >= 0 and at + count <= len(shown.text) and style != PLAIN for at, count, style in shown.runs
    )
    assert all(a[0] + a[1] <= b[0] for a, b in zip(shown.runs, shown.runs[1:], strict=False))


@given(LOGS, st.sampled_from(["needle", "a", "b", "é漢", "x1b"]), st.integers(0, 12))
@HERE
def test_a_search_finds_the_lines_that_show_it(
    blocks_of_16: None, pieces: list[bytes], word: str, pause: int
) -> None:
    """Also where it stopped in the middle and went on when more had come."""
    log, text = ShortLog(), LogText()
    found: dict[int, int] = {}
    offset = nth = 0
    for part in (pieces[:pause], pieces[pause:]):
        for piece in part:
            log.append(piece)

        def take(came: Found) -> bool:
            nonlocal offset, nth
            found.update(dict(came.lines))
            if came.line is not None:
                offset, nth = came.line, came.nth
            return True

        for known in [each for each in found if each >= offset]:
            del found[known]
        log.search(Search(word, ignore_case=False, offset=offset, nth=nth), take)
    _catch_up(text, log)
    lines = _lines(b"".join(pieces))
    shown = [re.sub(ESCAPES, "", line.decode("utf-8", "replace")) for line in lines]
    wanted = [
        number
        for number, line in enumerate(shown)
        if word in re.sub(r"\r$", "", re.sub(r"\r+", "\r", line)).rpartition("\r")[2]
    ]
    offsets = np.array(sorted(found), dtype=np.int64)
    nths = np.array([found[each] for each in sorted(found)], dtype=np.int64)
    assert text.index.rows_of(offsets, nths).tolist() == wanted


@given(st.lists(st.binary(max_size=60), max_size=60))
@HERE
def test_a_gap_is_one_row_and_all_that_is_left_is_there(blocks_of_16: None, pieces: list[bytes]) -> None:
    log, text = ShortLog(most_bytes=8 * SMALL, head_bytes=2 * SMALL), LogText()
    for piece in pieces:
        log.append(piece)
        _catch_up(text, log)
        if text.index.rows:
            _row(text, log, 0)
            _row(text, log, text.index.rows - 1)
    whole = b"".join(pieces)
    hole = text.index.hole
    if hole is None:
        assert _all(text, log) == [parse_line(line) for line in _lines(whole)]
        return
    assert sum(len(each) for each in log._blocks.values()) <= 10 * SMALL
    head, rest = whole[: hole.begin].split(b"\n"), _lines(whole[hole.end :])
    assert _all(text, log) == [*map(parse_line, head), GAP, *map(parse_line, rest)]
    assert text.index.name_of(text.index.rows - 1) == (len(rest), True)
    for number in range(len(rest)):
        assert text.index.row_named(number + 1, after_gap=True) == len(head) + 1 + number


@given(st.lists(st.binary(max_size=60), min_size=10, max_size=60))
@HERE
def test_matches_beyond_a_gap_are_in_their_rows(blocks_of_16: None, pieces: list[bytes]) -> None:
    log, text = ShortLog(most_bytes=8 * SMALL, head_bytes=2 * SMALL), LogText()
    for piece in pieces:
        log.append(piece + b" needle\n")
    _catch_up(text, log)
    found: list[tuple[int, int]] = []
    log.search(Search("needle"), lambda came: bool(found.extend(came.lines)) or True)
    rows = text.index.rows_of(
        np.array([each[0] for each in found], dtype=np.int64),
        np.array([each[1] for each in found], dtype=np.int64),
    ).tolist()
    shown = [
        number
        for number, line in enumerate(_all(text, log))
        if isinstance(line, Line) and "needle" in line.text
    ]
    assert rows == shown


def test_colours_are_kept_and_all_else_is_dropped() -> None:
    line = parse_line(
        b"\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\ \x1b[1;31mbad\x1b[0m "
        b"\x1b[38;5;46mx\x1b[38;2;1;2;3my\x1b[48:2::9:8:7mz"
        b"\x1b[39;49;7mr\x1b[m\x1b[2J\x1b[10;10H\x1bc\x1bPq#0\x1b\\.\x1b[4munder\x1b[24m"
    )
    assert line.text == "link bad xyzr.under"
    styles = {line.text[at : at + count]: style for at, count, style in line.runs}
    assert (styles["bad"].fore, styles["bad"].bold) == (1, True)
    assert styles["x"].fore == (0, 255, 0)
    assert styles["y"].fore == (1, 2, 3)
    assert styles["z"].ground == (9, 8, 7)
    assert styles["r"].reverse
    assert styles["r"].fore is None
    assert styles["under"].underline
    assert "." not in styles


def test_what_hides_is_written_out_and_other_scripts_are_not() -> None:
    assert parse_line(b"a\x07b\x08\x00").text == r"a\x07b\x08\x00"
    assert parse_line("x\u202ey\u200bz\x9b".encode()).text == r"x\u202ey\u200bz\u009b"
    assert parse_line("漢字\u3000é\\n \u00a0".encode()).text == "漢字\u3000é\\n \u00a0"
    assert parse_line(b"\xff\xfe ok").text == "\ufffd\ufffd ok"
    assert parse_line(b"a\tb").text == "a       b"


def test_a_progress_bar_is_its_last_state() -> None:
    assert parse_line(b"\r 10%|#   |\r 20%|##  |") == Line(" 20%|##  |", (), 0, 1)
    assert parse_line(b"text\r\r") == parse_line(b"text")
    bar = b"".join(b"\r%7d it" % number for number in range(1_000_000))
    line = parse_line(bar[:MOST_BYTES], len(bar), bar[-MOST_BYTES:])
    assert line.text == " 999999 it"
    assert line.left_out == 0
    assert parse_line(b"a" * MOST_BYTES, 10_000_000, b"a" * MOST_BYTES) == Line(
        "a" * MAX_LINE_CHARS, (), 10_000_000 - MAX_LINE_CHARS, 0
    )


def test_a_line_of_ten_megabytes_costs_little_and_so_do_a_million_lines() -> None:
    log, text = ShortLog(most_bytes=256 << 20), LogText(most_blocks=8)
    log.append(b"first\n" + b"x" * 10_000_000 + b"\nafter\n")
    log.append(b"a line of a log\n" * 1_000_000)
    _catch_up(text, log)
    assert text.index.rows == 1_000_003
    long = _row(text, log, 1)
    assert isinstance(long, Line)
    assert long.left_out == 10_000_000 - MAX_LINE_CHARS
    assert [_row(text, log, number) for number in (2, 3, 1_000_002)] == [
        Line("after"),
        Line("a line of a log"),
        Line("a line of a log"),
    ]
    assert text.kept_bytes <= 8 * index_module.BLOCK


TROUBLE = {
    "traceback": ["Traceback (most recent call last):", "[rank3]: Traceback (most recent call last):"],
    "exception": ["RuntimeError: Expected all tensors on one device", "torch.OutOfMemoryError: x",
                  "KeyboardInterrupt"],
    "level": ["2026-11-24 ERROR worker died", "[ERROR] x", "FATAL: database"],
    "error": ["train.cu:12:3: error: no such thing", "fatal error: x.h"],
    "fatal": ["fatal: not a git repository", "panic: runtime"],
    "cuda": ["CUDA out of memory. Tried to allocate 2.00 GiB", "CUDA error: an illegal memory access"],
    "nccl": ["node1:12:34 [0] NCCL WARN Cuda failure", "ncclSystemError: call failed",
             "Watchdog caught collective operation timeout: x"],
    "oom": ["Killed", "Out of memory: Killed process 12 (python)",
            "terminate: std::bad_alloc", "oom-kill:constraint"],
    "crash": ["Segmentation fault (core dumped)", "exitcode  : 1 (pid: 12)",
              "Signal 9 (SIGKILL) received by PID 1"],
    "gpu": ["NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus."],
    "disk": ["OSError 28 No space left on device"],
    "number": ["step 10 loss: nan", "grad_norm=NaN"],
    "network": ["Connection refused", "bind: Address already in use"],
    "start": ["bash: foo: command not found", "No module named 'torch'"],
    "scheduler": ["slurmstepd: error: *** JOB 12", "CANCELLED DUE TO TIME LIMIT"],
}  # fmt: skip
HEALTHY = [
    "epoch 3 loss 0.12 error: 0.031", "val error: 1e-3", "0 errors, 0 warnings",
    "INFO nanoseconds inference finance",
    "error_rate=0.0", "exitcode 0", "Loaded ErrorCorrection weights", "no ERROR_CODES set",
    "mean absolute error 0.3",
    "Using NCCL backend", "CUDA 12.4 available: True", "signal SIGTERM_HANDLER installed",
    "killed 3 stale workers: no",
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
def test_what_speaks_of_trouble_is_found(rule: object) -> None:
    assert rule in RULES
    kind = rule.kind  # type: ignore[attr-defined]
    for line in TROUBLE[kind]:
        found = rule_of(line)
        assert found is not None, line
        assert found[0] == "critical"
        assert re.search(rule.pattern, line, re.MULTILINE), line  # type: ignore[attr-defined]
        assert any(needle in line for needle in rule.needles), line  # type: ignore[attr-defined]
        assert list(
            logscan.Wanted(PATTERN, True, False, ESCAPES, NEEDLES).lines(b"x\n" + line.encode() + b"\ny\n")
        ) == [1]


@pytest.mark.parametrize("line", HEALTHY)
def test_what_only_sounds_like_it_is_not(line: str) -> None:
    assert rule_of(line) is None


def test_warnings_are_no_errors() -> None:
    for line in ("WARNING: slow loader", "x.py:3: UserWarning: y", "[WARN] z"):
        assert rule_of(line) == ("warning", rule_of(line)[1])  # type: ignore[index]
    assert len(WARNINGS) == 2
    assert len(PATTERN) < 4096
    assert len(NEEDLES) < 200


@given(LOGS, st.integers(1, 7))
@HERE
def test_a_log_is_cleaned_the_same_in_whatever_pieces(pieces: list[bytes], size: int) -> None:
    whole = b"".join(pieces)
    cleaner = Cleaner()
    lines = [
        line for at in range(0, len(whole), size) for line in cleaner.feed(whole[at : at + size])
    ] + cleaner.finish()
    assert lines == [parse_line(line).text for line in _lines(whole)]
    assert all(_harmless(line) for line in lines)


def test_cleaning_ten_megabytes_without_an_end_keeps_its_ends_alone() -> None:
    cleaner = Cleaner()
    for _ in range(100):
        assert cleaner.feed(b"z" * 100_000) == []
    assert len(cleaner._head) + len(cleaner._tail) <= 2 * MOST_BYTES
    assert cleaner.finish()[0].endswith(" more in this line")
    bar = Cleaner()
    for number in range(20_000):
        bar.feed(b"\r%6d it" % number)
    assert bar.finish() == [" 19999 it"]


def test_an_expression_that_never_ends_is_stopped_and_the_others_find_what_is_there() -> None:
    log = ShortLog(most_bytes=8 * BLOCK, head_bytes=2 * BLOCK)
    log.append(b"loss=1\n" + b"a" * 60 + b"!\n\x1b[1mloss\x1b[0m=2\n")
    found: list[Found] = []

    def take(each: Found) -> bool:
        found.append(each)
        return True

    log.search(Search(r"^LOSS=\d$", regex=True, ignore_case=True), take)
    assert [line for each in found for line in each.lines] == [(0, 0), (69, 2)]
    assert (found[-1].upto, found[-1].capped) == (log.news(0, 0, None).size, False)
    with pytest.raises(Problem) as wrong:
        log.search(Search("(", regex=True), take)
    assert wrong.value.code == "log.pattern"
    parts, size = [(0, b"a" * 60 + b"!\n")], 62
    with pytest.raises(Problem) as stuck:
        local_search.search(Search("(a+)+$", regex=True), parts, size, (0, 0), take, patience_s=0.3)
    assert stuck.value.code == "log.pattern_slow"
    # Whoever does not want the rest gets no more.
    log.search(Search("loss", regex=True), lambda _: False)


def test_a_gap_and_a_place_to_go_on_from_reach_the_search_by_an_expression() -> None:
    log = ShortLog(most_bytes=8 * BLOCK, head_bytes=2 * BLOCK)
    rows = [b"row %06d of many\n" % number for number in range(16 * BLOCK // 19)]
    log.append(b"".join(rows))
    plain: list[Found] = []
    log.search(Search("of many"), lambda each: bool(plain.append(each) or True))
    regex: list[Found] = []
    log.search(Search("of man[y]", regex=True), lambda each: bool(regex.append(each) or True))
    lines = [line for each in plain for line in each.lines]
    assert [line for each in regex for line in each.lines] == lines
    middle = lines[len(lines) // 2]
    later: list[Found] = []
    log.search(
        Search("of man[y]", regex=True, offset=middle[0], nth=middle[1]),
        lambda each: bool(later.append(each) or True),
    )
    assert [line for each in later for line in each.lines] == lines[len(lines) // 2 :]
