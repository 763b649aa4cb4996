"""The window's fonts: one family list, pixel sizes, tabular digits. Nothing is shipped: Inter and Noto come
from the system (fonts-inter and fonts-noto-cjk on Debian), DejaVu is what a bare system has."""

from __future__ import annotations

from PySide6.QtGui import QFont

FAMILIES = ["Inter", "Noto Sans", "Segoe UI", "SF Pro Text", "Helvetica Neue", "DejaVu Sans"]
CHINESE = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei"]
FIXED = ["JetBrains Mono", "Noto Sans Mono", "Cascadia Mono", "SF Mono", "DejaVu Sans Mono"]

BASE = 13
LABEL = 11
SMALL = 12
HEADING = 14
TITLE = 20
NUMBER = 22


def font(size: int = BASE, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A font of the window at `size` device-independent pixels."""
    made = QFont([*FAMILIES, *CHINESE])
    made.setPixelSize(size)
    made.setWeight(weight)
    # Digits of one width, so that numbers in a column and live values do not dance.
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def base_font() -> QFont:
    """The application's font."""
    return font()


def semibold(size: int = BASE) -> QFont:
    """For titles, names and values."""
    return font(size, QFont.Weight.DemiBold)


def medium(size: int = BASE) -> QFont:
    """For buttons and what is chosen."""
    return font(size, QFont.Weight.Medium)


def fixed_font(size: int = SMALL) -> QFont:
    """For logs, commands and fingerprints."""
    made = QFont([*FIXED, "Noto Sans Mono CJK SC"])
    made.setStyleHint(QFont.StyleHint.Monospace)
    made.setPixelSize(size)
    return made
