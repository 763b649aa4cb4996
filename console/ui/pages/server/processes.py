"""Processes of a server: those on accelerators out of the snapshot, the host's on demand (off-thread)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_memory
from console.telemetry.snapshot import ServerRow
from console.ui import clock
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.cards import Card
from console.ui.kit.columns import Column
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.table import DataTable
from console.ui.pages.fleet.metrics import answers

_HOST_EVERY_BEATS = 100
_LIMIT = 60


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One process, on an accelerator or on the host."""

    where: str
    pid: int
    user: str
    command: str
    cpu_percent: float | None
    memory_bytes: float | None


def on_accelerators(row: ServerRow) -> list[ProcessRow]:
    """The largest holders first."""
    rows = [
        ProcessRow(
            f"GPU {each.sample.index}",
            process.pid,
            safe_line(process.user or UNKNOWN, max_chars=32),
            safe_line(process.command or UNKNOWN),
            process.cpu_percent,
            process.memory_bytes,
        )
        for each in row.accelerators
        if answers(each)
        for process in each.sample.processes or ()
    ]
    return sorted(rows, key=lambda each: -(each.memory_bytes or 0))


def on_host(answer: dict[str, object]) -> list[ProcessRow]:
    """What `process.list` said, read carefully; the busiest first."""
    found = answer.get("processes")
    rows = []
    for each in found if isinstance(found, list) else []:
        if not isinstance(each, dict):
            continue
        pid, cpu, memory = each.get("pid"), each.get("cpu_percent"), each.get("memory_bytes")
        rows.append(
            ProcessRow(
                translate("Processes", "host"),
                pid if isinstance(pid, int) else 0,
                safe_line(str(each.get("user") or UNKNOWN), max_chars=32),
                safe_line(str(each.get("command") or UNKNOWN)),
                float(cpu) if isinstance(cpu, int | float) else None,
                float(memory) if isinstance(memory, int | float) else None,
            )
        )
    return sorted(rows, key=lambda each: -(each.cpu_percent or 0.0))


def _columns() -> tuple[Column[ProcessRow], ...]:
    return (
        Column("where", translate("Processes", "Where"), lambda row: row.where, dim=True, width=68),
        Column("user", translate("Processes", "User"), lambda row: row.user, strong=True, width=84),
        Column(
            "command", translate("Processes", "Command"), lambda row: row.command, width=120, stretch=True
        ),
        Column(
            "cpu",
            translate("Processes", "CPU"),
            lambda row: UNKNOWN if row.cpu_percent is None else f"{row.cpu_percent:.0f} %",
            sort=lambda row: row.cpu_percent,
            align="right",
            width=64,
            drop=1,
        ),
        Column(
            "memory",
            translate("Processes", "Memory"),
            lambda row: format_memory(row.memory_bytes),
            sort=lambda row: row.memory_bytes,
            align="right",
            width=88,
        ),
    )


class Processes(Card):
    """A card with the table and the choice between accelerators and host."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, translate("Processes", "Processes"), flush=True, parent=parent)
        self._desk = desk
        self._server = ""
        self._host: list[ProcessRow] = []
        self._asked = -_HOST_EVERY_BEATS
        choices = [("accelerators", self.tr("accelerators")), ("host", self.tr("host"))]
        self.which = SegmentedControl(desk.theme, self.tr("Processes of"), choices)
        self.which.chosen.connect(lambda _key: self.refresh())
        self.header.addStretch(1)
        self.header.addWidget(self.which)
        self.problem = ProblemView(desk.theme)
        margin = QVBoxLayout()
        margin.setContentsMargins(12, 0, 12, 0)
        margin.addWidget(self.problem)
        self.body.addLayout(margin)
        self.table: DataTable[ProcessRow] = DataTable(
            desk.theme,
            self.tr("Processes"),
            _columns(),
            lambda row: (row.where, row.pid),
            remembered=desk.remembered,
            placeholder=self.tr("No process is known here."),
            row_height=32,
        )
        self.table.remember_as("processes")
        self.body.addWidget(self.table, 1)
        desk.clock.every(clock.TABLES, self, self.refresh)

    def show_server(self, name: str) -> None:
        """Another server."""
        if name != self._server:
            self._server, self._host, self._asked = name, [], self._desk.clock.ticks - _HOST_EVERY_BEATS
            self.problem.set_problem(None)

    def refresh(self) -> None:
        """Rows of the chosen kind."""
        row = self._desk.snapshot().server(self._server)
        if self.which.current == "accelerators":
            self.problem.set_problem(None)
            self.table.set_rows(on_accelerators(row) if row is not None else [])
            return
        self._ask_host()
        self.table.set_rows(self._host)

    def _ask_host(self) -> None:
        beat, name = self._desk.clock.ticks, self._server
        if beat - self._asked < _HOST_EVERY_BEATS:
            return
        self._asked = beat
        fleet = self._desk.context.fleet
        self._desk.worker.run(
            lambda: on_host(fleet.call(name, "process.list", {"limit": _LIMIT})),
            lambda rows: self._keep(name, rows),
            failed=lambda problem: self._failed(name, problem),
            owner=self,
            key=f"processes {name}",
        )

    def _keep(self, name: str, rows: list[ProcessRow]) -> None:
        if name == self._server:
            self._host = rows
            self.problem.set_problem(None)
            self.refresh()

    def _failed(self, name: str, problem: Problem) -> None:
        if name == self._server and self.which.current == "host":
            self.problem.set_problem(problem)
