"""A cell for each processor core, as dark as the core is busy. Painted, without a widget per core."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from console.core.units import UNKNOWN, format_percent
from console.ui.kit.labels import tip
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

Cores = tuple[float | None, ...]

_GAP = 2.0
_WIDEST = 40.0
_HEIGHT = 22.0
_NARROWEST = 9.0


class CoreStrip(QWidget):
    """The cores in the machine's order, in as many rows as their number needs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cores: Cores = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Processor cores"))
        self.set_cores(())

    def set_cores(self, cores: Cores) -> None:
        """Percent of each; none where it is not known."""
        changed = len(cores) != len(self._cores)
        self._cores = cores
        known = [each for each in cores if each is not None]
        busy = sum(each >= 90.0 for each in known)
        text = self.tr("{count} cores, {busy} of them busy for more than 90 %")
        self.setAccessibleDescription(
            text.format(count=len(cores), busy=busy) if known else self.tr("not known")
        )
        if changed:
            self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())

    def resizeEvent(self, _event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        _columns, rows, _width = self._grid()
        self.setFixedHeight(int(rows * (_HEIGHT + _GAP) - _GAP))

    def _grid(self) -> tuple[int, int, float]:
        """Columns, rows and a cell's width."""
        count = max(1, len(self._cores))
        fitting = max(1, int((self.width() + _GAP) // (_NARROWEST + _GAP)))
        rows = -(-count // fitting)
        columns = -(-count // rows)
        width = min(_WIDEST, (self.width() + _GAP) / columns - _GAP)
        return columns, rows, max(2.0, width)

    def cell(self, index: int) -> QRectF:
        """Where a core is drawn."""
        columns, _rows, width = self._grid()
        row, column = divmod(index, columns)
        return QRectF(column * (width + _GAP), row * (_HEIGHT + _GAP), width, _HEIGHT)

    def core_at(self, at: QPointF) -> int | None:
        """Which core lies there."""
        return next((i for i in range(len(self._cores)) if self.cell(i).contains(at)), None)

    def text_of(self, index: int) -> str:
        """What its tool tip says."""
        value = self._cores[index]
        shown = UNKNOWN if value is None else format_percent(value)
        return self.tr("Core {index}: {value} busy").format(index=index, value=shown)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._cores:
            painter.setFont(fonts.font(fonts.SMALL))
            painter.setPen(self._theme.color("dim"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, UNKNOWN)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground, ink = self._theme.color("line"), self._theme.color("accent")
        for index, value in enumerate(self._cores):
            cell = self.cell(index)
            painter.setBrush(ground)
            painter.drawRoundedRect(cell, 2, 2)
            if value:
                # Height says it as well as colour does, for those who see no hue.
                height = max(1.0, cell.height() * min(100.0, value) / 100.0)
                painter.setBrush(ink)
                painter.drawRoundedRect(
                    QRectF(cell.left(), cell.bottom() - height, cell.width(), height), 2, 2
                )

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.core_at(QPointF(event.pos()))
            if index is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(QPoint(event.globalPos()), tip(self.text_of(index)), self)
            return True
        return super().event(event)
