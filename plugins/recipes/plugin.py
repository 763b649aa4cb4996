"""The recipes that ship with Tandem. Their scripts run on servers and are never imported here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.plugin.api import Parameter, ParameterType, Recipe, RecipeKind, hookimpl

_DIGITS = Path(__file__).parent / "digits"


def _digits_train() -> Recipe:
    return Recipe(
        name="digits-train",
        title="Train on handwritten digits",
        description=(
            "A small convolutional network on scikit-learn's 1,797 digits, saved as TorchScript, "
            "with its accuracy on pictures that it never saw."
        ),
        kind=RecipeKind.TRAIN,
        parameters=(
            Parameter("epochs", ParameterType.INTEGER, 12, "Epochs", "", minimum=1, maximum=500),
            Parameter(
                "learning_rate",
                ParameterType.NUMBER,
                0.002,
                "Learning rate",
                "The highest of a one-cycle schedule.",
                minimum=1e-6,
                maximum=1.0,
            ),
            Parameter(
                "hidden",
                ParameterType.INTEGER,
                64,
                "Hidden units",
                "Width of the dense layer.",
                minimum=4,
                maximum=4096,
            ),
            Parameter(
                "seed",
                ParameterType.INTEGER,
                1,
                "Seed",
                "Of the weights and the order; the split of the data never changes.",
                minimum=0,
                maximum=2**31 - 1,
            ),
        ),
        files={"digits.py": _DIGITS / "digits.py", "train.py": _DIGITS / "train.py"},
        argv=(
            "{python}",
            "train.py",
            "--epochs={epochs}",
            "--learning-rate={learning_rate}",
            "--hidden={hidden}",
            "--seed={seed}",
        ),
        requires=("torch", "sklearn"),
        outputs=("model.pt", "metrics.json", "holdout.json"),
    )


def _digits_evaluate() -> Recipe:
    return Recipe(
        name="digits-evaluate",
        title="Evaluate on handwritten digits",
        description="Accuracy of a TorchScript model on the held-out digits, with its 95 % interval.",
        kind=RecipeKind.EVALUATE,
        parameters=(
            Parameter(
                "model",
                ParameterType.TEXT,
                None,
                "Model file",
                "Path on the server, as training left it.",
            ),
        ),
        files={"digits.py": _DIGITS / "digits.py", "evaluate.py": _DIGITS / "evaluate.py"},
        argv=("{python}", "evaluate.py", "--model={model}"),
        requires=("torch", "sklearn"),
        outputs=("evaluation.json",),
    )


@hookimpl
def tandem_recipes() -> Sequence[Recipe]:
    """All of them."""
    return [_digits_train(), _digits_evaluate()]
