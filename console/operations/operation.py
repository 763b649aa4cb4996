"""The observable state of one Operation: immutable views that the window and the command both show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.core.problems import Problem
from console.operations.plan import Plan


class State(StrEnum):
    """How an operation or a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDONE = "undone"
    UNKNOWN = "unknown"


FINAL = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as it stands.

    Attributes:
        name, detail: from the plan, the detail replaced by what the step found.
        done, total: progress in the step's own unit; total 0 where it cannot tell.
    """

    name: str
    detail: str
    state: State
    done: float = 0.0
    total: float = 0.0
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation as it stands now; a new view for every change."""

    id: str
    plan: Plan
    state: State
    steps: tuple[StepView, ...]
    started: datetime
    ended: datetime | None = None
    problem: Problem | None = None
    account: str = ""

    @property
    def current(self) -> StepView | None:
        """The step that runs, else the last that ended."""
        running = [step for step in self.steps if step.state is State.RUNNING]
        ended = [step for step in self.steps if step.ended is not None]
        return running[0] if running else (ended[-1] if ended else None)
