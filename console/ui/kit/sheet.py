"""A sheet: a drawer over the right side of the window for forms and plans. Nothing else is blocked."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.ui.kit.buttons import IconButton
from console.ui.kit.labels import heading, label
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.scroll import Scroll
from console.ui.theme.theme import Theme

WIDTH = 460
_GUTTER = 10


class Sheet(QWidget):
    """Title, scrolled body, a place for a problem, and a row of buttons at the foot.

    Attributes:
        body: where the content goes.
        footer: the buttons, right-aligned.
        problem: shows what went wrong with what the sheet does.

    Signals:
        closed: it is gone; the host deletes it.
    """

    closed = Signal()

    def __init__(self, theme: Theme, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(title)
        layout = QVBoxLayout(self)
        # The body's scroll bar stands in the margin, so that fields end where the buttons end.
        layout.setContentsMargins(21, 20, 20 - _GUTTER, 16)
        layout.setSpacing(12)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, _GUTTER, 0)
        words = heading(title, size=16)
        words.setWordWrap(True)
        top.addWidget(words, 1)
        self._close = IconButton(theme, "close", self.tr("Close"), size=28)
        self._close.clicked.connect(self.close_sheet)
        top.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        if text:
            below = label(text, role="dim", wrap=True)
            below.setContentsMargins(0, 0, _GUTTER, 0)
            layout.addWidget(below)
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(1, 1, _GUTTER, 1)
        self.body.setSpacing(12)
        layout.addWidget(Scroll(theme, content), 1)
        self.problem = ProblemView(theme)
        trouble = QHBoxLayout()
        trouble.setContentsMargins(0, 0, _GUTTER, 0)
        trouble.addWidget(self.problem)
        layout.addLayout(trouble)
        self.footer = QHBoxLayout()
        self.footer.setContentsMargins(0, 0, _GUTTER, 0)
        self.footer.setSpacing(8)
        self.footer.addStretch(1)
        layout.addLayout(self.footer)

    def close_sheet(self) -> None:
        """Put it away."""
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("card"))
        painter.fillRect(QRectF(0, 0, 1, self.height()), self._theme.color("line"))


class SheetHost(QObject):
    """Keeps one sheet at the right edge of a widget."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._sheet: QWidget | None = None
        self._focus_before: QWidget | None = None
        over.installEventFilter(self)

    @property
    def sheet(self) -> QWidget | None:
        return self._sheet

    def show_sheet(self, sheet: QWidget, *, take_focus: bool = True) -> None:
        """Show a sheet in place of the one that is there."""
        self.drop()
        self._focus_before = self._over.window().focusWidget()
        self._sheet = sheet
        sheet.setParent(self._over)
        if isinstance(sheet, Sheet):
            sheet.closed.connect(self.drop)
        self._place()
        sheet.show()
        sheet.raise_()
        if not take_focus:
            return
        first = next((each for each in sheet.findChildren(QWidget) if _takes_text(each, sheet)), sheet)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def drop(self) -> None:
        """Put the sheet away and give the focus back."""
        sheet, self._sheet = self._sheet, None
        if sheet is None:
            return
        sheet.hide()
        sheet.deleteLater()
        before, self._focus_before = self._focus_before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        if self._sheet is not None:
            width = min(WIDTH, self._over.width())
            self._sheet.setGeometry(self._over.width() - width, 0, width, self._over.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() is QEvent.Type.Resize:
            self._place()
        return False


def _takes_text(widget: QWidget, sheet: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return (
        bool(takes)
        and widget.isEnabled()
        and widget.isVisibleTo(sheet)
        and not isinstance(widget, IconButton)
    )
