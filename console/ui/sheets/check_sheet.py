"""The result of `server check`: reached or not, what is there, and what works less well than it could."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_memory, format_milliseconds
from console.fleet.check import CheckReport
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.inspector import Facts
from console.ui.kit.labels import heading, label
from console.ui.kit.sheet import Sheet
from console.ui.kit.tones import Tone
from console.ui.theme import fonts


class CheckSheet(Sheet):
    """Checks when it opens, and again on demand."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme, translate("CheckSheet", "Check {server}").format(server=server), parent=parent
        )
        self._desk = desk
        self._server = server
        self.state = StateBadge(desk.theme, Tone.UNKNOWN, "")
        self.facts = Facts(desk.theme)
        self._warnings = label("", wrap=True, selectable=True)
        self._warnings_title = heading(self.tr("Could be better"), size=fonts.BASE)
        self._accelerators_title = heading(self.tr("Accelerators"), size=fonts.BASE)
        self.accelerators = Facts(desk.theme)
        for widget in (
            self.state,
            self.facts,
            self._warnings_title,
            self._warnings,
            self._accelerators_title,
            self.accelerators,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.again = Button(desk.theme, self.tr("Check again"), "primary", icon="retry")
        self.again.clicked.connect(self._check)
        self.footer.addWidget(close)
        self.footer.addWidget(self.again)
        self._check()

    def _check(self) -> None:
        self.state.set(Tone.ACTIVE, self.tr("connecting…"))
        self._show_report(CheckReport(self._server, reachable=False))
        self.again.setEnabled(False)
        self._desk.runner.command(
            "server.check", {"name": self._server}, done=self._done, failed=self._failed
        )

    def _failed(self, problem: Problem) -> None:
        self.again.setEnabled(True)
        self.state.set(Tone.CRITICAL, self.tr("not reached"))
        self.problem.set_problem(problem)

    def _done(self, report: object) -> None:
        self.again.setEnabled(True)
        if isinstance(report, CheckReport):
            reached = report.reachable
            self.state.set(
                Tone.OK if reached else Tone.CRITICAL,
                self.tr("reached") if reached else self.tr("not reached"),
            )
            self._show_report(report)

    def _show_report(self, report: CheckReport) -> None:
        self.problem.set_problem(report.problem)
        self.facts.set(
            [
                (self.tr("Latency"), format_milliseconds(report.latency_ms)),
                (self.tr("System"), safe_line(report.os or UNKNOWN)),
                (self.tr("Python"), safe_line(report.python or UNKNOWN)),
            ]
        )
        self._warnings.setText("\n".join(safe_line(each) for each in report.warnings))
        self._warnings.setVisible(bool(report.warnings))
        self._warnings_title.setVisible(bool(report.warnings))
        self._accelerators_title.setVisible(bool(report.accelerators))
        self.accelerators.set([_accelerator(each) for each in report.accelerators])


def _accelerator(found: dict[str, object]) -> tuple[str, str]:
    memory = found.get("memory_bytes")
    size = format_memory(memory) if isinstance(memory, int | float) else UNKNOWN
    return f"GPU {found.get('index')}", f"{safe_line(str(found.get('name') or UNKNOWN))}, {size}"
