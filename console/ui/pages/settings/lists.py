"""The lists of the settings page: plugins, and what the doctor finds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.commands.local import Finding
from console.core.problems import Problem
from console.core.text import safe_line
from console.plugin.loader import PluginInfo, PluginState
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.labels import label
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.tones import Tone, paint_shape
from console.ui.problem_texts import texts_of
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


class Shape(QWidget):
    """The shape of a state alone; the words beside it say the same."""

    def __init__(self, theme: Theme, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tone = tone
        self.setFixedSize(QSize(12, 16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_shape(QPainter(self), self._theme, self.tone, QPointF(6, 8))


class Item(QWidget):
    """A shape with a name, and lines below it."""

    def __init__(
        self, desk: Desk, tone: Tone, name: str, lines: list[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.shape = Shape(desk.theme, tone)
        self.name = label(safe_line(name, max_chars=80), size=fonts.SMALL, weight=fonts.medium().weight())
        head.addWidget(self.shape)
        head.addWidget(self.name, 1)
        self.lines = [safe_line(line) for line in lines if line]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(1)
        column.addLayout(head)
        for line in self.lines:
            below = label(line, role="dim", size=fonts.LABEL, wrap=True, selectable=True)
            below.setContentsMargins(20, 0, 0, 0)
            column.addWidget(below)


def state_word(state: PluginState) -> str:
    """How a plugin stands."""
    words = {
        PluginState.LOADED: translate("Plugins", "loaded"),
        PluginState.NOT_APPROVED: translate("Plugins", "not approved"),
        PluginState.CHANGED: translate("Plugins", "changed since approval"),
        PluginState.INVALID: translate("Plugins", "invalid"),
        PluginState.FAILED: translate("Plugins", "failed"),
    }
    return words[state]


def checked_line(info: PluginInfo) -> str:
    """How far its readings can be trusted, where it says."""
    words = {
        "captures": translate("Plugins", "checked against captures, not on hardware"),
        "hardware": translate("Plugins", "checked on hardware"),
    }
    return words.get(info.checked or "", "")


def plugin_item(desk: Desk, info: PluginInfo) -> Item:
    """One plugin."""
    tone = Tone.OK if info.state is PluginState.LOADED else Tone.WARNING
    title = f"{info.name} {info.version or ''}".strip()
    problem = " ".join(texts_of(info.problem)) if info.problem is not None else ""
    provides = ", ".join(info.provides)
    where = "" if info.shipped else str(info.path)
    return Item(
        desk,
        tone,
        f"{title}  ·  {state_word(info.state)}",
        [info.title or "", provides, checked_line(info), where, problem],
    )


class PluginsCard(Card):
    """Every plugin that was found at the start."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Plugins"), parent=parent)
        self.items = [plugin_item(desk, info) for info in desk.context.plugins.plugins]
        self.body.setSpacing(2)
        for item in self.items:
            self.body.addWidget(item)
        if not self.items:
            self.body.addWidget(label(self.tr("None were found."), role="dim", size=fonts.SMALL))
        text = self.tr("Own plugins lie in {folder}; they are loaded after they were approved.")
        folder = desk.context.home.plugins
        self.body.addWidget(
            label(text.format(folder=folder), role="dim", size=fonts.LABEL, wrap=True, selectable=True)
        )


class DoctorCard(Card):
    """What works on this machine; asked when the page is first seen, and by the button."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("This installation"), parent=parent)
        self._desk = desk
        self.items: list[Item] = []
        self.check = Button(desk.theme, self.tr("Check again"), icon="retry")
        self.check.clicked.connect(self.look)
        self.header.addStretch(1)
        self.header.addWidget(self.check)
        self._note = label(self.tr("looking…"), role="dim", size=fonts.SMALL)
        self.problem = ProblemView(desk.theme)
        self.body.setSpacing(2)
        self.body.addWidget(self._note)
        self.body.addWidget(self.problem)

    def look(self) -> None:
        """Ask; a second time while it is asked changes nothing."""
        if not self.check.isEnabled():
            return
        self.check.setEnabled(False)
        self._desk.runner.command("app.doctor", done=self._show, failed=self._failed)

    def _failed(self, problem: Problem) -> None:
        self.check.setEnabled(True)
        self._note.hide()
        self.problem.set_problem(problem)

    def _show(self, found: object) -> None:
        self.check.setEnabled(True)
        self._note.hide()
        self.problem.set_problem(None)
        for item in self.items:
            item.setParent(None)
            item.deleteLater()
        findings = [each for each in found if isinstance(each, Finding)] if isinstance(found, list) else []
        # What does not work is seen first; plugins that work have a card of their own.
        findings = [each for each in findings if not (each.works and each.what.startswith("plugin "))]
        findings.sort(key=lambda each: each.works and not each.warns)
        self.items = [
            Item(
                self._desk,
                Tone.OK if each.works and not each.warns else Tone.WARNING,
                each.what,
                [each.detail, each.remedy],
            )
            for each in findings
        ]
        for item in self.items:
            self.body.addWidget(item)
