"""The file browser in the window, over a real sshd: odd names, edits that are never lost, drops, deletes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.files import Entry
from console.fleet.server import Server
from console.operations.operation import FINAL, State
from console.ui.pages.files.page import FilesPage
from console.ui.sheets.name_sheet import NameSheet
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.shell.window import Window
from tests.lab.sshd import LabServer
from tests.ui.walk import nameless

Make = Callable[..., Window]
WAIT = 20_000


@pytest.fixture
def home(context: Context, lab_server: LabServer) -> Path:
    """The home folder of the server "lab"."""
    key = str(lab_server.client_key)
    context.servers.add(Server("lab", "127.0.0.1", port=lab_server.port, user=lab_server.user, identity=key))
    context.fleet.trust("lab", context.fleet.scan_key("lab"))
    return lab_server.home


class Browser:
    """The page with what a person does on it."""

    def __init__(self, qtbot: QtBot, window: Window, context: Context) -> None:
        self.qtbot, self.window, self.context = qtbot, window, context
        window.go("files", "lab")
        page = window.page
        assert isinstance(page, FilesPage)
        self.page = page
        self.settle()

    def until(self, holds: Callable[[], bool]) -> None:
        def beat() -> bool:
            self.window.clock.tick()
            return holds()

        self.qtbot.waitUntil(beat, timeout=WAIT)

    def settle(self) -> None:
        self.until(lambda: self.page._heard == self.page._asked > 0)

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in self.page.table.rows_model.rows]

    def row(self, name: str) -> Entry:
        return next(entry for entry in self.page.table.rows_model.rows if entry.name == name)

    def choose(self, *names: str) -> None:
        table = self.page.table
        table.clearSelection()
        flags = table.selectionModel().SelectionFlag
        for name in names:
            index = table.rows_model.index(self.names.index(name), 0)
            table.selectionModel().setCurrentIndex(index, flags.Select | flags.Rows)
        self.page.refresh()

    def open(self, name: str) -> None:
        self.choose(name)
        QTest.keyClick(self.page.table, Qt.Key.Key_Return)

    def edit(self, name: str) -> None:
        self.open(name)
        self.until(lambda: self.page.editor.is_open)

    def sheet(self, kind: type) -> object:
        self.until(lambda: isinstance(self.window.sheets.sheet, kind))
        sheet = self.window.sheets.sheet
        assert nameless(sheet) == []  # type: ignore[arg-type]
        return sheet

    def name(self, text: str) -> None:
        sheet = self.sheet(NameSheet)
        assert isinstance(sheet, NameSheet)
        sheet.field.setText(text)
        sheet.act.click()

    def ended(self, count: int) -> None:
        self.until(
            lambda: (
                len(self.context.operations.views()) == count
                and self.context.operations.views()[0].state in FINAL
                and not self.window._runner.busy
            )
        )
        view = self.context.operations.views()[0]
        assert view.state is State.DONE, view.problem
        # What was not asked about goes by itself, on a later beat; a plan that was shown stays.
        self.until(lambda: not getattr(self.window.sheets.sheet, "closes_when_done", False))


@pytest.fixture
def browse(qtbot: QtBot, make_window: Make, context: Context, home: Path) -> Callable[[], Browser]:
    return lambda: Browser(qtbot, make_window([]), context)


def test_folders_are_walked_by_keys_and_hidden_ones_are_shown_on_wish(
    browse: Callable[[], Browser], home: Path
) -> None:
    (home / "runs" / "first").mkdir(parents=True)
    (home / ".secret").touch()
    (home / "b.txt").write_text("b")
    (home / "link").symlink_to("runs")
    (home / "nowhere").symlink_to("/no/such")
    browser = browse()
    page = browser.page
    assert browser.names == ["link", "runs", "b.txt", "nowhere"]
    assert page.path.text() == str(home)
    assert nameless(page) == []
    cells = [page.table.rows_model.cell(row, 0) for row in range(4)]
    assert [cell.icon for cell in cells] == ["file_link", "folder", "file", "file_link"]
    assert cells[0].text == "link → runs"
    assert cells[3].tone is not None
    page.hidden.click()
    assert ".secret" in browser.names
    browser.open("runs")
    browser.settle()
    assert browser.names == ["first"]
    QTest.keyClick(page.table, Qt.Key.Key_Backspace)
    browser.settle()
    chosen = page.table.chosen
    assert chosen is not None
    assert chosen.name == "runs"
    QTest.keyClicks(page.table, "b.t")
    assert (page.search.text(), browser.names) == ("b.t", ["b.txt"])
    page.path.setText("/no/such/folder")
    QTest.keyClick(page.path, Qt.Key.Key_Return)
    browser.until(lambda: page.problem.problem is not None)
    assert page.problem.problem is not None
    assert page.problem.problem.code == "remote.path_missing"
    assert page.path.text() == str(home)


def test_r42_r44_hostile_names_are_written_out_and_mean_themselves(
    browse: Callable[[], Browser], home: Path, tmp_path: Path
) -> None:
    for name in (b"a\nb", b"\xe2\x80\xaegnp.exe", b"bad\xff", b"<b>bold", b"x..%2f..", b"-rf"):
        Path(os.fsdecode(os.fsencode(home) + b"/" + name)).write_bytes(name)
    browser = browse()
    assert sorted(browser.names) == [
        "-rf", "<b>bold", "\\u202egnp.exe", "a\\nb", "bad\\xff", "x..%2f..",
    ]  # fmt: skip
    browser.choose("bad\\xff", "a\\nb", "\\u202egnp.exe")
    paths = tuple(entry.path for entry in browser.page.table.chosen_rows)
    browser.page.file_acts.download_into(paths, tmp_path / "down")
    browser.ended(1)
    found = {os.fsencode(path.name): path.read_bytes() for path in (tmp_path / "down").iterdir()}
    assert found == {b"bad\xff": b"bad\xff", b"a_b": b"a\nb", b"_gnp.exe": b"\xe2\x80\xaegnp.exe"}
    browser.choose("a\\nb")
    QTest.keyClick(browser.page.table, Qt.Key.Key_F2)
    browser.name("plain")
    browser.until(lambda: "plain" in browser.names)
    assert (home / "plain").read_bytes() == b"a\nb"
    browser.edit("plain")
    assert browser.page.editor.text == "a\nb"


def test_an_edit_is_never_lost_and_never_over_another_one(browse: Callable[[], Browser], home: Path) -> None:
    path = home / "run.sh"
    path.write_bytes(b"#!/bin/sh\r\necho\xc2\xa0one\r\n")
    path.chmod(0o750)
    browser = browse()
    browser.edit("run.sh")
    page, editor = browser.page, browser.page.editor
    assert nameless(page) == []
    QTest.keyClicks(editor.area, "# ")
    assert editor.note.text() == "not saved"
    QTest.keyClick(editor.area, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    browser.until(lambda: not editor.is_unsaved)
    assert path.read_bytes() == b"# #!/bin/sh\r\necho\xc2\xa0one\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    path.write_text("theirs\n")
    QTest.keyClicks(editor.area, "mine")
    editor.save_button.click()
    browser.until(lambda: editor.problem.problem is not None)
    assert editor.problem.problem is not None
    assert editor.problem.problem.code == "remote.changed"
    assert path.read_text() == "theirs\n"
    assert browser.window.close() is False
    assert editor.unsaved.isVisible()
    editor.keep_button.click()
    editor.other_button.click()
    browser.name("mine.sh")
    browser.until(lambda: not editor.is_unsaved)
    assert (home / "mine.sh").read_bytes().startswith(b"# mine#!/bin/sh\r\n")
    assert path.read_text() == "theirs\n"
    editor.back_button.click()
    browser.until(lambda: "mine.sh" in browser.names)
    browser.edit("run.sh")
    path.write_text("theirs again\n")
    QTest.keyClicks(editor.area, "kept ")
    editor.save_button.click()
    browser.until(lambda: editor.again_button.isVisible())
    editor.again_button.click()
    browser.until(lambda: editor.text == "theirs again\n")
    assert QGuiApplication.clipboard().text() == "kept theirs\n"
    QTest.keyClicks(editor.area, "x")
    QTest.keyClick(editor.area, Qt.Key.Key_Escape)
    assert editor.unsaved.isVisible()
    editor.discard_button.click()
    browser.settle()
    assert path.read_text() == "theirs again\n"
    assert page.stack.currentWidget() is page.listing


def test_what_an_editor_would_change_or_choke_on_is_shown_only_or_named(
    browse: Callable[[], Browser], home: Path
) -> None:
    (home / "mixed").write_bytes(b"one\r\ntwo\n")
    (home / "line").write_text("x" * 30_000)
    (home / "binary").write_bytes(b"a\0b")
    (home / "bidi.py").write_text("ok = 1  # \u202e yes\n")
    browser = browse()
    editor, problem = browser.page.editor, browser.page.problem
    browser.edit("mixed")
    assert editor.area.isReadOnly()
    assert "only shown" in editor.note.text()
    editor.back_button.click()
    browser.settle()
    for name, words in (("line", "30000 characters"), ("binary", "no text")):
        browser.open(name)
        browser.until(lambda: problem.problem is not None)
        assert problem.problem is not None
        assert words in problem.problem.sentence
        problem.set_problem(None)
    browser.edit("bidi.py")
    assert "1 hidden characters" in editor.note.text()


def _drop(browser: Browser, paths: list[Path], on: str = "") -> bool:
    """As the desktop does it: enter, move, drop; whether it was taken."""
    table = browser.page.table
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = QPointF(5, table.viewport().height() - 5)
    if on:
        row = browser.names.index(on)
        place = QPointF(table.visualRect(table.rows_model.index(row, 0)).center())
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), copy, data, left, none)
    table.dragEnterEvent(enter)
    if not enter.isAccepted():
        return False
    table.dragMoveEvent(QDragMoveEvent(place.toPoint(), copy, data, left, none))
    drop = QDropEvent(place, copy, data, left, none)
    table.dropEvent(drop)
    return drop.isAccepted()


def test_dropped_files_are_uploaded_and_nothing_is_replaced_unasked(
    browse: Callable[[], Browser], home: Path, tmp_path: Path
) -> None:
    (home / "data").mkdir()
    (home / "old.txt").write_text("old")
    local = tmp_path / "local"
    (local / "set").mkdir(parents=True)
    (local / "set" / "a").write_text("a")
    (local / "new.txt").write_text("new")
    (local / "old.txt").write_text("newer")
    browser = browse()
    assert _drop(browser, [local / "new.txt", local / "set"])
    browser.ended(1)
    browser.until(lambda: sorted(browser.names) == ["data", "new.txt", "old.txt", "set"])
    assert (home / "set" / "a").read_text() == "a"
    assert _drop(browser, [local / "new.txt"], on="data")
    browser.ended(2)
    assert (home / "data" / "new.txt").read_text() == "new"
    assert _drop(browser, [local / "old.txt"])
    sheet = browser.sheet(OperationSheet)
    assert isinstance(sheet, OperationSheet)
    assert "Replaces old.txt there" in sheet._plan.steps[0].detail
    assert (home / "old.txt").read_text() == "old"
    sheet._start.click()
    browser.ended(3)
    assert (home / "old.txt").read_text() == "newer"


def test_a_delete_says_what_goes_and_asks_for_the_server(
    browse: Callable[[], Browser], home: Path, tmp_path: Path
) -> None:
    (home / "runs" / "deep").mkdir(parents=True)
    (home / "runs" / "deep" / "file").write_bytes(b"12345")
    (home / "kept").touch()
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (home / "link").symlink_to(precious)
    browser = browse()
    browser.choose("runs", "link")
    QTest.keyClick(browser.page.table, Qt.Key.Key_Delete)
    sheet = browser.sheet(OperationSheet)
    assert isinstance(sheet, OperationSheet)
    details = [step.detail for step in sheet._plan.steps]
    assert any(detail.startswith("1 file and 1 folder, ") and detail.endswith(": deep") for detail in details)
    assert not sheet._start.isEnabled()
    assert sheet._confirm is not None
    sheet._confirm.setText("lab")
    sheet._start.click()
    browser.ended(1)
    browser.until(lambda: browser.names == ["kept"])
    assert (precious / "file").exists()


def test_new_things_get_a_name_that_is_one(browse: Callable[[], Browser], home: Path) -> None:
    (home / "taken").mkdir()
    browser = browse()
    browser.page.folder_button.click()
    sheet = browser.sheet(NameSheet)
    assert isinstance(sheet, NameSheet)
    for wrong in ("", "..", "a/b", "a\x07", "x" * 300):
        sheet.field.setText(wrong)
        sheet.act.click()
        assert sheet.form._hints[sheet.field][0].text(), wrong
    sheet.field.setText("taken")
    sheet.act.click()
    browser.until(lambda: sheet.problem.problem is not None)
    sheet.field.setText("new one")
    sheet.act.click()
    browser.until(lambda: "new one" in browser.names)
    browser.page.file_button.click()
    browser.name("notes.md")
    browser.until(lambda: browser.page.editor.is_open)
    assert (home / "notes.md").read_bytes() == b""


def test_read_only_mode_looks_and_fetches_but_changes_nothing(
    browse: Callable[[], Browser], home: Path, context: Context, tmp_path: Path
) -> None:
    (home / "a.txt").write_text("a")
    context.options.set("safety.read_only", True)
    browser = browse()
    page = browser.page
    browser.choose("a.txt")
    changing = (page.upload_button, page.folder_button, page.file_button, page.delete_button)
    assert [button.isEnabled() for button in changing] == [False] * 4
    assert page.download_button.isEnabled()
    (tmp_path / "x").touch()
    assert not _drop(browser, [tmp_path / "x"])
    for key in (Qt.Key.Key_F2, Qt.Key.Key_Delete):
        QTest.keyClick(page.table, key)
    assert browser.window.sheets.sheet is None
    menu = page._menu(page.table.chosen_rows[0])
    words = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert (words["Download…"], words["Rename…"], words["Delete…"]) == (True, False, False)
    menu.deleteLater()
    offered = [act.title for act in page.acts()]
    looks = ["Edit the selected file", "Download what is selected…", "Copy the path of what is selected"]
    assert offered == looks, "the palette offers nothing that changes"
    browser.edit("a.txt")
    assert page.editor.area.isReadOnly()
    assert [path.name for path in home.iterdir()] == ["a.txt"]


def test_every_act_is_in_the_palette_with_its_key_while_the_files_are_in_front(
    browse: Callable[[], Browser], home: Path
) -> None:
    (home / "one.txt").write_text("one\n")
    (home / "folder").mkdir()
    browser = browse()
    always = ["Upload files…", "Upload a folder…", "New folder…", "New text file…"]

    def offered() -> dict[str, str]:
        return {act.title: act.keys for act in browser.page.acts()}

    browser.page.table.clearSelection()
    assert list(offered()) == always
    assert all(offered().values())
    browser.choose("one.txt")
    on_one = ["Edit the selected file", "Download what is selected…", "Rename what is selected…"]
    on_any = ["Delete what is selected…", "Copy the path of what is selected"]
    assert list(offered()) == [*on_one, *on_any, *always]
    assert offered()["Rename what is selected…"] == "F2"
    browser.choose("folder")
    assert next(iter(offered())) == "Open the selected folder"
    browser.choose("one.txt", "folder")
    assert list(offered()) == ["Download what is selected…", *on_any, *always]
    browser.choose("one.txt")
    act = next(each for each in browser.page.acts() if each.title.startswith("Rename"))
    act.call()
    browser.name("two.txt")
    browser.until(lambda: (home / "two.txt").exists())


def test_the_keys_that_the_palette_tells_do_it(browse: Callable[[], Browser], home: Path) -> None:
    (home / "one.txt").write_text("one\n")
    browser = browse()
    browser.choose("one.txt")
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(browser.page.table, Qt.Key.Key_C, both)
    assert QGuiApplication.clipboard().text().endswith("/one.txt")
    QTest.keyClick(browser.page.table, Qt.Key.Key_T, both)
    browser.name("made.txt")
    browser.until(lambda: browser.page.editor.is_open)
    assert (home / "made.txt").read_bytes() == b""
