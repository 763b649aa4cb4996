"""Copies over real sshd servers, as the command and the window use them."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.fleet.copying.between import ServerCopies
from console.fleet.copying.pull import Pulled
from console.fleet.copying.push import Pushed
from console.fleet.copying.service import Copies
from console.operations.plan import Work
from tests.integration.fleet.conftest import make_rig, rig
from tests.integration.fleet.rig import Rig
from tests.lab.sshd import LabServer

__all__ = ["copying", "make_rig", "rig"]


class Cancelled(BaseException):
    """As the operations' own: leaves a step that is cancelled."""


@dataclass
class Watcher:
    """A StepContext that keeps what it is told; `at` is called with the bytes done, and may cut or cancel."""

    at: Callable[[float], None] = lambda _done: None
    cancelled: bool = False
    progressed: list[tuple[float, float, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def progress(self, done: float, total: float, text: str = "") -> None:
        self.progressed.append((done, total, text))
        self.at(done)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def check_cancelled(self) -> None:
        if self.cancelled:
            raise Cancelled

    def wait_s(self, seconds: float) -> None:
        self.check_cancelled()
        time.sleep(seconds)


@dataclass
class Copying:
    """A fleet, its copies and how to run one."""

    rig: Rig
    copies: Copies
    between: ServerCopies

    def run(self, work: Work, watcher: Watcher | None = None) -> object:
        for action in work.actions:
            action.run(watcher or Watcher())
        return work.result()

    def push(self, name: str, local: Path, remote: str, watcher: Watcher | None = None) -> Pushed:
        (pushed,) = self.run(self.copies.prepare_push([name], local, remote), watcher)  # type: ignore[misc]
        return pushed

    def pull(self, name: str, remote: str, local: Path, watcher: Watcher | None = None) -> Pulled:
        return self.run(self.copies.prepare_pull(name, remote, local), watcher)  # type: ignore[return-value]


@pytest.fixture
def copying(rig: Rig) -> Copying:
    copies = Copies(rig.book, rig.fleet.copy_link)
    between = ServerCopies(rig.book, rig.fleet, rig.fleet.host_of, copies, "tester@lab", patience_s=3.0)
    return Copying(rig, copies, between)


def random_file(path: Path, size: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def parts(folder: Path) -> list[str]:
    """Part files that were left below a folder."""
    return sorted(path.name for path in folder.rglob(".*.part"))


def content(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: bytes of files, None for folders; the console's own folder left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if ".tandem" not in path.relative_to(folder).parts
    }


def home_of(server: LabServer) -> Path:
    return server.home
