"""From what a person asks to what the server is told: checking requests and recipes' parameters. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from console.core.clock import iso
from console.core.problems import Problem
from console.core.text import safe_line
from console.jobs.job import JobRequest
from console.jobs.snapshot.gather import Snapshot
from console.jobs.snapshot.tree import EXECUTABLE
from console.plugin.api import Parameter, ParameterType, Recipe

PYTHON = "{python}"
MAX_FILES_BYTES = 4 * 1024 * 1024

_ENV_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_INTERPRETER = re.compile(r"^(python[0-9.]*|pypy[0-9.]*|sh|bash|dash|ksh|zsh)$")
# Options that take the next word, and those after which no script follows.
_OPTIONS_WITH_WORD = frozenset(
    {"-W", "-X", "--check-hash-based-pycs", "-o", "+o", "-O", "+O", "--rcfile", "--init-file"}
)
_NO_SCRIPT = frozenset({"-", "-c", "-m", "-e", "-s", "-V", "-h", "--version", "--help"})


def script_of(argv: Sequence[str]) -> str | None:
    """The script in `interpreter script …`, None where there is none; a job is named after it."""
    if not argv or not (argv[0] == PYTHON or _INTERPRETER.match(PurePosixPath(argv[0]).name)):
        return None
    rest = iter(argv[1:])
    for word in rest:
        if word in _OPTIONS_WITH_WORD:
            next(rest, None)
        elif word in _NO_SCRIPT or (word.startswith("-") and not word.startswith("--") and word[-1] in "cm"):
            return None
        elif not word.startswith(("-", "+")):
            return word
    return None


def parameter_values(recipe: Recipe, given: Mapping[str, str]) -> dict[str, str]:
    """Every parameter of a recipe as text for its command: the given ones checked, the rest by default.

    Raises:
        Problem: `recipe.parameter`.
    """
    known = {each.name: each for each in recipe.parameters}
    for name in given:
        if name not in known:
            reason = f"is not one of its parameters ({', '.join(known) or 'it has none'})"
            raise Problem("recipe.parameter", recipe=recipe.name, name=safe_line(name), reason=reason)
    values = {}
    for name, parameter in known.items():
        if name in given:
            values[name] = _typed(recipe, parameter, given[name])
        elif parameter.default is None:
            raise Problem("recipe.parameter", recipe=recipe.name, name=name, reason="must be given")
        else:
            values[name] = _text_of(parameter.default)
    return values


def _text_of(value: bool | int | float | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(recipe: Recipe, parameter: Parameter, text: str) -> str:
    def refuse(reason: str) -> Problem:
        return Problem("recipe.parameter", recipe=recipe.name, name=parameter.name, reason=reason)

    shown = safe_line(text, max_chars=60)
    match parameter.type:
        case ParameterType.INTEGER | ParameterType.NUMBER:
            whole = parameter.type is ParameterType.INTEGER
            try:
                number: float = int(text) if whole else float(text)
            except ValueError:
                raise refuse(f"takes a {'whole ' if whole else ''}number, not '{shown}'") from None
            low, high = parameter.minimum, parameter.maximum
            outside = (low is not None and number < low) or (high is not None and number > high)
            if outside or number != number or number in (float("inf"), float("-inf")):
                raise refuse(_range(low, high, shown))
            return str(number)
        case ParameterType.FLAG:
            if text.lower() in ("true", "yes", "1", "on"):
                return "true"
            if text.lower() in ("false", "no", "0", "off"):
                return "false"
            raise refuse(f"takes true or false, not '{shown}'")
        case ParameterType.CHOICE:
            if text not in parameter.choices:
                raise refuse(f"is one of {', '.join(parameter.choices)}, not '{shown}'")
        case ParameterType.TEXT:
            if not text or "\0" in text or len(text) > 4096:
                raise refuse("takes a text of 1 to 4096 characters")
    return text


def _range(low: float | None, high: float | None, shown: str) -> str:
    if low is not None and high is not None:
        return f"lies between {low:g} and {high:g}; it was '{shown}'"
    if low is not None:
        return f"is at least {low:g}; it was '{shown}'"
    return f"is at most {high:g}; it was '{shown}'" if high is not None else f"is not '{shown}'"


def _filled(argv: Sequence[str], values: Mapping[str, str]) -> list[str]:
    return [_PLACE.sub(lambda found: values.get(found[1], found[0]), word) for word in argv]


def build_spec(
    request: JobRequest,
    recipe: Recipe | None,
    *,
    job_id: str,
    python: str | None,
    submitted: datetime,
    submitted_by: str,
    snapshot: Snapshot | None = None,
) -> dict[str, object]:
    """The spec that travels to the server.

    Args:
        python: the server's default interpreter for jobs; the request's own goes first.
        snapshot: of the request's code, where it has any.

    Raises:
        Problem: `input.invalid`, `recipe.parameter`, `file.missing`, `file.unreadable`,
            `code.no_interpreter`.
    """
    values = parameter_values(recipe, request.params) if recipe else {}
    if recipe is None and request.params:
        raise _invalid("--param", "parameters belong to a recipe")
    argv = _filled(recipe.argv, values) if recipe else list(request.argv)
    if snapshot is not None and request.code is not None and request.code.is_file():
        argv = [*script_command(snapshot), *argv]
    _check(request, recipe, argv)
    _check_choices(request, recipe)
    files = {**(dict(recipe.files) if recipe else {}), **request.files}
    return {
        "v": 1,
        "id": job_id,
        "name": safe_line(request.name, max_chars=120) or _default_name(argv, recipe),
        "argv": argv,
        "env": dict(request.env),
        "secrets": {},
        "workdir": request.workdir,
        "gpus": max(request.gpus, recipe.gpus if recipe else 0),
        "priority": request.priority,
        "time_limit_s": request.time_limit_s,
        "memory_limit_bytes": request.memory_limit_bytes,
        "log_limit_bytes": request.log_limit_bytes,
        "grace_s": request.grace_s,
        "retries": request.retries,
        "backoff_s": request.backoff_s,
        "preemptible": request.preemptible,
        "files": _texts(files),
        "python": request.python or python,
        "submitted": iso(submitted),
        "submitted_by": submitted_by,
        "outputs": list(request.outputs),
        "metrics": list(request.metrics),
        "tags": dict(request.tags),
        "recipe": recipe.name if recipe else None,
        "code": snapshot.as_spec() if snapshot else None,
        "environment": None,
        "secret_names": dict(request.secrets),
    }


def script_command(snapshot: Snapshot) -> list[str]:
    """How the one script of a snapshot is run.

    Raises:
        Problem: `code.no_interpreter`.
    """
    file = snapshot.tree.files[0]
    suffix = PurePosixPath(file.path).suffix.lower()
    if suffix == ".py":
        return [PYTHON, file.path]
    if file.kind == EXECUTABLE:
        return [f"./{file.path}"]
    if suffix == ".sh":
        return ["sh", file.path]
    raise Problem("code.no_interpreter", path=snapshot.root)


def _check_choices(request: JobRequest, recipe: Recipe | None) -> None:
    """What excludes each other, and names."""
    if request.code is not None and recipe is not None:
        raise _invalid("--code", f"recipe '{recipe.name}' brings its own code")
    if request.code is not None and request.workdir:
        raise _invalid("--code", "such a job runs in its own copy of the code: leave out --workdir")
    if sum(bool(each) for each in (request.python, request.venv, request.conda)) > 1:
        raise _invalid("Python", "name one of --python, --venv and --conda")
    for name, entry in request.secrets.items():
        if not _ENV_NAME.match(name) or not entry or "\0" in entry:
            raise _invalid(f"secret '{safe_line(name, max_chars=60)}'", "it is NAME or NAME=KEYRING_ENTRY")
        if name in request.env:
            raise _invalid(f"secret '{name}'", "it is given as --env too")


def _default_name(argv: Sequence[str], recipe: Recipe | None) -> str:
    if recipe:
        return recipe.name
    script = script_of(argv)
    return safe_line(PurePosixPath(script or argv[0]).name, max_chars=120) or "job"


def _check(request: JobRequest, recipe: Recipe | None, argv: Sequence[str]) -> None:
    if recipe and request.argv:
        raise _invalid("command", f"recipe '{recipe.name}' brings its own")
    if not argv or not argv[0]:
        raise _invalid("command", "it is empty")
    texts = [*argv, *request.env.values(), request.workdir or "", request.python or "", *request.outputs]
    texts += request.metrics
    if any("\0" in text for text in texts):
        raise _invalid("command", "a NUL character cannot be part of it")
    for name in request.env:
        if not _ENV_NAME.match(name):
            raise _invalid(f"environment variable '{safe_line(name, max_chars=60)}'", "that is no name")
    if request.gpus < 0:
        raise _invalid("number of accelerators", "it is below 0")
    if request.retries < 0:
        raise _invalid("number of retries", "it is below 0")
    limits = {
        "time limit": request.time_limit_s,
        "memory limit": request.memory_limit_bytes,
        "limit of the log": request.log_limit_bytes,
        "grace": request.grace_s,
        "pause before a retry": request.backoff_s,
    }
    for what, limit in limits.items():
        if limit is not None and not 0 < limit < 1e18:
            raise _invalid(what, "it must be above 0")
    for what, patterns in {"output": request.outputs, "metrics file": request.metrics}.items():
        for pattern in patterns:
            if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts or not pattern:
                shown = safe_line(pattern, max_chars=60)
                raise _invalid(f"{what} '{shown}'", "it must lie in the job's folder")


def _texts(files: Mapping[str, Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    total = 0
    for name, path in files.items():
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or not name or "\0" in name:
            raise _invalid(f"file name '{safe_line(name, max_chars=60)}'", "it must lie in the job's folder")
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise Problem("file.missing", path=path) from error
        except OSError as error:
            raise Problem("file.unreadable", path=path, reason=error.strerror or error) from error
        total += len(data)
        if total > MAX_FILES_BYTES:
            raise _invalid("the job's files", f"together they are larger than {MAX_FILES_BYTES} bytes")
        try:
            found[str(relative)] = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _invalid(f"file {path}", "only text files travel with a job") from error
    return found


def _invalid(what: str, reason: str) -> Problem:
    return Problem("input.invalid", what=what, reason=reason)
