"""The files that a job left, each with its size; one of them can become a model's version."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from console.core.text import safe_line
from console.core.units import format_bytes
from console.jobs.job import Job, Output
from console.ui.desk import Desk
from console.ui.kit.cards import Card
from console.ui.kit.columns import Column
from console.ui.kit.labels import label, set_text
from console.ui.kit.table import DataTable
from console.ui.pages.acting import entry
from console.ui.pages.jobs import acts
from console.ui.theme import fonts

_ROW = 30


class OutputsCard(Card):
    """Hidden while nothing is known."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Outputs"), flush=True, parent=parent)
        self._desk = desk
        self._job: Job | None = None
        self._note = label("", role="dim", size=fonts.SMALL)
        self.header.addWidget(self._note)
        self.header.addStretch(1)
        self.table: DataTable[Output] = DataTable(
            desk.theme,
            self.tr("Outputs"),
            [
                Column(
                    "path",
                    self.tr("File"),
                    lambda each: safe_line(each.path),
                    width=160,
                    stretch=True,
                    strong=True,
                    tip=lambda each: safe_line(each.absolute),
                ),
                Column(
                    "size",
                    self.tr("Size"),
                    lambda each: format_bytes(each.size_bytes),
                    sort=lambda each: each.size_bytes,
                    align="right",
                    width=84,
                ),
            ],
            lambda each: each.path,
            row_height=_ROW,
            placeholder=self.tr("The job left no files."),
        )
        self.table.menu_by(self._menu)
        self.body.addWidget(self.table)
        self.hide()

    def show_outputs(self, job: Job, outputs: list[Output] | None) -> None:
        """What it left, None while that is not known."""
        self._job = job
        self.setVisible(outputs is not None)
        if outputs is None:
            return
        self.table.set_rows(outputs)
        set_text(self._note, format_bytes(sum(each.size_bytes for each in outputs)) if outputs else "")
        self.table.setFixedHeight(min(7, max(2, len(outputs) + 1)) * _ROW + 8)

    def _menu(self, output: Output) -> QMenu | None:
        job = self._job
        if job is None:
            return None
        menu = QMenu(self.table)
        entry(
            menu,
            self._desk,
            self.tr("Register as model…"),
            lambda: acts.register(self._desk, job, output.path),
            command="model.add",
        )
        entry(menu, self._desk, self.tr("Fetch outputs…"), lambda: acts.fetch(self._desk, job))
        entry(
            menu,
            self._desk,
            self.tr("Copy path"),
            lambda: QGuiApplication.clipboard().setText(output.absolute),
        )
        return menu
