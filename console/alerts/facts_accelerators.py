"""What can be asked of one accelerator. Pure; what is not known, or old, is None."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter

from console.alerts.asked import Fact, Number, Seen, Tell, Word
from console.alerts.recent import Recent
from console.alerts.rule import Scope
from console.core.units import GIB
from console.telemetry import filter as places
from console.telemetry.health import finding_of, recovery_word, throttle_word
from console.telemetry.idle import holders_of
from console.telemetry.sample import AcceleratorHealth, AcceleratorState, FaultEvent
from console.telemetry.snapshot import IDLE_BELOW_PERCENT, AcceleratorRow, ServerRow
from console.telemetry.xids import Grade

XID_TOLD_FOR = timedelta(minutes=10)
"""So long an XID counts, by the server's own clock."""

_SHOWN = 3
_LOST_ACTION = "Restart the server; if it comes again, have the hardware looked at."


# --- sources


def of_sample(_server: ServerRow, row: AcceleratorRow | None, _recent: Recent) -> object:
    """Any of its values."""
    return None if row is None else row.sample


def _of_state(_server: ServerRow, row: AcceleratorRow | None, _recent: Recent) -> object:
    return None if row is None else (row.sample.state, row.sample.detail)


_of_fields = attrgetter(
    *("ecc_uncorrected_volatile", "ecc_corrected_volatile", "remapped_rows_uncorrected"),
    *("retired_pages_uncorrected", "remapped_rows_pending", "remapped_rows_failed", "retired_pages_pending"),
    *("recovery_action", "nvlinks_active", "pcie_width", "faults"),
)


def _of_health(server: ServerRow, row: AcceleratorRow | None, _recent: Recent) -> object:
    health = None if row is None else row.sample.health
    if health is None:
        return None
    # Its rates are others each time; an XID grows old with time alone.
    return (_of_fields(health), server.sample if health.faults else None)


def _of_ecc(_server: ServerRow, row: AcceleratorRow | None, _recent: Recent) -> object:
    if row is None:
        return None
    health = row.sample.health
    return (row.sample.ecc_uncorrected, None if health is None else health.ecc_uncorrected_volatile)


def _of_throttle(_server: ServerRow, row: AcceleratorRow | None, _recent: Recent) -> object:
    if row is None:
        return None
    return (row.sample.throttle, None if row.sample.means is None else row.sample.means.throttle)


def _of_idle(_server: ServerRow, row: AcceleratorRow | None, _recent: Recent) -> object:
    return None if row is None else (_idle_holder(row), row.sample.processes)


def _of_replays(_server: ServerRow, row: AcceleratorRow | None, recent: Recent) -> object:
    return None if row is None else recent.replay_percent(row)


# --- readers


def _health(seen: Seen) -> AcceleratorHealth | None:
    row = seen.row
    sound = row is not None and row.fresh and row.sample.state is AcceleratorState.OK
    return row.sample.health if row is not None and sound else None


def _of_health_number(field: str) -> Number:
    def read(seen: Seen) -> float | None:
        health = _health(seen)
        value = getattr(health, field) if health else None
        return None if value is None else float(value)

    return read


def _of_health_flag(field: str) -> Word:
    def read(seen: Seen) -> bool | None:
        health = _health(seen)
        return getattr(health, field) if health else None

    return read


def _ecc(seen: Seen) -> float | None:
    health = _health(seen)
    counts = (places.MEASURED["ecc"](seen), health.ecc_uncorrected_volatile if health else None)
    known = [float(each) for each in counts if each is not None]
    return max(known) if known else None


def _lost(seen: Seen) -> bool | None:
    row = seen.row
    if row is None or not row.fresh or row.sample.state is AcceleratorState.UNKNOWN:
        return None
    return row.sample.state is not AcceleratorState.OK


def _idle_holder(row: AcceleratorRow) -> bool | None:
    """As telemetry/idle.py judges it, at this moment: the rule's `for` is the time."""
    sample = row.sample
    if not row.fresh or sample.state is not AcceleratorState.OK:
        return None
    if not holders_of(sample):
        return False
    used = sample.utilization_percent
    if sample.means is not None and sample.means.utilization_percent is not None:
        used = sample.means.utilization_percent
    # A divided card tells no utilization that would mean anything.
    return None if sample.mig or used is None else used < IDLE_BELOW_PERCENT


def _idle(seen: Seen) -> bool | None:
    return None if seen.row is None else _idle_holder(seen.row)


def _replays(seen: Seen) -> float | None:
    row = seen.row
    return seen.recent.replay_percent(row) if row is not None and row.fresh else None


def _of_row(field: str) -> Number:
    def read(seen: Seen) -> float | None:
        row = seen.row
        value = getattr(row.sample, field) if row is not None and row.fresh else None
        return None if value is None else float(value)

    return read


def _faults(seen: Seen, *grades: Grade) -> list[FaultEvent] | None:
    """The XIDs that count now, the newest first; all where no grade is given."""
    row, sample = seen.row, seen.server.sample
    health = row.sample.health if row is not None and row.fresh else None
    if health is None or health.faults is None or sample is None:
        return None
    return [
        each
        for each in reversed(health.faults)
        if abs(sample.time - each.time) <= XID_TOLD_FOR and (not grades or finding_of(each).grade in grades)
    ]


def _newest_xid(grade: Grade) -> Number:
    def read(seen: Seen) -> float | None:
        found = _faults(seen, grade)
        return None if found is None else float(found[0].code) if found else 0.0

    return read


