"""The form that copies what a job left to this machine."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from console.core.notify import Level, Notice
from console.core.text import safe_line
from console.jobs.job import Job
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.sheets.form_sheet import Arguments, FormSheet
from console.ui.sheets.path_field import PathField


class FetchOutputsSheet(FormSheet):
    """Asks for the folder; a new one in the downloads is offered."""

    def __init__(self, desk: Desk, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Fetch outputs"),
            self.tr("Copies every file that {job} left; each one is checked by its hash.").format(
                job=safe_line(job.name)
            ),
            "job.outputs",
            self.tr("Fetch"),
            after=lambda paths: _tell(desk, paths),
            parent=parent,
        )
        self._job = job
        self.folder = PathField(desk.theme, self.tr("Folder"), folder=True)
        home = Path.home()
        base = home / "Downloads" if (home / "Downloads").is_dir() else home
        self.folder.field.setText(str(base / f"{plain_name(job.name)}-{job.id[:8]}"))
        self.form.row(self.tr("Folder"), self.folder, self.tr("It is made where it is not there."))

    def arguments(self) -> Arguments | None:
        path = self.folder.path
        if path is None:
            self.form.fault(self.folder, self.tr("Enter a folder."))
            return None
        self.form.fault(self.folder, "")
        return {"id": self._job.id, "to": path}


def plain_name(name: str) -> str:
    """A job's name as a part of a file name."""
    kept = "".join(char if char.isalnum() or char in "._-" else "-" for char in safe_line(name, max_chars=60))
    return kept.strip(".-") or "job"


def _tell(desk: Desk, paths: object) -> None:
    if isinstance(paths, list) and paths:
        text = translate("FetchOutputsSheet", "{count} files are in {folder}.").format(
            count=len(paths), folder=paths[0].parent
        )
        desk.shell.tell(Notice(text, Level.INFO, key="outputs"))
