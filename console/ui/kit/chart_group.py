"""What the charts of a page share: the cursor, the zoom and the way along the axis. No plot lives here."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

Span = tuple[float, float]


class ChartGroup(QObject):
    """One cursor and one zoom for all charts of a page.

    Args:
        limits: the shortest and the longest span that zooming leads to; None for no bounds.

    Signals:
        cursor_moved, span_changed: read `cursor` and `zoom`.
        live_wanted: the person asked for the newest data.
    """

    cursor_moved = Signal()
    span_changed = Signal()
    live_wanted = Signal()

    def __init__(self, parent: QObject | None = None, *, limits: Span | None = None) -> None:
        super().__init__(parent)
        self._limits = limits
        self.cursor: float | None = None
        self.zoom: Span | None = None
        self.span: Span = (0.0, 1.0)
        self.newest: float | None = None
        """No view goes beyond it; None takes the end of the page's span."""

    @property
    def shown(self) -> Span:
        return self.zoom or self.span

    @property
    def roams(self) -> bool:
        """Whether the view may go beyond the page's span."""
        return self._limits is not None

    def point(self, x: float | None) -> None:
        """Move the cursor, or take it away."""
        if x != self.cursor:
            self.cursor = x
            self.cursor_moved.emit()

    def step_cursor(self, step: int) -> None:
        """By the keyboard, a hundredth of the view at a time; at an edge the view goes along."""
        low, high = self.shown
        width = high - low
        at = (high if self.cursor is None else self.cursor) + step * width / 100
        if self._limits is not None and at < low:
            self.pan_by(-0.25)
        elif self._limits is not None and at > high and self.zoom is not None:
            self.pan_by(0.25)
        low, high = self.shown
        self.point(min(high, max(low, at)))

    def zoom_to(self, low: float, high: float) -> None:
        """Show only this span until reset."""
        if self._limits is not None:
            shortest, longest = self._limits
            width = min(max(high - low, shortest), longest)
            middle, end = (low + high) / 2, self._end
            low, high = middle - width / 2, middle + width / 2
            if high > end:
                low, high = end - width, end
        if high - low > 1e-9 and (low, high) != self.zoom:
            self.zoom = (low, high)
            self.span_changed.emit()

    def zoom_by(self, factor: float, at: float | None = None) -> None:
        """Wider (above 1) or narrower around a point: the given one, the cursor, else the newest end of a
        live view or the middle."""
        low, high = self.shown
        if at is None:
            at = self.cursor
        if at is None:
            at = high if self.zoom is None or high >= self._end else (low + high) / 2
        self.zoom_to(at - (at - low) * factor, at + (high - at) * factor)

    def pan_by(self, share: float) -> None:
        """Along the axis by a share of the view; negative is earlier."""
        low, high = self.shown
        step = (high - low) * share
        self.zoom_to(low + step, high + step)

    def reset(self) -> None:
        """Follow the page's span again."""
        if self.zoom is not None:
            self.zoom = None
            self.span_changed.emit()

    def to_live(self) -> None:
        """Back to the newest data in one act."""
        self.reset()
        self.live_wanted.emit()

    def follow(self, low: float, high: float) -> None:
        """The page's span, on every beat."""
        if (low, high) != self.span:
            self.span = (low, high)
            if self.zoom is None:
                self.span_changed.emit()

    @property
    def _end(self) -> float:
        return self.span[1] if self.newest is None else max(self.newest, self.span[1])
