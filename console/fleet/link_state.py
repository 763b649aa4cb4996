"""How a link stands, as values that the window and `server list` show. No I/O lives here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from console.core.problems import Problem


class LinkState(StrEnum):
    """Life of a link: `stale` is up but degraded, its data late; `lost` was up and will be tried again,
    `waiting` failed to come up and will be; `refused` waits for the person (host key, login)."""

    OFF = "off"
    CONNECTING = "connecting"
    AUTHENTICATING = "authenticating"
    UP = "up"
    STALE = "stale"
    LOST = "lost"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Hello:
    """What a server's agent said of itself when it started; `python` None means the shell fall-back."""

    os: str | None
    kernel: str | None
    hostname: str | None
    user: str | None
    home: str | None
    python: str | None
    boot_id: str | None
    cpu_count: int | None
    memory_total_bytes: int | None
    clock_offset_s: float | None
    probes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkView:
    """One link at one moment.

    Attributes:
        server: its name.
        state: see LinkState.
        age_s: seconds since anything was heard, None before the first word.
        latency_ms: last measured round trip, or None.
        problem: why it is not up, or None.
        hello: what the agent said, None before it did.
        retry_in_s: seconds until the next attempt while lost or waiting.
        asking: whether a person is asked something for it right now.
    """

    server: str
    state: LinkState
    age_s: float | None = None
    latency_ms: float | None = None
    problem: Problem | None = None
    hello: Hello | None = None
    retry_in_s: float | None = None
    asking: bool = False
