"""A plan before it starts, the same steps while they run, and how it ended."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.units import format_duration
from console.operations.operation import FINAL, OperationView, State
from console.operations.plan import Plan
from console.ui import clock
from console.ui.desk import Desk
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field
from console.ui.kit.labels import label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.kit.steps import ProgressSteps, StepLine, lines_of, tone_of_state
from console.ui.kit.tones import Tone
from console.ui.plan_texts import plan_title, step_name
from console.ui.state_words import operation_word
from console.ui.theme import fonts

_MOST_NAMED = 12


class OperationSheet(Sheet):
    """Made with a plan (it then asks) or with the id of an operation (it then shows).

    Signals:
        start_wanted: the person looked at the plan and said yes.
    """

    start_wanted = Signal()

    def __init__(self, desk: Desk, plan: Plan, operation: str = "", parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, plan_title(plan.title), parent=parent)
        self._desk = desk
        self._plan = plan
        self._operation = operation
        self.closes_when_done = False
        self._badge = StateBadge(desk.theme, Tone.QUIET, self.tr("plan"))
        self._line = label("", role="dim", size=fonts.SMALL, wrap=True)
        self.body.addWidget(self._badge)
        self.body.addWidget(self._line)
        self.steps = ProgressSteps(desk.theme)
        self.steps.set_lines([StepLine(step_name(step.name), step.detail, Tone.QUIET) for step in plan.steps])
        self.body.addWidget(self.steps)
        self._confirm = self._confirm_row()
        self.body.addStretch(1)
        self._cancel = Button(desk.theme, self.tr("Cancel"))
        self._cancel.clicked.connect(self._on_cancel)
        self._start = Button(desk.theme, self.tr("Start"), "danger" if plan.destructive else "primary")
        self._start.clicked.connect(self._on_start)
        self.footer.addWidget(self._cancel)
        self.footer.addWidget(self._start)
        set_text(self._line, self._where())
        if operation:
            self._enter_running()
        else:
            self._on_name("")

    def _where(self) -> str:
        servers = self._plan.servers
        names = ", ".join(servers[:_MOST_NAMED])
        if len(servers) > _MOST_NAMED:
            names = self.tr("{names} and {count} more").format(names=names, count=len(servers) - _MOST_NAMED)
        return self.tr("On {servers}").format(servers=names) if names else self.tr("On this machine")

    def _confirm_row(self) -> Field | None:
        if not self._plan.destructive or self._operation:
            return None
        field = Field(self._desk.theme, placeholder=self._plan.target)
        words = self.tr("This cannot be undone. Type {name} to go on.").format(name=self._plan.target)
        note = label(words, wrap=True)
        note.setBuddy(field)
        field.setAccessibleName(words)
        box = QVBoxLayout()
        box.setSpacing(6)
        box.addWidget(note)
        box.addWidget(field)
        self.body.addLayout(box)
        field.textChanged.connect(self._on_name)
        field.returnPressed.connect(self._on_start)
        return field

    def _on_name(self, text: str) -> None:
        self._start.setEnabled(self._confirm is None or text.strip() == self._plan.target)

    def _on_start(self) -> None:
        if self._start.isEnabled() and not self._operation:
            self._start.setEnabled(False)
            self.start_wanted.emit()

    def starting(self) -> None:
        """It was asked for already: a press on Start in the moment before it runs would start it twice."""
        self._start.setEnabled(False)

    def started(self, operation: str) -> None:
        """It runs now; show it."""
        self._operation = operation
        self._enter_running()

    def refused(self, problem: Problem) -> None:
        """It could not even start."""
        self.problem.set_problem(problem)
        self._on_name(self._confirm.text() if self._confirm else "")

    def _enter_running(self) -> None:
        if self._confirm is not None:
            self._confirm.setEnabled(False)
        self._start.hide()
        self._cancel.setText(self.tr("Cancel operation"))
        self._desk.clock.every(clock.TABLES, self, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """How it stands now."""
        view = next(
            (each for each in self._desk.context.operations.views() if each.id == self._operation), None
        )
        if view is None:
            return
        self.steps.set_lines(lines_of(view))
        self._badge.set(tone_of_state(view.state), operation_word(view.state))
        self.problem.set_problem(view.problem)
        set_text(self._line, f"{self._where()}  ·  {self._elapsed(view)}")
        if view.state in FINAL:
            self._cancel.setText(self.tr("Close"))
        if view.state is State.DONE and self.closes_when_done:
            self.close_sheet()

    def _elapsed(self, view: OperationView) -> str:
        end = view.ended or self._desk.context.clock.now()
        return format_duration(max(0.0, (end - view.started).total_seconds()))

    def _on_cancel(self) -> None:
        view = next(
            (each for each in self._desk.context.operations.views() if each.id == self._operation), None
        )
        if view is None or view.state in FINAL or view.state is State.WAITING:
            self.close_sheet()
            return
        cancel: Callable[[], None] = lambda: self._desk.context.operations.cancel(view.id)  # noqa: E731
        self._desk.worker.run(cancel, owner=self, failed=self.problem.set_problem)
