"""The values that hooks carry. Stable: a field may be added with a default, never changed or removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AcceleratorProbe:
    """How one kind of accelerator is read, as source that travels to the server with the agent.

    Attributes:
        name: unique: "nvidia".
        vendor: shown beside the accelerator.
        source: path of one module, Python 3.6 and standard library only, with `PROBE_API`,
            `open_probe(config)` and the probe's `sample(now)` and `close()`.
        simulated: its numbers are invented and are marked so wherever they are shown.
        needs: module names whose one-file source travels along, found on this machine ("pynvml").
        parts: further modules of the probe, which it imports by `from . import NAME`; like `source`.
    """

    name: str
    vendor: str
    source: Path
    simulated: bool = False
    needs: tuple[str, ...] = ()
    parts: tuple[Path, ...] = ()


class ParameterType(StrEnum):
    """What a recipe's parameter takes."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One typed parameter of a recipe; `default` None means that it must be given."""

    name: str
    type: ParameterType
    default: bool | int | float | str | None
    title: str
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


class RecipeKind(StrEnum):
    """Which part of a model's life a recipe does."""

    TRAIN = "train"
    EVALUATE = "evaluate"
    COMPRESS = "compress"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A ready job.

    Attributes:
        name: unique: "digits-train".
        files: sources that are written beside the job on the server, by their name there.
        argv: the command; "{python}" is the job's interpreter, "{NAME}" a parameter's value.
        requires: importable modules that the job's interpreter must have.
        outputs: names under the job's output folder that it leaves ("model.pt", "metrics.json").
    """

    name: str
    title: str
    description: str
    kind: RecipeKind
    parameters: tuple[Parameter, ...]
    files: dict[str, Path]
    argv: tuple[str, ...]
    requires: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    gpus: int = 0


@dataclass(frozen=True, slots=True)
class Launch:
    """What a runtime is asked to start, in the server's own paths.

    Attributes:
        python: interpreter that has the runtime's packages.
        model_path: the model file there.
        model_name, version: what the endpoint answers under.
        port: the loopback port to listen on.
        folder: the replica's folder there.
    """

    python: str
    model_path: str
    model_name: str
    version: int
    port: int
    folder: str


@dataclass(frozen=True, slots=True)
class Runtime:
    """How a format of model is served.

    Attributes:
        name: unique: "torchscript".
        formats: model formats that it serves.
        protocol: what its endpoint speaks: "oip-v2", "openai".
        files: sources written into the replica's folder, by their name there.
        argv: from a Launch to the command.
        lock: a requirements file with hashes for the environment that it needs.
        requires: importable modules; where an environment is named, they are looked for there.
        ready_path: HTTP path that answers 200 when it can serve, "{model}" and "{version}" filled in.
        environment: fixed environment variables of the replica.
    """

    name: str
    title: str
    formats: tuple[str, ...]
    protocol: str
    files: dict[str, Path]
    argv: Callable[[Launch], list[str]]
    lock: Path
    requires: tuple[str, ...]
    ready_path: str
    environment: dict[str, str] = field(default_factory=dict)
