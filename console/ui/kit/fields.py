"""Fields of forms, painted by us, and the rows that give each its label, hint and fault."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from console.ui.kit.labels import label, set_text
from console.ui.kit.scroll import slim
from console.ui.theme import fonts
from console.ui.theme.icons import IconName, pixmap
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token

HEIGHT = 32


def _paint_field(painter: QPainter, theme: Theme, widget: QWidget, *, fault: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    focus = widget.hasFocus()
    edge: Token = "critical" if fault else ("accent" if focus else "line")
    painter.setPen(QPen(theme.color(edge), 1.6 if focus else 1))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(1, 1, -1, -1), 6, 6)


def _clear_base(widget: QWidget) -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))
    widget.setPalette(palette)


class Field(QLineEdit):
    """One line of text; `name` is for screen readers where no label is its buddy."""

    def __init__(
        self,
        theme: Theme,
        name: str = "",
        *,
        placeholder: str = "",
        icon: IconName | None = None,
        fixed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._fault = False
        self.setFrame(False)
        self.setPlaceholderText(placeholder)
        self.setFont(fonts.fixed_font() if fixed else fonts.font())
        self.setTextMargins(30 if icon else 10, 0, 8, 0)
        if name:
            self.setAccessibleName(name)
        _clear_base(self)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, HEIGHT)

    def set_fault(self, fault: bool) -> None:
        """Edge in the colour of a fault."""
        self._fault = fault
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        _paint_field(painter, self._theme, self, fault=self._fault)
        if self._icon_name:
            picture = pixmap(self._theme, self._icon_name, 16, "dim", self.devicePixelRatioF())
            painter.drawPixmap(10, (self.height() - 16) // 2, picture)
        painter.end()
        super().paintEvent(event)


class Choice(QComboBox):
    """One of a list, as keys with words."""

    def __init__(
        self, theme: Theme, choices: Sequence[tuple[str, str]], name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        for key, text in choices:
            self.addItem(text, key)
        self.name_it(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def name_it(self, name: str) -> None:
        """The name of the field and of the list that it opens."""
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)

    @property
    def key(self) -> str:
        """The key of the choice."""
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        index = self.findData(key)
        if index >= 0:
            self.setCurrentIndex(index)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Other choices; the current one stays where it is still among them."""
        if [(self.itemData(i), self.itemText(i)) for i in range(self.count())] == list(choices):
            return
        before = self.key
        self.blockSignals(True)
        self.clear()
        for key, text in choices:
            self.addItem(text, key)
        self.choose(before)
        self.blockSignals(False)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width() + 20, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        _paint_field(painter, self._theme, self, fault=False)
        painter.setPen(self._theme.color("text" if self.isEnabled() else "faint"))
        space = self.rect().adjusted(10, 0, -28, 0)
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        picture = pixmap(self._theme, "caret_down", 12, "dim", self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 22, (self.height() - 12) // 2, picture)


class Tick(QCheckBox):
    """A yes-or-no with its word beside it."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 28, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        box = QRectF(1, self.height() / 2 - 8, 16, 16)
        on = self.isChecked()
        painter.setPen(QPen(theme.color("accent" if on or self.hasFocus() else "line"), 1.6))
        painter.setBrush(theme.color("accent" if on else "raised"))
        painter.drawRoundedRect(box, 4, 4)
        if on:
            painter.setPen(QPen(theme.color("on_accent"), 2))
            left, top = box.left(), box.top()
            corners = [
                QPointF(left + 4, top + 8.5),
                QPointF(left + 7, top + 11.5),
                QPointF(left + 12, top + 5),
            ]
            painter.drawPolyline(QPolygonF(corners))
        painter.setPen(theme.color("text" if self.isEnabled() else "faint"))
        painter.drawText(self.rect().adjusted(26, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())


class TextArea(QPlainTextEdit):
    """Several lines of text; Tab leaves it."""

    def __init__(
        self,
        theme: Theme,
        name: str = "",
        *,
        placeholder: str = "",
        lines: int = 4,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setFont(fonts.fixed_font())
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportMargins(8, 6, 8, 6)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 24)
        self.viewport().setAutoFillBackground(False)
        _clear_base(self)
        slim(self, theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)


class FieldPlate(QWidget):
    """The painted ground behind a TextArea."""

    def __init__(self, theme: Theme, area: TextArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._area = area
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(area)

    def paintEvent(self, _event: QPaintEvent) -> None:
        _paint_field(QPainter(self), self._theme, self, fault=False)


class Form(QWidget):
    """Rows of label, field and hint. Labels are buddies, so that fields have names."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hints: dict[QWidget, tuple[QLabel, str]] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)

    def row(self, text: str, field: QWidget, hint: str = "") -> None:
        """Add a row; the label names the field."""
        name = label(text, role="dim", size=fonts.SMALL)
        name.setBuddy(field)
        if isinstance(field, Choice):
            field.name_it(text)
        elif not field.accessibleName():
            field.setAccessibleName(text)
        below = label(hint, role="dim", size=fonts.LABEL, wrap=True)
        below.setVisible(bool(hint))
        self._hints[field] = (below, hint)
        self._rows.addWidget(name)
        self._rows.addWidget(FieldPlate(self._theme, field) if isinstance(field, TextArea) else field)
        self._rows.addWidget(below)
        self._rows.addSpacing(8)

    def add(self, widget: QWidget) -> None:
        """Something that is its own label: a Tick, a note."""
        self._rows.addWidget(widget)
        self._rows.addSpacing(8)

    def fault(self, field: QWidget, text: str) -> None:
        """Say under the field what is wrong with it, and put the keyboard there; an empty text brings the
        hint back."""
        self.note_fault(field, text)
        if text:
            field.setFocus()

    def note_fault(self, field: QWidget, text: str) -> None:
        """As `fault`, while the person is typing: the keyboard stays where it is."""
        below, hint = self._hints[field]
        set_text(below, text or hint)
        below.setForegroundRole(QPalette.ColorRole.BrightText if text else QPalette.ColorRole.PlaceholderText)
        below.setVisible(bool(text or hint))
        if isinstance(field, Field):
            field.set_fault(bool(text))


class SearchField(Field):
    """A field that Esc empties before it lets Esc through."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)
