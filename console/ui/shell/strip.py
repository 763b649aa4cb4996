"""The strip at the bottom: links, the oldest data and whose it is, who judges the alerts, the console's own
cost, account, clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from console.core.units import format_memory
from console.telemetry.snapshot import FleetSnapshot, Severity
from console.ui.kit.labels import label, set_role, set_text
from console.ui.kit.tones import Tone, paint_shape, tone_of
from console.ui.pages.alerts.words import counted, judged_text, unjudged
from console.ui.theme import fonts
from console.ui.theme.theme import Theme
from console.ui.times import age_text

if TYPE_CHECKING:
    from console.alerts.service import AlertService

HEIGHT = 28


class Dot(QWidget):
    """The worst state of the fleet, as its shape."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tone = Tone.QUIET
        self.setFixedSize(QSize(14, HEIGHT))

    def set_tone(self, tone: Tone) -> None:
        if tone is not self.tone:
            self.tone = tone
            self.setAccessibleName(tone.value)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_shape(QPainter(self), self._theme, self.tone, QPointF(7, self.height() / 2))


class Strip(QWidget):
    """One line of small words."""

    def __init__(self, theme: Theme, account: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("Status"))
        self.dot = Dot(theme)
        self._links = self._word()
        self._oldest = self._word()
        self._judged = self._word()
        self._fleet_tone = Tone.QUIET
        self._alert_tone = Tone.QUIET
        self._simulated = self._word()
        self._own = self._word()
        self._clock = self._word()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 0, 24, 0)
        layout.setSpacing(8)
        layout.addWidget(self.dot)
        layout.addWidget(self._links)
        for word in (self._oldest, self._judged, self._simulated, self._own):
            layout.addWidget(label("·", role="dim", size=fonts.SMALL))
            layout.addWidget(word)
        layout.addStretch(1)
        layout.addWidget(label(account, role="dim", size=fonts.SMALL))
        layout.addWidget(label("·", role="dim", size=fonts.SMALL))
        layout.addWidget(self._clock)

    @staticmethod
    def _word() -> QLabel:
        return label("", role="dim", size=fonts.SMALL)

    def show_snapshot(self, snapshot: FleetSnapshot) -> None:
        """The fleet's part."""
        counts = snapshot.counts
        links = self.tr("{up} of {all} links up").format(up=counts.links_up, all=counts.servers)
        set_text(self._links, links if counts.servers else self.tr("no servers yet"))
        worst = max((row.severity for row in snapshot.servers), default=Severity.OK)
        self._fleet_tone = tone_of(worst) if counts.servers else Tone.QUIET
        self._show_dot()
        set_text(self._oldest, self._oldest_words(snapshot))
        simulated = self.tr("{count} accelerators simulated").format(count=counts.simulated)
        set_text(self._simulated, simulated if counts.simulated else "")
        self._tidy()

    def show_alerts(self, alerts: AlertService, now: datetime) -> None:
        """Who judges them, or since when nobody does; and the worst that fires, for the dot."""
        judged = alerts.judged()
        set_text(self._judged, judged_text(judged, now))
        set_role(self._judged, "text" if unjudged(judged) else "dim")
        counts = counted(alerts.alerts())
        worst = Tone.WARNING if counts["warning"] else Tone.QUIET
        self._alert_tone = Tone.CRITICAL if counts["critical"] else worst
        self._show_dot()
        self._tidy()

    def _show_dot(self) -> None:
        """The worse of both."""
        rank = (Tone.QUIET, Tone.OK, Tone.UNKNOWN, Tone.WARNING, Tone.CRITICAL)
        self.dot.set_tone(max(self._fleet_tone, self._alert_tone, key=rank.index))

    def _oldest_words(self, snapshot: FleetSnapshot) -> str:
        if snapshot.oldest is None:
            return ""
        name, age_s = snapshot.oldest
        return self.tr("oldest data {age}: {server}").format(age=age_text(age_s), server=name)

    def show_own(self, cpu_percent: float | None, memory_bytes: int | None) -> None:
        """The console's own cost."""
        cpu = "–" if cpu_percent is None else f"{cpu_percent:.0f} %"
        words = self.tr("console {cpu} CPU, {memory}").format(cpu=cpu, memory=format_memory(memory_bytes))
        set_text(self._own, words)
        self._tidy()

    def show_clock(self, text: str) -> None:
        set_text(self._clock, text)

    @property
    def links_text(self) -> str:
        return self._links.text()

    @property
    def oldest_text(self) -> str:
        return self._oldest.text()

    @property
    def judged_words(self) -> str:
        return self._judged.text()

    def _tidy(self) -> None:
        """A dot stands before words only."""
        layout = self.layout()
        if layout is None:
            return
        for word in (self._oldest, self._judged, self._simulated, self._own):
            item = layout.itemAt(layout.indexOf(word) - 1)
            before = item.widget() if item is not None else None
            if before is not None:
                before.setVisible(bool(word.text()))
            word.setVisible(bool(word.text()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("rail"))
