"""The map: a tile per accelerator, all painted by this one widget, with keyboard, tool tips and a menu.

Tiles are drawn onto a picture that is kept; a beat redraws those that changed, a paint copies the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from console.telemetry.snapshot import AcceleratorRow, Activity, ServerRow, Severity
from console.ui.kit.labels import tip
from console.ui.kit.tones import Tone, token_of
from console.ui.pages.fleet.heat_layout import Block, Box, Layout, arrange, neighbour
from console.ui.pages.fleet.metrics import MapMetric
from console.ui.pages.fleet.tile_painting import TilePictures, paint_chosen, paint_critical
from console.ui.pages.fleet.tiles import Fits, Key, Tiles
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Servers that stand together with the words over them; `short` where there is little room."""

    title: str
    tone: Tone
    servers: tuple[ServerRow, ...]
    short: str = ""


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
        self._tiles = Tiles()
        self._blocks: tuple[tuple[Block, ...], ...] = ()
        self._layout = Layout({}, {}, (), 12, 0)
        self._metric = MapMetric.UTILIZATION
        self._chosen: Key | None = None
        self._room = 0
        self._picture: QPixmap | None = None
        self._pictures: TilePictures | None = None
        self._critical: tuple[Key, ...] = ()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        theme.changed.connect(self._forget_picture)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every accelerator that has a tile."""
        return tuple(self._tiles.rows)

    @property
    def chosen(self) -> Key | None:
        return self._chosen

    def tile_box(self, key: Key) -> Box:
        """Where a tile lies, for tests."""
        return self._layout.tiles[key]

    def activity(self, key: Key) -> Activity | None:
        """What a tile shows its accelerator doing; None where it has no tile."""
        tile = self._tiles.tiles.get(key)
        return tile.activity if tile else None

    def titles(self) -> tuple[str, ...]:
        return tuple(group.title for group in self._groups)

    def set_room(self, height: int) -> None:
        """How high the map may be before it scrolls."""
        if height != self._room:
            self._room = height
            self._arrange()

    def show_groups(self, groups: Sequence[Group], metric: MapMetric, fits: Fits | None) -> None:
        """Another beat. Tiles that do not fit the filter are dimmed; None where there is no filter."""
        titles = tuple(group.title for group in groups)
        moved = titles != self.titles()
        self._groups = tuple(groups)
        changed = self._tiles.take((server for group in groups for server in group.servers), metric, fits)
        if metric is not self._metric:
            self._metric = metric
            self._forget_picture()
        if moved or any(key not in self._layout.tiles or key not in self._tiles.rows for key in changed):
            self._look_for_blocks()
        if changed:
            tiles = self._tiles.tiles
            self._critical = tuple(k for k, tile in tiles.items() if tile.severity is Severity.CRITICAL)
            self._redraw(changed)
            self.update()

    def _look_for_blocks(self) -> None:
        blocks = tuple(
            tuple(
                Block(server.server.name, tuple(row.key for row in server.accelerators))
                for server in group.servers
            )
            for group in self._groups
        )
        if blocks != self._blocks:
            self._blocks = blocks
            self._arrange()
        else:
            self._forget_picture()

    def choose(self, key: Key | None) -> None:
        """Select without telling."""
        if key != self._chosen:
            self._chosen = key
            row = self._tiles.rows.get(key) if key else None
            self.setAccessibleDescription(self._describe(row) if row else "")
            self.update()

    def _arrange(self) -> None:
        self._layout = arrange(self._blocks, max(120, self.width()), self._room)
        self.setMinimumHeight(self._layout.height)
        self.updateGeometry()
        self._forget_picture()

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
            row = self._tiles.rows.get(key) if key else None
            QToolTip.showText(event.globalPos(), tip(self._describe(row)) if row else "", self)
            return True
        return super().event(event)

    # Painting

    def _forget_picture(self) -> None:
        self._picture = self._pictures = None
        self.update()

    def _whole_picture(self) -> QPixmap:
        """All tiles and words, drawn anew where something moved."""
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            high = max(self.height(), self._layout.height)
            self._picture = QPixmap(round(self.width() * ratio), round(high * ratio))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            self._pictures = TilePictures(self._theme, self._layout.size, self._metric, ratio)
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_words(painter)
            self._paint_empty(painter)
            self._draw_tiles(painter, self._pictures, self._tiles.tiles)
            painter.end()
        return self._picture

    def _redraw(self, changed: Iterable[Key]) -> None:
        if self._picture is not None and self._pictures is not None:
            painter = QPainter(self._picture)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            self._draw_tiles(painter, self._pictures, changed)
            painter.end()

    def _draw_tiles(self, painter: QPainter, pictures: TilePictures, keys: Iterable[Key]) -> None:
        boxes, tiles = self._layout.tiles, self._tiles.tiles
        for key in keys:
            box, tile = boxes.get(key), tiles.get(key)
            if box is not None and tile is not None:
                painter.drawPixmap(box.x, box.y, pictures.of(tile))

    def paintEvent(self, event: QPaintEvent) -> None:
        picture = self._whole_picture()
        painter = QPainter(self)
        ratio, area = picture.devicePixelRatio(), event.rect()
        source = QRect(
            round(area.x() * ratio),
            round(area.y() * ratio),
            round(area.width() * ratio),
            round(area.height() * ratio),
        )
        painter.drawPixmap(area, picture, source)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # What is critical last: nothing may lie over it.
        if self._chosen is not None and (rect := self._rect_of(self._chosen, area)) is not None:
            tile = self._tiles.tiles[self._chosen]
            paint_chosen(painter, self._theme, rect, tile, focused=self.hasFocus())
        for key in self._critical:
            if (rect := self._rect_of(key, area)) is not None:
                paint_critical(painter, self._theme, rect, self._tiles.tiles[key])

    def _rect_of(self, key: Key, area: QRect) -> QRectF | None:
        """A tile's place where it can be seen in an area."""
        box = self._layout.tiles.get(key)
        if box is None or key not in self._tiles.tiles:
            return None
        rect = QRectF(box.x, box.y, box.width, box.height)
        return rect if rect.adjusted(-8, -8, 8, 8).intersects(QRectF(area)) else None

    def _paint_words(self, painter: QPainter) -> None:
        for group, box in zip(self._groups, self._layout.titles, strict=False):
            self._paint_title(painter, group, box)
        if not self._layout.named:
            return
        painter.setFont(fonts.font(fonts.LABEL))
        painter.setPen(self._theme.color("dim"))
        metrics = painter.fontMetrics()
        for name, box in self._layout.names.items():
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width)
            painter.drawText(QPointF(box.x, box.y + 12), shown)

    def _paint_title(self, painter: QPainter, group: Group, box: Box) -> None:
        middle = box.y + 9
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(token_of(group.tone)))
        painter.drawEllipse(QPointF(box.x + 5, middle), 4, 4)
        painter.setFont(fonts.semibold(fonts.LABEL))
        painter.setPen(self._theme.color("dim"))
        metrics, room = painter.fontMetrics(), box.width - 17
        fits = metrics.horizontalAdvance(group.title) <= room or not group.short
        shown = metrics.elidedText(
            group.title if fits else group.short, Qt.TextElideMode.ElideRight, max(20, room)
        )
        painter.drawText(QPointF(box.x + 17, middle + 4), shown)

    def _paint_empty(self, painter: QPainter) -> None:
        """A server of which no accelerator is known: an outline, no tile."""
        size = self._layout.size
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("line"), 1, Qt.PenStyle.DashLine))
        down = 17.5 if self._layout.named else 0.5
        for blocks in self._blocks:
            for block in blocks:
                if not block.keys and block.name in self._layout.names:
                    box = self._layout.names[block.name]
                    painter.drawRoundedRect(QRectF(box.x + 0.5, box.y + down, box.width - 1, size - 1), 3, 3)
