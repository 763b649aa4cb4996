"""What every tile of the map shows, kept from beat to beat: only what changed is worked out again. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from console.telemetry.snapshot import AcceleratorRow, Activity, ServerRow, Severity
from console.ui.pages.fleet.metrics import MapMetric, scaled, short_words

Key = tuple[str, str]
Fits = Callable[[ServerRow, AcceleratorRow], bool]


@dataclass(frozen=True, slots=True)
class Tile:
    """What decides a tile's picture; equal tiles need no repaint. `percent` None: no value is shown."""

    percent: int | None
    activity: Activity
    severity: Severity
    dimmed: bool
    text: str


class Tiles:
    """All tiles by key; a server whose rows are the same objects as before is not looked at."""

    def __init__(self) -> None:
        self.rows: dict[Key, AcceleratorRow] = {}
        self.tiles: dict[Key, Tile] = {}
        self._seen: dict[str, tuple[AcceleratorRow, ...]] = {}
        self._told: tuple[MapMetric, Fits | None] | None = None

    def take(self, servers: Iterable[ServerRow], metric: MapMetric, fits: Fits | None) -> set[Key]:
        """Another beat; the keys whose picture changed, those that came and those that went.

        Args:
            fits: the filter, None where there is none; it may change with time, so it is asked every beat.
        """
        told = (metric, fits)
        anew = told != self._told or fits is not None
        self._told = told
        changed: set[Key] = set()
        seen: dict[str, tuple[AcceleratorRow, ...]] = {}
        for server in servers:
            name, rows = server.server.name, server.accelerators
            seen[name] = rows
            before = self._seen.get(name)
            if before is rows and not anew:
                continue
            self._take_server(server, metric, fits, changed)
            if before is not None and len(before) != len(rows):
                changed |= self._drop(before, rows)
        for name in self._seen.keys() - seen.keys():
            changed |= self._drop(self._seen[name], ())
        self._seen = seen
        return changed

    def _take_server(
        self, server: ServerRow, metric: MapMetric, fits: Fits | None, changed: set[Key]
    ) -> None:
        for row in server.accelerators:
            key = row.key
            percent = None if metric is MapMetric.HEALTH else scaled(row, metric)
            tile = Tile(
                None if percent is None else round(percent),
                row.activity,
                row.severity,
                fits is not None and not fits(server, row),
                short_words(row, metric),
            )
            self.rows[key] = row
            if self.tiles.get(key) != tile:
                self.tiles[key] = tile
                changed.add(key)

    def _drop(self, before: tuple[AcceleratorRow, ...], now: tuple[AcceleratorRow, ...]) -> set[Key]:
        gone = {row.key for row in before} - {row.key for row in now}
        for key in gone:
            self.rows.pop(key, None)
            self.tiles.pop(key, None)
        return gone
