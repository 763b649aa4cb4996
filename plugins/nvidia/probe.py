"""NVIDIA accelerators by NVML. Runs on a server inside the agent: stdlib and pynvml's one file only.

One GPU's trouble never hides the others; what a GPU cannot tell is None.
"""

import ctypes
import os
import pwd
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple

PROBE_API = 1
LIBRARY = "libnvidia-ml.so.1"

# What costs more than a few microseconds is read at a lower rate. Graphics processes take milliseconds.
_SLOW_S = 5.0
_PROCESSES_S = 5.0
_GRAPHICS_S = 15.0
# Values from here on are the libraries' ways to say "not available".
_BLANK = 0x7FFFFFFFFFFFFFF0
_AMPERE = 7
# The one Ampere chip whose power reading is instantaneous.
_GA100_NAMES = ("A100", "A800", "A30", "PG506", "DRIVE-PG199")
# NVML's numbers: not initialized, no driver, library and kernel module of different versions.
_WHOLE_DRIVER = (1, 9, 18)
_LOST = 15
_NEEDS_RESET = 16
_POWER_AVERAGE, _POWER_INSTANT = 185, 186
_MAX_COMMAND = 400

THROTTLE = (
    (0x2, "application clocks"),
    (0x4, "power cap"),
    (0x8, "hardware slowdown"),
    (0x10, "sync boost"),
    (0x20, "software thermal"),
    (0x40, "hardware thermal"),
    (0x80, "power brake"),
    (0x100, "display clocks"),
)


class _Gone(Exception):
    """This GPU does not answer any more."""


def text(value: Any) -> str:
    """NVML's strings: bytes from older bindings, text from newer ones."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def real(value: Any) -> Any:
    """A number, or None for the sentinels."""
    return None if value is None or value >= _BLANK else value


def _proc(pid: int, name: str) -> Optional[str]:
    try:
        with open("/proc/%d/%s" % (pid, name), "rb") as stream:
            return stream.read(4096).decode("utf-8", "replace")
    except OSError:
        return None


class Owners:
    """Who runs a process: its account and command line out of /proc."""

    def __init__(self) -> None:
        self._names: Dict[int, str] = {}

    def describe(self, pid: int, memory: Optional[int]) -> Dict[str, Any]:
        """One row of an accelerator's processes; a process of another container has no name here."""
        line = _proc(pid, "cmdline")
        command = None if line is None else " ".join(line.replace("\0", " ").split())
        if command == "":
            command = (_proc(pid, "comm") or "").strip() or None
        return {
            "pid": pid,
            "user": self._user(pid),
            "command": None if command is None else command[:_MAX_COMMAND],
            "memory_bytes": memory,
        }

    def _user(self, pid: int) -> Optional[str]:
        try:
            uid = os.stat("/proc/%d" % pid).st_uid
        except OSError:
            return None
        if uid not in self._names:
            try:
                self._names[uid] = pwd.getpwuid(uid).pw_name
            except KeyError:
                self._names[uid] = str(uid)
        return self._names[uid]


class Cached:
    """A value that is read again when it has become too old."""

    def __init__(self, ttl_s: float) -> None:
        self._ttl_s = ttl_s
        self._read_at: Optional[float] = None
        self._value: Any = None

    def get(self, now: float, read: Callable[[], Any]) -> Any:
        """The value, at most `ttl_s` old."""
        if self._read_at is None or now - self._read_at >= self._ttl_s:
            self._value, self._read_at = read(), now
        return self._value


