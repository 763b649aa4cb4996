"""One setting: its title and sentence, an editor of its type, a dot where it was changed, and Reset."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.options import Option, Options, Value
from console.core.problems import Problem
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import IconButton
from console.ui.kit.fields import Choice, Field, Tick
from console.ui.kit.labels import label, set_text, tip
from console.ui.problem_texts import texts_of
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

EDITOR = 190


def option_title(option: Option) -> str:
    """Looked up as the catalogue has it."""
    return translate("option", option.title)


def option_text(option: Option) -> str:
    """Its sentence, with the range that it takes and whether it waits for a restart."""
    parts = [translate("option", option.description)]
    if option.minimum is not None and option.maximum is not None:
        span = translate("Settings", "From {low} to {high}.")
        parts.append(span.format(low=f"{option.minimum:.15g}", high=f"{option.maximum:.15g}"))
    if option.needs_restart:
        parts.append(translate("Settings", "Takes effect at the next start."))
    return " ".join(parts)


def choice_word(key: str) -> str:
    """A choice in words."""
    words = {
        "system": translate("Settings", "as the system"),
        "dark": translate("Settings", "dark"),
        "light": translate("Settings", "light"),
        "en": "English",
        "zh_CN": "简体中文",
    }
    return words.get(key, key)


class ChangedDot(QWidget):
    """Says that a setting is not at its default."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._on = False
        self.setFixedSize(QSize(10, 18))

    @property
    def on(self) -> bool:
        return self._on

    def set_on(self, on: bool) -> None:
        self._on = on
        self.setToolTip(tip(self.tr("Changed from the default")) if on else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._on:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            painter.drawEllipse(QPointF(4, 9), 3.5, 3.5)


class OptionRow(QWidget):
    """Stores a change at once, off the Qt thread; `changed` is called after it was stored."""

    def __init__(
        self,
        desk: Desk,
        option: Option,
        changed: Callable[[Option, Value], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._options: Options = desk.context.options
        self._option = option
        self._changed = changed
        self._storing = False
        title = option_title(option)
        self.dot = ChangedDot(desk.theme)
        self._fault = label("", role="critical", size=fonts.LABEL, wrap=True)
        self._fault.hide()
        name = label(title, weight=fonts.medium().weight())
        words = QVBoxLayout()
        words.setSpacing(1)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(name)
        line.addWidget(self.dot)
        line.addStretch(1)
        words.addLayout(line)
        words.addWidget(label(option_text(option), role="dim", size=fonts.SMALL, wrap=True))
        words.addWidget(self._fault)
        self.editor = self._make_editor(title)
        name.setBuddy(self.editor)
        self.editor.setFixedWidth(EDITOR)
        words_reset = self.tr("Reset {title}").format(title=title)
        self.reset = IconButton(desk.theme, "retry", words_reset, size=28)
        self.reset.clicked.connect(lambda: self._store(option.default))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.editor)
        row.addWidget(self.reset)
        self.show_value()

    def _make_editor(self, title: str) -> QWidget:
        option, theme = self._option, self._desk.theme
        if isinstance(option.default, bool):
            tick = Tick(theme, self.tr("Enabled"))
            tick.setAccessibleName(title)
            tick.clicked.connect(lambda: self._store(tick.isChecked()))
            return tick
        if option.choices:
            choice = Choice(theme, [(key, choice_word(key)) for key in option.choices], title)
            choice.activated.connect(lambda _index: self._store(choice.key))
            return choice
        field = Field(theme, title)
        if isinstance(option.default, int | float):
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.editingFinished.connect(lambda: self._store_text(field.text()))
        return field

    def _store_text(self, text: str) -> None:
        default = self._option.default
        if text == self._text(self._options.get(self._option.name)):
            self._say("")
            return
        if isinstance(default, str):
            self._store(text)
            return
        try:
            number = int(text) if isinstance(default, int) else float(text.replace(",", "."))
        except ValueError:
            whole = isinstance(default, int)
            self._say(self.tr("Takes a whole number.") if whole else self.tr("Takes a number."))
            return
        self._store(number)

    def _store(self, value: Value) -> None:
        options, name = self._options, self._option.name

        self._storing = True

        def stored(_none: None) -> None:
            self._storing = False
            self._say("")
            self.show_value()
            self._changed(self._option, value)

        self._desk.worker.run(lambda: options.set(name, value), stored, failed=self._refused, owner=self)

    def _refused(self, problem: Problem) -> None:
        self._storing = False
        self._say(texts_of(problem)[0])

    def _say(self, fault: str) -> None:
        set_text(self._fault, fault)
        self._fault.setVisible(bool(fault))
        if isinstance(self.editor, Field):
            self.editor.set_fault(bool(fault))

    @property
    def fault(self) -> str:
        return self._fault.text() if not self._fault.isHidden() else ""

    def show_value(self) -> None:
        """The value in force; what the person is typing, or typed wrongly, stays."""
        value = self._options.get(self._option.name)
        if isinstance(self.editor, Tick):
            self.editor.setChecked(bool(value))
        elif isinstance(self.editor, Choice):
            self.editor.choose(str(value))
        elif isinstance(self.editor, Field) and not (self._storing or self.fault or self.editor.hasFocus()):
            self.editor.setText(self._text(value))
        changed = value != self._option.default
        self.dot.set_on(changed)
        self.reset.setEnabled(changed)

    @staticmethod
    def _text(value: Value) -> str:
        return f"{value:.15g}" if isinstance(value, float) else str(value)
