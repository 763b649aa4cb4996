"""What is read of a GPU at every tick: calls of microseconds, and means out of the driver's own buffers."""

from typing import Any, Dict, List, Optional, Tuple

from .asking import Asker, Cached, percent, real

# The names are NVML's own, in small letters; the console has words for them.
THROTTLE = (
    (0x2, "app_clocks"),
    (0x4, "sw_power_cap"),
    (0x8, "hw_slowdown"),
    (0x10, "sync_boost"),
    (0x20, "sw_thermal"),
    (0x40, "hw_thermal"),
    (0x80, "hw_power_brake"),
    (0x100, "display_clocks"),
)
_AVERAGE, _INSTANT, _MEMORY_TEMPERATURE, _ENERGY = 185, 186, 82, 83
# Nanoseconds for which each reason held, since the driver was loaded.
_COUNTERS = {
    74: "sw_power_cap",
    76: "sync_boost",
    269: "sw_thermal",
    270: "hw_thermal",
    271: "hw_power_brake",
}
_FIELDS = [_AVERAGE, _INSTANT, _MEMORY_TEMPERATURE, _ENERGY, 74, 76, 269, 270, 271]
_AMPERE = 7
# The one Ampere chip whose power reading is instantaneous.
_GA100_NAMES = ("A100", "A800", "A30", "PG506", "DRIVE-PG199")
_GPU_SAMPLES, _MEMORY_SAMPLES = 1, 2
_RARE_S = 5.0


