"""How the command prints: one JSON document or text for people on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.core.problems import Problem
from console.operations.operation import OperationView, State


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's answer goes.

    Attributes:
        as_json: `--json` was given.
        quiet: no progress on stderr.
    """

    as_json: bool = False
    quiet: bool = False

    def answer(self, document: object, text: Callable[[], str] | str) -> None:
        """Print the command's one answer."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False, allow_nan=False), flush=True)
        else:
            shown = text if isinstance(text, str) else text()
            if shown:
                print(shown, flush=True)

    def say(self, text: str) -> None:
        """A message for the person, on stderr."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)


def table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> str:
    """Aligned columns for a terminal; columns in `right` are right-aligned."""
    widths = [max(len(header), *(len(row[n]) for row in rows), 0) for n, header in enumerate(headers)]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.rjust(widths[n]) if n in right else cell.ljust(widths[n]) for n, cell in enumerate(cells)
        ).rstrip()

    return "\n".join([line([header.upper() for header in headers]), *(line(row) for row in rows)])


def problem_text(problem: Problem) -> str:
    """What, why, and what to do, on one line."""
    return f"tandem: {problem.sentence} {problem.remedy}"


class ProgressLines:
    """Prints an operation's steps on stderr as they start and end; one rewritten line on a terminal."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._printed: dict[int, State] = {}
        self._live = sys.stderr.isatty()

    def show(self, view: OperationView) -> None:
        """Called for every change of the operation."""
        if self._output.quiet:
            return
        for number, step in enumerate(view.steps):
            if self._printed.get(number) is step.state or step.state is State.WAITING:
                continue
            self._printed[number] = step.state
            mark = _MARKS[step.state]
            detail = f" ({step.detail})" if step.detail else ""
            if step.state is not State.RUNNING or not self._live:
                seconds = ""
                if step.started and step.ended:
                    seconds = f" {(step.ended - step.started).total_seconds():.1f} s"
                self._clear()
                print(
                    f"{mark} {number + 1}/{len(view.steps)} {step.name}{detail}{seconds}",
                    file=sys.stderr,
                    flush=True,
                )
        if self._live and view.current is not None and view.current.state is State.RUNNING:
            current = view.current
            share = f" {100 * current.done / current.total:.0f} %" if current.total else ""
            self._clear()
            print(f"… {current.name}{share} {current.detail}"[:100], end="", file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if self._live:
            print("\r\x1b[2K", end="", file=sys.stderr)


_MARKS = {
    State.RUNNING: "…",
    State.DONE: "✓",
    State.FAILED: "✗",
    State.CANCELLED: "–",
    State.UNDONE: "↺",
    State.UNKNOWN: "?",
    State.WAITING: " ",
}
