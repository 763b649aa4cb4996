"""What the colours and marks of the map mean, painted in one line below it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui.i18n import translate
from console.ui.kit.tones import Tone, token_of
from console.ui.pages.fleet.metrics import COOLEST_C, HOTTEST_C, MapMetric
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


class MapLegend(QWidget):
    """The scale and the marks."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._metric = MapMetric.UTILIZATION
        self.setFont(fonts.font(fonts.SMALL))
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_metric(self, metric: MapMetric) -> None:
        if metric is not self._metric:
            self._metric = metric
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self._scale(painter) if self._metric is not MapMetric.HEALTH else self._health(painter)
        theme, middle = self._theme, self.height() / 2
        painter.setPen(QPen(theme.color("unknown"), 1.2))
        painter.drawLine(QPointF(x + 2, middle + 4), QPointF(x + 10, middle - 4))
        x = self._word(painter, x + 16, translate("Fleet", "not heard"))
        painter.setPen(QPen(theme.color("critical"), 1.6))
        painter.drawLine(QPointF(x + 2, middle - 4), QPointF(x + 10, middle + 4))
        painter.drawLine(QPointF(x + 2, middle + 4), QPointF(x + 10, middle - 4))
        x = self._word(painter, x + 16, translate("Fleet", "lost"))
        for token, words in (
            (theme.color("critical"), translate("Fleet", "critical")),
            (theme.color("text"), translate("Fleet", "selected")),
        ):
            painter.setPen(QPen(token, 1.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(x + 1, middle - 5, 10, 10), 2.5, 2.5)
            x = self._word(painter, x + 16, words)

    def _word(self, painter: QPainter, x: float, text: str) -> float:
        painter.setPen(self._theme.color("dim"))
        painter.drawText(QPointF(x, self.height() / 2 + 4.5), text)
        return x + self.fontMetrics().horizontalAdvance(text) + 20

    def _scale(self, painter: QPainter) -> float:
        painter.setPen(Qt.PenStyle.NoPen)
        for index in range(8):
            painter.setBrush(self._theme.heat(index * 12.5 + 1))
            painter.drawRect(QRectF(index * 20, self.height() / 2 - 4, 20, 8))
        ends = {
            MapMetric.TEMPERATURE: f"{COOLEST_C:.0f} – {HOTTEST_C:.0f} °C",
            MapMetric.POWER: translate("Fleet", "0 – 100 % of its limit"),
        }.get(self._metric, "0 – 100 %")
        return self._word(painter, 8 * 20 + 8, ends)

    def _health(self, painter: QPainter) -> float:
        x = 0.0
        for tone, words, share in (
            (Tone.OK, translate("Fleet", "ok"), 0.35),
            (Tone.WARNING, translate("Fleet", "warning"), 1.0),
            (Tone.CRITICAL, translate("Fleet", "critical"), 1.0),
        ):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(token_of(tone), share))
            painter.drawRoundedRect(QRectF(x, self.height() / 2 - 5, 10, 10), 2.5, 2.5)
            x = self._word(painter, x + 16, words)
        return x
