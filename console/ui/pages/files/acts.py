"""What is done with files of a server, for buttons, keys, drops and the context menu alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from console.core.text import visible_name
from console.fleet.files import Entry, RemotePath
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.sheets.files import choose_files, choose_folder
from console.ui.sheets.name_sheet import NameSheet

_UPLOADS = "files/upload from"
_DOWNLOADS = "files/download to"
After = Callable[[], None]


class FileActs:
    """Acts in one folder of one server, which the page sets.

    Args:
        changed: called when something in the folder may have changed.
    """

    def __init__(self, desk: Desk, over: QWidget, changed: After) -> None:
        self._desk = desk
        self._over = over
        self._changed = changed
        self.server = ""
        self.folder = RemotePath.of("~")

    def upload_files(self) -> None:
        """Choose files of this machine and upload them."""
        title = translate("Files", "Upload files")
        choose_files(self._over, title, self._start(_UPLOADS), self.upload)

    def upload_folder(self) -> None:
        """Choose a folder of this machine and upload it."""
        title = translate("Files", "Upload a folder")
        choose_folder(self._over, title, self._start(_UPLOADS), lambda path: self.upload([path]))

    def upload(self, paths: Sequence[Path], into: RemotePath | None = None) -> None:
        """Upload; where something of that name is there, the plan is shown first."""
        from console.commands.files import there_already

        if not paths or not self._desk.runner.allowed("file.upload"):
            return
        self._desk.remembered.keep(_UPLOADS, str(paths[0].parent))
        server, folder = self.server, into or self.folder
        given = {"name": server, "folder": folder, "locals": tuple(paths)}
        self._desk.worker.run(
            lambda: there_already(self._desk.context, server, folder, paths),
            lambda taken: self._act("file.upload", given, ask=bool(taken)),
            failed=self._desk.shell.tell_problem,
            owner=self._over,
        )

    def download(self, entries: Sequence[Entry]) -> None:
        """Choose a folder of this machine and download into it."""
        if not entries:
            return
        title = translate("Files", "Download into")
        paths = tuple(entry.path for entry in entries)
        choose_folder(
            self._over, title, self._start(_DOWNLOADS), lambda folder: self.download_into(paths, folder)
        )

    def download_into(self, paths: tuple[RemotePath, ...], folder: Path) -> None:
        """Download; where something of that name is here, the plan is shown first."""
        from console.commands.files import local_name

        self._desk.remembered.keep(_DOWNLOADS, str(folder))
        given = {"name": self.server, "paths": paths, "folder": folder}
        self._desk.worker.run(
            lambda: any((folder / local_name(path)).exists() for path in paths),
            lambda taken: self._act("file.download", given, ask=taken),
            owner=self._over,
        )

    def rename(self, entry: Entry) -> None:
        """Ask for another name."""
        hint = ""
        if entry.is_odd:
            hint = translate(
                "Files", "It holds characters that are written out here; the new name is taken as it stands."
            )
        sheet = NameSheet(
            self._desk,
            translate("Files", "Rename"),
            translate("Files", "{name} stays in its folder; nothing is overwritten.").format(name=entry.name),
            command="file.rename",
            act=translate("Files", "Rename"),
            name=entry.name,
            hint=hint,
            given=lambda name: {"name": self.server, "path": entry.path, "to": entry.path.sibling(name)},
            after=lambda _to: self._changed(),
        )
        self._desk.shell.show_sheet(sheet)

    def new_folder(self) -> None:
        """Ask for its name."""
        folder = self.folder
        sheet = NameSheet(
            self._desk,
            translate("Files", "New folder"),
            translate("Files", "In {folder}").format(folder=folder.label),
            command="file.folder",
            act=translate("Files", "Make it"),
            given=lambda name: {"name": self.server, "path": folder.child(name, None)},
            after=lambda _path: self._changed(),
        )
        self._desk.shell.show_sheet(sheet)

    def new_file(self, opened: Callable[[object], None]) -> None:
        """Ask for its name, make an empty one and open it."""
        folder = self.folder
        sheet = NameSheet(
            self._desk,
            translate("Files", "New text file"),
            translate("Files", "In {folder}").format(folder=folder.label),
            command="file.write",
            act=translate("Files", "Make it"),
            given=lambda name: {"name": self.server, "path": folder.child(name, None), "text": ""},
            after=opened,
        )
        self._desk.shell.show_sheet(sheet)

    def delete(self, entries: Sequence[Entry]) -> None:
        """Show what goes, and ask for the server's name."""
        if entries:
            paths = tuple(entry.path for entry in entries)
            self._act("file.delete", {"name": self.server, "paths": paths}, ask=True)

    def copy_path(self, entries: Sequence[Entry]) -> None:
        """Put the paths on the clipboard, one a line, as they are shown."""
        QGuiApplication.clipboard().setText("\n".join(visible_name(each.path.exact) for each in entries))

    def _act(self, command: str, given: dict[str, object], *, ask: bool) -> None:
        self._desk.runner.command(
            command, given, ask=ask, done=lambda _done: self._changed(), failed=lambda _why: self._changed()
        )

    def _start(self, kept: str) -> Path:
        known = self._desk.remembered.text(kept)
        if known and Path(known).is_dir():
            return Path(known)
        downloads = Path.home() / "Downloads"
        return downloads if kept == _DOWNLOADS and downloads.is_dir() else Path.home()
