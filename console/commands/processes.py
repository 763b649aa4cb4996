"""What the commands about a server's processes and about idle accelerators do."""

from __future__ import annotations

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.fleet.processes import Ending, ProcessIdentity, RemoteProcess
from console.operations.plan import Work
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
