"""AMD accelerators by amd-smi's JSON, or by the files of amdgpu. Runs on a server inside the agent.

ROCm 6 prints a list, ROCm 7 the list below "gpu_data"; what a card cannot tell is "N/A" there and None here.
"""

import re
import time
from typing import Any, Dict, List, Optional, Tuple

from tandem_agent import host, sysfiles, tools

PROBE_API = 1

_FOLDERS = ("/opt/rocm/bin", "/usr/local/bin", "/usr/bin")
_DRM = "/sys/class/drm"
_AMD = "0x1002"
_PROCESSES_S = 10.0
_INVENTORY_S = 600.0
_RETRY_S = 60.0
_NAMELESS_MOST = 3
# amd-smi means binary units by these words.
_UNITS = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}
_VIOLATIONS = (
    ("ppt", "sw_power_cap"),
    ("socket_thermal", "hw_thermal"),
    ("vr_thermal", "hw_thermal"),
    ("hbm_thermal", "hw_thermal"),
    ("prochot", "hw_slowdown"),
)

Row = Dict[str, Any]


def inside(value: Any, *keys: str) -> Any:
    """What lies that deep in nested objects, None where the way ends before ("N/A" is a text)."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def number(value: Any) -> Optional[float]:
    """A number, bare or as {"value", "unit"}; None for "N/A" and whatever else it may be."""
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, str):
        found = re.match(r"-?\d+(\.\d+)?", value.strip())
        return float(found.group()) if found else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value


def size(value: Any) -> Optional[int]:
    """Bytes of {"value", "unit"}."""
    found = number(value)
    if found is None:
        return None
    unit = value.get("unit") if isinstance(value, dict) else "B"
    factor = _UNITS.get(str(unit).upper())
    return None if factor is None else int(found * factor)


def text(value: Any) -> Optional[str]:
    """A text that says something."""
    return value if isinstance(value, str) and value not in ("", "N/A") else None


def first(*values: Any) -> Any:
    """The first that is known."""
    return next((value for value in values if value is not None), None)


def entries(answer: Any) -> Dict[int, Row]:
    """The GPUs of an answer by their index there."""
    found = answer.get("gpu_data") if isinstance(answer, dict) else answer
    return {
        each["gpu"]: each
        for each in (found if isinstance(found, list) else [])
        if isinstance(each, dict) and isinstance(each.get("gpu"), int)
    }


def identity(index: int, serial: Optional[str], bdf: Optional[str]) -> str:
    """How ROCm itself names a card by its serial ("GPU-76a08c022586fed6"); its place where it has none."""
    try:
        whole = int(serial or "", 16)
    except ValueError:
        whole = 0
    return "GPU-%016x" % whole if whole else "GPU-%s" % (bdf or index)


def identity_of(about: Row, index: int) -> str:
    """The same out of one GPU's part of `amd-smi static`."""
    return identity(index, text(inside(about, "asic", "asic_serial")), text(inside(about, "bus", "bdf")))


def visible(index: int, uuid: str) -> Dict[str, str]:
    """What makes a process see this card alone: ROCr takes the name that a serial gives, or a number.

    HIP counts within what ROCr shows, so its own variables must not be set beside it.
    """
    named = re.match(r"GPU-[0-9a-f]{16}$", uuid)
    return {"ROCR_VISIBLE_DEVICES": uuid if named else "%d" % index}


def throttle(metric: Row) -> List[str]:
    """Why it is slower than it could be, as far as it says."""
    status = inside(metric, "throttle")
    found = [
        word
        for key, word in _VIOLATIONS
        if str(inside(status, key + "_violation_status")).upper() in ("ACTIVE", "TRUE")
    ]
    if not found and str(inside(metric, "power", "throttle_status")).upper() == "THROTTLED":
        return ["throttled"]
    return sorted(set(found), key=found.index)


