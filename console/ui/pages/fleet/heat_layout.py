"""Where the tiles of the map lie: groups, servers in rows, as large as the room allows. No Qt.

Where not even small tiles fit with names above them, the names go and the tiles shrink, so that the whole
fleet is still seen at once; many groups stand side by side then.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZES = (56, 48, 40, 34, 28, 22, 18, 16, 14, 12)
DENSE_SIZES = (11, 10, 9, 8, 7, 6)
TILE_GAP = 3
EDGE = 3
"""Room at the left for the ring around a chosen tile."""
NAME_HEIGHT = 17
_MOST_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    @property
    def center(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Block:
    """A server's part: how many tiles under which name."""

    name: str
    keys: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in pixels of one way to lay everything out."""

    size: int
    gap: int
    block_gap: int
    name: int
    title: int
    row_gap: int
    group_gap: int

    def block_width(self, count: int) -> int:
        return columns_of(count) * (self.size + self.gap) - self.gap

    def block_height(self, count: int) -> int:
        rows = max(1, -(-count // columns_of(count)))
        return self.name + rows * (self.size + self.gap) - self.gap


_WIDE = tuple(Style(size, TILE_GAP, 10, NAME_HEIGHT, 26, 8, 6) for size in SIZES)
_DENSE = tuple(Style(size, 2 if size > 8 else 1, 5, 0, 20, 4, 6) for size in DENSE_SIZES)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies.

    Attributes:
        tiles: box of every accelerator's key.
        names: box of every server's name and, where names are left out, of its tiles.
        titles: box of every group's title, in the order of the groups.
        size: of a tile.
        named: whether there is room for names.
    """

    tiles: dict[Hashable, Box]
    names: dict[str, Box]
    titles: tuple[Box, ...]
    size: int
    height: int
    named: bool = True

    def corners(self) -> NDArray[np.int64]:
        """Left and top of every tile, in the order of `tiles`."""
        found = np.array([(box.x, box.y) for box in self.tiles.values()], dtype=np.int64)
        return found.reshape(-1, 2)


def columns_of(count: int) -> int:
    """Tiles side by side in a block of so many: four, as most servers have four or eight."""
    return 8 if count > 16 else 4


def arrange(groups: Sequence[Sequence[Block]], width: int, height: int) -> Layout:
    """The largest tiles with which all fits; the smallest, and then it scrolls, where nothing does."""
    counts = [[len(block.keys) for block in blocks] for blocks in groups]
    chosen, across = _DENSE[-1], 1
    for style, columns in _ways(len(counts)):
        chosen, across = style, columns
        if _Flow(style, width, columns).run(counts)[-1] <= height:
            break
    return _lay(groups, counts, width, chosen, across)


def _ways(groups: int) -> Iterator[tuple[Style, int]]:
    """Ways to lay everything out, the best to look at first: with names, then small, in columns of groups."""
    for style in _WIDE:
        yield style, 1
    for style in _DENSE:
        for columns in range(1, min(_MOST_COLUMNS, groups) + 1):
            yield style, columns


class _Flow:
    """Walks through groups and blocks and says where each begins; the one place that knows how they flow."""

    def __init__(self, style: Style, width: int, columns: int = 1) -> None:
        self._style = style
        self._width = width
        self._columns = columns
        self.titles: list[tuple[int, int, int]] = []
        self.blocks: list[list[tuple[int, int]]] = []

    def run(self, groups: Sequence[Sequence[int]]) -> tuple[int, ...]:
        """Places titles (x, y, width) and blocks (x, y); the last of what it returns is the height."""
        style, columns = self._style, self._columns
        between = 3 * style.block_gap
        room = (self._width - (columns - 1) * between) // columns
        top = deepest = 0
        for number, counts in enumerate(groups):
            column = number % columns
            if not column and number:
                top, deepest = top + deepest + style.group_gap, 0
            left = EDGE + column * (room + between)
            self.titles.append((left, top, room - EDGE))
            height = style.title + self._place(counts, left, top + style.title, left - EDGE + room)
            deepest = max(deepest, height)
        return (top + deepest,)

    def _place(self, counts: Sequence[int], begin: int, top: int, right: int) -> int:
        """The blocks of one group; returns how high they are."""
        style, left, first, deepest = self._style, begin, top, 0
        placed: list[tuple[int, int]] = []
        for count in counts:
            wide = style.block_width(count)
            if left > begin and left + wide > right - EDGE:
                left, top, deepest = begin, top + deepest + style.row_gap, 0
            placed.append((left, top))
            deepest = max(deepest, style.block_height(count))
            left += wide + style.block_gap
        self.blocks.append(placed)
        return top + deepest - first


def _lay(
    groups: Sequence[Sequence[Block]],
    counts: Sequence[Sequence[int]],
    width: int,
    style: Style,
    columns: int,
) -> Layout:
    flow = _Flow(style, width, columns)
    height = flow.run(counts)[-1]
    tiles: dict[Hashable, Box] = {}
    names: dict[str, Box] = {}
    step = style.size + style.gap
    for blocks, places in zip(groups, flow.blocks, strict=True):
        for block, (left, top) in zip(blocks, places, strict=True):
            count = len(block.keys)
            across = columns_of(count)
            names[block.name] = Box(
                left, top, style.block_width(count), style.name or style.block_height(count)
            )
            for index, key in enumerate(block.keys):
                x = left + index % across * step
                tiles[key] = Box(x, top + style.name + index // across * step, style.size, style.size)
    titles = tuple(Box(x, y, wide, style.title) for x, y, wide in flow.titles)
    return Layout(tiles, names, titles, style.size, max(0, height), named=bool(style.name))


def neighbour(layout: Layout, key: Hashable | None, dx: int, dy: int) -> Hashable | None:
    """The nearest tile in a direction, for the arrow keys; the first one where none is chosen."""
    keys = list(layout.tiles)
    if key not in layout.tiles:
        return keys[0] if keys else None
    box = layout.tiles[key]
    corners = layout.corners()
    along = (corners[:, 0] - box.x) * dx + (corners[:, 1] - box.y) * dy
    aside = np.abs(corners[:, 1] - box.y) if dx else np.abs(corners[:, 0] - box.x)
    good = along > 0
    if dx:
        good &= aside <= box.height / 2
    if not good.any():
        return key
    cost = np.where(good, along + 3 * aside, np.iinfo(np.int64).max)
    return keys[int(np.argmin(cost))]
