"""Settings, made from their declaration; backup, plugins and the state of this installation beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.options import Option, Value
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.cards import Card
from console.ui.kit.fields import SearchField
from console.ui.kit.labels import label
from console.ui.kit.scroll import Scroll
from console.ui.pages.page import GAP, MARGIN, Page
from console.ui.pages.settings.backup_card import BackupCard
from console.ui.pages.settings.lists import DoctorCard, PluginsCard
from console.ui.pages.settings.option_row import OptionRow, option_text, option_title
from console.ui.pages.settings.prometheus_card import PrometheusCard
from console.ui.theme.theme import Theme

WIDEST = 860
SIDE = 440


def section_word(section: str) -> str:
    """The title of a group of settings: the first part of their names."""
    words = {
        "ui": translate("Settings", "Window"),
        "safety": translate("Settings", "Safety"),
        "watch": translate("Settings", "Watching"),
        "ssh": translate("Settings", "Connections"),
        "history": translate("Settings", "History"),
        "cost": translate("Settings", "Costs"),
        "prometheus": translate("Settings", "Prometheus"),
    }
    return words.get(section, section.capitalize())


class _Rule(QWidget):
    """A line between two settings."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("line"))


class SettingsPage(Page):
    """One card for each section."""

    uses_range = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.rows: dict[str, OptionRow] = {}
        self._cards: dict[str, Card] = {}
        self._asked = False
        self.search = SearchField(
            desk.theme, self.tr("Search in settings"), placeholder=self.tr("Search settings"), icon="search"
        )
        self.search.textChanged.connect(self._on_search)
        self.nothing = label(self.tr("No setting fits the search."), role="dim")
        self.nothing.hide()
        left = QVBoxLayout()
        left.setSpacing(GAP)
        left.addWidget(self.search)
        left.addWidget(self.nothing)
        for section in dict.fromkeys(option.name.split(".")[0] for option in desk.context.options.declared):
            self._cards[section] = self._section(section)
            left.addWidget(self._cards[section])
        left.addStretch(1)
        column = QWidget()
        column.setMaximumWidth(WIDEST)
        column.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        self.backup = BackupCard(desk)
        self.doctor = DoctorCard(desk)
        self.plugins = PluginsCard(desk)
        self.prometheus = PrometheusCard(desk)
        side = QVBoxLayout()
        side.setSpacing(GAP)
        for card in (self.backup, self.prometheus, self.doctor, self.plugins):
            card.setMaximumWidth(SIDE + 120)
            side.addWidget(card)
        side.addStretch(1)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(GAP)
        row.addWidget(column, 3)
        row.addLayout(side, 2)
        row.addStretch(0)
        self.column.setContentsMargins(MARGIN, 8, MARGIN - 8, MARGIN)
        self.column.addWidget(Scroll(desk.theme, content))

    def _section(self, section: str) -> Card:
        card = Card(self.desk.theme, section_word(section))
        card.body.setSpacing(0)
        mine = [each for each in self.desk.context.options.declared if each.name.split(".")[0] == section]
        for place, option in enumerate(mine):
            if place:
                card.body.addWidget(_Rule(self.desk.theme))
            row = OptionRow(self.desk, option, self._changed)
            self.rows[option.name] = row
            card.body.addWidget(row)
        return card

    def _changed(self, option: Option, value: Value) -> None:
        """What can take effect at once does."""
        if option.name == "ui.theme":
            self.desk.theme.set_wanted(str(value))
        elif option.name.startswith("prometheus."):
            self.prometheus.follow()

    def _on_search(self, text: str) -> None:
        words = text.casefold().split()
        declared = {option.name: option for option in self.desk.context.options.declared}
        shown: set[str] = set()
        for name, row in self.rows.items():
            option = declared[name]
            said = f"{name} {option_title(option)} {option_text(option)}".casefold()
            fits = all(word in said for word in words)
            row.setVisible(fits)
            if fits:
                shown.add(name.split(".")[0])
        for section, card in self._cards.items():
            card.setVisible(section in shown)
        self.nothing.setVisible(not shown)

    def refresh(self) -> None:
        for row in self.rows.values():
            row.show_value()
        if not self._asked:
            self._asked = True
            self.doctor.look()

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
