"""The palette (Ctrl+K): pages, commands, servers and jobs by a few letters, from the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from console.ui.kit.cards import Plate
from console.ui.kit.fields import Field
from console.ui.kit.labels import label
from console.ui.kit.scroll import slim
from console.ui.shell.fuzzy import score
from console.ui.theme import fonts
from console.ui.theme.icons import IconName, pixmap
from console.ui.theme.theme import Theme

WIDTH = 600
ROW = 38
MOST_SHOWN = 10
_MOST_FOUND = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to go to or do.

    Attributes:
        words: what it is found by, besides the title.
        kind: a word at the right: "page", "server", "command".
        enabled: a command that read-only mode forbids is shown, dimmed.
    """

    title: str
    detail: str
    kind: str
    icon: IconName
    run: Callable[[], None]
    words: str = ""
    shortcut: str = ""
    enabled: bool = True
    weight: float = 0.0


def found(entries: Sequence[Entry], query: str) -> list[Entry]:
    """What fits, best first."""
    scored = []
    for place, entry in enumerate(entries):
        best = max(
            (
                value
                for text in (entry.title, entry.words)
                if text and (value := score(query, text)) is not None
            ),
            default=None,
        )
        if best is not None:
            scored.append((-(best + entry.weight), place, entry))
    return [entry for _, _, entry in sorted(scored, key=lambda each: each[:2])[:_MOST_FOUND]]


class _Entries(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            entry = self.entries[index.row()]
            return f"{entry.title}, {entry.kind}"
        return None


class _Painter(QStyledItemDelegate):
    def __init__(self, theme: Theme, model: _Entries, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH - 16, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shown: Any = option
        rect: QRect = shown.rect
        entry = self._model.entries[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(shown.state & QStyle.StateFlag.State_Selected)
        if chosen or shown.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("selection") if chosen else self._theme.color("text", 0.05))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 6, 6)
        ratio = painter.device().devicePixelRatioF() if painter.device() else 1.0
        picture = pixmap(self._theme, entry.icon, 18, "dim", ratio)
        painter.drawPixmap(rect.left() + 12, rect.center().y() - 8, picture)
        self._words(painter, rect, entry)
        painter.restore()

    def _words(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.setFont(fonts.font(fonts.LABEL))
        painter.setPen(self._theme.color("dim"))
        tail = f"{entry.shortcut}   {entry.kind}" if entry.shortcut else entry.kind
        painter.drawText(rect.adjusted(0, 0, -14, 0), right, tail)
        room = rect.adjusted(42, 0, -28 - painter.fontMetrics().horizontalAdvance(tail), 0)
        painter.setFont(fonts.medium())
        painter.setPen(self._theme.color("text" if entry.enabled else "dim"))
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, left, title)
        room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(title) + 12)
        painter.setFont(fonts.font(fonts.SMALL))
        painter.setPen(self._theme.color("dim"))
        detail = painter.fontMetrics().elidedText(entry.detail, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, left, detail)


class Palette(Plate):
    """The overlay. `open_with` shows it over the window; choosing or Esc hides it.

    Signals:
        closed: it is hidden again.
    """

    closed = Signal()

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(theme, token="card", parent=over)
        self._over = over
        self._entries: list[Entry] = []
        self._before: QWidget | None = None
        self.setAccessibleName(self.tr("Search or run a command"))
        self.field = Field(
            theme,
            self.tr("Search or run a command"),
            placeholder=self.tr("A page, a server, a job or a command"),
            icon="search",
        )
        self.field.textChanged.connect(self._on_text)
        self.field.installEventFilter(self)
        self._model = _Entries(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_Painter(theme, self._model, self))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(self.tr("Matches"))
        self._list.setMouseTracking(True)
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.viewport().setAutoFillBackground(False)
        slim(self._list, theme)
        self._list.clicked.connect(lambda index: self._run(index.row()))
        self._none = label(self.tr("Nothing fits."), role="dim")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.field)
        layout.addWidget(self._list)
        layout.addWidget(self._none)
        over.installEventFilter(self)
        self.hide()

    @property
    def titles(self) -> list[str]:
        """What is offered now, for tests."""
        return [entry.title for entry in self._model.entries]

    def open_with(self, entries: Sequence[Entry], asks: str = "") -> None:
        """Show it with these; entries that come later are added by `add`.

        Args:
            asks: what the choice is for, where it is one thing.
        """
        self._entries = list(entries)
        usual = self.tr("A page, a server, a job or a command")
        self.field.setPlaceholderText(asks or usual)
        self._before = self._over.window().focusWidget()
        self.field.clear()
        self._on_text("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add(self, entries: Sequence[Entry]) -> None:
        """More of them, read off-thread meanwhile."""
        if self.isVisible() and entries:
            self._entries += entries
            self._on_text(self.field.text())

    def put_away(self) -> None:
        """Hide it and give the focus back."""
        if self.isVisible():
            self.hide()
            before, self._before = self._before, None
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
            self.closed.emit()

    def _on_text(self, text: str) -> None:
        entries = found(self._entries, text)
        self._model.show(entries)
        self._list.setVisible(bool(entries))
        self._none.setVisible(not entries)
        if entries:
            self._list.setCurrentIndex(self._model.index(0))
        self._place()

    def _place(self) -> None:
        width = min(WIDTH, self._over.width() - 32)
        rows = min(MOST_SHOWN, max(1, self._model.rowCount()))
        self._list.setFixedHeight(rows * ROW)
        height = 8 + 32 + 6 + (rows * ROW if self._model.rowCount() else 24) + 8
        self.setGeometry((self._over.width() - width) // 2, 12, width, height)

    def _run(self, row: int) -> None:
        if 0 <= row < len(self._model.entries):
            entry = self._model.entries[row]
            if entry.enabled:
                self.put_away()
                entry.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._on_key(Qt.Key(event.key()))
        if watched is self.field and event.type() is QEvent.Type.FocusOut and self.isVisible():
            self.put_away()
        return False

    def _on_key(self, key: Qt.Key) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(key)
        row = self._list.currentIndex().row()
        if step is not None and self._model.rowCount():
            self._list.setCurrentIndex(self._model.index(max(0, min(self._model.rowCount() - 1, row + step))))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(row)
            return True
        if key == Qt.Key.Key_Escape:
            self.put_away()
            return True
        return False
