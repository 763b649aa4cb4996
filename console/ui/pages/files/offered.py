"""What menu and palette offer while the files of a server are in front; the keys are the table's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.fleet.files import Entry, EntryKind
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.files.acts import FileActs
from console.ui.pages.files.table import key_of
from console.ui.pages.page import PageAct


def in_folder(desk: Desk, acts: FileActs, edit: Callable[[object], None]) -> tuple[PageAct, ...]:
    """What needs no selected row.

    Args:
        edit: takes a text file that was made.
    """
    offered = (
        ("file.upload", translate("Files", "Upload files…"), acts.upload_files, "upload"),
        ("file.upload", translate("Files", "Upload a folder…"), acts.upload_folder, "upload folder"),
        ("file.folder", translate("Files", "New folder…"), acts.new_folder, "folder"),
        ("file.write", translate("Files", "New text file…"), lambda: acts.new_file(edit), "text file"),
    )
    return _allowed(desk, offered)


def on_rows(
    desk: Desk, acts: FileActs, rows: Sequence[Entry], opened: Callable[[Entry], None]
) -> tuple[PageAct, ...]:
    """What is done with the selected rows; what is for one alone only where one is selected."""
    if not rows:
        return ()
    offered: list[tuple[str, str, Callable[[], object], str]] = []
    row = rows[0]
    if len(rows) == 1 and row.is_folder:
        offered.append(
            ("file.list", translate("Files", "Open the selected folder"), lambda: opened(row), "open")
        )
    elif len(rows) == 1 and row.kind is not EntryKind.OTHER:
        offered.append(
            ("file.read", translate("Files", "Edit the selected file"), lambda: opened(row), "open")
        )
    offered.append(
        (
            "file.download",
            translate("Files", "Download what is selected…"),
            lambda: acts.download(rows),
            "download",
        )
    )
    if len(rows) == 1:
        offered.append(
            (
                "file.rename",
                translate("Files", "Rename what is selected…"),
                lambda: acts.rename(row),
                "rename",
            )
        )
    offered += [
        ("file.delete", translate("Files", "Delete what is selected…"), lambda: acts.delete(rows), "delete"),
        (
            "file.list",
            translate("Files", "Copy the path of what is selected"),
            lambda: acts.copy_path(rows),
            "copy path",
        ),
    ]
    return _allowed(desk, offered)


def _allowed(
    desk: Desk, offered: Sequence[tuple[str, str, Callable[[], object], str]]
) -> tuple[PageAct, ...]:
    """Without what read-only forbids; each is (command, title, call, act of the table)."""
    return tuple(
        PageAct(title, call, "Return" if act == "open" else key_of(act))
        for command, title, call, act in offered
        if desk.runner.allowed(command)
    )
