"""The top bar: where one is, the way to everything (Ctrl+K), the time range, and the menu."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from console.ui.desk import CUSTOM, MORE_RANGES, RANGES, TimeRange
from console.ui.i18n import translate
from console.ui.kit.buttons import IconButton, paint_focus, shows_focus
from console.ui.kit.labels import label, set_text
from console.ui.kit.segmented import SegmentedControl
from console.ui.theme import fonts
from console.ui.theme.icons import pixmap
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token

HEIGHT = 60
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class Crumb(QAbstractButton):
    """One word of the breadcrumb; the last one is only text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(fonts.semibold(fonts.TITLE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_word(self, text: str, *, leads: bool) -> None:
        """`leads`: a click goes there."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setEnabled(leads)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if leads else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(min(420, self.fontMetrics().horizontalAdvance(self.text()) + 2), 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        token: Token = "accent" if self.isEnabled() and self.underMouse() else "text"
        painter.setPen(self._theme.color(token))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), _LEFT, shown)
        if shows_focus(self):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_focus(painter, self._theme, QRectF(self.rect()))


class SearchButton(QAbstractButton):
    """Looks like a field and opens the palette."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(self.tr("Search or run a command"))
        self.setAccessibleName(self.text())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(160)
        self.setMaximumWidth(420)

    def sizeHint(self) -> QSize:
        return QSize(420, 34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge: Token = "accent" if shows_focus(self) else ("dim" if self.underMouse() else "line")
        painter.setPen(QPen(self._theme.color(edge), 1))
        painter.setBrush(self._theme.color("card"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        picture = pixmap(self._theme, "search", 16, "dim", self.devicePixelRatioF())
        painter.drawPixmap(12, self.height() // 2 - 8, picture)
        painter.setPen(self._theme.color("dim"))
        painter.drawText(self.rect().adjusted(36, 0, -64, 0), _LEFT, self.text())
        painter.setFont(fonts.font(fonts.LABEL))
        side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(self.rect().adjusted(0, 0, -12, 0), side, "Ctrl K")


def range_words(key: str) -> str:
    """The chosen span in words."""
    words = {
        "15m": translate("TopBar", "Last 15 min"),
        "1h": translate("TopBar", "Last hour"),
        "24h": translate("TopBar", "Last 24 hours"),
        "7d": translate("TopBar", "Last 7 days"),
        "1m": translate("TopBar", "Last minute"),
        "5m": translate("TopBar", "Last 5 min"),
        "6h": translate("TopBar", "Last 6 hours"),
        "30d": translate("TopBar", "Last 30 days"),
        CUSTOM: translate("TopBar", "A fixed span"),
    }
    return words[key]


class TopBar(QWidget):
    """The bar over every page.

    Signals:
        search_wanted: open the palette.
        up_wanted: the breadcrumb's first word.
        custom_wanted: a span with a beginning and an end of its own.
        event_wanted: the span around the page's last event.
    """

    search_wanted = Signal()
    up_wanted = Signal()
    custom_wanted = Signal()
    event_wanted = Signal()

    def __init__(self, theme: Theme, time_range: TimeRange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._range = time_range
        self._uses_range = True
        self.setFixedHeight(HEIGHT)
        self._first = Crumb(theme)
        self._between = label("›", role="dim", size=fonts.TITLE)
        self._second = Crumb(theme)
        self._first.clicked.connect(self.up_wanted)
        self.search = SearchButton(theme)
        self.search.clicked.connect(self.search_wanted)
        self._words = label(range_words("15m"), role="dim")
        self.segments = SegmentedControl(theme, self.tr("Time range"), [(key, key) for key, _ in RANGES])
        self.segments.chosen.connect(time_range.choose)
        self.more = IconButton(theme, "more", self.tr("More time ranges"), size=28)
        self.more.setMenu(self._more_menu())
        time_range.changed.connect(self._on_range)
        self.menu_button = IconButton(theme, "menu", self.tr("Menu"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 4, 24, 0)
        layout.setSpacing(8)
        layout.addWidget(self._first)
        layout.addWidget(self._between)
        layout.addWidget(self._second)
        layout.addStretch(1)
        layout.addWidget(self.search, 3)
        layout.addStretch(1)
        layout.addWidget(self._words)
        layout.addWidget(self.segments)
        layout.addWidget(self.more)
        self._buttons = QHBoxLayout()
        layout.addLayout(self._buttons)
        layout.addWidget(self.menu_button)

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        for key, _ in MORE_RANGES:
            choose = lambda _on=False, which=key: self._range.choose(which)  # noqa: E731
            menu.addAction(range_words(key)).triggered.connect(choose)
        menu.addSeparator()
        custom = menu.addAction(self.tr("From … until …"))
        custom.triggered.connect(lambda _on=False: self.custom_wanted.emit())
        self._event_action = menu.addAction(self.tr("Around the last event"))
        self._event_action.triggered.connect(lambda _on=False: self.event_wanted.emit())
        menu.addAction(self.tr("Back to live")).triggered.connect(lambda _on=False: self._range.to_live())
        return menu

    def add_button(self, button: QWidget) -> None:
        """A button before the menu."""
        self._buttons.addWidget(button)

    def show_place(self, page: str, thing: str, *, uses_range: bool, has_events: bool = False) -> None:
        """The breadcrumb, and whether the range means something here."""
        self._first.show_word(page, leads=bool(thing))
        self._second.show_word(thing, leads=False)
        self._between.setVisible(bool(thing))
        self._second.setVisible(bool(thing))
        self.segments.setVisible(uses_range)
        self.more.setVisible(uses_range)
        self._event_action.setEnabled(has_events)
        self._uses_range = uses_range
        self._fit()

    def _fit(self) -> None:
        self._words.setVisible(self._uses_range and self.width() > 900)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def place(self) -> str:
        """What the breadcrumb says, for tests."""
        return self._first.text() + (f" › {self._second.text()}" if self._second.text() else "")

    def _on_range(self) -> None:
        self.segments.set_current(self._range.key)
        set_text(self._words, range_words(self._range.key))