def measured(metric: Row, static: Row) -> Row:
    """Everything that one GPU's part of `amd-smi metric` says of it."""
    power = inside(metric, "power")
    ecc = number(inside(metric, "ecc", "total_uncorrectable_count"))
    energy = number(inside(metric, "energy", "total_energy_consumption"))
    row: Row = {
        "utilization_percent": number(inside(metric, "usage", "gfx_activity")),
        "memory_used_bytes": size(inside(metric, "mem_usage", "used_vram")),
        "memory_total_bytes": first(
            size(inside(metric, "mem_usage", "total_vram")), size(inside(static, "vram", "size"))
        ),
        "temperature_c": first(
            number(inside(metric, "temperature", "hotspot")), number(inside(metric, "temperature", "edge"))
        ),
        "power_w": first(
            number(inside(power, "socket_power")),
            number(inside(power, "current_socket_power")),
            number(inside(power, "average_socket_power")),
        ),
        "power_limit_w": first(
            number(inside(static, "limit", "ppt0", "socket_power_limit")),
            number(inside(static, "limit", "socket_power")),
            number(inside(static, "limit", "max_power")),
        ),
        # A counter that stands at nothing is one that this card has not got.
        "energy_j": energy or None,
        "fan_percent": number(inside(metric, "fan", "usage")),
        "clock_sm_mhz": first(*(number(inside(metric, "clock", "gfx_%d" % at, "clk")) for at in range(8))),
        "throttle": throttle(metric),
        "ecc_uncorrected": None if ecc is None else int(ecc),
        "memory_utilization_percent": number(inside(metric, "usage", "umc_activity")),
        "memory_temperature_c": number(inside(metric, "temperature", "mem")),
        "clock_memory_mhz": number(inside(metric, "clock", "mem_0", "clk")),
        "health": {
            "ecc_uncorrected_volatile": ecc,
            "ecc_corrected_volatile": number(inside(metric, "ecc", "total_correctable_count")),
            "pcie_width": number(inside(metric, "pcie", "width")),
            "pcie_width_max": number(inside(static, "bus", "max_pcie_width")),
            "pcie_replays": number(inside(metric, "pcie", "replay_count")),
        },
    }
    told = ("utilization_percent", "memory_used_bytes", "temperature_c", "power_w")
    if all(row[key] is None for key in told):
        return {
            "state": "unknown",
            "detail": "amd-smi knows nothing of it; tool and driver may be of versions that do not fit",
        }
    return dict(row, state="ok", detail=None)


def processes(answer: Any, names: Dict[int, str]) -> Dict[int, List[Row]]:
    """Rows of `amd-smi process` by GPU."""
    found: Dict[int, List[Row]] = {}
    for index, each in entries(answer).items():
        rows = found.setdefault(index, [])
        listed = each.get("process_list")
        for one in listed if isinstance(listed, list) else []:
            info = inside(one, "process_info")
            pid = number(inside(info, "pid"))
            if pid is None:
                continue
            rows.append(
                {
                    "pid": int(pid),
                    "user": host.owner_of(int(pid), names),
                    "command": host.command_of(int(pid)) or text(inside(info, "name")),
                    "memory_bytes": first(
                        size(inside(info, "memory_usage", "vram_mem")), size(inside(info, "mem_usage"))
                    ),
                }
            )
    return found


class Cards:
    """The cards as amdgpu shows them under /sys. pcie_bw is never read: it blocks for a second."""

    def rows(self) -> List[Row]:
        """One row per card of AMD, in the order of their places."""
        found = []
        for name in sysfiles.names(_DRM):
            device = "%s/%s/device" % (_DRM, name)
            if re.match(r"card\d+$", name) and sysfiles.line(device + "/vendor") == _AMD:
                place = re.search(r"^PCI_SLOT_NAME=(\S+)", sysfiles.read(device + "/uevent") or "", re.M)
                found.append((place.group(1) if place else name, device))
        return [self._row(index, bdf, device) for index, (bdf, device) in enumerate(sorted(found))]

    def _row(self, index: int, bdf: str, device: str) -> Row:
        used = sysfiles.number(device + "/mem_info_vram_used")
        total = sysfiles.number(device + "/mem_info_vram_total")
        busy = sysfiles.number(device + "/gpu_busy_percent")
        row: Row = {
            "index": index,
            "uuid": identity(index, sysfiles.line(device + "/unique_id"), bdf),
            "name": sysfiles.line(device + "/product_name")
            or "AMD GPU %s" % (sysfiles.line(device + "/device") or ""),
            "vendor": "AMD",
            "state": "ok",
            "detail": None,
            "utilization_percent": busy,
            "memory_used_bytes": used,
            "memory_total_bytes": total,
            "ecc_uncorrected": self._errors(device),
            "processes": None,
        }
        row["visible"] = visible(index, row["uuid"])
        row.update(self._sensors(device))
        if used is None and busy is None and row["temperature_c"] is None:
            row.update(state="error", detail="amdgpu gives no value of it")
        return row

    @staticmethod
    def _errors(device: str) -> Optional[int]:
        found = re.search(r"ue:\s*(\d+)", sysfiles.read(device + "/ras/umc_err_count") or "")
        return int(found.group(1)) if found else None

    @staticmethod
    def _sensors(device: str) -> Row:
        row: Row = dict.fromkeys(("temperature_c", "power_w", "power_limit_w", "fan_percent", "clock_sm_mhz"))
        row["power_kind"] = None
        for name in sysfiles.names(device + "/hwmon"):
            base = "%s/hwmon/%s/" % (device, name)
            # Where the hottest spot is measured, it is the second.
            heat = first(sysfiles.number(base + "temp2_input"), sysfiles.number(base + "temp1_input"))
            average = sysfiles.number(base + "power1_average")
            power = first(average, sysfiles.number(base + "power1_input"))
            cap = sysfiles.number(base + "power1_cap")
            fan, most = sysfiles.number(base + "pwm1"), sysfiles.number(base + "pwm1_max")
            clock = sysfiles.number(base + "freq1_input")
            row.update(
                temperature_c=None if heat is None else heat / 1000.0,
                power_w=None if power is None else power / 1e6,
                power_kind=None if power is None else ("instant" if average is None else "average"),
                power_limit_w=None if cap is None else cap / 1e6,
                fan_percent=None if fan is None or not most else round(100.0 * fan / most, 1),
                clock_sm_mhz=None if clock is None else clock / 1e6,
            )
        return row


