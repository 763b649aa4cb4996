"""A secret that a job printed does not stand in what Tandem shows, and no offset moves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.jobs.job import LogPart
from console.jobs.masking import Mask, masked_part

TOKEN = "hf_geheim123"
LOG = f"a {TOKEN} b {TOKEN}{TOKEN} c\n".encode() * 3


def test_values_are_covered_and_keep_their_number_of_bytes() -> None:
    hidden = Mask([TOKEN]).hide(LOG)
    assert TOKEN.encode() not in hidden
    assert len(hidden) == len(LOG)
    assert hidden.decode().startswith("a •••• b ")


def test_short_values_are_left_and_lines_of_a_long_one_are_found() -> None:
    assert not Mask(["abc", ""])
    key = "-----BEGIN KEY-----\nAAAABBBBCCCC\n-----END KEY-----"
    assert b"AAAABBBB" not in Mask([key]).hide(b"second line: AAAABBBBCCCC")


@given(st.lists(st.integers(1, 17), min_size=1))
def test_however_the_pieces_of_a_stream_are_cut(cuts: list[int]) -> None:
    pieces, at = [], 0
    for cut in cuts * 20:
        pieces.append(LOG[at : at + cut])
        at += cut
    pieces.append(LOG[at:])
    mask = Mask([TOKEN, TOKEN[:8]])
    assert b"".join(mask.stream(iter(pieces))) == mask.hide(LOG)


@given(st.integers(0, len(LOG)), st.integers(1, 40))
def test_however_a_piece_of_a_log_is_cut(offset: int, limit: int) -> None:
    def read(at: int, count: int) -> LogPart:
        return LogPart(LOG[at : at + count], at, len(LOG), False)

    mask = Mask([TOKEN])
    part = masked_part(read, mask, offset, limit)
    assert (part.offset, part.data) == (offset, mask.hide(LOG)[offset : offset + limit])
