"""Temperatures of the machine: hwmon's sensors, the thermal zones where there are none."""

from typing import Any, Dict, List, Optional

from . import sysfiles

_HWMON = "/sys/class/hwmon"
_ZONES = "/sys/class/thermal"
_MOST = 64
_PLAUSIBLE = (-55.0, 250.0)
# The accelerators' own, which their probes read.
_OTHERS = ("amdgpu", "i915", "xe", "nouveau")


def _celsius(path: str) -> Optional[float]:
    value = sysfiles.number(path)
    if value is None or not _PLAUSIBLE[0] < value / 1000.0 < _PLAUSIBLE[1]:
        return None
    return value / 1000.0


def temperatures() -> Optional[List[Dict[str, Any]]]:
    """Each sensor with its name and where it becomes critical; None where the machine tells of none."""
    found: List[Dict[str, Any]] = []
    for chip in sysfiles.names(_HWMON):
        base = "%s/%s/" % (_HWMON, chip)
        name = sysfiles.line(base + "name") or chip
        if name in _OTHERS:
            continue
        for entry in sysfiles.names(base):
            if not entry.startswith("temp") or not entry.endswith("_input"):
                continue
            stem = base + entry[: -len("_input")]
            value = _celsius(base + entry)
            if value is None:
                continue
            label = sysfiles.line(stem + "_label") or entry[: -len("_input")]
            found.append(
                {
                    "name": ("%s %s" % (name, label))[:80],
                    "temperature_c": value,
                    "critical_c": _celsius(stem + "_crit"),
                }
            )
    if not found:
        for zone in sysfiles.names(_ZONES):
            value = _celsius("%s/%s/temp" % (_ZONES, zone)) if zone.startswith("thermal_zone") else None
            if value is not None:
                name = sysfiles.line("%s/%s/type" % (_ZONES, zone)) or zone
                found.append({"name": name[:80], "temperature_c": value, "critical_c": None})
    return found[:_MOST] or None
