"""No control or bidi character of a server survives, whatever it sends, and every line is bounded."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.text import MAX_LINE_CHARS, decode, safe_line, safe_text

BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}
NASTY = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cs", "Cf"]),
        st.sampled_from(["\x1b", "[", "]", "P", "\x07", "\\", "\n", "\t", "\r", ";", "m", "\x9b", "\u202e"]),
    )
)


@given(NASTY)
def test_r53_no_control_or_bidi_character_survives(text: str) -> None:
    for char in safe_text(text):
        assert char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
        assert char not in BIDI
    assert not set(safe_line(text)) & {"\n", "\t", "\r", "\x1b"}
    safe_text(text).encode()


@given(NASTY, st.integers(1, 40))
def test_lines_are_bounded(text: str, limit: int) -> None:
    assert all(len(line) <= limit for line in safe_text(text, max_chars=limit).split("\n"))
    assert len(safe_line(text, max_chars=limit)) <= limit


@given(NASTY)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = safe_text(text)
    assert safe_text(once) == once


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"])))
def test_honest_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text, max_chars=10**6) == text


@given(st.binary())
def test_any_bytes_become_text(data: bytes) -> None:
    safe_text(decode(data)).encode()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07prompt", "prompt"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1;2|payload\x1b\\after", "after"),
        ("\x1bcreset", "reset"),
        ("a\rb", "ab"),
        ("gpu\u202e0", "gpu0"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("日本語 ü 🙂", "日本語 ü 🙂"),
        ("<b>0</b>", "<b>0</b>"),
    ],
)
def test_r53_escape_sequences_are_removed_whole(sent: str, shown: str) -> None:
    assert safe_text(sent) == shown


def test_r53_a_line_for_a_label_is_one_line() -> None:
    assert safe_line("  a\n\tb\r\n c  ") == "a b c"
    assert len(safe_text("x" * 10**6)) == MAX_LINE_CHARS


def test_r53_long_hostile_text_is_cleaned_in_time() -> None:
    for text in ("\x1b]" * 200_000, "\x1b[" + "0" * 1_000_000, "\x1b" * 500_000, "\x1b]" + "x" * 1_000_000):
        began = time.perf_counter()
        safe_text(text)
        assert time.perf_counter() - began < 3
