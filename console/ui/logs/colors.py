"""The colours of a terminal made readable on a theme's ground: at least 4.5 : 1. No Qt here."""

from __future__ import annotations

from functools import lru_cache

from console.core.logs.ansi import Color, Style
from console.ui.theme.tokens import Tokens, blend, contrast

LEAST = 4.5
# The 16 colours as most terminals have them; what is unreadable here is moved below.
_SIXTEEN = (
    "#000000", "#CD3131", "#0DBC79", "#C7A80C", "#2472C8", "#BC3FBC", "#11A8CD", "#C8CCD2",
    "#767B82", "#F14C4C", "#23D18B", "#E5D34A", "#3B8EEA", "#D670D6", "#29B8DB", "#FFFFFF",
)  # fmt: skip
_STEPS = 20


def hex_of(color: Color) -> str:
    """As "#RRGGBB"."""
    if isinstance(color, int):
        return _SIXTEEN[color % 16]
    return "#{:02X}{:02X}{:02X}".format(*color)


@lru_cache(maxsize=4096)
def readable(color: str, ground: str) -> str:
    """The colour itself, or as much of white or black in it as it needs to be read on the ground."""
    if contrast(color, ground) >= LEAST:
        return color
    toward = "#FFFFFF" if contrast("#FFFFFF", ground) > contrast("#000000", ground) else "#000000"
    for step in range(1, _STEPS + 1):
        moved = blend(toward, color, step / _STEPS)
        if contrast(moved, ground) >= LEAST:
            return moved
    return toward


def drawn(style: Style, tokens: Tokens) -> tuple[str, str | None]:
    """Text colour and ground of a run; None is the view's own ground."""
    fore = None if style.fore is None else hex_of(style.fore)
    ground = None if style.ground is None else hex_of(style.ground)
    card, text = tokens.colors["card"], tokens.colors["text"]
    if style.reverse:
        fore, ground = ground or card, fore or text
    if fore is None:
        fore = tokens.colors["dim"] if style.dim else text
    elif style.dim:
        fore = blend(fore, ground or card, 0.7)
    return readable(fore, ground or card), ground
