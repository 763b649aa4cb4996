"""How a state looks: a colour, a shape and a word, never a colour alone."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygonF

from console.telemetry.snapshot import Severity
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token


class Tone(StrEnum):
    """What a state means to the eye."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"
    ACTIVE = "active"
    QUIET = "quiet"
    TRAINING = "training"
    INFERENCE = "inference"


_TOKENS: dict[Tone, Token] = {
    Tone.OK: "ok",
    Tone.WARNING: "warning",
    Tone.CRITICAL: "critical",
    Tone.UNKNOWN: "unknown",
    Tone.ACTIVE: "accent",
    Tone.QUIET: "dim",
    Tone.TRAINING: "training",
    Tone.INFERENCE: "inference",
}
_OF_SEVERITY = {
    Severity.OK: Tone.OK,
    Severity.UNKNOWN: Tone.UNKNOWN,
    Severity.WARNING: Tone.WARNING,
    Severity.CRITICAL: Tone.CRITICAL,
}


def token_of(tone: Tone) -> Token:
    """The colour of a tone."""
    return _TOKENS[tone]


def tone_of(severity: Severity) -> Tone:
    """The tone of a severity."""
    return _OF_SEVERITY[severity]


def paint_shape(painter: QPainter, theme: Theme, tone: Tone, center: QPointF, size: float = 8.0) -> None:
    """The shape of a tone: circle for fine, triangle for warning, diamond for critical, ring for unknown."""
    color = theme.color(token_of(tone))
    half = size / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(color))
    if tone is Tone.WARNING:
        top = QPointF(center.x(), center.y() - half - 0.5)
        base = center.y() + half - 0.5
        corners = [top, QPointF(center.x() + half + 0.5, base), QPointF(center.x() - half - 0.5, base)]
        painter.drawPolygon(QPolygonF(corners))
    elif tone is Tone.CRITICAL:
        reach = half + 1
        corners = [
            QPointF(center.x(), center.y() - reach),
            QPointF(center.x() + reach, center.y()),
            QPointF(center.x(), center.y() + reach),
            QPointF(center.x() - reach, center.y()),
        ]
        painter.drawPolygon(QPolygonF(corners))
    elif tone in (Tone.UNKNOWN, Tone.QUIET):
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(center.x() - half + 0.8, center.y() - half + 0.8, size - 1.6, size - 1.6))
    else:
        painter.drawEllipse(QRectF(center.x() - half, center.y() - half, size, size))
    painter.restore()
