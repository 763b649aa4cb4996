"""Intel accelerators by xpu-smi. Runs on a server inside the agent; stdlib only.

`discovery -j` says which there are; one `dump` gives the numbers of all, else `stats -j` of each.
"""

import csv
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from tandem_agent import host, tools

PROBE_API = 1

_FOLDERS = ("/usr/bin", "/usr/local/bin", "/opt/intel/xpu-smi/bin")
_MIB = 1 << 20
_DISCOVERY_S = 30.0
_PROCESSES_S = 10.0
_ERRORS_S = 60.0
# Utilization, power, frequency, temperatures of core and memory, memory utilization, energy, memory used.
_METRICS = "0,1,2,3,4,5,8,18"
# Units and brackets of the header differ from version to version; the beginnings do not.
_COLUMNS = (
    ("GPU Utilization (", "utilization_percent"),
    ("Average % utilization", "utilization_percent"),
    ("GPU Power (", "power_w"),
    ("GPU Frequency (", "clock_sm_mhz"),
    ("GPU Core Temperature (", "temperature_c"),
    ("GPU Memory Temperature (", "memory_temperature_c"),
    ("GPU Memory Utilization (", "memory_percent"),
    ("GPU Memory Used (", "memory_used_mib"),
    ("GPU Energy Consumed (J", "energy_j"),
)
_STATS = {
    "XPUM_STATS_GPU_UTILIZATION": "utilization_percent",
    "XPUM_STATS_POWER": "power_w",
    "XPUM_STATS_GPU_FREQUENCY": "clock_sm_mhz",
    "XPUM_STATS_GPU_CORE_TEMPERATURE": "temperature_c",
    "XPUM_STATS_MEMORY_TEMPERATURE": "memory_temperature_c",
    "XPUM_STATS_MEMORY_UTILIZATION": "memory_percent",
    "XPUM_STATS_MEMORY_USED": "memory_used_mib",
}
_AS_THEY_ARE = (
    "utilization_percent",
    "power_w",
    "clock_sm_mhz",
    "energy_j",
    "temperature_c",
    "memory_temperature_c",
)
_SUMMED = ("power_w", "memory_used_mib")
_NONE_THERE = "no device discovered"

Row = Dict[str, Any]


