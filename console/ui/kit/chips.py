"""Toggles with a dot of their curve's colour: which of several curves are shown. Painted; keys by Tab and
Space."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QWidget

from console.ui.kit.buttons import Button, paint_focus, shows_focus
from console.ui.kit.labels import tip
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

MOST_CHIPS, MOST_NAMED = 8, 4
"""More than the first become a menu; more than the second lose what their names have in common."""


class Chip(QAbstractButton):
    """One toggle.

    Signals:
        alone_wanted: double-click: this one and no other.
    """

    alone_wanted = Signal()

    def __init__(
        self, theme: Theme, text: str, name: str, series: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._series = series
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(tip(self.tr("Show or hide; double-click shows this one alone")))
        self.setFont(fonts.medium(fonts.SMALL))
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 30, 24)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.alone_wanted.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("raised") if self.isChecked() else QColor(0, 0, 0, 0))
        painter.drawRoundedRect(rect, 12, 12)
        if self.underMouse():
            painter.setBrush(theme.color("text", 0.06))
            painter.drawRoundedRect(rect, 12, 12)
        color = theme.series(self._series)
        painter.setPen(QPen(color if self.isChecked() else theme.color("dim"), 1.4))
        painter.setBrush(color if self.isChecked() else QColor(0, 0, 0, 0))
        painter.drawEllipse(QPointF(13, self.height() / 2), 3.5, 3.5)
        painter.setPen(theme.color("text" if self.isChecked() else "dim"))
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(self.rect().adjusted(21, 0, 0, 0), left, self.text())
        if shows_focus(self):
            paint_focus(painter, theme, QRectF(self.rect()), 12)


class Chips(QWidget):
    """A toggle for each thing, or one menu of them where there are many.

    Signals:
        changed: another choice of the person.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._hidden: set[str] = set()
        self._chips: list[Chip] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._many = Button(theme, "")
        self._menu = QMenu(self._many)
        self._many.setMenu(self._menu)
        self._many.hide()
        self._row.addWidget(self._many)

    def set_things(self, things: list[tuple[str, str]]) -> None:
        """(key, name) of each; a choice made before stays with its key."""
        keys, names = tuple(key for key, _ in things), tuple(name for _, name in things)
        if (keys, names) == (self._keys, self._names):
            return
        self._keys, self._names = keys, names
        for chip in self._chips:
            self._row.removeWidget(chip)
            chip.deleteLater()
        self._chips = []
        self._menu.clear()
        if len(keys) <= MOST_CHIPS:
            for index, (key, name) in enumerate(things):
                short = name.rpartition(" ")[2] if len(keys) > MOST_NAMED else name
                chip = Chip(self._theme, short, name, index)
                chip.setChecked(key not in self._hidden)
                chip.toggled.connect(lambda on, which=key: self._toggle(which, on=on))
                chip.alone_wanted.connect(lambda which=key: self.only(which))
                self._row.addWidget(chip)
                self._chips.append(chip)
        else:
            for key, name in things:
                action = self._menu.addAction(name)
                action.setCheckable(True)
                action.setChecked(key not in self._hidden)
                action.toggled.connect(lambda on, which=key: self._toggle(which, on=on))
        self._say()

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of what is shown; all of them where none would be."""
        kept = tuple(key for key in self._keys if key not in self._hidden)
        return kept or self._keys

    def only(self, wanted: str) -> None:
        """This one alone, or all again where it is alone already."""
        others = set(self._keys) - {wanted}
        self._hidden = set() if self._hidden >= others else others
        for key, chip in zip(self._keys, self._chips, strict=False):
            was = chip.blockSignals(True)
            chip.setChecked(key not in self._hidden)
            chip.blockSignals(was)
        self._say()
        self.changed.emit()

    def _toggle(self, key: str, *, on: bool) -> None:
        if on:
            self._hidden.discard(key)
        else:
            self._hidden.add(key)
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        many = len(self._keys) > MOST_CHIPS
        self._many.setVisible(many)
        words = self.tr("{shown} of {all} accelerators")
        self._many.setText(words.format(shown=len(self.shown), all=len(self._keys)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()
