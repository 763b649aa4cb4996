"""The alerts of one server, for its page and charts: what holds from memory, what was read off-thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from console.alerts.alert import Alert
from console.alerts.marks import alert_marks
from console.core.clock import from_epoch
from console.core.problems import Problem
from console.core.text import safe_line
from console.telemetry.marks import Mark
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import paint_plate
from console.ui.kit.cards import Card
from console.ui.kit.labels import label, set_text, tip
from console.ui.kit.tones import Tone, paint_shape
from console.ui.pages.alerts import words
from console.ui.pages.pace import Pace
from console.ui.theme import fonts

_EVERY_S = 10.0
MOST = 5


def standing(desk: Desk, server: str) -> list[Alert]:
    """Those that hold on a server now, the worst first."""
    return words.worst_first(each for each in desk.context.alerts.alerts() if each.target.server == server)


class PastAlerts:
    """What fired on a server within the span of its charts; `marks` is called on every drawing."""

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        self._desk = desk
        self._owner = owner
        self._pace = Pace(desk.context.clock, _EVERY_S)
        self._asked: tuple[str, float, float] = ("", 0.0, 0.0)
        self._read: tuple[str, tuple[Alert, ...]] = ("", ())
        self.problem: Problem | None = None

    def marks(self, server: str, low_s: float, high_s: float) -> tuple[Mark, ...]:
        """Their beginnings within the span, as far as they were read."""
        self._want(server, low_s, high_s)
        past = self._read[1] if self._read[0] == server else ()
        alerts = self._desk.context.alerts
        titles = {
            name: safe_line(title, max_chars=40) for name, title in words.rule_titles(alerts.rules()).items()
        }
        return alert_marks([*past, *standing(self._desk, server)], titles, low_s, high_s)

    def _want(self, server: str, low_s: float, high_s: float) -> None:
        """Read again where the span is another one, and now and then."""
        before = self._asked
        moved = server != before[0] or low_s < before[1] or high_s > before[2] + _EVERY_S
        if moved:
            self._pace.hurry()
        if not self._pace.due():
            return
        margin = high_s - low_s
        self._asked = (server, low_s - margin, high_s)
        alerts = self._desk.context.alerts
        since, until = from_epoch(low_s - margin), from_epoch(high_s)
        self._desk.worker.run(
            lambda: alerts.history(since, until, server=server),
            lambda found: self._keep(server, found),
            failed=self._failed,
            owner=self._owner,
            key=f"alerts.past {id(self)}",
        )

    def _keep(self, server: str, found: tuple[Alert, ...]) -> None:
        self._read, self.problem = (server, found), None

    def _failed(self, problem: Problem) -> None:
        """The alerts' page says it; the charts are drawn without marks of the past."""
        self.problem = problem


class AlertButton(QAbstractButton):
    """One alert in a list beside something else: its shape, its title, for how long; leads to its page."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._alert_id = ""
        self._tone = Tone.QUIET
        self._lasted = ""
        self.setFont(fonts.font(fonts.SMALL))
        self.setFixedHeight(26)
        self.setAccessibleName(translate("Alerts", "Alert"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: desk.shell.go("alerts", f"id:{self._alert_id}"))

    def show_alert(self, alert: Alert, title: str) -> None:
        """Another one, or the same a while later."""
        self._alert_id = alert.id
        self._tone = words.alert_tone(alert)
        lasted = words.lasted_text(alert, self._desk.context.clock.now())
        text = "  ·  ".join(each for each in (title, safe_line(alert.label, max_chars=24)) if each)
        if (text, lasted) != (self.text(), self._lasted):
            self._lasted = lasted
            self.setText(text)
            self.setAccessibleName(f"{words.severity_word(alert.severity)}: {text}, {lasted}")
            self.setToolTip(tip(safe_line(alert.sentence, max_chars=400)))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_plate(painter, self._desk.theme, self)
        paint_shape(painter, self._desk.theme, self._tone, QPointF(10, self.height() / 2))
        painter.setFont(self.font())
        right = self.fontMetrics().horizontalAdvance(self._lasted) + 8
        space = self.rect().adjusted(22, 0, -right - 8, 0)
        painter.setPen(self._desk.theme.color("text"))
        side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        cut = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, side, cut)
        painter.setPen(self._desk.theme.color("dim"))
        side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(self.rect().adjusted(0, 0, -8, 0), side, self._lasted)


class ServerAlertsCard(Card):
    """Hidden while nothing holds on the server."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, translate("Alerts", "Alerts"), parent=parent)
        self._desk = desk
        self._server = ""
        self.list = AlertList(desk)
        self.body.addWidget(self.list)
        self.hide()

    def show_server(self, server: str) -> None:
        """Called on the page's beat."""
        self.list.show_server(server)
        self.setVisible(bool(self.list.shown))


class AlertList(QWidget):
    """The worst alerts of a server, each a button that leads to it, and how many more there are."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._server = ""
        self.shown: Sequence[Alert] = ()
        self.buttons = [AlertButton(desk) for _ in range(MOST)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for button in self.buttons:
            column.addWidget(button)
        self.more = label("", role="dim", size=fonts.SMALL)
        column.addWidget(self.more)

    def show_server(self, server: str) -> None:
        """Those that hold there now."""
        self.shown = standing(self._desk, server)
        titles = words.rule_titles(self._desk.context.alerts.rules()) if self.shown else {}
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(self.shown))
            if index < len(self.shown):
                alert = self.shown[index]
                button.show_alert(alert, safe_line(titles.get(alert.rule) or alert.rule, max_chars=60))
        more = len(self.shown) - MOST
        text = translate("Alerts", "and {count} more").format(count=more) if more > 0 else ""
        set_text(self.more, text)
        self.more.setVisible(more > 0)
