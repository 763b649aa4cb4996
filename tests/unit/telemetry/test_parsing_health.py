"""What is sent only when read anew: health, processes, means; and what of it is nonsense."""

from __future__ import annotations

from typing import Any

from console.telemetry.parsing import parse_sample
from console.telemetry.sample import AcceleratorSample, AcceleratorState, LogAccess, ServerSample

GPU = {"index": 0, "uuid": "GPU-1", "name": "H100", "vendor": "NVIDIA", "state": "ok"}
HEALTH = {
    "persistence": True,
    "remapped_rows_pending": True,
    "ecc_uncorrected_aggregate": 3,
    "pcie_generation": 3,
    "pcie_generation_max": 5,
    "recovery_action": "reset",
    "kernel_log": "ok",
    "faults": [{"time": 1_700_000_000, "code": 79, "text": "fallen\x1b[31m off"}, {"time": "x"}],
    "mig_instances": [{"uuid": "MIG-1", "memory_total_bytes": 10}],
}


def sample_of(acc: dict[str, Any], before: ServerSample | None = None) -> ServerSample:
    return parse_sample({"accelerators": [acc]}, 0.0, before=before)


def only(sample: ServerSample) -> AcceleratorSample:
    return sample.accelerators[0]


def test_health_is_kept_until_it_is_sent_anew() -> None:
    first = sample_of(GPU | {"health": HEALTH, "processes": [{"pid": 7}]})
    health = only(first).health
    assert health is not None
    assert (health.ecc_uncorrected_aggregate, health.remapped_rows_failed) == (3, None)
    assert health.faults is not None
    assert health.mig_instances is not None
    assert [(fault.code, fault.text) for fault in health.faults] == [(79, "fallen off")]
    assert health.mig_instances[0].memory_total_bytes == 10
    assert health.kernel_log is LogAccess.OK
    second = sample_of(GPU, before=first)
    assert only(second).health is health
    assert only(second).processes == only(first).processes
    third = sample_of(GPU | {"health": None, "processes": None}, before=second)
    assert (only(third).health, only(third).processes) == (None, None)
    assert only(sample_of(GPU | {"uuid": "GPU-2"}, before=first)).health is None


def test_a_lost_one_keeps_no_health() -> None:
    first = sample_of(GPU | {"health": HEALTH})
    lost = sample_of(GPU | {"state": "lost"}, before=first)
    assert only(lost).state is AcceleratorState.LOST
    assert only(lost).health is None


def test_means_need_their_span() -> None:
    means = {"over_s": 1.0, "power_w": 300.5, "throttle": {"sw_power_cap": 40.0, "hw_thermal": 900}}
    found = only(sample_of(GPU | {"means": means})).means
    assert found is not None
    assert (found.over_s, found.power_w, found.throttle) == (1.0, 300.5, (("sw_power_cap", 40.0),))
    assert only(sample_of(GPU | {"means": {"power_w": 300.5}})).means is None


def test_the_agent_s_cost_is_kept() -> None:
    sample = parse_sample({"agent": {"cpu_s": 1.5, "memory_bytes": 9, "dropped": 2}}, 0.0)
    assert sample.agent is not None
    assert (sample.agent.cpu_s, sample.agent.memory_bytes, sample.agent.dropped) == (1.5, 9, 2)