def number(value: Any) -> Optional[float]:
    """A number; blanks and "N/A" are unknown."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def mean(values: Iterable[Any]) -> Optional[float]:
    """Of what is known."""
    known = [value for value in map(number, values) if value is not None]
    return sum(known) / len(known) if known else None


def total(values: Iterable[Any]) -> Optional[float]:
    """Of what is known."""
    known = [value for value in map(number, values) if value is not None]
    return sum(known) if known else None


def dumped(text: str) -> Dict[int, Row]:
    """The last line of each device in what `dump` printed."""
    header: List[Optional[str]] = []
    found: Dict[int, Row] = {}
    for line in csv.reader(text.splitlines(), skipinitialspace=True):
        words = [word.strip() for word in line]
        if "DeviceId" in words:
            header = [_column(word) for word in words]
        elif header and len(words) == len(header):
            row = {key: number(words[at]) for at, key in enumerate(header) if key is not None}
            if row.get("device") is not None:
                found[int(row["device"])] = row
    return found


def _column(title: str) -> Optional[str]:
    if title == "DeviceId":
        return "device"
    return next((key for start, key in _COLUMNS if title.startswith(start)), None)


def stats(answer: Any) -> Row:
    """The numbers of `stats -j`: metrics by their types in xpu-smi 1, nested names in xpu-smi 2."""
    if not isinstance(answer, dict):
        return {}
    if "device_level" not in answer and "tile_level" not in answer:
        return _nested(answer)
    row = _typed(answer.get("device_level"))
    tiles = [
        _typed(each.get("data_list")) for each in answer.get("tile_level") or [] if isinstance(each, dict)
    ]
    for key in set().union(*tiles) if tiles else ():
        if row.get(key) is None:
            # A device of several tiles has their memory and power together, and their mean use.
            together: Callable[[Iterable[Any]], Optional[float]] = total if key in _SUMMED else mean
            row[key] = together(tile.get(key) for tile in tiles)
    return row


def _typed(listed: Any) -> Row:
    row: Row = {}
    errors: List[float] = []
    for each in listed if isinstance(listed, list) else []:
        if not isinstance(each, dict):
            continue
        kind, value = str(each.get("metrics_type")), number(each.get("value"))
        if value is None:
            continue
        if kind in _STATS:
            row[_STATS[kind]] = value
        elif kind.startswith("XPUM_STATS_RAS_ERROR") and kind.endswith("_UNCORRECTABLE"):
            errors.append(value)
    used = row.get("memory_used_mib")
    if used is not None and used > 1 << 24:  # the service's REST form gives bytes
        row["memory_used_mib"] = used / _MIB
    if errors:
        row["ecc_uncorrected"] = int(sum(errors))
    return row


def _nested(answer: Row) -> Row:
    def tiles(*keys: str) -> List[Any]:
        found: Any = answer
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        each = found.values() if isinstance(found, dict) else []
        return [tile.get("current") for tile in each if isinstance(tile, dict)]

    return {
        "power_w": total(tiles("power", "gpu_power_w")),
        "memory_used_mib": total(tiles("memory", "used_mib")),
        "memory_percent": mean(tiles("memory", "util_percent")),
    }


class Intel:
    """What xpu-smi says of each device."""

    def __init__(self, tool: tools.Tool) -> None:
        self._tool = tool
        self._devices = tools.Slow(_DISCOVERY_S)
        self._processes = tools.Slow(_PROCESSES_S)
        self._errors: Dict[int, tools.Slow] = {}
        self._sizes: Dict[str, Optional[int]] = {}
        self._names: Dict[int, str] = {}
        self._dumps = True

    def _ask(self, *arguments: str) -> Any:
        answer = tools.json_of(self._tool.name, self._tool.run(*arguments, "-j"))
        if isinstance(answer, dict) and isinstance(answer.get("error"), str):
            raise tools.Failed("xpu-smi says: %s" % answer["error"][:300])
        return answer

    def _listed(self) -> List[Row]:
        try:
            answer = self._ask("discovery")
        except tools.Failed as failed:
            if _NONE_THERE in str(failed).lower():
                return []
            raise
        listed = answer.get("device_list") if isinstance(answer, dict) else None
        return [
            each
            for each in (listed if isinstance(listed, list) else [])
            if isinstance(each, dict)
            and isinstance(each.get("device_id"), int)
            and "irtual" not in str(each.get("device_function_type") or each.get("function_type"))
        ]

    def read(self) -> Tuple[List[Row], Optional[str]]:
        """One row per device that is discovered."""
        # A failed discovery is the whole tool's failure; an old list would hide a lost device.
        devices = self._devices.get(self._listed, None)
        if devices is None:
            self._devices.forget()
            devices = self._listed()
        if not devices:
            return [], None
        numbers = self._numbers([each["device_id"] for each in devices])
        running = self._processes.get(self._running, None)
        rows = [self._row(each, numbers.get(each["device_id"]), running) for each in devices]
        # Level Zero counts by place only where it is told to, and whole cards only in this mode.
        places = sorted(range(len(rows)), key=lambda at: str(devices[at].get("pci_bdf_address") or ""))
        for order, at in enumerate(places):
            rows[at]["visible"] = {
                "ZE_AFFINITY_MASK": "%d" % order,
                "ZE_ENABLE_PCI_ID_DEVICE_ORDER": "1",
                "ZE_FLAT_DEVICE_HIERARCHY": "COMPOSITE",
            }
        return rows, None

    def _numbers(self, ids: List[int]) -> Dict[int, Row]:
        if self._dumps:
            try:
                found = dumped(self._tool.run("dump", "-d", "-1", "-m", _METRICS, "-i", "1", "-n", "1"))
            except tools.Failed as failed:
                if "did not answer" in str(failed):
                    raise
                found = {}
            if found:
                return found
            # This version has no such dump.
            self._dumps = False
        answers = {}
        failures = []
        for ident in ids:
            try:
                answers[ident] = stats(self._ask("stats", "-d", "%d" % ident))
            except tools.Failed as failed:
                failures.append(failed)
        if failures and not answers:
            raise failures[0]
        return answers

    def _running(self) -> Dict[int, List[Row]]:
        answer = self._ask("ps")
        listed = answer.get("device_util_by_proc_list") if isinstance(answer, dict) else None
        found: Dict[int, List[Row]] = {}
        for each in listed if isinstance(listed, list) else []:
            pid, memory = number(each.get("process_id")), number(each.get("mem_size"))
            # xpu-smi finds itself on every device that it looks at.
            if pid is None or each.get("process_name") == "xpu-smi":
                continue
            found.setdefault(int(number(each.get("device_id")) or 0), []).append(
                {
                    "pid": int(pid),
                    "user": host.owner_of(int(pid), self._names),
                    "command": host.command_of(int(pid)) or each.get("process_name"),
                    "memory_bytes": None if memory is None else int(memory * 1000),
                }
            )
        return found

    def _row(self, device: Row, numbers: Optional[Row], running: Optional[Dict[int, List[Row]]]) -> Row:
        ident = int(device["device_id"])
        place = str(device.get("pci_bdf_address") or ident)
        uuid = str(device.get("uuid") or "")
        row: Row = {
            "index": ident,
            "uuid": "XPU-%s" % (uuid if uuid.strip("0-") else place),
            "name": str(device.get("device_name") or "Intel GPU"),
            "vendor": "Intel",
        }
        state = device.get("device_state")
        if isinstance(state, str) and state and state.lower() != "normal":
            return dict(row, state="error", detail="xpu-smi says: device state %s" % state)
        if not numbers or all(numbers.get(key) is None for key in list(_STATS.values())):
            return dict(row, state="unknown", detail="xpu-smi lists it and gives no number of it")
        size = self._size(row["uuid"], ident)
        used = numbers.get("memory_used_mib")
        errors = numbers.get("ecc_uncorrected")
        return dict(
            {key: numbers.get(key) for key in _AS_THEY_ARE},
            memory_used_bytes=None if used is None else int(used * _MIB),
            memory_total_bytes=size,
            ecc_uncorrected=self._uncorrected(ident) if errors is None else errors,
            processes=None if running is None else running.get(ident, []),
            state="ok",
            detail=None,
            **row,
        )

    def _size(self, uuid: str, ident: int) -> Optional[int]:
        if self._sizes.get(uuid) is None:
            try:
                answer = self._ask("discovery", "-d", "%d" % ident)
            except tools.Failed:
                answer = {}
            found = number(answer.get("memory_physical_size_byte")) if isinstance(answer, dict) else None
            self._sizes[uuid] = None if found is None else int(found)
        return self._sizes[uuid]

    def _uncorrected(self, ident: int) -> Optional[int]:
        slow = self._errors.setdefault(ident, tools.Slow(_ERRORS_S))
        found = slow.get(lambda: stats(self._ask("stats", "-d", "%d" % ident)), {})
        return found.get("ecc_uncorrected")


def open_probe(_config: Dict[str, Any]) -> Optional[tools.ToolProbe]:
    """None where the machine has no xpu-smi."""
    tool = tools.Tool("xpu-smi", _FOLDERS)
    return tools.ToolProbe(Intel(tool).read, tool) if tool.path else None
