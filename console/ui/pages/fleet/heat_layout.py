"""Where the tiles of the map lie: groups by role, servers in rows, as large as the room allows. No Qt."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

SIZES = (56, 48, 40, 34, 28, 22, 18, 16, 14, 12)
TILE_GAP = 3
EDGE = 3
"""Room at the left for the ring around a chosen tile."""
BLOCK_GAP = 10
NAME_HEIGHT = 17
TITLE_HEIGHT = 26
ROW_GAP = 8
_GROUP_GAP = 6


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
class Layout:
    """Where everything lies.

    Attributes:
        tiles: box of every accelerator's key.
        names: box of every server's name.
        titles: box of every group's title, in the order of the groups.
        size: of a tile.
    """

    tiles: dict[Hashable, Box]
    names: dict[str, Box]
    titles: tuple[Box, ...]
    size: int
    height: int


def columns_of(count: int) -> int:
    """Tiles side by side in a block of so many: four, as most servers have four or eight."""
    return 8 if count > 16 else 4


def arrange(groups: Sequence[Sequence[Block]], width: int, height: int) -> Layout:
    """The largest tiles with which all fits; the smallest, and then it scrolls, where nothing does."""
    made = _arrange(groups, width, SIZES[-1])
    for size in SIZES:
        made = _arrange(groups, width, size)
        if made.height <= height:
            return made
    return made


def _arrange(groups: Sequence[Sequence[Block]], width: int, size: int) -> Layout:
    tiles: dict[Hashable, Box] = {}
    names: dict[str, Box] = {}
    titles: list[Box] = []
    top = 0
    for blocks in groups:
        titles.append(Box(EDGE, top, width, TITLE_HEIGHT))
        top += TITLE_HEIGHT
        left, deepest = EDGE, 0
        for block in blocks:
            across = columns_of(len(block.keys))
            block_width = across * (size + TILE_GAP) - TILE_GAP
            if left > EDGE and left + block_width > width - EDGE:
                left, top, deepest = EDGE, top + NAME_HEIGHT + deepest + ROW_GAP, 0
            names[block.name] = Box(left, top, block_width, NAME_HEIGHT)
            for index, key in enumerate(block.keys):
                x = left + index % across * (size + TILE_GAP)
                y = top + NAME_HEIGHT + index // across * (size + TILE_GAP)
                tiles[key] = Box(x, y, size, size)
            rows = max(1, -(-len(block.keys) // across))
            deepest = max(deepest, rows * (size + TILE_GAP) - TILE_GAP)
            left += block_width + BLOCK_GAP
        top += (NAME_HEIGHT + deepest if blocks else 0) + ROW_GAP + _GROUP_GAP
    return Layout(tiles, names, tuple(titles), size, max(0, top - ROW_GAP - _GROUP_GAP))


def neighbour(layout: Layout, key: Hashable | None, dx: int, dy: int) -> Hashable | None:
    """The nearest tile in a direction, for the arrow keys; the first one where none is chosen."""
    if key not in layout.tiles:
        return next(iter(layout.tiles), None)
    x, y = layout.tiles[key].center
    best: tuple[float, Hashable] | None = None
    for other, box in layout.tiles.items():
        ox, oy = box.center
        along = (ox - x) * dx + (oy - y) * dy
        aside = abs(oy - y) if dx else abs(ox - x)
        if along <= 0.5 or (dx and aside > box.height / 2):
            continue
        cost = along + 3 * aside
        if best is None or cost < best[0]:
            best = (cost, other)
    return best[1] if best else key
