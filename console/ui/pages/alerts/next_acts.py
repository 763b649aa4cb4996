"""The next safe act for an alert, as far as the house has it: a look before a drain, a drain before a reset.

An alert's remedy says it in words; here it becomes a button. What an act needs first comes before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from console.alerts.alert import Alert
from console.fleet.link_state import LinkState
from console.telemetry.snapshot import AcceleratorRow, ServerRow
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages import gpu_acts
from console.ui.theme.icons import IconName


class Act(StrEnum):
    """What the house can do about it."""

    RETRY = "retry"
    CHECK = "check"
    TRUST = "trust"
    PROCESSES = "processes"
    IDLE = "idle"
    FILES = "files"
    DRAIN = "drain"
    ALLOW_RESET = "allow reset"
    RESET = "reset"
    RESTART = "restart"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class NextAct:
    """A button.

    Attributes:
        command: of the catalogue, for the read-only switch; empty where it only looks.
    """

    act: Act
    text: str
    icon: IconName
    command: str
    call: Callable[[], object]


_HEALED = (
    "gpu-missing", "gpu-lost", "gpu-xid", "gpu-recovery", "gpu-ecc", "gpu-remap", "gpu-retired",
)  # fmt: skip
"""How rules begin whose accelerator is taken out of work first and then reset. Rules of one's own too."""
_SEEN_TO = ("data-stale", "collection", "clock", "agent", "server-")
_FULL = ("disk", "inode")
_IDLE = ("gpu-idle",)
_LOADED = ("gpu-hot", "gpu-power", "gpu-warm", "gpu-temperature", "gpu-pcie", "memory", "gpu-")


def _about(alert: Alert, begins: tuple[str, ...]) -> bool:
    return alert.rule.startswith(begins)


def order(alert: Alert, row: ServerRow | None, accelerator: AcceleratorRow | None) -> tuple[Act, ...]:
    """The acts that help, the next one first.

    Args:
        row: the server as it stands, None where it is not in the inventory.
        accelerator: the one that the alert is about, where it is known.
    """
    if row is None:
        return ()
    if row.link.state in (LinkState.LOST, LinkState.WAITING, LinkState.REFUSED):
        return _reach(row)
    if _about(alert, _IDLE):
        return (Act.IDLE, Act.PROCESSES)
    if _about(alert, _FULL):
        return (Act.FILES, Act.PROCESSES)
    if _about(alert, _SEEN_TO):
        return (Act.CHECK, Act.PROCESSES)
    if _about(alert, _HEALED):
        return _heal(row, accelerator)
    if _about(alert, _LOADED):
        return (Act.PROCESSES, Act.DRAIN) if row.drained is None else (Act.PROCESSES,)
    return (Act.PROCESSES,)


def _reach(row: ServerRow) -> tuple[Act, ...]:
    problem = row.link.problem
    if problem is not None and problem.code == "ssh.host_key_unknown":
        return (Act.TRUST, Act.CHECK)
    return (Act.RETRY, Act.CHECK)


def _heal(row: ServerRow, accelerator: AcceleratorRow | None) -> tuple[Act, ...]:
    """No new work first; then what holds it; then the reset, where it is switched on and nothing holds it."""
    if row.drained is None:
        return (Act.DRAIN, Act.PROCESSES)
    more = (Act.RESTART,) if "reboot" in row.server.privileges else ()
    if accelerator is None:
        return (*more, Act.CHECK, Act.RESUME)
    if accelerator.sample.processes:
        return (Act.PROCESSES,)
    reset = Act.RESET if "gpu_reset" in row.server.privileges else Act.ALLOW_RESET
    return (reset, *more, Act.RESUME)


def next_acts(desk: Desk, alert: Alert) -> tuple[NextAct, ...]:
    """The buttons, the next safe act first."""
    row = desk.snapshot().server(alert.target.server) if alert.target.server else None
    accelerator = accelerator_of(alert, row)
    return tuple(_button(desk, each, alert, accelerator) for each in order(alert, row, accelerator))


def accelerator_of(alert: Alert, row: ServerRow | None) -> AcceleratorRow | None:
    """The accelerator that it is about, as it stands."""
    wanted = alert.target.accelerator
    if row is None or not wanted:
        return None
    return next((each for each in row.accelerators if each.sample.uuid == wanted), None)


# Long: a table of acts.
def _button(desk: Desk, act: Act, alert: Alert, accelerator: AcceleratorRow | None) -> NextAct:
    name = alert.target.server
    given = {"server": name}
    shell = desk.shell

    def reset() -> None:
        if accelerator is not None:
            gpu_acts.reset(desk, accelerator)

    made: dict[Act, tuple[str, IconName, str, Callable[[], object]]] = {
        Act.RETRY: (
            translate("Alerts", "Connect again"),
            "retry",
            "",
            lambda: desk.worker.run(lambda: desk.context.fleet.retry(name)),
        ),
        Act.CHECK: (
            translate("Alerts", "Check server"),
            "check",
            "",
            lambda: shell.open_sheet("check", given),
        ),
        Act.TRUST: (translate("Alerts", "Trust key…"), "key", "", lambda: shell.open_sheet("trust", given)),
        Act.PROCESSES: (
            translate("Alerts", "Open processes"),
            "server",
            "",
            lambda: shell.go("server", name),
        ),
        Act.IDLE: (
            translate("Alerts", "Show idle holders"),
            "hourglass",
            "",
            lambda: shell.go("idle", name),
        ),
        Act.FILES: (translate("Alerts", "Open files"), "folder", "", lambda: shell.go("files", name)),
        Act.DRAIN: (
            translate("Alerts", "Drain server…"),
            "stop",
            "server.drain",
            lambda: shell.open_sheet("drain", given),
        ),
        Act.ALLOW_RESET: (
            translate("Alerts", "Allow GPU reset…"),
            "key",
            "",
            lambda: shell.open_sheet("privileges", given),
        ),
        Act.RESET: (translate("Alerts", "Reset GPU…"), "retry", "gpu.reset", reset),
        Act.RESTART: (
            translate("Alerts", "Restart server…"),
            "retry",
            "server.reboot",
            lambda: desk.runner.command("server.reboot", {"name": name}),
        ),
        Act.RESUME: (
            translate("Alerts", "Let it work again"),
            "play",
            "server.resume",
            lambda: desk.runner.command("server.resume", {"name": name}),
        ),
    }
    return NextAct(act, *made[act])
