"""Packed buckets: what goes in comes out to the last bit of 32, gaps stay gaps, damage is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.store.block_table import key_of, series_of
from console.store.blocks import (
    Columns,
    decode,
    decode_row,
    encode,
    encode_row,
    folded,
    joined,
    merged,
    nothing,
)

_FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=-(2**60), max_value=2**60)


@st.composite
def columns(draw: st.DrawFn, count: int | None = None) -> Columns:
    """Buckets as they come: some empty, the mean between the lowest and the highest."""
    made = nothing(draw(st.integers(0, 40)) if count is None else count)
    for at in range(len(made)):
        if draw(st.booleans()):
            low, mean, high = sorted(draw(st.tuples(_FLOATS, _FLOATS, _FLOATS)))
            made.low[at], made.mean[at], made.high[at] = low, mean, high
            made.count[at] = draw(st.integers(1, 4_000_000_000))
    return made


def same(one: Columns, other: Columns) -> None:
    assert one.count.tolist() == other.count.tolist()
    assert np.array_equal(one.low, other.low, equal_nan=True)
    assert np.array_equal(one.high, other.high, equal_nan=True)
    scale = np.maximum(np.abs(other.mean), 1e-30)
    assert np.all((np.abs(one.mean - other.mean) <= 1.2e-7 * scale) | (other.count == 0))
    assert np.isnan(one.mean).tolist() == (other.count == 0).tolist()


@given(columns())
def test_a_block_comes_back_as_it_was(given: Columns) -> None:
    same(decode(encode(given)), given)


@given(st.data())
def test_a_row_of_many_series_comes_back_as_it_was(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.integers(1, 2**28 - 1), max_size=30))
    given = data.draw(columns(len(ids)))
    series, back = decode_row(encode_row(np.array(ids, dtype=np.int64), given))
    assert series.tolist() == ids
    same(back, given)


@given(st.binary(max_size=60), st.booleans())
def test_what_is_no_block_is_told_and_nothing_else_happens(data: bytes, flipped: bool) -> None:
    if flipped:
        whole = bytearray(encode(nothing(360)))
        for at, byte in enumerate(data):
            whole[at % len(whole)] ^= byte
        data = bytes(whole)
    for read in (decode, decode_row):
        try:
            read(data)
        except ValueError:
            continue
        assert flipped


def test_whole_numbers_and_their_means_are_exact() -> None:
    values = np.arange(360, dtype=np.float64) + 16_000_000
    given = Columns(values, values + 0.3, values + 1, np.full(360, 10))
    back = decode(encode(given))
    assert back.low.tolist() == given.low.tolist()
    assert back.high.tolist() == given.high.tolist()
    small = Columns(np.zeros(9), np.arange(9) / 10, np.ones(9), np.full(9, 10))
    assert decode(encode(small)).mean.tolist() == [n / 10 for n in range(9)]


def test_a_steady_series_takes_some_dozen_bytes() -> None:
    steady = np.full(360, 42.0)
    assert len(encode(Columns(steady, steady, steady, np.full(360, 10)))) < 80
    assert len(encode(nothing(360))) < 20


def test_wider_buckets_cover_narrow_ones_and_two_consoles_add_up() -> None:
    one = Columns(np.array([1.0, 3.0]), np.array([2.0, 4.0]), np.array([5.0, 6.0]), np.array([1, 3]))
    wide = folded(one, 2)
    assert (wide.low[0], wide.mean[0], wide.high[0], wide.count[0]) == (1.0, 3.5, 6.0, 4)
    gaps = folded(joined((nothing(2), one)), 2)
    assert gaps.count.tolist() == [0, 4]
    assert np.isnan(gaps.mean[0])
    both = merged(
        one, Columns(np.array([0.0, 9.0]), np.array([4.0, 9.0]), np.array([4.0, 9.0]), np.array([3, 1]))
    )
    assert both.low.tolist() == [0.0, 3.0]
    assert both.mean.tolist() == [3.5, 5.25]
    assert both.high.tolist() == [5.0, 9.0]
    assert both.count.tolist() == [4, 4]


def test_keys_sort_by_time_and_hold_any_series() -> None:
    assert key_of(2, 0) > key_of(1, 2**28 - 1)
    assert series_of(key_of(500_000, 77)) == 77
    with pytest.raises(ValueError, match="does not fit"):
        key_of(1, 2**28)
