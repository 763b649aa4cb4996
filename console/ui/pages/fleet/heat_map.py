"""The map: a tile per accelerator, all painted by this one widget, with keyboard, tool tips and a menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from console.telemetry.snapshot import AcceleratorRow, Activity, ServerRow, Severity
from console.ui.kit.labels import tip
from console.ui.kit.tones import Tone, token_of, tone_of
from console.ui.pages.fleet.heat_layout import Block, Box, Layout, arrange, neighbour
from console.ui.pages.fleet.metrics import MapMetric, scaled, short_words
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

Key = tuple[str, str]
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Servers of one engine with the words over them."""

    title: str
    tone: Tone
    servers: tuple[ServerRow, ...]


@dataclass(frozen=True, slots=True)
class _Tile:
    """What decides a tile's picture; equal tiles need no repaint."""

    percent: float | None
    activity: Activity
    severity: Severity
    dimmed: bool
    text: str


class HeatMap(QWidget):
    """The map.

    Signals:
        picked: (server, uuid) that the person chose.
        opened: the same, by double-click or Enter.
        menu_wanted: the same and where on the screen.
    """

    picked = Signal(object)
    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(
        self,
        theme: Theme,
        name: str,
        describe: Callable[[AcceleratorRow], str],
        parent: QWidget | None = None,
    ) -> None:
        """`describe` gives the lines of a tile's tool tip, also told to screen readers."""
        super().__init__(parent)
        self._theme = theme
        self._describe = describe
        self._groups: tuple[Group, ...] = ()
        self._rows: dict[Key, AcceleratorRow] = {}
        self._tiles: dict[Key, _Tile] = {}
        self._blocks: tuple[tuple[Block, ...], ...] = ()
        self._layout = Layout({}, {}, (), 12, 0)
        self._metric = MapMetric.UTILIZATION
        self._chosen: Key | None = None
        self._room = 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every accelerator that has a tile."""
        return tuple(self._rows)

    @property
    def chosen(self) -> Key | None:
        return self._chosen

    def tile_box(self, key: Key) -> Box:
        """Where a tile lies, for tests."""
        return self._layout.tiles[key]

    def titles(self) -> tuple[str, ...]:
        return tuple(group.title for group in self._groups)

    def set_room(self, height: int) -> None:
        """How high the map may be before it scrolls."""
        if height != self._room:
            self._room = height
            self._arrange()

    def show_groups(
        self, groups: Sequence[Group], metric: MapMetric, fits: Callable[[ServerRow, AcceleratorRow], bool]
    ) -> None:
        """Another beat. Tiles that do not fit the filter are dimmed."""
        self._groups, self._metric = tuple(groups), metric
        rows = {row.key: row for group in groups for server in group.servers for row in server.accelerators}
        tiles: dict[Key, _Tile] = {}
        for group in groups:
            for server in group.servers:
                for row in server.accelerators:
                    percent = None if metric is MapMetric.HEALTH else scaled(row, metric)
                    shown = None if percent is None else round(percent)
                    tiles[row.key] = _Tile(
                        shown, row.activity, row.severity, not fits(server, row), short_words(row, metric)
                    )
        self._rows = rows
        blocks = tuple(
            tuple(
                Block(server.server.name, tuple(row.key for row in server.accelerators))
                for server in group.servers
            )
            for group in groups
        )
        if blocks != self._blocks:
            self._blocks = blocks
            self._arrange()
        if tiles != self._tiles:
            self._tiles = tiles
            self.update()

    def choose(self, key: Key | None) -> None:
        """Select without telling."""
        if key != self._chosen:
            self._chosen = key
            row = self._rows.get(key) if key else None
            self.setAccessibleDescription(self._describe(row) if row else "")
            self.update()

    def _arrange(self) -> None:
        self._layout = arrange(self._blocks, max(120, self.width()), self._room)
        self.setMinimumHeight(self._layout.height)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, self._layout.height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    # Input

    def _key_at(self, point: QPointF) -> Key | None:
        for key, box in self._layout.tiles.items():
            if box.holds(point.x(), point.y()) and isinstance(key, tuple):
                return key
        return None

    def _pick(self, key: Key | None) -> None:
        if key is not None and key != self._chosen:
            self.choose(key)
            self.picked.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pick(self._key_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        key = self._key_at(event.position())
        if key is not None:
            self.opened.emit(key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        key = self._key_at(QPointF(event.pos()))
        at = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard and self._chosen in self._layout.tiles:
            key = self._chosen
            box = self._layout.tiles[key]
            at = self.mapToGlobal(QPoint(box.x + box.width, box.y + box.height))
        if key is not None:
            self._pick(key)
            self.menu_wanted.emit(key, at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            found = neighbour(self._layout, self._chosen, *step)
            self._pick(found if isinstance(found, tuple) else None)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen is not None:
            self.opened.emit(self._chosen)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            key = self._key_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tip(self._describe(self._rows[key])) if key else "", self)
            return True
        return super().event(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for group, box in zip(self._groups, self._layout.titles, strict=False):
            self._paint_title(painter, group, box)
        painter.setFont(fonts.font(fonts.LABEL))
        painter.setPen(self._theme.color("dim"))
        metrics = painter.fontMetrics()
        for name, box in self._layout.names.items():
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width)
            painter.drawText(QPointF(box.x, box.y + 12), shown)
        self._paint_empty(painter)
        area = QRectF(event.rect())
        painter.setFont(fonts.semibold(fonts.LABEL))
        for key, box in self._layout.tiles.items():
            rect = QRectF(box.x, box.y, box.width, box.height)
            if isinstance(key, tuple) and rect.adjusted(-3, -3, 3, 3).intersects(area):
                self._paint_tile(painter, rect, self._tiles[key], chosen=key == self._chosen)

    def _paint_title(self, painter: QPainter, group: Group, box: Box) -> None:
        middle = box.y + 9
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(token_of(group.tone)))
        painter.drawEllipse(QPointF(box.x + 5, middle), 4, 4)
        painter.setFont(fonts.semibold(fonts.LABEL))
        painter.setPen(self._theme.color("dim"))
        painter.drawText(QPointF(box.x + 17, middle + 4), group.title)

    def _paint_empty(self, painter: QPainter) -> None:
        """A server of which no accelerator is known: an outline, no tile."""
        size = self._layout.size
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("line"), 1, Qt.PenStyle.DashLine))
        for blocks in self._blocks:
            for block in blocks:
                if not block.keys and block.name in self._layout.names:
                    box = self._layout.names[block.name]
                    painter.drawRoundedRect(QRectF(box.x + 0.5, box.y + 17.5, box.width - 1, size - 1), 3, 3)

    def _paint_tile(self, painter: QPainter, rect: QRectF, tile: _Tile, *, chosen: bool) -> None:
        theme = self._theme
        radius = max(2.5, rect.width() / 7)
        painter.setOpacity(0.22 if tile.dimmed and not chosen else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        if tile.activity is Activity.LOST:
            self._paint_lost(painter, rect, radius)
        elif tile.activity is Activity.UNKNOWN or (
            tile.percent is None and self._metric is not MapMetric.HEALTH
        ):
            self._paint_unknown(painter, rect, radius)
        elif self._metric is MapMetric.HEALTH:
            tone = tone_of(tile.severity)
            painter.setBrush(theme.color(token_of(tone), 0.35 if tone is Tone.OK else 1.0))
            painter.drawRoundedRect(rect, radius, radius)
        else:
            painter.setBrush(theme.heat(tile.percent or 0.0))
            painter.drawRoundedRect(rect, radius, radius)
            self._paint_number(painter, rect, tile)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if tile.severity is Severity.CRITICAL:
            painter.setPen(QPen(theme.color("critical"), 2))
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), radius + 1, radius + 1)
        if chosen:
            painter.setPen(QPen(theme.color("card"), 4))
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), radius + 1, radius + 1)
            painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "text"), 2))
            painter.drawRoundedRect(rect.adjusted(-1.5, -1.5, 1.5, 1.5), radius + 1, radius + 1)
        painter.setOpacity(1.0)

    def _paint_number(self, painter: QPainter, rect: QRectF, tile: _Tile) -> None:
        if rect.width() < 28 or not tile.text:
            return
        # The two ends of the scale are dark and bright: take whichever ink reads on this step.
        fill = self._theme.heat(tile.percent or 0.0)
        painter.setPen(Qt.GlobalColor.black if fill.lightnessF() > 0.48 else Qt.GlobalColor.white)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, tile.text)

    def _paint_lost(self, painter: QPainter, rect: QRectF, radius: float) -> None:
        painter.setBrush(self._theme.color("card"))
        painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(QPen(self._theme.color("critical"), 1.6))
        inset = rect.width() * 0.32
        cross = rect.adjusted(inset, inset, -inset, -inset)
        painter.drawLine(cross.topLeft(), cross.bottomRight())
        painter.drawLine(cross.topRight(), cross.bottomLeft())

    def _paint_unknown(self, painter: QPainter, rect: QRectF, radius: float) -> None:
        painter.setBrush(self._theme.color("text", 0.05))
        painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(QPen(self._theme.color("unknown", 0.75), 1))
        inset = rect.width() * 0.22
        inner = rect.adjusted(inset, inset, -inset, -inset)
        painter.drawLine(inner.bottomLeft(), inner.topRight())
        if rect.width() > 20:
            half = inner.width() / 2
            painter.drawLine(inner.topLeft() + QPointF(0, half), inner.topLeft() + QPointF(half, 0))
            painter.drawLine(inner.bottomRight() - QPointF(half, 0), inner.bottomRight() - QPointF(0, half))
