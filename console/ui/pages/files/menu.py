"""The right click on files: the same acts as the buttons and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu, QWidget

from console.fleet.files import Entry, EntryKind
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.acting import entry
from console.ui.pages.files.acts import FileActs
from console.ui.pages.files.table import key_of


def file_menu(
    desk: Desk,
    parent: QWidget,
    acts: FileActs,
    rows: Sequence[Entry],
    row: Entry,
    opened: Callable[[Entry], None],
) -> QMenu:
    """What can be done with the selected rows, of which `row` was clicked."""
    one, menu = len(rows) == 1, QMenu(parent)
    words = translate("Files", "Open") if row.is_folder else translate("Files", "Edit as text")
    entry(menu, desk, words, lambda: opened(row), possible=one and row.kind is not EntryKind.OTHER)
    download = entry(menu, desk, translate("Files", "Download…"), lambda: acts.download(rows))
    entry(menu, desk, translate("Files", "Copy path"), lambda: acts.copy_path(rows))
    menu.addSeparator()
    rename = entry(
        menu,
        desk,
        translate("Files", "Rename…"),
        lambda: acts.rename(row),
        command="file.rename",
        possible=one,
    )
    delete = entry(
        menu, desk, translate("Files", "Delete…"), lambda: acts.delete(rows), command="file.delete"
    )
    for action, act in ((download, "download"), (rename, "rename"), (delete, "delete")):
        action.setShortcut(key_of(act))
    return menu
