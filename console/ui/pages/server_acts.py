"""What can be done with a server, as one menu for table, map, inspector, page and palette."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from console.core.notify import Level, Notice
from console.core.text import safe_line
from console.fleet.link_state import LinkState
from console.ui.desk import Desk
from console.ui.i18n import translate


def server_menu(desk: Desk, name: str, parent: QWidget) -> QMenu:
    """The menu; it deletes itself when it closes."""
    from console.ui.sheets.server_sheet import ServerSheet

    menu, given = QMenu(parent), {"server": name}
    row = desk.snapshot().server(name)
    copy = lambda: QGuiApplication.clipboard().setText(name)  # noqa: E731
    if row is not None and row.server.source is not None:
        return _with_known_only(menu, desk, name, copy)
    _add(menu, translate("ServerMenu", "Open"), lambda: desk.shell.go("server", name))
    _add(menu, translate("ServerMenu", "Files"), lambda: desk.shell.go("files", name))
    _add(menu, translate("ServerMenu", "Check"), lambda: desk.shell.open_sheet("check", given))
    if row is not None:
        server = row.server
        edit = lambda: desk.shell.show_sheet(ServerSheet(desk, server))  # noqa: E731
        _add(menu, translate("ServerMenu", "Edit…"), edit)
        if row.link.problem is not None and row.link.problem.code == "ssh.host_key_unknown":
            trust = lambda: desk.shell.open_sheet("trust", given)  # noqa: E731
            _add(menu, translate("ServerMenu", "Trust key…"), trust)
        if row.link.state in (LinkState.LOST, LinkState.WAITING, LinkState.REFUSED):
            retry = lambda: desk.worker.run(lambda: desk.context.fleet.retry(name))  # noqa: E731
            _add(menu, translate("ServerMenu", "Retry"), retry)
    if desk.shell.can_open("submit_job"):
        job = _add(
            menu,
            translate("ServerMenu", "Run a job here…"),
            lambda: desk.shell.open_sheet("submit_job", given),
        )
        job.setEnabled(desk.runner.allowed("job.submit"))
    run = lambda: desk.shell.open_sheet("run_command", given)  # noqa: E731
    _add(menu, translate("ServerMenu", "Run a command…"), run).setEnabled(desk.runner.allowed("exec"))
    for words, sheet, act in (
        (translate("ServerMenu", "Push files…"), "push", "push"),
        (translate("ServerMenu", "Pull files…"), "pull", "pull"),
        (translate("ServerMenu", "Fetch from a URL…"), "fetch", "fetch"),
    ):
        entry = _add(menu, words, lambda each=sheet: desk.shell.open_sheet(each, given))  # type: ignore[misc]
        entry.setEnabled(desk.runner.allowed(act))
    forwards = lambda: desk.shell.open_sheet("forwards", given)  # noqa: E731
    _add(menu, translate("ServerMenu", "Forwards…"), forwards)
    terminal = lambda: desk.runner.command("terminal", {"name": name})  # noqa: E731
    entry = _add(menu, translate("ServerMenu", "Open terminal"), terminal)
    entry.setEnabled(desk.runner.allowed("terminal"))
    _add(menu, translate("ServerMenu", "Copy ssh command"), lambda: copy_ssh_command(desk, name))
    _add(menu, translate("ServerMenu", "Copy name"), copy)
    _add_work(menu, desk, name)
    menu.addSeparator()
    privileges = lambda: desk.shell.open_sheet("privileges", given)  # noqa: E731
    _add(menu, translate("ServerMenu", "Privileges…"), privileges)
    if row is not None and "reboot" in row.server.privileges:
        reboot = lambda: desk.runner.command("server.reboot", {"name": name})  # noqa: E731
        entry = _add(menu, translate("ServerMenu", "Restart server…"), reboot)
        entry.setEnabled(desk.runner.allowed("server.reboot"))
    for words, act in (
        (translate("ServerMenu", "Clean…"), "server.clean"),
        (translate("ServerMenu", "Remove…"), "server.remove"),
    ):
        entry = _add(menu, words, lambda each=act: desk.runner.command(each, {"name": name}))  # type: ignore[misc]
        entry.setEnabled(desk.runner.allowed(act))
    return menu


def _with_known_only(menu: QMenu, desk: Desk, name: str, copy: Callable[[], None]) -> QMenu:
    """What there is for a server that only a source knows: nothing can be asked of it over SSH."""
    _add(menu, translate("ServerMenu", "Open"), lambda: desk.shell.go("server", name))
    _add(menu, translate("ServerMenu", "Copy name"), copy)
    _add(menu, translate("ServerMenu", "Sources…"), lambda: desk.shell.open_sheet("sources"))
    return menu


def copy_ssh_command(desk: Desk, name: str) -> None:
    """Put the resolved `ssh` command line on the clipboard and say so."""

    def copied(words: object) -> None:
        if isinstance(words, tuple):
            line = shlex.join(str(word) for word in words)
            QGuiApplication.clipboard().setText(line)
            text = translate("ServerMenu", "Copied: {line}").format(line=safe_line(line, max_chars=200))
            desk.shell.tell(Notice(text, Level.INFO, key="terminal.command"))

    desk.runner.command("terminal.command", {"name": name}, done=copied)


def _add_work(menu: QMenu, desk: Desk, name: str) -> None:
    """What work it takes."""
    menu.addSeparator()
    row, given = desk.snapshot().server(name), {"server": name}
    if row is not None and row.drained is not None:
        words, act = translate("ServerMenu", "Let it work again"), "server.resume"
        _add(menu, words, lambda: desk.runner.command(act, {"name": name})).setEnabled(
            desk.runner.allowed(act)
        )
    else:
        words, act = translate("ServerMenu", "Drain…"), "server.drain"
        _add(menu, words, lambda: desk.shell.open_sheet("drain", given)).setEnabled(desk.runner.allowed(act))
    slots = lambda: desk.shell.open_sheet("limit_jobs", given)  # noqa: E731
    _add(menu, translate("ServerMenu", "Limit jobs…"), slots).setEnabled(desk.runner.allowed("server.limit"))


def _add(menu: QMenu, text: str, call: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: call())
    return action
