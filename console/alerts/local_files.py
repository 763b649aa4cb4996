"""A board's files in a folder of this machine, with the judge's lock. No values here."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from console.agent import boardfiles, homes
from console.alerts.board import Found
from console.core.clock import Clock
from console.core.problems import Problem
from console.ssh.filelock import FileLock

T = TypeVar("T")

_PATIENCE_S = 0.2
"""Readers look at a lock by taking it for a moment."""


class LocalFiles:
    """The files of one folder; any thread may call. On a disk of the network the locks lie on a local one,
    as those of `~/.tandem` do: then they hold among the processes of this machine.

    All methods raise Problems: `file.unreadable`, `file.unwritable`.

    Args:
        run: which run of this machine it is and its seconds, sleep included.
    """

    ahead_s = 0.0

    def __init__(
        self, folder: Path, clock: Clock, *, run: Callable[[], tuple[str, float]] = boardfiles.boot
    ) -> None:
        self.folder = folder
        self.run = run
        self._clock = clock
        self._text = str(folder)
        self._lock = threading.Lock()
        self._judge: FileLock | None = None
        self._alertd: FileLock | None = None

    @property
    def on_network(self) -> bool:
        """Whether other machines may use this folder too."""
        return homes.is_network(os.fsencode(self.folder.parent))

    def read(self, known: Mapping[str, str]) -> Found:
        """What lies there; an empty board where there is no folder yet."""
        found = self._do(lambda: boardfiles.read(self._text, known), reading=True)
        run, seconds = self.run()
        return Found(
            files=found["files"],
            versions=found["versions"],
            faults=found["faults"],
            held=self._is_held(),
            machine=homes.machine_id(),
            boot=run,
            boot_s=seconds,
            time_s=self._clock.now().timestamp(),
        )

    def ended(self, limit: int) -> str:
        """The last lines of what has ended."""
        return self._do(lambda: boardfiles.ended(self._text, limit), reading=True)

    def create(self, name: str, text: str) -> str | None:
        """Make a file that must not exist; None where it was made, else what is there."""
        return self._do(lambda: boardfiles.create(self._text, name, text))

    def swap(self, name: str, expect: str, text: str) -> str | None:
        """Replace a file that has this digest; None where it was, else what is there."""
        with FileLock(self._place(boardfiles.BOARD_LOCK)):
            return self._do(lambda: boardfiles.swap(self._text, name, expect, text))

    # --- for the judge

    def take_seat(self) -> bool:
        """Become the judge of this board, where nobody is; readers look at the lock for a moment."""
        with self._lock:
            if self._judge is not None:
                return True
            self._do(lambda: boardfiles.make(self._text))
            self._judge = _patiently(self._place(boardfiles.JUDGE_LOCK), _PATIENCE_S)
            return self._judge is not None

    def be_alertd(self) -> bool:
        """Become the one alertd of this board, for which windows make way; False where there is one."""
        with self._lock:
            if self._alertd is None:
                self._do(lambda: boardfiles.make(self._text))
                self._alertd = _patiently(self._place(boardfiles.ALERTD_LOCK), _PATIENCE_S)
            return self._alertd is not None

    def makes_way(self) -> bool:
        """Whether another process is this board's alertd."""
        return self._alertd is None and _is_held(self._place(boardfiles.ALERTD_LOCK))

    def leave_seat(self) -> None:
        """Judge no more."""
        with self._lock:
            for each in (self._judge, self._alertd):
                if each is not None:
                    each.free()
            self._judge = self._alertd = None

    def write(self, name: str, text: str, *, durable: bool = True) -> None:
        """Replace a file whole."""
        self._do(lambda: boardfiles.write(self._text, name, text, durable))

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone is no error."""
        self._do(lambda: boardfiles.remove(self._text, name))

    def age_s(self, name: str) -> float:
        """Seconds since a file was written."""
        return boardfiles.age_s(self._text, name)

    def text(self, name: str) -> str | None:
        """The text of one file; None where there is none that can be read."""
        return boardfiles.text_of(self._text, name)

    def claims(self) -> list[tuple[str, str]]:
        """Name and text of every claim."""
        return self._do(lambda: boardfiles.claims(self._text), reading=True)

    def append_ended(self, lines: str) -> None:
        """Add lines to what has ended."""
        self._do(lambda: boardfiles.append_ended(self._text, lines))

    # --- inside

    def _is_held(self) -> bool:
        with self._lock:
            if self._judge is not None:
                return True
        return _is_held(self._place(boardfiles.JUDGE_LOCK))

    def _place(self, name: str) -> Path:
        root = os.fsencode(self.folder)
        return Path(os.fsdecode(homes.lock_place(root, os.fsencode(self.folder / name))))

    def _do(self, act: Callable[[], T], *, reading: bool = False) -> T:
        try:
            return act()
        except OSError as error:
            code = "file.unreadable" if reading else "file.unwritable"
            raise Problem(code, path=self.folder, reason=error.strerror or error) from error


def _patiently(path: Path, patience_s: float) -> FileLock | None:
    until = time.monotonic() + patience_s
    while True:
        lock = FileLock.at_once(path)
        if lock is not None or time.monotonic() >= until:
            return lock
        time.sleep(0.02)


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        lock = FileLock.at_once(path)
    except Problem:  # it cannot even be opened: who holds it is not known, the beacon tells
        return True
    if lock is None:
        return True
    lock.free()
    return False
