"""The left rail: product mark, pages with their counts, and the switch that forbids changes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from console.ui.kit.buttons import paint_focus, shows_focus
from console.ui.kit.labels import tip
from console.ui.kit.tones import Tone, token_of
from console.ui.pages.page import PageSpec
from console.ui.theme import fonts
from console.ui.theme.icons import IconName, pixmap
from console.ui.theme.theme import PILL_SHARE, Theme
from console.ui.theme.tokens import Token

WIDE = 176
SLIM = 60


class Mark(QWidget):
    """The product's name and its two engines."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(fonts.semibold(18))
        self.setFixedHeight(60)
        self.setAccessibleName("Tandem")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        slim = self.width() < 100
        left, middle = 22.0, self.height() / 2 + 2
        if not slim:
            painter.setPen(self._theme.color("text"))
            painter.drawText(QPointF(left, middle + 6.5), "Tandem")
            left += self.fontMetrics().horizontalAdvance("Tandem") + 15
        painter.setPen(Qt.PenStyle.NoPen)
        tokens: tuple[Token, Token] = ("training", "inference")
        for index, token in enumerate(tokens):
            painter.setBrush(self._theme.color(token))
            painter.drawEllipse(QPointF(left + index * 11, middle), 4.5, 4.5)


class RailButton(QAbstractButton):
    """A page in the rail."""

    def __init__(self, theme: Theme, icon: IconName, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name: IconName = icon
        self._count = 0
        self._tone = Tone.ACTIVE
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_badge(self, count: int, tone: Tone) -> None:
        """How many want attention; zero shows none."""
        if (count, tone) != (self._count, self._tone):
            self._count, self._tone = count, tone
            self.setAccessibleDescription(str(count) if count else "")
            self.update()

    @property
    def badge(self) -> tuple[int, Tone]:
        return self._count, self._tone

    def sizeHint(self) -> QSize:
        return QSize(WIDE, 36)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, on = self._theme, self.isChecked()
        plate = QRectF(self.rect()).adjusted(10, 1, -10, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if on:
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(plate, 6, 6)
            painter.setBrush(theme.color("accent"))
            painter.drawRoundedRect(QRectF(10, plate.top() + 8, 3, plate.height() - 16), 1.5, 1.5)
        elif self.underMouse():
            painter.setBrush(theme.color("text", 0.06))
            painter.drawRoundedRect(plate, 6, 6)
        token: Token = "text" if on or self.underMouse() else "dim"
        middle = self.height() / 2
        icon_token: Token = "accent" if on else token
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(QPointF(22, middle - 9), pixmap(theme, self._icon_name, 18, icon_token, ratio))
        if self.width() > 100:
            painter.setFont(fonts.semibold() if on else fonts.medium())
            painter.setPen(theme.color(token))
            painter.drawText(QRectF(50, 0, self.width() - 90, self.height()), _LEFT, self.text())
        self._paint_badge(painter)
        if shows_focus(self):
            paint_focus(painter, theme, plate)

    def _paint_badge(self, painter: QPainter) -> None:
        if not self._count:
            return
        text = str(self._count) if self._count < 1000 else "999+"
        painter.setFont(fonts.semibold(fonts.LABEL))
        width = max(20, painter.fontMetrics().horizontalAdvance(text) + 12)
        slim = self.width() <= 100
        spot = QRectF(
            self.width() - width - (6 if slim else 18), 2 if slim else self.height() / 2 - 10, width, 20
        )
        token = token_of(self._tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("rail"))
        painter.drawRoundedRect(spot, 10, 10)
        painter.setBrush(self._theme.color(token, PILL_SHARE))
        painter.drawRoundedRect(spot, 10, 10)
        painter.setPen(self._theme.color(token))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)


class ChangesSwitch(QAbstractButton):
    """Always in sight: whether commands that change something may run."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(28)
        self.show_state(allowed=True, fixed=False)

    def show_state(self, *, allowed: bool, fixed: bool) -> None:
        """`fixed`: started with --read-only, so it cannot be switched here."""
        text = self.tr("Changes allowed") if allowed else self.tr("Read-only")
        self.setChecked(not allowed)
        self.setEnabled(not fixed)
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
        hint = (
            self.tr("Started with --read-only")
            if fixed
            else self.tr("Switch commands that change something on or off (Ctrl+Shift+R)")
        )
        self.setToolTip(tip(hint))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(rect, 14, 14)
        read_only = self.isChecked()
        token: Token = "warning" if read_only else "ok"
        middle = self.height() / 2
        slim = self.width() < 100
        if read_only:
            picture = pixmap(self._theme, "lock", 14, token, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(13 if slim else 12, middle - 7), picture)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(token))
            painter.drawEllipse(QPointF(20 if slim else 18, middle), 4.5, 4.5)
        if not slim:
            painter.setFont(fonts.medium(fonts.SMALL))
            painter.setPen(self._theme.color(token if read_only else "text"))
            painter.drawText(self.rect().adjusted(32, 0, -8, 0), _LEFT, self.text())
        if shows_focus(self):
            paint_focus(painter, self._theme, QRectF(self.rect()), 13)


_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class Rail(QWidget):
    """The rail.

    Signals:
        chosen: id of a page.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, specs: Sequence[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(self.tr("Pages"))
        self.setFixedWidth(WIDE)
        self.buttons: dict[str, RailButton] = {}
        self.switch = ChangesSwitch(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 14)
        layout.setSpacing(4)
        layout.addWidget(Mark(theme))
        shown = [spec for spec in specs if not spec.under]
        for spec in (each for each in shown if not each.at_bottom):
            layout.addWidget(self._button(spec))
        layout.addStretch(1)
        for spec in (each for each in shown if each.at_bottom):
            layout.addWidget(self._button(spec))
        layout.addSpacing(4)
        frame = QVBoxLayout()
        frame.setContentsMargins(10, 0, 10, 0)
        frame.addWidget(self.switch)
        layout.addLayout(frame)

    def _button(self, spec: PageSpec) -> RailButton:
        button = RailButton(self._theme, spec.icon, spec.title())
        button.clicked.connect(lambda _checked=False, page=spec.id: self.chosen.emit(page))
        self.buttons[spec.id] = button
        return button

    def light(self, page: str) -> None:
        """Mark the page that is open."""
        if page in self.buttons:
            self.buttons[page].setChecked(True)

    def set_slim(self, slim: bool) -> None:
        """Icons only, in a narrow window."""
        self.setFixedWidth(SLIM if slim else WIDE)
        for button in self.buttons.values():
            button.setToolTip(tip(button.text()) if slim else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("rail"))
