"""What every page and sheet receives: the context, and the window's own services. No widget is made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from console.core.home import Home
from console.core.notify import Notice
from console.core.problems import Problem
from console.operations.plan import Work
from console.telemetry.snapshot import FleetSnapshot
from console.ui.clock import UiClock
from console.ui.theme.theme import Theme
from console.ui.worker import Worker

if TYPE_CHECKING:
    from console.context import Context

RANGES: tuple[tuple[str, float], ...] = (("15m", 900.0), ("1h", 3600.0), ("24h", 86400.0), ("7d", 604800.0))
MORE_RANGES: tuple[tuple[str, float], ...] = (
    ("1m", 60.0),
    ("5m", 300.0),
    ("6h", 21600.0),
    ("30d", 2592000.0),
)
CUSTOM = "custom"
SHORTEST_S, LONGEST_S = 60.0, 2592000.0
"""What the charts of a server can be zoomed to."""


class TimeRange(QObject):
    """The span that every chart of the page shows: the last so many seconds, or a fixed one.

    Signals:
        changed: another span was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key = "15m"
        self._fixed: tuple[float, float] | None = None
        self._known = dict(RANGES + MORE_RANGES)

    @property
    def key(self) -> str:
        """Its name, `CUSTOM` for a fixed one."""
        return self._key if self._fixed is None else CUSTOM

    @property
    def fixed(self) -> tuple[float, float] | None:
        """From when to when, in seconds since 1970; None for one that ends now."""
        return self._fixed

    @property
    def seconds(self) -> float:
        return self._known[self._key] if self._fixed is None else self._fixed[1] - self._fixed[0]

    @property
    def live(self) -> bool:
        """Whether the rings hold this span; older spans come from the history."""
        return self._fixed is None and self.seconds <= 900.0

    def span(self, now_s: float) -> tuple[float, float]:
        """From when to when, at this moment."""
        return self._fixed or (now_s - self.seconds, now_s)

    def choose(self, key: str) -> None:
        """One that ends now; also the way back from a fixed one."""
        if key in self._known and (key != self._key or self._fixed is not None):
            self._key, self._fixed = key, None
            self.changed.emit()

    def show(self, low_s: float, high_s: float) -> None:
        """A fixed one, at least a minute long."""
        high_s = max(high_s, low_s + SHORTEST_S)
        if self._fixed != (low_s, high_s):
            self._fixed = (max(low_s, high_s - LONGEST_S), high_s)
            self.changed.emit()

    def to_live(self) -> None:
        """Back to the span that ends now."""
        self.choose(self._key)


class Remembered:
    """Geometry, splitters, columns and choices: an ini file in the home, written by Qt."""

    def __init__(self, home: Home) -> None:
        self._file = QSettings(str(home.root / "window.ini"), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        value = self._file.value(key, default)
        return value if isinstance(value, str) else default

    def numbers(self, key: str) -> list[int]:
        """Whole numbers kept as "1 2 3"; anything else reads as none."""
        parts = self.text(key).split()
        return [int(part) for part in parts] if all(part.isdigit() for part in parts) else []

    def keep(self, key: str, value: str) -> None:
        if self.text(key) != value:
            self._file.setValue(key, value)

    def keep_numbers(self, key: str, values: list[int]) -> None:
        self.keep(key, " ".join(str(value) for value in values))

    def sync(self) -> None:
        self._file.sync()


class Shell(Protocol):
    """What a page may ask of the window."""

    def go(self, page: str, argument: str = "") -> None:
        """Open a page: `go("server", "gpu-01")`."""

    def show_sheet(self, sheet: QWidget) -> None:
        """Lay a sheet (kit.sheet.Sheet) over the right side; it takes the focus and Esc closes it."""

    def open_sheet(self, name: str, arguments: Mapping[str, str] | None = None) -> None:
        """Open a sheet of sheets/catalogue.py: `open_sheet("check", {"server": "gpu-01"})`."""

    def can_open(self, name: str) -> bool:
        """Whether there is such a sheet."""

    def tell(self, notice: Notice) -> None:
        """Show a notice as a toast."""

    def tell_problem(self, problem: Problem) -> None:
        """Show a problem as a toast with its remedy; one that belongs to a place is shown there instead."""


class Runner(Protocol):
    """How acts are run; see shell/runner.py."""

    def command(
        self,
        command: str,
        arguments: Mapping[str, object] | None = None,
        *,
        ask: bool = True,
        done: Callable[[object], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
        begun: Callable[[str], None] | None = None,
    ) -> None:
        """Invoke a command of the catalogue off-thread. A Work it returns is planned, asked for and started,
        and `done` gets its result; a value goes to `done` as it is. Problems go to `failed`, else a toast.
        Who shows the progress gives `begun`: it gets the operation's id, and the plan's sheet goes then."""

    def work(
        self,
        work: Work[object],
        *,
        ask: bool = True,
        done: Callable[[object], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
        begun: Callable[[str], None] | None = None,
    ) -> None:
        """Show the plan of a Work, ask, start it as an Operation. Without `ask` it starts at once (a form was
        the asking); a destructive one always asks."""

    def allowed(self, command: str) -> bool:
        """Whether the read-only switch lets it run now."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The collaborators of pages and sheets.

    Attributes:
        snapshot: one picture of the fleet per half a beat: charts of a beat share one, tables another.
        round_work: the demo's guided round, or None outside the demo.
    """

    context: Context
    theme: Theme
    clock: UiClock
    worker: Worker
    remembered: Remembered
    range: TimeRange
    shell: Shell
    runner: Runner
    snapshot: Callable[[], FleetSnapshot]
    round_work: Callable[[], Work[object]] | None = None
