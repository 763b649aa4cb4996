"""Telemetry: one SAMPLE of the protocol per tick. Reads /proc, asks the probes, writes nothing."""

import os
import threading
import time
from typing import Any, Dict, List, Optional, Tuple

from . import host, procs
from .accelerators import Accelerators

MIN_INTERVAL_S = 0.1
MAX_INTERVAL_S = 3600.0
_DISK_TTL_S = 30.0
_FIRST_WAIT_S = 1.0


class DiskWatch:
    """Disk usage read on a thread of its own: a dead network disk blocks whoever asks it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: List[Dict[str, Any]] = []
        self._read_at: Optional[float] = None
        self._reading_since: Optional[float] = None
        self._done = threading.Event()

    def latest(self) -> Tuple[List[Dict[str, Any]], Optional[str]]:
        """(disks as last read, what is wrong)."""
        with self._lock:
            now = time.monotonic()
            due = self._read_at is None or now - self._read_at > _DISK_TTL_S
            if due and self._reading_since is None:
                self._reading_since = now
                thread = threading.Thread(target=self._read, name="disks")
                thread.daemon = True
                thread.start()
            first = self._read_at is None
        if first:
            self._done.wait(0.2)
        with self._lock:
            stuck = self._reading_since is not None and time.monotonic() - self._reading_since > 10.0
            return self._found, "a disk has not answered for more than 10 s" if stuck else None

    def _read(self) -> None:
        found = host.disks()
        with self._lock:
            self._found = found
            self._read_at = time.monotonic()
            self._reading_since = None
        self._done.set()


class Sampler:
    """Makes the samples of one subscription; rates are since this subscription's last sample."""

    def __init__(self, accelerators: Accelerators, disks: DiskWatch, interval_s: float) -> None:
        self._accelerators = accelerators
        self._disks = disks
        self.interval_s = min(MAX_INTERVAL_S, max(MIN_INTERVAL_S, interval_s))
        self._seq = 0
        self._cpu: Optional[Tuple[int, int]] = None
        self._network: Optional[Tuple[float, int, int]] = None

    def take(self) -> Dict[str, Any]:
        """One sample."""
        began = time.monotonic()
        self._seq += 1
        cpu_percent = self._cpu_percent()
        network = self._rates(began)
        used, total = host.memory()
        # The first sample gives a probe time to open; later ones never wait past half a tick.
        wait_s = _FIRST_WAIT_S if self._seq == 1 else min(_FIRST_WAIT_S, self.interval_s / 2.0)
        accelerators, problems = self._accelerators.sample(wait_s, self.interval_s * 3.0)
        disks, disk_problem = self._disks.latest()
        if disk_problem:
            problems.append(disk_problem)
        return {
            "seq": self._seq,
            "time": procs.now(),
            "monotonic": began,
            "interval_s": self.interval_s,
            "sample_ms": round((time.monotonic() - began) * 1000.0, 2),
            "cpu_percent": cpu_percent,
            "cpu_count": os.cpu_count(),
            "load1": host.load1(),
            "memory_used_bytes": used,
            "memory_total_bytes": total,
            "network": network,
            "disks": disks,
            "uptime_s": host.uptime_s(),
            "boot_id": procs.boot_id(),
            "accelerators": accelerators,
            "problems": problems,
        }

    def _cpu_percent(self) -> Optional[float]:
        before, self._cpu = self._cpu, host.cpu_times()
        if before is None or self._cpu is None:
            return None
        busy, total = self._cpu[0] - before[0], self._cpu[1] - before[1]
        return round(min(100.0, max(0.0, 100.0 * busy / total)), 1) if total > 0 else None

    def _rates(self, now: float) -> Dict[str, Optional[float]]:
        counters = host.network_bytes()
        before = self._network
        self._network = None if counters is None else (now, counters[0], counters[1])
        if before is None or self._network is None or now <= before[0]:
            return {"rx_bytes_per_s": None, "tx_bytes_per_s": None}
        elapsed = now - before[0]
        rates: List[Optional[float]] = []
        for new, old in ((self._network[1], before[1]), (self._network[2], before[2])):
            # A counter that went back belongs to an interface that came or went.
            rates.append(round((new - old) / elapsed, 1) if new >= old else None)
        return {"rx_bytes_per_s": rates[0], "tx_bytes_per_s": rates[1]}


def subscribe(request: Any) -> Dict[str, Any]:
    """telemetry.subscribe: samples until cancelled; one that finds the line full is dropped."""
    sampler = Sampler(request.agent.accelerators, request.agent.disks, request.number("interval_s", 1.0))
    due = time.monotonic()
    while not request.cancelled.is_set():
        request.event(sampler.take(), droppable=True)
        now = time.monotonic()
        due += sampler.interval_s
        if due < now:
            due = now + sampler.interval_s - (now - due) % sampler.interval_s
        request.cancelled.wait(max(0.0, due - now))
    return {"cancelled": True}


def once(request: Any) -> Dict[str, Any]:
    """telemetry.once: a single sample."""
    return Sampler(request.agent.accelerators, request.agent.disks, 1.0).take()
