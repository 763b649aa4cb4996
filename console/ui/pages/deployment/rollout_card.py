"""The latest operation on a deployment, step by step."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.units import format_duration
from console.operations.operation import FINAL, OperationView
from console.ui.desk import Desk
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.labels import Elided, label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.scroll import Scroll
from console.ui.kit.steps import ProgressSteps, lines_of, tone_of_state
from console.ui.plan_texts import plan_title
from console.ui.state_words import operation_word
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of


class RolloutCard(Card):
    """Follows what runs now, else shows what ran last."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Rollout"), parent=parent)
        self._desk = desk
        self._view: OperationView | None = None
        self._badge = StateBadge(desk.theme)
        self.header.addStretch(1)
        self.header.addWidget(self._badge)
        self._line = Elided("", role="dim", size=fonts.SMALL)
        self._hint = label(
            self.tr("Switching a version, or going back, will be shown here step by step."),
            role="dim",
            size=fonts.SMALL,
            wrap=True,
        )
        self.steps = ProgressSteps(desk.theme)
        self.problem = ProblemView(desk.theme)
        self.cancel = Button(desk.theme, self.tr("Cancel"), "danger")
        self.cancel.clicked.connect(self._on_cancel)
        self.body.addWidget(self._line)
        self.body.addWidget(self._hint)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 4, 0, 0)
        inner.addWidget(self.steps)
        inner.addStretch(1)
        self.body.addWidget(Scroll(desk.theme, content), 1)
        self.body.addWidget(self.problem)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        self.body.addLayout(row)

    def refresh(self, name: str) -> None:
        """Look again; reads memory only."""
        views = self._desk.context.operations.views()
        mine = [view for view in views if view.plan.target == name and view.plan.action.startswith("deploy.")]
        running = [view for view in mine if view.state not in FINAL]
        view = next(iter([*running, *mine]), None)
        self._view = view
        self._hint.setVisible(view is None)
        self._line.setVisible(view is not None)
        self._badge.setVisible(view is not None)
        self.steps.setVisible(view is not None)
        self.cancel.setVisible(view is not None and view.state not in FINAL)
        self.problem.set_problem(view.problem if view else None)
        if view is None:
            return
        set_text(self.title, plan_title(view.plan.title))
        self._badge.set(tone_of_state(view.state), operation_word(view.state))
        self._line.set_text(self._when(view))
        self.steps.set_lines(lines_of(view))

    def _when(self, view: OperationView) -> str:
        now = self._desk.context.clock.now()
        moment = moment_text(view.started, zone_of(self._desk.context.options), now=now)
        took = format_duration(((view.ended or now) - view.started).total_seconds())
        return self.tr("{moment}, {took}").format(moment=moment, took=took)

    def _on_cancel(self) -> None:
        view = self._view
        if view is not None:
            operations = self._desk.context.operations
            self._desk.worker.run(
                lambda: operations.cancel(view.id), failed=self.problem.set_problem, owner=self
            )
