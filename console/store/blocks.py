"""Buckets of a metric in packed columns: lowest, mean, highest and how many samples, as few bytes as may be.

Pure: bytes in and out, no database. Written once and read by every later release: a new form gets a new mark.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MARK = b"\x01"
"""Of this form: 32-bit floats (exact for whole numbers up to 16,777,216, else seven digits), each column told
by what changed from one bucket to the next, its bytes sorted by weight, and deflated; so a count that stays
the same costs next to nothing, and a bucket that nothing came for takes one bit."""
_BLOCK_LEVEL = 6
_ROW_LEVEL = 1  # rewritten within the hour


@dataclass(frozen=True, slots=True)
class Columns:
    """Buckets side by side. Where `count` is 0 nothing came and the rest is NaN."""

    low: Floats
    mean: Floats
    high: Floats
    count: Ints

    def __len__(self) -> int:
        return len(self.count)

    @property
    def values(self) -> tuple[Floats, Floats, Floats]:
        """Lowest, mean, highest."""
        return self.low, self.mean, self.high

    def at(self, places: npt.NDArray[np.int64] | slice) -> Columns:
        """Some of them."""
        return Columns(self.low[places], self.mean[places], self.high[places], self.count[places])


def nothing(buckets: int) -> Columns:
    """So many buckets in which nothing came."""
    low, mean, high = np.full((3, buckets), np.nan)
    return Columns(low, mean, high, np.zeros(buckets, np.int64))


def joined(parts: Sequence[Columns]) -> Columns:
    """One after the other."""
    return Columns(
        np.concatenate([each.low for each in parts]),
        np.concatenate([each.mean for each in parts]),
        np.concatenate([each.high for each in parts]),
        np.concatenate([each.count for each in parts]),
    )


def gathered(columns: Columns, places: Ints, buckets: int) -> Columns:
    """Buckets put into wider ones, or two into one: `places` says for each into which of so many."""
    known = columns.count > 0
    into, count = places[known], columns.count[known]
    counts = np.bincount(into, weights=count, minlength=buckets)
    totals = np.bincount(into, weights=columns.mean[known] * count, minlength=buckets)
    low, high = np.full(buckets, np.nan), np.full(buckets, np.nan)
    np.fmin.at(low, into, columns.low[known])
    np.fmax.at(high, into, columns.high[known])
    mean = np.divide(totals, counts, out=np.full(buckets, np.nan), where=counts > 0)
    # A mean of equal values may leave them by a rounding error.
    return Columns(low, np.clip(mean, low, high), high, counts.astype(np.int64))


def merged(one: Columns, other: Columns) -> Columns:
    """What two consoles, or two parts of one span, know of the same buckets."""
    places = np.arange(len(one), dtype=np.int64)
    return gathered(joined((one, other)), np.concatenate((places, places)), len(one))


def folded(columns: Columns, factor: int) -> Columns:
    """Every so many buckets as one."""
    places = np.arange(len(columns), dtype=np.int64) // factor
    return gathered(columns, places, len(columns) // factor)


def encode(columns: Columns) -> bytes:
    """The buckets of one metric, one after the other in time."""
    return MARK + zlib.compress(_packed(columns), _BLOCK_LEVEL)


def decode(data: bytes) -> Columns:
    """What `encode` was given.

    Raises:
        ValueError: this is no such block, or was damaged.
    """
    columns, rest = _unpacked(_inflated(data))
    if rest:
        raise ValueError("a block of samples has too many bytes")
    return columns


def encode_row(series: Ints, columns: Columns) -> bytes:
    """One bucket of many metrics: which, and what of each."""
    head = len(series).to_bytes(4, "little") + _shuffled(_changes(series.astype(np.uint32)))
    return MARK + zlib.compress(head + _packed(columns), _ROW_LEVEL)


def decode_row(data: bytes) -> tuple[Ints, Columns]:
    """What `encode_row` was given.

    Raises:
        ValueError: this is no such row, or was damaged.
    """
    plain = _inflated(data)
    count = int.from_bytes(plain[:4], "little")
    series = _summed(_unshuffled(plain[4 : 4 + 4 * count], count)).astype(np.int64)
    columns, rest = _unpacked(plain[4 + 4 * count :])
    if rest or len(columns) != count:
        raise ValueError("a row of samples does not fit what it says of itself")
    return series, columns


def _packed(columns: Columns) -> bytes:
    known = columns.count > 0
    parts = [len(columns).to_bytes(4, "little"), np.packbits(known).tobytes()]
    parts.append(_shuffled(_changes(np.minimum(columns.count[known], 2**32 - 1).astype(np.uint32))))
    # Sums of whole numbers are whole, and take fewer bytes than their means.
    for values in (columns.mean * columns.count, columns.low, columns.high):
        parts.append(_shuffled(_changes(values[known].astype(np.float32).view(np.uint32))))
    return b"".join(parts)


def _unpacked(plain: bytes) -> tuple[Columns, bytes]:
    buckets = int.from_bytes(plain[:4], "little")
    at = 4 + (buckets + 7) // 8
    bits = np.frombuffer(plain[4:at], np.uint8)
    if len(bits) != (buckets + 7) // 8:
        raise ValueError("a block of samples was cut short")
    known = np.unpackbits(bits, count=buckets).astype(bool)
    size = int(known.sum())
    found = nothing(buckets)
    words = []
    for _ in range(4):
        words.append(_summed(_unshuffled(plain[at : at + 4 * size], size)))
        at += 4 * size
    found.count[known] = words[0]
    for values, bits32 in zip((found.mean, found.low, found.high), words[1:], strict=True):
        values[known] = bits32.view(np.float32)
    np.divide(found.mean, found.count, out=found.mean, where=known)
    np.clip(found.mean, found.low, found.high, out=found.mean)
    return found, plain[at:]


def _inflated(data: bytes) -> bytes:
    if data[:1] != MARK:
        raise ValueError("a block of samples has an unknown form")
    try:
        return zlib.decompress(data[1:])
    except zlib.error as error:
        raise ValueError(f"a block of samples is damaged: {error}") from error


def _changes(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    return np.diff(words, prepend=np.uint32(0))


def _summed(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    return np.cumsum(words, dtype=np.uint32)


def _shuffled(words: npt.NDArray[np.uint32]) -> bytes:
    return words.astype("<u4").view(np.uint8).reshape(-1, 4).T.tobytes()


def _unshuffled(data: bytes, count: int) -> npt.NDArray[np.uint32]:
    if len(data) != 4 * count:
        raise ValueError("a block of samples was cut short")
    return np.frombuffer(data, np.uint8).reshape(4, count).T.copy().view("<u4").reshape(-1).astype(np.uint32)
