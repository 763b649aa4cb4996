"""Processes of a server: a look at them, and ending one that is still the one that was looked at.

Nothing of an answer is trusted: text is cleaned, numbers are bounded, a row without a pid is none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from console.core.clock import parse_iso
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import UNKNOWN
from console.operations.plan import Action, Step, StepContext, Work, work

MOST = 2000
_WAIT_S = 2.0
_CALL_S = 20.0
_MAX_PIDS = 1024


class Ending(StrEnum):
    """How a process is ended."""

    TERM = "TERM"
    KILL = "KILL"


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """What tells a process from a later one with the same number: boot, pid and start time.

    `accelerators` are the UUIDs of those that it was on when it was looked at: it is ended only if it is on
    them still.
    """

    boot_id: str
    pid: int
    started_ticks: int
    accelerators: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"@{','.join(self.accelerators)}" if self.accelerators else ""
        return f"{self.pid}:{self.started_ticks}:{self.boot_id}{where}"

    def is_same(self, other: ProcessIdentity) -> bool:
        """Whether both are one process, wherever it was seen."""
        return replace(self, accelerators=()) == replace(other, accelerators=())

    @classmethod
    def parse(cls, text: str) -> ProcessIdentity:
        """The inverse of `str`.

        Raises:
            Problem: `input.invalid`.
        """
        pid, _, rest = text.partition(":")
        ticks, _, rest = rest.partition(":")
        boot_id, _, where = rest.partition("@")
        if not (pid.isdigit() and ticks.isdigit() and boot_id):
            raise Problem(
                "input.invalid",
                what=f"process '{safe_line(text, max_chars=80)}'",
                reason="give a pid, or the identity that 'process list --json' shows",
            )
        return cls(boot_id, int(pid), int(ticks), tuple(filter(None, where.split(","))))


@dataclass(frozen=True, slots=True)
class RemoteProcess:
    """One process of a server; what it could not tell is None. `cpu_percent` is of one processor."""

    identity: ProcessIdentity
    user: str
    command: str
    cpu_percent: float | None
    memory_bytes: int | None
    started: datetime | None
    container: str | None

    @property
    def pid(self) -> int:
        return self.identity.pid

    def on(self, accelerators: tuple[str, ...]) -> RemoteProcess:
        """The same, as one that was chosen on these accelerators."""
        return replace(self, identity=replace(self.identity, accelerators=accelerators))


class RemoteProcesses:
    """Any thread may call; every call waits for the server."""

    def __init__(self, gate: ServerGate) -> None:
        self._gate = gate

    def list(self, server: str, *, limit: int = 200, pids: Collection[int] = ()) -> tuple[RemoteProcess, ...]:
        """The busiest processes, and those named whatever they do, the busiest first.

        Raises:
            Problem: `ssh.*`, `agent.*`.
        """
        params = {"limit": max(0, min(MOST, limit)), "pids": sorted(pids)[:_MAX_PIDS]}
        answer = self._gate.call(server, "process.list", params, timeout_s=_CALL_S)
        boot_id, found = answer.get("boot_id"), answer.get("processes")
        rows = found if isinstance(found, list) else []
        parsed = [_process(each, str(boot_id or "")[:80]) for each in rows[: MOST + _MAX_PIDS]]
        return tuple(each for each in parsed if each is not None)

    def find(self, server: str, wanted: int | ProcessIdentity) -> RemoteProcess:
        """The process of that number, or the very one of that identity.

        Raises:
            Problem: `remote.process_gone`, `remote.process_other`, `ssh.*`, `agent.*`.
        """
        pid = wanted if isinstance(wanted, int) else wanted.pid
        found = next((each for each in self.list(server, limit=0, pids=(pid,)) if each.pid == pid), None)
        if found is None:
            raise Problem("remote.process_gone", server=server, pid=pid)
        if isinstance(wanted, ProcessIdentity):
            if not found.identity.is_same(wanted):
                reason = "another process has that number now"
                raise Problem("remote.process_other", server=server, pid=pid, reason=reason)
            return found.on(wanted.accelerators)
        return found

    def prepare_end(self, server: str, process: RemoteProcess, ending: Ending) -> Work[bool]:
        """End a process; the result says whether it was gone two seconds later.

        The agent looks again before it signals and refuses where the number has another owner by then, or
        where the process has left an accelerator that it was chosen on.
        """
        ended, gpus = False, process.identity.accelerators
        where = f"on {', '.join(safe_line(each, max_chars=80) for each in gpus)} · " if gpus else ""
        who = f"{process.pid} · {process.user} · {where}{process.command}"

        def run(step: StepContext) -> None:
            nonlocal ended
            params: dict[str, object] = {
                "pid": process.pid,
                "started_ticks": process.identity.started_ticks,
                "boot_id": process.identity.boot_id,
                "signal": ending.value,
                "wait_s": _WAIT_S,
                "accelerators": list(gpus),
            }
            answer = self._gate.call(server, "process.end", params, timeout_s=_CALL_S)
            ended = answer.get("ended") is True
            step.note(f"{who}: {_outcome(ending, ended)}")

        word = "End" if ending is Ending.TERM else "Kill"
        how = "it may still save its work" if ending is Ending.TERM else "at once, nothing is saved"
        return work(
            action="process.end" if ending is Ending.TERM else "process.kill",
            title=f"{word} process {process.pid} of {process.user} on {server}",
            target=server,
            servers=(server,),
            actions=(Action(Step(f"Send {ending.value}: {how}", who), run),),
            result=lambda: ended,
            destructive=True,
            detail={
                "pid": process.pid,
                "user": process.user,
                "command": process.command,
                "identity": str(process.identity),
                "signal": ending.value,
                "accelerators": list(gpus),
            },
        )


def _outcome(ending: Ending, ended: bool) -> str:
    if ended:
        return "it has ended"
    if ending is Ending.TERM:
        return "it was told to end and still runs"
    return "it was killed and is still there: the kernel waits for a device"


def _process(row: object, boot_id: str) -> RemoteProcess | None:
    if not isinstance(row, Mapping):
        return None
    pid, ticks = _whole(row.get("pid")), _whole(row.get("started_ticks"))
    if not pid or ticks is None:
        return None
    container = row.get("container")
    return RemoteProcess(
        ProcessIdentity(boot_id, pid, ticks),
        safe_line(str(row.get("user") or UNKNOWN), max_chars=32),
        safe_line(str(row.get("command") or UNKNOWN), max_chars=400),
        _number(row.get("cpu_percent")),
        _whole(row.get("memory_bytes")),
        _moment(row.get("started")),
        safe_line(container, max_chars=80) if isinstance(container, str) else None,
    )


def _whole(value: object) -> int | None:
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62
    return value if known and isinstance(value, int) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value < 1e9 else None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        return parse_iso(value)
    except ValueError:
        return None
