"""Says, above pages about alerts, since when nobody judges and what cannot be read; else hidden."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.alerts.alert import Judged
from console.core.text import safe_line
from console.ui.desk import Desk
from console.ui.kit.labels import label, set_text
from console.ui.kit.tones import Tone, paint_shape
from console.ui.pages.alerts import words
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of


class JudgedBanner(QWidget):
    """`refresh` is called on the page's beat."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        row = QHBoxLayout(self)
        row.setContentsMargins(34, 10, 16, 10)
        text = QVBoxLayout()
        text.setSpacing(2)
        self.sentence = label("", wrap=True, weight=fonts.medium().weight())
        self.remedy = label("", role="dim", size=fonts.SMALL, wrap=True, selectable=True)
        text.addWidget(self.sentence)
        text.addWidget(self.remedy)
        row.addLayout(text, 1)
        self.hide()

    def refresh(self) -> None:
        """Who judges now, and what is passed over."""
        context = self._desk.context
        judged, faults = context.alerts.judged(), context.alerts.faults()
        told = []
        if words.unjudged(judged):
            told.append(self._unjudged(judged))
        if faults:
            lacks = self.tr("Files of the alert board that cannot be read: {count}").format(count=len(faults))
            told.append((lacks, safe_line("; ".join(faults), max_chars=600)))
        self.setVisible(bool(told))
        set_text(self.sentence, "\n".join(sentence for sentence, _ in told))
        set_text(self.remedy, "\n".join(remedy for _, remedy in told))

    def _unjudged(self, judged: Judged) -> tuple[str, str]:
        """Since when, and what to do."""
        context = self._desk.context
        now, zone = context.clock.now(), zone_of(context.options)
        remedy = self.tr(
            "A window that is open judges them. So that they are judged while no window is open, run "
            "`tandem alertd --install` on a machine that stays on."
        )
        if judged.last is None:
            return self.tr("Nobody has judged the rules yet: no alert can fire."), remedy
        text = self.tr("Nobody judges the rules since {when}: what is shown is as it was then.")
        return text.format(when=moment_text(judged.last, zone, now=now)), remedy

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._desk.theme
        painter.setPen(QPen(theme.color("warning", 0.5), 1))
        painter.setBrush(theme.color("warning", 0.08))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        paint_shape(painter, theme, Tone.WARNING, QPointF(18, 20), 9)
