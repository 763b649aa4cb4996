"""What a command is, and the one way to run it: the read-only switch is checked here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from console.context import Context
from console.core.problems import Problem


class Danger(IntEnum):
    """How much a command can do. Read-only mode disables everything from CHANGES on."""

    READS = 0
    CHANGES = 1
    DESTROYS = 2


class Scope(StrEnum):
    """What a command is about; the window offers it where such a thing is selected."""

    APP = "app"
    SERVER = "server"
    ACCELERATOR = "accelerator"
    JOB = "job"
    MODEL = "model"
    DEPLOYMENT = "deployment"
    FILE = "file"
    ALERT = "alert"


Arguments = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Command:
    """One act.

    Attributes:
        id: "deploy.create"; also the words of the command line and the audit's verb.
        title: imperative, sentence case; translated at the edge.
        summary: one sentence for help and the palette.
        scope: what it is about.
        danger: see Danger.
        act: does it: returns a value where it reads, a `Work` (a plan ready to start) where it changes
            something that lasts longer than an instant.
        shortcut: Qt's portable form, or empty.
        opens: the page or dialog that the window shows instead of calling `act` at once, or empty.
    """

    id: str
    title: str
    summary: str
    scope: Scope
    danger: Danger
    act: Callable[[Context, Arguments], object]
    shortcut: str = ""
    opens: str = ""


def invoke(command: Command, context: Context, arguments: Arguments) -> object:
    """Run a command.

    Raises:
        Problem: `mode.read_only`, or what the command itself raises.
    """
    if command.danger >= Danger.CHANGES and not context.changes_allowed:
        raise Problem("mode.read_only", command=command.id.replace(".", " "))
    return command.act(context, arguments)
