"""One accelerator of the server in full: chosen from a list, its troubles first, then its values."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.core.text import safe_line
from console.telemetry.snapshot import AcceleratorRow, ServerRow
from console.telemetry.xids import Grade
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import Pill
from console.ui.kit.buttons import IconButton
from console.ui.kit.cards import Card
from console.ui.kit.fields import Choice
from console.ui.kit.inspector import Facts
from console.ui.kit.labels import Role, heading, label, set_role, set_text
from console.ui.pages.accelerator_facts import health_rows, now_rows, trouble_text, troubles
from console.ui.pages.fleet import words
from console.ui.pages.gpu_acts import gpu_menu
from console.ui.theme import fonts

_MOST = 6
_ROLES: dict[Grade, Role] = {Grade.NOTICE: "dim", Grade.WARNING: "text", Grade.CRITICAL: "critical"}


class AcceleratorCard(Card):
    """See the module; hidden where the server has no accelerators."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, translate("AcceleratorCard", "Accelerator"), parent=parent)
        self._desk = desk
        self._row: AcceleratorRow | None = None
        self._server: ServerRow | None = None
        self.state = Pill(desk.theme)
        self.choice = Choice(desk.theme, (), self.tr("Which accelerator"))
        self.choice.currentIndexChanged.connect(self._show)
        self.menu_button = IconButton(desk.theme, "more", self.tr("What can be done with it"))
        self.menu_button.clicked.connect(self._menu)
        self.header.addWidget(self.state)
        self.header.addStretch(1)
        self.header.addWidget(self.menu_button)
        self.body.addWidget(self.choice)
        self._troubles = QVBoxLayout()
        self._troubles.setSpacing(4)
        self.body.addLayout(self._troubles)
        self._lines = [label("", size=fonts.SMALL, wrap=True) for _ in range(_MOST)]
        for line in self._lines:
            line.hide()
            self._troubles.addWidget(line)
        self.now = Facts(desk.theme)
        self.body.addWidget(self.now)
        self._health_title = heading(self.tr("Health"), size=fonts.BASE)
        self.body.addWidget(self._health_title)
        self.health = Facts(desk.theme)
        self.body.addWidget(self.health)

    @property
    def chosen(self) -> AcceleratorRow | None:
        """The one that is shown."""
        return self._row

    @property
    def trouble_lines(self) -> list[str]:
        """What is told to be wrong, for tests."""
        return [line.text() for line in self._lines if not line.isHidden()]

    def show_server(self, row: ServerRow) -> None:
        """The server as it is now; the same accelerator stays chosen."""
        self._server = row
        self.setVisible(bool(row.accelerators))
        found = [each.sample for each in row.accelerators]
        self.choice.set_choices([(each.uuid, f"{each.index} · {safe_line(each.name)}") for each in found])
        self.choice.setVisible(len(row.accelerators) > 1)
        self._show()

    def _show(self) -> None:
        rows = self._server.accelerators if self._server is not None else ()
        row = next((each for each in rows if each.sample.uuid == self.choice.key), None)
        self._row = row
        if row is None:
            return
        self.state.set(*words.accelerator_state(row))
        found = troubles(row, datetime.now(UTC))
        for index, line in enumerate(self._lines):
            shown = index < len(found)
            line.setVisible(shown)
            if shown:
                set_role(line, _ROLES[found[index].grade])
                set_text(line, trouble_text(found[index]))
        self.now.set(now_rows(row))
        rest = health_rows(row)
        self.health.set(rest)
        self._health_title.setVisible(bool(rest))

    def _menu(self) -> None:
        if self._row is None:
            return
        menu = gpu_menu(self._desk, self._row, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))
