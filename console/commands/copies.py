"""What the commands that copy files do: thin calls of their service."""

from __future__ import annotations

from pathlib import Path

from console.commands.arguments import required
from console.commands.command import Arguments
from console.context import Context
from console.fleet.copying.pull import Pulled
from console.fleet.copying.push import Pushed
from console.operations.plan import Work


def push(context: Context, arguments: Arguments) -> Work[list[Pushed]]:
    """Copy a local file or folder to servers."""
    names = [str(name) for name in required(arguments, "names", tuple)]
    return context.copies.prepare_push(
        names, required(arguments, "local", Path), required(arguments, "remote", str)
    )


def pull(context: Context, arguments: Arguments) -> Work[Pulled]:
    """Copy a file or folder of a server to this machine."""
    return context.copies.prepare_pull(
        required(arguments, "name", str),
        required(arguments, "remote", str),
        required(arguments, "local", Path),
    )


def copy(context: Context, arguments: Arguments) -> Work[Pushed]:
    """Copy a file or folder of one server to another."""
    return context.copies.prepare_copy(
        required(arguments, "source", str),
        required(arguments, "path", str),
        required(arguments, "target", str),
        required(arguments, "to", str),
    )
