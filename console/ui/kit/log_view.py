"""A log: plain text only, no wrapping, bounded, follows its end, can be searched."""

from __future__ import annotations

import codecs
import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from console.core.text import safe_text
from console.ui.kit.buttons import IconButton
from console.ui.kit.fields import SearchField, Tick
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.scroll import slim
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

MOST_LINES = 20_000
MOST_BYTES_AT_ONCE = 4 * 1024 * 1024
_BAD = re.compile(r"\b(error|exception|traceback|fatal|critical)\b", re.IGNORECASE)
_DOUBTFUL = re.compile(r"\bwarn(ing)?\b", re.IGNORECASE)


class _Colours(QSyntaxHighlighter):
    """Lines that speak of errors and warnings."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme

    def highlightBlock(self, text: str) -> None:
        token = "critical" if _BAD.search(text) else ("warning" if _DOUBTFUL.search(text) else None)
        if token is not None:
            shape = QTextCharFormat()
            shape.setForeground(self._theme.color("critical" if token == "critical" else "warning"))
            self.setFormat(0, len(text), shape)


class LogView(QWidget):
    """Text of a server with Follow and Find above it."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines = 0
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setUndoRedoEnabled(False)
        self._text.setAccessibleName(title)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setMaximumBlockCount(MOST_LINES)
        self._text.setFont(fonts.fixed_font())
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.viewport().setAutoFillBackground(False)
        slim(self._text, theme)
        self._colours = _Colours(theme, self._text.document())
        theme.changed.connect(self._colours.rehighlight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._controls(theme, title))
        layout.addWidget(self._text, 1)

    def _controls(self, theme: Theme, title: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(heading(title))
        self._note = label("", role="dim", size=fonts.SMALL)
        row.addWidget(self._note)
        row.addStretch(1)
        self.follow = Tick(theme, self.tr("Follow"))
        self.follow.setChecked(True)
        self.follow.toggled.connect(self._to_end)
        row.addWidget(self.follow)
        self._find = SearchField(
            theme, self.tr("Find in the log"), placeholder=self.tr("Find"), icon="search"
        )
        self._find.setFixedWidth(200)
        self._find.returnPressed.connect(self.find_next)
        self._find.textEdited.connect(self._find_first)
        row.addWidget(self._find)
        self._next = IconButton(theme, "caret_down", self.tr("Next match"))
        self._next.clicked.connect(self.find_next)
        row.addWidget(self._next)
        return row

    @property
    def text(self) -> str:
        return self._text.toPlainText()

    def set_note(self, text: str) -> None:
        """A word beside the title: how large, that it ended."""
        set_text(self._note, text)

    def clear(self) -> None:
        self._text.clear()
        self._decoder.reset()

    def append(self, data: bytes) -> None:
        """Add bytes as they came; a character cut in two is put together."""
        if len(data) > MOST_BYTES_AT_ONCE:
            data = data[-MOST_BYTES_AT_ONCE:]
        text = safe_text(self._decoder.decode(data).replace("\r\n", "\n").replace("\r", "\n"))
        if not text:
            return
        bar = self._text.verticalScrollBar()
        offset = bar.value()
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)
        bar.setValue(bar.maximum() if self.follow.isChecked() else offset)

    def _to_end(self) -> None:
        if self.follow.isChecked():
            bar = self._text.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _find_first(self) -> None:
        self._text.moveCursor(QTextCursor.MoveOperation.Start)
        self.find_next()

    def find_next(self) -> bool:
        """Go to the next match, from the start again after the last."""
        wanted = self._find.text()
        if not wanted:
            return False
        self.follow.setChecked(False)
        if self._text.find(wanted):
            return True
        self._text.moveCursor(QTextCursor.MoveOperation.Start)
        return self._text.find(wanted)

    def focus_find(self) -> None:
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
