"""The icon in the desktop's tray: how many criticals fire, and the desktop's own notifications. It is there
only where the desktop has a tray; the window says so where it has none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from console.core.notify import Level, Notice
from console.ui.i18n import translate
from console.ui.kit.tones import Tone, token_of
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

_SIZE = 64
_SHOWN_MS = 15_000
_KINDS = {
    Level.INFO: QSystemTrayIcon.MessageIcon.Information,
    Level.WARNING: QSystemTrayIcon.MessageIcon.Warning,
    Level.CRITICAL: QSystemTrayIcon.MessageIcon.Critical,
}


class Tray(QObject):
    """One for the window; `available` says whether the desktop has a place for it."""

    def __init__(self, theme: Theme, window: QWidget, icon: QIcon, opened: Callable[[], None]) -> None:
        super().__init__(window)
        self._theme = theme
        self._plain = icon
        self._shown: tuple[int, Tone] | None = None
        self._menu = QMenu(window)
        self._menu.addAction(translate("Tray", "Show alerts")).triggered.connect(lambda _on=False: opened())
        self._menu.addAction(translate("Tray", "Quit")).triggered.connect(lambda _on=False: window.close())
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(lambda _reason: opened())
        self._icon.messageClicked.connect(opened)

    @staticmethod
    def available() -> bool:
        """Whether the desktop has a tray and shows its notifications."""
        return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()

    def show_count(self, count: int, tone: Tone, text: str) -> None:
        """The badge, and what the tool tip says."""
        if (count, tone) != self._shown:
            self._shown = (count, tone)
            self._icon.setIcon(badged(self._theme, self._plain, count, tone))
        self._icon.setToolTip(f"Tandem: {text}" if text else "Tandem")
        if not self._icon.isVisible():
            self._icon.show()

    def tell(self, notice: Notice) -> None:
        """A notification of the desktop."""
        self._icon.showMessage(
            "Tandem", f"{notice.text}\n{notice.remedy}".strip(), _KINDS[notice.level], _SHOWN_MS
        )

    def put_away(self) -> None:
        """Take the icon out of the tray."""
        self._icon.hide()


def badged(theme: Theme, icon: QIcon, count: int, tone: Tone) -> QIcon:
    """The product's icon with a number at its corner; as it is where the number is 0."""
    picture = icon.pixmap(_SIZE, _SIZE)
    if not count:
        return QIcon(picture)
    shown = QPixmap(_SIZE, _SIZE)
    shown.fill(Qt.GlobalColor.transparent)
    painter = QPainter(shown)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawPixmap(0, 0, picture)
    spot = QRectF(_SIZE * 0.40, _SIZE * 0.40, _SIZE * 0.60, _SIZE * 0.60)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token_of(tone)))
    painter.drawEllipse(spot)
    text = str(count) if count < 100 else "99+"
    painter.setFont(fonts.semibold(26 if len(text) == 1 else 20 if len(text) == 2 else 15))
    painter.setPen(theme.color("on_accent"))
    painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return QIcon(shown)
