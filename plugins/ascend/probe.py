"""Huawei Ascend accelerators by npu-smi's tables. Runs on a server inside the agent; stdlib only.

`npu-smi info` shows each chip in two rows; columns move with the version, so rows are read by shape.
"""

import re
from typing import Any, Dict, List, Optional, Tuple

from tandem_agent import host, tools

PROBE_API = 1

_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/local/Ascend/driver/tools")
_LIBRARIES = tuple("/usr/local/Ascend/driver/lib64" + each for each in ("", "/common", "/driver"))
_MIB = 1 << 20
_ERRORS_S = 60.0
_SERIAL_S = 86400.0
_PLACE = re.compile(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]")
_PAIR = re.compile(r"(\d+)\s*/\s*(\d+)")
_STATES = {"OK": "ok", "WARNING": "ok", "ALARM": "error", "CRITICAL": "error"}

Row = Dict[str, Any]
Key = Tuple[int, int]


def number(word: str) -> Optional[float]:
    """A number of a table; "-" and "NA" are unknown."""
    try:
        return float(word)
    except ValueError:
        return None


def cells(line: str) -> List[str]:
    """The cells of a table's row, none for rules and other lines."""
    line = line.strip()
    return [each.strip() for each in line[1:-1].split("|")] if line[:1] == line[-1:] == "|" else []


def _first_row(row: List[str]) -> Optional[Row]:
    """NPU and name, health, power and temperature."""
    found = re.match(r"(\d+)\s+(\S.*)$", row[0])
    if found is None or not re.match(r"[A-Za-z]+$", row[1]):
        return None
    values = row[2].split()
    health = row[1].upper()
    return {
        "npu": int(found.group(1)),
        "name": found.group(2),
        "state": _STATES.get(health, "unknown"),
        "detail": None if health == "OK" else "npu-smi says: health %s" % row[1],
        "power_w": number(values[0]) if values else None,
        "temperature_c": number(values[1]) if len(values) > 1 else None,
    }


def _second_row(row: List[str]) -> Row:
    """Chip and perhaps its physical number, place, use and memory."""
    numbers = [int(each) for each in row[0].split() if each.isdigit()]
    pairs = [(int(used), int(total)) for used, total in _PAIR.findall(row[2])]
    # A chip has one kind of memory that counts: HBM, or DDR where there is no HBM. The other is 0 / 0.
    used, total = max(pairs or [(0, 0)], key=lambda pair: pair[1])
    word = (row[2].split() or ["-"])[0]
    place = _PLACE.search(row[1])
    return {
        "chip": numbers[0] if numbers else 0,
        "index": numbers[1] if len(numbers) > 1 else None,
        "place": place.group().lower() if place else None,
        "utilization_percent": number(word),
        "memory_used_bytes": used * _MIB if total else None,
        "memory_total_bytes": total * _MIB if total else None,
    }


def chips(text: str) -> List[Row]:
    """Every chip of the table."""
    found: List[Row] = []
    first: Optional[Row] = None
    for line in text.splitlines():
        row = cells(line)
        if len(row) != 3:
            # A rule may stand between the rows of two chips, never between the two rows of one.
            first = None
            continue
        if first is not None:
            found.append(dict(first, **_second_row(row)))
            first = None
        else:
            first = _first_row(row)
    return found


def processes(text: str, names: Dict[int, str]) -> Optional[Dict[Key, List[Row]]]:
    """Processes by NPU and chip; None where this npu-smi prints no such table."""
    if "Process id" not in text:
        return None
    found: Dict[Key, List[Row]] = {}
    for line in text.splitlines():
        row = cells(line)
        place = [int(each) for each in row[0].split() if each.isdigit()] if row else []
        if len(row) != 4 or not place or not row[1].isdigit():
            continue
        memory = number(row[3])
        pid = int(row[1])
        found.setdefault((place[0], place[1] if len(place) > 1 else 0), []).append(
            {
                "pid": pid,
                "user": host.owner_of(pid, names),
                "command": host.command_of(pid) or row[2] or None,
                "memory_bytes": None if memory is None else int(memory * _MIB),
            }
        )
    return found


