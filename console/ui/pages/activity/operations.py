"""The columns of the list of operations and what is said of one. No widget lives here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from console.core.text import safe_line
from console.core.units import format_duration
from console.operations.operation import FINAL, OperationView, State
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.steps import tone_of_state
from console.ui.plan_texts import plan_title, step_name
from console.ui.problem_texts import texts_of
from console.ui.state_words import operation_word
from console.ui.times import moment_text


def share_of(view: OperationView) -> float:
    """How far it is, between 0 and 1: steps that are done, and the part of the one that runs."""
    if not view.steps:
        return 1.0 if view.state is State.DONE else 0.0
    done = sum(step.state is State.DONE for step in view.steps)
    running = next((step for step in view.steps if step.state is State.RUNNING), None)
    part = min(1.0, running.done / running.total) if running and running.total > 0 else 0.0
    return (done + part) / len(view.steps)


def took_s(view: OperationView, now: datetime) -> float | None:
    """Seconds, until now where it runs; unknown where nobody saw its end."""
    if view.state is State.UNKNOWN:
        return None
    return max(0.0, ((view.ended or now) - view.started).total_seconds())


def now_text(view: OperationView) -> str:
    """What it does, or how it ended."""
    if view.problem is not None:
        return texts_of(view.problem)[0]
    current = view.current
    if current is None or view.state is State.DONE:
        return safe_line(current.detail) if current else ""
    name = step_name(current.name)
    return f"{name}: {safe_line(current.detail)}" if current.detail else name


def steps_text(view: OperationView) -> str:
    """ "3 of 11"."""
    done = sum(step.state is State.DONE for step in view.steps)
    return translate("Operations", "{done} of {all}").format(done=done, all=len(view.steps))


def remaining_text(view: OperationView, now: datetime) -> str:
    """How long the step still takes where it tells how far it is; empty where it cannot be told."""
    running = next((step for step in view.steps if step.state is State.RUNNING), None)
    if running is None or running.started is None or running.total <= 0 or running.done <= 0:
        return ""
    spent = (now - running.started).total_seconds()
    left = spent * (running.total - running.done) / running.done
    return translate("Operations", "about {span} left in this step").format(
        span=format_duration(max(0.0, left))
    )


def as_text(view: OperationView) -> str:
    """All of it, for the clipboard."""
    lines = [f"{view.plan.title} ({view.id}): {view.state.value}", f"started {view.started.isoformat()}"]
    if view.ended is not None:
        lines.append(f"ended {view.ended.isoformat()}")
    lines += [f"  {step.name}: {step.state.value} {step.detail}".rstrip() for step in view.steps]
    if view.problem is not None:
        lines += [view.problem.sentence, view.problem.remedy]
    return safe_lines(lines)


def safe_lines(lines: list[str]) -> str:
    """Each line made harmless."""
    return "\n".join(safe_line(line.rstrip(), max_chars=2000) if line.strip() else "" for line in lines)


def in_order(views: tuple[OperationView, ...]) -> list[OperationView]:
    """What runs first, the rest newest first."""
    return sorted(views, key=lambda view: view.state in FINAL)


def operation_columns(now: Callable[[], datetime], zone: Callable[[], tzinfo]) -> list[Column[OperationView]]:
    """State and title, how far, when."""
    return [
        Column(
            "state",
            translate("Operations", "State"),
            lambda view: operation_word(view.state),
            tone=lambda view: tone_of_state(view.state),
            width=96,
        ),
        Column(
            "title",
            translate("Operations", "Operation"),
            lambda view: plan_title(view.plan.title),
            width=230,
            strong=True,
        ),
        Column(
            "where",
            translate("Operations", "Servers"),
            lambda view: ", ".join(view.plan.servers),
            width=120,
            drop=3,
        ),
        Column("now", translate("Operations", "Step"), now_text, width=90, stretch=True, dim=True),
        Column(
            "steps",
            translate("Operations", "Steps"),
            steps_text,
            sort=share_of,
            align="right",
            width=90,
            drop=2,
        ),
        Column(
            "started",
            translate("Operations", "Started"),
            lambda view: moment_text(view.started, zone(), now=now()),
            sort=lambda view: view.started,
            align="right",
            width=124,
        ),
        Column(
            "took",
            translate("Operations", "Took"),
            lambda view: format_duration(took_s(view, now())),
            sort=lambda view: took_s(view, now()),
            align="right",
            width=96,
        ),
    ]
