"""What the doctor finds and which plugins there are, as rows of state, name and detail."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.commands.local import Finding
from console.core.text import safe_line
from console.plugin.loader import PluginInfo, PluginState
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.labels import label
from console.ui.kit.sheet import Sheet
from console.ui.kit.tones import Tone
from console.ui.pages.settings.lists import checked_line
from console.ui.theme import fonts


class FindingsSheet(Sheet):
    """Asks a command for a list and shows it."""

    def __init__(
        self, desk: Desk, title: str, command: str, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(desk.theme, title, text, parent=parent)
        self._desk = desk
        self._note = label(self.tr("looking…"), role="dim")
        self.body.addWidget(self._note)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.footer.addWidget(close)
        desk.runner.command(command, done=self._show, failed=self.problem.set_problem)

    def _show(self, found: object) -> None:
        self._note.hide()
        for each in found if isinstance(found, list) else []:
            if isinstance(each, Finding):
                sound = each.works and not each.warns
                self._row(Tone.OK if sound else Tone.WARNING, each.what, each.detail, each.remedy)
            elif isinstance(each, PluginInfo):
                self._plugin(each)

    def _plugin(self, info: PluginInfo) -> None:
        tone = Tone.OK if info.problem is None else Tone.WARNING
        remedy = "" if info.problem is None else f"{info.problem.sentence} {info.problem.remedy}"
        box = self._row(
            tone,
            f"{info.name} {info.version or ''}".strip(),
            "  ·  ".join(each for each in (info.description, checked_line(info)) if each),
            f"{plugin_word(info.state)}  ·  {info.path}",
            remedy,
        )
        if not info.shipped:
            box.addWidget(self._consent(info))

    def _consent(self, info: PluginInfo) -> Button:
        """Approve what the folder holds now, or take that back."""
        loaded = info.state is PluginState.LOADED
        text = self.tr("Revoke {name}") if loaded else self.tr("Approve {name} as it is now")
        button = Button(self._desk.theme, text.format(name=safe_line(info.name, max_chars=40)))

        def on_clicked() -> None:
            button.setEnabled(False)
            given: dict[str, object] = {"name": info.name} if loaded else {"folder": info.path.name}
            command = "plugin.revoke" if loaded else "plugin.approve"
            self._desk.runner.command(command, given, done=on_done, failed=self.problem.set_problem)

        def on_done(_name: object) -> None:
            button.setText(self.tr("Done; it counts from the next start on"))

        button.clicked.connect(on_clicked)
        return button

    def _row(self, tone: Tone, what: str, *lines: str) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(2)
        badge = StateBadge(self._desk.theme, tone, safe_line(what, max_chars=60))
        badge.setFont(fonts.semibold())
        box.addWidget(badge)
        for text in lines:
            if text:
                line = label(safe_line(text), role="dim", size=fonts.SMALL, wrap=True, selectable=True)
                line.setContentsMargins(18, 0, 0, 0)
                box.addWidget(line)
        self._rows.addLayout(box)
        return box


def plugin_word(state: PluginState) -> str:
    """How a plugin stands."""
    words = {
        PluginState.LOADED: translate("States", "loaded"),
        PluginState.NOT_APPROVED: translate("States", "not approved"),
        PluginState.CHANGED: translate("States", "changed since it was approved"),
        PluginState.INVALID: translate("States", "invalid"),
        PluginState.FAILED: translate("States", "failed"),
    }
    return words[state]


def doctor_sheet(desk: Desk) -> Sheet:
    """What works on this machine."""
    return FindingsSheet(desk, translate("FindingsSheet", "Check of this installation"), "app.doctor")


def plugins_sheet(desk: Desk) -> Sheet:
    """Which plugins are loaded."""
    return FindingsSheet(
        desk,
        translate("FindingsSheet", "Plugins"),
        "plugin.list",
        translate("FindingsSheet", "One from elsewhere runs only after you approved what its folder holds."),
    )
