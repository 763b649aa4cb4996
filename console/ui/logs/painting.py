"""How one row of a log is drawn and measured: ASCII by columns, anything else by a text layout of Qt's."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption

from console.core.logs.ansi import PLAIN, Line, Style
from console.core.logs.trouble import Severity
from console.ui.logs.colors import drawn
from console.ui.theme.theme import Theme

_MOST_LAYOUTS = 400
SIGN = 14
"""The room of the signs before line numbers."""
Marks = list[tuple[int, int]]


class RowPainter:
    """Draws rows in one fixed font."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self._theme = theme
        self._layouts: OrderedDict[str, QTextLayout] = OrderedDict()
        self.set_font(font)

    def set_font(self, font: QFont) -> None:
        """Another font, or another size of it."""
        self._fonts: dict[tuple[bool, bool], QFont] = {}
        for bold in (False, True):
            for under in (False, True):
                made = QFont(font)
                made.setBold(bold)
                made.setUnderline(under)
                self._fonts[bold, under] = made
        metrics = QFontMetricsF(font)
        self.char = metrics.horizontalAdvance("0" * 64) / 64
        self.height = max(1, round(metrics.height() * 1.25))
        self._base = (self.height - metrics.height()) / 2 + metrics.ascent()
        self._layouts.clear()

    @property
    def font(self) -> QFont:
        return self._fonts[False, False]

    # Measuring

    def width(self, text: str) -> float:
        """How wide a text is."""
        return len(text) * self.char if text.isascii() else self._layout(text).lineAt(0).naturalTextWidth()

    def x_of(self, text: str, column: int) -> float:
        """Where a column begins."""
        if text.isascii() or column >= len(text) + 1:
            return column * self.char
        found: Any = self._layout(text).lineAt(0).cursorToX(_units(text, column))
        return float(found[0] if isinstance(found, tuple) else found)

    def column_at(self, text: str, x: float) -> int:
        """The column nearest to a place."""
        if text.isascii():
            return max(0, min(len(text), round(x / self.char)))
        units = self._layout(text).lineAt(0).xToCursor(x)
        return _columns(text, units)

    def _layout(self, text: str) -> QTextLayout:
        made = self._layouts.get(text)
        if made is not None:
            self._layouts.move_to_end(text)
            return made
        made = QTextLayout(text, self.font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        made.setTextOption(option)
        made.setCacheEnabled(True)
        made.beginLayout()
        made.createLine().setPosition(QPointF(0, 0))
        made.endLayout()
        self._layouts[text] = made
        if len(self._layouts) > _MOST_LAYOUTS:
            self._layouts.popitem(last=False)
        return made

    # Drawing

    def band(self, painter: QPainter, text: str, at: QPointF, span: tuple[int, int], color: QColor) -> None:
        """A ground behind some columns."""
        left, right = self.x_of(text, span[0]), self.x_of(text, span[1])
        painter.fillRect(QRectF(at.x() + left, at.y(), max(1.0, right - left), self.height), color)

    def number(self, painter: QPainter, text: str, gutter: float, y: int, severity: Severity | None) -> None:
        """A line's number, and before it a sign where the line speaks of trouble."""
        painter.setFont(self.font)
        painter.setPen(self._theme.color("dim"))
        box = QRectF(SIGN, y, gutter - SIGN - 2, self.height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        if severity is not None:
            painter.setPen(self._theme.color(severity))
            sign = "×" if severity == "critical" else "!"
            painter.drawText(QRectF(0, y, SIGN, self.height), int(Qt.AlignmentFlag.AlignCenter), sign)

    def draw(
        self, painter: QPainter, line: Line, at: QPointF, plain: QColor, view: tuple[float, float]
    ) -> None:
        """The text of a line, as far as it is between two places."""
        for begin, end, style in _pieces(line):
            self._ground(painter, line.text, at, (begin, end), style)
        if line.text.isascii():
            first = max(0, int((view[0] - at.x()) / self.char))
            last = int((view[1] - at.x()) / self.char) + 2
            for begin, end, style in _pieces(line):
                low, high = max(begin, first), min(end, last)
                if low < high:
                    painter.setFont(self._fonts[style.bold, style.underline])
                    painter.setPen(self._pen(style, plain))
                    place = QPointF(at.x() + low * self.char, at.y() + self._base)
                    painter.drawText(place, line.text[low:high])
            return
        formats = [self._format(line.text, *piece) for piece in _pieces(line) if piece[2] != PLAIN]
        painter.setPen(plain)
        rise = (self.height - self._layout(line.text).boundingRect().height()) / 2
        self._layout(line.text).draw(painter, QPointF(at.x(), at.y() + rise), formats)

    def _pen(self, style: Style, plain: QColor) -> QColor:
        return plain if style == PLAIN else QColor(drawn(style, self._theme.tokens)[0])

    def _ground(self, painter: QPainter, text: str, at: QPointF, span: tuple[int, int], style: Style) -> None:
        ground = None if style == PLAIN else drawn(style, self._theme.tokens)[1]
        if ground is not None:
            self.band(painter, text, at, span, QColor(ground))

    def _format(self, text: str, begin: int, end: int, style: Style) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start = _units(text, begin)
        made.length = _units(text, end) - _units(text, begin)
        shape = QTextCharFormat()
        shape.setForeground(QColor(drawn(style, self._theme.tokens)[0]))
        if style.bold:
            shape.setFontWeight(QFont.Weight.Bold)
        shape.setFontUnderline(style.underline)
        made.format = shape
        return made


def _pieces(line: Line) -> Iterator[tuple[int, int, Style]]:
    """The whole line in order: (begin, end, style)."""
    at = 0
    for begin, count, style in line.runs:
        if begin > at:
            yield at, begin, PLAIN
        yield begin, begin + count, style
        at = begin + count
    if at < len(line.text) or not line.runs:
        yield at, len(line.text), PLAIN


def _units(text: str, column: int) -> int:
    """Qt counts in UTF-16."""
    return len(text[:column].encode("utf-16-le", "surrogatepass")) // 2


def _columns(text: str, units: int) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "ignore"))
