"""What is shown of a server as a file: a picture with a heading, or the values as CSV. Written off-thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QPoint, QPointF
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from console.core.clock import from_epoch
from console.core.files import write_atomically
from console.core.notify import Level, Notice
from console.telemetry.export import curves_csv
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.server.chart_bar import span_words
from console.ui.pages.server.charts import ServerCharts
from console.ui.sheets.files import choose_new_file
from console.ui.theme import fonts
from console.ui.times import zone_of

_SCALE = 2.0
_HEAD, _EDGE = 44, 16


def file_name(server: str, high_s: float, suffix: str) -> str:
    """ "gpu-01 2026-11-24T12-15-00Z.csv": a name that sorts by time and is allowed everywhere."""
    return f"{server} {from_epoch(high_s):%Y-%m-%dT%H-%M-%SZ}.{suffix}"


def picture(desk: Desk, charts: ServerCharts, server: str) -> QImage:
    """All charts, also those that are scrolled away, under the server's name and the span."""
    size = charts.size()
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
    painter.drawText(QPointF(_EDGE, 27), server)
    left = _EDGE + painter.fontMetrics().horizontalAdvance(server) + 16
    painter.setFont(fonts.font(fonts.SMALL))
    painter.setPen(desk.theme.color("dim"))
    low, high = charts.group.shown
    painter.drawText(QPointF(left, 27), span_words(low, high, zone_of(desk.context.options)))
    charts.render(painter, QPoint(_EDGE, _HEAD), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()
    return image


def export_picture(desk: Desk, charts: ServerCharts, server: str) -> None:
    """Ask for a file and write the picture of now into it."""
    image = picture(desk, charts, server)
    start = Path.home() / file_name(server, charts.group.shown[1], "png")
    choose_new_file(
        charts,
        translate("Exporting", "Export picture"),
        start,
        "png",
        lambda path: write_file(desk, path, lambda: png_of(image)),
    )


def export_values(desk: Desk, charts: ServerCharts, server: str) -> None:
    """Ask for a file and write what is shown now into it."""
    named, (low, high) = charts.named_curves(), charts.group.shown
    start = Path.home() / file_name(server, high, "csv")
    choose_new_file(
        charts,
        translate("Exporting", "Export values"),
        start,
        "csv",
        lambda path: write_file(desk, path, lambda: curves_csv(named, low, high).encode("utf-8")),
    )


def png_of(image: QImage) -> bytes:
    """A picture as the bytes of a PNG file."""
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(kept.data())


def write_file(desk: Desk, path: Path, content: Callable[[], bytes]) -> None:
    """Write a new file off the window's thread, and say so."""
    told = translate("Exporting", "{path} was written.").format(path=path)
    desk.worker.run(
        lambda: write_atomically(path, content(), mode=0o644),
        lambda _none: desk.shell.tell(Notice(told, Level.INFO, key=str(path))),
    )
