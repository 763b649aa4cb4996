"""What the commands do that reach servers: forwards, a terminal, one command on many, kept secrets."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.audit import AuditEntry
from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.forwards import ForwardView
from console.fleet.many import DEFAULT_PARALLEL, FleetRun, Ran, RanState
from console.fleet.terminal import open_terminal
from console.operations.plan import Action, Step, StepContext, Work, work
from console.telemetry.filter import read_strictly
from console.telemetry.hearing import hear

_MAX_NAMED = 12


@dataclass(frozen=True, slots=True)
class ForwardRequest:
    """Which forward is wanted; local_port 0 takes a free one."""

    server: str
    port: int
    host: str = "127.0.0.1"
    local_port: int = 0
    name: str | None = None


def forward_open(context: Context, arguments: Arguments) -> ForwardView:
    """Open a forward that comes back by itself when its connection breaks."""
    wanted = required(arguments, "forward", ForwardRequest)
    server = context.servers.get(wanted.server).name
    return context.fleet.forwards.open(
        server, wanted.port, host=wanted.host, local_port=wanted.local_port, name=wanted.name
    )


def forward_close(context: Context, arguments: Arguments) -> str:
    """Close a forward; its connections end."""
    name = required(arguments, "forward_name", str)
    context.fleet.forwards.close(name)
    return name


def terminal_command(context: Context, arguments: Arguments) -> tuple[str, ...]:
    """The `ssh` command line that leads to a server."""
    return context.fleet.ssh_command(required(arguments, "name", str))


def terminal(context: Context, arguments: Arguments) -> tuple[str, ...]:
    """Open the person's own terminal there."""
    name = required(arguments, "name", str)
    command = context.fleet.ssh_command(name)
    context.audit.record(AuditEntry("terminal", name, name, {"command": list(command)}, changes=True))
    open_terminal(name, command)
    return command


def exec_many(context: Context, arguments: Arguments) -> Work[tuple[Ran, ...]]:
    """One argv on every server that fits a filter; `on_ran` gets each result as it comes.

    `servers`: those that a person was shown; it runs on no other, though the filter may fit more by now.
    """
    text = required(arguments, "filter", str)
    argv = required(arguments, "argv", tuple)
    seen = optional(arguments, "servers", tuple)
    fits = _fitting(context, text)
    servers = fits if seen is None else tuple(name for name in fits if name in seen)
    if not servers:
        raise Problem("server.none_match", filter=text)
    run = FleetRun(
        context.fleet,
        servers,
        argv,
        parallel=optional(arguments, "parallel", int) or DEFAULT_PARALLEL,
        stop_after=optional(arguments, "stop_after", int),
        timeout_s=optional(arguments, "timeout_s", float),
    )
    on_ran = arguments.get("on_ran")
    results: list[Ran] = []

    def perform(step: StepContext) -> None:
        results.extend(_watched(run, step, on_ran if callable(on_ran) else None))
        good = sum(ran.state is RanState.DONE for ran in results)
        step.note(f"{good} of {len(results)} ended with 0")

    line = safe_line(shlex.join(argv), max_chars=300)
    detail: dict[str, object] = {"argv": list(argv), "filter": text, "servers": list(servers)}
    return work(
        action="exec.many",
        title=f"Run a command on {_count(servers)}",
        target=text,
        servers=servers,
        actions=(Action(Step("Run", f"{line} on {_named(servers)}"), perform),),
        result=lambda: tuple(results),
        detail=detail,
    )


def _count(servers: Sequence[str]) -> str:
    return servers[0] if len(servers) == 1 else f"{len(servers)} servers"


def _fitting(context: Context, text: str) -> tuple[str, ...]:
    """Names of the servers that fit; where the filter asks for what is measured, they are asked first."""
    wanted = read_strictly(text)
    if not wanted.measured:
        return tuple(server.name for server in wanted.listed(context.servers.list()))
    heard = hear(context.fleet, context.telemetry, [each.name for each in context.servers.list()])
    return tuple(row.server.name for row in heard.rows if wanted.server(row))


def _named(servers: Sequence[str]) -> str:
    more = f" and {len(servers) - _MAX_NAMED} more" if len(servers) > _MAX_NAMED else ""
    return ", ".join(servers[:_MAX_NAMED]) + more


def _watched(run: FleetRun, step: StepContext, on_ran: object) -> tuple[Ran, ...]:
    """Run on a thread of its own, so that a cancellation is heard while servers are slow."""
    count = 0

    def note(ran: Ran) -> None:
        nonlocal count
        count += 1
        if callable(on_ran):
            on_ran(ran)

    pool = ThreadPoolExecutor(1, thread_name_prefix="fleet-exec")
    future = pool.submit(run.run, note)
    try:
        while not future.done():
            step.progress(count, len(run.servers), f"{count} of {len(run.servers)}")
            step.wait_s(0.1)
    except BaseException:
        run.cancel()
        raise
    finally:
        pool.shutdown(wait=False)
    return future.result()


# --- kept secrets


def secret_list(context: Context, arguments: Arguments) -> tuple[str, ...]:
    """Names of what Tandem keeps in the system keyring."""
    del arguments
    return context.secrets.kept()


def secret_forget(context: Context, arguments: Arguments) -> str:
    """Take a secret out of the system keyring."""
    name = required(arguments, "secret", str)
    context.secrets.forget(name)
    context.audit.record(AuditEntry("secret.forget", name))
    return name
