"""The form that copies what a job left to this machine."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.core.notify import Level, Notice
from console.core.text import safe_line
from console.jobs.job import Job
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.sheets.into_folder import IntoFolderSheet


class FetchOutputsSheet(IntoFolderSheet):
    """All that the job left."""

    def __init__(self, desk: Desk, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            job,
            translate("FetchOutputsSheet", "Fetch outputs"),
            translate(
                "FetchOutputsSheet", "Copies every file that {job} left; each one is checked by its hash."
            ).format(job=safe_line(job.name)),
            "job.outputs",
            suffix="",
            hint=translate("FetchOutputsSheet", "It is made where it is not there."),
            after=lambda paths: _tell(desk, paths),
            parent=parent,
        )


def _tell(desk: Desk, paths: object) -> None:
    if isinstance(paths, list) and paths:
        text = translate("FetchOutputsSheet", "{count} files are in {folder}.").format(
            count=len(paths), folder=paths[0].parent
        )
        desk.shell.tell(Notice(text, Level.INFO, key="outputs"))
