"""Tells the person what fires: toasts in the window, the tray and its notifications, a sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from console.alerts.alert import Alert, AlertState
from console.ui.desk import Desk
from console.ui.kit.tones import Tone
from console.ui.pages.alerts.telling import notices
from console.ui.pages.alerts.words import counted, rule_titles, sums_text
from console.ui.shell.tray import Tray

DESKTOP = "desktop"
"""The channel under which a console claims its desktop's notifications: windows of one person tell once."""


class Alerting(QObject):
    """Listens to the alert service for as long as the window is open."""

    def __init__(
        self,
        desk: Desk,
        window: QWidget,
        *,
        available: Callable[[], bool] = Tray.available,
        make_tray: Callable[..., Tray] = Tray,
        beep: Callable[[], None] = QApplication.beep,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._available = available
        self._make_tray = make_tray
        self._beep = beep
        self._tray: Tray | None = None
        self._ended = False
        alerts = desk.context.alerts
        # Called on the service's thread.
        alerts.listen(lambda changed: desk.worker.post(lambda: self._heard(changed)))

    def _heard(self, changed: Sequence[Alert]) -> None:
        if self._ended:
            return
        alerts = self._desk.context.alerts
        titles = rule_titles(alerts.rules())
        for notice in notices(changed, alerts.alerts(), titles):
            self._desk.shell.tell(notice)
        self.refresh()
        fired = [each for each in changed if each.state is AlertState.FIRING and not each.muted]
        if fired and self._desk.context.options.flag("alerts.sound"):
            self._beep()
        if fired and self._tray is not None:
            self._tell_desktop(fired, titles)

    def _tell_desktop(self, fired: Sequence[Alert], titles: dict[str, str]) -> None:
        """Off-thread: which of them no other window of this person has told already."""
        alerts, account = self._desk.context.alerts, self._desk.context.account

        def claimed() -> list[Alert]:
            return [each for each in fired if alerts.claim(each.id, f"{DESKTOP} {account}")]

        def tell(ours: list[Alert]) -> None:
            if self._tray is not None and not self._ended:
                for notice in notices(ours, (), titles):
                    self._tray.tell(notice)

        def unclaimed(_problem: object) -> None:
            # Twice is better than not at all.
            tell(list(fired))

        self._desk.worker.run(claimed, tell, failed=unclaimed, owner=self)

    def refresh(self) -> None:
        """The tray as it should be now: called once a second, and when something was heard."""
        wanted = self._desk.context.options.flag("alerts.desktop") and self._available()
        if not wanted:
            self.put_away()
            return
        if self._tray is None:
            icon = QGuiApplication.windowIcon()
            self._tray = self._make_tray(self._desk.theme, self._window, icon, self._open)
        counts = counted(self._desk.context.alerts.alerts())
        count, tone = counts["critical"], Tone.CRITICAL
        if not count:
            count, tone = counts["warning"], Tone.WARNING
        self._tray.show_count(count, tone, sums_text(counts))

    def _open(self) -> None:
        if self._window.isMinimized():
            self._window.showNormal()
        self._window.raise_()
        self._window.activateWindow()
        self._desk.shell.go("alerts")

    def put_away(self) -> None:
        """Take the icon out of the tray."""
        if self._tray is not None:
            self._tray.put_away()
            self._tray.deleteLater()
            self._tray = None

    def end(self) -> None:
        """The window goes."""
        self._ended = True
        self.put_away()