class Amd:
    """amd-smi first, the kernel's files where it fails or is missing."""

    def __init__(self, tool: tools.Tool, cards: Cards) -> None:
        self._tool = tool
        self._cards = cards
        self._static = tools.Slow(_INVENTORY_S)
        self._processes = tools.Slow(_PROCESSES_S)
        self._names: Dict[int, str] = {}
        self._failed: Optional[str] = None
        self._failed_at = 0.0
        self._nameless = 0

    def _ask(self, *arguments: str) -> Any:
        return tools.json_of(self._tool.name, self._tool.run(*arguments, "--json"))

    def read(self) -> Tuple[List[Row], Optional[str]]:
        """(rows, what is wrong though there are rows)."""
        if self._tool.path is None:
            return self._cards.rows(), None
        # While the kernel tells enough, a tool that failed is left alone for a while.
        if self._failed is None or time.monotonic() - self._failed_at > _RETRY_S:
            try:
                rows, self._failed = self._rows(), None
                return rows, None
            except tools.Failed as failed:
                rows = self._cards.rows()
                if not rows:
                    raise
                self._failed, self._failed_at = str(failed), time.monotonic()
        else:
            rows = self._cards.rows()
        return rows, "%s; read from the kernel's files instead" % self._failed

    def _rows(self) -> List[Row]:
        metrics = entries(self._ask("metric"))
        static = self._static.get(lambda: entries(self._ask("static")), {})
        if set(static) != set(metrics):
            self._static.forget()
        # Without it nobody knows which card is which; one that never tells is taken at its word at last.
        if metrics and not static and self._nameless < _NAMELESS_MOST:
            self._nameless += 1
            raise tools.Failed("amd-smi static gives no answer")
        running = self._processes.get(lambda: processes(self._ask("process"), self._names), None)
        seen: Dict[str, int] = {}
        rows = []
        for index, metric in sorted(metrics.items()):
            about = static.get(index, {})
            uuid = identity_of(about, index)
            # Partitions of one card share its serial.
            seen[uuid] = seen.get(uuid, 0) + 1
            row = {
                "index": index,
                "uuid": uuid if seen[uuid] == 1 else "%s-%d" % (uuid, seen[uuid] - 1),
                "name": first(
                    text(inside(about, "asic", "market_name")), text(inside(about, "board", "product_name"))
                )
                or "AMD GPU",
                "vendor": "AMD",
                "processes": None if running is None else running.get(index),
            }
            # Partitions share a name, which would show all of them.
            alone = sum(identity_of(static.get(each, {}), each) == uuid for each in metrics) == 1
            row["visible"] = visible(index, uuid if alone else "")
            row.update(measured(metric, about))
            rows.append(row)
        return rows


def open_probe(_config: Dict[str, Any]) -> Optional[tools.ToolProbe]:
    """None where the machine has neither amd-smi nor an AMD card."""
    tool, cards = tools.Tool("amd-smi", _FOLDERS), Cards()
    if tool.path is None and not cards.rows():
        return None
    return tools.ToolProbe(Amd(tool, cards).read, tool, every_s=2.0 if tool.path else 1.0)
