"""The card with the servers: filter, saved views, finder, and the table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from console.core.problems import Problem
from console.telemetry.filter import EVERYTHING, Filter, read
from console.telemetry.snapshot import FleetSnapshot, ServerRow
from console.telemetry.views import View
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.fields import SearchField
from console.ui.kit.labels import Elided, label, set_text, tip
from console.ui.kit.table import DataTable
from console.ui.pages.fleet.columns import Curve, server_columns
from console.ui.pages.server_acts import server_menu
from console.ui.problem_texts import texts_of
from console.ui.theme import fonts


class TableCard(Card):
    """See the module.

    Signals:
        filtered: another filter is in force.
        view_chosen: the person chose a saved view.
    """

    filtered = Signal()
    view_chosen = Signal(object)

    def __init__(self, desk: Desk, curve: Curve, parent: QWidget | None = None) -> None:
        theme = desk.theme
        super().__init__(theme, self.tr("Servers"), flush=True, parent=parent)
        self._desk = desk
        self.fitting: Filter = EVERYTHING
        self._count = label("", role="dim", size=fonts.SMALL)
        self.header.addWidget(self._count)
        self.note = Elided("", role="critical", size=fonts.SMALL)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header.addWidget(self.note, 6)
        self.filter_field = SearchField(
            theme, self.tr("Filter servers and tiles"), placeholder="util<10 & mem>80", fixed=True
        )
        self.filter_field.setMinimumWidth(130)
        self.filter_field.setMaximumWidth(280)
        self.filter_field.setToolTip(tip(self._hint()))
        self.filter_field.textChanged.connect(self._on_filter)
        self.header.addWidget(self.filter_field, 4)
        self.views_button = Button(theme, self.tr("Views"), icon="star")
        self._views_menu = QMenu(self)
        self.views_button.setMenu(self._views_menu)
        self.header.addWidget(self.views_button)
        self.find_button = Button(theme, self.tr("Find free GPUs…"), icon="search")
        self.find_button.clicked.connect(lambda: desk.shell.open_sheet("find_gpus"))
        self.header.addWidget(self.find_button)
        self.add_button = Button(theme, self.tr("Add server…"), icon="add")
        self.add_button.clicked.connect(lambda: desk.shell.open_sheet("add_server"))
        self.header.addWidget(self.add_button)
        self.table: DataTable[ServerRow] = DataTable(
            theme,
            self.tr("Servers"),
            server_columns(curve),
            lambda row: row.server.name,
            remembered=desk.remembered,
            placeholder=self.tr("No server fits the filter."),
        )
        self.table.remember_as("fleet")
        self.table.opened.connect(lambda row: desk.shell.go("server", row.server.name))
        self.table.menu_by(lambda row: server_menu(desk, row.server.name, self))
        self.body.addWidget(self.table, 1)
        self.setMinimumHeight(150)
        self.show_views(())

    def _hint(self) -> str:
        return self.tr(
            "util, mem, free, temp, power, gpus, cpu, load, age, cost with < > = and a number; "
            "label.team=vision, name~gpu, who=ann, model~H100; lost, idle, busy, sick, up, down, training, "
            "inference; or part of a name. Join with & and |, deny with !."
        )

    def _on_filter(self, text: str) -> None:
        try:
            self.fitting = read(text)
        except Problem as problem:
            self.filter_field.set_fault(True)
            self.note.set_text(texts_of(problem)[0])
            return
        self.filter_field.set_fault(False)
        self.note.set_text("")
        self.filtered.emit()

    def show_snapshot(self, snapshot: FleetSnapshot) -> None:
        """Another beat: the rows that fit, the worst first."""
        rows: Sequence[ServerRow] = snapshot.servers
        if self.fitting.text:
            rows = [row for row in rows if self.fitting.server(row)]
        self.table.set_rows(sick_first(rows))
        words = self.tr("{count} of {all}").format(count=len(rows), all=len(snapshot.servers))
        set_text(self._count, words if self.fitting.text else "")

    def show_views(self, views: Sequence[View]) -> None:
        """The menu of saved views."""
        self._views_menu.clear()
        for view in views:
            action = self._views_menu.addAction(view.name.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, each=view: self.view_chosen.emit(each))
        if views:
            self._views_menu.addSeparator()
        self._views_menu.addAction(self.tr("Save this view…")).triggered.connect(
            lambda _checked=False: self._desk.shell.open_sheet("save_view")
        )
        if views:
            forget = self._views_menu.addMenu(self.tr("Forget"))
            for view in views:
                action = forget.addAction(view.name.replace("&", "&&"))
                action.triggered.connect(lambda _checked=False, name=view.name: self._forget(name))

    def _forget(self, name: str) -> None:
        self._desk.runner.command(
            "view.remove", {"name": name}, done=lambda found: self.show_views(_views(found))
        )

    def focus_filter(self) -> None:
        self.filter_field.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _views(found: object) -> tuple[View, ...]:
    return tuple(each for each in found if isinstance(each, View)) if isinstance(found, tuple) else ()


def sick_first(rows: Sequence[ServerRow]) -> list[ServerRow]:
    """The worst first, then by name."""
    return sorted(rows, key=lambda row: (-row.severity, row.server.name))