class Gpu:
    """What is known of one GPU between samples."""

    def __init__(self, nvml: Any, handle: Any, uuid: str) -> None:
        self._nvml = nvml
        self.uuid = uuid
        self.index: Optional[int] = None
        self.handle = handle
        self.name = text(self._ask("nvmlDeviceGetName", handle) or "NVIDIA GPU")
        self._architecture = self._ask("nvmlDeviceGetArchitecture", handle)
        self._slow = {name: Cached(_SLOW_S) for name in ("fan", "ecc", "limit", "mig")}
        self._compute = Cached(_PROCESSES_S)
        self._graphics = Cached(_GRAPHICS_S)

    def _ask(self, function: str, *arguments: Any) -> Any:
        """One NVML call; None where this GPU or driver cannot tell."""
        call = getattr(self._nvml, function, None)
        if call is None:
            return None
        try:
            return call(*arguments)
        except self._nvml.NVMLError as error:
            if error.value == _LOST:
                raise _Gone(str(error)) from error
            if error.value in _WHOLE_DRIVER or error.value == _NEEDS_RESET:
                raise
            # Not supported, no permission, not in this driver: this number is unknown, the others are not.
            return None

    def measure(self, now: float, owners: Owners) -> Dict[str, Any]:
        """Everything a sample says of this GPU."""
        mig = self._slow["mig"].get(now, self._mig)
        total, used, reserved = self._memory()
        power, kind = self._power()
        energy = real(self._ask("nvmlDeviceGetTotalEnergyConsumption", self.handle))
        return {
            "state": "ok",
            "detail": None,
            "utilization_percent": None if mig else self._utilization(),
            "memory_used_bytes": used,
            "memory_total_bytes": total,
            "memory_reserved_bytes": reserved,
            "temperature_c": real(self._ask("nvmlDeviceGetTemperature", self.handle, 0)),
            "power_w": power,
            "power_kind": kind,
            "power_limit_w": self._slow["limit"].get(now, self._power_limit),
            "energy_j": None if energy is None else energy / 1000.0,
            "fan_percent": self._slow["fan"].get(
                now, lambda: real(self._ask("nvmlDeviceGetFanSpeed", self.handle))
            ),
            "clock_sm_mhz": real(self._ask("nvmlDeviceGetClockInfo", self.handle, 1)),
            "throttle": self._throttle(),
            "ecc_uncorrected": self._slow["ecc"].get(
                now, lambda: real(self._ask("nvmlDeviceGetTotalEccErrors", self.handle, 1, 0))
            ),
            "mig": mig,
            "processes": self._processes(now, owners),
        }

    def _mig(self) -> bool:
        found = self._ask("nvmlDeviceGetMigMode", self.handle)
        return bool(found and found[0] == 1)

    def _utilization(self) -> Optional[int]:
        found = self._ask("nvmlDeviceGetUtilizationRates", self.handle)
        return None if found is None or found.gpu > 100 else int(found.gpu)

    def _memory(self) -> Tuple[Optional[int], Optional[int], Optional[int]]:
        """(total, used, reserved): version 2 does not count the driver's own part as used."""
        version = getattr(self._nvml, "nvmlMemory_v2", None)
        found = None
        if version is not None:
            found = self._ask("nvmlDeviceGetMemoryInfo", self.handle, version)
        reserved = None if found is None else real(found.reserved)
        if found is None:
            found = self._ask("nvmlDeviceGetMemoryInfo", self.handle)
        # A total of 0 is unified memory: the numbers are the host's.
        if found is None or not real(found.total):
            return None, None, None
        return int(found.total), real(found.used), reserved

    def _power(self) -> Tuple[Optional[float], Optional[str]]:
        average = self._field(_POWER_AVERAGE)
        if average is not None:
            return average / 1000.0, "average"
        instant = self._field(_POWER_INSTANT)
        if instant is not None:
            return instant / 1000.0, "instant"
        usage = real(self._ask("nvmlDeviceGetPowerUsage", self.handle))
        if usage is None:
            return None, None
        if self._architecture is None or self._architecture > 0xFFFF:
            return usage / 1000.0, None
        averaging = self._architecture >= _AMPERE and not any(each in self.name for each in _GA100_NAMES)
        return usage / 1000.0, "average" if averaging else "instant"

    def _field(self, number: int) -> Optional[int]:
        found = self._ask("nvmlDeviceGetFieldValues", self.handle, [number])
        if found is None or found[0].nvmlReturn != 0:
            return None
        value = found[0].value
        number = {1: value.uiVal, 2: value.ulVal, 3: value.ullVal}.get(found[0].valueType, None)
        return None if number is None or number in (0, 0xFFFFFFFF) else real(number)

    def _power_limit(self) -> Optional[float]:
        limit = real(self._ask("nvmlDeviceGetEnforcedPowerLimit", self.handle))
        if limit is None:
            limit = real(self._ask("nvmlDeviceGetPowerManagementLimit", self.handle))
        return None if limit is None else limit / 1000.0

    def _throttle(self) -> List[str]:
        bits = self._ask("nvmlDeviceGetCurrentClocksEventReasons", self.handle)
        if bits is None:
            bits = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons", self.handle)
        return [] if bits is None else [name for bit, name in THROTTLE if bits & bit]

    def _running(self, kind: str) -> Optional[Dict[int, Optional[int]]]:
        """pid -> memory, None where the driver does not tell."""
        for version in ("_v3", "_v2", ""):
            found = self._ask("nvmlDeviceGet%sRunningProcesses%s" % (kind, version), self.handle)
            if found is not None:
                return {int(each.pid): real(each.usedGpuMemory) for each in found}
        return None

    def _processes(self, now: float, owners: Owners) -> Optional[List[Dict[str, Any]]]:
        compute = self._compute.get(now, lambda: self._running("Compute"))
        graphics = self._graphics.get(now, lambda: self._running("Graphics"))
        if compute is None and graphics is None:
            return None
        together = dict(graphics or {})
        together.update(compute or {})
        rows = [owners.describe(pid, memory) for pid, memory in sorted(together.items())]
        # A process that has ended since its list was read is no row any more.
        return [row for row in rows if row["user"] is not None or row["pid"] in (compute or {})]


