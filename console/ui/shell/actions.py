"""Every act in menu, palette and keyboard, made from the catalogues of commands and pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from console.telemetry.views import View
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.page import PageAct, PageSpec
from console.ui.shell.palette import Entry
from console.ui.theme.icons import IconName

if TYPE_CHECKING:
    from console.commands.command import Command

Opener = Callable[[], None]
_ICONS: dict[str, IconName] = {"server": "server", "job": "jobs", "model": "models", "deploy": "deployments"}


def command_title(command: Command) -> str:
    """A command's title in the person's language; the catalogue's texts are looked up as they are."""
    return translate("command", command.title)


def page_actions(window: QWidget, specs: Sequence[PageSpec], go: Callable[[str], None]) -> list[QAction]:
    """Alt+1 … for the pages of the rail."""
    actions = []
    for number, spec in enumerate([each for each in specs if not each.under], start=1):
        action = QAction(spec.title(), window)
        action.setShortcut(QKeySequence(f"Alt+{number}"))
        action.triggered.connect(lambda _checked=False, page=spec.id: go(page))
        actions.append(action)
    return actions


def command_actions(
    window: QWidget, commands: Sequence[Command], openers: dict[str, Opener], run: Callable[[Command], None]
) -> list[tuple[Command, QAction]]:
    """One action for every command that needs no selection and that the window can do."""
    actions = []
    for command in commands:
        opener = openers.get(command.opens)
        if command.scope != "app" or (command.opens and opener is None):
            continue
        action = QAction(command_title(command), window)
        action.setToolTip(translate("command", command.summary))
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
        if opener is not None:
            action.triggered.connect(lambda _checked=False, call=opener: call())
        else:
            action.triggered.connect(lambda _checked=False, each=command: run(each))
        actions.append((command, action))
    return actions


def fill_menu(
    menu: QMenu,
    pages: Sequence[QAction],
    commands: Sequence[tuple[Command, QAction]],
    rest: Sequence[QAction],
) -> None:
    """The menu of the window: pages, commands by what they are about, the rest."""
    go = menu.addMenu(translate("Menu", "Go to"))
    go.addActions(list(pages))
    menu.addSeparator()
    room = ""
    for command, action in sorted(commands, key=lambda pair: _room_order(pair[0].id)):
        if command.id.split(".")[0] != room and room:
            menu.addSeparator()
        room = command.id.split(".")[0]
        menu.addAction(action)
    menu.addSeparator()
    menu.addActions(list(rest))


def _room_order(command_id: str) -> int:
    order = ("server", "exec", "job", "model", "deploy", "plugin", "app")
    room = command_id.split(".")[0]
    return order.index(room) if room in order else len(order)


def entries(
    desk: Desk,
    specs: Sequence[PageSpec],
    commands: Sequence[tuple[Command, QAction]],
    rest: Sequence[QAction],
) -> list[Entry]:
    """What the palette offers at once."""
    found = [
        Entry(
            spec.title(),
            "",
            translate("Palette", "page"),
            spec.icon,
            lambda page=spec.id: desk.shell.go(page),  # type: ignore[misc]
            words=spec.id,
            weight=2.0,
        )
        for spec in specs
        if not spec.under
    ]
    found += [_command_entry(desk, command, action) for command, action in commands]
    found += [
        Entry(
            action.text(),
            "",
            translate("Palette", "command"),
            "command",
            action.trigger,
            shortcut=action.shortcut().toString(),
        )
        for action in rest
    ]
    for row in desk.snapshot().servers:
        name = row.server.name
        found.append(
            Entry(
                name,
                row.server.host if row.server.host != name else "",
                translate("Palette", "server"),
                "server",
                lambda server=name: desk.shell.go("server", server),  # type: ignore[misc]
                words=f"{row.server.host} {' '.join(row.server.labels.values())}",
            )
        )
    return found


def _command_entry(desk: Desk, command: Command, action: QAction) -> Entry:
    return Entry(
        action.text(),
        translate("command", command.summary),
        translate("Palette", "command"),
        _ICONS.get(command.id.split(".")[0], "command"),
        action.trigger,
        words=command.id,
        shortcut=action.shortcut().toString(),
        enabled=action.isEnabled() and desk.runner.allowed(command.id),
        weight=1.0,
    )


def fill_page_menu(menu: QMenu, acts: Sequence[PageAct]) -> None:
    """What only the page in front can do; its keys are the page's own, so they are only shown."""
    menu.clear()
    for act in acts:
        text = f"{act.title}\t{act.keys}" if act.keys else act.title
        menu.addAction(text).triggered.connect(lambda _checked=False, call=act.call: call())
    menu.menuAction().setVisible(bool(acts))


def page_entries(acts: Sequence[PageAct]) -> list[Entry]:
    """The same for the palette."""
    return [
        Entry(
            act.title,
            "",
            translate("Palette", "this page"),
            "command",
            lambda call=act.call: call(),  # type: ignore[misc]
            shortcut=act.keys,
            weight=1.5,
        )
        for act in acts
    ]


def view_entries(desk: Desk, views: Sequence[View]) -> list[Entry]:
    """Saved views of the fleet, read off-thread after the palette opened."""
    return [
        Entry(
            view.name,
            view.filter,
            translate("Palette", "view"),
            "star",
            lambda name=view.name: desk.shell.go("fleet", f"view:{name}"),  # type: ignore[misc]
            words=f"{view.filter} {view.group}",
        )
        for view in views
    ]


def read_more(desk: Desk, add: Callable[[list[Entry]], None], *, with_jobs: bool) -> None:
    """What has to be read first, off-thread: saved views, and jobs where their page is there."""
    views = desk.context.views
    desk.worker.run(views.list, lambda found: add(view_entries(desk, found)), key="palette.views")
    if with_jobs:
        from console.jobs.job import JobFilter

        jobs = desk.context.jobs
        desk.worker.run(
            lambda: jobs.list(JobFilter()), lambda found: add(job_entries(desk, found)), key="palette.jobs"
        )


def job_entries(desk: Desk, jobs: Sequence[object]) -> list[Entry]:
    """Jobs, read off-thread after the palette opened."""
    from console.jobs.job import Job

    return [
        Entry(
            job.name or job.id,
            f"{job.server} · {job.id}",
            translate("Palette", "job"),
            "jobs",
            lambda job_id=job.id: desk.shell.go("job", job_id),  # type: ignore[misc]
            words=f"{job.id} {job.server}",
        )
        for job in jobs
        if isinstance(job, Job)
    ]
