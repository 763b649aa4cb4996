"""What an attempt of a job used, added up from looks at it. No I/O; nothing between looks is invented.

An interval counts as observed where two looks are near each other. Counters (energy, processor time) tell
of a gap as well, since the accelerator stays leased and the processes stay the same.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional

    Row = Dict[str, Any]

IDLE_BELOW_PERCENT = 5.0
"""An interval with a lower mean utilization counts as idle."""

LONGEST_GAP_S = 20.0
MOST_POINTS = 240
FIRST_WIDTH_S = 1.0


class Look:
    """What was seen of one attempt at one moment.

    Attributes:
        at: monotonic seconds of the machine, the same for every process.
        cpu_s: processor time of all its processes so far, with the children that they waited for.
        memory: resident bytes of its processes together, None where that was not read.
        pids: its processes.
        gpus: rows of the leased accelerators, as the probes gave them.
        server_gpus: how many accelerators the machine has.
    """

    def __init__(
        self,
        at: float,
        wall: str,
        cpu_s: float,
        memory: "Optional[int]",
        pids: "Iterable[int]",
        gpus: "List[Row]",
        server_gpus: "Optional[int]",
    ) -> None:
        self.at, self.wall, self.cpu_s, self.memory = at, wall, cpu_s, memory
        self.pids, self.gpus, self.server_gpus = set(pids), gpus, server_gpus


def fresh(attempt: int, boot_id: str) -> "Row":
    """The sums of an attempt that was not looked at yet."""
    return {
        "v": 1,
        "attempt": attempt,
        "boot_id": boot_id,
        "first": None,
        "first_wall": None,
        "at": None,
        "wall": None,
        "looks": 0,
        "observed_s": 0.0,
        "idle_below_percent": IDLE_BELOW_PERCENT,
        "cpu_s": 0.0,
        "cpu_seen": 0.0,
        "memory_peak_bytes": None,
        "server_gpus": None,
        "gpus": {},
    }


def _fresh_gpu(row: "Row") -> "Row":
    return {
        "index": row.get("index"),
        "name": row.get("name"),
        "observed_s": 0.0,
        "busy_s": 0.0,
        "idle_s": 0.0,
        "energy_j": None,
        "energy_seen": None,
        "memory_peak_bytes": None,
        "card_memory_peak_bytes": None,
    }


def add(sums: "Row", curve: "Row", look: Look) -> None:
    """Take one look in."""
    gap = 0.0 if sums["at"] is None else look.at - sums["at"]
    span = gap if 0.0 < gap <= LONGEST_GAP_S else 0.0
    if sums["first"] is None:
        sums["first"], sums["first_wall"] = look.at, look.wall
    sums["at"], sums["wall"] = look.at, look.wall
    sums["looks"] += 1
    sums["observed_s"] += span
    # A process that nobody waited for takes its time with it: the sum may go back, what was counted stays.
    cpu_s = max(0.0, look.cpu_s - sums["cpu_seen"])
    sums["cpu_s"] += cpu_s
    sums["cpu_seen"] = look.cpu_s
    sums["memory_peak_bytes"] = highest(sums["memory_peak_bytes"], look.memory)
    if look.server_gpus is not None:
        sums["server_gpus"] = look.server_gpus
    point = [span, cpu_s, look.memory]
    for row in sorted(look.gpus, key=lambda each: str(each.get("uuid"))):
        known = sums["gpus"].setdefault(str(row.get("uuid")), _fresh_gpu(row))
        value = _add_gpu(known, row, look.pids, span)
        point += [0.0, 0.0] if value is None else [span, span * value / 100.0]
    if span:
        _draw(curve, look.at - span / 2.0 - sums["first"], point)


def _add_gpu(known: "Row", row: "Row", pids: "Iterable[int]", span: float) -> "Optional[float]":
    """Its mean utilization over the interval, None where that is not told."""
    counter = number(row.get("energy_j"))
    if counter is not None:
        seen = known["energy_seen"]
        # One that went back belongs to a driver that was loaded anew.
        if seen is not None and counter >= seen:
            known["energy_j"] = (known["energy_j"] or 0.0) + counter - seen
        known["energy_seen"] = counter
    known["card_memory_peak_bytes"] = highest(
        known["card_memory_peak_bytes"], number(row.get("memory_used_bytes"))
    )
    held = [
        number(each.get("memory_bytes")) for each in row.get("processes") or [] if each.get("pid") in pids
    ]
    if held and None not in held:
        known["memory_peak_bytes"] = highest(known["memory_peak_bytes"], sum(each or 0 for each in held))
    value = utilization(row)
    if value is None or not span:
        return None
    known["observed_s"] += span
    known["busy_s"] += span * value / 100.0
    if value < IDLE_BELOW_PERCENT:
        known["idle_s"] += span
    return value


def utilization(row: "Row") -> "Optional[float]":
    """The mean since the look before where the driver keeps one, else what it says now; percent."""
    if row.get("state") != "ok" or row.get("mig"):
        return None
    means = row.get("means")
    value = number(means.get("utilization_percent")) if isinstance(means, dict) else None
    value = number(row.get("utilization_percent")) if value is None else value
    return None if value is None else min(100.0, max(0.0, value))


def number(value: "Any") -> "Any":
    """A number as it is, anything else as unknown."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def highest(one: "Any", other: "Any") -> "Any":
    """The larger of two that may be unknown."""
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)


