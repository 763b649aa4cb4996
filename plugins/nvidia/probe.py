"""NVIDIA accelerators by NVML. Runs on a server inside the agent: stdlib and pynvml's one file only.

One GPU's trouble never hides the others; what a GPU cannot tell is None. Here: which GPUs there are and what
of each goes into a row. What is asked of one is fast.py's, slow.py's and owners.py's.
"""

import ctypes
import os
import time
from typing import Any, Dict, Iterator, List, Optional

from . import facts
from .asking import LOST, WHOLE_DRIVER, Asker, Gone, text
from .fast import Fast
from .kernlog import KernelLog, place
from .lanes import Item, Lane
from .owners import Holders, Owners
from .slow import Slow

PROBE_API = 1
LIBRARY = "libnvidia-ml.so.1"

_SLOW_EVERY_S = 5.0
_LIST_EVERY_S = 10.0
_FIRST_PATIENCE_S = 0.5
_FIRST_HEALTH_S = 0.25
# A round over eight GPUs takes milliseconds; a call that takes this long is left to its worker.
_FAST_PATIENCE_S = 0.15
_SLOW_PATIENCE_S = 2.0
_MOST_STALE_S, _LEAST_STALE_S = 3.0, 0.3
_HELD_S = 3.0
_LET_GO_S = 5.0


class SlowTurn(Item):
    """One GPU's turn in the slow lane: an item of its own, so that the quick values go on beside it."""

    def __init__(self, gpu: "Gpu") -> None:
        super().__init__()
        self.gpu = gpu


