"""Commands about a server from the palette: on the one in front, else on one that is chosen next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.server_acts import copy_ssh_command
from console.ui.shell.palette import Entry
from console.ui.theme.icons import IconName

if TYPE_CHECKING:
    from console.commands.command import Command

_ICONS: dict[str, IconName] = {"terminal": "terminal", "file": "folder", "exec": "terminal"}
Ask = Callable[[list[Entry], str], None]
"""Opens the palette with these, and a placeholder."""


def do(desk: Desk, command: Command, server: str, pages: Sequence[str]) -> None:
    """Open what the command opens, about a server, or run it there."""
    if command.opens in pages:
        desk.shell.go(command.opens, server)
    elif command.opens:
        desk.shell.open_sheet(command.opens, {"server": server})
    elif command.id == "terminal.command":
        copy_ssh_command(desk, server)
    else:
        desk.runner.command(command.id, {"name": server})


def entries(
    desk: Desk, commands: Sequence[Command], pages: Sequence[str], here: str, ask: Ask
) -> Iterator[Entry]:
    """One for every command about a server that the window can do.

    Args:
        here: the server of the page in front, empty where it is about none.
    """
    names = [row.server.name for row in desk.snapshot().servers if row.server.source is None]
    for command in commands:
        can = command.opens in pages or not command.opens or desk.shell.can_open(command.opens)
        if command.scope != "server" or not can or not names:
            continue
        yield _entry(desk, command, pages, here if here in names else "", ask)


def _entry(desk: Desk, command: Command, pages: Sequence[str], here: str, ask: Ask) -> Entry:
    title = translate("command", command.title)
    run: Callable[[], None] = lambda: ask(_choices(desk, command, pages), title)  # noqa: E731
    if here:
        run = lambda: do(desk, command, here, pages)  # noqa: E731
    return Entry(
        title,
        here or translate("command", command.summary),
        translate("Palette", "command"),
        _ICONS.get(command.id.split(".")[0], "server"),
        run,
        words=command.id,
        enabled=desk.runner.allowed(command.id),
        weight=1.5 if here else 0.5,
    )


def _choices(desk: Desk, command: Command, pages: Sequence[str]) -> list[Entry]:
    def on(server: str) -> Callable[[], None]:
        return lambda: do(desk, command, server, pages)

    return [
        Entry(
            row.server.name,
            row.server.host if row.server.host != row.server.name else "",
            translate("Palette", "server"),
            "server",
            on(row.server.name),
            words=f"{row.server.host} {' '.join(row.server.labels.values())}",
        )
        for row in desk.snapshot().servers
        if row.server.source is None
    ]
