"""Stored roll-ups and live rings on one grid: no seam, gaps as gaps, the lowest and highest kept."""

from __future__ import annotations

import numpy as np
import pytest

from console.telemetry.export import Named, curves_csv
from console.telemetry.spans import WIDTHS, Curve, Stored, joined, raw, value_near, width_for

NAN = float("nan")
EPOCH = 1_800_000_000.0


def _stored(width: int, first: float, means: list[float]) -> Stored:
    mean = np.array(means)
    starts = first + width * np.arange(len(means), dtype=np.float64)
    return Stored(width, starts, mean - 1, mean, mean + 1)


def test_widths_are_as_fine_as_asked_and_kept() -> None:
    assert width_for(900, 900) == 10
    assert width_for(86_400, 1200) == 120
    assert width_for(86_400, 1200, 600) == 600
    assert width_for(30 * 86_400, 1200) == 3600
    assert width_for(30 * 86_400, 1200, 600) == 3600
    assert width_for(1e9, 10) == WIDTHS[-1]


def test_a_curve_over_the_seam_is_that_of_its_parts() -> None:
    """One signal, its older part stored and its newer part live, is the same curve as all of it stored."""
    rng = np.random.default_rng(7)
    seconds = np.arange(0.0, 1200.0)
    signal = 50 + 10 * rng.standard_normal(len(seconds))
    spans = signal.reshape(-1, 10)
    starts = EPOCH + np.arange(0.0, 1200.0, 10)
    whole = Stored(10, starts, spans.min(1), spans.mean(1), spans.max(1))
    written = 118  # the last twenty seconds are not written yet
    part = Stored(10, starts, *(np.where(np.arange(120) < written, each, NAN) for each in (
        whole.low, whole.mean, whole.high)))  # fmt: skip
    ring = slice(437, None)
    found = joined(part, EPOCH + seconds[ring], signal[ring])
    assert found.width_s == 10
    assert np.array_equal(found.times, starts + 5)
    for got, wanted in ((found.values, whole.mean), (found.low, whole.low), (found.high, whole.high)):
        assert np.allclose(got, wanted, equal_nan=False)


def test_gaps_stay_gaps_on_both_sides() -> None:
    times = EPOCH + np.concatenate((np.arange(40.0, 60.0), np.arange(90.0, 100.0)))
    found = joined(_stored(10, EPOCH, [1, NAN, 3, 4]), times, np.full(len(times), 7.0))
    assert np.array_equal(found.values, [1, NAN, 3, 4, 7, 7, NAN, NAN, NAN, 7], equal_nan=True)
    assert value_near(found, EPOCH + 15, 0.0) is None
    assert value_near(found, EPOCH + 42, 0.0) == (EPOCH + 45, 7.0)
    assert value_near(found, EPOCH - 60, 2.0) is None


def test_a_ring_that_began_within_a_span_does_not_hide_what_is_stored() -> None:
    times = EPOCH + np.arange(15.0, 30.0)
    found = joined(_stored(10, EPOCH, [1, 2]), times, np.full(15, 9.0))
    assert list(found.values) == [1, 2, 9]


def test_without_a_store_the_ring_alone_is_enough_and_the_other_way() -> None:
    nothing = Stored(10, np.empty(0), np.empty(0), np.empty(0), np.empty(0))
    found = joined(nothing, EPOCH + np.arange(0.0, 25.0), np.arange(25.0))
    assert list(found.values) == [4.5, 14.5, 22.0]
    assert list(found.high) == [9.0, 19.0, 24.0]
    assert list(joined(_stored(60, EPOCH, [1, NAN]), np.empty(0), np.empty(0)).values) == [1]
    assert len(joined(nothing, np.empty(0), np.empty(0))) == 0


def test_samples_reach_over_the_edges_of_their_span() -> None:
    times = EPOCH + np.arange(10.0)
    found = raw(times, np.arange(10.0), EPOCH + 2.5, EPOCH + 5.5)
    assert list(found.values) == [2, 3, 4, 5, 6]
    assert len(raw(times[:0], times[:0], 0, 1)) == 0


def test_r54_the_export_has_utc_times_units_and_empty_cells() -> None:
    """Golden text; a title that begins like a formula is made text."""
    times = EPOCH + np.array([5.0, 15.0])
    one = Curve(times, np.array([40.5, NAN]), np.array([40.0, NAN]), np.array([41.0, NAN]), 10.0)
    two = Curve(times[1:], np.array([2e10]), np.array([2e10]), np.array([2e10]), 10.0)
    text = curves_csv([Named("Utilization GPU 0", "%", one), Named("=cmd", "B", two)], EPOCH, EPOCH + 20)
    assert text == (
        "time,span [s],Utilization GPU 0 mean [%],Utilization GPU 0 min [%],Utilization GPU 0 max [%],"
        "'=cmd mean [B],'=cmd min [B],'=cmd max [B]\n"
        "2027-01-15T08:00:00.000Z,10,40.5,40,41,,,\n"
        "2027-01-15T08:00:10.000Z,10,,,,20000000000,20000000000,20000000000\n"
    )
    assert text == text.encode("ascii").decode()
    plain = Curve(times, np.array([1.0, NAN]), times, times)
    assert curves_csv([Named("Load", "", plain)], EPOCH, EPOCH + 9).splitlines() == [
        "time,Load",
        "2027-01-15T08:00:05.000Z,1",
    ]


@pytest.mark.parametrize("title", ["=1", "+1", "-1", "@x", "\tx"])
def test_r54_no_cell_of_text_is_a_formula(title: str) -> None:
    assert curves_csv([Named(title, "", Curve(*[np.empty(0)] * 4))], 0, 1).startswith(f"time,'{title}")
