"""Forms that copy files and folders to a server and from one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.fields import Field, Form
from console.ui.sheets.form_sheet import Arguments, FormSheet, such_as
from console.ui.sheets.path_field import PathField


class PushSheet(FormSheet):
    """A file or folder of this machine to one server."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            translate("PushSheet", "Push files to {server}").format(server=safe_line(server)),
            translate(
                "PushSheet", "What is there already is not sent again, and every file is checked by its hash."
            ),
            "push",
            translate("PushSheet", "Push"),
            parent=parent,
        )
        self._server = server
        self.local = PathField(desk.theme, self.tr("File or folder here"), either=True)
        self.remote = Field(desk.theme, placeholder=such_as("data/"), fixed=True)
        self.form.row(self.tr("File or folder here"), self.local)
        self.form.row(
            self.tr("Path on the server"),
            self.remote,
            where_words() + " " + self.tr("With a slash at its end the copy goes inside that folder."),
        )

    def arguments(self) -> Arguments | None:
        local = local_path(self.form, self.local)
        remote = remote_path(self.form, self.remote)
        if local is None or remote is None:
            return None
        return {"names": (self._server,), "local": local, "remote": remote}


class PullSheet(FormSheet):
    """A file or folder of a server to this machine."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            translate("PullSheet", "Pull files from {server}").format(server=safe_line(server)),
            translate(
                "PullSheet", "What is here already is not sent again, and every file is checked by its hash."
            ),
            "pull",
            translate("PullSheet", "Pull"),
            parent=parent,
        )
        self._server = server
        self.remote = Field(desk.theme, placeholder=such_as("results"), fixed=True)
        self.local = PathField(desk.theme, self.tr("Folder here"), folder=True)
        home = Path.home()
        self.local.field.setText(str(home / "Downloads" if (home / "Downloads").is_dir() else home))
        self.form.row(self.tr("File or folder on the server"), self.remote, where_words())
        self.form.row(self.tr("Folder here"), self.local, self.tr("It arrives in here under its own name."))

    def arguments(self) -> Arguments | None:
        remote = remote_path(self.form, self.remote)
        folder = local_path(self.form, self.local)
        if remote is None or folder is None:
            return None
        name = remote.rstrip("/").rpartition("/")[2]
        if name in ("", ".", "..", "~"):
            self.form.fault(self.remote, self.tr("Enter a path with a name at its end."))
            return None
        return {"name": self._server, "remote": remote, "local": folder / name}


def where_words() -> str:
    """How a path of a server is read."""
    return translate("CopySheet", "From the home folder unless it begins with a slash.")


def local_path(form: Form, field: PathField) -> Path | None:
    """A field's path of this machine; None after saying that it is missing."""
    path = field.path
    form.fault(field, "" if path else translate("CopySheet", "Enter a path of this machine."))
    return path


def remote_path(form: Form, field: Field) -> str | None:
    """A field's path of a server; None after saying that it is missing."""
    path = field.text().strip()
    form.fault(field, "" if path else translate("CopySheet", "Enter a path of the server."))
    return path or None
