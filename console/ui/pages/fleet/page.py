"""The fleet page: cards, map, servers, inspector, all fed from one snapshot per beat."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from console.telemetry.snapshot import AcceleratorRow, FleetSnapshot, ServerRow
from console.telemetry.views import View
from console.ui import clock
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.empty import EmptyState
from console.ui.kit.inspector import WithInspector
from console.ui.kit.splitter import Splitter
from console.ui.pages.fleet.cards import FleetCards
from console.ui.pages.fleet.inspector import FleetInspector
from console.ui.pages.fleet.map_card import MapCard
from console.ui.pages.fleet.server_curves import ServerCurves
from console.ui.pages.fleet.shown import keep_view
from console.ui.pages.fleet.table_card import TableCard, sick_first
from console.ui.pages.fleet.tiles import Key
from console.ui.pages.fleet.trends import Trends, past
from console.ui.pages.page import GAP, Page
from console.ui.pages.server_acts import server_menu

VIEW = "view:"
"""`shell.go("fleet", "view:NAME")` shows a saved view."""


class FleetPage(Page):
    """See the module."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._chosen: str | Key | None = None
        self._trends = Trends()
        self._looked_back = False
        self._curves = ServerCurves(desk.context.telemetry)
        self.cards = FleetCards(desk)
        self.inspector = FleetInspector(desk, self._more)
        self.map_card = MapCard(desk)
        self.map = self.map_card.map
        self.map.picked.connect(self._on_tile)
        self.map.opened.connect(lambda key: desk.shell.go("server", key[0]))
        self.map_card.menu_wanted.connect(lambda key, at: self._popup(key[0], at))
        self.map_card.changed.connect(self._on_look)
        self.table_card = TableCard(desk, self._curves.of)
        self.table = self.table_card.table
        self.filter_field = self.table_card.filter_field
        self.table.picked.connect(self._on_row)
        self.table_card.filtered.connect(self._on_look)
        self.table.sorted_anew.connect(self._on_look)
        self.table_card.view_chosen.connect(self.show_view)
        middle = Splitter(desk.theme, Qt.Orientation.Vertical, desk.remembered, "fleet-rows")
        middle.addWidget(self.map_card)
        middle.addWidget(self.table_card)
        middle.take_sizes(400, 360)
        self.split = WithInspector(middle, self.inspector, desk.remembered, "fleet")
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GAP)
        inside.addWidget(self.cards)
        inside.addWidget(self.split, 1)
        self._stack = QStackedLayout()
        self._stack.addWidget(whole)
        self._stack.addWidget(self._empty())
        self.column.addLayout(self._stack)
        desk.clock.every(clock.SLOW, self, self._each_second)

    def _empty(self) -> EmptyState:
        theme = self.desk.theme
        add = Button(theme, self.tr("Add server…"), "primary", icon="add")
        add.clicked.connect(lambda: self.desk.shell.open_sheet("add_server"))
        bring = Button(theme, self.tr("Import from ssh_config…"), icon="import")
        bring.clicked.connect(lambda: self.desk.shell.open_sheet("import_servers"))
        return EmptyState(
            theme,
            "fleet",
            self.tr("No servers yet"),
            self.tr(
                "Every accelerator of your servers will be here: who holds it, how busy it is, what is sick "
                "and what idles. Watching is read-only and installs nothing on a server."
            ),
            (add, bring),
        )

    # What the person does

    def open(self, argument: str) -> None:
        """Read the saved views again, and show the one that was asked for."""
        wanted = argument.removeprefix(VIEW) if argument.startswith(VIEW) else ""

        def show(views: tuple[View, ...]) -> None:
            self.table_card.show_views(views)
            found = next((view for view in views if view.name == wanted), None)
            if found is not None:
                self.show_view(found)

        self.desk.worker.run(self.desk.context.views.list, show, owner=self)

    def show_view(self, view: View) -> None:
        """Filter, group, colour and sort as it says."""
        self.map_card.choose(view.metric, view.group)
        self.table.sort_by(view.sort, descending=view.descending)
        self.filter_field.setText(view.filter)
        self._on_look()

    def view(self, name: str = "") -> View:
        """What is shown, as a view."""
        sort, descending = self.table.sorted_by
        return View(
            name,
            filter=self.filter_field.text().strip(),
            group=self.map_card.group,
            metric=self.map_card.shown_metric.value,
            sort=sort,
            descending=descending,
        )

    def _on_look(self) -> None:
        """Another filter, grouping, colour or order."""
        keep_view(self.desk.remembered, self.view())
        self.refresh()

    def _on_tile(self, key: Key) -> None:
        self._chosen = key
        self.split.show_drawer()
        self.refresh()
        self.inspector.show_curves()

    def _on_row(self, row: ServerRow | None) -> None:
        if row is not None:
            self._chosen = row.server.name
            self.split.show_drawer()
            self.refresh()
            self.inspector.show_curves()

    def _more(self, name: str) -> None:
        button = self.inspector.more_button
        self._popup(name, button.mapToGlobal(QPoint(0, button.height())))

    def _popup(self, name: str, at: QPoint) -> None:
        menu = server_menu(self.desk, name, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def focus_search(self) -> None:
        self.table_card.focus_filter()

    # The beat

    def refresh(self) -> None:
        snapshot = self.desk.snapshot()
        self._stack.setCurrentIndex(0 if snapshot.servers else 1)
        if not snapshot.servers:
            return
        self.cards.show_snapshot(snapshot, self._trends)
        if not self.desk.clock.beats or self.table_card.fitting.text:  # else the charts' beat does it
            self.map_card.show_snapshot(snapshot, self.table_card.fitting)
        self.desk.clock.apart(self, lambda: self._show_rows(snapshot))

    def _show_rows(self, snapshot: FleetSnapshot) -> None:
        """The table, which takes longest to paint."""
        self._curves.advance()
        self.table_card.show_snapshot(snapshot)
        self._show_selection(snapshot)

    def refresh_charts(self) -> None:
        """The map follows ten times a second, so that a value is seen within two tenths of its coming."""
        snapshot = self.desk.snapshot()
        if snapshot.servers and not self.table_card.fitting.text:
            self.map_card.show_snapshot(snapshot, self.table_card.fitting)
        if self.desk.clock.ticks % 5 == 0:
            self.inspector.show_curves()

    def _each_second(self) -> None:
        snapshot, telemetry = self.desk.snapshot(), self.desk.context.telemetry
        self._trends.add(snapshot.counts)
        if not self._looked_back and snapshot.counts.accelerators:
            self._looked_back = True
            self.desk.worker.run(lambda: past(telemetry, snapshot), self._trends.fill, owner=self)

    def _show_selection(self, snapshot: FleetSnapshot) -> None:
        chosen = self._chosen
        thing: ServerRow | AcceleratorRow | None = None
        if isinstance(chosen, str):
            thing = snapshot.server(chosen)
        elif chosen is not None:
            row = snapshot.server(chosen[0])
            thing = next((each for each in row.accelerators if each.key == chosen), None) if row else None
        if thing is None:
            thing = self._default(snapshot)
        self.map.choose(thing.key if isinstance(thing, AcceleratorRow) else None)
        self.table.select_key(thing.server.name if thing is not None else None)
        self.inspector.show_thing(thing)

    def _default(self, snapshot: FleetSnapshot) -> ServerRow | AcceleratorRow | None:
        """Before the person chose anything: the worst there is."""
        rows = sick_first(snapshot.servers)
        worst = max(rows[0].accelerators, key=lambda row: row.severity, default=None) if rows else None
        thing = worst or (rows[0] if rows else None)
        if thing is not None:
            self._chosen = thing.key if isinstance(thing, AcceleratorRow) else thing.server.name
        return thing
