"""What the commands about a server's work do: draining, resuming, jobs at once. The state lives there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.clock import iso
from console.core.text import safe_line
from console.core.wire_values import MAX_COUNTER, moment_of, object_of, text_of, whole_of
from console.operations.plan import Action, Step, StepContext, Work, work

_RESUME_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class ServerWork:
    """How work stands on a server, as its agent says: `drained` is the reason, None where it takes work.

    `no_units` says why its jobs are in no unit of systemd's, None where they are or it does not say.
    """

    server: str
    drained: str | None
    by: str | None
    since: datetime | None
    until: datetime | None
    slots: int | None
    running: int | None
    waiting: int | None
    no_units: str | None = None


def parse_work(server: str, answer: Mapping[str, object]) -> ServerWork:
    """The answer to server.state; what makes no sense is unknown."""
    drained = object_of(answer.get("drained"))
    return ServerWork(
        server,
        text_of(drained.get("reason"), 300),
        text_of(drained.get("by")),
        moment_of(drained.get("since")),
        moment_of(drained.get("until")),
        whole_of(answer.get("slots"), 0, MAX_COUNTER),
        whole_of(answer.get("running"), 0, MAX_COUNTER),
        whole_of(answer.get("waiting"), 0, MAX_COUNTER),
        text_of(answer.get("units"), 200),
    )


def state(context: Context, arguments: Arguments) -> ServerWork:
    """Ask a server how its work stands, and keep whether it is drained."""
    name = context.servers.get(required(arguments, "name", str)).name
    found = parse_work(name, context.fleet.call(name, "server.state"))
    _keep(context, name, found.drained)
    return found


def _keep(context: Context, name: str, reason: str | None) -> None:
    """What this console shows and chooses by, until it hears otherwise."""
    known = context.servers.get(name)
    if known.drained != reason:
        context.servers.update(replace(known, drained=reason))


def drain(context: Context, arguments: Arguments) -> Work[ServerWork]:
    """No new leases and replicas on a server; with `preempt`, preemptible jobs make way at once."""
    name = context.servers.get(required(arguments, "name", str)).name
    reason = safe_line(required(arguments, "reason", str), max_chars=300)
    until = optional(arguments, "until", datetime)
    preempt = bool(arguments.get("preempt", False))
    params: dict[str, object] = {
        "reason": reason,
        "until": None if until is None else until.timestamp(),
        "preempt": preempt,
        "by": context.account,
    }
    kept: list[ServerWork] = []

    def run(step: StepContext) -> None:
        answer = context.fleet.call(name, "server.drain", params)
        _keep(context, name, reason)
        leaving = answer.get("leaving")
        asked = len(leaving) if isinstance(leaving, list) else 0
        step.note(f"{asked} jobs make way" if asked else "what runs goes on")
        kept.append(state(context, {"name": name}))

    end = f"until {iso(until)[:16]}Z" if until else "until it is resumed"
    detail = f"{reason}; {end}; " + ("preemptible jobs make way" if preempt else "running jobs go on")
    return work(
        action="server.drain",
        title=f"Drain {name}",
        target=name,
        servers=(name,),
        actions=(Action(Step("Take no new work", detail), run),),
        result=lambda: kept[0],
        detail={"reason": reason, "until": params["until"], "preempt": preempt},
    )


def resume(context: Context, arguments: Arguments) -> Work[ServerWork]:
    """Take work again, once its accelerators were looked at."""
    name = context.servers.get(required(arguments, "name", str)).name
    anyway = bool(arguments.get("anyway", False))
    kept: list[ServerWork] = []

    def run(step: StepContext) -> None:
        params: dict[str, object] = {"anyway": anyway}
        answer = context.fleet.call(name, "server.resume", params, timeout_s=_RESUME_TIMEOUT_S)
        _keep(context, name, None)
        problems = answer.get("problems")
        found = (
            [safe_line(str(each), max_chars=200) for each in problems] if isinstance(problems, list) else []
        )
        step.note("; ".join(found[:4]) or f"{answer.get('checked')} accelerators are fit")
        kept.append(state(context, {"name": name}))

    detail = "whatever they say" if anyway else "none may be lost, failing or waiting for a repair"
    return work(
        action="server.resume",
        title=f"Let {name} work again",
        target=name,
        servers=(name,),
        actions=(Action(Step("Look at the accelerators and resume", detail), run),),
        result=lambda: kept[0],
        detail={"anyway": anyway},
    )


def limit(context: Context, arguments: Arguments) -> Work[ServerWork]:
    """How many jobs of this account may run at once on a server; 0 takes the limit away."""
    name = context.servers.get(required(arguments, "name", str)).name
    slots = required(arguments, "slots", int)
    kept: list[ServerWork] = []

    def run(step: StepContext) -> None:
        context.fleet.call(name, "server.limit", {"slots": slots or None})
        step.note(f"{slots} at once" if slots else "no limit")
        kept.append(state(context, {"name": name}))

    return work(
        action="server.limit",
        title=f"Limit the jobs on {name}",
        target=name,
        servers=(name,),
        actions=(Action(Step("Set the limit", f"{slots} jobs at once" if slots else "no limit"), run),),
        result=lambda: kept[0],
        detail={"slots": slots},
    )
