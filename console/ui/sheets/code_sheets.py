"""Looking at a file that a job ran, and copying all of its code to this machine."""

from __future__ import annotations

from pathlib import Path

import shiboken6
from PySide6.QtWidgets import QWidget

from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.core.text import safe_line, safe_text
from console.core.units import format_bytes
from console.jobs.job import Job
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.fields import FieldPlate, TextArea
from console.ui.kit.labels import label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.sheets.into_folder import IntoFolderSheet
from console.ui.theme import fonts

MOST_SHOWN = 512 * 1024
_NO_LIMIT = 16_777_215
"""Qt's own: the text takes the height that there is."""


class CodeFileSheet(Sheet):
    """One file as it was when the job was submitted; only to read."""

    def __init__(self, desk: Desk, job: Job, path: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            safe_line(path, max_chars=200),
            translate("CodeFileSheet", "As {job} had it.").format(job=safe_line(job.name or job.id)),
            parent,
        )
        self.note = label(self.tr("looking…"), role="dim", size=fonts.SMALL, wrap=True)
        self.text = TextArea(desk.theme, self.tr("Content of the file"), lines=8)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(TextArea.LineWrapMode.NoWrap)
        self.body.addWidget(self.note)
        self.text.setMinimumHeight(160)
        self.text.setMaximumHeight(_NO_LIMIT)
        self.body.addWidget(FieldPlate(desk.theme, self.text), 1)
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.footer.addWidget(close)
        reader = desk.context.jobs.code
        desk.worker.run(lambda: reader.file(job, path), self._show, failed=self._failed, owner=self)

    def _show(self, data: bytes) -> None:
        if b"\0" in data[:4096]:
            set_text(self.note, self.tr("{size} that are no text.").format(size=format_bytes(len(data))))
            return
        shown = data[:MOST_SHOWN]
        said = format_bytes(len(data))
        if len(data) > len(shown):
            said = self.tr("The first {part} of {size}; fetch the code to see all.").format(
                part=format_bytes(len(shown)), size=said
            )
        set_text(self.note, said)
        lines = shown.decode("utf-8", "replace").split("\n")
        self.text.setPlainText("\n".join(safe_text(line, max_chars=4000) for line in lines))

    def _failed(self, problem: Problem) -> None:
        if shiboken6.isValid(self):
            self.note.hide()
            self.problem.set_problem(problem)


class FetchCodeSheet(IntoFolderSheet):
    """All the code that the job ran."""

    def __init__(self, desk: Desk, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            job,
            translate("FetchCodeSheet", "Fetch code"),
            translate(
                "FetchCodeSheet", "Copies the code that {job} ran; each file is checked by its hash."
            ).format(job=safe_line(job.name or job.id)),
            "job.code",
            suffix="-code",
            hint=translate("FetchCodeSheet", "A new one, or one that is empty."),
            after=lambda place: _tell(desk, place),
            parent=parent,
        )


def _tell(desk: Desk, place: object) -> None:
    if isinstance(place, Path):
        text = translate("FetchCodeSheet", "The code is in {folder}.").format(folder=place)
        desk.shell.tell(Notice(text, Level.INFO, key="code"))
