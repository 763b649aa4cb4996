"""What a window tells by itself: toasts, badges of rail and tray, the desktop, the strip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.alerts.alert import AlertState
from console.alerts.rule import Rule, Scope
from console.context import Context
from console.core.notify import Level, Notice
from console.fleet.server import Server
from console.ui.kit.tones import Tone
from console.ui.pages.alerts.telling import notices
from console.ui.pages.fleet.page import FleetPage
from console.ui.shell.alerting import Alerting
from console.ui.shell.tray import Tray, badged
from console.ui.shell.window import Window
from console.ui.theme.theme import Theme
from tests.ui.alert_samples import RESOLVED, WARNING, alert, many, publish
from tests.ui.fleet_samples import Machine

Make = Callable[..., Window]
Beat = Callable[[Window, int], None]

OFFSCREEN = pytest.mark.qt_log_ignore("systemTrayWindowChanged", "does not support", extend=True)
"""What the platform "offscreen" says of trays and of raising a window."""

BUSY = Rule(
    "test-busy",
    "Accelerator is busy",
    "util > 1",
    scope=Scope.ACCELERATOR,
    summary="{label} of {server} is at {value}.",
    remedy="Look who uses it.",
)


class Desktop:
    """The desktop's side of the tray: what is shown there, written down."""

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self.count: tuple[int, Tone] | None = None
        self.away = False
        self.opened: Callable[[], None] = lambda: None

    def __call__(self, _theme: Theme, _window: QWidget, _icon: QIcon, opened: Callable[[], None]) -> Desktop:
        self.opened = opened
        return self

    def show_count(self, count: int, tone: Tone, _text: str) -> None:
        self.count = (count, tone)

    def tell(self, notice: Notice) -> None:
        self.told.append(notice)

    def put_away(self) -> None:
        self.away = True

    def deleteLater(self) -> None:
        """As a QObject's."""


@pytest.fixture
def machine(context: Context) -> Machine:
    server = Server("gpu-01", "gpu-01")
    context.servers.add(server)
    return Machine(server, gpus=2)


def test_what_the_judge_finds_is_told_in_toast_rail_strip_and_card(
    qtbot: QtBot, make_window: Make, machine: Machine, context: Context, beat: Beat
) -> None:
    context.options.set("watch.stale_after_s", 600.0)
    context.alerts.save_rule(BUSY)
    window = make_window([machine])
    beat(window, 12)
    assert "never judged" in window.strip.judged_words
    context.alerts.start()
    qtbot.waitUntil(lambda: bool(window.toasts.shown), timeout=20_000)
    notice = window.toasts.shown[0]
    assert notice.level is Level.WARNING
    assert notice.text == "gpu-01: 2 alerts, first Accelerator is busy"
    beat(window, 12)
    assert f"alerts judged by {context.account} (window)" in window.strip.judged_words
    assert window.rail.buttons["alerts"].badge == (2, Tone.WARNING)
    page = window.page
    assert isinstance(page, FleetPage)
    assert page.cards.alerts.value == "2 warnings"
    assert page.inspector.alerts.isVisible()
    page.cards.alerts.clicked.emit()
    assert window.top.place == "Alerts"
    context.alerts.close()
    context.alerts.refresh()
    qtbot.waitUntil(lambda: not context.alerts.judged().by, timeout=60_000)


