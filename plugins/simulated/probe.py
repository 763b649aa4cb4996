"""Invented accelerators for the demo, lively and the same on every run. Runs inside the agent; stdlib only.

They answer only where the agent's configuration asks for them, and every row says that it is simulated.
"""

import errno
import fcntl
import hashlib
import math
import os
import time
from typing import Any, Dict, List, Optional

PROBE_API = 1
_GIB = 1024.0**3
_MAX_COUNT = 64


def _phase(*words: Any) -> float:
    """A number in [0, 1) that depends on the words alone."""
    digest = hashlib.sha256(repr(words).encode("utf-8")).digest()
    return int.from_bytes(digest[:6], "big") / float(1 << 48)


def _wave(seconds: float, *words: Any) -> float:
    """A smooth walk in [-1, 1]: three sines whose periods and phases are the words' own."""
    total = 0.0
    for number, (period, weight) in enumerate(((97.0, 0.5), (31.0, 0.3), (11.0, 0.2))):
        stretched = period * (0.8 + 0.4 * _phase("period", number, *words))
        total += weight * math.sin(2 * math.pi * (seconds / stretched + _phase("phase", number, *words)))
    return total


def _is_leased(uuid: str) -> bool:
    """Whether a job of this account holds the lease; looks only, makes nothing."""
    path = os.path.join(os.environ.get("HOME", "/"), ".tandem", "leases", uuid + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EWOULDBLOCK, errno.EACCES)
    finally:
        os.close(descriptor)
    return False


class Accelerator:
    """One invented accelerator: its state drifts towards what it is used for."""

    def __init__(self, seed: str, index: int, name: str, memory_bytes: int, limit_w: float) -> None:
        self._seed = seed
        self.index = index
        digest = hashlib.sha256(("%s/%d" % (seed, index)).encode("utf-8")).hexdigest()
        self.uuid = "SIM-%s-%s-%s-%s-%s" % (
            digest[:8],
            digest[8:12],
            digest[12:16],
            digest[16:20],
            digest[20:32],
        )
        self.name = name
        self.memory_bytes = memory_bytes
        self.limit_w = limit_w
        self._load = 0.0
        self._heat = 0.0
        self._memory = 0.0
        self._energy_j = 1e6 * (1.0 + 5.0 * _phase(seed, index, "energy"))
        self._last: Optional[float] = None

    def sample(self, now: float) -> Dict[str, Any]:
        """How it is doing; a second later it is doing much the same."""
        leased = _is_leased(self.uuid)
        elapsed = 1.0 if self._last is None else max(0.0, min(60.0, now - self._last))
        first, self._last = self._last is None, now
        seconds = time.time()
        wave = _wave(seconds, self._seed, self.index, "load")
        wanted = 0.93 + 0.05 * wave if leased else max(0.0, 0.02 + 0.03 * wave)
        self._load = wanted if first else _towards(self._load, wanted, elapsed, 1.0)
        self._heat = self._load if first else _towards(self._heat, self._load, elapsed, 15.0)
        held = 0.62 + 0.06 * _phase(self._seed, self.index) if leased else 0.01
        self._memory = held if first else _towards(self._memory, held, elapsed, 2.0)
        power = self.limit_w * (
            0.11 + 0.8 * self._load + 0.01 * _wave(seconds, self._seed, self.index, "power")
        )
        self._energy_j += 0.0 if first else power * elapsed
        ambient = 27.0 + 4.0 * _phase(self._seed, self.index, "place")
        return {
            "index": self.index,
            "uuid": self.uuid,
            "name": self.name,
            "vendor": "Simulated",
            "simulated": True,
            "visible": {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": self.uuid},
            "state": "ok",
            "detail": None,
            "utilization_percent": round(100.0 * self._load),
            "memory_used_bytes": int(self._memory * self.memory_bytes),
            "memory_total_bytes": self.memory_bytes,
            "memory_reserved_bytes": int(0.006 * self.memory_bytes),
            "temperature_c": round(ambient + 38.0 * self._heat + wave),
            "power_w": round(power, 1),
            "power_kind": "average",
            "power_limit_w": self.limit_w,
            "energy_j": round(self._energy_j, 1),
            "fan_percent": round(30.0 + 45.0 * self._heat),
            "clock_sm_mhz": int(345 + 1635 * min(1.0, self._load * 1.05)),
            "throttle": ["power cap"] if self._load > 0.965 else [],
            "ecc_uncorrected": 0,
            "mig": False,
            "processes": [],
        }


def _towards(value: float, wanted: float, elapsed: float, inertia_s: float) -> float:
    return value + (wanted - value) * (1.0 - math.exp(-elapsed / inertia_s))


class Simulated:
    """The accelerators that the configuration asks for."""

    def __init__(self, wish: Dict[str, Any]) -> None:
        count = max(0, min(_MAX_COUNT, int(wish.get("count", 2))))
        name = str(wish.get("name", "Simulated H100"))[:100]
        seed = str(wish.get("seed", "tandem"))
        memory = int(float(wish.get("memory_gib", 80)) * _GIB)
        limit = float(wish.get("power_limit_w", 700))
        self._all = [Accelerator(seed, index, name, memory, limit) for index in range(count)]

    def sample(self, now: float) -> List[Dict[str, Any]]:
        """One row each."""
        return [each.sample(now) for each in self._all]

    def close(self) -> None:
        """Nothing is held."""


def open_probe(config: Dict[str, Any]) -> Optional[Simulated]:
    """None unless the configuration asks: real servers never get invented accelerators."""
    wish = config.get("simulated")
    return Simulated(wish) if isinstance(wish, dict) and wish.get("count") else None