class Nvidia:
    """All GPUs of this machine."""

    def __init__(self, nvml: Any) -> None:
        self._nvml = nvml
        self._gpus: Dict[str, Gpu] = {}
        self._at_index: Dict[int, str] = {}
        self._owners = Owners()

    def sample(self, now: float) -> List[Dict[str, Any]]:
        """One row per GPU that the driver lists; raises where the driver as a whole has failed."""
        count = int(self._nvml.nvmlDeviceGetCount())
        present: Set[str] = set()
        rows = []
        for index in range(count):
            row = self._row(index, now)
            # A GPU without a uuid (lost before it was ever seen) gets a name of its own.
            if row["uuid"] not in present:
                present.add(row["uuid"])
                rows.append(row)
        return rows

    def _row(self, index: int, now: float) -> Dict[str, Any]:
        try:
            handle = self._nvml.nvmlDeviceGetHandleByIndex(index)
            uuid = text(self._nvml.nvmlDeviceGetUUID(handle))
            if uuid not in self._gpus:
                self._gpus[uuid] = Gpu(self._nvml, handle, uuid)
            gpu = self._gpus[uuid]
            gpu.handle, gpu.index = handle, index
            self._at_index[index] = uuid
            row = gpu.measure(now, self._owners)
        except _Gone as gone:
            row = {"state": "lost", "detail": str(gone)}
        except self._nvml.NVMLError as error:
            if error.value in _WHOLE_DRIVER:
                raise
            row = {"state": "lost" if error.value == _LOST else "error", "detail": str(error)}
        row.update(self._identity(index))
        return row

    def _identity(self, index: int) -> Dict[str, Any]:
        uuid = self._at_index.get(index, "unknown-%d" % index)
        gpu = self._gpus.get(uuid)
        name = "NVIDIA GPU" if gpu is None else gpu.name
        return {"index": index, "uuid": uuid, "name": name, "vendor": "NVIDIA", "simulated": False}

    def close(self) -> None:
        """Give the driver back."""
        self._nvml.nvmlShutdown()


def _libraries() -> Iterator[str]:
    yield LIBRARY
    # WSL and some containers keep it outside the linker's path.
    for folder in ("/usr/lib/wsl/lib", "/usr/local/nvidia/lib64", "/run/opengl-driver/lib"):
        yield os.path.join(folder, LIBRARY)


def open_probe(_config: Dict[str, Any]) -> Optional[Nvidia]:
    """None where the machine has no NVIDIA driver; raises where it has one that does not work."""
    for path in _libraries():
        try:
            # Loaded by its path, the library is found by its name afterwards.
            ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
            break
        except OSError:
            continue
    else:
        return None
    # The binding is large: it is compiled only where there is a driver to talk to.
    import pynvml

    pynvml.nvmlInit()
    return Nvidia(pynvml)