@OFFSCREEN
def test_a_desktop_with_a_tray_is_told_once_by_two_windows(
    qtbot: QtBot, make_window: Make, machine: Machine, context: Context, beat: Beat
) -> None:
    context.options.set("watch.stale_after_s", 600.0)
    context.options.set("alerts.sound", True)
    context.alerts.save_rule(BUSY)
    machine.gpus = 1
    window = make_window([machine])
    desktops, beeps = [Desktop(), Desktop()], []
    tellers = [
        Alerting(
            window.desk,
            window,
            available=lambda: True,
            make_tray=desktop,  # type: ignore[arg-type]
            beep=lambda: beeps.append(1),
        )
        for desktop in desktops
    ]
    for teller in tellers:
        teller.refresh()
    context.alerts.start()
    qtbot.waitUntil(lambda: any(desktop.told for desktop in desktops), timeout=20_000)
    qtbot.waitUntil(lambda: all(desktop.count == (1, Tone.WARNING) for desktop in desktops))
    qtbot.waitUntil(lambda: not window.worker.busy())
    beat(window, 3)
    assert sum(len(desktop.told) for desktop in desktops) == 1
    assert len(beeps) == 2
    desktops[0].opened()
    assert window.top.place == "Alerts"
    for teller, desktop in zip(tellers, desktops, strict=True):
        teller.end()
        assert desktop.away


def test_without_a_tray_the_page_of_channels_says_so(make_window: Make, context: Context, beat: Beat) -> None:
    assert not Tray.available()  # of the platform "offscreen"
    window = make_window([])
    window.go("alert_channels")
    beat(window, 3)
    page = window.page
    assert page is not None
    assert "this desktop has no tray" in page.here.text()  # type: ignore[attr-defined]
    context.options.set("alerts.desktop", False)
    beat(window, 3)
    assert "off in the settings" in page.here.text()  # type: ignore[attr-defined]


@OFFSCREEN
def test_the_tray_has_a_badge_and_a_way_to_the_alerts(
    make_window: Make, theme: Theme, context: Context
) -> None:
    window = make_window([])
    picture = QPixmap(64, 64)
    picture.fill(theme.color("ground"))
    plain = QIcon(picture)
    images = [badged(theme, plain, count, Tone.CRITICAL).pixmap(64, 64).toImage() for count in (0, 2, 120)]
    assert images[0] != images[1]
    assert images[1] != images[2]
    tray = Tray(theme, window, plain, lambda: window.go("alerts"))
    assert [action.text() for action in tray._menu.actions()] == ["Show alerts", "Quit"]
    tray._menu.actions()[0].trigger()
    assert window.top.place == "Alerts"
    tray.show_count(2, Tone.CRITICAL, "2 critical")
    assert tray._icon.toolTip() == "Tandem: 2 critical"
    tray.put_away()
    assert QGuiApplication.instance() is not None


def test_notices_are_few(context: Context) -> None:
    now = context.clock.now()
    titles = {"gpu-lost": "Accelerator lost"}
    one = alert("a", "gpu-1", now=now, gpu=0)
    two = alert("b", "gpu-1", "disk-full", now=now, severity=WARNING)
    assert [each.text for each in notices([one], [one], titles)] == [one.sentence]
    both = notices([two, one], [one, two], titles)
    assert [(each.text, each.level) for each in both] == [
        ("gpu-1: 2 alerts, first Accelerator lost", Level.CRITICAL)
    ]
    muted = replace(one, muted="silence-1")
    assert notices([muted], [muted], titles) == []
    night = [each for each in many(now, 3000) if each.state is AlertState.FIRING]
    assert [each.text for each in notices(night, night, titles)] == ["3000 alerts fire on 400 servers."]
    over = replace(one, state=RESOLVED, resolved=now)
    assert [(each.text, each.key) for each in notices([over], [], titles)] == [
        ("gpu-1: over: Accelerator lost", "alert gpu-1")
    ]
    assert notices([over], [two], titles)[0].key == "alert over gpu-1"


def test_criticals_come_before_warnings_in_the_rail(make_window: Make, context: Context, beat: Beat) -> None:
    now = context.clock.now()
    publish(
        context,
        [
            alert("c", "a", now=now),
            alert("w", "b", now=now, severity=WARNING),
            alert("m", "c", now=now, muted="server down"),
        ],
    )
    window = make_window([])
    beat(window, 12)
    assert window.rail.buttons["alerts"].badge == (1, Tone.CRITICAL)
    assert window.strip.dot.tone is Tone.CRITICAL
