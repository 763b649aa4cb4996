"""Forms that copy files and folders: to a server, from one, and from one to another."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.fields import Choice, Field, Form
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
        local = _local(self.form, self.local)
        remote = _remote(self.form, self.remote)
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
        remote = _remote(self.form, self.remote)
        folder = _local(self.form, self.local)
        if remote is None or folder is None:
            return None
        name = remote.rstrip("/").rpartition("/")[2]
        if name in ("", ".", "..", "~"):
            self.form.fault(self.remote, self.tr("Enter a path with a name at its end."))
            return None
        return {"name": self._server, "remote": remote, "local": folder / name}


class CopySheet(FormSheet):
    """A file or folder of one server to another one; it passes through this machine's memory."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            translate("CopySheet", "Copy between servers"),
            translate("CopySheet", "It passes through this console's memory and touches no disk here."),
            "copy",
            translate("CopySheet", "Copy"),
            parent=parent,
        )
        theme = desk.theme
        servers = [(row.server.name, safe_line(row.server.name)) for row in desk.snapshot().servers]
        self.source = Choice(theme, servers, self.tr("From"))
        self.path = Field(theme, placeholder=such_as("data"), fixed=True)
        self.target = Choice(theme, servers, self.tr("To"))
        self.to = Field(theme, placeholder=such_as("data"), fixed=True)
        if len(servers) > 1:
            self.target.setCurrentIndex(1)
        self.form.row(self.tr("From"), self.source)
        self.form.row(self.tr("Path there"), self.path, where_words())
        self.form.row(self.tr("To"), self.target)
        self.form.row(
            self.tr("New path there"),
            self.to,
            self.tr("With a slash at its end the copy goes inside that folder."),
        )

    @property
    def ready(self) -> bool:
        return bool(self.source.key and self.target.key)

    def arguments(self) -> Arguments | None:
        path, to = _remote(self.form, self.path), _remote(self.form, self.to)
        if path is None or to is None:
            return None
        if (self.source.key, path) == (self.target.key, to):
            self.form.fault(self.to, self.tr("That is where it is already."))
            return None
        return {"source": self.source.key, "path": path, "target": self.target.key, "to": to}


def where_words() -> str:
    """How a path of a server is read."""
    return translate("CopySheet", "From the home folder unless it begins with a slash.")


def _local(form: Form, field: PathField) -> Path | None:
    path = field.path
    form.fault(field, "" if path else translate("CopySheet", "Enter a path of this machine."))
    return path


def _remote(form: Form, field: Field) -> str | None:
    path = field.text().strip()
    form.fault(field, "" if path else translate("CopySheet", "Enter a path of the server."))
    return path or None
