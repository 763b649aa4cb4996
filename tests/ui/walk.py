"""Walking a window for tests: what can be focused, what it is called, what text is on the screen."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from console.ui.shell.window import Window


def focusable(root: QWidget) -> Iterator[QWidget]:
    """Everything that the keyboard can reach, hidden parts of pages included."""
    for widget in root.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not _in_plot_menu(widget):
            yield widget


def _in_plot_menu(widget: QWidget) -> bool:
    """pyqtgraph makes a menu for every plot; we never show it."""
    at: QWidget | None = widget
    while at is not None and not isinstance(at, QMenu):
        at = at.parentWidget()
    return at is not None and type(at.parentWidget()).__name__ in ("PlotWidget", "QMenu")


def spoken_name(widget: QWidget) -> str:
    """What a screen reader says."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def nameless(root: QWidget) -> list[str]:
    """Focusable widgets without a name, with the way to them."""
    return [way(widget) for widget in focusable(root) if not spoken_name(widget).strip()]


def way(widget: QWidget) -> str:
    """The classes from the window down."""
    parts = []
    at: QWidget | None = widget
    while at is not None:
        parts.append(type(at).__name__)
        at = at.parentWidget()
    return " > ".join(reversed(parts[:5]))


def labels(root: QWidget) -> Iterator[QLabel]:
    yield from (each for each in root.findChildren(QLabel) if not _in_plot_menu(each))


def sheet_titles(window: Window) -> str:
    """Name of the sheet in front, empty where there is none."""
    sheet = window.sheets.sheet
    return sheet.accessibleName() if sheet is not None else ""
