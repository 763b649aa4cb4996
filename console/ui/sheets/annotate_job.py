"""The form for a job's note and tags, which are kept in this console only."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.jobs.job import Job
from console.ui.desk import Desk
from console.ui.kit.fields import TextArea
from console.ui.sheets.form_sheet import Arguments, FormSheet


class AnnotateJobSheet(FormSheet):
    """Two fields, filled with what is there."""

    def __init__(self, desk: Desk, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Note and tags"),
            self.tr(
                "For {name}. They are found by the search and kept in this console's database and its "
                "backups; the server and other consoles do not see them."
            ).format(name=safe_line(job.name or job.id, max_chars=60)),
            "job.annotate",
            self.tr("Keep"),
            parent=parent,
        )
        self._job = job
        self.note = TextArea(desk.theme, placeholder=self.tr("What was learned"), lines=5)
        self.note.setPlainText(job.note)
        self.tags = TextArea(desk.theme, placeholder="project=vision", lines=4)
        self.tags.setPlainText("\n".join(f"{key}={value}" for key, value in sorted(job.tags.items())))
        self.form.row(self.tr("Note"), self.note)
        self.form.row(self.tr("Tags"), self.tags, self.tr("One name=value a line."))

    def arguments(self) -> Arguments | None:
        tags: dict[str, str] = {}
        for line in self.tags.toPlainText().splitlines():
            name, equals, value = line.strip().partition("=")
            if not name and not equals:
                continue
            if not name or not equals:
                text = self.tr("'{line}' is not name=value.").format(line=safe_line(line, max_chars=40))
                self.form.fault(self.tags, text)
                return None
            tags[name.strip()] = value.strip()
        self.form.fault(self.tags, "")
        return {"id": self._job.id, "note": self.note.toPlainText(), "tags": tags}
