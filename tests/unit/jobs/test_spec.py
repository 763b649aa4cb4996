"""From a request to the spec that travels: parameters, checks, defaults."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.problems import Problem
from console.jobs.job import JobRequest
from console.jobs.spec import MAX_FILES_BYTES, build_spec, parameter_values, script_of
from console.plugin.api import Parameter, ParameterType, Recipe, RecipeKind

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

RECIPE = Recipe(
    "r",
    "R",
    "",
    RecipeKind.TRAIN,
    (
        Parameter("epochs", ParameterType.INTEGER, 3, "Epochs", minimum=1, maximum=10),
        Parameter("rate", ParameterType.NUMBER, 0.5, "Rate", minimum=0.0),
        Parameter("fast", ParameterType.FLAG, False, "Fast"),
        Parameter("kind", ParameterType.CHOICE, "a", "Kind", choices=("a", "b")),
        Parameter("model", ParameterType.TEXT, None, "Model"),
    ),
    {},
    ("{python}", "-c", "x = {}; y = {nope}", "--epochs={epochs}", "{model}", "{kind}{fast}"),
    gpus=1,
)


def spec(request: JobRequest, recipe: Recipe | None = None, python: str | None = None) -> dict[str, object]:
    return build_spec(request, recipe, job_id="j1", python=python, submitted=NOW, submitted_by="ann@desk")


def test_a_plain_command_is_kept_as_given() -> None:
    argv = ("python3", "train.py", "--x={epochs}", "a b", "$(rm)", "")
    made = spec(JobRequest(argv, server="s", env={"A": "1"}, tags={"t": "v"}, time_limit_s=9))
    assert made["argv"] == list(argv)
    assert made["name"] == "train.py"
    assert (made["id"], made["submitted"], made["submitted_by"]) == (
        "j1",
        "2026-01-02T03:04:05.000Z",
        "ann@desk",
    )
    assert (made["gpus"], made["python"], made["workdir"], made["recipe"]) == (0, None, None, None)
    assert made["env"] == {"A": "1"}


def test_a_recipe_fills_its_command_and_leaves_other_braces_alone() -> None:
    made = spec(
        JobRequest((), server="s", recipe="r", params={"model": "/m {epochs}"}), RECIPE, "/venv/bin/python"
    )
    assert made["argv"] == ["{python}", "-c", "x = {}; y = {nope}", "--epochs=3", "/m {epochs}", "afalse"]
    assert (made["gpus"], made["python"], made["name"], made["recipe"]) == (1, "/venv/bin/python", "r", "r")
    assert (
        spec(JobRequest((), server="s", recipe="r", params={"model": "m"}, python="/p"), RECIPE, "/q")[
            "python"
        ]
        == "/p"
    )


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({}, "'model' must be given"),
        ({"model": "m", "nope": "1"}, "'nope' is not one of its parameters"),
        ({"model": ""}, "takes a text"),
        ({"model": "a\0b"}, "takes a text"),
        ({"model": "m", "epochs": "2.5"}, "takes a whole number, not '2.5'"),
        ({"model": "m", "epochs": "0"}, "lies between 1 and 10; it was '0'"),
        ({"model": "m", "epochs": "11"}, "lies between 1 and 10"),
        ({"model": "m", "rate": "-1"}, "is at least 0"),
        ({"model": "m", "rate": "nan"}, "is at least 0"),
        ({"model": "m", "rate": "inf"}, "is at least 0"),
        ({"model": "m", "fast": "maybe"}, "takes true or false"),
        ({"model": "m", "kind": "c"}, "is one of a, b, not 'c'"),
    ],
)
def test_each_bad_parameter_has_its_sentence(params: dict[str, str], reason: str) -> None:
    with pytest.raises(Problem) as caught:
        parameter_values(RECIPE, params)
    assert caught.value.code == "recipe.parameter"
    assert reason in caught.value.sentence


@pytest.mark.parametrize(
    ("request_", "recipe", "reason"),
    [
        (JobRequest((), server="s"), None, "it is empty"),
        (JobRequest(("",), server="s"), None, "it is empty"),
        (JobRequest(("a\0",), server="s"), None, "NUL"),
        (JobRequest(("a",), server="s", env={"A B": "1"}), None, "that is no name"),
        (JobRequest(("a",), server="s", env={"A": "\0"}), None, "NUL"),
        (JobRequest(("a",), server="s", gpus=-1), None, "below 0"),
        (JobRequest(("a",), server="s", time_limit_s=0), None, "above 0"),
        (JobRequest(("a",), server="s", outputs=("../x",)), None, "in the job's folder"),
        (JobRequest(("a",), server="s", outputs=("/etc/passwd",)), None, "in the job's folder"),
        (JobRequest(("a",), server="s", params={"x": "1"}), None, "belong to a recipe"),
        (JobRequest(("a",), server="s", recipe="r", params={"model": "m"}), RECIPE, "brings its own"),
    ],
)
def test_each_bad_request_has_its_sentence(request_: JobRequest, recipe: Recipe | None, reason: str) -> None:
    with pytest.raises(Problem) as caught:
        spec(request_, recipe)
    assert caught.value.code == "input.invalid"
    assert reason in caught.value.sentence


def test_files_travel_as_text(tmp_path: Path) -> None:
    code, binary, large = tmp_path / "a.py", tmp_path / "b.bin", tmp_path / "c.txt"
    code.write_text("print('é')\n", "utf-8")
    binary.write_bytes(b"\xff\x00")
    large.write_bytes(b"x" * (MAX_FILES_BYTES + 1))
    made = spec(JobRequest(("true",), server="s", files={"pkg/a.py": code}))
    assert made["files"] == {"pkg/a.py": "print('é')\n"}
    for name, path, code_ in (
        ("a", tmp_path / "none", "file.missing"),
        ("a", tmp_path, "file.unreadable"),
        ("a", binary, "input.invalid"),
        ("a", large, "input.invalid"),
        ("../a", code, "input.invalid"),
        ("/a", code, "input.invalid"),
    ):
        with pytest.raises(Problem) as caught:
            spec(JobRequest(("true",), server="s", files={name: path}))
        assert caught.value.code == code_


@pytest.mark.parametrize(
    ("argv", "script"),
    [
        (["python3", "train.py", "-c"], "train.py"),
        (["{python}", "-u", "-W", "ignore", "-X", "dev", "a/b.py"], "a/b.py"),
        (["/usr/bin/bash", "-o", "pipefail", "run.sh"], "run.sh"),
        (["python3.11", "-m", "train"], None),
        (["python3", "-uc", "print()"], None),
        (["sh", "-c", "true"], None),
        (["bash", "-"], None),
        (["python"], None),
        (["perl", "-I", "lib", "x.pl"], None),
        (["./train.py"], None),
        ([], None),
    ],
)
def test_the_script_of_a_command(argv: list[str], script: str | None) -> None:
    assert script_of(argv) == script


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1))
def test_any_argument_reaches_the_spec_unchanged(argv: list[str]) -> None:
    if not argv[0]:
        argv[0] = "x"
    assert spec(JobRequest(tuple(argv), server="s"))["argv"] == argv
