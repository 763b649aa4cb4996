"""`tandem recipe …`."""

from __future__ import annotations

from dataclasses import asdict

from console.cli.output import table
from console.cli.parser import Verbs
from console.cli.session import Session
from console.core.units import UNKNOWN
from console.plugin.api import Recipe


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    recipes = Verbs(verbs.add("recipe", "ready jobs", None), "recipe commands")
    recipes.add("list", "all recipes", _recipes, command="recipe list")
    recipes.add("show", "one recipe", _recipe, command="recipe show").add_argument("name")


def recipe_document(recipe: Recipe) -> dict[str, object]:
    """A recipe as JSON."""
    return {
        "name": recipe.name,
        "title": recipe.title,
        "description": recipe.description,
        "kind": recipe.kind.value,
        "gpus": recipe.gpus,
        "requires": list(recipe.requires),
        "outputs": list(recipe.outputs),
        "parameters": [
            {**asdict(each), "type": each.type.value, "choices": list(each.choices)}
            for each in recipe.parameters
        ],
    }


def _recipes(session: Session) -> int:
    found = session.context.plugins.recipes
    rows = [[each.name, each.kind.value, each.title] for each in found]
    session.output.answer(
        [recipe_document(each) for each in found], lambda: table(["recipe", "kind", "what"], rows)
    )
    return 0


def _recipe(session: Session) -> int:
    recipe = session.context.plugins.recipe(session.args.name)
    rows = [
        [
            each.name,
            each.type.value,
            UNKNOWN if each.default is None else str(each.default),
            each.description or each.title,
        ]
        for each in recipe.parameters
    ]
    session.output.answer(
        recipe_document(recipe),
        lambda: (
            f"{recipe.title}: {recipe.description}\n" + table(["parameter", "type", "default", "what"], rows)
        ),
    )
    return 0