class Fast:
    """One GPU's quick values; keeps what the means need from one tick to the next."""

    def __init__(self, ask: Asker, name: str) -> None:
        self._ask = ask
        self._name = name
        self._architecture = ask("nvmlDeviceGetArchitecture")
        self._fan = Cached(_RARE_S)
        self._limit = Cached(_RARE_S)
        self._mig = Cached(_RARE_S)
        self._stamps = {_GPU_SAMPLES: 0, _MEMORY_SAMPLES: 0}
        self._before: Optional[Tuple[float, Optional[int], Dict[str, int]]] = None
        # From driver 520 on memory is told without the driver's own part, and that beside it.
        self._memory_version = getattr(ask.nvml, "nvmlMemory_v2", None)

    def read(self, now: float) -> Dict[str, Any]:
        """The values; a key that is missing is unknown.

        Raises:
            Gone, NVMLError: see `Asker.whole`.
        """
        ask = self._ask
        mig = self._mig.value
        if self._mig.due(now):
            found = ask("nvmlDeviceGetMigMode")
            mig = self._mig.put(now, None if found is None else found[0] == 1)
        fields = ask.fields(_FIELDS)
        row: Dict[str, Any] = {"state": "ok", "mig": mig}
        self._memory(row)
        if not mig:
            self._utilization(row)
        self._heat(row, fields, now)
        self._clocks(row)
        energy = real(fields.get(_ENERGY))
        if energy is None:
            energy = real(ask("nvmlDeviceGetTotalEnergyConsumption"))
        row["energy_j"] = None if energy is None else energy / 1000.0
        row["throttle"] = self._throttle()
        row["means"] = self._means(now, mig, energy, fields)
        return row

    def _utilization(self, row: Dict[str, Any]) -> None:
        found = self._ask("nvmlDeviceGetUtilizationRates")
        if found is not None:
            row["utilization_percent"] = percent(found.gpu)
            row["memory_utilization_percent"] = percent(found.memory)
        for key, function in (("encoder_percent", "Encoder"), ("decoder_percent", "Decoder")):
            found = self._ask("nvmlDeviceGet%sUtilization" % function)
            row[key] = None if found is None else percent(found[0])

    def _memory(self, row: Dict[str, Any]) -> None:
        """Version 2 does not count the driver's own part as used."""
        found = None
        if self._memory_version is not None:
            found = self._ask("nvmlDeviceGetMemoryInfo", self._memory_version)
        row["memory_reserved_bytes"] = None if found is None else real(found.reserved)
        if found is None:
            found = self._ask("nvmlDeviceGetMemoryInfo")
        # A total of 0 is unified memory: the numbers are the host's.
        if found is None or not real(found.total):
            row["memory_reserved_bytes"] = None
            return
        row["memory_total_bytes"], row["memory_used_bytes"] = int(found.total), real(found.used)

    def _heat(self, row: Dict[str, Any], fields: Dict[Any, Any], now: float) -> None:
        ask = self._ask
        row["temperature_c"] = real(ask("nvmlDeviceGetTemperature", 0))
        # 0 is how cards without a sensor in their memory answer.
        row["memory_temperature_c"] = fields.get(_MEMORY_TEMPERATURE) or None
        row["temperature_margin_c"] = real(ask("nvmlDeviceGetMarginTemperature"))
        row["power_w"], row["power_kind"] = self._power(fields)
        row["fan_percent"], row["power_limit_w"] = self._fan.value, self._limit.value
        if self._fan.due(now):
            row["fan_percent"] = self._fan.put(now, real(ask("nvmlDeviceGetFanSpeed")))
            limit = real(ask("nvmlDeviceGetEnforcedPowerLimit"))
            if limit is None:
                limit = real(ask("nvmlDeviceGetPowerManagementLimit"))
            row["power_limit_w"] = self._limit.put(now, None if limit is None else limit / 1000.0)

    def _power(self, fields: Dict[Any, Any]) -> Tuple[Optional[float], Optional[str]]:
        for number, kind in ((_AVERAGE, "average"), (_INSTANT, "instant")):
            if fields.get(number):
                return fields[number] / 1000.0, kind
        usage = real(self._ask("nvmlDeviceGetPowerUsage"))
        if usage is None:
            return None, None
        if self._architecture is None or self._architecture > 0xFFFF:
            return usage / 1000.0, None
        averaging = self._architecture >= _AMPERE and not any(each in self._name for each in _GA100_NAMES)
        return usage / 1000.0, "average" if averaging else "instant"

    def _clocks(self, row: Dict[str, Any]) -> None:
        for number, key in enumerate(("graphics", "sm", "memory", "video")):
            row["clock_%s_mhz" % key] = real(self._ask("nvmlDeviceGetClockInfo", number))
        state = self._ask("nvmlDeviceGetPerformanceState")
        row["pstate"] = state if state is not None and 0 <= state <= 15 else None

    def _throttle(self) -> List[str]:
        bits = self._ask("nvmlDeviceGetCurrentClocksEventReasons")
        if bits is None:
            bits = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons")
        return [] if not bits else [name for bit, name in THROTTLE if bits & bit]

    def _means(
        self, now: float, mig: Optional[bool], energy: Optional[int], fields: Dict[Any, Any]
    ) -> Optional[Dict[str, Any]]:
        """What held since the tick before; None at the first."""
        held = {name: fields[number] for number, name in _COUNTERS.items() if number in fields}
        busy = None if mig else self._samples(_GPU_SAMPLES)
        memory = None if mig else self._samples(_MEMORY_SAMPLES)
        before, self._before = self._before, (now, energy, held)
        if before is None or now - before[0] < 0.01:
            return None
        over_s = now - before[0]
        means: Dict[str, Any] = {"over_s": round(over_s, 3)}
        if busy:
            means["utilization_percent"] = round(sum(busy) / float(len(busy)), 1)
            means["utilization_max_percent"] = max(busy)
        if memory:
            means["memory_utilization_percent"] = round(sum(memory) / float(len(memory)), 1)
        # A counter that went back belongs to a driver that was loaded anew. One that stood still was not
        # updated yet (it is every 100 ms).
        if energy is not None and before[1] is not None and energy > before[1]:
            means["power_w"] = round((energy - before[1]) / 1000.0 / over_s, 1)
        shares = {}
        for name, value in held.items():
            spent = value - before[2].get(name, value)
            if spent > 0:
                shares[name] = round(min(100.0, spent / 1e7 / over_s), 1)
        means["throttle"] = shares
        return means

    def _samples(self, kind: int) -> Optional[List[int]]:
        """What the driver has measured since we last looked; it keeps more than a tick of it."""
        found = self._ask("nvmlDeviceGetSamples", kind, self._stamps[kind])
        if not found:
            return None
        values = []
        newest = first_look = self._stamps[kind]
        for each in found[1]:
            if each.timeStamp > first_look:
                newest = max(newest, each.timeStamp)
                if each.sampleValue.uiVal <= 100:
                    values.append(int(each.sampleValue.uiVal))
        self._stamps[kind] = newest
        # The first look sees the whole buffer, which is older than any tick.
        return values if first_look else None
