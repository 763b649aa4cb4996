"""Editing one small text file of a server: whole or not at all, and never over what somebody else wrote."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.core.text import visible_name
from console.fleet.files import RemotePath, RemoteText
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card, Plate
from console.ui.kit.labels import Elided, label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.scroll import slim
from console.ui.pages.acting import permit
from console.ui.pages.files.text_fit import Fit, fit
from console.ui.sheets.name_sheet import NameSheet
from console.ui.theme import fonts

_PARAGRAPH = "\N{PARAGRAPH SEPARATOR}"


class TextFileEditor(Card):
    """One file in front.

    Signals:
        closed: the person is done with it, nothing is unsaved.
    """

    closed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, flush=True, parent=parent)
        self._desk = desk
        self._read: RemoteText | None = None
        self._fit: Fit | None = None
        self._saving = False
        self._edges = True
        self._header()
        self.problem = ProblemView(desk.theme)
        self.again_button = Button(desk.theme, self.tr("Read it again"), icon="retry")
        self.again_button.clicked.connect(self._read_again)
        self.other_button = Button(desk.theme, self.tr("Save under another name…"), icon="save")
        self.other_button.clicked.connect(self._save_as)
        self.problem.add_action(self.again_button)
        self.problem.add_action(self.other_button)
        self.unsaved = self._unsaved_bar()
        self.area = self._area()
        margins = QVBoxLayout()
        margins.setContentsMargins(15, 0, 15, 0)
        margins.addWidget(self.problem)
        margins.addWidget(self.unsaved)
        self.body.addLayout(margins)
        self.body.addWidget(self.area, 1)

    def _header(self) -> None:
        theme = self._desk.theme
        self.back_button = Button(theme, self.tr("Back to the folder"), icon="back")
        self.back_button.clicked.connect(self.leave)
        self.place = Elided("", size=fonts.BASE)
        self.note = label("", role="dim", size=fonts.SMALL)
        self.save_button = Button(theme, self.tr("Save"), "primary", icon="save")
        self.save_button.clicked.connect(self.save)
        self.header.addWidget(self.back_button)
        self.header.addWidget(self.place, 1)
        self.header.addWidget(self.note)
        self.header.addWidget(self.save_button)

    def _unsaved_bar(self) -> Plate:
        theme = self._desk.theme
        bar = Plate(theme, token="raised")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(label(self.tr("There are changes that are not saved."), wrap=True), 1)
        self.keep_button = Button(theme, self.tr("Keep editing"))
        self.keep_button.clicked.connect(self._keep)
        self.discard_button = Button(theme, self.tr("Discard changes"), "danger")
        self.discard_button.clicked.connect(self._discard)
        row.addWidget(self.discard_button)
        row.addWidget(self.keep_button)
        bar.hide()
        return bar

    def _area(self) -> QPlainTextEdit:
        area = QPlainTextEdit()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFont(fonts.fixed_font())
        area.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        area.setTabStopDistance(8 * area.fontMetrics().horizontalAdvance(" "))
        area.setViewportMargins(12, 4, 4, 4)
        area.setAccessibleName(self.tr("Text of the file"))
        area.viewport().setAutoFillBackground(False)
        slim(area, self._desk.theme)
        area.modificationChanged.connect(lambda _changed: self.refresh())
        return area

    # What it holds

    @property
    def is_open(self) -> bool:
        """Whether a file is in front."""
        return self._read is not None

    @property
    def server(self) -> str:
        """Whose file it is, empty where none is open."""
        return self._read.server if self._read is not None else ""

    @property
    def is_unsaved(self) -> bool:
        """Whether something would be lost by closing."""
        return self._read is not None and self.area.document().isModified()

    @property
    def text(self) -> str:
        """As it would be saved. Not `toPlainText`, which turns hard spaces into plain ones."""
        raw = self.area.document().toRawText().replace(_PARAGRAPH, "\n")
        ending = self._fit.ending if self._fit is not None else "\n"
        return raw if ending == "\n" else raw.replace("\n", ending)

    def show_text(self, read: RemoteText) -> None:
        """Put a file in front.

        Raises:
            Problem: `remote.not_text`, where a line is too long.
        """
        looked = fit(read.text)
        if looked.too_long:
            raise Problem(
                "remote.not_text",
                server=read.server,
                path=read.path.label,
                reason=f"a line of it has {looked.longest} characters",
            )
        self._read, self._fit = read, looked
        self.area.setPlainText(looked.shown)
        # The last word has the comparison: what the editor cannot give back as it was is only shown.
        self._edges = looked.even and self.text == read.text
        self.area.document().setModified(False)
        self.place.set_text(f"{read.server}:{read.path.label}")
        self.problem.set_problem(None)
        self.unsaved.hide()
        self.refresh()
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Follow the read-only switch and what was typed."""
        allowed = self._desk.runner.allowed("file.write")
        if self.area.isReadOnly() is (allowed and self._edges):
            self.area.setReadOnly(not (allowed and self._edges))
        unsaved = self.is_unsaved
        permit(self.save_button, self._desk, "file.write", possible=unsaved and not self._saving)
        if not unsaved:
            self.unsaved.hide()
        set_text(self.note, self._note(unsaved=unsaved))
        changed = self.problem.problem is not None and self.problem.problem.code == "remote.changed"
        self.again_button.setVisible(changed)
        self.other_button.setVisible(self.problem.problem is not None and unsaved)

    def _note(self, *, unsaved: bool) -> str:
        if self._saving:
            return self.tr("saving…")
        if not self._edges:
            return self.tr("only shown: its line ends differ or it holds what an editor would change")
        if unsaved:
            return self.tr("not saved")
        if self._fit is not None and self._fit.hidden:
            return self.tr("{count} hidden characters in it").format(count=self._fit.hidden)
        return ""

    # Acts

    def save(self) -> None:
        """Write it, where it is still what was read."""
        if self._read is None or not self.save_button.isEnabled():
            return
        self._write(self._read.path, self._read)

    def _write(self, path: RemotePath, read: RemoteText | None) -> None:
        text = self.text
        self._saving = True
        self.problem.set_problem(None)
        self.refresh()

        def done(result: object) -> None:
            self._saving = False
            if isinstance(result, RemoteText):
                self._saved(result)

        def failed(problem: Problem) -> None:
            self._saving = False
            if problem.code == "remote.changed":
                self._compare(problem, text)
            else:
                self._tell(problem)

        given = {"name": self.server, "path": path, "text": text, "read": read}
        self._desk.runner.command("file.write", given, done=done, failed=failed)

    def _saved(self, now: RemoteText) -> None:
        self._read = now
        self.place.set_text(f"{now.server}:{now.path.label}")
        # What was typed while it was written is not saved yet.
        self.area.document().setModified(self.text != now.text)
        self.refresh()

    def _compare(self, problem: Problem, mine: str) -> None:
        """A write whose answer was lost may have been done: then theirs is mine."""
        if self._read is None:
            return

        def heard(result: object) -> None:
            if isinstance(result, RemoteText) and result.text == mine:
                self._saved(result)
            else:
                self._tell(problem)

        given = {"name": self.server, "path": self._read.path}
        self._desk.runner.command("file.read", given, done=heard, failed=lambda _gone: self._tell(problem))

    def _tell(self, problem: Problem) -> None:
        self.problem.set_problem(problem)
        self.refresh()

    def _read_again(self) -> None:
        """Take theirs; mine goes to the clipboard, so that it is not lost."""
        if self._read is None:
            return
        mine = self.text if self.is_unsaved else ""

        def heard(result: object) -> None:
            if not isinstance(result, RemoteText):
                return
            if mine:
                QGuiApplication.clipboard().setText(mine)
                self._desk.shell.tell(
                    Notice(self.tr("Your text is in the clipboard."), Level.INFO, key="files.clipboard")
                )
            self._show(result)

        given = {"name": self.server, "path": self._read.path}
        self._desk.runner.command("file.read", given, done=heard, failed=self._tell)

    def _show(self, read: RemoteText) -> None:
        try:
            self.show_text(read)
        except Problem as problem:
            self._tell(problem)

    def _save_as(self) -> None:
        if self._read is None:
            return
        path = self._read.path
        sheet = NameSheet(
            self._desk,
            self.tr("Save under another name"),
            self.tr("The file that is there stays as it is."),
            command="file.write",
            act=self.tr("Save"),
            name=visible_name(path.name),
            given=lambda name: {
                "name": self.server, "path": path.sibling(name), "text": self.text, "read": None
            },
            after=lambda done: self._saved(done) if isinstance(done, RemoteText) else None,
        )  # fmt: skip
        self._desk.shell.show_sheet(sheet)

    def leave(self) -> None:
        """Close it, or ask where something is not saved."""
        if self.is_unsaved:
            self.ask()
        else:
            self._discard()

    def ask(self) -> None:
        """Say that something is not saved."""
        self.unsaved.show()
        self.keep_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self) -> None:
        self.unsaved.hide()
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)

    def _discard(self) -> None:
        self._read = self._fit = None
        self.area.clear()
        self.area.document().setModified(False)
        self.problem.set_problem(None)
        self.unsaved.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Save):
            self.save()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
