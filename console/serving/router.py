"""HAProxy in values: the configuration, the commands that switch traffic, and its answers read. No I/O.

The configuration is written once; every later change goes through the runtime socket, so that no
connection is ever dropped by a reload.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.serving.deployment import Latency

SLOTS = 24
"""Places for replicas that the configuration holds; a replica takes one, by its socket command."""
BACKEND = "replicas"
SOCKET = "router.sock"
CONFIG = "haproxy.cfg"
LAST_REQUESTS = "show events recent"
MAX_WEIGHT = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A slot that a replica holds: where it listens and its share."""

    slot: int
    port: int
    weight: int


def render(port: int, check_path: str | None, places: Iterable[Place] = ()) -> str:
    """The configuration; `places` are filled from the start, for a router that is started again.

    Replicas are asked for `check_path` every two seconds, or only connected to where it is None.

    Requests are retried only where no connection came about, which is safe for POST too.
    """
    held = {place.slot: place for place in places}
    slots = "\n".join(_slot_line(slot, held.get(slot)) for slot in range(1, SLOTS + 1))
    return f"""\
# Written by Tandem. Versions are switched through {SOCKET}, never by a reload.
global
    maxconn 4000
    nbthread 1
    stats socket unix@{SOCKET} mode 600 level admin
    stats timeout 30s
    hard-stop-after 30s
    log ring@recent format raw local0 info

ring recent
    description "the last requests"
    format raw
    maxlen 96
    size 262144

defaults
    mode http
    log global
    log-format "req %ST %Ta %ts %s"
    option http-keep-alive
    option redispatch 1
    retries 3
    retry-on conn-failure
    timeout connect 3s
    timeout queue 30s
    timeout client 75s
    timeout http-keep-alive 75s
    timeout http-request 60s
    timeout server 600s

frontend door
    bind 127.0.0.1:{port}
    http-request return status 503 content-type application/json string '{{"error":"no replica is ready"}}' \
if {{ nbsrv({BACKEND}) eq 0 }}
    default_backend {BACKEND}

backend {BACKEND}
    balance roundrobin
    http-reuse safe
{_check_lines(check_path)}\
    default-server inter 2s fastinter 500ms downinter 1s fall 3 rise 1 pool-purge-delay 2s
{slots}
"""


def _check_lines(path: str | None) -> str:
    if path is None:
        return ""
    return (
        "    option httpchk\n"
        f'    http-check send meth GET uri "{_quoted(path)}" ver HTTP/1.1 hdr Host localhost\n'
        "    http-check expect status 200\n"
    )


def _slot_line(slot: int, place: Place | None) -> str:
    if place is None:
        return f"    server slot{slot} 127.0.0.1:9 weight 0 check disabled"
    return f"    server slot{slot} 127.0.0.1:{place.port} weight {place.weight} check"


def _quoted(path: str) -> str:
    if any(ord(char) < 33 or char in "\"'\\`$#" for char in path):
        raise ValueError(f"not a path for a configuration: {path!r}")
    return path


def enter(place: Place) -> tuple[str, ...]:
    """Commands that let a replica in with no traffic yet; its weight comes with `weigh`."""
    server = f"{BACKEND}/slot{place.slot}"
    return (
        f"set server {server} addr 127.0.0.1 port {place.port}",
        f"set server {server} weight 0",
        f"set server {server} state ready",
    )


def weigh(weights: Mapping[int, int]) -> str:
    """One command line that sets weights by slot: first those that grow, so that none is ever without."""
    ordered = sorted(weights.items(), key=lambda item: -item[1])
    return "; ".join(f"set server {BACKEND}/slot{slot} weight {weight}" for slot, weight in ordered)


def leave(slot: int) -> str:
    """The command that takes a replica out and closes what is kept open to it."""
    return f"set server {BACKEND}/slot{slot} state maint"


def share(percent: int, replicas: int) -> int:
    """The weight of each of a release's replicas for its share of the traffic."""
    return 0 if percent <= 0 or replicas < 1 else max(1, round(percent * MAX_WEIGHT / 100 / replicas))


@dataclass(frozen=True, slots=True)
class SlotStats:
    """What the router counted for one slot since it started."""

    slot: int
    status: str
    weight: int
    in_flight: int
    requests: int
    errors: int
    rate: float | None
    port: int | None

    @property
    def up(self) -> bool:
        """Whether requests may go there."""
        return self.status.startswith("UP")


@dataclass(frozen=True, slots=True)
class RouterStats:
    """The router as a whole and by slot."""

    requests: int
    errors: int
    rps: float | None
    slots: Mapping[int, SlotStats]

    @property
    def error_rate(self) -> float | None:
        """Answers of 500 and above, by all; None before the first request."""
        return self.errors / self.requests if self.requests else None


def read_stats(text: str) -> RouterStats:
    """The answer to `show stat`.

    Raises:
        ValueError: it is not that.
    """
    if not text.startswith("# pxname,"):
        raise ValueError(text.strip()[:200] or "nothing")
    door: RouterStats | None = None
    slots: dict[int, SlotStats] = {}
    for row in csv.DictReader(io.StringIO(text[2:])):
        if row.get("svname") == "FRONTEND" and row.get("pxname") == "door":
            door = RouterStats(_count(row, "req_tot"), _count(row, "hrsp_5xx"), _number(row, "req_rate"), {})
        elif row.get("pxname") == BACKEND and (row.get("svname") or "").startswith("slot"):
            found = _slot(row)
            slots[found.slot] = found
    if door is None:
        raise ValueError("no frontend in the answer")
    return RouterStats(door.requests, door.errors, door.rps, slots)


def _slot(row: Mapping[str, str]) -> SlotStats:
    _, _, port = (row.get("addr") or "").rpartition(":")
    return SlotStats(
        slot=int(row["svname"].removeprefix("slot")),
        status=row.get("status") or "",
        weight=_count(row, "weight"),
        in_flight=_count(row, "scur") + _count(row, "qcur"),
        requests=_count(row, "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"),
        errors=_count(row, "hrsp_5xx"),
        rate=_number(row, "rate"),
        port=int(port) if port.isdigit() else None,
    )


def _number(row: Mapping[str, str], name: str) -> float | None:
    text = row.get(name) or ""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _count(row: Mapping[str, str], *names: str) -> int:
    return sum(int(_number(row, name) or 0) for name in names)


def read_latencies(text: str) -> list[float]:
    """Milliseconds of the last requests that were answered properly, from the ring of the router's log."""
    found = []
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == 5 and parts[0] == "req" and parts[1].isdigit() and int(parts[1]) < 400:
            try:
                value = float(parts[2])
            except ValueError:
                continue  # a line of someone else in the ring
            if value >= 0:
                found.append(value)
    return found


def latency_of(milliseconds: Sequence[float]) -> Latency:
    """Nearest-rank percentiles; None where nothing was seen."""
    if not milliseconds:
        return Latency()
    ordered = sorted(milliseconds)

    def rank(percent: int) -> float:
        return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]

    return Latency(rank(50), rank(95), rank(99))
