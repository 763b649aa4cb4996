"""What is shown of a server as a file: which picture, which values, what name. How is in pages/exporting."""

from __future__ import annotations

from pathlib import Path

from console.core.clock import from_epoch
from console.telemetry.export import curves_csv
from console.ui.desk import Desk
from console.ui.pages.exporting import ask_for_picture, ask_for_values, headed_picture
from console.ui.pages.server.chart_bar import span_words
from console.ui.pages.server.charts import ServerCharts
from console.ui.times import zone_of


def file_name(server: str, high_s: float, suffix: str) -> str:
    """ "gpu-01 2026-11-24T12-15-00Z.csv": a name that sorts by time and is allowed everywhere."""
    return f"{server} {from_epoch(high_s):%Y-%m-%dT%H-%M-%SZ}.{suffix}"


def export_picture(desk: Desk, charts: ServerCharts, server: str) -> None:
    """Ask for a file and write the picture of now into it."""
    low, high = charts.group.shown
    span = span_words(low, high, zone_of(desk.context.options))
    image = headed_picture(desk.theme, charts, server, span)
    ask_for_picture(desk, charts, Path.home() / file_name(server, high, "png"), image)


def export_values(desk: Desk, charts: ServerCharts, server: str) -> None:
    """Ask for a file and write what is shown now into it."""
    named, (low, high) = charts.named_curves(), charts.group.shown
    start = Path.home() / file_name(server, high, "csv")
    ask_for_values(desk, charts, start, lambda: curves_csv(named, low, high))