def fields(text: str) -> List[Dict[str, str]]:
    """The "name : value" lines of `npu-smi info -t`, a new part after each chip's."""
    parts: List[Dict[str, str]] = [{}]
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            parts[-1][name.strip()] = value.strip()
            if name.strip() == "Chip ID":
                parts.append({})
    return [part for part in parts if part]


def uncorrected(text: str) -> Dict[int, Optional[int]]:
    """Double-bit errors since the driver was loaded, by chip."""
    found: Dict[int, Optional[int]] = {}
    for part in fields(text):
        counts = [
            number(value)
            for name, value in part.items()
            if name.replace("-", " ").lower().endswith("double bit error count")
        ]
        known = [int(each) for each in counts if each is not None]
        chip = number(part.get("Chip ID", "0"))
        found[int(chip or 0)] = sum(known) if known else None
    return found


class Ascend:
    """What npu-smi says, and what changes slowly beside it."""

    def __init__(self, tool: tools.Tool) -> None:
        self._tool = tool
        self._names: Dict[int, str] = {}
        self._serials: Dict[int, tools.Slow] = {}
        self._errors: Dict[int, tools.Slow] = {}

    def read(self) -> Tuple[List[Row], Optional[str]]:
        """One row per chip."""
        text = self._tool.run("info")
        found = chips(text)
        if not found:
            said = [
                line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] not in "+|"
            ]
            raise tools.Failed("npu-smi lists no chip: %s" % (said[-1][:300] if said else "no word"))
        running = processes(text, self._names)
        return [self._row(order, chip, running) for order, chip in enumerate(found)], None

    def _row(self, order: int, chip: Row, running: Optional[Dict[Key, List[Row]]]) -> Row:
        key = (chip["npu"], chip["chip"])
        serial = self._serial(chip["npu"])
        # The two chips of a 300I Duo share one place.
        place = chip.pop("place") or "%d" % key[0]
        index = chip["index"]
        return dict(
            chip,
            index=order if index is None else index,
            uuid="NPU-%s-%d" % (serial, key[1]) if serial else "NPU-%s-%d" % (place, key[1]),
            name="Ascend %s" % re.sub(r"(?i)^ascend\s*", "", chip["name"]),
            vendor="Huawei",
            # The runtime counts chips as npu-smi does; it knows no other name.
            visible={"ASCEND_RT_VISIBLE_DEVICES": "%d" % (order if index is None else index)},
            ecc_uncorrected=self._uncorrected(key),
            processes=None if running is None else running.get(key, []),
        )

    def _serial(self, npu: int) -> Optional[str]:
        slow = self._serials.setdefault(npu, tools.Slow(_SERIAL_S))
        parts = slow.get(lambda: fields(self._tool.run("info", "-t", "board", "-i", "%d" % npu)), [])
        serial = next((part["Serial Number"] for part in parts if part.get("Serial Number")), "")
        return serial if re.match(r"[0-9A-Za-z]{4,40}$", serial) and serial.upper() != "NONE" else None

    def _uncorrected(self, key: Key) -> Optional[int]:
        slow = self._errors.setdefault(key[0], tools.Slow(_ERRORS_S))
        found = slow.get(lambda: uncorrected(self._tool.run("info", "-t", "ecc", "-i", "%d" % key[0])), {})
        return found.get(key[1])


def open_probe(_config: Dict[str, Any]) -> Optional[tools.ToolProbe]:
    """None where the machine has no npu-smi."""
    tool = tools.Tool("npu-smi", _FOLDERS, libraries=_LIBRARIES)
    return tools.ToolProbe(Ascend(tool).read, tool) if tool.path else None
