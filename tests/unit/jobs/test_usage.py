"""What attempts used, added up: nothing invented, nothing lost, and waste said only where it is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.jobs.reporting import Rates, report
from console.jobs.usage import (
    GpuUsage,
    Usage,
    cost_of,
    parse_usages,
    richer,
    spent,
    usage_rows,
    waste_sentence,
    wasted,
)
from console.jobs.usage_records import Part


def gpu(index: int = 0, *, observed: float = 3600.0, used: float = 0.5, idle: float = 0.0) -> GpuUsage:
    return GpuUsage(f"GPU-{index}", index, "H100", observed, used * observed, idle * observed, 1000.0)


def attempt(*gpus: GpuUsage, number: int = 1, seconds: float | None = 3600.0, seen: float = 3600.0) -> Usage:
    return Usage(number, seen, seconds, cpu_s=10.0, server_gpus=8, leased=len(gpus), gpus=gpus)


def test_attempts_add_up_and_an_accelerator_of_several_counts_once() -> None:
    total = spent([attempt(gpu(0), gpu(1)), attempt(gpu(0, used=0.0, idle=1.0), number=2, seconds=1800.0)])
    assert total.seconds == 5400
    assert total.gpu_seconds == 2 * 3600 + 1800
    assert [each.index for each in total.gpus] == [0, 1]
    assert total.energy_j == 3000
    assert total.utilization_percent == pytest.approx(100 / 3)


def test_what_nobody_told_stays_unknown() -> None:
    silent = GpuUsage("GPU-0", 0, "H100", 0.0, 0.0, 0.0)
    total = spent([attempt(silent, seen=0.0)])
    assert total.utilization_percent is total.idle_share is total.energy_j is None
    assert wasted(total) is None
    assert spent([]).seconds is spent([]).gpu_seconds is None


def test_a_lost_attempt_ran_at_least_as_long_as_it_was_looked_at_and_a_running_one_until_now() -> None:
    lost = attempt(gpu(), seconds=None, seen=600.0)
    assert spent([lost, attempt(gpu(), number=2)]).seconds == 4200
    assert spent([lost], running_s=900.0).seconds == 900
    assert spent([lost], running_s=900.0).observed_share == pytest.approx(600 / 900)


@pytest.mark.parametrize(
    ("rate", "count", "used", "wanted"),
    [
        (16.0, None, attempt(gpu(), gpu(1)), 4.0),
        (None, None, attempt(gpu()), None),
        (16.0, None, Usage(1, 10.0, 3600.0, leased=1), None),
        (16.0, 4, Usage(1, 10.0, 3600.0, leased=1), 4.0),
        (16.0, 8, Usage(1, 10.0, 3600.0, leased=0), None),
        (16.0, 0, Usage(1, 10.0, 3600.0, leased=0), 16.0),
        (16.0, 0, Usage(1, 10.0, 3600.0), None),
    ],
)
def test_a_cost_is_a_part_of_the_server_s_rate_or_unknown(
    rate: float | None, count: int | None, used: Usage, wanted: float | None
) -> None:
    assert cost_of([used], rate, count) == wanted


def test_waste_is_said_with_its_share_and_how_much_was_seen() -> None:
    idle = gpu(2, used=0.01, idle=0.915)
    found = wasted(spent([attempt(gpu(0), idle)]))
    assert found is not None
    assert waste_sentence(found) == "GPU 2 idle for 91 % of the run"
    both = wasted(spent([attempt(idle, gpu(3, used=0.0, idle=1.0))]))
    assert both is not None
    assert waste_sentence(both) == "GPUs 2, 3 idle for at least 91 % of the run"
    partly = wasted(spent([attempt(idle, seen=2400.0)]))
    assert partly is not None
    assert waste_sentence(partly) == "GPU 2 idle for 91 % of the 66 % of the run that was observed"


def test_waste_is_not_said_of_what_was_hardly_seen_or_of_a_moment() -> None:
    idle = gpu(0, used=0.0, idle=1.0)
    assert wasted(spent([attempt(idle, seen=900.0)])) is None
    assert (
        wasted(spent([attempt(gpu(0, observed=30.0, used=0.0, idle=1.0), seconds=30.0, seen=30.0)])) is None
    )
    assert wasted(spent([attempt(gpu(0, idle=0.4))])) is None


def test_usage_goes_through_the_store_s_json_unchanged() -> None:
    usages = (attempt(gpu(0), gpu(1)), attempt(number=2, seconds=None))
    assert parse_usages(usage_rows(usages)) == usages


def test_of_two_tellings_the_one_that_saw_more_stays() -> None:
    early, late = attempt(gpu(), seconds=None, seen=100.0), attempt(gpu())
    assert richer((early,), (late,)) == richer((late,), (early,)) == (late,)
    assert richer((early,), ()) == (early,)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["attempt", "gpus", "uuid", "observed_s", "busy_s"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_nothing_that_a_server_sends_breaks_the_reading(wire: object) -> None:
    total = spent(parse_usages(wire))
    assert total.utilization_percent is None or 0 <= total.utilization_percent <= 100


def part(
    key: str, server: str, *, gpus: int | None = 8, leased: int | None = 2, seconds: float = 3600.0
) -> Part:
    gpu_s = seconds * (leased or 0)
    return Part(
        key, server, gpus, leased, 1, seconds, gpu_s, seconds, gpu_s, gpu_s / 2, gpu_s / 4, 100.0, gpu_s, 5.0
    )


RATES = Rates(
    {"a": 16.0}, {"a": {"team": "vision", "rack": "1"}, "b": {"team": "vision"}}, lambda _server: None
)


def test_a_report_prices_what_has_a_rate_and_says_how_much_that_is() -> None:
    found = report("user", [part("alice", "a"), part("alice", "b")], {"alice": 2}, RATES)
    (row,) = found.rows
    assert row.cost == 4.0
    assert row.cost_share == 0.5
    assert row.jobs == 2
    assert (row.utilization_percent, row.idle_share) == (50.0, 0.25)
    nobody = report("user", [part("bob", "b")], {"bob": 1}, RATES)
    assert nobody.rows[0].cost is None
    assert nobody.total.cost is None


def test_by_label_a_server_counts_in_each_of_its_labels_but_once_in_the_total() -> None:
    found = report("label", [part("a", "a"), part("b", "b"), part("c", "c")], {"a": 1, "b": 1, "c": 3}, RATES)
    assert {row.key: row.jobs for row in found.rows} == {"rack=1": 1, "team=vision": 2, "–": 3}
    assert found.total.gpu_seconds == 3 * 7200
