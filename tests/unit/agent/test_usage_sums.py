"""The sums of an attempt: only near looks count, counters bridge gaps, curves stay small."""

from __future__ import annotations

import random

import pytest

from console.agent import usage


def look(
    at: float, *, util: float | None = 50.0, energy: float | None = None, cpu: float = 0.0
) -> usage.Look:
    row = {"uuid": "G", "index": 0, "state": "ok", "utilization_percent": util, "energy_j": energy}
    return usage.Look(at, "w", cpu, 100, {7}, [row], 8)


def sums(*looks: usage.Look) -> dict:
    made, curve = usage.fresh(1, "b"), usage.fresh_curve()
    for each in looks:
        usage.add(made, curve, each)
    return made


def test_a_gap_is_not_observed_but_its_counters_count() -> None:
    made = sums(look(0, energy=100, cpu=1), look(5, energy=200, cpu=4), look(1000, energy=900, cpu=50))
    gpu = made["gpus"]["G"]
    assert made["observed_s"] == gpu["observed_s"] == 5
    assert gpu["busy_s"] == 2.5
    assert gpu["energy_j"] == 800
    assert made["cpu_s"] == 50


def test_a_counter_that_went_back_loses_nothing_that_was_counted() -> None:
    made = sums(look(0, energy=100), look(5, energy=150), look(10, energy=3), look(15, energy=5))
    assert made["gpus"]["G"]["energy_j"] == 52


def test_what_is_not_told_is_unknown_and_not_idle() -> None:
    made = sums(look(0, util=None), look(5, util=None))
    gpu = made["gpus"]["G"]
    assert made["observed_s"] == 5
    assert (gpu["observed_s"], gpu["idle_s"], gpu["energy_j"]) == (0, 0, None)
    assert sums(look(0, util=0), look(5, util=4.9), look(10, util=5))["gpus"]["G"]["idle_s"] == 5


def test_the_mean_of_the_driver_goes_before_the_moment() -> None:
    row = {"state": "ok", "utilization_percent": 0, "means": {"utilization_percent": 70}}
    assert usage.utilization(row) == 70
    assert usage.utilization(dict(row, mig=True)) is None
    assert usage.utilization(dict(row, state="lost")) is None


def test_a_curve_stays_small_and_keeps_its_sums() -> None:
    chance, at = random.Random(1), 0.0
    made, curve = usage.fresh(1, "b"), usage.fresh_curve()
    for _ in range(20_000):
        at += chance.choice((1.0, 5.0))
        usage.add(made, curve, look(at, util=chance.uniform(0, 100), cpu=at / 2))
    assert len(curve["points"]) <= usage.MOST_POINTS
    assert len(curve["points"]) > usage.MOST_POINTS / 4
    assert sum(point[1] for point in curve["points"]) == pytest.approx(made["observed_s"])
    assert sum(point[5] for point in curve["points"]) == pytest.approx(made["gpus"]["G"]["busy_s"])
    assert [point[0] for point in curve["points"]] == sorted({point[0] for point in curve["points"]})
