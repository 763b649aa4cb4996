"""What one can do with alerts, for the list's menu, its inspector, palette and keyboard alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from console.alerts.alert import Alert
from console.core.text import safe_line
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.acting import entry
from console.ui.pages.alerts import words
from console.ui.pages.page import PageAct

_HELP = re.compile(r"^[a-z-]+(#[a-z0-9-]+)?$")
_BEFORE = timedelta(minutes=15)
_AFTER = timedelta(minutes=15)
Done = Callable[[object], None]


def acknowledge(desk: Desk, alerts: Sequence[Alert], done: Done | None = None) -> None:
    """Say that one knows of them."""
    ids = tuple(each.id for each in alerts if not each.acknowledged_by)
    if ids:
        desk.runner.command("alert.ack", {"ids": ids}, done=done)


def take(desk: Desk, alerts: Sequence[Alert], done: Done | None = None) -> None:
    """Give them to oneself."""
    given = {"ids": tuple(each.id for each in alerts), "owner": desk.context.account}
    desk.runner.command("alert.assign", given, done=done)


def assign(desk: Desk, alerts: Sequence[Alert], done: Done | None = None) -> None:
    """Ask to whom."""
    from console.ui.sheets.alert_sheets import AssignSheet

    desk.shell.show_sheet(AssignSheet(desk, alerts, after=done))


def silence(desk: Desk, alert: Alert, done: Done | None = None) -> None:
    """Ask for how long, why, and how much beside it."""
    from console.ui.sheets.alert_sheets import SilenceSheet

    given = {
        "rule": alert.rule,
        "server": alert.target.server,
        "accelerator": alert.target.accelerator,
    }
    desk.shell.show_sheet(SilenceSheet(desk, given, label=alert.label, after=done))


def around(alert: Alert, now: datetime) -> tuple[float, float]:
    """The span of the charts around its beginning, in seconds since 1970."""
    low = alert.first_seen - _BEFORE
    high = min(now, alert.first_seen + _AFTER)
    return low.timestamp(), max(high, alert.first_seen + timedelta(minutes=1)).timestamp()


def show_charts(desk: Desk, alert: Alert) -> None:
    """The server's page, around the moment when its condition first held."""
    if alert.target.server:
        desk.range.show(*around(alert, desk.context.clock.now()))
        desk.shell.go("server", alert.target.server)


def open_runbook(desk: Desk, alert: Alert) -> None:
    """In the browser, or a page of the help in a sheet."""
    from console.ui.sheets.help_sheet import HelpSheet

    if _HELP.match(alert.runbook):
        desk.shell.show_sheet(HelpSheet(desk, alert.runbook))
        return
    address = QUrl(alert.runbook, QUrl.ParsingMode.StrictMode)
    if may_open(alert) and address.isValid():
        QDesktopServices.openUrl(address)


def may_open(alert: Alert) -> bool:
    """Whether its runbook is a page of the web or of the help: nothing else is handed to the desktop."""
    return alert.runbook.startswith(("https://", "http://")) or bool(_HELP.match(alert.runbook))


def as_text(alert: Alert, title: str, now: datetime) -> str:
    """A few lines for a message to somebody."""
    head = f"{words.severity_word(alert.severity)}: {title}"
    where = f"{words.server_text(alert.target)} · {words.part_text(alert)}"
    stands = f"{words.state_word(alert.state)}, {words.lasted_text(alert, now)}"
    first = f"{alert.first_seen:%Y-%m-%dT%H:%M:%SZ}"
    lines = [head, f"{where} · {stands} ({first})", alert.sentence, alert.remedy, alert.runbook]
    return "\n".join(safe_line(line, max_chars=600) for line in lines if line)


def copy(desk: Desk, alert: Alert, title: str) -> None:
    """Put it on the clipboard as text."""
    QGuiApplication.clipboard().setText(as_text(alert, title, desk.context.clock.now()))


def alert_acts(desk: Desk, alerts: Sequence[Alert], title: str) -> tuple[PageAct, ...]:
    """What menu and palette offer while alerts are selected."""
    if not alerts:
        return ()
    first = alerts[0]
    found = [
        PageAct(translate("Alerts", "Acknowledge"), lambda: acknowledge(desk, alerts), "A"),
        PageAct(translate("Alerts", "Take it"), lambda: take(desk, alerts), "T"),
        PageAct(translate("Alerts", "Assign…"), lambda: assign(desk, alerts)),
        PageAct(translate("Alerts", "Silence…"), lambda: silence(desk, first), "S"),
        PageAct(translate("Alerts", "Copy as text"), lambda: copy(desk, first, title)),
    ]
    if not desk.runner.allowed("alert.ack"):
        found = found[-1:]
    if first.target.server:
        found.append(PageAct(translate("Alerts", "Charts around it"), lambda: show_charts(desk, first), "C"))
    if may_open(first):
        found.append(PageAct(translate("Alerts", "Open runbook"), lambda: open_runbook(desk, first)))
    return tuple(found)


def menu_of(desk: Desk, alert: Alert, chosen: Sequence[Alert], title: str, parent: QWidget) -> QMenu:
    """The right click; `chosen` are all that are selected."""
    alerts = chosen if any(each.id == alert.id for each in chosen) else (alert,)
    menu, server = QMenu(parent), alert.target.server
    entry(
        menu,
        desk,
        translate("Alerts", "Acknowledge"),
        lambda: acknowledge(desk, alerts),
        command="alert.ack",
        possible=any(not each.acknowledged_by for each in alerts),
    )
    entry(menu, desk, translate("Alerts", "Take it"), lambda: take(desk, alerts), command="alert.assign")
    entry(menu, desk, translate("Alerts", "Assign…"), lambda: assign(desk, alerts), command="alert.assign")
    entry(menu, desk, translate("Alerts", "Silence…"), lambda: silence(desk, alert), command="alert.silence")
    menu.addSeparator()
    entry(
        menu,
        desk,
        translate("Alerts", "Charts around it"),
        lambda: show_charts(desk, alert),
        possible=bool(server),
    )
    entry(
        menu,
        desk,
        translate("Alerts", "Open server"),
        lambda: desk.shell.go("server", server),
        possible=bool(server),
    )
    entry(
        menu,
        desk,
        translate("Alerts", "Open runbook"),
        lambda: open_runbook(desk, alert),
        possible=may_open(alert),
    )
    menu.addSeparator()
    entry(menu, desk, translate("Alerts", "Copy as text"), lambda: copy(desk, alert, title))
    entry(
        menu,
        desk,
        translate("Alerts", "Copy id"),
        lambda: QGuiApplication.clipboard().setText(alert.id),
    )
    return menu
