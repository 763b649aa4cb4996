"""The sums of a file that is made of another's parts tell the same as if it had been read."""

from __future__ import annotations

import os
import zlib

from console.agent.block_sums import RECORD, SAMPLE, OldSums, SumMaker, block_size

KIB = 1024
BLOCK = 32 * KIB
SIZE = 64 * BLOCK


def sums_of(data: bytes) -> OldSums:
    maker = SumMaker(len(data))
    maker.update(data)
    return OldSums(maker.block, maker.records())


def ensure_true(maker: SumMaker, data: bytes) -> None:
    """Every sum tells of what lies at its place."""
    ends = 0
    for place, sample, crc in RECORD.iter_unpack(maker.records()):
        block = data[place : place + maker.block]
        assert place >= ends
        assert (block[:SAMPLE], zlib.crc32(block)) == (sample, crc)
        ends = place + maker.block
    assert ends <= len(data)


def test_what_was_moved_by_any_distance_keeps_its_sums() -> None:
    old = os.urandom(SIZE)
    new = b"twelve bytes" + old
    maker = SumMaker(len(new), sums_of(old))
    maker.update(new[:12])
    assert maker.take(0, SIZE)
    ensure_true(maker, new)
    assert len(maker.records()) == 64 * RECORD.size
    assert maker.worth_keeping


def test_new_bytes_between_old_blocks_are_summed() -> None:
    old = os.urandom(SIZE)
    between = os.urandom(3 * BLOCK + 5)
    new = old[: 20 * BLOCK] + between + old[30 * BLOCK :]
    maker = SumMaker(len(new), sums_of(old))
    assert maker.take(0, 20 * BLOCK)
    maker.update(between)
    assert maker.take(30 * BLOCK, SIZE - 30 * BLOCK)
    ensure_true(maker, new)
    assert len(maker.records()) == (20 + 3 + 34) * RECORD.size


def test_sums_of_a_file_with_gaps_serve_again() -> None:
    old = os.urandom(SIZE)
    first = SumMaker(SIZE + 5, sums_of(old))
    first.update(b"hello")
    assert first.take(0, SIZE)
    again = SumMaker(SIZE, OldSums(first.block, first.records()))
    assert not again.take(0, BLOCK), "no block begins there"
    assert again.take(5, SIZE)
    ensure_true(again, old)


def test_parts_of_blocks_and_what_is_not_there_are_refused() -> None:
    maker = SumMaker(SIZE, sums_of(os.urandom(SIZE)))
    for start, size in ((0, BLOCK + 1), (1, BLOCK), (SIZE, BLOCK), (0, SIZE + BLOCK)):
        assert not maker.take(start, size)
    assert maker.records() == b""


def test_a_file_in_shreds_keeps_no_sums() -> None:
    old = os.urandom(SIZE)
    maker = SumMaker(SIZE * 2, sums_of(old))
    for number in range(64):
        maker.update(b"x" * (BLOCK - 1))
        assert maker.take(number * BLOCK, BLOCK)
    assert not maker.worth_keeping


def test_a_file_that_grew_keeps_the_size_of_its_blocks() -> None:
    size = 8192 * BLOCK + BLOCK
    assert block_size(size) == 2 * BLOCK
    assert SumMaker(size, OldSums(BLOCK, b"")).block == BLOCK
    assert SumMaker(3 * size, OldSums(BLOCK, b"")).block > BLOCK, "too many of them"
