"""What runs on a server, accelerators and host in one list: who holds GPU memory and what else it uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.core.clock import Clock
from console.core.ports import ServerGate
from console.fleet.processes import ProcessIdentity, RemoteProcess, RemoteProcesses
from console.telemetry.parsing import parse_sample
from console.telemetry.sample import AcceleratorSample


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """One process. What is not known is None.

    Attributes:
        accelerators: indices of those whose memory it holds; empty for a process of the host alone.
        accelerator_memory_bytes: over all of them; None also where one of them could not tell.
        cpu_percent: of one processor.
        uuids: of those accelerators.
        found: the host's own row, which says that it may be ended and on which accelerators it was seen; None
            where the server lists none.
    """

    pid: int
    user: str | None
    command: str | None
    accelerators: tuple[int, ...] = ()
    accelerator_memory_bytes: int | None = None
    cpu_percent: float | None = None
    memory_bytes: int | None = None
    started: datetime | None = None
    container: str | None = None
    uuids: tuple[str, ...] = ()
    found: RemoteProcess | None = None

    @property
    def identity(self) -> ProcessIdentity | None:
        return None if self.found is None else self.found.identity


@dataclass(slots=True)
class _Held:
    user: str | None
    command: str | None
    indices: list[int] = field(default_factory=list)
    uuids: list[str] = field(default_factory=list)
    sizes: list[int | None] = field(default_factory=list)


def joined(
    accelerators: Iterable[AcceleratorSample], found: Sequence[RemoteProcess]
) -> tuple[ServerProcess, ...]:
    """Both in one list: the largest holders of GPU memory first, then the busiest of the host."""
    held: dict[int, _Held] = {}
    for each in accelerators:
        for process in each.processes or ():
            mine = held.setdefault(process.pid, _Held(process.user, process.command))
            mine.indices.append(each.index)
            mine.uuids.append(each.uuid)
            mine.sizes.append(process.memory_bytes)
    by_pid = {each.pid: each for each in found}
    holders = [_row(pid, each, by_pid.get(pid)) for pid, each in held.items()]
    holders.sort(key=lambda row: -(row.accelerator_memory_bytes or 0))
    others = [_row(each.pid, None, each) for each in found if each.pid not in held]
    return (*holders, *others)


def _row(pid: int, held: _Held | None, found: RemoteProcess | None) -> ServerProcess:
    sizes = [] if held is None else held.sizes
    known = [size for size in sizes if size is not None]
    uuids = tuple(dict.fromkeys(held.uuids)) if held else ()
    return ServerProcess(
        pid=pid,
        user=found.user if found else held.user if held else None,
        command=found.command if found else held.command if held else None,
        accelerators=tuple(dict.fromkeys(held.indices)) if held else (),
        accelerator_memory_bytes=sum(known) if known and len(known) == len(sizes) else None,
        cpu_percent=found.cpu_percent if found else None,
        memory_bytes=found.memory_bytes if found else None,
        started=found.started if found else None,
        container=found.container if found else None,
        uuids=uuids,
        found=found.on(uuids) if found else None,
    )


class ServerProcesses:
    """Any thread may call; every call waits for the server."""

    def __init__(self, gate: ServerGate, clock: Clock) -> None:
        self._gate = gate
        self._clock = clock
        self.remote = RemoteProcesses(gate)

    def look(
        self,
        server: str,
        accelerators: Sequence[AcceleratorSample] | None = None,
        *,
        limit: int = 200,
    ) -> tuple[ServerProcess, ...]:
        """What runs there now.

        Args:
            accelerators: as a sample had them a moment ago; None asks for one.

        Raises:
            Problem: `ssh.*`, `agent.*`.
        """
        if accelerators is None:
            accelerators = self._accelerators(server)
        pids = {process.pid for each in accelerators for process in each.processes or ()}
        return joined(accelerators, self.remote.list(server, limit=limit, pids=pids))

    def find(self, server: str, wanted: int | ProcessIdentity) -> RemoteProcess:
        """The process of that number, with what it is on now, or the very one of that identity.

        Raises:
            Problem: `remote.process_gone`, `remote.process_other`, `ssh.*`, `agent.*`.
        """
        found = self.remote.find(server, wanted)
        if found.identity.accelerators:
            return found
        on = [each.uuid for each in self._accelerators(server) if _is_on(each, found.pid)]
        return found.on(tuple(on))

    def _accelerators(self, server: str) -> Sequence[AcceleratorSample]:
        wire = self._gate.call(server, "telemetry.once")
        sample = parse_sample(wire, self._clock.monotonic_s(), server=server, now=self._clock.now())
        return sample.accelerators


def _is_on(accelerator: AcceleratorSample, pid: int) -> bool:
    return any(process.pid == pid for process in accelerator.processes or ())
