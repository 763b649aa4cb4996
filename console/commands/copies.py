"""What the commands that copy files do: thin calls of their service."""

from __future__ import annotations

from pathlib import Path

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.problems import Problem
from console.fleet.copying.carried import Arrived, Task
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


def copy(context: Context, arguments: Arguments) -> Work[list[Arrived]]:
    """Copy a file or folder of one server to others."""
    targets = [(str(name), str(to)) for name, to in required(arguments, "targets", tuple)]
    return context.server_copies.prepare_copy(
        required(arguments, "source", str),
        required(arguments, "path", str),
        targets,
        detach=optional(arguments, "detach", bool) or False,
    )


def fetch(context: Context, arguments: Arguments) -> Work[Arrived]:
    """Let a server fetch a file from a URL, by its hash."""
    return context.server_copies.prepare_fetch(
        required(arguments, "name", str),
        required(arguments, "url", str),
        required(arguments, "sha256", str),
        required(arguments, "to", str),
        max_bytes=optional(arguments, "max_bytes", int),
        detach=optional(arguments, "detach", bool) or False,
    )


def copies_list(context: Context, arguments: Arguments) -> tuple[list[Task], dict[str, Problem]]:
    """The copies and fetches that servers do or did by themselves, and who could not be asked."""
    names = optional(arguments, "names", tuple) or ()
    return context.server_copies.tasks([str(name) for name in names])


def copies_show(context: Context, arguments: Arguments) -> Task:
    """One of them."""
    return context.server_copies.task(required(arguments, "id", str))


def copies_resume(context: Context, arguments: Arguments) -> int:
    """Watch again what an earlier console left on its servers; how many there are."""
    del arguments
    return len(context.server_copies.resume(context.operations))


def copies_cancel(context: Context, arguments: Arguments) -> Work[Task]:
    """Stop one of them on all its servers."""
    return context.server_copies.prepare_cancel(required(arguments, "id", str))
