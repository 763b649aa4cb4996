"""Running acts for the pages: invoke off-thread, show the plan, start it, and tell how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import shiboken6

from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.operations.operation import FINAL, State
from console.operations.plan import Work
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.plan_texts import plan_title
from console.ui.problem_texts import texts_of
from console.ui.sheets.operation_sheet import OperationSheet

if TYPE_CHECKING:
    from console.commands.command import Command
    from console.operations.service import Handle

Done = Callable[[object], None]
Failed = Callable[[Problem], None]
Begun = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Started:
    handle: Handle[object]
    done: Done | None
    failed: Failed | None


class CommandRunner:
    """Implements desk.Runner. The desk is given after both exist."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        self._commands = {command.id: command for command in commands}
        self._desk: Desk | None = None
        self._started: list[_Started] = []

    def attach(self, desk: Desk) -> None:
        """The desk that acts are run on."""
        self._desk = desk

    @property
    def desk(self) -> Desk:
        assert self._desk is not None
        return self._desk

    @property
    def commands(self) -> tuple[Command, ...]:
        return tuple(self._commands.values())

    def allowed(self, command: str) -> bool:
        """Whether the read-only switch lets it run now."""
        from console.commands.command import Danger

        found = self._commands[command]
        return found.danger < Danger.CHANGES or self.desk.context.changes_allowed

    def command(
        self,
        command: str,
        arguments: Mapping[str, object] | None = None,
        *,
        ask: bool = True,
        done: Done | None = None,
        failed: Failed | None = None,
        begun: Begun | None = None,
    ) -> None:
        """See desk.Runner."""
        from console.commands.command import invoke

        found, context = self._commands[command], self.desk.context
        given = dict(arguments or {})

        def finish(result: object) -> None:
            if isinstance(result, Work):
                self.work(cast("Work[object]", result), ask=ask, done=done, failed=failed, begun=begun)
            elif done is not None:
                done(result)

        self.desk.worker.run(
            lambda: invoke(found, context, given), finish, failed=failed or self.desk.shell.tell_problem
        )

    def work(
        self,
        work: Work[object],
        *,
        ask: bool = True,
        done: Done | None = None,
        failed: Failed | None = None,
        begun: Begun | None = None,
    ) -> None:
        """See desk.Runner."""
        asks = ask or work.plan.destructive
        if begun is not None and not asks:
            self._start(work, None, done, failed, begun)
            return
        sheet = OperationSheet(self.desk, work.plan)
        sheet.start_wanted.connect(lambda: self._start(work, sheet, done, failed, begun))
        self.desk.shell.show_sheet(sheet)
        if not asks:
            # A form was the asking, and where it leads is shown next.
            sheet.closes_when_done = True
            sheet.starting()
            self._start(work, sheet, done, failed, begun)

    def _start(
        self,
        work: Work[object],
        sheet: OperationSheet | None,
        done: Done | None,
        failed: Failed | None,
        begun: Begun | None,
    ) -> None:
        operations = self.desk.context.operations

        def started(handle: Handle[object]) -> None:
            self._started.append(_Started(handle, done, failed))
            if begun is not None:
                begun(handle.id)
            if sheet is None or not shiboken6.isValid(sheet):
                return
            if begun is None:
                sheet.started(handle.id)
            else:
                sheet.close_sheet()

        def refused(problem: Problem) -> None:
            if sheet is not None and shiboken6.isValid(sheet):
                sheet.refused(problem)
            else:
                (failed or self.desk.shell.tell_problem)(problem)

        self.desk.worker.run(lambda: operations.start(work), started, failed=refused)

    def look(self) -> None:
        """Called by the clock: what has ended is told and handed on."""
        for started in list(self._started):
            view = started.handle.view()
            if view.state not in FINAL:
                continue
            self._started.remove(started)
            if view.state is State.DONE:
                text = translate("Runner", "{title}: done.").format(title=plan_title(view.plan.title))
                self.desk.shell.tell(Notice(text, Level.INFO, key=view.id))
                self.desk.worker.run(started.handle.result, started.done)
                continue
            problem = view.problem
            sentence, remedy = texts_of(problem) if problem else (plan_title(view.plan.title), "")
            self.desk.shell.tell(Notice(sentence, Level.WARNING, key=view.id, remedy=remedy))
            if started.failed is not None and problem is not None:
                started.failed(problem)

    @property
    def busy(self) -> bool:
        """Whether something that was started here still runs."""
        return bool(self._started)
