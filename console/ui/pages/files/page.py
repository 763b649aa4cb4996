"""The files of one server: its folders as a list of any length, and one text file at a time to edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.fleet.files import Entry, EntryKind, Folder, RemotePath, RemoteText
from console.ui.desk import Desk
from console.ui.kit.buttons import Button, IconButton
from console.ui.kit.cards import Card
from console.ui.kit.empty import EmptyState
from console.ui.kit.fields import Field, SearchField, Tick
from console.ui.kit.labels import Elided
from console.ui.kit.problem_view import ProblemView
from console.ui.pages.acting import permit
from console.ui.pages.files.acts import FileActs
from console.ui.pages.files.editor import TextFileEditor
from console.ui.pages.files.menu import file_menu
from console.ui.pages.files.offered import in_folder, on_rows
from console.ui.pages.files.order import Ordered
from console.ui.pages.files.table import FilesTable
from console.ui.pages.page import GAP, Page, PageAct
from console.ui.theme import fonts
from console.ui.times import zone_of

_HOME = RemotePath("~")
_HIDDEN = "files/hidden"


class FilesPage(Page):
    """See the module. Where each server was left is kept for as long as the window lives."""

    uses_range = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._server = ""
        self._places: dict[str, RemotePath] = {}
        self._folder: Folder | None = None
        self._ordered = Ordered(())
        self._sorted: tuple[str, bool] = ("", False)
        self._begun = False
        self._asked = 0
        self._heard = 0
        self._counts: tuple[int, int] | None = None
        self.file_acts = FileActs(desk, self, self.reload)
        self.problem = ProblemView(desk.theme)
        self.retry_button = Button(desk.theme, self.tr("Retry"), icon="retry")
        self.retry_button.clicked.connect(self.reload)
        self.problem.add_action(self.retry_button)
        self.editor = TextFileEditor(desk)
        self.editor.closed.connect(self._on_editor_closed)
        self.gone = self._gone_state()
        self.listing = self._listing()
        self.stack = QStackedWidget()
        for each in (self.listing, self.editor, self.gone):
            self.stack.addWidget(each)
        self.column.addWidget(self.stack, 1)

    # Widgets

    def _listing(self) -> QWidget:
        desk = self.desk
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.problem)
        card = Card(desk.theme, flush=True)
        self._fill_bar(card.header)
        self.table = FilesTable(desk, lambda: zone_of(desk.context.options), self._on_sort)
        self.table.takes_drops(lambda: desk.runner.allowed("file.upload") and self._folder is not None)
        self.table.opened.connect(self._on_opened)
        self.table.wanted.connect(self._on_wanted)
        self.table.typed.connect(self._on_typed)
        self.table.dropped.connect(self._on_dropped)
        self.table.menu_by(self._menu)
        card.body.addLayout(self._acts_row())
        card.body.addWidget(self.table, 1)
        column.addWidget(card, 1)
        return whole

    def _fill_bar(self, row: QHBoxLayout) -> None:
        theme = self.desk.theme
        self.up_button = IconButton(theme, "up", self.tr("To the folder above"))
        self.up_button.clicked.connect(self.go_up)
        self.home_button = IconButton(theme, "home", self.tr("To the home folder"))
        self.home_button.clicked.connect(lambda: self.go_to(_HOME))
        self.reload_button = IconButton(theme, "retry", self.tr("Read the folder again"))
        self.reload_button.clicked.connect(self.reload)
        self.path = Field(theme, self.tr("Folder on the server"), icon="folder", fixed=True)
        self.path.returnPressed.connect(self._on_path)
        self.search = SearchField(
            theme, self.tr("Filter this folder"), placeholder=self.tr("Filter"), icon="search"
        )
        self.search.setFixedWidth(180)
        self.search.textChanged.connect(lambda _text: self._show())
        self.search.returnPressed.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        for each in (self.up_button, self.home_button, self.reload_button):
            row.addWidget(each)
        row.addWidget(self.path, 1)
        row.addWidget(self.search)

    def _acts_row(self) -> QHBoxLayout:
        theme = self.desk.theme
        row = QHBoxLayout()
        row.setContentsMargins(15, 0, 15, 0)
        row.setSpacing(8)
        self.upload_button = Button(theme, self.tr("Upload"), "primary", icon="upload")
        uploads = QMenu(self.upload_button)
        uploads.addAction(self.tr("Files…")).triggered.connect(self.file_acts.upload_files)
        uploads.addAction(self.tr("A folder…")).triggered.connect(self.file_acts.upload_folder)
        self.upload_button.setMenu(uploads)
        self.download_button = Button(theme, self.tr("Download…"), icon="download")
        self.download_button.clicked.connect(lambda: self.file_acts.download(self.table.chosen_rows))
        self.folder_button = Button(theme, self.tr("New folder…"), icon="folder_add")
        self.folder_button.clicked.connect(self.file_acts.new_folder)
        self.file_button = Button(theme, self.tr("New text file…"), icon="page")
        self.file_button.clicked.connect(lambda: self.file_acts.new_file(self._edit))
        self.delete_button = Button(theme, self.tr("Delete…"), "danger", icon="trash")
        self.delete_button.clicked.connect(lambda: self.file_acts.delete(self.table.chosen_rows))
        self.hidden = Tick(theme, self.tr("Hidden files"))
        self.hidden.setChecked(self.desk.remembered.text(_HIDDEN) == "1")
        self.hidden.toggled.connect(self._on_hidden)
        self.note = Elided("", role="dim", size=fonts.SMALL)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight)
        for each in (
            self.upload_button,
            self.download_button,
            self.folder_button,
            self.file_button,
            self.delete_button,
        ):
            row.addWidget(each)
        row.addWidget(self.note, 1)
        row.addWidget(self.hidden)
        return row

    def _gone_state(self) -> EmptyState:
        back = Button(self.desk.theme, self.tr("Back to the fleet"), "primary")
        back.clicked.connect(lambda: self.desk.shell.go("fleet"))
        return EmptyState(
            self.desk.theme,
            "server",
            self.tr("This server is not in the list"),
            self.tr("It may have been removed. Its files are as they were."),
            (back,),
        )

    # The page

    def open(self, argument: str) -> None:
        if argument == self._server and self._begun:
            self.refresh()
            return
        self._server = self.file_acts.server = argument
        self._folder, self._ordered = None, Ordered(())
        self.search.clear()
        self.table.set_rows(())
        self.problem.set_problem(None)
        self._begun = False
        self.refresh()

    def crumb(self) -> str:
        return safe_line(self._server)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def holds_back(self) -> bool:
        if not self.editor.is_unsaved:
            return False
        self.stack.setCurrentWidget(self.editor)
        self.editor.ask()
        return True

    def acts(self) -> tuple[PageAct, ...]:
        if self._folder is None or self.editor.is_open:
            return ()
        rows = on_rows(self.desk, self.file_acts, self.table.chosen_rows, self._on_opened)
        return (*rows, *in_folder(self.desk, self.file_acts, self._edit))

    def _is_known(self) -> bool:
        return self.desk.snapshot().server(self._server) is not None

    def refresh(self) -> None:
        known = self._is_known()
        if known and not self._begun:
            self._begun = True
            self.go_to(self._places.get(self._server, _HOME))
            return
        # A text that is not saved stays in front, whatever server's files are asked for.
        if self.editor.is_open:
            front: QWidget = self.editor
            self.editor.refresh()
        else:
            front = self.listing if known else self.gone
        if self.stack.currentWidget() is not front:
            self.stack.setCurrentWidget(front)
        chosen = self.table.chosen_count if self._folder is not None else 0
        here = self._folder is not None
        permit(self.upload_button, self.desk, "file.upload", possible=here)
        permit(self.folder_button, self.desk, "file.folder", possible=here)
        permit(self.file_button, self.desk, "file.write", possible=here)
        permit(self.download_button, self.desk, "file.download", possible=bool(chosen))
        permit(self.delete_button, self.desk, "file.delete", possible=bool(chosen))
        self.up_button.setEnabled(here and self.file_acts.folder.exact != "/")
        self.note.set_text(self._note(chosen))

    def _note(self, chosen: int) -> str:
        if self._asked > self._heard:
            if self._counts is None:
                return self.tr("reading…")
            return self.tr("reading, {done} of {total}…").format(done=self._counts[0], total=self._counts[1])
        if self._folder is None:
            return ""
        shown, held = self.table.rows_model.rowCount(), len(self._folder.entries)
        if chosen:
            rows = self.table.chosen_rows if chosen <= 1000 else []
            size = sum(row.size or 0 for row in rows if row.kind is EntryKind.FILE)
            text = self.tr("{count} of {shown} selected").format(count=chosen, shown=shown)
            return f"{text}, {format_bytes(size)}" if size else text
        if self._folder.truncated:
            return self.tr("the first {count}; there are more").format(count=held)
        if shown == held:
            return self.tr("1 entry") if held == 1 else self.tr("{count} entries").format(count=held)
        if self.search.text().strip():
            return self.tr("{shown} of {held} fit").format(shown=shown, held=held)
        return self.tr("{shown} shown, {hidden} hidden").format(shown=shown, hidden=held - shown)

    # Where it is

    def go_to(self, path: RemotePath) -> None:
        """Read a folder and show it; what was shown stays until it is read."""
        self._asked += 1
        asked, server = self._asked, self._server
        self._counts = None
        self.problem.set_problem(None)

        def count(done: int, total: int) -> None:
            if asked == self._asked:
                self._counts = (done, total)

        def done(found: object) -> None:
            if isinstance(found, Folder) and asked == self._asked:
                self.desk.worker.run(
                    lambda: Ordered(found.entries), lambda made: self._take(asked, found, made), owner=self
                )

        def failed(problem: Problem) -> None:
            if asked == self._asked:
                self._heard = asked
                self._show_place(self.file_acts.folder if self._folder is not None else path)
                self.problem.set_problem(problem)
                self.refresh()

        given = {"name": server, "path": path, "on_count": count}
        self.desk.runner.command("file.list", given, done=done, failed=failed)
        self.refresh()

    def _take(self, asked: int, folder: Folder, ordered: Ordered) -> None:
        if asked != self._asked:
            return
        before = None if self._folder is None else self._folder.path
        self._heard = asked
        self._folder, self._ordered = folder, ordered
        self._places[self._server] = self.file_acts.folder = folder.path
        self._show_place(folder.path)
        if folder.path != before:
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
        self._show()
        # Going up leaves the folder selected that one comes from.
        if before is not None and before != folder.path and before.parent == folder.path:
            self.table.select_key(before)
            self.table.scrollTo(self.table.currentIndex())
        self.refresh()

    def _show_place(self, path: RemotePath) -> None:
        self.path.setText(path.label)
        self.path.setCursorPosition(len(self.path.text()))

    def reload(self) -> None:
        """Read the same folder again."""
        if self._server and self._is_known():
            self.go_to(self._places.get(self._server, _HOME))

    def go_up(self) -> None:
        """To the folder above."""
        if self._folder is not None and self._folder.path.exact != "/":
            self.go_to(self._folder.path.parent)

    def _on_path(self) -> None:
        text = self.path.text().strip()
        if self._folder is not None and text == self._folder.path.label:
            self.reload()
            return
        try:
            self.go_to(RemotePath.of(text))
        except Problem as problem:
            self.problem.set_problem(problem)

    # What is shown

    def _on_sort(self, key: str, descending: bool) -> None:
        self._sorted = (key, descending)
        self._show()

    def _on_hidden(self, on: bool) -> None:
        self.desk.remembered.keep(_HIDDEN, "1" if on else "0")
        self._show()

    def _show(self) -> None:
        key, descending = self._sorted
        rows = self._ordered.shown(
            key=key, descending=descending, hidden=self.hidden.isChecked(), text=self.search.text()
        )
        self.table.say_when_empty(self._empty_words())
        self.table.set_rows(rows)
        self.refresh()

    def _empty_words(self) -> str:
        if self._folder is None:
            return ""
        if self._folder.entries:
            return self.tr("Nothing here fits the filter, or all of it is hidden.")
        return self.tr("This folder is empty. Drop files here to upload them.")

    # Acts

    def _on_opened(self, entry: Entry) -> None:
        if entry.is_folder:
            self.go_to(entry.path)
        elif entry.kind is EntryKind.OTHER:
            return
        else:
            self._open_text(entry)

    def _open_text(self, entry: Entry) -> None:
        self.problem.set_problem(None)
        given = {"name": self._server, "path": entry.path}
        self.desk.runner.command("file.read", given, done=self._edit, failed=self.problem.set_problem)

    def _edit(self, read: object) -> None:
        if not isinstance(read, RemoteText) or self.editor.is_unsaved:
            return
        try:
            self.editor.show_text(read)
        except Problem as problem:
            self.problem.set_problem(problem)
        self.refresh()

    def _on_editor_closed(self) -> None:
        self.refresh()
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_typed(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.setText(self.search.text() + text)

    def _on_dropped(self, paths: list[Path], over: Entry | None) -> None:
        self.file_acts.upload(paths, None if over is None else over.path)

    def _on_wanted(self, act: str) -> None:
        rows = self.table.chosen_rows
        calls: dict[str, Callable[[], None]] = {
            "up": self.go_up,
            "reload": self.reload,
            "path": lambda: self.path.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "download": lambda: self.file_acts.download(rows),
            "copy path": lambda: self.file_acts.copy_path(rows),
        }
        if act in calls:
            calls[act]()
        elif act == "upload" and self.upload_button.isEnabled():
            self.file_acts.upload_files()
        elif act == "upload folder" and self.upload_button.isEnabled():
            self.file_acts.upload_folder()
        elif act == "text file" and self.file_button.isEnabled():
            self.file_acts.new_file(self._edit)
        elif act == "folder" and self.folder_button.isEnabled():
            self.file_acts.new_folder()
        elif act == "delete" and self.delete_button.isEnabled():
            self.file_acts.delete(rows)
        elif act == "rename" and len(rows) == 1 and self.desk.runner.allowed("file.rename"):
            self.file_acts.rename(rows[0])

    def _menu(self, row: Entry) -> QMenu:
        rows = self.table.chosen_rows or [row]
        return file_menu(self.desk, self, self.file_acts, rows, row, self._on_opened)
