"""Notices at the lower right: they come, say one thing, and go; the worst stay until closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.notify import Level, Notice
from console.ui.kit.buttons import IconButton
from console.ui.kit.labels import label
from console.ui.kit.tones import Tone, paint_shape
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

WIDTH = 380
MOST = 4
_SECONDS = {Level.INFO: 6, Level.WARNING: 12, Level.CRITICAL: 0}
_TONES = {Level.INFO: Tone.ACTIVE, Level.WARNING: Tone.WARNING, Level.CRITICAL: Tone.CRITICAL}


class Toast(QWidget):
    """One notice."""

    def __init__(self, theme: Theme, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.notice = notice
        self.left_s = _SECONDS[notice.level]
        self.setAccessibleName(notice.text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(34, 10, 8, 10)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(notice.text, wrap=True, size=fonts.BASE))
        if notice.remedy:
            words.addWidget(label(notice.remedy, role="dim", size=fonts.SMALL, wrap=True))
        layout.addLayout(words, 1)
        self.close_button = IconButton(theme, "close", self.tr("Dismiss"), size=24)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        paint_shape(painter, self._theme, _TONES[self.notice.level], QPointF(18, 20), 9)


class Toasts(QObject):
    """Stacks toasts over a widget's lower right corner. A notice with a key replaces the one before."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme = theme
        self._over = over
        self._toasts: list[Toast] = []
        over.installEventFilter(self)

    @property
    def shown(self) -> tuple[Notice, ...]:
        return tuple(toast.notice for toast in self._toasts)

    def tell(self, notice: Notice) -> None:
        """Show a notice."""
        for toast in [each for each in self._toasts if notice.key and each.notice.key == notice.key]:
            self._drop(toast)
        while len(self._toasts) >= MOST:
            self._drop(self._toasts[0])
        toast = Toast(self._theme, notice, self._over)
        toast.close_button.clicked.connect(lambda: self._drop(toast))
        self._toasts.append(toast)
        self._place()
        toast.show()

    def age(self) -> None:
        """A second has passed; one under the mouse stays."""
        for toast in list(self._toasts):
            if toast.left_s and not toast.underMouse():
                toast.left_s -= 1
                if not toast.left_s:
                    self._drop(toast)

    def _drop(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        bottom = self._over.height() - 44
        for toast in reversed(self._toasts):
            height = toast.heightForWidth(WIDTH) if toast.hasHeightForWidth() else toast.sizeHint().height()
            bottom -= height
            toast.setGeometry(self._over.width() - WIDTH - 24, bottom, WIDTH, height)
            toast.raise_()
            bottom -= 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() is QEvent.Type.Resize:
            self._place()
        return False
