"""The fleet page: cards, map, servers, inspector, all fed from one snapshot per beat."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.fleet.server import Role
from console.telemetry.snapshot import AcceleratorRow, FleetSnapshot, ServerRow
from console.ui import clock
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.empty import EmptyState
from console.ui.kit.fields import SearchField
from console.ui.kit.inspector import WithInspector
from console.ui.kit.labels import label, set_text, tip
from console.ui.kit.scroll import Scroll
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.splitter import Splitter
from console.ui.kit.table import DataTable
from console.ui.kit.tones import Tone
from console.ui.pages.fleet import words
from console.ui.pages.fleet.cards import FleetCards
from console.ui.pages.fleet.columns import server_columns
from console.ui.pages.fleet.filter_expression import Filter, parse
from console.ui.pages.fleet.heat_map import Group, HeatMap, Key
from console.ui.pages.fleet.inspector import FleetInspector
from console.ui.pages.fleet.legend import MapLegend
from console.ui.pages.fleet.metrics import MapMetric
from console.ui.pages.fleet.server_curves import ServerCurves
from console.ui.pages.fleet.trends import Trends, past
from console.ui.pages.page import GAP, Page
from console.ui.pages.server_acts import server_menu
from console.ui.problem_texts import texts_of
from console.ui.theme import fonts


class FleetPage(Page):
    """See the module."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._metric = MapMetric.UTILIZATION
        self._filter: Filter = parse("")
        self._chosen: str | Key | None = None
        self._trends = Trends()
        self._looked_back = False
        self._curves = ServerCurves(desk.context.telemetry)
        self.cards = FleetCards(desk)
        self.inspector = FleetInspector(desk, self._more)
        middle = Splitter(desk.theme, Qt.Orientation.Vertical, desk.remembered, "fleet-rows")
        middle.addWidget(self._map_card())
        middle.addWidget(self._table_card())
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

    # Building

    def _map_card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Utilization"))
        self._map_title = card.title
        choices = [(metric.value, _metric_word(metric)) for metric in MapMetric]
        self.metrics = SegmentedControl(theme, self.tr("What the map shows"), choices, style="pills")
        self.metrics.chosen.connect(self._on_metric)
        card.header.addSpacing(12)
        card.header.addWidget(self.metrics)
        card.header.addStretch(1)
        self._simulated = label("", role="dim", size=fonts.SMALL)
        card.header.addWidget(self._simulated)
        self.map = HeatMap(theme, self.tr("Map of accelerators"), words.accelerator_lines)
        self.map.picked.connect(self._on_tile)
        self.map.opened.connect(lambda key: self.desk.shell.go("server", key[0]))
        self.map.menu_wanted.connect(self._on_tile_menu)
        self._map_scroll = Scroll(theme, self.map)
        self.legend = MapLegend(theme)
        card.body.addWidget(self._map_scroll, 1)
        card.body.addWidget(self.legend)
        card.setMinimumHeight(180)
        return card

    def _table_card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Servers"), flush=True)
        card.header.addStretch(1)
        self._filter_note = label("", role="critical", size=fonts.SMALL)
        card.header.addWidget(self._filter_note)
        self.filter_field = SearchField(
            theme, self.tr("Filter servers and tiles"), placeholder="util<10 & mem>80", fixed=True
        )
        self.filter_field.setFixedWidth(240)
        hint = self.tr(
            "util, mem, temp, power, gpus, cpu, load, age with < > = and a number; lost, idle, busy, sick, "
            "up, down, training, inference; or part of a name. Join with & and |, deny with !."
        )
        self.filter_field.setToolTip(tip(hint))
        self.filter_field.textChanged.connect(self._on_filter)
        card.header.addWidget(self.filter_field)
        self.add_button = Button(theme, self.tr("Add server…"), icon="add")
        self.add_button.clicked.connect(self._on_add)
        card.header.addWidget(self.add_button)
        self.table: DataTable[ServerRow] = DataTable(
            theme,
            self.tr("Servers"),
            server_columns(self._curves.of),
            lambda row: row.server.name,
            remembered=self.desk.remembered,
            placeholder=self.tr("No server fits the filter."),
        )
        self.table.remember_as("fleet")
        self.table.picked.connect(self._on_row)
        self.table.opened.connect(lambda row: self.desk.shell.go("server", row.server.name))
        self.table.menu_by(lambda row: server_menu(self.desk, row.server.name, self))
        card.body.addWidget(self.table, 1)
        card.setMinimumHeight(150)
        return card

    def _empty(self) -> EmptyState:
        theme = self.desk.theme
        add = Button(theme, self.tr("Add server…"), "primary", icon="add")
        add.clicked.connect(self._on_add)
        bring = Button(theme, self.tr("Import from ssh_config…"), icon="import")
        bring.clicked.connect(self._on_import)
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

    def _on_metric(self, key: str) -> None:
        self._metric = MapMetric(key)
        set_text(self._map_title, _metric_word(self._metric))
        self.legend.show_metric(self._metric)
        self.refresh()

    def _on_filter(self, text: str) -> None:
        try:
            self._filter = parse(text)
        except Problem as problem:
            self.filter_field.set_fault(True)
            set_text(self._filter_note, texts_of(problem)[0])
            return
        self.filter_field.set_fault(False)
        set_text(self._filter_note, "")
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

    def _on_tile_menu(self, key: Key, at: QPoint) -> None:
        self._popup(key[0], at)

    def _more(self, name: str) -> None:
        button = self.inspector.more_button
        self._popup(name, button.mapToGlobal(QPoint(0, button.height())))

    def _popup(self, name: str, at: QPoint) -> None:
        menu = server_menu(self.desk, name, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _on_add(self) -> None:
        self.desk.shell.open_sheet("add_server")

    def _on_import(self) -> None:
        self.desk.shell.open_sheet("import_servers")

    def focus_search(self) -> None:
        self.filter_field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # The beat

    def refresh(self) -> None:
        snapshot = self.desk.snapshot()
        self._stack.setCurrentIndex(0 if snapshot.servers else 1)
        if not snapshot.servers:
            return
        self.cards.show_snapshot(snapshot, self._trends)
        self._show_map(snapshot)
        self._curves.advance(snapshot)
        rows = [row for row in snapshot.servers if self._filter.server(row)]
        self.table.set_rows(sick_first(rows))
        self._show_selection(snapshot)

    def refresh_charts(self) -> None:
        if self.desk.clock.ticks % 3 == 0:
            self.inspector.show_curves()

    def _each_second(self) -> None:
        snapshot, telemetry = self.desk.snapshot(), self.desk.context.telemetry
        self._trends.add(snapshot.counts)
        if not self._looked_back and snapshot.counts.accelerators:
            self._looked_back = True
            self.desk.worker.run(lambda: past(telemetry, snapshot), self._trends.fill, owner=self)

    def _show_map(self, snapshot: FleetSnapshot) -> None:
        groups = [
            _group(translate("Fleet", "TRAINING"), Tone.TRAINING, snapshot.of_role(Role.TRAIN)),
            _group(translate("Fleet", "INFERENCE"), Tone.INFERENCE, snapshot.of_role(Role.INFER)),
        ]
        self.map.set_room(self._map_scroll.viewport().height())
        self.map.show_groups(
            [group for group in groups if group.servers], self._metric, self._filter.accelerator
        )
        count = snapshot.counts.simulated
        text = self.tr("{count} of {all} are simulated").format(count=count, all=snapshot.counts.accelerators)
        set_text(self._simulated, text if count else "")

    def _show_selection(self, snapshot: FleetSnapshot) -> None:
        chosen = self._chosen
        thing: ServerRow | AcceleratorRow | None = None
        if isinstance(chosen, str):
            thing = snapshot.server(chosen)
        elif chosen is not None:
            thing = next((row for row in snapshot.accelerators() if row.key == chosen), None)
        if thing is None:
            thing = self._default(snapshot)
        self.map.choose(thing.key if isinstance(thing, AcceleratorRow) else None)
        self.table.select_key(thing.server.name if thing is not None else None)
        self.inspector.show_thing(thing)

    def _default(self, snapshot: FleetSnapshot) -> ServerRow | AcceleratorRow | None:
        """Before the person chose anything: the worst there is."""
        rows = sick_first(list(snapshot.servers))
        worst = max(rows[0].accelerators, key=lambda row: row.severity, default=None) if rows else None
        thing = worst or (rows[0] if rows else None)
        if thing is not None:
            self._chosen = thing.key if isinstance(thing, AcceleratorRow) else thing.server.name
        return thing

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.map.set_room(self._map_scroll.viewport().height())


def sick_first(rows: list[ServerRow]) -> list[ServerRow]:
    """The worst first, then by name."""
    return sorted(rows, key=lambda row: (-row.severity, row.server.name))


def _group(title: str, tone: Tone, servers: tuple[ServerRow, ...]) -> Group:
    count = sum(len(row.accelerators) for row in servers)
    one, many = translate("Fleet", "1 server"), translate("Fleet", "{count} servers")
    there = one if len(servers) == 1 else many.format(count=len(servers))
    one, many = translate("Fleet", "1 accelerator"), translate("Fleet", "{count} accelerators")
    all_of_them = one if count == 1 else many.format(count=count)
    return Group(f"{title}  ·  {there}  ·  {all_of_them}", tone, servers)


def _metric_word(metric: MapMetric) -> str:
    all_words = {
        MapMetric.UTILIZATION: translate("Fleet", "Utilization"),
        MapMetric.MEMORY: translate("Fleet", "Memory"),
        MapMetric.TEMPERATURE: translate("Fleet", "Temperature"),
        MapMetric.POWER: translate("Fleet", "Power"),
        MapMetric.HEALTH: translate("Fleet", "Health"),
    }
    return all_words[metric]
