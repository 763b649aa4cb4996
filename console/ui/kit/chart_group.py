"""What the charts of a page share: the cursor and the zoom. No plot lives here."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class ChartGroup(QObject):
    """One cursor and one zoom for all charts of a page.

    Signals:
        cursor_moved, span_changed: read `cursor` and `zoom`.
    """

    cursor_moved = Signal()
    span_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cursor: float | None = None
        self.zoom: tuple[float, float] | None = None
        self.span: tuple[float, float] = (0.0, 1.0)

    def point(self, x: float | None) -> None:
        """Move the cursor, or take it away."""
        if x != self.cursor:
            self.cursor = x
            self.cursor_moved.emit()

    def zoom_to(self, low: float, high: float) -> None:
        """Show only this span until reset."""
        if high - low > 1e-9:
            self.zoom = (low, high)
            self.span_changed.emit()

    def reset(self) -> None:
        """Follow the page's span again."""
        if self.zoom is not None:
            self.zoom = None
            self.span_changed.emit()

    def follow(self, low: float, high: float) -> None:
        """The page's span, on every beat."""
        if (low, high) != self.span:
            self.span = (low, high)
            if self.zoom is None:
                self.span_changed.emit()

    @property
    def shown(self) -> tuple[float, float]:
        return self.zoom or self.span
