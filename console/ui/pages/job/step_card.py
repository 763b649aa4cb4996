"""What a step's time goes into, as the training loop reports it; hidden where it does not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from console.core.text import safe_line
from console.core.units import format_percent
from console.jobs.measured import OTHER, JobMetrics, StepPart, step_parts
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.cards import Card
from console.ui.kit.labels import label, set_text, tip
from console.ui.kit.steps import Bar
from console.ui.kit.tones import Tone
from console.ui.theme import fonts

MOST = 8


def part_word(name: str) -> str:
    """The parts that the helper names, in words; others as they are called."""
    words = {
        "data": translate("StepCard", "waiting for data"),
        "forward": translate("StepCard", "forward"),
        "backward": translate("StepCard", "backward"),
        "optimizer": translate("StepCard", "optimizer"),
        "comm": translate("StepCard", "communication"),
        "checkpoint": translate("StepCard", "checkpoints"),
        OTHER: translate("StepCard", "all else"),
    }
    return words.get(name) or safe_line(name.replace("_", " "), max_chars=40)


def seconds_text(seconds: float) -> str:
    """A span of a step: 12.3 ms."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


class StepCard(Card):
    """A bar for every part, the largest first."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Time per step, as the loop reports it"), parent=parent)
        self._theme = desk.theme
        self._rows: list[tuple[QLabel, QLabel, Bar]] = []
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.body.addWidget(content)
        self.hide()

    def show_metrics(self, metrics: JobMetrics) -> None:
        """The parts of the newest steps."""
        parts = step_parts(metrics.curves)[:MOST]
        self.setVisible(bool(parts))
        while len(self._rows) < len(parts):
            self._add_row()
        for index, row in enumerate(self._rows):
            shown = index < len(parts)
            for widget in row:
                widget.setVisible(shown)
            if shown:
                self._fill(row, parts[index])

    def _add_row(self) -> None:
        name = label("", role="dim", size=fonts.SMALL)
        share = label("", size=fonts.SMALL)
        share.setAlignment(Qt.AlignmentFlag.AlignRight)
        bar = Bar(self._theme, "", height=5)
        at = 2 * len(self._rows)
        self._grid.addWidget(name, at, 0)
        self._grid.addWidget(share, at, 1)
        self._grid.addWidget(bar, at + 1, 0, 1, 2)
        self._rows.append((name, share, bar))

    def _fill(self, row: tuple[QLabel, QLabel, Bar], part: StepPart) -> None:
        name, share, bar = row
        set_text(name, part_word(part.name))
        set_text(share, f"{seconds_text(part.seconds)}  ·  {format_percent(part.share * 100)}")
        tone = {"data": Tone.WARNING, OTHER: Tone.UNKNOWN}.get(part.name, Tone.ACTIVE)
        bar.setAccessibleName(part_word(part.name))
        bar.set_share(part.share, tone)
        bar.setToolTip(tip(self.tr("mean of the last reports")))

    @property
    def values(self) -> dict[str, str]:
        """What is shown, for tests."""
        return {name.text(): share.text() for name, share, _ in self._rows if not name.isHidden()}
