"""Views of operations as rows of the store and back, and whether the process that ran one still lives."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from console.core.clock import iso, parse_iso
from console.core.problems import Problem
from console.operations.operation import FINAL, OperationView, State, StepView
from console.operations.plan import Plan, Step
from console.store.rows import to_json, upsert
from console.store.store import Connection, Row, Store

_KEPT = 1000
_COLUMNS = "id, plan, state, steps, started, ended, problem, account, owner"


def save(store: Store, view: OperationView, owner: str) -> None:
    """Keep a view. Beginning and end wait for the disk, steps in between do not.

    Raises:
        Problem: the store's.
    """
    row: dict[str, object] = {
        "id": view.id,
        "plan": to_json(asdict(view.plan)),
        "state": view.state.value,
        "steps": to_json([_step_out(step) for step in view.steps]),
        "started": iso(view.started),
        "ended": iso(view.ended) if view.ended else None,
        "problem": to_json(_problem_out(view.problem)) if view.problem else None,
        "account": view.account,
        "owner": owner,
    }
    first = view.state is State.RUNNING and view.current is None

    def write(connection: Connection) -> None:
        upsert(connection, "operations", row, ("id",))
        if view.state in FINAL:
            connection.execute(
                "DELETE FROM operations WHERE state <> 'running' AND started < "
                "(SELECT started FROM operations ORDER BY started DESC LIMIT 1 OFFSET ?)",
                (_KEPT,),
            )

    store.write(write, durable=first or view.state in FINAL)


def load(store: Store, limit: int) -> list[OperationView]:
    """The newest kept views, newest first; one that runs under no living process is unknown."""
    rows = store.read(f"SELECT {_COLUMNS} FROM operations ORDER BY started DESC, id DESC LIMIT ?", (limit,))
    return [_view_in(row) for row in rows]


def this_process() -> str:
    """Names this process beyond the reuse of its pid; empty where the system cannot tell."""
    return _process_token(os.getpid())


def _process_token(pid: int) -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        # The command's name may hold spaces and parentheses: fields count from the last ")".
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return f"{boot}:{pid}:{fields[19]}"


def _lives(owner: str) -> bool:
    parts = owner.split(":")
    return len(parts) == 3 and parts[1].isdigit() and _process_token(int(parts[1])) == owner


def _step_out(step: StepView) -> dict[str, object]:
    return {
        "name": step.name,
        "detail": step.detail,
        "state": step.state.value,
        "done": step.done,
        "total": step.total,
        "started": iso(step.started) if step.started else None,
        "ended": iso(step.ended) if step.ended else None,
    }


def _problem_out(problem: Problem) -> dict[str, object]:
    return {**problem.as_dict(), "sentence": problem.sentence}


def _view_in(row: Row) -> OperationView:
    plan = json.loads(row["plan"])
    view = OperationView(
        id=row["id"],
        plan=Plan(
            action=plan["action"],
            title=plan["title"],
            target=plan["target"],
            servers=tuple(plan["servers"]),
            steps=tuple(Step(**step) for step in plan["steps"]),
            destructive=plan["destructive"],
            detail=plan["detail"],
        ),
        state=State(row["state"]),
        steps=tuple(_step_in(step) for step in json.loads(row["steps"])),
        started=parse_iso(row["started"]),
        ended=_moment(row["ended"]),
        problem=_problem_in(json.loads(row["problem"])) if row["problem"] else None,
        account=row["account"],
    )
    if view.state in FINAL or _lives(row["owner"]):
        return view
    steps = tuple(
        replace(step, state=State.UNKNOWN) if step.state is State.RUNNING else step for step in view.steps
    )
    return replace(view, state=State.UNKNOWN, steps=steps)


def _step_in(kept: dict[str, Any]) -> StepView:
    return StepView(
        name=kept["name"],
        detail=kept["detail"],
        state=State(kept["state"]),
        done=kept["done"] or 0.0,
        total=kept["total"] or 0.0,
        started=_moment(kept["started"]),
        ended=_moment(kept["ended"]),
    )


def _moment(text: str | None) -> datetime | None:
    return parse_iso(text) if text else None


def _problem_in(kept: dict[str, Any]) -> Problem:
    try:
        return Problem(kept["code"], **kept["attrs"])
    except (KeyError, ValueError):  # worded by another release: its sentence was kept for that
        return Problem("operation.earlier", sentence=kept["sentence"], remedy=kept["remedy"])
