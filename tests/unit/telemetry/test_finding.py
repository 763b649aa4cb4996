"""Accelerators to spare."""

from __future__ import annotations

from dataclasses import replace

from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.telemetry.finding import Wanted, find
from console.telemetry.sample import AcceleratorSample, AcceleratorState, ProcessInfo
from console.telemetry.snapshot import AcceleratorRow, ServerRow

GIB = 1024**3
HELD = (ProcessInfo(1, "ann", "jupyter", GIB),)


def row(
    name: str,
    *gpus: tuple[float | None, int | None, tuple[ProcessInfo, ...] | None],
    fresh: bool = True,
    drained: str | None = None,
) -> ServerRow:
    """A server whose accelerators have (utilization, used GiB of 80, processes)."""
    server = Server(name, name, drained=drained)
    rows = tuple(
        AcceleratorRow(
            server,
            AcceleratorSample(
                index,
                f"{name}-{index}",
                "H100",
                "nvidia",
                AcceleratorState.OK,
                utilization_percent=util,
                memory_used_bytes=None if used is None else used * GIB,
                memory_total_bytes=80 * GIB,
                processes=processes,
            ),
            fresh,
        )
        for index, (util, used, processes) in enumerate(gpus)
    )
    return ServerRow(server, LinkView(name, LinkState.UP), None, 0.5, fresh, rows)


IDLE = (0.0, 1, ())


def names(rows: list[ServerRow], wanted: Wanted) -> list[str]:
    return [offer.server.server.name for offer in find(rows, wanted)]


def test_the_closest_fit_comes_first() -> None:
    rows = [row("eight", *[IDLE] * 8), row("four", *[IDLE] * 4), row("two", *[IDLE] * 2)]
    assert names(rows, Wanted(4, 40 * GIB)) == ["four", "eight"]
    assert find(rows, Wanted(4))[1].free == 8


def test_what_is_used_held_or_unknown_is_not_free() -> None:
    busy, held, unknown, dumb = (90.0, 1, ()), (0.0, 60, HELD), (None, 1, ()), (0.0, 1, None)
    rows = [row("busy", busy), row("held", held), row("unknown", unknown), row("dumb", dumb)]
    assert names(rows, Wanted()) == []
    assert names([*rows, row("gone", IDLE, fresh=False), row("off", IDLE, drained="repair")], Wanted()) == []
    assert names(rows, Wanted(1, 40 * GIB, shared=True)) == ["busy", "dumb", "unknown"]
    assert names([row("blind", (0.0, None, ()))], Wanted(shared=True)) == []


def test_the_emptiest_are_offered() -> None:
    offer = find([row("a", (0.0, 30, ()), (0.0, 0, ()), (0.0, 10, ()))], Wanted(2))[0]
    assert [each.sample.index for each in offer.accelerators] == [1, 2]
    assert replace(Wanted(), gpus=2) == Wanted(2)
