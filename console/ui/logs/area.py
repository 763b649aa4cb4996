"""The painted lines of a log: what is in sight is asked for and drawn, whatever its length. No wrapping.

Not a QPlainTextEdit: that keeps an object for every line, and one long line stops it for seconds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from console.core.logs.ansi import Line
from console.core.logs.index import Integers
from console.core.logs.text import GAP, LogText
from console.core.logs.trouble import Severity, rule_of
from console.core.units import format_bytes
from console.ui.kit.scroll import slim
from console.ui.logs.keys import KEYS, Act
from console.ui.logs.painting import SIGN, Marks, RowPainter
from console.ui.logs.selection import START, Selection, Spot, word_around
from console.ui.theme import fonts
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token

_PAD = 8


class LogArea(QAbstractScrollArea):
    """Rows of a LogText.

    Attributes:
        following: whether the end stays in sight as the log grows.
        current: the row that keys, jumps and screen readers are at.

    Signals:
        missing: rows in sight whose bytes are not here.
        follow_changed: by the person: who scrolls up reads, who goes to the end follows.
        moved: another current row.
        acted: a key that the controls around it answer.
    """

    missing = Signal()
    follow_changed = Signal()
    moved = Signal()
    acted = Signal(str)

    def __init__(self, theme: Theme, name: str, text: LogText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = text
        self._name = name
        self._rows: Integers | None = None
        self._placing = False
        self._pressed = False
        self._wide = 0.0
        self._matching: frozenset[int] = frozenset()
        self._marks: Callable[[str], Marks] = lambda _: []
        self.following = True
        self.current = 0
        self.selection = Selection()
        self.painter = RowPainter(theme, fonts.fixed_font())
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        slim(self, theme)
        self.setCornerWidget(QWidget())
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self.viewport().update)

    # --- which rows

    @property
    def count(self) -> int:
        """Rows that can be scrolled through."""
        return self._text.index.rows if self._rows is None else len(self._rows)

    @property
    def filtered(self) -> bool:
        return self._rows is not None

    def row_at_place(self, place: int) -> int:
        """The log's row that stands at a place of the list."""
        return place if self._rows is None else int(self._rows[place])

    def place_of(self, row: int) -> int:
        """The place of a row, or of the next one that is shown."""
        return row if self._rows is None else int(np.searchsorted(self._rows, row))

    def show_only(self, rows: Integers | None) -> None:
        """Show these rows alone, or all again; the current one stays in sight."""
        if self._rows is None and rows is None:
            return
        fresh = (self._rows is None) is not (rows is None)
        self._rows = rows
        self.grown(keep=not fresh)
        if fresh:
            self.show_row(self.current, follow=False)

    @property
    def page(self) -> int:
        """Whole rows that fit in sight."""
        return max(1, self.viewport().height() // self.painter.height)

    @property
    def top(self) -> int:
        return self.verticalScrollBar().value()

    def grown(self, *, keep: bool = True) -> None:
        """The log has other rows now: the end stays in sight where it is followed, else what was seen."""
        self._placing = True
        bar = self.verticalScrollBar()
        bar.setPageStep(self.page)
        bar.setRange(0, max(0, self.count - self.page))
        if self.following and keep:
            bar.setValue(bar.maximum())
        self._placing = False
        if self.following:
            self._set_current(self.row_at_place(self.count - 1) if self.count else 0)
        self.viewport().update()

    def reset(self) -> None:
        """Another log."""
        self._rows, self.current, self.selection, self._wide = None, 0, Selection(), 0.0
        self._matching = frozenset()
        self.horizontalScrollBar().setValue(0)
        self.grown()

    def highlight(self, rows: frozenset[int], marks: Callable[[str], Marks]) -> None:
        """Rows that match a search, and what of a line to mark."""
        self._matching, self._marks = rows, marks
        self.viewport().update()

    # --- going about

    def set_following(self, *, on: bool) -> None:
        """Keep the end in sight, or not."""
        if on != self.following:
            self.following = on
            self.follow_changed.emit()
        if on:
            self.grown()

    def show_row(self, row: int, *, follow: bool = True) -> None:
        """Make a row the current one and bring it into sight."""
        place = self.place_of(row)
        if follow and self.following and place < self.count - 1:
            self.following = False
            self.follow_changed.emit()
        self._set_current(row)
        if not self.top <= place < self.top + self.page:
            self._placing = True
            self.verticalScrollBar().setValue(place - self.page // 2)
            self._placing = False
        self.viewport().update()

    def _set_current(self, row: int) -> None:
        if row != self.current:
            self.current = row
            self.moved.emit()
        self.tell()

    def tell(self) -> None:
        """Describe the current line to screen readers."""
        line = self._text.row(self.current) if self.hasFocus() else None
        self._text.wanted.clear()
        if isinstance(line, Line):
            number = self._text.index.name_of(self.current)[0]
            words = self.tr("line {number} of {count}: {text}")
            text = words.format(number=number, count=self._text.index.rows, text=line.text[:500])
            if text != self.accessibleDescription():
                self.setAccessibleDescription(text)
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _scrolled(self) -> None:
        bar = self.verticalScrollBar()
        if not self._placing:
            at_end = bar.value() >= bar.maximum()
            if at_end is not self.following and (at_end or bar.maximum() > 0):
                self.following = at_end
                self.follow_changed.emit()
        self.viewport().update()

    def step(self, rows: int, *, select: bool = False) -> None:
        """Move the current row; with `select` what is between is selected."""
        if not self.count:
            return
        place = max(0, min(self.count - 1, self.place_of(self.current) + rows))
        before, row = self.current, self.row_at_place(place)
        if select:
            anchor = self.selection.anchor if not self.selection.empty else Spot(before, 0)
            self.selection = Selection(anchor, Spot(row, 0))
        elif not self.selection.empty:
            self.selection = Selection()
        if place == self.count - 1 and rows > 0:
            self._set_current(row)
            self.set_following(on=True)
            return
        self.show_row(row)
        if not self.top <= place < self.top + self.page:
            self.verticalScrollBar().setValue(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = KEYS.of(event)
        if act is None:
            event.ignore()
            return
        event.accept()
        select = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        side = self.horizontalScrollBar()
        moves = {Act.UP: -1, Act.DOWN: 1, Act.PAGE_UP: -self.page, Act.PAGE_DOWN: self.page,
                 Act.START: -self.count, Act.END: self.count}  # fmt: skip
        if act in moves:
            self.step(moves[act], select=select)
        elif act in (Act.LEFT, Act.RIGHT):
            side.setValue(side.value() + int(self.painter.char * 8) * (1 if act is Act.RIGHT else -1))
        elif act is Act.SELECT_ALL:
            self.select_all()
        elif act is Act.LEAVE and not self.selection.empty:
            self.selection = Selection()
            self.viewport().update()
        else:
            self.acted.emit(act.value)

    def event(self, event: QEvent) -> bool:
        # What it answers with the keyboard in it is not the window's: Ctrl+G is another thing there.
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and KEYS.of(event):
            event.accept()
            return True
        return super().event(event)

    def select_all(self) -> None:
        """Every row that is shown."""
        if self.count:
            self.selection = Selection(
                Spot(self.row_at_place(0), 0), Spot(self.row_at_place(self.count - 1), 1 << 30)
            )
            self.viewport().update()

    # --- the mouse

    def spot_at(self, point: QPointF) -> Spot:
        """The row and column nearest to a point of the viewport."""
        place = self.top + int(point.y() // self.painter.height)
        if not self.count:
            return START
        row = self.row_at_place(max(0, min(self.count - 1, place)))
        line = self._text.row(row)
        shown = line.text if isinstance(line, Line) else ""
        return Spot(row, self.painter.column_at(shown, point.x() - self._left()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self.count:
            super().mousePressEvent(event)
            return
        spot = self.spot_at(event.position())
        keep = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.selection = Selection(self.selection.anchor if keep else spot, spot)
        self._pressed = True
        if self.following:
            self.following = False
            self.follow_changed.emit()
        self._set_current(spot.row)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._pressed:
            return
        y = event.position().y()
        if y < 0 or y > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + (-1 if y < 0 else 1) * max(1, int(abs(y) // self.painter.height) // 4))
        self.selection = Selection(self.selection.anchor, self.spot_at(event.position()))
        self.viewport().update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        spot = self.spot_at(event.position())
        line = self._text.row(spot.row)
        if isinstance(line, Line):
            begin, end = word_around(line.text, spot.column)
            self.selection = Selection(Spot(spot.row, begin), Spot(spot.row, end))
            self.viewport().update()

    # --- drawing

    @property
    def gutter(self) -> float:
        """The width of the line numbers and of the signs beside them."""
        return _PAD + SIGN + self.painter.char * max(4, len(f"{self._text.index.rows}") + 1)

    def _left(self) -> float:
        return self.gutter + _PAD - self.horizontalScrollBar().value()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        height, theme = self.painter.height, self._theme
        first = self.top
        last = min(self.count, first + self.viewport().height() // height + 1)
        wide = self._wide
        for place in range(first, last):
            row = self.row_at_place(place)
            y = (place - first) * height
            if row == self.current:
                ground = QRectF(0, y, self.viewport().width(), height)
                painter.fillRect(ground, theme.color("text", 0.09 if self.hasFocus() else 0.05))
            wide = max(wide, self._paint_row(painter, row, y))
        if self.hasFocus():
            painter.fillRect(QRectF(0, 0, 2, self.viewport().height()), theme.color("accent"))
        painter.end()
        if wide > self._wide:
            self._wide = wide
            self._measure()
        if self._text.wanted:
            self.missing.emit()

    def _paint_row(self, painter: QPainter, row: int, y: int) -> float:
        """Draw one row; how wide its text is."""
        theme, height, line = self._theme, self.painter.height, self._text.row(row)
        left = self._left()
        if line == GAP:
            painter.setFont(self.painter.font)
            painter.setPen(theme.color("warning"))
            painter.drawText(QPointF(left, y + height * 0.72), self.gap_text())
            self._number(painter, row, y, None)
            return 0.0
        if not isinstance(line, Line):
            painter.fillRect(
                QRectF(left, y + height * 0.4, 120 + row * 37 % 160, 4), theme.color("text", 0.10)
            )
            self._number(painter, row, y, None)
            return 0.0
        found = rule_of(line.text)
        tone: Token = "text" if found is None else found[0]
        span = self.selection.of_row(row, len(line.text))
        painter.setClipRect(QRectF(self.gutter, 0, self.viewport().width(), self.viewport().height()))
        at = QPointF(left, y)
        if span is not None:
            self.painter.band(painter, line.text, at, span, theme.color("accent", 0.28))
        if row in self._matching:
            for mark in self._marks(line.text):
                self.painter.band(painter, line.text, at, mark, theme.color("warning", 0.32))
        self.painter.draw(painter, line, at, theme.color(tone), (self.gutter, float(self.viewport().width())))
        width = self.painter.width(line.text)
        if line.left_out:
            words = self.tr("… {size} more in this line").format(size=format_bytes(line.left_out))
            painter.setPen(theme.color("dim"))
            painter.drawText(QPointF(left + width + self.painter.char, y + height * 0.72), words)
            width += self.painter.char * (len(words) + 1)
        painter.setClipping(False)
        self._number(painter, row, y, None if found is None else found[0])
        return width

    def gap_text(self) -> str:
        """What stands where the middle was given back."""
        hole = self._text.index.hole
        size = format_bytes(0 if hole is None else hole.end - hole.begin)
        return self.tr("… {size} of the middle were given back: the log passed its limit").format(size=size)

    def _number(self, painter: QPainter, row: int, y: int, severity: Severity | None) -> None:
        number, after_gap = self._text.index.name_of(row)
        text = "" if row == self._text.index.hole_row else (f"+{number}" if after_gap else f"{number}")
        self.painter.number(painter, text, self.gutter, y, severity)

    def _measure(self) -> None:
        side, room = self.horizontalScrollBar(), self.viewport().width() - self.gutter - 2 * _PAD
        side.setPageStep(max(1, int(room)))
        side.setRange(0, max(0, int(self._wide - room)))

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
        self.grown()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.tell()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
