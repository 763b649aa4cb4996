"""What the commands about a server's processes and about idle accelerators do."""

from __future__ import annotations

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.fleet.processes import Ending, ProcessIdentity, RemoteProcess
from console.operations.plan import Work
from console.telemetry.idle import IdleHolder
from console.telemetry.server_processes import ServerProcess


def process_list(context: Context, arguments: Arguments) -> tuple[ServerProcess, ...]:
    """What runs on a server, with what it holds of the accelerators."""
    name = context.servers.get(required(arguments, "name", str)).name
    return context.processes.look(name, limit=optional(arguments, "limit", int) or 200)


def process_end(context: Context, arguments: Arguments) -> Work[bool]:
    """Ask a process to end (TERM)."""
    return _ending(context, arguments, Ending.TERM)


def process_kill(context: Context, arguments: Arguments) -> Work[bool]:
    """End a process at once (KILL)."""
    return _ending(context, arguments, Ending.KILL)


def _ending(context: Context, arguments: Arguments, ending: Ending) -> Work[bool]:
    """`process` is the row that was looked at; a pid or an identity is looked up first."""
    name = context.servers.get(required(arguments, "name", str)).name
    process = arguments.get("process")
    if not isinstance(process, RemoteProcess):
        wanted = optional(arguments, "identity", ProcessIdentity) or required(arguments, "pid", int)
        process = context.processes.remote.find(name, wanted)
    return context.processes.remote.prepare_end(name, process, ending)


def idle_holders(context: Context, arguments: Arguments) -> tuple[IdleHolder, ...]:
    """Who keeps memory of accelerators without using them, on the servers that are heard now.

    `names` limits it to some servers, `below_percent` and `after_s` stand in for the options.
    """
    names = optional(arguments, "names", tuple)
    below = optional(arguments, "below_percent", float)
    after_s = optional(arguments, "after_s", float)
    options = context.options
    servers = context.telemetry.snapshot().servers
    return context.idle.find(
        [row for row in servers if not names or row.server.name in names],
        below_percent=options.number("idle.below_percent") if below is None else below,
        after_s=60.0 * options.number("idle.after_minutes") if after_s is None else after_s,
    )
