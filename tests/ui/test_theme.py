"""Colours: contrast computed from the tokens, the palette really in force, every icon really drawn."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from console.ui.theme.icons import glyphs, pixmap
from console.ui.theme.theme import PILL_SHARE, Theme
from console.ui.theme.tokens import ThemeName, Token, blend, contrast, load_tokens

WANTED = 4.5
_GROUNDS: tuple[Token, ...] = ("ground", "rail", "card", "raised", "selection")
_STATES: tuple[Token, ...] = ("ok", "warning", "critical", "unknown", "accent", "training", "inference")


def _pairs(name: ThemeName) -> list[tuple[str, str, str]]:
    colors = load_tokens(name).colors
    pairs = [(f"text on {ground}", colors["text"], colors[ground]) for ground in _GROUNDS]
    pairs += [(f"dim on {ground}", colors["dim"], colors[ground]) for ground in _GROUNDS]
    pairs += [("on_accent on accent", colors["on_accent"], colors["accent"])]
    for state in _STATES:
        pairs += [(f"{state} on card", colors[state], colors["card"])]
        tinted = blend(colors[state], colors["card"], PILL_SHARE)
        pairs.append((f"{state} on its pill", colors[state], tinted))
        pairs.append((f"{state} on selection", colors[state], colors["selection"]))
    pairs.append(("critical on raised", colors["critical"], colors["raised"]))
    return pairs


@pytest.mark.parametrize("name", ["dark", "light"])
def test_text_that_carries_meaning_can_be_read(name: ThemeName) -> None:
    poor = [
        f"{what}: {contrast(one, other):.2f}"
        for what, one, other in _pairs(name)
        if contrast(one, other) < WANTED
    ]
    assert not poor


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_both_themes_have_the_same_scales() -> None:
    dark, light = load_tokens("dark"), load_tokens("light")
    assert len(dark.heat) == len(light.heat) == 8
    assert len(set(dark.series)) == len(set(light.series)) == 8


def test_the_palette_is_in_force_after_a_change(qapp: QApplication, theme: Theme) -> None:
    changes = []
    theme.changed.connect(lambda: changes.append(theme.name))
    theme.set_wanted("light")
    assert (
        qapp.palette().color(QPalette.ColorRole.Window).name().upper()
        == load_tokens("light").colors["ground"]
    )
    assert changes == ["light"]
    theme.set_wanted("dark")
    assert (
        qapp.palette().color(QPalette.ColorRole.Window).name().upper() == load_tokens("dark").colors["ground"]
    )


def test_every_icon_is_drawn(theme: Theme) -> None:
    for name in glyphs():
        picture = pixmap(theme, name, 18).toImage()
        inked = any(
            picture.pixelColor(x, y).alpha() > 0
            for x in range(picture.width())
            for y in range(picture.height())
        )
        assert inked, f"{name} draws nothing"


def test_heat_covers_both_ends(theme: Theme) -> None:
    heat = load_tokens("dark").heat
    assert theme.heat(0.0).name().upper() == heat[0]
    assert theme.heat(100.0).name().upper() == heat[-1]
    assert theme.heat(-5.0).name().upper() == heat[0]
