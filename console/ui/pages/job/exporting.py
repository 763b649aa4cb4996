"""A job's curves as a file: a picture with a heading, or every point as CSV."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.jobs.job import Job
from console.jobs.measured import metrics_csv
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.job.charts import JobCharts
from console.ui.pages.server.exporting import png_of, write_file
from console.ui.sheets.files import choose_new_file
from console.ui.theme import fonts

_SCALE = 2.0
_HEAD, _EDGE = 44, 16


def picture(desk: Desk, charts: JobCharts) -> QImage:
    """All charts, also those that are scrolled away, under the names of the runs."""
    size = charts.plots.size()
    image = QImage(
        int((size.width() + 2 * _EDGE) * _SCALE),
        int((size.height() + _HEAD + _EDGE) * _SCALE),
        QImage.Format.Format_RGB32,
    )
    image.setDevicePixelRatio(_SCALE)
    image.fill(desk.theme.color("ground"))
    painter = QPainter(image)
    painter.setFont(fonts.semibold(fonts.HEADING))
    painter.setPen(desk.theme.color("text"))
    painter.drawText(QPointF(_EDGE, 27), ", ".join(run.name for run in charts.runs))
    charts.plots.render(painter, QPoint(_EDGE, _HEAD), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()
    return image


def _start(job: Job, suffix: str) -> Path:
    name = "".join(char if char.isalnum() or char in "._-" else "-" for char in safe_line(job.name))
    return Path.home() / f"{name.strip('.-') or 'job'}-{job.id[:8]}.{suffix}"


def export_picture(desk: Desk, charts: JobCharts, job: Job) -> None:
    """Ask for a file and write the picture of now into it."""
    image = picture(desk, charts)
    choose_new_file(
        charts,
        translate("Exporting", "Export picture"),
        _start(job, "png"),
        "png",
        lambda path: write_file(desk, path, lambda: png_of(image)),
    )


def export_values(desk: Desk, charts: JobCharts, job: Job) -> None:
    """Ask for a file and write every kept point of the runs into it."""
    runs = [(run.name, tuple(run.metrics.curves.values())) for run in charts.runs]
    choose_new_file(
        charts,
        translate("Exporting", "Export values"),
        _start(job, "csv"),
        "csv",
        lambda path: write_file(desk, path, lambda: metrics_csv(runs).encode("utf-8")),
    )
