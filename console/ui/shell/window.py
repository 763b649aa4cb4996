"""The window: frame around the pages, navigation, the read-only switch, what is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.operations.plan import Work
from console.telemetry.snapshot import FleetSnapshot
from console.ui import clock
from console.ui.desk import Desk, Remembered, TimeRange
from console.ui.kit.buttons import Button
from console.ui.kit.sheet import SheetHost
from console.ui.pages.page import Page, PageAct, PageSpec
from console.ui.problem_texts import texts_of
from console.ui.sheets.catalogue import SHEETS
from console.ui.shell import actions, server_commands
from console.ui.shell.asking import Asking
from console.ui.shell.own_usage import OwnUsage
from console.ui.shell.palette import Entry, Palette
from console.ui.shell.rail import Rail
from console.ui.shell.runner import CommandRunner
from console.ui.shell.strip import Strip
from console.ui.shell.tending import Tending
from console.ui.shell.toasts import Toasts
from console.ui.shell.topbar import TopBar
from console.ui.theme.theme import Theme
from console.ui.times import clock_text, zone_of
from console.ui.worker import Worker

if TYPE_CHECKING:
    from console.commands.command import Command
    from console.context import Context
    from console.ui.sheets.round_door import RoundDoor

MINIMUM = (880, 600)
SLIM_BELOW = 1100
_ABOUT_SERVERS = ("server", "files")


class Window(QWidget):
    """Implements desk.Shell."""

    def __init__(
        self,
        context: Context,
        theme: Theme,
        specs: Sequence[PageSpec],
        commands: tuple[Command, ...],
        *,
        round_work: Callable[[], Work[object]] | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Tandem")
        self.setMinimumSize(*MINIMUM)
        self._context = context
        self._theme = theme
        self._specs = {spec.id: spec for spec in specs}
        self._pages: dict[str, Page] = {}
        self._place: tuple[str, str] = ("", "")
        self._trail: list[tuple[str, str]] = []
        self._snapshot: tuple[int, FleetSnapshot] | None = None
        self._usage = OwnUsage()
        self._switch_shown = True
        self.clock = clock.UiClock(self)
        self.worker = Worker(self)
        self.worker.failed.connect(self.tell_problem)
        self._remembered = Remembered(context.home)
        self._runner = CommandRunner(commands)
        self.range = TimeRange(self)
        self.desk = Desk(
            context=context,
            theme=theme,
            clock=self.clock,
            worker=self.worker,
            remembered=self._remembered,
            range=self.range,
            shell=self,
            runner=self._runner,
            snapshot=self._take_snapshot,
            round_work=round_work,
        )
        self._runner.attach(self.desk)
        self._build(specs)
        self._make_actions(specs, commands)
        self._make_round()
        self.clock.every(clock.SLOW, self, self._each_second)
        self.clock.every(clock.TABLES, self, self._runner.look)
        self.asking = Asking(self.desk, self)
        self.tending = Tending(self.desk, self)
        context.notifier.listen(lambda notice: self.worker.post(lambda: self.tell(notice)))
        theme.changed.connect(self._repaint)
        self._restore()

    def _build(self, specs: Sequence[PageSpec]) -> None:
        self.rail = Rail(self._theme, specs)
        self.rail.chosen.connect(self.go)
        self.rail.switch.clicked.connect(self.toggle_read_only)
        self.top = TopBar(self._theme, self.range)
        self.top.custom_wanted.connect(lambda: self.open_sheet("time_range"))
        self.top.event_wanted.connect(self._around_event)
        self.top.search_wanted.connect(self.open_palette)
        self.top.up_wanted.connect(self._up)
        self.stack = QStackedWidget()
        self.strip = Strip(self._theme, self._context.account)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.top)
        right.addWidget(self.stack, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.rail)
        body.addLayout(right, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(body, 1)
        whole.addWidget(self.strip)
        self.sheets = SheetHost(self)
        self.toasts = Toasts(self._theme, self)
        self.palette_box = Palette(self._theme, self)

    def _make_actions(self, specs: Sequence[PageSpec], commands: tuple[Command, ...]) -> None:
        self._page_actions = actions.page_actions(self, specs, self.go)
        openers: dict[str, Callable[[], None]] = {
            name: partial(self.open_sheet, name) for name, spec in SHEETS.items() if not spec.needs
        }
        openers |= {spec.id: partial(self.go, spec.id) for spec in specs if spec.alone}
        openers |= {"palette": self.open_palette, "read_only": self.toggle_read_only, "quit": self._quit}
        self._command_actions = actions.command_actions(self, commands, openers, self._run_plain)
        self._other_actions = [
            self._action(self.tr("Back"), "Alt+Left", self._back),
            self._action(self.tr("Next area"), "F6", lambda: self._cycle(1)),
            self._action(self.tr("Previous area"), "Shift+F6", lambda: self._cycle(-1)),
            self._action(self.tr("Search on this page"), "Ctrl+F", self._focus_search),
            self._action(self.tr("Switch between dark and light"), "Ctrl+Shift+L", self._switch_theme),
        ]
        self.round_action = self._action(self.tr("Run the round"), "Ctrl+R", self.run_round)
        if self.desk.round_work is not None:
            self._other_actions.append(self.round_action)
        every = [*self._page_actions, *(action for _, action in self._command_actions), *self._other_actions]
        self.addActions(every)
        self._menu = QMenu(self)
        actions.fill_menu(self._menu, self._page_actions, self._command_actions, self._other_actions)
        self.top.menu_button.setMenu(self._menu)
        self._page_menu = QMenu(self.tr("This page"), self._menu)
        self._menu.insertMenu(self._menu.actions()[1], self._page_menu)
        self._menu.aboutToShow.connect(lambda: actions.fill_page_menu(self._page_menu, self._page_acts()))

    def _make_round(self) -> None:
        """The demo's button; elsewhere there is none."""
        self._round: RoundDoor | None = None
        self.round_button = Button(self._theme, self.tr("Run the round"), "primary", icon="play")
        self.round_button.clicked.connect(self.run_round)
        self.round_button.setVisible(self.desk.round_work is not None)
        self.top.add_button(self.round_button)

    def _action(self, text: str, keys: str, call: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: call())
        return action

    # What pages may ask (desk.Shell)

    def go(self, page: str, argument: str = "") -> None:
        """Open a page."""
        if page not in self._specs:
            return
        if self._place[0] and self._place != (page, argument):
            self._trail = [*self._trail[-49:], self._place]
        self._show_page(page, argument)

    def show_sheet(self, sheet: QWidget) -> None:
        """Lay a sheet over the right side."""
        self.sheets.show_sheet(sheet)
        self.asking.raise_sheet()

    def open_sheet(self, name: str, arguments: Mapping[str, str] | None = None) -> None:
        """Open a sheet of the catalogue."""
        self.show_sheet(SHEETS[name].make(self.desk, arguments or {}))

    def can_open(self, name: str) -> bool:
        """Whether there is such a sheet."""
        return name in SHEETS

    def tell(self, notice: Notice) -> None:
        """Show a notice."""
        self.toasts.tell(notice)

    def tell_problem(self, problem: Problem) -> None:
        """Show a problem that belongs to no place on the page."""
        sentence, remedy = texts_of(problem)
        self.tell(Notice(sentence, Level.WARNING, key=problem.code, remedy=remedy))

    def _show_page(self, name: str, argument: str) -> None:
        spec = self._specs[name]
        page = self._pages.get(name)
        if page is None:
            page = spec.make(self.desk)
            self._pages[name] = page
            self.stack.addWidget(page)
        self._place = (name, argument)
        page.open(argument)
        self.stack.setCurrentWidget(page)
        page.refresh()
        self.rail.light(spec.under or name)
        self._show_crumb()

    def _show_crumb(self) -> None:
        """Also once a second: what a page is about may be read off-thread."""
        if self.page is not None:
            spec = self._specs[self._place[0]]
            page = self.page
            self.top.show_place(
                spec.title(), page.crumb(), uses_range=page.uses_range, has_events=page.has_events
            )

    def _around_event(self) -> None:
        if self.page is not None:
            self.page.around_last_event()

    def _up(self) -> None:
        spec = self._specs[self._place[0]]
        self.go(spec.under or spec.id)

    def _back(self) -> None:
        if self._trail:
            self._show_page(*self._trail.pop())

    @property
    def page(self) -> Page | None:
        """The page in front."""
        return self._pages.get(self._place[0])

    def _page_acts(self) -> tuple[PageAct, ...]:
        return self.page.acts() if self.page is not None else ()

    def _focus_search(self) -> None:
        if self.page is not None:
            self.page.focus_search()

    # Acts

    def open_palette(self) -> None:
        """Offer pages, commands and servers at once, jobs as soon as they are read."""
        specs = list(self._specs.values())
        offered = actions.entries(self.desk, specs, self._command_actions, self._other_actions)
        here = self._place[1] if self._place[0] in _ABOUT_SERVERS else ""
        offered += server_commands.entries(
            self.desk, self._runner.commands, _ABOUT_SERVERS, here, self._ask_server
        )
        offered += actions.page_entries(self._page_acts())
        self.palette_box.open_with(offered)
        actions.read_more(self.desk, self.palette_box.add, with_jobs="job" in self._specs)

    def _ask_server(self, servers: list[Entry], title: str) -> None:
        self.palette_box.open_with(servers, self.tr("{command}: which server?").format(command=title))

    def toggle_read_only(self) -> None:
        """The switch; it is kept in the options."""
        if self._context.read_only:
            return
        options = self._context.options
        wanted = not options.flag("safety.read_only")
        self.worker.run(
            lambda: options.set("safety.read_only", wanted),
            lambda _none: self._show_switch(),
            key="read_only",
        )
        self._show_switch()

    def _show_switch(self) -> None:
        allowed = self._context.changes_allowed
        self._switch_shown = allowed
        self.round_button.setEnabled(allowed)
        self.round_action.setEnabled(allowed)
        self.rail.switch.show_state(allowed=allowed, fixed=self._context.read_only)
        for command, action in self._command_actions:
            action.setEnabled(self._runner.allowed(command.id))
        if self.page is not None:
            self.page.refresh()

    def run_round(self) -> None:
        """The demo's guided round."""
        from console.ui.sheets.round_door import RoundDoor

        if self._round is None:
            self._round = RoundDoor(self.desk, self)
            # The first step is taken: the page's own button leads now.
            self.round_button.set_kind("secondary")
        self._round.open()

    def _run_plain(self, command: Command) -> None:
        self._runner.command(command.id)

    def _switch_theme(self) -> None:
        wanted = "light" if self._theme.name == "dark" else "dark"
        self._theme.set_wanted(wanted)
        self.worker.run(lambda: self._context.options.set("ui.theme", wanted))

    def _quit(self) -> None:
        self.close()

    def _cycle(self, step: int) -> None:
        areas: list[QWidget] = [self.rail, self.top, self.stack]
        if self.sheets.sheet is not None:
            areas.append(self.sheets.sheet)
        focus = self.focusWidget()
        here = next((i for i, area in enumerate(areas) if focus and area.isAncestorOf(focus)), -1)
        for offset in range(1, len(areas) + 1):
            if _focus_first(areas[(here + step * offset) % len(areas)]):
                return

    # The beat

    def _take_snapshot(self) -> FleetSnapshot:
        if self._snapshot is None or self._snapshot[0] != self.clock.moments:
            self._snapshot = (self.clock.moments, self._context.telemetry.snapshot())
        return self._snapshot[1]

    def _each_second(self) -> None:
        self.strip.show_snapshot(self._take_snapshot())
        self.strip.show_own(*self._usage.read())
        self.strip.show_clock(clock_text(self._context.clock.now(), zone_of(self._context.options)))
        for spec in self._specs.values():
            if spec.badge is not None and spec.id in self.rail.buttons:
                self.rail.buttons[spec.id].set_badge(*spec.badge(self.desk))
        self.toasts.age()
        self._show_crumb()
        if self._switch_shown != self._context.changes_allowed:
            # It can also be changed in the settings.
            self._show_switch()

    def _repaint(self) -> None:
        self.update()
        for child in self.findChildren(QWidget):
            child.update()

    # What is remembered

    def _restore(self) -> None:
        kept = QByteArray.fromBase64(self._remembered.text("window/geometry").encode())
        if kept.isEmpty() or not self.restoreGeometry(kept):
            self.resize(1600, 1000)
        self.range.choose(self._remembered.text("window/range", "15m"))
        self._show_switch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rail.set_slim(self.width() < SLIM_BELOW)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.focusWidget() is None:
            self.setFocus()  # else the first button of the rail would take it
        self._each_second()

    def closeEvent(self, event: QCloseEvent) -> None:
        for name, page in self._pages.items():
            if page.holds_back():
                self.go(name, self._place[1] if self._place[0] == name else page.crumb())
                event.ignore()
                return
        geometry = self.saveGeometry().toBase64().toStdString()
        self._remembered.keep("window/geometry", geometry)
        self._remembered.keep("window/range", self.range.key)
        self._remembered.keep("window/page", self._place[0])
        self._remembered.sync()
        event.accept()

    def shut_down(self) -> None:
        """End clock and worker threads; called once, after the event loop."""
        self.clock.stop()
        self.asking.end()
        self.sheets.drop()
        self._context.notifier.listen(lambda _notice: None)
        self.worker.close()


def _focus_first(area: QWidget) -> bool:
    """Give the keyboard to the first widget of an area that takes it."""
    for child in area.findChildren(QWidget):
        takes = child.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and child.isVisible() and child.isEnabled():
            child.setFocus(Qt.FocusReason.TabFocusReason)
            return True
    return False
