"""Disks, interfaces and sensors of a machine as columns of data."""

from __future__ import annotations

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_percent, format_rate, format_temperature, three_digits
from console.telemetry.host_sample import InterfaceSample, TemperatureSample
from console.telemetry.sample import DiskSample
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.tones import Tone
from console.ui.numbers import pair_memory, share

FULL_PERCENT = 90.0
"""From here on a disk, its inodes or a sensor near its critical value is worth a look."""


def disk_columns() -> tuple[Column[DiskSample], ...]:
    """A mounted file system."""
    return (
        Column(
            "mount",
            translate("ServerHost", "Disk"),
            lambda disk: safe_line(disk.mount),
            width=120,
            stretch=True,
            strong=True,
            tone=lambda disk: Tone.WARNING if is_full(disk) else None,
            tip=lambda disk: safe_line(f"{disk.mount}   {disk.device or ''}".strip()),
        ),
        Column(
            "used",
            translate("ServerHost", "Used"),
            lambda disk: pair_memory(disk.used_bytes, disk.total_bytes),
            sort=lambda disk: share(disk.used_bytes, disk.total_bytes),
            align="right",
            width=140,
            tip=lambda disk: format_percent(share(disk.used_bytes, disk.total_bytes)),
        ),
        Column(
            "inodes",
            translate("ServerHost", "Inodes"),
            lambda disk: format_percent(share(disk.inodes_used, disk.inodes_total)),
            sort=lambda disk: share(disk.inodes_used, disk.inodes_total),
            align="right",
            width=70,
            drop=2,
            tip=inodes_tip,
        ),
        Column(
            "read",
            translate("ServerHost", "Read"),
            lambda disk: format_rate(disk.read_bytes_per_s),
            sort=lambda disk: disk.read_bytes_per_s,
            align="right",
            width=92,
            drop=1,
        ),
        Column(
            "written",
            translate("ServerHost", "Written"),
            lambda disk: format_rate(disk.write_bytes_per_s),
            sort=lambda disk: disk.write_bytes_per_s,
            align="right",
            width=92,
            drop=1,
        ),
        Column(
            "busy",
            translate("ServerHost", "Busy"),
            lambda disk: format_percent(disk.busy_percent),
            sort=lambda disk: disk.busy_percent,
            align="right",
            width=64,
            tip=lambda _disk: translate("ServerHost", "Share of the time in which the disk had work to do."),
        ),
    )


def is_full(disk: DiskSample) -> bool:
    """Whether its space or its inodes run out."""
    shares = (share(disk.used_bytes, disk.total_bytes), share(disk.inodes_used, disk.inodes_total))
    return any(each is not None and each >= FULL_PERCENT for each in shares)


def inodes_tip(disk: DiskSample) -> str:
    """How many files it holds of how many that it can hold."""
    if disk.inodes_total is None or disk.inodes_used is None:
        return translate("ServerHost", "This file system has no fixed number of inodes.")
    text = translate("ServerHost", "{used} of {total} inodes")
    return text.format(used=f"{disk.inodes_used:,}", total=f"{disk.inodes_total:,}")


def interface_columns() -> tuple[Column[InterfaceSample], ...]:
    """A network interface."""
    return (
        Column(
            "name",
            translate("ServerHost", "Interface"),
            lambda each: safe_line(each.name),
            width=80,
            stretch=True,
            strong=True,
        ),
        Column(
            "in",
            translate("ServerHost", "In"),
            lambda each: format_rate(each.rx_bytes_per_s),
            sort=lambda each: each.rx_bytes_per_s,
            align="right",
            width=92,
        ),
        Column(
            "out",
            translate("ServerHost", "Out"),
            lambda each: format_rate(each.tx_bytes_per_s),
            sort=lambda each: each.tx_bytes_per_s,
            align="right",
            width=92,
        ),
        Column("speed", translate("ServerHost", "Link"), link_word, align="right", width=92, drop=1),
    )


def link_word(each: InterfaceSample) -> str:
    """The speed of the link, or its state where it has none."""
    if each.speed_bits_per_s is None:
        return safe_line(each.state or UNKNOWN, max_chars=20)
    return f"{three_digits(each.speed_bits_per_s / 1e9)} Gbit/s"


def temperature_columns() -> tuple[Column[TemperatureSample], ...]:
    """A sensor."""
    return (
        Column(
            "name",
            translate("ServerHost", "Sensor"),
            lambda each: safe_line(each.name),
            width=100,
            stretch=True,
            tone=lambda each: Tone.WARNING if is_hot(each) else None,
        ),
        Column(
            "now",
            translate("ServerHost", "Now"),
            lambda each: format_temperature(each.temperature_c),
            sort=lambda each: each.temperature_c,
            align="right",
            width=72,
            strong=True,
        ),
        Column(
            "critical",
            translate("ServerHost", "Critical"),
            lambda each: format_temperature(each.critical_c),
            sort=lambda each: each.critical_c,
            align="right",
            width=80,
            drop=1,
        ),
    )


def is_hot(each: TemperatureSample) -> bool:
    """Whether it comes near the value that its maker calls critical."""
    return each.critical_c is not None and each.temperature_c >= each.critical_c * FULL_PERCENT / 100.0
