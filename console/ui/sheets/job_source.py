"""What goes along with a job from this machine, and which Python it gets: parts of the form of a job."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.jobs.job import JobPython
from console.jobs.snapshot.gather import Snapshot
from console.jobs.snapshot.sending import ToSend
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.fields import Choice, Field, Form, TextArea
from console.ui.kit.labels import label, set_role, set_text
from console.ui.problem_texts import texts_of
from console.ui.sheets.form_sheet import such_as
from console.ui.sheets.path_field import PathField
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

SYSTEM, PATH, VENV, CONDA = "system", "path", "venv", "conda"
_SECRET = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class _Look:
    """What would travel; `lacks` is None where no one server was chosen or it cannot be asked."""

    snapshot: Snapshot
    lacks: ToSend | None
    problem: Problem | None = None


class CodeFields(Form):
    """The folder or script, and below it what will be sent: read again when it or the server changes."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, parent)
        self._desk = desk
        self._server = ""
        self._asked: tuple[str, str] | None = None
        self.code = PathField(desk.theme, self.tr("Code"), either=True)
        self.code.field.setPlaceholderText(self.tr("nothing goes along"))
        self.row(
            self.tr("Code"),
            self.code,
            self.tr(
                "A folder here: what git tracks and what it does not ignore, or all that .tandemignore "
                "leaves. The job runs in a copy of its own. Or one script; the command is then its arguments."
            ),
        )
        self.state = label("", size=fonts.SMALL, wrap=True)
        self.state.setAccessibleName(self.tr("What will be sent"))
        self.add(self.state)
        self.state.hide()
        self.code.field.editingFinished.connect(self.look)
        self.code.field.textChanged.connect(self._changed)

    @property
    def path(self) -> Path | None:
        """The folder or script."""
        return self.code.path

    def set_server(self, server: str) -> None:
        """Whom to ask what it has; empty for any."""
        self._server = server
        self.look()

    def _changed(self, text: str) -> None:
        if not self.code.field.hasFocus():  # chosen by the button, or filled in
            self.look()
        elif not text.strip():
            self.state.hide()

    def look(self) -> None:
        """Read the folder and ask the server, elsewhere than in the window's thread."""
        path, server = self.path, self._server
        if path is None:
            self._asked = None
            self.state.hide()
            return
        asked = (str(path), server)
        if asked == self._asked:
            return
        self._asked = asked
        self._say(self.tr("looking…"))
        jobs = self._desk.context.jobs

        def read() -> _Look:
            snapshot = jobs.gather(path)
            if not server:
                return _Look(snapshot, None)
            try:
                return _Look(snapshot, jobs.to_send(server, snapshot))
            except Problem as problem:
                return _Look(snapshot, None, problem)

        self._desk.worker.run(
            read, lambda found: self._take(asked, found), failed=lambda p: self._failed(asked, p), owner=self
        )

    def _take(self, asked: tuple[str, str], found: _Look) -> None:
        if asked == self._asked:
            self._say(what_is_sent(found.snapshot, found.lacks, found.problem))

    def _failed(self, asked: tuple[str, str], problem: Problem) -> None:
        if asked == self._asked:
            self._asked = None
            self._say(" ".join(texts_of(problem)), fault=True)

    def _say(self, text: str, *, fault: bool = False) -> None:
        set_text(self.state, safe_line(text, max_chars=1200))
        set_role(self.state, "critical" if fault else "text")
        self.state.show()


def what_is_sent(snapshot: Snapshot, lacks: ToSend | None, problem: Problem | None = None) -> str:
    """In words: how much it is, of which commit, and what of it travels."""
    tree = snapshot.tree
    count = len(tree.files)
    size = format_bytes(tree.total_bytes)
    parts = [
        translate("CodeFields", "1 file, {size}").format(size=size)
        if count == 1
        else translate("CodeFields", "{count} files, {size}").format(count=count, size=size)
    ]
    if snapshot.commit:
        text = (
            translate("CodeFields", "commit {commit}, changed since")
            if snapshot.dirty
            else translate("CodeFields", "commit {commit}")
        )
        parts.append(text.format(commit=snapshot.commit[:12]))
    if problem is not None:
        parts.append(texts_of(problem)[0])
    elif lacks is None:
        parts.append(translate("CodeFields", "only what the server lacks is sent"))
    elif lacks.nothing:
        parts.append(translate("CodeFields", "nothing to send: already there"))
    elif len(lacks.blobs) == 1:
        size = format_bytes(lacks.size_bytes)
        parts.append(translate("CodeFields", "to send: 1 file, {size}").format(size=size))
    else:
        size = format_bytes(lacks.size_bytes)
        text = translate("CodeFields", "to send: {count} files, {size}")
        parts.append(text.format(count=len(lacks.blobs), size=size))
    return "  ·  ".join([*parts, *snapshot.notes])


class PythonField(QWidget):
    """Which kind, and where it is."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = Choice(
            theme,
            [
                (SYSTEM, self.tr("The server's")),
                (PATH, self.tr("Interpreter")),
                (VENV, self.tr("Virtual environment")),
                (CONDA, self.tr("Conda environment")),
            ],
            self.tr("Kind of Python"),
        )
        self.where = Field(theme, self.tr("Where the Python is"), fixed=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.kind)
        row.addWidget(self.where, 1)
        self.setFocusProxy(self.kind)
        self.kind.currentIndexChanged.connect(lambda _index: self._show_kind())
        self._show_kind()

    def _show_kind(self) -> None:
        hints = {PATH: "/usr/bin/python3.12", VENV: "~/venvs/train", CONDA: "ml, ~/miniforge3/envs/ml"}
        key = self.kind.key
        self.where.setVisible(key != SYSTEM)
        self.where.setPlaceholderText(such_as(hints[key]) if key in hints else "")

    def fill(self, python: JobPython | None) -> None:
        """As a job had it."""
        if python is None or python.kind not in (PATH, VENV, CONDA):
            return
        self.kind.choose(python.kind)
        place = python.where or python.prefix or python.python
        self.where.setText(place or "")

    def value(self, form: Form) -> dict[str, str | None] | None:
        """The request's fields; None after saying what is missing."""
        key, text = self.kind.key, self.where.text().strip()
        if key != SYSTEM and not text:
            form.fault(self, self.tr("Enter which one, or take the server's."))
            return None
        form.fault(self, "")
        return {"python" if key == PATH else key: text} if key != SYSTEM else {}


def secrets_in(form: Form, area: TextArea) -> dict[str, str] | None:
    """Names of secrets with their keyring entries; None after saying which line is none."""
    found = {}
    for line in area.toPlainText().splitlines():
        name, equals, entry = (part.strip() for part in line.partition("="))
        if not name and not equals:
            continue
        if not _SECRET.fullmatch(name) or (equals and not entry):
            text = translate(
                "CodeFields", "'{line}' is not NAME or NAME=ENTRY; its value is never entered here."
            )
            form.fault(area, text.format(line=safe_line(line, max_chars=40)))
            return None
        found[name] = entry or name
    form.fault(area, "")
    return found