class Gpu(Item):
    """One GPU between samples. `state` is what the last round found; None before the first."""

    def __init__(self, uuid: str) -> None:
        super().__init__()
        self.uuid = uuid
        self.index: Optional[int] = None
        self.name = "NVIDIA GPU"
        self.ask: Optional[Asker] = None
        self.minor: Optional[int] = None
        self.address = ""
        self.row: Optional[Dict[str, Any]] = None
        self.health: Optional[Dict[str, Any]] = None
        self.processes: Optional[List[Dict[str, Any]]] = None
        self.slow_turn = SlowTurn(self)
        self._told: Any = None
        self._told_of: Any = None
        self._fast: Optional[Fast] = None
        self._slow: Optional[Slow] = None
        self._holders: Optional[Holders] = None

    def take(self, nvml: Any, handle: Any, index: int, owners: Owners) -> None:
        """The driver lists it (again)."""
        self.index = index
        if self.ask is not None:
            self.ask.handle = handle
            return
        ask = Asker(nvml, handle)
        self.name = text(ask("nvmlDeviceGetName") or "NVIDIA GPU")
        self.minor = ask("nvmlDeviceGetMinorNumber")
        bus = ask("nvmlDeviceGetPciInfo")
        self.address = "" if bus is None else place(text(bus.busId))
        self._fast, self._slow = Fast(ask, self.name), Slow(ask)
        self._holders = Holders(ask, owners)
        self.ask = ask

    def look(self, now: float) -> None:
        """The quick values."""
        if self.ask is None or self._fast is None:
            return
        self.ask.now = now
        self.row = self._fast.read(now)

    def look_slowly(self, now: float) -> None:
        """Health and processes."""
        if self._slow is None or self._holders is None:
            return
        mig = bool(self.row and self.row.get("mig"))
        health = self._slow.read(now, mig)
        self.processes = self._holders.read(now, self._slow.handles() if mig else [])
        self.health = health

    def held_by(self) -> Optional[List[int]]:
        """Processes that hold it now."""
        return None if self._holders is None else self._holders.pids()

    def told(self, log: KernelLog, health: Optional[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
        """Health with the log's words; the same object until one of the two has changed."""
        if health is None or log.access is None:
            return health
        of = (id(health), log.version) if health else log.version
        if of != self._told_of:
            self._told_of = of
            self._told = dict(health, kernel_log=log.access, faults=log.events(self.address))
        return self._told  # type: ignore[no-any-return]

    def identity(self) -> Dict[str, Any]:
        """What it is, as against what it measures."""
        return {
            "index": self.index,
            "uuid": self.uuid,
            "name": self.name,
            "vendor": "NVIDIA",
            "simulated": False,
        }


class Nvidia:
    """All GPUs of this machine."""

    def __init__(self, nvml: Any, log: KernelLog) -> None:
        self._nvml = nvml
        self._log = log
        self._gpus: Dict[str, Gpu] = {}
        self._at_index: Dict[int, str] = {}
        self._listed: List[Gpu] = []
        self._list = Item()
        self._owners = Owners()
        self._count = -1
        self._listed_at: Optional[float] = None
        self._failure: Optional[Exception] = None
        self._now = 0.0
        self._last: Optional[float] = None
        self._slow_at: Optional[float] = None
        self._fast_lane = Lane("fast", self._read_fast, _FAST_PATIENCE_S)
        self._slow_lane = Lane("slow", self._read_slow, _SLOW_PATIENCE_S)
        self.problems: List[str] = []

    def sample(self, now: float) -> List[Dict[str, Any]]:
        """One row per GPU that the driver lists or listed; raises where the driver as a whole has failed."""
        gap = 1.0 if self._last is None else max(0.02, now - self._last)
        first, self._last, self._now = self._last is None, now, now
        wait_s = _FIRST_PATIENCE_S if first else min(0.5, 0.45 * gap)
        began = time.monotonic()
        self._fast_lane.round([self._list, *self._gpus.values()], wait_s)
        if self._list.busy_since is None and self._failure is not None:
            raise self._failure
        if first and self._listed:
            # The list has just made the GPUs.
            self._fast_lane.round(self._listed, wait_s)
            self._log.wait(0.2)
        left_s = wait_s - (time.monotonic() - began)
        self._look_slowly(now, max(0.0, min(_FIRST_HEALTH_S, left_s)) if first else 0.0)
        stale_s = min(_MOST_STALE_S, max(_LEAST_STALE_S, 3.0 * gap))
        self.problems = []
        if self._list.stuck_s() > stale_s:
            self.problems.append("the driver has not answered for %.0f s" % self._list.stuck_s())
        return [self._row(gpu, stale_s) for gpu in list(self._gpus.values())]

    def _look_slowly(self, now: float, wait_s: float) -> None:
        turns: List[Item] = []
        if self._slow_at is None or now - self._slow_at >= _SLOW_EVERY_S:
            self._slow_at = now
            turns = [gpu.slow_turn for gpu in self._listed]
        self._slow_lane.round(turns, wait_s)

    def _read_fast(self, item: Any) -> None:
        if item is self._list:
            try:
                self._look_at_list()
                self._failure = None
            except Exception as error:
                self._failure = error
            return
        if item in self._listed:
            self._guarded(item, item.look)

    def _read_slow(self, turn: Any) -> None:
        self._guarded(turn.gpu, turn.gpu.look_slowly)

    def _guarded(self, gpu: Gpu, read: Any) -> None:
        try:
            read(self._now)
        except Gone as gone:
            gpu.row = {"state": "lost", "detail": str(gone)}
            self._listed_at = None
        except self._nvml.NVMLError as error:
            if error.value in WHOLE_DRIVER:
                self._failure = error
            state = "lost" if error.value == LOST else "error"
            gpu.row = {"state": state, "detail": str(error)}
            self._listed_at = None

    def _look_at_list(self) -> None:
        count = int(self._nvml.nvmlDeviceGetCount())
        stale = self._listed_at is None or self._now - self._listed_at >= _LIST_EVERY_S
        if count == self._count and not stale:
            return
        self._listed_at = self._now
        self._count = count
        listed = []
        for index in range(count):
            gpu = self._at(index)
            if gpu not in listed:
                listed.append(gpu)
        for gpu in self._gpus.values():
            if gpu not in listed:
                gpu.row = {"state": "lost", "detail": "it was there before and is gone"}
        self._listed = listed

    def _at(self, index: int) -> Gpu:
        """The GPU of that number; one that does not answer keeps the identity it had there."""
        try:
            handle = self._nvml.nvmlDeviceGetHandleByIndex(index)
            uuid = text(self._nvml.nvmlDeviceGetUUID(handle))
        except self._nvml.NVMLError as error:
            if error.value in WHOLE_DRIVER:
                raise
            uuid = self._at_index.get(index, "unknown-%d" % index)
            gpu = self._gpus.setdefault(uuid, Gpu(uuid))
            gpu.index = index
            gpu.row = {"state": "lost" if error.value == LOST else "error", "detail": str(error)}
            self._listed_at = None
            return gpu
        self._gpus.pop("unknown-%d" % index, None)
        self._at_index[index] = uuid
        gpu = self._gpus.setdefault(uuid, Gpu(uuid))
        self._guarded(gpu, lambda _now: gpu.take(self._nvml, handle, index, self._owners))
        return gpu

    def _row(self, gpu: Gpu, stale_s: float) -> Dict[str, Any]:
        row = dict(gpu.row or {"state": "unknown", "detail": "not read yet"})
        stuck_s = gpu.stuck_s()
        if stuck_s > stale_s or (self._list.stuck_s() > stale_s and gpu.row is not None):
            row = {"state": "unknown", "detail": "the driver does not answer"}
            if stuck_s > stale_s:
                self.problems.append("GPU %s: the driver has not answered for %.0f s" % (gpu.index, stuck_s))
        row.update(gpu.identity())
        if row["state"] == "ok":
            row["processes"] = gpu.processes
            row["health"] = gpu.told(self._log, gpu.health)
            row["ecc_uncorrected"] = (gpu.health or {}).get("ecc_uncorrected_volatile")
        elif row["state"] == "lost":
            # Why it was lost stands in the kernel's log alone.
            row["health"] = gpu.told(self._log, {})
        return row

    def inventory(self) -> Dict[str, Any]:
        """Versions and serials; may take a second. Raises where the driver has not listed its GPUs yet."""
        if self._count < 0:
            raise RuntimeError("the driver has not listed its GPUs yet")
        gpus = []
        for gpu in list(self._listed):
            found = gpu.identity()
            if gpu.ask is not None and gpu.busy_since is None:
                try:
                    found.update(facts.of_gpu(gpu.ask))
                except (Gone, self._nvml.NVMLError) as error:
                    found["detail"] = str(error)
            gpus.append(found)
        return facts.together(facts.of_machine(Asker(self._nvml)), gpus)

    def holders(self, uuid: str) -> Optional[List[int]]:
        """The processes that hold a GPU at this moment; None where that cannot be told."""
        gpu = self._gpus.get(uuid)
        if gpu is None:
            return None
        found: List[Optional[List[int]]] = []
        lane = Lane("holders", lambda _item: found.append(gpu.held_by()), _HELD_S)
        lane.round([Item()], _HELD_S)
        lane.close()
        return found[0] if found else None

    def device(self, uuid: str) -> Optional[str]:
        """The file that whoever uses a GPU has open; kept from before it was lost. None where not known."""
        gpu = self._gpus.get(uuid)
        if gpu is None or gpu.minor is None:
            return None
        return "%s/nvidia%d" % (os.environ.get("TANDEM_TEST_DEV", "/dev"), gpu.minor)

    def let_go(self) -> bool:
        """Close the driver, keeping what is known of the GPUs; False where a call does not come back."""
        items = [self._list, *self._gpus.values(), *(gpu.slow_turn for gpu in self._gpus.values())]
        until = time.monotonic() + _LET_GO_S
        while any(item.busy_since is not None for item in items):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        self._nvml.nvmlShutdown()
        return True

    def take_again(self) -> None:
        """After let_go; raises where the driver does not open."""
        self._nvml.nvmlInit()
        # Every handle is of the time before.
        self._count, self._listed_at = -1, None

    def close(self) -> None:
        """Give the driver back."""
        for each in (self._fast_lane, self._slow_lane, self._log):
            each.close()
        self._nvml.nvmlShutdown()


def _libraries() -> Iterator[str]:
    yield LIBRARY
    # WSL and some containers keep it outside the linker's path.
    for folder in ("/usr/lib/wsl/lib", "/usr/local/nvidia/lib64", "/run/opengl-driver/lib"):
        yield os.path.join(folder, LIBRARY)


def open_probe(config: Dict[str, Any]) -> Optional[Nvidia]:
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
    return Nvidia(pynvml, KernelLog("kernel_log" in (config.get("privileges") or ())))
