"""What a page shows as a file: a picture of charts under a heading, or values as CSV. Written off-thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QPoint, QPointF
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from console.core.files import write_atomically
from console.core.notify import Level, Notice
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.sheets.files import choose_new_file
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

_SCALE = 2.0
_HEAD, _EDGE = 44, 16


def headed_picture(theme: Theme, charts: QWidget, title: str, beside: str = "") -> QImage:
    """All of a widget, also what is scrolled away, under a title with smaller words beside it."""
    size = charts.size()
    image = QImage(
        int((size.width() + 2 * _EDGE) * _SCALE),
        int((size.height() + _HEAD + _EDGE) * _SCALE),
        QImage.Format.Format_RGB32,
    )
    image.setDevicePixelRatio(_SCALE)
    image.fill(theme.color("ground"))
    painter = QPainter(image)
    painter.setFont(fonts.semibold(fonts.HEADING))
    painter.setPen(theme.color("text"))
    painter.drawText(QPointF(_EDGE, 27), title)
    left = _EDGE + painter.fontMetrics().horizontalAdvance(title) + 16
    painter.setFont(fonts.font(fonts.SMALL))
    painter.setPen(theme.color("dim"))
    painter.drawText(QPointF(left, 27), beside)
    charts.render(painter, QPoint(_EDGE, _HEAD), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()
    return image


def ask_for_picture(desk: Desk, over: QWidget, start: Path, image: QImage) -> None:
    """Ask for a file, `start` offered, and write the picture into it."""
    title = translate("Exporting", "Export picture")
    choose_new_file(over, title, start, "png", lambda path: write_file(desk, path, lambda: _png_of(image)))


def ask_for_values(desk: Desk, over: QWidget, start: Path, values: Callable[[], str]) -> None:
    """Ask for a file, `start` offered, and write the text into it, which is made off the window's thread."""
    title = translate("Exporting", "Export values")
    choose_new_file(
        over, title, start, "csv", lambda path: write_file(desk, path, lambda: values().encode("utf-8"))
    )


def write_file(desk: Desk, path: Path, content: Callable[[], bytes]) -> None:
    """Write a new file off the window's thread, and say so."""
    told = translate("Exporting", "{path} was written.").format(path=path)
    desk.worker.run(
        lambda: write_atomically(path, content(), mode=0o644),
        lambda _none: desk.shell.tell(Notice(told, Level.INFO, key=str(path))),
    )


def _png_of(image: QImage) -> bytes:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(kept.data())
