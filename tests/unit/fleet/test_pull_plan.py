"""What of a new file is taken from where: every byte once, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.fleet.copying.pull_delta import plan


def test_what_lies_behind_each_other_here_and_there_is_one_part() -> None:
    assert plan([(0, 10, 5), (10, 10, 15), (30, 10, 0)], 50) == [
        (0, 20, 5),
        (20, 10, None),
        (30, 10, 0),
        (40, 10, None),
    ]


def test_a_block_that_is_here_twice_is_taken_once() -> None:
    assert plan([(0, 10, 5), (0, 10, 70), (5, 10, 40)], 15) == [(0, 10, 5), (10, 5, 45)]


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 20), st.integers(0, 500))), st.integers(110, 150)
)
def test_every_byte_of_the_new_file_comes_from_one_place(runs: list[tuple[int, int, int]], size: int) -> None:
    at = 0
    for start, count, place in plan(runs, size):
        assert start == at
        assert count > 0
        if place is not None:
            for byte in (start, start + count - 1):
                assert any(s <= byte < s + c and p + byte - s == place + byte - start for s, c, p in runs)
        at = start + count
    assert at == size
