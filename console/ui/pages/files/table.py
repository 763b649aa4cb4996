"""The listing of a folder: keys, several selected rows, and files dropped from the desktop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)

from console.fleet.files import Entry
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.long_rows import Order
from console.ui.kit.table import DataTable
from console.ui.pages.files.columns import file_columns

ROW = 30
_KEYS = {
    "F2": "rename",
    "Del": "delete",
    "F5": "reload",
    "Backspace": "up",
    "Alt+Up": "up",
    "Ctrl+L": "path",
    "Ctrl+U": "upload",
    "Ctrl+D": "download",
    "Ctrl+Shift+N": "folder",
    "Ctrl+Shift+U": "upload folder",
    "Ctrl+Shift+T": "text file",
    "Ctrl+Shift+C": "copy path",
}


def key_of(act: str) -> str:
    """The key of an act as a menu shows it, empty where it has none."""
    return next((key for key, each in _KEYS.items() if each == act), "")


class FilesTable(DataTable[Entry]):
    """A table of any length.

    Signals:
        wanted: an act by its key: "rename", "delete", "reload", "up", "path", "upload", …
        typed: letters: the person looks for a name.
        dropped: paths of this machine, and the folder's entry they fell on or None.
    """

    wanted = Signal(str)
    typed = Signal(str)
    dropped = Signal(object, object)

    def __init__(self, desk: Desk, zone: Callable[[], tzinfo], order: Order) -> None:
        super().__init__(
            desk.theme,
            translate("Files", "Files"),
            file_columns(zone),
            lambda entry: entry.path,
            remembered=desk.remembered,
            row_height=ROW,
            several=True,
            order=order,
        )
        self._can_drop: Callable[[], bool] = lambda: False
        self._over: Entry | None = None
        self._dragging = False
        self._empty = ""
        self.remember_as("files")
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)

    def takes_drops(self, can: Callable[[], bool]) -> None:
        """Ask this before files may be dropped."""
        self._can_drop = can

    def say_when_empty(self, text: str) -> None:
        """What stands in an empty list."""
        self._placeholder = text
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = _KEYS.get(QKeySequence(event.keyCombination()).toString())
        if act is not None:
            self.wanted.emit(act)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters filter: Qt's own search would format every name."""
        if search.strip():
            self.typed.emit(search)

    # Files from the desktop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._dragging = self._can_drop() and bool(local_paths(event))
        self._follow(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        entry = self.rows_model.row(index.row()) if index.isValid() else None
        self._over = entry if entry is not None and entry.is_folder else None
        self._follow(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._end_drag()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        paths, over = local_paths(event), self._over
        if self._dragging and paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(paths, over)
        else:
            event.ignore()
        self._end_drag()

    def _follow(self, event: QDragMoveEvent) -> None:
        if self._dragging:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()
        self.viewport().update()

    def _end_drag(self) -> None:
        self._dragging, self._over = False, None
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._dragging:
            return
        space = QRectF(self.viewport().rect())
        if self._over is not None and (row := self.rows_model.row_of(self._over.path)) >= 0:
            first = self.visualRect(self.rows_model.index(row, 0))
            space = QRectF(0, first.top(), self.viewport().width(), first.height())
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.color("accent", 0.08))
        painter.setPen(QPen(self._theme.color("accent"), 2))
        painter.drawRoundedRect(space.adjusted(2, 2, -2, -2), 6, 6)


def local_paths(event: QDropEvent) -> list[Path]:
    """The files and folders of this machine that are dragged."""
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile() and url.toLocalFile()]
