"""What `server check` says of a server, as a value; and the warnings, as a pure function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.hello import CLOCK_TOLERANCE_S
from console.fleet.link_state import Hello

NO_FORWARDING = (
    "it refuses port forwarding ('{said}'; AllowTcpForwarding or PermitOpen in its sshd_config): telemetry, "
    "commands, jobs, files and a terminal work; forwards, predictions through them and servers behind it "
    "do not"
)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of a check.

    Attributes:
        accelerators: index, uuid, name, vendor, memory_bytes of each.
        warnings: sentences about what works less well than it could.
        problem: why it was not reached, or None.
    """

    server: str
    reachable: bool
    latency_ms: float | None = None
    os: str | None = None
    python: str | None = None
    accelerators: tuple[dict[str, object], ...] = ()
    warnings: tuple[str, ...] = ()
    problem: Problem | None = None

    def as_dict(self) -> dict[str, object]:
        """The JSON of `tandem server check`."""
        document: dict[str, object] = {
            "server": self.server,
            "reachable": self.reachable,
            "latency_ms": None if self.latency_ms is None else round(self.latency_ms, 2),
            "os": self.os,
            "python": self.python,
            "accelerators": [dict(each) for each in self.accelerators],
            "warnings": list(self.warnings),
        }
        return document if self.problem is None else document | self.problem.as_dict()


def accelerators_of(sample: Mapping[str, object]) -> tuple[dict[str, object], ...]:
    """The accelerators that a SAMPLE lists, lost ones included."""
    found = sample.get("accelerators")
    rows = [each for each in found[:128] if isinstance(each, Mapping)] if isinstance(found, list) else []
    return tuple(
        {
            "index": _number(row.get("index")),
            "uuid": _text(row.get("uuid")),
            "name": _text(row.get("name")),
            "vendor": _text(row.get("vendor")),
            "memory_bytes": _number(row.get("memory_total_bytes")),
        }
        for row in rows
    )


def warnings_for(
    hello: Hello,
    *,
    refusal: Problem | None,
    sample: Mapping[str, object],
    second_channel: Problem | None,
    forwarding: str | None = None,
    alias_notes: Sequence[str] = (),
) -> tuple[str, ...]:
    """What is worth knowing.

    Args:
        refusal: why no agent runs there, or None.
        sample: one SAMPLE of it.
        second_channel: what the server answered to one more channel, or None where it opened.
        forwarding: what it answered to a forward that it refuses, or None where it allows them.
        alias_notes: what of its ssh_config is not used.
    """
    found = list(alias_notes)
    if refusal is not None:
        found.append(f"{refusal.sentence} {refusal.remedy}")
    if hello.clock_offset_s is not None and abs(hello.clock_offset_s) > CLOCK_TOLERANCE_S:
        side = "ahead of" if hello.clock_offset_s > 0 else "behind"
        found.append(f"its clock is {abs(hello.clock_offset_s):.0f} s {side} this machine's")
    if second_channel is not None:
        found.append("it opens no second channel at a time (MaxSessions in its sshd_config)")
    if forwarding is not None:
        found.append(NO_FORWARDING.format(said=forwarding))
    found += [
        f"the probe {name} does not work: {detail or 'no reason given'}"
        for name, state, detail in hello.probes
        if state not in ("ok", "absent")
    ]
    problems = sample.get("problems")
    if isinstance(problems, list):
        found += [text for text in (_text(each) for each in problems[:16]) if text]
    return tuple(dict.fromkeys(found))


def _text(value: object) -> str | None:
    return safe_line(value[:1000], max_chars=300) or None if isinstance(value, str) else None


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 60:
        return None
    return int(value)
