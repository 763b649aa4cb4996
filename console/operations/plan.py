"""What is going to happen, as data: plans, their steps, and the callables that do and undo them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One named step of a plan.

    Attributes:
        name: short and translatable: "Push model".
        detail: what exactly, with sizes and places: "1.9 GB to infer-1".
        undoable: whether cancelling or failing later undoes it.
    """

    name: str
    detail: str = ""
    undoable: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person sees before it starts, and what `--dry-run` prints.

    Attributes:
        action: the id of the command behind it ("deploy.create"), also the audit's verb.
        title: one line: "Deploy digits@2 to infer-1".
        target: the job, model, deployment or server it is about.
        servers: names of the servers it touches.
        steps: in order.
        destructive: asks for the target's name (window) or --yes (command).
        detail: parameters for the audit log, secrets removed.
    """

    action: str
    title: str
    target: str
    servers: tuple[str, ...]
    steps: tuple[Step, ...]
    destructive: bool = False
    detail: dict[str, object] = field(default_factory=dict)


class StepContext(Protocol):
    """What a running step may tell and ask."""

    def progress(self, done: float, total: float, text: str = "") -> None:
        """How far: in bytes, requests or seconds; `text` says it in words."""

    def note(self, text: str) -> None:
        """Replace the step's detail by what was found: "ready in 6.2 s"."""

    def check_cancelled(self) -> None:
        """Raise the internal cancellation where the person has asked for it; call it in every loop."""

    def wait_s(self, seconds: float) -> None:
        """Sleep that ends, by the cancellation, at once when cancelled."""


@dataclass(frozen=True, slots=True)
class Action:
    """A step with what does it.

    Attributes:
        step: its description.
        run: does it; raises a Problem where it cannot.
        undo: takes it back after a later failure or cancellation; None where there is nothing to undo.
    """

    step: Step
    run: Callable[[StepContext], None]
    undo: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Work(Generic[T_co]):
    """A plan ready to start: its actions, one per step, and what it returns when all are done.

    Attributes:
        plan: what will happen.
        actions: in the order of the plan's steps.
        result: called after the last step.
        outlives: what it started goes on on servers when the console closes; closing does not cancel it.
    """

    plan: Plan
    actions: tuple[Action, ...]
    result: Callable[[], T_co]
    outlives: bool = False


def work(
    *,
    action: str,
    title: str,
    target: str,
    servers: tuple[str, ...],
    actions: tuple[Action, ...],
    result: Callable[[], T_co],
    destructive: bool = False,
    detail: dict[str, object] | None = None,
    outlives: bool = False,
) -> Work[T_co]:
    """A Work whose plan lists the steps of its actions."""
    steps = tuple(each.step for each in actions)
    plan = Plan(action, title, target, servers, steps, destructive, detail or {})
    return Work(plan, actions, result, outlives)


def joined(
    works: Sequence[Work[object]],
    *,
    action: str,
    title: str,
    target: str,
    details: Sequence[str] = (),
) -> Work[tuple[object, ...]]:
    """Several plans as one, done one after the other; its result is theirs.

    Args:
        details: one for each of them, put before what its steps say; empty texts change nothing.
    """
    actions: list[Action] = []
    for index, each in enumerate(works):
        more = details[index] if index < len(details) else ""
        actions += [_with_detail(one, more) for one in each.actions]
    return work(
        action=action,
        title=title,
        target=target,
        servers=tuple(dict.fromkeys(name for each in works for name in each.plan.servers)),
        actions=tuple(actions),
        result=lambda: tuple(each.result() for each in works),
        destructive=any(each.plan.destructive for each in works),
        detail={"parts": [each.plan.detail for each in works]},
    )


def _with_detail(action: Action, more: str) -> Action:
    if not more:
        return action
    return replace(action, step=replace(action.step, detail=f"{more}; {action.step.detail}"))
