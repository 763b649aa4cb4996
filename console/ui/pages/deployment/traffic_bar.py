"""How the traffic is shared among the releases: one bar, each part with its words below."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.serving.deployment import Deployment, Release
from console.ui.i18n import translate
from console.ui.kit.labels import tip
from console.ui.state_words import release_word
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

BAR = 14


@dataclass(frozen=True, slots=True)
class Part:
    """A release with its share in percent and what is said of it."""

    name: str
    share: int
    text: str


def parts_of(deployment: Deployment) -> list[Part]:
    """The releases that get traffic, the largest first."""
    return [Part(each.model, each.weight, _words(each)) for each in deployment.releases if each.weight > 0]


def _words(release: Release) -> str:
    count = len(release.replicas)
    replicas = (
        translate("Traffic", "1 replica")
        if count == 1
        else translate("Traffic", "{count} replicas").format(count=count)
    )
    share = translate("Traffic", "{share} % of traffic").format(share=release.weight)
    return "  ·  ".join([release.model, share, replicas, release_word(release.state)])


class TrafficBar(QWidget):
    """Painted; without traffic an empty bar that says so."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: tuple[Part, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Traffic"))

    @property
    def parts(self) -> tuple[Part, ...]:
        return self._parts

    def set_parts(self, parts: list[Part]) -> None:
        """Show these shares."""
        if tuple(parts) == self._parts:
            return
        self._parts = tuple(parts)
        said = "\n".join(part.text for part in parts)
        self.setAccessibleDescription(said)
        self.setToolTip(tip(said))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, BAR + 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, BAR + 26)

    def color(self, name: str) -> QColor:
        """The colour of a release: the first is the engine's, the next the accent, then the series."""
        names = [part.name for part in self._parts]
        place = names.index(name) if name in names else 0
        if place == 0:
            return self._theme.color("inference")
        return self._theme.color("accent") if place == 1 else self._theme.series(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(0, 0, self.width(), BAR), BAR / 2, BAR / 2)
        painter.setClipPath(outline)
        painter.fillRect(QRectF(0, 0, self.width(), BAR), self._theme.color("line"))
        total = sum(part.share for part in self._parts)
        left = 0.0
        for part in self._parts:
            width = self.width() * part.share / max(1, total)
            painter.fillRect(QRectF(left, 0, width, BAR), self.color(part.name))
            left += width
        painter.setClipping(False)
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        painter.setFont(fonts.font(fonts.SMALL))
        metrics = painter.fontMetrics()
        row = QRectF(0, BAR + 6, self.width(), 20)
        middle = Qt.AlignmentFlag.AlignVCenter
        if not self._parts:
            painter.setPen(self._theme.color("dim"))
            painter.drawText(row, int(middle | Qt.AlignmentFlag.AlignLeft), self.tr("No traffic"))
            return
        painter.setPen(self._theme.color("text"))
        room = self.width() / len(self._parts) - 12
        for place, part in enumerate(self._parts):
            text = metrics.elidedText(part.text, Qt.TextElideMode.ElideRight, int(room))
            last = place > 0 and place == len(self._parts) - 1
            side = Qt.AlignmentFlag.AlignRight if last else Qt.AlignmentFlag.AlignLeft
            left = 0.0 if last else place * (room + 12)
            width = self.width() if last else room
            painter.drawText(QRectF(left, row.top(), width, row.height()), int(middle | side), text)
