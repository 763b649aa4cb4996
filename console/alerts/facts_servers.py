"""What can be asked of a server or of the fleet. Pure; what is not known, or old, is None."""

from __future__ import annotations

from collections.abc import Callable

from console.alerts.asked import Fact, Number, Seen, Word
from console.alerts.recent import Recent, Trouble
from console.alerts.rule import Scope
from console.core.units import format_bytes, format_duration
from console.fleet.link_state import LinkState
from console.telemetry import filter as places
from console.telemetry.sample import DiskSample
from console.telemetry.snapshot import AcceleratorRow, ServerRow

_SHOWN = 3


# --- sources


def of_sample(server: ServerRow, _row: AcceleratorRow | None, _recent: Recent) -> object:
    """Any of its values."""
    return server.sample


def _of_link(server: ServerRow, _row: AcceleratorRow | None, recent: Recent) -> object:
    return (server.link.state, server.link.problem, recent.trouble)


def of_age(server: ServerRow, _row: AcceleratorRow | None, recent: Recent) -> object:
    """How long nothing came."""
    return recent.silent_s(server)


def _of_disks(server: ServerRow, _row: AcceleratorRow | None, _recent: Recent) -> object:
    return None if server.sample is None else server.sample.disks


def _of_problems(server: ServerRow, _row: AcceleratorRow | None, _recent: Recent) -> object:
    return None if server.sample is None else server.sample.problems


def _of_recent(_server: ServerRow, _row: AcceleratorRow | None, recent: Recent) -> object:
    return (recent.missing, tuple(recent.steps))


def of_server(server: ServerRow, _row: AcceleratorRow | None, _recent: Recent) -> object:
    """What the inventory, and it itself, say of it."""
    return (server.server, server.drained)


def _of_hello(server: ServerRow, _row: AcceleratorRow | None, _recent: Recent) -> object:
    return server.link.hello


# --- readers


def _link_word(trouble: Trouble) -> Word:
    def read(seen: Seen) -> bool | None:
        if seen.server.link.state is LinkState.OFF:
            return None
        if seen.recent.trouble is not None:
            return seen.recent.trouble is trouble
        return False if _up(seen) else None

    return read


def _up(seen: Seen) -> bool | None:
    if seen.server.link.state in (LinkState.UP, LinkState.STALE):
        return True
    return False if seen.recent.trouble is not None else None


def _tell_link(seen: Seen) -> tuple[str, str]:
    problem = seen.server.link.problem
    return ("", "") if problem is None else (problem.sentence.rstrip("."), problem.remedy)


def _disks(seen: Seen) -> tuple[DiskSample, ...] | None:
    return seen.server.sample.disks if seen.server.sample is not None and seen.server.fresh else None


def _share(used: int | None, total: int | None) -> float:
    return used / total * 100 if used is not None and total else -1.0


def _disk_share(disk: DiskSample) -> float:
    return _share(disk.used_bytes, disk.total_bytes)


def _inode_share(disk: DiskSample) -> float:
    return _share(disk.inodes_used, disk.inodes_total)


def _fullest(share: Callable[[DiskSample], float]) -> Number:
    def read(seen: Seen) -> float | None:
        found = max(map(share, _disks(seen) or ()), default=-1.0)
        return None if found < 0 else found

    return read


def _tell_disk(seen: Seen) -> tuple[str, str]:
    disks = _disks(seen)
    if not disks:
        return ("", "")
    disk = max(disks, key=_disk_share)
    free = None if disk.used_bytes is None or disk.total_bytes is None else disk.total_bytes - disk.used_bytes
    return (f"{disk.mount} has {format_bytes(free)} left", "")


def _tell_inodes(seen: Seen) -> tuple[str, str]:
    disks = _disks(seen)
    return (max(disks, key=_inode_share).mount if disks else "", "")


def _problems(seen: Seen) -> float | None:
    sample = seen.server.sample
    return None if sample is None or not seen.server.fresh else float(len(sample.problems))


def _tell_problems(seen: Seen) -> tuple[str, str]:
    return ("; ".join(seen.server.sample.problems[:_SHOWN]) if seen.server.sample else "", "")


def _missing(seen: Seen) -> float | None:
    return float(len(seen.recent.missing)) if seen.server.fresh else None


def _tell_missing(seen: Seen) -> tuple[str, str]:
    more = len(seen.recent.missing) - _SHOWN
    return (", ".join(seen.recent.missing[:_SHOWN]) + (f" and {more} more" if more > 0 else ""), "")


def _clock_step(seen: Seen) -> float | None:
    step = seen.recent.clock_step_s() if seen.server.fresh else None
    return None if step is None else abs(step)


def _tell_step(seen: Seen) -> tuple[str, str]:
    step = seen.recent.clock_step_s() or 0.0
    return (f"{format_duration(abs(step))} {'forward' if step > 0 else 'back'}", "")


def _age(seen: Seen) -> float | None:
    return seen.recent.silent_s(seen.server)


