"""What the commands do that look at the fleet: accelerators to spare, saved views, history as a file."""

from __future__ import annotations

from pathlib import Path

from console.commands.arguments import required
from console.commands.command import Arguments
from console.context import Context
from console.telemetry.filter import read
from console.telemetry.finding import Offer, Wanted, find
from console.telemetry.hearing import hear
from console.telemetry.history_export import Excerpt, Exported, export_history
from console.telemetry.views import View


def free_gpus(context: Context, arguments: Arguments) -> tuple[Offer, ...]:
    """Servers that have so many accelerators to spare now; those not watched are asked first."""
    wanted = required(arguments, "wanted", Wanted)
    fitting = read(str(arguments.get("filter", "")))
    names = [server.name for server in context.servers.list()]
    rows = hear(context.fleet, context.telemetry, names).rows
    return find([row for row in rows if fitting.server(row)], wanted)


def view_list(context: Context, arguments: Arguments) -> tuple[View, ...]:
    """The saved views, by name."""
    del arguments
    return context.views.list()


def view_save(context: Context, arguments: Arguments) -> View:
    """Keep a view of the fleet under its name."""
    return context.views.save(required(arguments, "view", View))


def history_export(context: Context, arguments: Arguments) -> Exported:
    """Write history into a new file."""
    wanted, path = required(arguments, "wanted", Excerpt), required(arguments, "to", Path)
    return export_history(context.history, wanted, path)


def view_remove(context: Context, arguments: Arguments) -> tuple[View, ...]:
    """Forget a view; those that are left."""
    context.views.remove(required(arguments, "name", str))
    return context.views.list()
