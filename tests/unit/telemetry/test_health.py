"""Findings: what is wrong with an accelerator, what to do, the worst first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from console.telemetry.health import findings
from console.telemetry.health_words import all_texts
from console.telemetry.sample import (
    AcceleratorHealth,
    AcceleratorMeans,
    AcceleratorSample,
    AcceleratorState,
    FaultEvent,
    LogAccess,
)
from console.telemetry.xids import XIDS, Grade
from tests.unit.telemetry.xid_buckets import BUCKETS, WORDS

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def gpu(health: AcceleratorHealth | None = None, **fields: object) -> AcceleratorSample:
    return AcceleratorSample(0, "GPU-1", "H100", "NVIDIA", AcceleratorState.OK, health=health, **fields)


def fault(code: int, ago: timedelta = timedelta(minutes=1)) -> FaultEvent:
    return FaultEvent(NOW - ago, code, "words")


def test_a_sound_one_has_none() -> None:
    health = AcceleratorHealth(
        ecc_uncorrected_volatile=0, recovery_action="none", kernel_log=LogAccess.OK, faults=()
    )
    assert findings(gpu(health), NOW) == ()
    assert findings(gpu(None), NOW) == ()


def test_xids_have_their_meaning_and_action_the_worst_first() -> None:
    health = AcceleratorHealth(faults=(fault(31), fault(79), fault(4242), fault(48, timedelta(days=3))))
    found = findings(gpu(health), NOW)
    assert [dict(each.values)["code"] for each in found] == [79, 4242, 31]
    assert found[0].sentence() == "XID 79: The GPU has fallen off the bus"
    assert found[0].action.startswith("Restart the server")
    assert found[2].grade is Grade.NOTICE


def test_a_code_that_nvidia_does_not_publish_is_unknown_and_nothing_is_guessed() -> None:
    found = findings(gpu(AcceleratorHealth(faults=(fault(4242), fault(61)))), NOW)
    assert [each.sentence() for each in found] == ["unknown XID 4242", "unknown XID 61"]
    assert {each.action for each in found} == {"Look it up in NVIDIA's XID catalogue."}


def test_every_action_is_the_catalogues() -> None:
    # xid_buckets.py says where the buckets are from.
    for code, bucket in BUCKETS.items():
        assert XIDS[code].action in WORDS[bucket], f"XID {code} is {bucket}"
    assert set(XIDS) == set(BUCKETS)


def test_an_nvlink_error_that_says_it_was_not_fatal_is_a_warning() -> None:
    line = "RLW_SRC_TRACK Nonfatal XC1 i0 Link 12 (0x040988e2 0x00000008)"
    mild = FaultEvent(NOW, 145, line)
    hard = FaultEvent(NOW, 149, "NETIR_LINK_EVT Fatal XC0 i0 Link 29 (0x000008a3)")
    found = findings(gpu(AcceleratorHealth(faults=(mild, hard))), NOW)
    assert [each.grade for each in found] == [Grade.CRITICAL, Grade.WARNING]


@pytest.mark.parametrize("code", [48, 62, 64, 74, 79, 95, 119, 120])
def test_the_critical_xids_of_the_public_rules_are_critical(code: int) -> None:
    assert XIDS[code].grade is Grade.CRITICAL


@pytest.mark.parametrize("code", [13, 31, 43, 63, 92])
def test_application_xids_do_not_alarm(code: int) -> None:
    assert XIDS[code].grade is Grade.NOTICE


def test_memory_recovery_and_permission_are_told() -> None:
    health = AcceleratorHealth(
        ecc_uncorrected_volatile=2,
        remapped_rows_pending=True,
        remapped_rows_failed=True,
        retired_pages_pending=True,
        recovery_action="gpu_reset",
        kernel_log=LogAccess.DENIED,
    )
    found = findings(gpu(health), NOW)
    assert {each.kind for each in found} == {
        *("ecc", "remap_pending", "remap_failed", "retired_pending", "recovery", "log_denied"),
    }
    assert "The driver recommends: reset the GPU" in [each.sentence() for each in found]
    assert found[-1].kind == "log_denied"
    assert all(each.action for each in found)


def test_a_narrow_link_is_told_and_a_slow_one_only_under_load() -> None:
    narrow = AcceleratorHealth(pcie_generation=5, pcie_generation_max=5, pcie_width=8, pcie_width_max=16)
    slow = AcceleratorHealth(pcie_generation=1, pcie_generation_max=5, pcie_width=16, pcie_width_max=16)
    assert [each.kind for each in findings(gpu(narrow), NOW)] == ["pcie"]
    assert findings(gpu(slow, utilization_percent=0.0), NOW) == ()
    (found,) = findings(gpu(slow, utilization_percent=99.0), NOW)
    assert found.sentence() == "PCIe runs at generation 1 × 16 of 5 × 16"


def test_a_thermal_slowdown_between_two_polls_is_told() -> None:
    means = AcceleratorMeans(1.0, throttle=(("hw_thermal", 12.0), ("sw_power_cap", 80.0)))
    (found,) = findings(gpu(means=means), NOW)
    assert found.sentence() == "Slowed down: too hot (hardware slows down)"


def test_words_pass_through_the_translation() -> None:
    health = AcceleratorHealth(faults=(fault(79),))
    (found,) = findings(gpu(health), NOW)
    seen: list[str] = []
    found.sentence(lambda text: seen.append(text) or text)
    assert set(seen) <= set(all_texts())
    assert len(seen) == 2