def _clock_offset(seen: Seen) -> float | None:
    hello = seen.server.link.hello
    return None if hello is None or hello.clock_offset_s is None else abs(hello.clock_offset_s)


def _swap(seen: Seen) -> float | None:
    sample = seen.server.sample if seen.server.fresh else None
    if sample is None or sample.swap_used_bytes is None or not sample.swap_total_bytes:
        return None
    return sample.swap_used_bytes / sample.swap_total_bytes * 100


def _of_server_number(field: str) -> Number:
    def read(seen: Seen) -> float | None:
        sample = seen.server.sample if seen.server.fresh else None
        value = getattr(sample, field) if sample else None
        return None if value is None else float(value)

    return read


def _unreached(seen: Seen) -> bool | None:
    return seen.unreached


def _of_counts(field: str) -> Number:
    def read(seen: Seen) -> float | None:
        value = getattr(seen.counts, field) if seen.counts is not None else None
        return None if value is None else float(value)

    return read


def _measured(name: str, meaning: str, read: Number, unit: str = "") -> Fact:
    return Fact(name, Scope.SERVER, meaning, of_sample, number=read, unit=unit)


def _link(name: str, meaning: str, read: Word) -> Fact:
    return Fact(name, Scope.SERVER, meaning, _of_link, word=read, tell=_tell_link)


def _counted(name: str, meaning: str, field: str, unit: str = "") -> Fact:
    return Fact(name, Scope.FLEET, meaning, of_sample, number=_of_counts(field), unit=unit)


_S = Scope.SERVER
_inodes, _disk = _fullest(_inode_share), _fullest(_disk_share)

SERVERS: tuple[Fact, ...] = (
    _link("down", "it does not answer, and is tried again", _link_word(Trouble.DOWN)),
    _link("refused", "its host key or our login was refused", _link_word(Trouble.REFUSED)),
    _link("agent_refused", "it is reached, but the agent does not run there", _link_word(Trouble.AGENT)),
    _link("reached", "its link is up", _up),
    Fact("age", _S, "since the last sample", of_age, number=_age, unit="s"),
    Fact("problems", _S, "things the agent cannot read", _of_problems, number=_problems, tell=_tell_problems),
    Fact("missing", _S, "accelerators that are gone", _of_recent, number=_missing, tell=_tell_missing),
    Fact(
        "clock_step",
        _S,
        "largest jump of its clock in the last ten minutes",
        _of_recent,
        number=_clock_step,
        unit="s",
        tell=_tell_step,
    ),
    Fact(
        "clock_offset",
        _S,
        "its clock beside ours when the link came up",
        _of_hello,
        number=_clock_offset,
        unit="s",
    ),
    Fact("disk", _S, "its fullest disk", _of_disks, number=_disk, unit="%", tell=_tell_disk),
    Fact(
        "inodes",
        _S,
        "used inodes of the disk that has fewest",
        _of_disks,
        number=_inodes,
        unit="%",
        tell=_tell_inodes,
    ),
    _measured("mem", "used memory", places.MEASURED["mem"], "%"),
    _measured("swap", "used swap", _swap, "%"),
    _measured("gpus", "accelerators", places.MEASURED["gpus"]),
    _measured("cpu", "processor", places.MEASURED["cpu"], "%"),
    _measured("load", "processes that run or wait, over a minute", places.MEASURED["load"]),
    _measured("iowait", "time spent waiting for disks", _of_server_number("cpu_iowait_percent"), "%"),
    _measured("steal", "time taken by other virtual machines", _of_server_number("cpu_steal_percent"), "%"),
    _measured("pressure_cpu", "waiting for a processor", _of_server_number("pressure_cpu_percent"), "%"),
    _measured("pressure_memory", "waiting for memory", _of_server_number("pressure_memory_percent"), "%"),
    _measured("pressure_io", "waiting for disks", _of_server_number("pressure_io_percent"), "%"),
    _measured("disk_busy", "the busiest disk", _of_server_number("disk_busy_percent"), "%"),
    _measured("hottest", "the hottest sensor of the machine", _of_server_number("hottest_c"), "°C"),
    _measured("uptime", "since it was started", _of_server_number("uptime_s"), "s"),
)

FLEET: tuple[Fact, ...] = (
    _counted("servers", "servers", "servers"),
    _counted("up", "servers whose link is up", "links_up"),
    Fact("unreached", Scope.FLEET, "of several servers none is reached", of_sample, word=_unreached),
    _counted("accelerators", "accelerators", "accelerators"),
    _counted("busy", "busy ones", "busy"),
    _counted("idle", "idle ones", "idle"),
    _counted("lost", "lost ones", "lost"),
    _counted("unknown", "those of which nothing is known", "unknown"),
    _counted("critical", "servers in a critical state", "critical"),
    _counted("warning", "servers with a warning", "warning"),
    _counted("power", "power of all accelerators", "power_w", "W"),
)
