"""The buffer of a connection's bytes: it grows with bulk, shrinks when bulk is over, and loses nothing."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from console.ssh.gcm import Inbox


class Source:
    """A socket that gives so many bytes at most at a time; each byte tells its place."""

    def __init__(self) -> None:
        self.at = 0
        self.most = 1 << 20

    def receive_into(self, space: memoryview) -> int:
        count = min(len(space), self.most)
        space[:count] = bytes((self.at + place) % 251 for place in range(count))
        self.at += count
        return count


def expected(start: int, count: int) -> bytes:
    return bytes((start + place) % 251 for place in range(count))


@given(st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 20_000)), max_size=40))
def test_all_bytes_come_in_order(takes: list[tuple[int, int]]) -> None:
    source, at = Source(), 0
    inbox = Inbox(source.receive_into, 1 << 20)
    for count, most in takes:
        source.most = most
        assert inbox.take(count) == expected(at, count)
        at += count


def test_it_is_small_again_when_bulk_is_over() -> None:
    source, at = Source(), 0
    inbox = Inbox(source.receive_into, 1 << 20)
    for count in [40_000] * 6 + [2300] * 40:
        source.most = count if count < 4000 else 1 << 20
        if count < 4000 and inbox._end > inbox._start:
            count = inbox._end - inbox._start  # what was read ahead
        assert inbox.take(count) == expected(at, count)
        at += count
    assert len(inbox._view) <= 4096


def test_bulk_keeps_its_room() -> None:
    source = Source()
    inbox = Inbox(source.receive_into, 1 << 20)
    sizes = [len(inbox._view) for _ in range(60) if inbox.take(32_768)]
    assert max(sizes) == sizes[-1] >= 128 * 1024
    assert all(later >= earlier for earlier, later in itertools.pairwise(sizes))
