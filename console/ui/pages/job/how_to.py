"""How a job reports metrics, shown where one has none yet."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.jobs.how_to import THREE_LINES
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.labels import label
from console.ui.theme import fonts


class HowTo(Card):
    """Three lines to copy."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("No metrics"), parent=parent)
        text = self.tr(
            "TensorBoard event files and a metrics.csv in the job's folder are found by themselves. "
            "Or let the job write lines of JSON:"
        )
        self.body.addWidget(label(text, role="dim", size=fonts.SMALL, wrap=True))
        code = label(THREE_LINES, size=fonts.SMALL, wrap=True, fixed=True, selectable=True)
        self.body.addWidget(code)
        row = QHBoxLayout()
        copy = Button(desk.theme, self.tr("Copy"), icon="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(THREE_LINES + "\n"))
        row.addWidget(copy)
        row.addWidget(
            label(
                self.tr("tandem_metrics, on the job's path, does more: see the help."),
                role="dim",
                size=fonts.SMALL,
                wrap=True,
            ),
            1,
        )
        self.body.addLayout(row)
        self.hide()
