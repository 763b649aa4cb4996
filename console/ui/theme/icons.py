"""Icons of one family (Phosphor, by qtawesome), coloured by the theme. Names used are listed here only."""

from __future__ import annotations

from typing import Literal

import qtawesome
from PySide6.QtGui import QIcon, QPixmap

from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token

IconName = Literal[
    "fleet", "server", "jobs", "models", "deployments", "activity", "settings", "search", "close",
    "back", "add", "import", "more", "copy", "retry", "play", "stop", "trash", "lock", "unlock",
    "warning", "critical", "ok", "info", "unknown", "caret_down", "caret_right", "caret_up", "key",
    "terminal", "check", "download", "edit", "menu", "command", "page", "broom", "star", "link", "chart",
    "panel", "folder", "folder_add", "file", "file_link", "upload", "home", "up", "save", "servers",
    "earlier", "later", "zoom_in", "zoom_out", "hourglass",
    "alert", "alert_off",
]  # fmt: skip

_GLYPHS: dict[IconName, str] = {
    "fleet": "squares-four",
    "server": "hard-drives",
    "jobs": "list-bullets",
    "models": "cube",
    "deployments": "rocket-launch",
    "activity": "clock-counter-clockwise",
    "settings": "gear-six",
    "search": "magnifying-glass",
    "close": "x",
    "back": "arrow-left",
    "add": "plus",
    "import": "download-simple",
    "more": "dots-three",
    "copy": "copy",
    "retry": "arrow-clockwise",
    "play": "play",
    "stop": "stop",
    "trash": "trash",
    "lock": "lock-simple",
    "unlock": "lock-simple-open",
    "warning": "warning",
    "critical": "x-circle",
    "ok": "check-circle",
    "info": "info",
    "unknown": "question",
    "caret_down": "caret-down",
    "caret_right": "caret-right",
    "caret_up": "caret-up",
    "key": "key",
    "terminal": "terminal-window",
    "check": "check",
    "download": "download-simple",
    "edit": "pencil-simple",
    "menu": "list",
    "command": "command",
    "page": "file-text",
    "broom": "eraser",
    "star": "star",
    "link": "link-simple",
    "chart": "chart-line",
    "panel": "layout",
    "folder": "folder",
    "folder_add": "folder-plus",
    "file": "file",
    "file_link": "arrow-bend-up-right",
    "upload": "upload-simple",
    "home": "house",
    "up": "arrow-up",
    "save": "floppy-disk",
    "servers": "stack",
    "earlier": "caret-double-left",
    "later": "caret-double-right",
    "zoom_in": "magnifying-glass-plus",
    "zoom_out": "magnifying-glass-minus",
    "hourglass": "hourglass",
    "alert": "bell",
    "alert_off": "bell-slash",
}


def icon(theme: Theme, name: IconName, token: Token = "dim") -> QIcon:
    """An icon in the colour of a token; make it anew when the theme changes."""
    color = theme.color(token)
    made: QIcon = qtawesome.icon(f"ph.{_GLYPHS[name]}", color=color, color_disabled=theme.color("faint"))
    return made


def pixmap(theme: Theme, name: IconName, size: int, token: Token = "dim", ratio: float = 1.0) -> QPixmap:
    """The same as a picture of `size` device-independent pixels; the theme keeps it while it is in force."""
    key = (name, size, token, ratio)
    kept = theme.pictures.get(key)
    if kept is None:
        kept = icon(theme, name, token).pixmap(round(size * ratio), round(size * ratio))
        kept.setDevicePixelRatio(ratio)
        theme.pictures[key] = kept
    return kept


def glyphs() -> dict[IconName, str]:
    """Every name with its glyph, for the test that draws them all."""
    return dict(_GLYPHS)
