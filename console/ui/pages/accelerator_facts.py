"""What inspector and server page say of one accelerator in full: rows of name and value, and its troubles."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from console.core.text import safe_line
from console.core.units import (
    UNKNOWN,
    format_memory,
    format_percent,
    format_power,
    format_rate,
    format_temperature,
)
from console.telemetry.health import Finding, findings, recovery_word, throttle_word
from console.telemetry.sample import AcceleratorHealth, AcceleratorSample
from console.telemetry.snapshot import AcceleratorRow
from console.telemetry.xids import Grade
from console.ui.i18n import translate
from console.ui.kit.tones import Tone
from console.ui.numbers import pair_memory, pair_power
from console.ui.pages.fleet.metrics import answers

Rows = list[tuple[str, str]]
TONES = {Grade.CRITICAL: Tone.CRITICAL, Grade.WARNING: Tone.WARNING, Grade.NOTICE: Tone.QUIET}


def health_word(text: str) -> str:
    """A text of telemetry/health_words.py in the person's language; it is looked up as it is."""
    return QCoreApplication.translate("health", text)


def troubles(row: AcceleratorRow, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with it; of an old sample nothing is told but what made it lost."""
    lost = row.fresh and not answers(row)
    return findings(row.sample, now) if answers(row) or lost else ()


def trouble_text(finding: Finding) -> str:
    """It, and what to do."""
    return f"{finding.sentence(health_word)}. {health_word(finding.action)}"


def throttle_text(sample: AcceleratorSample) -> str:
    """Why it is slowed down now, in words, with the share of time where the driver counts it."""
    shares = dict(sample.means.throttle) if sample.means is not None else {}
    reasons = list(dict.fromkeys([*sample.throttle, *(name for name, share in shares.items() if share >= 1)]))
    words = []
    for reason in reasons:
        word = health_word(throttle_word(safe_line(reason)))
        words.append(f"{word} ({format_percent(shares[reason])})" if reason in shares else word)
    return ", ".join(words) or translate("Accelerator", "not slowed down")


def now_rows(row: AcceleratorRow) -> Rows:
    """What it does now; nothing where it does not answer."""
    sample = row.sample
    if not answers(row):
        detail = safe_line(sample.detail or "", max_chars=160)
        return [(translate("Accelerator", "Last word"), detail or UNKNOWN)] if row.fresh else []
    means = sample.means
    mean = UNKNOWN
    if means is not None and means.utilization_percent is not None:
        mean = translate("Accelerator", "{mean} mean, {top} top").format(
            mean=format_percent(means.utilization_percent), top=format_percent(means.utilization_max_percent)
        )
    return [
        (translate("Accelerator", "Utilization"), format_percent(row.utilization_percent)),
        (translate("Accelerator", "Over the interval"), mean),
        (translate("Accelerator", "Memory bus"), format_percent(sample.memory_utilization_percent)),
        (
            translate("Accelerator", "Encoder, decoder"),
            f"{format_percent(sample.encoder_percent)}, {format_percent(sample.decoder_percent)}",
        ),
        (
            translate("Accelerator", "Memory"),
            pair_memory(sample.memory_used_bytes, sample.memory_total_bytes),
        ),
        (translate("Accelerator", "Reserved by driver"), format_memory(sample.memory_reserved_bytes)),
        (translate("Accelerator", "Temperature"), format_temperature(sample.temperature_c)),
        (translate("Accelerator", "Memory temperature"), format_temperature(sample.memory_temperature_c)),
        (translate("Accelerator", "Margin to its limit"), format_temperature(sample.temperature_margin_c)),
        (power_title(sample), pair_power(sample.power_w, sample.power_limit_w)),
        (
            translate("Accelerator", "Power over the interval"),
            format_power(None if means is None else means.power_w),
        ),
        (translate("Accelerator", "Clocks"), throttle_text(sample)),
        (translate("Accelerator", "SM clock"), _of(sample.clock_sm_mhz, _health(sample).clock_sm_max_mhz)),
        (
            translate("Accelerator", "Memory clock"),
            _of(sample.clock_memory_mhz, _health(sample).clock_memory_max_mhz),
        ),
        (translate("Accelerator", "P-state"), _known(sample.pstate, "P{value}")),
        (translate("Accelerator", "Fan"), format_percent(sample.fan_percent)),
    ]


def power_title(sample: AcceleratorSample) -> str:
    """What the power reading is."""
    if sample.power_kind is None:
        return translate("Accelerator", "Power")
    kinds = {
        "average": translate("Accelerator", "Power (average)"),
        "instant": translate("Accelerator", "Power (instant)"),
    }
    return kinds[sample.power_kind.value]


def health_rows(row: AcceleratorRow) -> Rows:
    """Errors, links and modes; nothing where they were never told."""
    health = row.sample.health
    if health is None or not answers(row):
        return []
    return [
        (translate("Accelerator", "Recovery action"), _recovery(health)),
        (
            translate("Accelerator", "ECC corrected"),
            _pair(health.ecc_corrected_volatile, health.ecc_corrected_aggregate),
        ),
        (
            translate("Accelerator", "ECC uncorrected"),
            _pair(health.ecc_uncorrected_volatile, health.ecc_uncorrected_aggregate),
        ),
        (
            translate("Accelerator", "Remapped rows"),
            _marked(health.remapped_rows_corrected, health.remapped_rows_uncorrected, _remap_word(health)),
        ),
        (
            translate("Accelerator", "Retired pages"),
            _marked(
                health.retired_pages_corrected,
                health.retired_pages_uncorrected,
                translate("Accelerator", "pending") if health.retired_pages_pending else "",
            ),
        ),
        (translate("Accelerator", "XIDs"), _xids(health)),
        (
            translate("Accelerator", "PCIe"),
            translate("Accelerator", "gen {now} of {best}, × {width} of {most}").format(
                now=_known(health.pcie_generation),
                best=_known(health.pcie_generation_max),
                width=_known(health.pcie_width),
                most=_known(health.pcie_width_max),
            ),
        ),
        (translate("Accelerator", "PCIe replays"), _known(health.pcie_replays)),
        (
            translate("Accelerator", "PCIe in, out"),
            f"{format_rate(health.pcie_rx_bytes_per_s)}, {format_rate(health.pcie_tx_bytes_per_s)}",
        ),
        *_link_rows(health),
        (translate("Accelerator", "Persistence mode"), _flag(health.persistence)),
        (translate("Accelerator", "Compute mode"), (health.compute_mode or UNKNOWN).replace("_", " ")),
        (translate("Accelerator", "MIG"), _flag(row.sample.mig)),
        *_instance_rows(health),
    ]


def _health(sample: AcceleratorSample) -> AcceleratorHealth:
    return sample.health or AcceleratorHealth()


def _known(value: float | None, shape: str = "{value}") -> str:
    return UNKNOWN if value is None else shape.format(value=value)


def _of(value: float | None, most: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:.0f} MHz" if most is None else f"{value:.0f} / {most:.0f} MHz"


def _flag(value: bool | None) -> str:
    words = {True: translate("Accelerator", "on"), False: translate("Accelerator", "off"), None: UNKNOWN}
    return words[value]


def _pair(since_load: int | None, ever: int | None) -> str:
    words = translate("Accelerator", "{now} since load, {ever} ever")
    return words.format(now=_known(since_load), ever=_known(ever))


def _marked(corrected: int | None, uncorrected: int | None, mark: str) -> str:
    if corrected is None and uncorrected is None:
        return UNKNOWN
    words = translate("Accelerator", "{soft} + {hard} uncorrectable")
    text = words.format(soft=_known(corrected), hard=_known(uncorrected))
    return f"{text}, {mark}" if mark else text


def _remap_word(health: AcceleratorHealth) -> str:
    if health.remapped_rows_failed:
        return translate("Accelerator", "failed")
    return translate("Accelerator", "pending") if health.remapped_rows_pending else ""


def _recovery(health: AcceleratorHealth) -> str:
    if health.recovery_action is None:
        return UNKNOWN
    return health_word(recovery_word(health.recovery_action))


def _xids(health: AcceleratorHealth) -> str:
    if health.kernel_log is None:
        return UNKNOWN
    if health.faults is None:
        return translate("Accelerator", "no permission to read the kernel log")
    codes = [str(fault.code) for fault in health.faults[-6:]]
    return ", ".join(reversed(codes)) or translate("Accelerator", "none")


def _link_rows(health: AcceleratorHealth) -> Rows:
    if not health.nvlinks_active:
        return []
    rates = f"{format_rate(health.nvlink_rx_bytes_per_s)}, {format_rate(health.nvlink_tx_bytes_per_s)}"
    words = translate("Accelerator", "NVLink in, out ({count} links)")
    return [(words.format(count=health.nvlinks_active), rates)]


def _instance_rows(health: AcceleratorHealth) -> Rows:
    return [
        (
            safe_line(each.name or each.uuid, max_chars=60),
            pair_memory(each.memory_used_bytes, each.memory_total_bytes),
        )
        for each in health.mig_instances or ()
    ]
