"""The theme in force: tokens as QColor, the palette of the application, and word of a change."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory

from console.ui.theme.fonts import base_font
from console.ui.theme.tokens import ThemeName, Token, Tokens, load_tokens

PILL_SHARE = 0.12
"""Opacity of a state's colour behind the word that names it; the contrast test knows it."""


class Theme(QObject):
    """Tokens of the theme in force. Widgets read them while painting, so a change needs a repaint only.

    Attributes:
        pictures: icons drawn already, by name, size, token and ratio (theme/icons.py).

    Signals:
        changed: another theme is in force.
    """

    changed = Signal()

    def __init__(
        self, application: QApplication, wanted: str = "system", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._wanted = wanted
        self._tokens = load_tokens(self._resolve())
        self._colors: dict[tuple[str, float], QColor] = {}
        self.pictures: dict[tuple[str, int, str, float], QPixmap] = {}
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(base_font())
        self._apply()
        application.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def tokens(self) -> Tokens:
        return self._tokens

    @property
    def name(self) -> ThemeName:
        return self._tokens.name

    def color(self, token: Token, share: float = 1.0) -> QColor:
        """A token as a colour, with an opacity."""
        return self._color(self._tokens.colors[token], share)

    def series(self, index: int, share: float = 1.0) -> QColor:
        """The colour of the index-th line of a chart."""
        return self._color(self._tokens.series[index % len(self._tokens.series)], share)

    def heat(self, percent: float) -> QColor:
        """The step of the heat scale for a value between 0 and 100."""
        steps = self._tokens.heat
        return self._color(steps[min(len(steps) - 1, max(0, int(percent / 100 * len(steps))))], 1.0)

    def set_wanted(self, wanted: str) -> None:
        """ "system", "dark" or "light"."""
        self._wanted = wanted
        self._change_to(self._resolve())

    def _color(self, text: str, share: float) -> QColor:
        found = self._colors.get((text, share))
        if found is None:
            found = QColor(text)
            found.setAlphaF(share)
            self._colors[(text, share)] = found
        return found

    def _resolve(self) -> ThemeName:
        if self._wanted == "dark":
            return "dark"
        if self._wanted == "light":
            return "light"
        scheme = QGuiApplication.styleHints().colorScheme()
        return "light" if scheme is Qt.ColorScheme.Light else "dark"

    def _follow_system(self) -> None:
        if self._wanted == "system":
            self._change_to(self._resolve())

    def _change_to(self, name: ThemeName) -> None:
        if name == self._tokens.name:
            return
        self._tokens = load_tokens(name)
        self.pictures.clear()
        self._apply()
        self.changed.emit()

    def _apply(self) -> None:
        hints = self._application.styleHints()
        if self._wanted != "system":
            # Title bars follow on Windows and macOS; elsewhere it does nothing, so the palette is ours.
            scheme = Qt.ColorScheme.Dark if self.name == "dark" else Qt.ColorScheme.Light
            hints.setColorScheme(scheme)
        wanted = build_palette(self._tokens)
        self._application.setPalette(wanted)
        if self._application.palette().color(QPalette.ColorRole.Window) != wanted.color(
            QPalette.ColorRole.Window
        ):
            raise RuntimeError("the platform overrides the palette of the application")


def build_palette(tokens: Tokens) -> QPalette:
    """The Qt palette of a theme. PlaceholderText is our dim, so that labels can ask for it by role."""
    role = QPalette.ColorRole
    names: dict[QPalette.ColorRole, Token] = {
        role.Window: "ground",
        role.WindowText: "text",
        role.Base: "card",
        role.AlternateBase: "raised",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "critical",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "dim",
        role.Highlight: "selection",
        role.HighlightedText: "text",
        role.Link: "accent",
        role.LinkVisited: "training",
        role.Light: "line",
        role.Midlight: "line",
        role.Mid: "line",
        role.Dark: "line",
        role.Shadow: "rail",
        role.Accent: "accent",
    }
    palette = QPalette()
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        for each, token in names.items():
            palette.setColor(group, each, QColor(tokens.colors[token]))
    faint = QColor(tokens.colors["faint"])
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, faint)
    return palette
