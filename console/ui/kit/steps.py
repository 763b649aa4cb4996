"""The steps of an Operation as a vertical line of dots, each with what it found; and a thin progress bar."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from console.operations.operation import OperationView, State
from console.ui.kit.labels import tip
from console.ui.kit.tones import Tone, paint_shape, token_of
from console.ui.plan_texts import step_name
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

ROW = 48
_LINE = 17
MOST_LINES = 4
"""Of a detail; the rest is in the tool tip."""
_TONES = {
    State.WAITING: Tone.QUIET,
    State.RUNNING: Tone.ACTIVE,
    State.DONE: Tone.OK,
    State.FAILED: Tone.CRITICAL,
    State.CANCELLED: Tone.WARNING,
    State.UNDONE: Tone.WARNING,
    State.UNKNOWN: Tone.UNKNOWN,
}


def tone_of_state(state: State) -> Tone:
    """How a state of an operation or step looks."""
    return _TONES[state]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One row of the stepper; `share` is how far a running one is, None where it cannot tell."""

    name: str
    detail: str
    tone: Tone
    share: float | None = None


def lines_of(view: OperationView) -> list[StepLine]:
    """The rows of an operation."""
    return [
        StepLine(
            step_name(step.name),
            step.detail,
            tone_of_state(step.state),
            min(1.0, step.done / step.total) if step.state is State.RUNNING and step.total > 0 else None,
        )
        for step in view.steps
    ]


class ProgressSteps(QWidget):
    """The stepper, one painted widget."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[StepLine, ...] = ()
        self._details: list[list[str]] = []
        self._tops = [0]
        self._height = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lines(self) -> tuple[StepLine, ...]:
        return self._lines

    def set_lines(self, lines: Sequence[StepLine]) -> None:
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            said = "; ".join(f"{line.name}: {line.detail or line.tone.value}" for line in lines)
            self.setAccessibleName(said)
            self._lay_out()
            self.update()

    def _lay_out(self) -> None:
        """Break the details into lines and place the rows below each other."""
        width = max(80, self.width() - 28)
        font = fonts.font(fonts.SMALL)
        self._details = [wrapped(line.detail, font, width, MOST_LINES) for line in self._lines]
        self._tops = [0]
        for detail in self._details:
            self._tops.append(self._tops[-1] + ROW + _LINE * max(0, len(detail) - 1))
        if self._height != self._tops[-1]:
            self._height = self._tops[-1]
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(240, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self._height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = bisect.bisect_right(self._tops, event.pos().y()) - 1
            if 0 <= row < len(self._lines):
                QToolTip.showText(event.globalPos(), tip(self._lines[row].detail), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for row, line in enumerate(self._lines):
            top, below = self._tops[row], self._tops[row + 1]
            if row + 1 < len(self._lines):
                painter.setPen(QPen(self._theme.color("line"), 1))
                painter.drawLine(QPointF(8.5, top + 20), QPointF(8.5, below + 4))
            self._paint_row(painter, line, self._details[row], top)

    def _paint_row(self, painter: QPainter, line: StepLine, detail: list[str], top: int) -> None:
        paint_shape(painter, self._theme, line.tone, QPointF(8.5, top + 12), 10)
        quiet = line.tone is Tone.QUIET
        painter.setFont(fonts.semibold())
        painter.setPen(self._theme.color("dim" if quiet else "text"))
        width = self.width() - 28
        side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QRectF(28, top + 2, width, 20), side, line.name)
        painter.setFont(fonts.font(fonts.SMALL))
        painter.setPen(self._theme.color("critical" if line.tone is Tone.CRITICAL else "dim"))
        for number, text in enumerate(detail):
            painter.drawText(QRectF(28, top + 21 + number * _LINE, width, 18), side, text)
        if line.share is not None:
            below = top + 40 + _LINE * max(0, len(detail) - 1)
            paint_bar(painter, self._theme, QRectF(28, below, width, 3), line.share, Tone.ACTIVE)


def wrapped(text: str, font: QFont, width: int, most: int) -> list[str]:
    """The lines of a text at a width, long words broken; the last one is cut where there are more."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    units = text.encode("utf-16-le", "replace")  # Qt counts in these
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        rest = units[2 * line.textStart() :].decode("utf-16-le", "replace")
        last = len(lines) == most - 1
        elided = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
        end = 2 * (line.textStart() + line.textLength())
        here = units[2 * line.textStart() : end].decode("utf-16-le", "replace")
        lines.append(elided if last else here.rstrip())
    layout.endLayout()
    return lines


def paint_bar(painter: QPainter, theme: Theme, rect: QRectF, share: float, tone: Tone) -> None:
    """A rounded bar filled to a share between 0 and 1."""
    radius = rect.height() / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("line"))
    painter.drawRoundedRect(rect, radius, radius)
    painter.setBrush(theme.color(token_of(tone)))
    filled = QRectF(rect.left(), rect.top(), max(rect.height(), rect.width() * share), rect.height())
    painter.drawRoundedRect(filled, radius, radius)
    painter.restore()


class Bar(QWidget):
    """One thin bar: progress, a share of traffic, memory in use."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        height: int = 4,
        tone: Tone = Tone.ACTIVE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self._tone = tone
        self._name = name
        self.setAccessibleName(name)
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float, tone: Tone | None = None) -> None:
        """Between 0 and 1."""
        share = min(1.0, max(0.0, share))
        tone = tone or self._tone
        if (share, tone) != (self._share, self._tone):
            self._share, self._tone = share, tone
            self.setAccessibleDescription(f"{share * 100:.0f} %")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_bar(QPainter(self), self._theme, QRectF(self.rect()), self._share, self._tone)
