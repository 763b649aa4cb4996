"""What is wrong with an accelerator, worst first, each with what to do. Pure; words: health_words.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.telemetry.health_words import ACTIONS, RECOVERY, SENTENCES, THROTTLE
from console.telemetry.sample import AcceleratorHealth, AcceleratorSample, FaultEvent, LogAccess
from console.telemetry.xids import NVLINK5, UNKNOWN_ACTION, XIDS, Grade

SHOWN_FOR = timedelta(days=1)
"""Older XIDs are history: the card has worked on since."""

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One trouble.

    Attributes:
        kind: "xid", "ecc", "remap_failed"…; a key of SENTENCES.
        values: what the sentence's gaps hold; texts among them are translated too.
        action: what to do.
        time: when it was told, for what has a time.
    """

    kind: str
    grade: Grade
    values: tuple[tuple[str, str | int], ...] = ()
    action: str = ""
    time: datetime | None = None

    def sentence(self, words: Words = str) -> str:
        """It in words; `words` translates."""
        gaps = {key: words(value) if isinstance(value, str) else value for key, value in self.values}
        return words(SENTENCES[self.kind]).format(**gaps)


def throttle_word(reason: str) -> str:
    """A throttle reason for people; one that is not known keeps its name."""
    return THROTTLE.get(reason, reason.replace("_", " "))


def recovery_word(action: str) -> str:
    """The driver's recovery action for people."""
    return RECOVERY.get(action, action.replace("_", " "))


def findings(sample: AcceleratorSample, now: datetime) -> tuple[Finding, ...]:
    """All troubles of an accelerator, the worst first; empty where nothing is known to be wrong."""
    found = list(_of_throttle(sample))
    if sample.health is not None:
        found += [*_of_log(sample.health, now), *_of_memory(sample.health), *_of_bus(sample)]
    return tuple(sorted(found, key=lambda each: -each.grade))


def _of_log(health: AcceleratorHealth, now: datetime) -> Iterator[Finding]:
    if health.kernel_log is LogAccess.DENIED:
        yield Finding("log_denied", Grade.NOTICE, action=ACTIONS["log_denied"])
    newest = {fault.code: fault for fault in health.faults or () if now - fault.time < SHOWN_FOR}
    yield from map(finding_of, newest.values())
    if health.recovery_action not in (None, "none"):
        action = recovery_word(str(health.recovery_action))
        yield Finding("recovery", Grade.CRITICAL, (("action", action),), ACTIONS["recovery"])


def finding_of(fault: FaultEvent) -> Finding:
    """What one line of the kernel's log means."""
    xid = XIDS.get(fault.code)
    if xid is None:
        return Finding("xid_unknown", Grade.WARNING, (("code", fault.code),), UNKNOWN_ACTION, fault.time)
    # The line of an NVLink 5 error says itself whether it was fatal.
    mild = fault.code in NVLINK5 and "nonfatal" in (fault.text or "").lower()
    values: tuple[tuple[str, str | int], ...] = (("code", fault.code), ("meaning", xid.meaning))
    return Finding("xid", Grade.WARNING if mild else xid.grade, values, xid.action, fault.time)


def _of_memory(health: AcceleratorHealth) -> Iterator[Finding]:
    if health.ecc_uncorrected_volatile:
        values = (("count", health.ecc_uncorrected_volatile),)
        yield Finding("ecc", Grade.CRITICAL, values, ACTIONS["ecc"])
    for kind, is_so, grade in (
        ("remap_failed", health.remapped_rows_failed, Grade.CRITICAL),
        ("remap_pending", health.remapped_rows_pending, Grade.WARNING),
        ("retired_pending", health.retired_pages_pending, Grade.WARNING),
    ):
        if is_so:
            yield Finding(kind, grade, action=ACTIONS[kind])


def _of_bus(sample: AcceleratorSample) -> Iterator[Finding]:
    health = sample.health
    if health is None:
        return
    now = (health.pcie_generation, health.pcie_width)
    best = (health.pcie_generation_max, health.pcie_width_max)
    if None in now or None in best:
        return
    # An idle card saves power at a lower generation; its width it never gives up.
    slow = health.pcie_generation != best[0] and (sample.utilization_percent or 0) > 50
    narrow = health.pcie_width != best[1]
    if slow or narrow:
        names = ("generation", "width", "generation_max", "width_max")
        values = tuple(
            (name, value) for name, value in zip(names, (*now, *best), strict=True) if value is not None
        )
        yield Finding("pcie", Grade.WARNING, values, ACTIONS["pcie"])


def _of_throttle(sample: AcceleratorSample) -> Iterator[Finding]:
    shares = dict(sample.means.throttle) if sample.means is not None else {}
    for reason in ("hw_thermal", "hw_power_brake", "hw_slowdown"):
        if reason in sample.throttle or shares.get(reason, 0.0) >= 1.0:
            values = (("reason", throttle_word(reason)),)
            yield Finding("throttle", Grade.WARNING, values, ACTIONS["throttle"])
            return
