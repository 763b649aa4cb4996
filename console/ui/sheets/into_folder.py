"""A form that brings something of a job into a folder of this machine. What it brings is told by others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.jobs.job import Job
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.sheets.form_sheet import Arguments, FormSheet
from console.ui.sheets.path_field import PathField


class IntoFolderSheet(FormSheet):
    """Asks for the folder; a new one in the downloads is offered.

    Args:
        command: gets the job's id and the folder.
        suffix: what the offered folder's name ends in.
        hint: what kind of folder it may be.
        after: gets what the command gave.
    """

    def __init__(
        self,
        desk: Desk,
        job: Job,
        title: str,
        text: str,
        command: str,
        *,
        suffix: str,
        hint: str,
        after: Callable[[object], None],
        parent: QWidget | None = None,
    ) -> None:
        fetch = translate("IntoFolderSheet", "Fetch")
        super().__init__(desk, title, text, command, fetch, after=after, parent=parent)
        self._job = job
        named = translate("IntoFolderSheet", "Folder")
        self.folder = PathField(desk.theme, named, folder=True)
        home = Path.home()
        base = home / "Downloads" if (home / "Downloads").is_dir() else home
        self.folder.field.setText(str(base / f"{plain_name(job)}{suffix}"))
        self.form.row(named, self.folder, hint)

    def arguments(self) -> Arguments | None:
        path = self.folder.path
        if path is None:
            self.form.fault(self.folder, translate("IntoFolderSheet", "Enter a folder."))
            return None
        self.form.fault(self.folder, "")
        return {"id": self._job.id, "to": path}


def plain_name(job: Job) -> str:
    """A job's name and the beginning of its id, as a name of a file."""
    shown = safe_line(job.name, max_chars=60)
    kept = "".join(char if char.isalnum() or char in "._-" else "-" for char in shown)
    return f"{kept.strip('.-') or 'job'}-{job.id[:8]}"
