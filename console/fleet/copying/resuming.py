"""Copies that went on while no console watched: found in the kept operations, followed to their result."""

from __future__ import annotations

from collections.abc import Callable

from console.core.problems import Problem
from console.fleet.copying.carried import ARRIVED, LIVE, PartState, Task
from console.operations.operation import OperationView, State
from console.operations.plan import Action, StepContext, Work
from console.operations.running import Left
from console.operations.service import Operations

_PAUSE_S = 1.0
_MOST_PAUSE_S = 15.0
_PATIENCE = 40
_MOST = 20


def left_behind(operations: Operations) -> list[OperationView]:
    """The newest operations whose end is not known and whose servers may know it."""
    found = [
        view
        for view in operations.views()
        if view.state is State.UNKNOWN and isinstance(view.plan.detail.get("copy_id"), str)
    ]
    return found[:_MOST]


def resume(
    view: OperationView,
    look: Callable[[str, tuple[str, ...]], Task],
    cancel: Callable[[Task], None],
) -> Work[Task]:
    """The rest of an operation of an earlier run: watch what its servers do until it is over.

    Args:
        look: asks servers for a copy by its id.
        cancel: stops it on all its servers.
    """
    ident, servers = str(view.plan.detail["copy_id"]), view.plan.servers
    found: list[Task] = []

    def run(step: StepContext) -> None:
        try:
            task = _followed(ident, servers, look, step)
        except Left:
            raise
        except Problem:
            raise
        except BaseException:
            cancel(look(ident, servers))
            raise
        found.append(task)
        _ensure_arrived(task)

    def nothing(step: StepContext) -> None:
        step.note("it is done by the servers")

    acts = [run, *[nothing] * (len(view.plan.steps) - 1)]
    actions = tuple(Action(step, act) for step, act in zip(view.plan.steps, acts, strict=True))
    return Work(view.plan, actions, lambda: found[0], outlives=True)


def _followed(
    ident: str, servers: tuple[str, ...], look: Callable[[str, tuple[str, ...]], Task], step: StepContext
) -> Task:
    pause_s, unheard = _PAUSE_S, 0
    while True:
        try:
            task = look(ident, servers)
        except Problem as problem:
            unheard += 1
            if problem.code == "id.unknown" or unheard > _PATIENCE:
                raise
            step.progress(0, 0, f"cannot be asked now: {problem.sentence}")
        else:
            unheard = unheard + 1 if task.state is PartState.UNKNOWN else 0
            goals = [part for part in task.parts if part.role != "source"]
            done, total = sum(part.done or 0 for part in goals), sum(part.total or 0 for part in goals)
            step.progress(done, total, ", ".join(f"{part.server} {part.state.value}" for part in task.parts))
            if task.state not in LIVE and (task.state is not PartState.UNKNOWN or unheard > _PATIENCE):
                return task
        step.wait_s(pause_s)
        pause_s = min(_MOST_PAUSE_S, pause_s * 1.2)


def _ensure_arrived(task: Task) -> None:
    """Every target has it.

    Raises:
        Problem: why one has not; `transfer.lost` where nobody knows.
    """
    told = {part.server: part for part in task.parts}
    for name in task.servers:
        part = told.get(name)
        if part is None:
            reason = "it got it through the console, which was closed"
            raise Problem("transfer.lost", server=name, reason=reason)
        if part.role != "source" and part.state not in ARRIVED:
            raise part.problem or Problem("transfer.lost", server=name, reason="it told nothing")
