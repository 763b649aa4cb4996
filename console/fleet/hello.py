"""From the answer to `hello` to a Hello: cleaned and bounded. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from console.core.text import safe_line
from console.fleet.link_state import Hello

_MAX_PROBES = 32
CLOCK_TOLERANCE_S = 2.0


def _text(value: object, most: int = 200) -> str | None:
    return safe_line(value[: 4 * most], max_chars=most) or None if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 60:
        return None
    return int(value)


def clock_offset_s(theirs: object, asked_s: float, answered_s: float) -> float | None:
    """How far the server's clock is from ours; 0 where it lies between question and answer.

    Args:
        theirs: the server's epoch seconds.
        asked_s, answered_s: our wall clock before and after.
    """
    if isinstance(theirs, bool) or not isinstance(theirs, int | float) or not 0 <= theirs < 1e12:
        return None
    if theirs < asked_s:
        return theirs - asked_s
    return max(0.0, theirs - answered_s)


def parse_hello(wire: Mapping[str, object], asked_s: float, answered_s: float) -> Hello:
    """What the server said of itself."""
    found = wire.get("probes")
    probes = (
        [each for each in found[:_MAX_PROBES] if isinstance(each, Mapping)] if isinstance(found, list) else []
    )
    states = []
    for probe in probes:
        state, detail = _text(probe.get("state"), 20) or "error", _text(probe.get("detail"), 300)
        states.append((_text(probe.get("name"), 60) or "?", state, detail or ""))
    return Hello(
        os=_text(wire.get("os")),
        kernel=_text(wire.get("kernel")),
        hostname=_text(wire.get("hostname")),
        user=_text(wire.get("user"), 64),
        home=_path(wire.get("home")),
        python=_text(wire.get("python"), 40),
        boot_id=_text(wire.get("boot_id"), 80),
        cpu_count=_whole(wire.get("cpu_count")),
        memory_total_bytes=_whole(wire.get("memory_total_bytes")),
        clock_offset_s=clock_offset_s(wire.get("time"), asked_s, answered_s),
        probes=tuple(states),
    )


def _path(value: object) -> str | None:
    """A path is used as well as shown: one that would have to be cleaned is not taken at all."""
    if not isinstance(value, str) or not value.startswith("/") or len(value) > 4096:
        return None
    return value if value.isprintable() else None
