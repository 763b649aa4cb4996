"""One run of the command: its words, its output and the context, built when a verb first needs it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

from console.app import build, close
from console.cli.output import Output, ProgressLines, table
from console.cli.prompting import TerminalPrompt
from console.commands.catalogue import find
from console.commands.command import invoke
from console.context import Context
from console.core.home import Home, find_home
from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.demo.round import RoundSummary
from console.operations.plan import Plan, Work

T = TypeVar("T")

OpenWindow = Callable[[Context, Callable[[], Work[RoundSummary]] | None], int]
"""Opens the window over a context, with the demo's round where there is one; returns its exit code."""


class NeedsYes(Exception):
    """A destructive command without --yes and without a terminal; exit code 2."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.problem = Problem("usage.needs_yes", command=command)


class Session:
    """What every verb gets.

    Attributes:
        args: the parsed words.
        tail: what stood behind `--`, kept as given.
        open_window: opens the desktop console over a context.
    """

    def __init__(self, args: argparse.Namespace, tail: tuple[str, ...], open_window: OpenWindow) -> None:
        self.args = args
        self.tail = tail
        self.open_window = open_window
        self.output = Output(as_json=args.json)
        self._context: Context | None = None
        self._terminal: TerminalPrompt | None = None

    @property
    def home(self) -> Home:
        """The home of this run."""
        return find_home(self.args.home)

    @property
    def context(self) -> Context:
        """The services; built at first use."""
        if self._context is None:
            self._context = build(self.home, read_only=self.args.read_only)
            self._context.notifier.listen(self._told)
            if sys.stdin.isatty() and sys.stderr.isatty():
                self._terminal = TerminalPrompt()
                self._context.prompt.listen(self._terminal.asked)
        return self._context

    def close(self) -> None:
        """End what was started."""
        if self._context is not None:
            close(self._context)
            self._context = None
        if self._terminal is not None:
            self._terminal.close()

    def call(self, command_id: str, arguments: Mapping[str, object]) -> object:
        """A command that answers at once."""
        return invoke(find(command_id), self.context, arguments)

    def run(self, command_id: str, arguments: Mapping[str, object], kind: type[T]) -> T | None:
        """A command that makes a plan: print it (--dry-run), ask, and run it with progress.

        Returns None where only the plan was printed.
        """
        prepared = self.call(command_id, arguments)
        if not isinstance(prepared, Work):
            raise TypeError(f"{command_id} made no plan")
        if self.args.dry_run:
            self.output.answer(plan_document(prepared.plan), lambda: plan_text(prepared.plan))
            return None
        if prepared.plan.destructive and not self.args.yes:
            self._ask(prepared.plan)
        result = self.perform(prepared)
        if not isinstance(result, kind):
            raise TypeError(f"{command_id} answered {type(result).__name__}")
        return result

    def perform(self, prepared: Work[T]) -> T:
        """Run a plan with progress on stderr; Ctrl+C cancels it and undoes what it half did."""
        lines = ProgressLines(self.output)
        handle = self.context.operations.start(prepared)
        try:
            while not handle.wait(0.2):
                lines.show(handle.view())
        except KeyboardInterrupt:
            self.output.say("cancelling …")
            handle.cancel()
            handle.wait(60)
            raise
        lines.show(handle.view())
        return handle.result()

    def _ask(self, plan: Plan) -> None:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise NeedsYes(plan.action.replace(".", " "))
        self.output.say(plan_text(plan))
        print(f"Type '{plan.target}' to go on: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip() != plan.target:
            raise NeedsYes(plan.action.replace(".", " "))

    def _told(self, notice: Notice) -> None:
        if notice.level is not Level.INFO:
            self.output.say(f"tandem: {notice.text} {notice.remedy}".rstrip())


def plan_document(plan: Plan) -> dict[str, object]:
    """A plan as JSON."""
    return {
        "plan": plan.title,
        "action": plan.action,
        "target": plan.target,
        "servers": list(plan.servers),
        "destructive": plan.destructive,
        "steps": [
            {"name": step.name, "detail": step.detail, "undoable": step.undoable} for step in plan.steps
        ],
    }


def plan_text(plan: Plan) -> str:
    """A plan for people."""
    rows = [[str(number), step.name, step.detail] for number, step in enumerate(plan.steps, 1)]
    return f"{plan.title}\n{table(['', 'step', 'detail'], rows)}"
