"""What the command about a server's equipment does."""

from __future__ import annotations

from console.commands.arguments import required
from console.commands.command import Arguments
from console.context import Context
from console.core.problems import Problem
from console.telemetry.equipment import Equipment, parse_equipment

_READ_S = 45.0


def read(context: Context, arguments: Arguments) -> Equipment:
    """Ask a server what it is made of now, and keep it.

    Raises:
        Problem: `server.unknown`, `ssh.*`, `agent.*`, `store.*`.
    """
    name = context.servers.get(required(arguments, "name", str)).name
    reading = parse_equipment(context.fleet.call(name, "inventory.read", timeout_s=_READ_S))
    if reading is None:
        raise Problem("agent.protocol", server=name, reason="its equipment is no object")
    context.equipment.record(name, reading)
    return context.equipment.all()[name]
