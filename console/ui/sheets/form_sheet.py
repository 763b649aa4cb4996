"""What the forms share: fields, one button that acts, faults under the fields, Problems at the foot."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import shiboken6
from PySide6.QtWidgets import QWidget

from console.core.problems import Problem
from console.ui import clock
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button, Kind
from console.ui.kit.fields import Field, Form
from console.ui.kit.sheet import Sheet
from console.ui.pages.acting import permit

Arguments = Mapping[str, object]
After = Callable[[object], None]


def such_as(text: str) -> str:
    """A placeholder that cannot be taken for a value that is there."""
    return translate("FormSheet", "for example {text}").format(text=text)


class FormSheet(Sheet):
    """A form for one command. A subclass fills `self.form` and overrides `arguments`.

    Args:
        command: what the button runs; it is off where read-only forbids that.
        after: called with the result once the command has done its work; by then the sheet may be gone.
    """

    def __init__(
        self,
        desk: Desk,
        title: str,
        text: str,
        command: str,
        act: str,
        *,
        kind: Kind = "primary",
        after: After | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk.theme, title, text, parent)
        self._desk = desk
        self._command = command
        self._after = after
        self._busy = False
        self.form = Form(desk.theme)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.dismiss = Button(desk.theme, self.tr("Cancel"))
        self.dismiss.clicked.connect(self.close_sheet)
        self.act = Button(desk.theme, act, kind)
        self.act.clicked.connect(self.submit)
        self.footer.addWidget(self.dismiss)
        self.footer.addWidget(self.act)
        desk.clock.every(clock.TABLES, self, self.refresh)
        permit(self.act, desk, command)

    def arguments(self) -> Arguments | None:
        """What the command gets; None where a field is at fault and says so."""
        raise NotImplementedError

    @property
    def ready(self) -> bool:
        """Whether there is enough to act on; cheap, asked on every beat."""
        return True

    def refresh(self) -> None:
        """The button follows the read-only switch."""
        permit(self.act, self._desk, self._command, possible=self.ready and not self._busy)

    def submit(self) -> None:
        """Run the command; its steps are then shown in this sheet's place."""
        self._run(ask=False)

    def show_plan(self) -> None:
        """As submit, but wait at the plan."""
        self._run(ask=True)

    def _run(self, *, ask: bool) -> None:
        if self._busy or not self._desk.runner.allowed(self._command):
            return
        given = self.arguments()
        if given is None:
            return
        self.problem.set_problem(None)
        self._busy = True
        self.refresh()
        after = self._after

        def done(result: object) -> None:
            if shiboken6.isValid(self):
                self.close_sheet()
            if after is not None:
                after(result)

        def failed(problem: Problem) -> None:
            # Once the plan stands in the form's place, the problem is shown there.
            if shiboken6.isValid(self):
                self.refused(problem)

        self._desk.runner.command(self._command, given, ask=ask, done=done, failed=failed)

    def refused(self, problem: Problem) -> None:
        """It could not be done; the form stays as it was filled in."""
        self._busy = False
        self.problem.set_problem(problem)
        self.refresh()

    def whole_number(self, field: Field, low: int, high: int) -> int | None:
        """The field's number, or None after saying what it takes."""
        text = field.text().strip()
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if low <= number <= high:
            self.form.fault(field, "")
            return number
        self.form.fault(field, self.tr("A whole number between {low} and {high}.").format(low=low, high=high))
        return None
