"""The colours of a theme as data, read from resources/themes, and the arithmetic of contrast. No Qt here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from console.core.home import shipped

ThemeName = Literal["dark", "light"]
Token = Literal[
    "ground",
    "rail",
    "card",
    "raised",
    "line",
    "text",
    "dim",
    "faint",
    "accent",
    "on_accent",
    "selection",
    "training",
    "inference",
    "ok",
    "warning",
    "critical",
    "unknown",
]
TOKENS: tuple[Token, ...] = get_args(Token)


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme.

    Attributes:
        colors: every token as "#RRGGBB".
        heat: from 0 to 100 %.
        series: the lines of a chart, in order.
    """

    name: ThemeName
    colors: dict[Token, str]
    heat: tuple[str, ...]
    series: tuple[str, ...]


def load_tokens(name: ThemeName, folder: Path | None = None) -> Tokens:
    """Read a shipped theme. A missing colour is a bug of ours and raises KeyError."""
    path = (folder or shipped("resources") / "themes") / f"{name}.toml"
    found = tomllib.loads(path.read_text("utf-8"))
    colors: dict[Token, str] = {token: found["colors"][token] for token in TOKENS}
    return Tokens(name, colors, tuple(found["scales"]["heat"]), tuple(found["scales"]["series"]))


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green and blue of "#RRGGBB"."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def blend(over: str, under: str, share: float) -> str:
    """`over` laid on `under` with an opacity of `share`."""
    mixed = (round(a * share + b * (1 - share)) for a, b in zip(rgb(over), rgb(under), strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def _luminance(color: str) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
