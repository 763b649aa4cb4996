"""A server's page: header with its acts, charts, processes, and at the side what is known of it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.notify import Level, Notice
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_duration, format_milliseconds
from console.telemetry.snapshot import ServerRow
from console.ui.desk import SHORTEST_S, Desk
from console.ui.i18n import translate
from console.ui.kit.badges import Pill
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card, Plate
from console.ui.kit.chart_keys import ZOOM, chart_key
from console.ui.kit.empty import EmptyState
from console.ui.kit.inspector import Facts
from console.ui.kit.labels import Elided, heading, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.scroll import Scroll
from console.ui.kit.splitter import Splitter
from console.ui.kit.tones import Tone
from console.ui.pages.alerts.of_server import ServerAlertsCard
from console.ui.pages.fleet import words
from console.ui.pages.fleet.inspector import server_facts
from console.ui.pages.gpu_acts import server_page_acts
from console.ui.pages.link_problem import LinkProblem
from console.ui.pages.page import GAP, Page, PageAct
from console.ui.pages.server import exporting
from console.ui.pages.server.accelerator_card import AcceleratorCard
from console.ui.pages.server.charts import ServerCharts
from console.ui.pages.server.equipment_card import EquipmentCard
from console.ui.pages.server.host import HostPanel
from console.ui.pages.server.processes import Processes
from console.ui.pages.server_acts import server_menu
from console.ui.state_words import role_tone, role_word
from console.ui.theme import fonts

_WIDE = 1150


class ServerPage(Page):
    """See the module."""

    has_events = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._name = ""
        self.column.setSpacing(GAP)
        self.column.addWidget(self._header())
        self.problem = LinkProblem(desk)
        self.column.addWidget(self.problem)
        self.charts = ServerCharts(desk)
        self.charts.bar.picture_wanted.connect(self.export_picture)
        self.charts.bar.data_wanted.connect(self.export_values)
        self.store_problem = ProblemView(desk.theme)
        self.column.addWidget(self.store_problem)
        self.processes = Processes(desk)
        self.host = HostPanel(desk)
        left = QWidget()
        stack = QVBoxLayout(left)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(GAP)
        stack.addWidget(self.charts.bar)
        below = QWidget()
        panels = QVBoxLayout(below)
        panels.setContentsMargins(0, 0, 0, 0)
        panels.setSpacing(0)
        panels.addWidget(self.charts)
        panels.addWidget(self.host)
        stack.addWidget(Scroll(desk.theme, below), 1)
        self._upright = Splitter(desk.theme, Qt.Orientation.Vertical, desk.remembered, "server-left")
        self._upright.addWidget(left)
        self._upright.addWidget(self.processes)
        self.processes.setMinimumHeight(120)
        self._upright.take_sizes(560, 280)
        side = QWidget()
        self.side = QVBoxLayout(side)
        self.side.setContentsMargins(0, 0, 0, 0)
        self.side.setSpacing(GAP)
        self.accelerator = AcceleratorCard(desk)
        self.equipment = EquipmentCard(desk)
        self.alerts = ServerAlertsCard(desk)
        self.side.addWidget(self.alerts)
        self.side.addWidget(self.accelerator)
        self.side.addWidget(self._facts_card())
        self.side.addWidget(self.equipment)
        self.side.addStretch(1)
        self._split = Splitter(desk.theme, Qt.Orientation.Horizontal, desk.remembered, "server")
        self._split.addWidget(self._upright)
        scroll = Scroll(desk.theme, side)
        scroll.setMinimumWidth(280)
        self._split.addWidget(scroll)
        self._split.take_sizes(1000, 320)
        self.column.addWidget(self._split, 1)
        self._gone = self._gone_state()
        self.column.addWidget(self._gone, 1)
        self._gone.hide()

    def _header(self) -> Plate:
        theme = self.desk.theme
        plate = Plate(theme)
        row = QHBoxLayout(plate)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        text = QVBoxLayout()
        text.setSpacing(4)
        first = QHBoxLayout()
        first.setSpacing(8)
        self._title = heading("", size=18)
        self.role = Pill(theme)
        self.state = Pill(theme)
        self.simulated = Pill(theme, Tone.QUIET, self.tr("simulated accelerators"))
        first.addWidget(self._title)
        for pill in (self.role, self.state, self.simulated):
            first.addWidget(pill)
        first.addStretch(1)
        self._line = Elided("", role="dim", size=fonts.SMALL)
        text.addLayout(first)
        text.addWidget(self._line)
        row.addLayout(text, 1)
        self.job_button = Button(theme, self.tr("Run job here"), "primary", icon="play")
        self.job_button.clicked.connect(lambda: self._open("submit_job"))
        self.job_button.setVisible(self.desk.shell.can_open("submit_job"))
        self.command_button = Button(theme, self.tr("Run a command…"), icon="terminal")
        self.command_button.clicked.connect(lambda: self._open("run_command"))
        self.files_button = Button(theme, self.tr("Files"), icon="folder")
        self.files_button.clicked.connect(lambda: self.desk.shell.go("files", self._name))
        self.check_button = Button(theme, self.tr("Check"), icon="check")
        self.check_button.clicked.connect(lambda: self._open("check"))
        self.clean_button = Button(theme, self.tr("Clean…"), "danger", icon="broom")
        self.clean_button.clicked.connect(
            lambda: self.desk.runner.command("server.clean", {"name": self._name})
        )
        self.more_button = Button(theme, self.tr("More"))
        self.more_button.clicked.connect(self._more)
        for button in (
            self.job_button,
            self.command_button,
            self.files_button,
            self.check_button,
            self.clean_button,
            self.more_button,
        ):
            row.addWidget(button)
        self._header_plate = plate
        return plate

    def _facts_card(self) -> Card:
        card = Card(self.desk.theme, self.tr("Server"))
        self.facts = Facts(self.desk.theme)
        card.body.addWidget(self.facts)
        return card

    def _gone_state(self) -> EmptyState:
        back = Button(self.desk.theme, self.tr("Back to the fleet"), "primary")
        back.clicked.connect(lambda: self.desk.shell.go("fleet"))
        return EmptyState(
            self.desk.theme,
            "server",
            self.tr("This server is not in the list"),
            self.tr("It may have been removed. What runs on it goes on."),
            (back,),
        )

    def _open(self, sheet: str) -> None:
        self.desk.shell.open_sheet(sheet, {"server": self._name})

    def _more(self) -> None:
        menu = server_menu(self.desk, self._name, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more_button.mapToGlobal(QPoint(0, self.more_button.height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # It is in the menu too; the server's name needs the room more.
        self.check_button.setVisible(event.size().width() >= _WIDE and self._own())

    # The page

    def open(self, argument: str) -> None:
        self._name = argument
        set_text(self._title, argument)
        own = self._own()
        # What nobody can reach has none to show.
        for part in (self.processes, self.equipment, self.job_button, self.command_button, self.files_button):
            part.setVisible(own)
        for button in (self.check_button, self.clean_button):
            button.setVisible(own)
        if own:
            self.processes.show_server(argument)
            self.equipment.show_server(argument)
        self.refresh()
        self.refresh_charts()

    def _own(self) -> bool:
        """Whether it can be reached over SSH; else a source alone knows it."""
        row = self.desk.snapshot().server(self._name)
        return row is None or row.server.source is None

    def crumb(self) -> str:
        return self._name

    def refresh(self) -> None:
        row = self.desk.snapshot().server(self._name)
        for widget in (self._header_plate, self._split):
            widget.setVisible(row is not None)
        self._gone.setVisible(row is None)
        if row is None:
            self.problem.hide()
            self.store_problem.set_problem(None)
            return
        self.store_problem.set_problem(self.charts.feed.problem)
        self.role.set(role_tone(row.server.role), role_word(row.server.role))
        self.state.set(*words.server_state(row))
        self.simulated.setVisible(any(each.sample.simulated for each in row.accelerators))
        self._line.set_text(_line(row))
        self.problem.show_link(row)
        self.facts.set(server_facts(row))
        self.alerts.show_server(self._name)
        self.accelerator.show_server(row)
        self.host.show_row(row)
        self.command_button.setEnabled(self.desk.runner.allowed("exec"))
        self.clean_button.setEnabled(self.desk.runner.allowed("server.clean"))
        if self.desk.shell.can_open("submit_job"):
            self.job_button.setEnabled(self.desk.runner.allowed("job.submit"))

    def refresh_charts(self) -> None:
        row = self.desk.snapshot().server(self._name)
        if row is not None:
            self.charts.show_server(row)
            self.host.show_curves(row)

    def focus_search(self) -> None:
        self.processes.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The charts' keys work wherever nothing else on the page wants them."""
        if not chart_key(self.charts.group, event):
            super().keyPressEvent(event)

    def acts(self) -> tuple[PageAct, ...]:
        group = self.charts.group
        return (
            PageAct(self.tr("Charts: back to live"), group.to_live, "Home"),
            PageAct(self.tr("Charts: show less time"), lambda: group.zoom_by(ZOOM), "+"),
            PageAct(self.tr("Charts: show more time"), lambda: group.zoom_by(1 / ZOOM), "-"),
            PageAct(self.tr("Charts: earlier"), lambda: group.pan_by(-0.5), "Shift+Left"),
            PageAct(self.tr("Charts: later"), lambda: group.pan_by(0.5), "Shift+Right"),
            PageAct(self.tr("Charts: around the last event"), self.around_last_event),
            PageAct(self.tr("Export charts as a picture…"), self.export_picture),
            PageAct(self.tr("Export values of the charts…"), self.export_values),
            *(self.processes.acts() if self._own() else ()),
            *(server_page_acts(self.desk, self._name, self.accelerator.chosen) if self._own() else ()),
        )

    def around_last_event(self) -> None:
        """The last event that is shown, with as much before as after it; nothing where there is none."""
        marks = self.charts.marks
        if marks:
            half = max(SHORTEST_S, (self.charts.group.shown[1] - self.charts.group.shown[0]) / 8)
            self.charts.group.zoom_to(marks[-1].time_s - half, marks[-1].time_s + half)
        else:
            text = self.tr("There is no event in what is shown.")
            self.desk.shell.tell(Notice(text, Level.INFO, key="charts.events"))

    def export_picture(self) -> None:
        """Everything that the charts show, as PNG."""
        exporting.export_picture(self.desk, self.charts, self._name)

    def export_values(self) -> None:
        """Everything that the charts show, as CSV."""
        exporting.export_values(self.desk, self.charts, self._name)


def _line(row: ServerRow) -> str:
    hello = row.link.hello
    parts = [row.server.host]
    if hello is not None:
        parts += [safe_line(hello.os or UNKNOWN), f"Python {safe_line(hello.python or UNKNOWN)}"]
    parts.append(format_milliseconds(row.link.latency_ms))
    if row.sample is not None and row.sample.uptime_s is not None:
        up = translate("ServerPage", "up {span}").format(span=format_duration(row.sample.uptime_s))
        parts.append(up)
    return "  ·  ".join(parts)
