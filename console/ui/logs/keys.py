"""The keys of a log, as data: the view answers them, help and menu name them."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


class Act(StrEnum):
    """What a key does."""

    UP = "up"
    DOWN = "down"
    PAGE_UP = "page_up"
    PAGE_DOWN = "page_down"
    START = "start"
    END = "end"
    LEFT = "left"
    RIGHT = "right"
    SELECT_ALL = "select_all"
    COPY = "copy"
    NEXT = "next"
    PREVIOUS = "previous"
    NEXT_ERROR = "next_error"
    PREVIOUS_ERROR = "previous_error"
    GO_TO = "go_to"
    FIND = "find"
    SAVE = "save"
    LEAVE = "leave"


_PLAIN = {
    Qt.Key.Key_Up: Act.UP,
    Qt.Key.Key_Down: Act.DOWN,
    Qt.Key.Key_PageUp: Act.PAGE_UP,
    Qt.Key.Key_PageDown: Act.PAGE_DOWN,
    Qt.Key.Key_Home: Act.START,
    Qt.Key.Key_End: Act.END,
    Qt.Key.Key_Left: Act.LEFT,
    Qt.Key.Key_Right: Act.RIGHT,
    Qt.Key.Key_Escape: Act.LEAVE,
    Qt.Key.Key_Slash: Act.FIND,
}
_CONTROL = {
    Qt.Key.Key_A: Act.SELECT_ALL,
    Qt.Key.Key_C: Act.COPY,
    Qt.Key.Key_G: Act.GO_TO,
    Qt.Key.Key_F: Act.FIND,
    Qt.Key.Key_S: Act.SAVE,
    Qt.Key.Key_Home: Act.START,
    Qt.Key.Key_End: Act.END,
}
_PAIRS = {
    Qt.Key.Key_F3: (Act.NEXT, Act.PREVIOUS),
    Qt.Key.Key_F8: (Act.NEXT_ERROR, Act.PREVIOUS_ERROR),
}


class KEYS:
    """Which act a key press is."""

    @staticmethod
    def of(event: QKeyEvent) -> Act | None:
        """The act, or None for a key that is not the log's."""
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        without = modifiers & ~Qt.KeyboardModifier.ShiftModifier
        if key in _PAIRS and without == Qt.KeyboardModifier.NoModifier:
            return _PAIRS[key][1 if shift else 0]
        if without == Qt.KeyboardModifier.ControlModifier:
            return _CONTROL.get(key)
        return _PLAIN.get(key) if without == Qt.KeyboardModifier.NoModifier else None
