"""The person's settings as data: declared once, read by the settings page, `--help` and the rooms.

One JSON file, mode 0600, written atomically; unknown keys of a newer release are kept.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from console.core.files import write_atomically
from console.core.problems import Problem

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Option:
    """One setting.

    Attributes:
        name: dotted key; its first part is the section.
        default: its value, whose type is the option's type.
        title: short text for the settings page (translated at the edge).
        description: one sentence.
        choices: allowed values, or empty.
        minimum, maximum: inclusive bounds of a number, or None.
        needs_restart: whether it takes effect at the next start only.
    """

    name: str
    default: Value
    title: str
    description: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    needs_restart: bool = False


OPTIONS: tuple[Option, ...] = (
    Option("ui.theme", "system", "Theme", "Colours of the window.", choices=("system", "dark", "light")),
    Option(
        "ui.language",
        "system",
        "Language",
        "Language of the window.",
        choices=("system", "en", "zh_CN"),
        needs_restart=True,
    ),
    Option("ui.utc", True, "Times in UTC", "Show times in UTC instead of this machine's zone."),
    Option("safety.read_only", False, "Read-only", "Disable every command that changes something."),
    Option(
        "watch.interval_s",
        1.0,
        "Sampling interval",
        "Seconds between two samples of a server.",
        minimum=0.5,
        maximum=60.0,
    ),
    Option(
        "watch.stale_after_s",
        6.0,
        "Stale after",
        "Seconds without data after which values are shown as old.",
        minimum=2.0,
        maximum=600.0,
    ),
    Option(
        "ssh.connect_timeout_s",
        15.0,
        "Connect timeout",
        "Seconds in all for one attempt to connect.",
        minimum=2.0,
        maximum=120.0,
    ),
    Option(
        "ssh.parallel_connects",
        8,
        "Parallel connects",
        "Attempts to connect at the same time.",
        minimum=1,
        maximum=64,
    ),
    Option(
        "history.days", 30, "History kept", "Days of charts kept in the database.", minimum=1, maximum=3650
    ),
    Option(
        "history.max_mib",
        4096,
        "History at most",
        "MiB that charts may take of the database; the oldest are forgotten beyond that.",
        minimum=16,
        maximum=1048576,
    ),
    Option(
        "inventory.group_by",
        "group",
        "Compare servers by label",
        "Servers with one value of this label should be alike; those without it are compared by role.",
    ),
    Option(
        "idle.below_percent",
        5.0,
        "Idle below",
        "Mean utilization in percent below which an accelerator counts as idle.",
        minimum=0.5,
        maximum=50.0,
    ),
    Option(
        "idle.after_minutes",
        15.0,
        "Idle after",
        "Minutes below that before whoever holds its memory is listed as an idle holder.",
        minimum=1.0,
        maximum=10080.0,
    ),
    Option(
        "jobs.code_limit_mib",
        512,
        "Code of a job",
        "MiB that the code of one job may be.",
        minimum=1,
        maximum=16384,
    ),
    Option(
        "jobs.code_kept_mib",
        4096,
        "Code kept on a server",
        "MiB of code that a server keeps for later jobs; what living jobs use is never removed.",
        minimum=16,
        maximum=1048576,
    ),
    Option(
        "prometheus.endpoint",
        False,
        "Prometheus endpoint",
        "Tell the fleet's numbers to a Prometheus on this machine, on 127.0.0.1 only, while Tandem runs.",
    ),
    Option(
        "prometheus.port",
        9838,
        "Port of the endpoint",
        "TCP port of the Prometheus endpoint.",
        minimum=1024,
        maximum=65535,
    ),
    Option(
        "alerts.judge",
        "",
        "Alerts are judged by",
        "Server whose alertd judges the alerts; empty where this console and its own alertd do.",
    ),
    Option(
        "alerts.every_s",
        5.0,
        "Judge alerts every",
        "Seconds between two looks at the rules or at the board of who judges them.",
        minimum=1.0,
        maximum=60.0,
    ),
    Option("cost.currency", "$", "Currency", "Sign shown beside costs."),
)


class Options:
    """Reads and writes settings; any thread may call."""

    def __init__(self, path: Path, declared: tuple[Option, ...] = OPTIONS) -> None:
        self._path = path
        self._declared = {option.name: option for option in declared}
        self._lock = threading.Lock()
        self._values: dict[str, object] = self._read()

    @property
    def declared(self) -> tuple[Option, ...]:
        """Every option, in the order of the settings page."""
        return tuple(self._declared.values())

    def get(self, name: str) -> Value:
        """The value in force: the stored one where it is valid, else the default."""
        option = self._option(name)
        with self._lock:
            stored = self._values.get(name, option.default)
        return _checked(option, stored)

    def number(self, name: str) -> float:
        """A numeric option."""
        return float(self.get(name))

    def flag(self, name: str) -> bool:
        """A yes-or-no option."""
        return bool(self.get(name))

    def set(self, name: str, value: Value) -> None:
        """Store a value.

        Raises:
            Problem: `options.unknown`, `options.invalid`, `file.unwritable`.
        """
        checked = _checked(self._option(name), value)
        with self._lock:
            self._values[name] = checked
            data = json.dumps(self._values, indent=1, sort_keys=True, ensure_ascii=False)
            write_atomically(self._path, data.encode())

    def _option(self, name: str) -> Option:
        try:
            return self._declared[name]
        except KeyError:
            raise Problem("options.unknown", name=name) from None

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Problem("file.unreadable", path=self._path, reason=error) from error
        if not isinstance(found, dict):
            raise Problem("file.unreadable", path=self._path, reason="it does not hold one JSON object")
        return found


def _checked(option: Option, value: object) -> Value:
    kind = type(option.default)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, bool | int | float | str) or type(value) is not kind:
        raise Problem("options.invalid", name=option.name, given=value, reason=f"it takes a {kind.__name__}")
    if option.choices and value not in option.choices:
        raise Problem(
            "options.invalid",
            name=option.name,
            given=value,
            reason=f"it is one of {', '.join(option.choices)}",
        )
    low, high = option.minimum, option.maximum
    if isinstance(value, int | float) and (
        (low is not None and value < low) or (high is not None and value > high)
    ):
        raise Problem(
            "options.invalid", name=option.name, given=value, reason=f"it lies between {low:g} and {high:g}"
        )
    return value