def _xids(seen: Seen) -> tuple[str, ...] | None:
    found = _faults(seen)
    return None if found is None else tuple(str(each.code) for each in found)


def _tell_xid(*grades: Grade) -> Tell:
    def tell(seen: Seen) -> tuple[str, str]:
        found = _faults(seen, *grades)
        if not found:
            return ("", "")
        finding = finding_of(found[0])
        return (finding.sentence(), finding.action)

    return tell


def _tell_lost(seen: Seen) -> tuple[str, str]:
    why, action = _tell_xid(Grade.CRITICAL)(seen)
    said = seen.row.sample.detail if seen.row is not None else None
    return (why or said or "it tells no reason", action or _LOST_ACTION)


def _throttle(seen: Seen) -> tuple[str, ...] | None:
    row = seen.row
    if row is None or not row.fresh or row.sample.state is not AcceleratorState.OK:
        return None
    # An instant's bit misses bursts: what held for a hundredth of the span counts too.
    means = row.sample.means
    shares = tuple(reason for reason, share in means.throttle if share >= 1.0) if means is not None else ()
    return (*row.sample.throttle, *shares)


def _tell_throttle(seen: Seen) -> tuple[str, str]:
    return (", ".join(dict.fromkeys(throttle_word(each) for each in _throttle(seen) or ())), "")


def _recovery(seen: Seen) -> tuple[str, ...] | None:
    health = _health(seen)
    return None if health is None or health.recovery_action is None else (health.recovery_action,)


def _tell_recovery(seen: Seen) -> tuple[str, str]:
    found = _recovery(seen)
    return (recovery_word(found[0]), "") if found else ("", "")


def _tell_holder(seen: Seen) -> tuple[str, str]:
    if seen.row is None:
        return ("", "")
    words = []
    for process, held in holders_of(seen.row.sample)[:_SHOWN]:
        size = "" if held is None else f" ({held / GIB:.1f} GiB)"
        words.append(
            f"{process.user or '?'}'s process {process.pid}{size}" if process else f"something{size}"
        )
    return (", ".join(words), "")


def _number(name: str, meaning: str, read: Number, unit: str = "") -> Fact:
    return Fact(name, Scope.ACCELERATOR, meaning, of_sample, number=read, unit=unit)


def _counted(name: str, meaning: str, field: str) -> Fact:
    return Fact(name, Scope.ACCELERATOR, meaning, _of_health, number=_of_health_number(field))


def _flag(name: str, meaning: str, field: str) -> Fact:
    return Fact(name, Scope.ACCELERATOR, meaning, _of_health, word=_of_health_flag(field))


def _xid(name: str, meaning: str, grade: Grade) -> Fact:
    read = _newest_xid(grade)
    return Fact(name, Scope.ACCELERATOR, meaning, _of_health, number=read, tell=_tell_xid(grade))


_A = Scope.ACCELERATOR

ACCELERATORS: tuple[Fact, ...] = (
    Fact("lost", _A, "it does not answer any more", _of_state, word=_lost, tell=_tell_lost),
    Fact("idle_holder", _A, "memory is held and it is idle", _of_idle, word=_idle, tell=_tell_holder),
    Fact("ecc", _A, "uncorrected memory errors since the driver was loaded", _of_ecc, number=_ecc),
    _counted("ecc_corrected", "corrected ones", "ecc_corrected_volatile"),
    _counted("remapped_rows", "memory rows remapped for uncorrected errors", "remapped_rows_uncorrected"),
    _counted("retired_pages", "memory pages retired for uncorrected errors", "retired_pages_uncorrected"),
    _flag("remap_pending", "a memory row waits to be remapped", "remapped_rows_pending"),
    _flag("remap_failed", "remapping a memory row failed", "remapped_rows_failed"),
    _flag("retired_pending", "memory pages wait to be retired", "retired_pages_pending"),
    _xid("xid_critical", "newest XID of the last ten minutes that is critical, else 0", Grade.CRITICAL),
    _xid("xid_warning", "newest that is a warning, else 0", Grade.WARNING),
    _xid("xid_notice", "newest that is an application's or only information, else 0", Grade.NOTICE),
    Fact("xid", _A, "every XID of the last ten minutes", _of_health, texts=_xids, tell=_tell_xid()),
    Fact("throttle", _A, "why it is slowed down", _of_throttle, texts=_throttle, tell=_tell_throttle),
    Fact("recovery", _A, "what its driver advises", _of_health, texts=_recovery, tell=_tell_recovery),
    Fact("replays", _A, "PCIe replays, of what is sound", _of_replays, number=_replays, unit="%"),
    _counted("nvlinks", "NVLinks that are active", "nvlinks_active"),
    _counted("pcie_width", "PCIe lanes in use", "pcie_width"),
    _number("util", "utilization", places.MEASURED["util"], "%"),
    _number("mem", "used memory", places.MEASURED["mem"], "%"),
    _number("free", "free memory", places.MEASURED["free"], "GiB"),
    _number("size", "memory", places.MEASURED["size"], "GiB"),
    _number("temp", "temperature", places.MEASURED["temp"], "°C"),
    _number("mem_temp", "temperature of its memory", _of_row("memory_temperature_c"), "°C"),
    _number("margin", "degrees left until it slows down", _of_row("temperature_margin_c"), "°C"),
    _number("power", "power", places.MEASURED["power"], "W"),
    _number("fan", "intended speed of its fan", _of_row("fan_percent"), "%"),
)
