"""The selected operation: how far, its steps, Cancel, its Problem, Copy."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from console.core.text import safe_line
from console.core.units import format_duration
from console.operations.operation import FINAL, OperationView
from console.ui.desk import Desk
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.inspector import Inspector
from console.ui.kit.labels import label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.steps import Bar, ProgressSteps, lines_of, tone_of_state
from console.ui.pages.activity.operations import as_text, remaining_text, share_of, took_s
from console.ui.plan_texts import plan_title
from console.ui.state_words import operation_word
from console.ui.theme import fonts


class OperationInspector(Inspector):
    """Follows the selection and what happens to it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, self.tr("Selected operation"))
        self._desk = desk
        self._view: OperationView | None = None
        self._hint = label(
            self.tr("Select an operation to see its steps."), role="dim", size=fonts.SMALL, wrap=True
        )
        self._badge = StateBadge(desk.theme)
        self.bar = Bar(desk.theme, self.tr("Progress"))
        self._facts_line = label("", role="dim", size=fonts.SMALL, wrap=True)
        self.problem = ProblemView(desk.theme)
        self.steps = ProgressSteps(desk.theme)
        for widget in (self._hint, self._badge, self.bar, self._facts_line, self.problem, self.steps):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.cancel = Button(desk.theme, self.tr("Cancel"), "danger")
        self.cancel.clicked.connect(self._on_cancel)
        self.copy = Button(desk.theme, self.tr("Copy"), icon="copy")
        self.copy.clicked.connect(self._on_copy)
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.copy)
        self.buttons.addStretch(1)
        self.show_view(None)

    def show_view(self, view: OperationView | None) -> None:
        """Another one, the same with news, or none."""
        self._view = view
        self._hint.setVisible(view is None)
        for widget in (self._badge, self._facts_line, self.steps, self.copy):
            widget.setVisible(view is not None)
        running = view is not None and view.state not in FINAL
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.problem.set_problem(view.problem if view else None)
        if view is None:
            self.set_title(self.tr("No operation selected"))
            return
        now = self._desk.context.clock.now()
        self.set_title(plan_title(view.plan.title), f"{view.id}  ·  {view.plan.action}")
        self._badge.set(tone_of_state(view.state), operation_word(view.state))
        self.bar.set_share(share_of(view))
        parts = [
            ", ".join(view.plan.servers),
            format_duration(took_s(view, now)),
            remaining_text(view, now) if running else "",
            safe_line(view.account),
        ]
        set_text(self._facts_line, "  ·  ".join(part for part in parts if part))
        self.steps.set_lines(lines_of(view))

    def _on_cancel(self) -> None:
        view, operations = self._view, self._desk.context.operations
        if view is not None:
            self._desk.worker.run(lambda: operations.cancel(view.id), owner=self)

    def _on_copy(self) -> None:
        if self._view is not None:
            QGuiApplication.clipboard().setText(as_text(self._view))
