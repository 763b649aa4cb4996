"""Typed fields for a recipe's parameters, and reading a job's parameters back from its command."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.jobs.spec import parameter_values
from console.plugin.api import Parameter, ParameterType, Recipe
from console.ui.i18n import translate
from console.ui.kit.fields import Choice, Field, Form, Tick
from console.ui.theme.theme import Theme

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class RecipeFields(Form):
    """One field for every parameter, filled with its default."""

    def __init__(
        self, theme: Theme, recipe: Recipe, given: dict[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._recipe = recipe
        self.fields: dict[str, QWidget] = {}
        for parameter in recipe.parameters:
            self._add(theme, parameter, given.get(parameter.name))

    def _add(self, theme: Theme, parameter: Parameter, given: str | None) -> None:
        default = "" if parameter.default is None else _text(parameter.default)
        value = default if given is None else given
        if parameter.type is ParameterType.FLAG:
            tick = Tick(theme, safe_line(parameter.title))
            tick.setChecked(value == "true")
            self.fields[parameter.name] = tick
            self.add(tick)
            return
        if parameter.type is ParameterType.CHOICE:
            choice = Choice(theme, [(each, each) for each in parameter.choices], safe_line(parameter.title))
            choice.choose(value)
            self.fields[parameter.name] = choice
            self.row(safe_line(parameter.title), choice, safe_line(parameter.description))
            return
        field = Field(theme, placeholder=default)
        field.setText(value)
        self.fields[parameter.name] = field
        self.row(safe_line(parameter.title), field, hint_of(parameter))

    def values(self) -> dict[str, str] | None:
        """What was entered, as text; None after saying which field is at fault."""
        given = {}
        for name, field in self.fields.items():
            if isinstance(field, Tick):
                given[name] = "true" if field.isChecked() else "false"
            elif isinstance(field, Choice):
                given[name] = field.key
            elif isinstance(field, Field):
                self.fault(field, "")
                text = field.text().strip()
                if text:
                    given[name] = text
        try:
            parameter_values(self._recipe, given)
        except Problem as problem:
            at = self.fields.get(str(problem.attrs.get("name")))
            if at is None:
                raise
            self.fault(at, problem.sentence)
            return None
        return given


def hint_of(parameter: Parameter) -> str:
    """Its description with the range that it takes."""
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        span = translate("Recipe", "From {low} to {high}.").format(low=_bound(low), high=_bound(high))
    elif low is not None:
        span = translate("Recipe", "At least {low}.").format(low=_bound(low))
    elif high is not None:
        span = translate("Recipe", "At most {high}.").format(high=_bound(high))
    else:
        span = ""
    return " ".join(part for part in (safe_line(parameter.description), span) if part)


def _bound(value: float) -> str:
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:g}"


def _text(value: bool | int | float | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def parameters_in(recipe: Recipe, argv: Sequence[str]) -> dict[str, str]:
    """The values with which a recipe's command became this one; none where it does not fit."""
    if len(argv) != len(recipe.argv):
        return {}
    found: dict[str, str] = {}
    for template, word in zip(recipe.argv, argv, strict=True):
        if template == "{python}":
            continue
        match = re.fullmatch(_pattern(template), word, re.DOTALL)
        if match is None:
            return {}
        found |= match.groupdict()
    return found


def _pattern(template: str) -> str:
    parts, end = [], 0
    for place in _PLACE.finditer(template):
        parts.append(re.escape(template[end : place.start()]))
        parts.append(f"(?P<{place[1]}>.*)")
        end = place.end()
    return "".join([*parts, re.escape(template[end:])])