def fresh_curve() -> "Row":
    """A curve without points; see `_draw` for what a point is."""
    return {"v": 1, "width_s": FIRST_WIDTH_S, "points": []}


def _draw(curve: "Row", at_s: float, values: "List[Any]") -> None:
    """Add to the point of that time: [number of the bucket, observed s, processor s, peak memory, then for
    each accelerator in the order of the UUIDs: s with a known utilization, s of full use]."""
    bucket = int(at_s // curve["width_s"])
    points = curve["points"]
    if points and points[-1][0] == bucket and len(points[-1]) == len(values) + 1:
        points[-1] = _joined(points[-1], [bucket] + values)
    else:
        points.append([bucket] + values)
    while len(points) > MOST_POINTS:
        curve["width_s"] *= 2.0
        halved = []  # type: List[List[Any]]
        for point in points:
            point[0] //= 2
            if halved and halved[-1][0] == point[0] and len(halved[-1]) == len(point):
                halved[-1] = _joined(halved[-1], point)
            else:
                halved.append(point)
        points[:] = halved


def _joined(one: "List[Any]", other: "List[Any]") -> "List[Any]":
    sums = [each + more for each, more in zip(one[4:], other[4:])]
    return [one[0], one[1] + other[1], one[2] + other[2], highest(one[3], other[3])] + sums


def rounded(value: "Any") -> "Any":
    """The same with floats of three digits behind the point: less to write and to send."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


def shown(sums: "Row", ended: "Optional[Row]") -> "Row":
    """What is told of an attempt: without what only the next look needs.

    Args:
        ended: its result where it has one: that knows processor time and memory from the kernel.
    """
    ended = ended or {}
    # The kernel counts what was waited for, the looks what still ran: each may miss what the other has.
    row = {
        "attempt": sums.get("attempt"),
        "started": ended.get("started"),
        "ended": ended.get("ended"),
        "seconds": number(ended.get("seconds")),
        "observed_s": number(sums.get("observed_s")) or 0.0,
        "idle_below_percent": number(sums.get("idle_below_percent")),
        "cpu_s": highest(number(sums.get("cpu_s")), number(ended.get("cpu_s"))),
        "memory_peak_bytes": highest(
            number(sums.get("memory_peak_bytes")), number(ended.get("peak_memory_bytes"))
        ),
        "server_gpus": number(sums.get("server_gpus")),
        "leased": None,
        "gpus": [],
    }
    gpus, leased = sums.get("gpus"), ended.get("accelerators")
    if isinstance(leased, list) or isinstance(gpus, dict):
        row["leased"] = len(leased if isinstance(leased, list) else gpus or ())
    for uuid, each in sorted(gpus.items()) if isinstance(gpus, dict) else ():
        if isinstance(each, dict):
            told = {key: value for key, value in each.items() if key != "energy_seen"}
            row["gpus"].append(dict(told, uuid=uuid))
    return rounded(row)  # type: ignore[no-any-return]
