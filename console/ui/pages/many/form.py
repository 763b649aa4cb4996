"""The form of a command on many servers: which, what, and with what limits; it says what would happen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.fleet.many import DEFAULT_PARALLEL
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.fields import Field, Tick
from console.ui.kit.labels import Role, label, set_role, set_text
from console.ui.pages.acting import permit
from console.ui.pages.many.outcomes import Wanted, named, read_form, shown_argv
from console.ui.theme import fonts


class ManyForm(Card):
    """See the module.

    Signals:
        run_wanted: the form is right and the person wants it.
        cancel_wanted: what runs shall end.
    """

    run_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, parent=parent)
        self._desk = desk
        self._asked = False
        self.running = False
        theme = desk.theme
        self.filter = Field(theme, placeholder="label.team=vision & role=infer & name~gpu", fixed=True)
        self.line = Field(theme, placeholder="nvidia-smi --query-gpu=driver_version --format=csv", fixed=True)
        self.shell = Tick(theme, self.tr("Let sh read the line on each server (pipes, $VARIABLES, *)"))
        self.hits = label("", size=fonts.SMALL, wrap=True)
        self.words = label("", size=fonts.SMALL, wrap=True)
        self.body.addLayout(self._grid())
        self.body.addLayout(self._limits())
        for field in (self.filter, self.line):
            field.textChanged.connect(lambda _text: self.refresh())
            field.returnPressed.connect(self._on_run)
        self.shell.toggled.connect(lambda _on: self.refresh())

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (text, field) in enumerate(
            ((self.tr("Servers"), self.filter), (self.tr("Command line"), self.line))
        ):
            name = label(text, role="dim")
            name.setBuddy(field)
            field.setAccessibleName(text)
            grid.addWidget(name, 3 * row, 0)
            grid.addWidget(field, 3 * row, 1)
            grid.addWidget(self.hits if not row else self.words, 3 * row + 1, 1)
            grid.setRowMinimumHeight(3 * row + 2, 4)
        grid.addWidget(self.shell, 6, 1)
        return grid

    def _limits(self) -> QHBoxLayout:
        theme = self._desk.theme
        row = QHBoxLayout()
        row.setSpacing(8)
        self.parallel = self._number(row, self.tr("At once"), str(DEFAULT_PARALLEL))
        self.stop_after = self._number(row, self.tr("Stop after failures"), self.tr("none"))
        self.timeout = self._number(row, self.tr("Seconds for each"), self.tr("no limit"))
        row.addStretch(1)
        self.cancel_button = Button(theme, self.tr("Cancel"), "danger", icon="stop")
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.run_button = Button(theme, self.tr("Run…"), "primary", icon="play")
        self.run_button.clicked.connect(self._on_run)
        row.addWidget(self.cancel_button)
        row.addWidget(self.run_button)
        return row

    def _number(self, row: QHBoxLayout, text: str, placeholder: str) -> Field:
        field = Field(self._desk.theme, placeholder=placeholder)
        field.setFixedWidth(84)
        field.setAccessibleName(text)
        name = label(text, role="dim", size=fonts.SMALL)
        name.setBuddy(field)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(name)
        column.addWidget(field)
        row.addLayout(column)
        row.addSpacing(8)
        field.textChanged.connect(lambda _text: field.set_fault(False))
        return field

    @property
    def wanted(self) -> Wanted:
        """What the form says now."""
        rows = self._desk.snapshot().servers
        return read_form(self.filter.text(), self.line.text(), rows, by_shell=self.shell.isChecked())

    def arguments(self) -> dict[str, object] | None:
        """What the command gets; None where a field is at fault and says so."""
        self._asked = True
        wanted = self.wanted
        self.refresh()
        numbers = [_whole(field) for field in (self.parallel, self.stop_after, self.timeout)]
        if (
            not wanted.servers
            or not wanted.argv
            or any(number is not None and number < 0 for number in numbers)
        ):
            return None
        parallel, stop_after, timeout = numbers
        return {
            "filter": self.filter.text(),
            "argv": wanted.argv,
            "parallel": parallel,
            "stop_after": stop_after,
            "timeout_s": None if timeout is None else float(timeout),
        }

    def refresh(self) -> None:
        """Say which servers it hits and which words they get."""
        wanted = self.wanted
        count = len(self._desk.snapshot().servers)
        self._say(self.hits, *self._hits(wanted, count))
        self._say(self.words, *self._words(wanted))
        self.filter.set_fault(bool(wanted.filter_fault))
        self.line.set_fault(bool(wanted.line_fault))
        permit(self.run_button, self._desk, "exec.many", possible=not self.running)
        many = len(wanted.servers) > 1
        set_text_of(self.run_button, self.tr("Run…") if many else self.tr("Run"))
        self.cancel_button.setVisible(self.running)

    def _hits(self, wanted: Wanted, count: int) -> tuple[str, Role]:
        if wanted.filter_fault:
            return wanted.filter_fault, "critical"
        if not self.filter.text().strip():
            text = self.tr(
                "'all', a word of a name or label, or label.KEY=VALUE, role=, name~; with & | ! ( )"
            )
            return text, "critical" if self._asked else "dim"
        if not wanted.servers:
            return self.tr("None of the {count} servers fits.").format(count=count), "critical"
        text = self.tr("{hit} of {count}: {names}").format(
            hit=len(wanted.servers), count=count, names=named(wanted.servers)
        )
        return text, "text"

    def _words(self, wanted: Wanted) -> tuple[str, Role]:
        if wanted.line_fault:
            return wanted.line_fault, "critical"
        if not wanted.argv:
            text = self.tr(
                "Words and quotes as in a shell, but no shell reads it: signs are passed on as they are."
            )
            return text, "critical" if self._asked else "dim"
        words = shown_argv(wanted.argv)
        if wanted.doubt:
            text = self.tr(
                "No shell reads it: {sign} is passed on as it stands. Tick the box if sh shall read it."
            )
            return f"{words}\n{text.format(sign=wanted.doubt)}", "accent"
        return words, "dim"

    @staticmethod
    def _say(where: QLabel, text: str, role: Role) -> None:
        set_text(where, text)
        set_role(where, role)

    def _on_run(self) -> None:
        if self.run_button.isEnabled():
            self.run_wanted.emit()


def set_text_of(button: Button, text: str) -> None:
    """Where it differs: a button's size follows its text."""
    if button.text() != text:
        button.setText(text)
        button.updateGeometry()


def _whole(field: Field) -> int | None:
    """The number, None where nothing stands there, -1 after marking a fault."""
    text = field.text().strip()
    if not text:
        return None
    number = int(text) if text.isdecimal() and len(text) < 8 else 0
    fault = number < 1
    field.set_fault(fault)
    return -1 if fault else number
