"""How one tile of the map looks, drawn once per look and kept as a picture; and the rings over them.

A state is told by a pattern as well as by a colour: lost is crossed out, unknown is hatched, and what is
critical has a ring that stays as large as it is where tiles are small, so that one in thousands is seen.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from console.telemetry.snapshot import Activity, Severity
from console.ui.kit.tones import Tone, token_of, tone_of
from console.ui.pages.fleet.metrics import MapMetric
from console.ui.pages.fleet.tiles import Tile
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

_NUMBER_FROM = 28
_SMALLEST_RING = 13.0


class TilePictures:
    """Pictures of tiles of one size, metric and theme."""

    def __init__(self, theme: Theme, size: int, metric: MapMetric, ratio: float) -> None:
        self._theme = theme
        self._size = size
        self._metric = metric
        self._ratio = ratio
        self._kept: dict[tuple[object, ...], QPixmap] = {}

    def of(self, tile: Tile) -> QPixmap:
        """The picture of a tile, without its ring."""
        kind = self._kind(tile)
        found = self._kept.get(kind)
        if found is None:
            found = self._kept[kind] = self._draw(tile)
        return found

    def _kind(self, tile: Tile) -> tuple[object, ...]:
        if tile.activity is Activity.LOST:
            return ("lost", tile.dimmed)
        if self._metric is MapMetric.HEALTH and tile.activity is not Activity.UNKNOWN:
            return (tile.severity, tile.dimmed)
        if tile.activity is Activity.UNKNOWN or tile.percent is None:
            return ("unknown", tile.dimmed)
        step = self._theme.heat(tile.percent).rgb()
        return (step, tile.text if self._size >= _NUMBER_FROM else "", tile.dimmed)

    def _draw(self, tile: Tile) -> QPixmap:
        pixels = round(self._size * self._ratio)
        picture = QPixmap(pixels, pixels)
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(0.22 if tile.dimmed else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = QRectF(0, 0, self._size, self._size)
        radius = max(1.5, self._size / 7)
        if tile.activity is Activity.LOST:
            self._lost(painter, rect, radius)
        elif tile.activity is Activity.UNKNOWN or (
            tile.percent is None and self._metric is not MapMetric.HEALTH
        ):
            self._unknown(painter, rect, radius)
        elif self._metric is MapMetric.HEALTH:
            tone = tone_of(tile.severity)
            painter.setBrush(self._theme.color(token_of(tone), 0.35 if tone is Tone.OK else 1.0))
            painter.drawRoundedRect(rect, radius, radius)
        else:
            painter.setBrush(self._theme.heat(tile.percent or 0.0))
            painter.drawRoundedRect(rect, radius, radius)
            self._number(painter, rect, tile)
        painter.end()
        return picture

    def _number(self, painter: QPainter, rect: QRectF, tile: Tile) -> None:
        if self._size < _NUMBER_FROM or not tile.text:
            return
        # The two ends of the scale are dark and bright: take whichever ink reads on this step.
        fill = self._theme.heat(tile.percent or 0.0)
        painter.setFont(fonts.semibold(fonts.LABEL))
        painter.setPen(Qt.GlobalColor.black if fill.lightnessF() > 0.48 else Qt.GlobalColor.white)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, tile.text)

    def _lost(self, painter: QPainter, rect: QRectF, radius: float) -> None:
        painter.setBrush(self._theme.color("card"))
        painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(QPen(self._theme.color("critical"), 1.6))
        inset = rect.width() * (0.32 if rect.width() > 11 else 0.18)
        cross = rect.adjusted(inset, inset, -inset, -inset)
        painter.drawLine(cross.topLeft(), cross.bottomRight())
        painter.drawLine(cross.topRight(), cross.bottomLeft())

    def _unknown(self, painter: QPainter, rect: QRectF, radius: float) -> None:
        painter.setBrush(self._theme.color("text", 0.05))
        painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(QPen(self._theme.color("unknown", 0.75), 1))
        inset = rect.width() * (0.22 if rect.width() > 11 else 0.1)
        inner = rect.adjusted(inset, inset, -inset, -inset)
        painter.drawLine(inner.bottomLeft(), inner.topRight())
        if rect.width() > 20:
            half = inner.width() / 2
            painter.drawLine(inner.topLeft() + QPointF(0, half), inner.topLeft() + QPointF(half, 0))
            painter.drawLine(inner.bottomRight() - QPointF(half, 0), inner.bottomRight() - QPointF(0, half))


def paint_critical(painter: QPainter, theme: Theme, rect: QRectF, tile: Tile) -> None:
    """The ring around what is critical: on a dark edge, and never smaller than the eye finds at a glance."""
    if tile.severity is not Severity.CRITICAL or tile.dimmed:
        return
    grow = max(1.0, (_SMALLEST_RING - rect.width()) / 2)
    ring = rect.adjusted(-grow, -grow, grow, grow)
    radius = max(2.5, ring.width() / 7)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if grow > 1:
        painter.setPen(QPen(theme.color("card"), 5))
        painter.drawRoundedRect(ring, radius, radius)
    painter.setPen(QPen(theme.color("critical"), 2))
    painter.drawRoundedRect(ring, radius, radius)


def paint_chosen(painter: QPainter, theme: Theme, rect: QRectF, tile: Tile, *, focused: bool) -> None:
    """The ring around the chosen tile, outside that of a critical one."""
    grow = max(1.5, (_SMALLEST_RING - rect.width()) / 2)
    if tile.severity is Severity.CRITICAL:
        grow += 3
    ring = rect.adjusted(-grow, -grow, grow, grow)
    radius = max(2.5, ring.width() / 7)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("card"), 3))
    painter.drawRoundedRect(ring, radius, radius)
    painter.setPen(QPen(theme.color("accent" if focused else "text"), 2))
    painter.drawRoundedRect(ring.adjusted(-0.5, -0.5, 0.5, 0.5), radius, radius)
