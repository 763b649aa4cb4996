"""Homes and agents of one test each; every interpreter that is present takes its turn."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.lab.agent import Agent
from tests.lab.nvml.build import build_fake_nvml
from tests.lab.processes import end_with_home


def interpreters() -> list[str]:
    """This very interpreter, and one of each version that pyenv has."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for path in sorted(Path("~/.pyenv/versions").expanduser().glob("3.*/bin/python")):
        version = ".".join(path.parts[-3].split(".")[:2])
        if tuple(map(int, version.split("."))) >= (3, 6):
            found.setdefault(version, str(path))
    return sorted(found.values(), key=lambda each: (each != sys.executable, each))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "python" in metafunc.fixturenames:
        found = interpreters()
        assert sys.executable in found
        metafunc.parametrize("python", found)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A HOME for one server."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    yield folder
    end_with_home(folder)


@pytest.fixture
def start_agent(home: Path) -> Iterator[Callable[..., Agent]]:
    """Start agents in this test's home; all are ended with it."""
    with ExitStack() as stack:
        yield lambda **arguments: stack.enter_context(Agent(home, **arguments))


@pytest.fixture
def agent(start_agent: Callable[..., Agent]) -> Agent:
    """One agent."""
    return start_agent()


@pytest.fixture(scope="session")
def nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the fake libnvidia-ml.so.1."""
    return build_fake_nvml(tmp_path_factory.mktemp("nvml"))


def log_of(agent: Agent, ident: str) -> str:
    """A job's whole log."""
    return b"".join(agent.follow(ident)).decode()


def numbers(row: dict[str, Any]) -> list[Any]:
    """The measured values of an accelerator's row."""
    identity = ("index", "uuid", "name", "vendor", "simulated", "state", "detail", "throttle")
    if row["state"] == "lost":
        identity = (*identity, "health")  # what the kernel's log says of it
    return [value for key, value in row.items() if key not in identity]


def named(home: Path, comm: str) -> list[int]:
    """The pids of processes with this name that belong to a home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                name = (entry / "comm").read_text().strip()
            except OSError:
                continue
            if f"HOME={home}\0".encode() in environment and name == comm:
                found.append(int(entry.name))
    return found
