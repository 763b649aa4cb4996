"""What the texts of /proc and /sys say, as values: pure functions over text. What is not told is None."""

from typing import Dict, List, NamedTuple, Optional, Tuple

Text = Optional[str]

# busy, all, waiting for disks, stolen by the hypervisor; ticks since boot
CpuTimes = NamedTuple("CpuTimes", [("busy", int), ("total", int), ("iowait", int), ("steal", int)])
# bytes since the interface came up
Traffic = Tuple[int, int]
# bytes read and written, and milliseconds in which it had work, since boot
DiskTimes = NamedTuple("DiskTimes", [("read", int), ("written", int), ("busy_ms", int)])

_SECTOR = 512


def _whole(words: List[str]) -> List[int]:
    return [int(word) for word in words if word.isdigit()]


def cpu_times(text: Text) -> Tuple[Optional[CpuTimes], List[CpuTimes]]:
    """(all processors, each) of /proc/stat."""
    together: Optional[CpuTimes] = None
    each: List[CpuTimes] = []
    for line in (text or "").split("\n"):
        if not line.startswith("cpu"):
            break  # the processors come first; what follows is long
        words = line.split()
        # Guest time is inside user and nice already.
        values = _whole(words[1:9])
        if len(values) < 4:
            continue
        values += [0] * (8 - len(values))
        total = sum(values)
        times = CpuTimes(total - values[3] - values[4], total, values[4], values[7])
        if words[0] == "cpu":
            together = times
        else:
            each.append(times)
    return together, each


def share(before: Optional[CpuTimes], after: Optional[CpuTimes], field: str = "busy") -> Optional[float]:
    """Percent of the time between two readings."""
    if before is None or after is None or after.total <= before.total:
        return None
    spent: int = getattr(after, field) - getattr(before, field)
    part = 100.0 * spent / (after.total - before.total)
    return round(min(100.0, max(0.0, part)), 1)


def memory(text: Text) -> Dict[str, Optional[int]]:
    """Bytes of /proc/meminfo; used is what is not available to a new program."""
    values: Dict[str, int] = {}
    for line in (text or "").split("\n")[:60]:
        words = line.split()
        if len(words) >= 2 and words[1].isdigit():
            values[words[0].rstrip(":")] = int(words[1]) * 1024
    total, free = values.get("MemTotal"), values.get("MemAvailable")
    # Before Linux 3.14 there is no MemAvailable.
    if free is None and "MemFree" in values:
        free = values["MemFree"] + values.get("Buffers", 0) + values.get("Cached", 0)
    swap, swap_free = values.get("SwapTotal"), values.get("SwapFree")
    return {
        "memory_total_bytes": total,
        "memory_used_bytes": None if total is None or free is None else max(0, total - free),
        "memory_cached_bytes": values.get("Cached"),
        "swap_total_bytes": swap,
        "swap_used_bytes": None if swap is None or swap_free is None else max(0, swap - swap_free),
    }


def loads(text: Text) -> List[Optional[float]]:
    """The load over 1, 5 and 15 minutes."""
    try:
        found: List[Optional[float]] = [float(word) for word in (text or "").split()[:3]]
    except ValueError:
        found = []
    return found + [None] * (3 - len(found))


def traffic(text: Text) -> Dict[str, Traffic]:
    """Bytes received and sent of each interface but loopback, of /proc/net/dev."""
    found: Dict[str, Traffic] = {}
    for line in (text or "").split("\n")[2:]:
        name, colon, rest = line.partition(":")
        words = _whole(rest.split())
        if colon and name.strip() != "lo" and len(words) >= 9:
            found[name.strip()] = (words[0], words[8])
    return found


def disk_times(text: Text) -> Dict[str, DiskTimes]:
    """What each block device did, of /proc/diskstats, by "major:minor"."""
    found: Dict[str, DiskTimes] = {}
    for line in (text or "").split("\n"):
        words = line.split()
        if len(words) >= 13 and words[0].isdigit():
            found["%s:%s" % (words[0], words[1])] = DiskTimes(
                int(words[5]) * _SECTOR, int(words[9]) * _SECTOR, int(words[12])
            )
    return found


def stalled(text: Text) -> Dict[str, Tuple[Optional[float], Optional[int]]]:
    """{"some" or "full": (percent over ten seconds, microseconds in all)} of a file of /proc/pressure."""
    found: Dict[str, Tuple[Optional[float], Optional[int]]] = {}
    for line in (text or "").split("\n"):
        words = line.split()
        values = dict(word.partition("=")[::2] for word in words[1:])
        try:
            if words:
                found[words[0]] = (float(values["avg10"]), int(values["total"]))
        except (KeyError, ValueError):
            continue
    return found


def keyed(text: Text) -> Dict[str, int]:
    """Lines of a name and a whole number, as control groups write them."""
    found = {}
    for line in (text or "").split("\n"):
        words = line.split()
        if len(words) == 2 and words[1].isdigit():
            found[words[0]] = int(words[1])
    return found


def per_second(before: Optional[int], after: Optional[int], elapsed_s: float) -> Optional[float]:
    """The rate of a counter; None where it went back, which means that another thing counts now."""
    if before is None or after is None or after < before or elapsed_s <= 0:
        return None
    return round((after - before) / elapsed_s, 1)
