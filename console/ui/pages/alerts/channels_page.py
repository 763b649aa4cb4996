"""Channels: by what people are told, whether it works, and what became of each notification."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from console.alerts.alert import Delivery
from console.commands.alert_channels import ChannelRow
from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.core.text import safe_line
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.fields import SearchField
from console.ui.kit.labels import label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.splitter import Splitter
from console.ui.kit.table import DataTable
from console.ui.pages.acting import entry, permit
from console.ui.pages.alerts.channel_columns import channel_columns
from console.ui.pages.alerts.columns import delivery_columns
from console.ui.pages.alerts.known import Known
from console.ui.pages.alerts.tabs import CHANNELS, AlertTabs
from console.ui.pages.pace import Pace
from console.ui.pages.page import Page, PageAct
from console.ui.shell.tray import Tray
from console.ui.theme import fonts

_EVERY_S = 3.0


class AlertChannelsPage(Page):
    """See the module."""

    uses_range = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pace = Pace(desk.context.clock, _EVERY_S)
        self._testing: set[str] = set()
        self.known = Known(desk, self)
        self.column.addWidget(AlertTabs(desk, CHANNELS))
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.table: DataTable[ChannelRow] = DataTable(
            desk.theme,
            self.tr("Channels"),
            channel_columns(),
            lambda row: row.channel.name,
            remembered=desk.remembered,
            placeholder=self.tr(
                "No channel is set up: whoever is to be told while no window is open needs one."
            ),
        )
        self.table.remember_as("alert-channels")
        self.table.menu_by(self._menu)
        self.table.opened.connect(self.edit)
        self.table.picked.connect(lambda _row: self._permit())
        self.deliveries: DataTable[Delivery] = DataTable(
            desk.theme,
            self.tr("Notifications"),
            delivery_columns(self.known.around()),
            lambda row: row.id,
            remembered=desk.remembered,
            placeholder=self.tr("Nothing was sent of late."),
        )
        self.deliveries.remember_as("alert-deliveries")
        self.deliveries.menu_by(self._delivery_menu)
        split = Splitter(desk.theme, Qt.Orientation.Vertical, desk.remembered, "alert-channels")
        split.addWidget(self._channels_card())
        split.addWidget(self._deliveries_card())
        split.take_sizes(340, 420)
        self.column.addWidget(split, 1)

    def _channels_card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Channels"), flush=True)
        self.here = label("", role="dim", size=fonts.SMALL)
        self.test_button = Button(theme, self.tr("Test"), icon="play")
        self.test_button.clicked.connect(lambda: self._on_chosen(self.test))
        self.edit_button = Button(theme, self.tr("Edit…"), icon="edit")
        self.edit_button.clicked.connect(lambda: self._on_chosen(self.edit))
        self.add_button = Button(theme, self.tr("Add channel…"), "primary", icon="add")
        self.add_button.clicked.connect(lambda: self.desk.shell.open_sheet("alert_channel"))
        card.header.addWidget(self.here)
        card.header.addStretch(1)
        for widget in (self.test_button, self.edit_button, self.add_button):
            card.header.addWidget(widget)
        card.body.addWidget(self.table)
        return card

    def _deliveries_card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Notifications"), flush=True)
        self.kinds = SegmentedControl(
            theme,
            self.tr("Notifications shown"),
            [("all", self.tr("All")), ("failed", self.tr("Failed"))],
            style="pills",
        )
        self.kinds.chosen.connect(lambda _key: self._show_deliveries())
        self.sums = label("", role="dim", size=fonts.SMALL)
        self.search = SearchField(
            theme,
            self.tr("Search in notifications"),
            placeholder=self.tr("Channel, failure"),
            icon="search",
        )
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(lambda _text: self._show_deliveries())
        card.header.addWidget(self.kinds)
        card.header.addWidget(self.sums)
        card.header.addStretch(1)
        card.header.addWidget(self.search)
        card.body.addWidget(self.deliveries)
        return card

    # The page

    def open(self, argument: str) -> None:
        if argument:
            self.search.setText(argument)
        self._pace.hurry()

    def crumb(self) -> str:
        return self.tr("Channels")

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def acts(self) -> tuple[PageAct, ...]:
        row = self.table.chosen
        if row is None or not self.desk.runner.allowed("alert.channel_set"):
            return ()
        return (
            PageAct(self.tr("Test channel"), lambda: self.test(row)),
            PageAct(self.tr("Edit channel…"), lambda: self.edit(row)),
            PageAct(self.tr("Remove channel"), lambda: self.remove(row)),
        )

    def refresh(self) -> None:
        self.known.refresh()
        self._show_here()
        self._show_deliveries()
        self._permit()
        if self._pace.due():
            self.desk.runner.command("alert.channels", done=self._take, failed=self._failed)

    def _take(self, found: object) -> None:
        if isinstance(found, tuple):
            self.problem.set_problem(None)
            self.table.set_rows([each for each in found if isinstance(each, ChannelRow)])
            self._permit()

    def _failed(self, problem: Problem) -> None:
        self.problem.set_problem(problem)

    def _show_here(self) -> None:
        """How this window itself tells."""
        if not self.desk.context.options.flag("alerts.desktop"):
            text = self.tr("here: in the window; the desktop's notifications are off in the settings")
        elif Tray.available():
            text = self.tr("here: in the window and as notifications of the desktop")
        else:
            text = self.tr("here: in the window only, since this desktop has no tray")
        set_text(self.here, text)

    def _show_deliveries(self) -> None:
        found = self.desk.context.alerts.deliveries()
        failed = [each for each in found if each.problem and each.delivered is None]
        typed = self.search.text().casefold().split()
        chosen = failed if self.kinds.current == "failed" else found
        shown = [
            each
            for each in chosen
            if all(word in f"{each.channel} {each.problem}".casefold() for word in typed)
        ]
        # What failed is seen first, then the newest.
        shown.sort(key=lambda each: each.begun, reverse=True)
        shown.sort(key=lambda each: not (each.problem and each.delivered is None))
        self.deliveries.set_rows(shown)
        text = self.tr("{count} failed").format(count=len(failed)) if failed else ""
        set_text(self.sums, text)

    def _permit(self) -> None:
        row = self.table.chosen
        permit(self.add_button, self.desk, "alert.channel_set")
        permit(self.edit_button, self.desk, "alert.channel_set", possible=row is not None)
        free = row is not None and row.channel.name not in self._testing
        permit(self.test_button, self.desk, "alert.test", possible=free)

    def _menu(self, row: ChannelRow) -> QMenu:
        menu = QMenu(self.table)
        entry(menu, self.desk, self.tr("Test"), lambda: self.test(row), command="alert.test")
        entry(menu, self.desk, self.tr("Edit…"), lambda: self.edit(row), command="alert.channel_set")
        entry(
            menu,
            self.desk,
            self.tr("Its notifications"),
            lambda: self.search.setText(row.channel.name),
        )
        menu.addSeparator()
        entry(menu, self.desk, self.tr("Remove"), lambda: self.remove(row), command="alert.channel_remove")
        return menu

    def _delivery_menu(self, row: Delivery) -> QMenu:
        menu = QMenu(self.deliveries)
        first = row.alerts[0] if row.alerts else ""
        entry(
            menu,
            self.desk,
            self.tr("Show its alert"),
            lambda: self.desk.shell.go("alerts", f"id:{first}"),
            possible=any(each.id == first for each in self.desk.context.alerts.alerts()),
        )
        return menu

    # What is done

    def _on_chosen(self, call: object) -> None:
        if self.table.chosen is not None and callable(call):
            call(self.table.chosen)

    def edit(self, row: ChannelRow) -> None:
        """The form, filled in; secrets are never shown."""
        from console.ui.sheets.channel_sheet import ChannelSheet

        if self.desk.runner.allowed("alert.channel_set"):
            self.desk.shell.show_sheet(ChannelSheet(self.desk, row, after=lambda _row: self._changed()))

    def remove(self, row: ChannelRow) -> None:
        """Forget it and its secrets."""
        self._run("alert.channel_remove", {"name": row.channel.name})

    def test(self, row: ChannelRow) -> None:
        """Send a test message and say what the other side answered."""
        name = row.channel.name
        self._testing.add(name)
        self._permit()

        def done(answer: object) -> None:
            self._testing.discard(name)
            text = self.tr("{channel}: the test message was delivered.").format(channel=safe_line(name))
            self.desk.shell.tell(
                Notice(text, Level.INFO, f"channel {name}", safe_line(str(answer), max_chars=200))
            )
            self._permit()

        def failed(problem: Problem) -> None:
            self._testing.discard(name)
            self.problem.set_problem(problem)
            self._permit()

        self.problem.set_problem(None)
        self.desk.runner.command("alert.test", {"name": name}, done=done, failed=failed)

    def _run(self, command: str, given: Mapping[str, object]) -> None:
        self.desk.runner.command(command, given, done=lambda _found: self._changed(), failed=self._failed)

    def _changed(self) -> None:
        self._pace.hurry()
        self.refresh()
