"""Rings: order, wrapping, gaps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from console.telemetry.rings import Ring, with_gaps


@given(st.integers(2, 40), st.integers(0, 100))
def test_the_last_samples_are_kept_in_order(capacity: int, count: int) -> None:
    ring = Ring(capacity)
    ring.add_columns(["x"])
    for n in range(count):
        ring.append(float(n), {"x": n * 2.0, "unknown": 1.0})
    times, values = ring.read("x", -1.0, 1.0)
    expected = list(range(max(0, count - capacity), count))
    assert times.tolist() == expected
    assert values.tolist() == [n * 2.0 for n in expected]
    assert len(ring) == len(expected)


def test_a_late_column_has_no_past() -> None:
    ring = Ring(10)
    ring.append(0.0, {"x": 1.0})
    ring.add_columns(["x"])
    ring.append(1.0, {"x": None})
    ring.append(2.0, {"x": 5.0})
    assert np.array_equal(ring.read("x", -1, 1)[1], [np.nan, np.nan, 5.0], equal_nan=True)
    ring.drop_column("x")
    assert ring.read("x", -1, 1)[0].size == 0


def test_missing_data_is_a_gap_and_jitter_is_not() -> None:
    times, values = with_gaps(np.array([0, 1, 3.4, 6.0, 7]), np.array([1.0, 2, 3, 4, 5]), 1.0)
    assert times.tolist() == [0, 1, 3.4, 4.4, 6, 7]
    assert np.array_equal(values, [1, 2, 3, np.nan, 4, 5], equal_nan=True)


def test_reading_since_a_time() -> None:
    ring = Ring(10)
    ring.add_columns(["x"])
    for n in range(10):
        ring.append(float(n), {"x": float(n)})
    assert ring.read("x", 6.5, 1.0)[0].tolist() == [7, 8, 9]
