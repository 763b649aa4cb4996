"""Charts of any age: this console's own history, and for servers that only a source knows, the source's."""

from __future__ import annotations

import math
from datetime import datetime

from console.core.clock import from_epoch, iso
from console.core.problems import Problem
from console.telemetry.history import History, HistoryPoint
from console.telemetry.metrics import BY_KEY
from console.telemetry.sources.service import Sources
from console.telemetry.spans import Stored


class SourcedHistory(History):
    """A History that asks a source where nothing is kept here. `sources` is set once it is there."""

    sources: Sources | None = None

    def stored(
        self, server: str, metric: str, accelerator: str | None, since: float, until: float, points: int
    ) -> Stored:
        """As `History.stored`; for a source's server it waits for the source.

        Raises:
            Problem: the store's; `source.*`.
        """
        if self.sources is not None and self.sources.knows(server):
            return self.sources.stored(server, metric, accelerator, since, until, points)
        return super().stored(server, metric, accelerator, since, until, points)

    def points(
        self,
        server: str,
        metric: str,
        accelerator: str | None,
        since: datetime,
        until: datetime,
        points: int = 500,
    ) -> list[HistoryPoint]:
        """As `History.points`; for a source's server it waits for the source.

        Raises:
            Problem: `input.invalid`; the store's; `source.*`.
        """
        if self.sources is None or not self.sources.knows(server):
            return super().points(server, metric, accelerator, since, until, points)
        if metric not in BY_KEY:
            reason = f"it is one of {', '.join(BY_KEY)}"
            raise Problem("input.invalid", what=f"metric '{metric}'", reason=reason)
        found = self.sources.stored(server, metric, accelerator, since.timestamp(), until.timestamp(), points)
        return [
            HistoryPoint(
                iso(from_epoch(start)), *(None if math.isnan(each) else float(each) for each in span)
            )
            for start, *span in zip(found.starts, found.low, found.mean, found.high, strict=True)
        ]
