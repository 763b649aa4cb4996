"""The machine's numbers for one stream of samples: what moves is read every time, through files kept open.

Rates are since this stream's last sample. What takes long or may hang is read on threads of its own.
"""

import os
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import gauges, host, procs, sensors, sysfiles
from .container import Limits
from .sysfiles import KeptFiles
from .tools import Readings

_DISKS_S = 30.0
_SENSORS_S = 5.0
_PROCESSES_S = 10.0
_DEVICES_S = 60.0
_STUCK_S = 10.0
_FIRST_WAIT_S = 0.2
# Scanning processes may take a thousandth of the time at most: where there are many, it is done less often.
_SCAN_REST = 1000.0
_MOST_SCAN_S = 300.0
_TOP = 10
_MOST_INTERFACES = 32
_PRESSURES = ("cpu", "memory", "io")
# Layers over disks that are counted already, and what is no disk.
_NO_DISK = ("loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd")


class SlowReadings:
    """What is read seldom and for all streams together."""

    def __init__(self) -> None:
        self._scan: Tuple[float, host.Scan] = (0.0, {})
        self.disks = Readings(host.disks, _DISKS_S, _STUCK_S)
        self.temperatures = Readings(sensors.temperatures, _SENSORS_S, _STUCK_S)
        self.processes = Readings(self._busiest, _PROCESSES_S, _STUCK_S, _SCAN_REST, _MOST_SCAN_S)

    def _busiest(self) -> List[Dict[str, Any]]:
        scanned_at, before = self._scan
        if not before:
            scanned_at, before = time.monotonic(), host.scan_processes()
            time.sleep(0.5)
        now, after = time.monotonic(), host.scan_processes()
        self._scan = (now, after)
        return host.busiest(before, after, now - scanned_at, _TOP)


class Machine:
    """Numbers of one stream. For one thread at a time."""

    def __init__(self, slow: SlowReadings) -> None:
        self._slow = slow
        self._files = KeptFiles()
        self._limits = Limits(self._files)
        self._at: Optional[float] = None
        self._cpu: Optional[gauges.CpuTimes] = None
        self._cores: List[gauges.CpuTimes] = []
        self._traffic: Dict[str, gauges.Traffic] = {}
        self._disk_times: Dict[str, gauges.DiskTimes] = {}
        self._stalls: Dict[str, Dict[str, Tuple[Optional[float], Optional[int]]]] = {}
        self._devices_at: Optional[float] = None
        self._interfaces: Dict[str, Dict[str, Any]] = {}
        self._physical: List[str] = []
        self._sent: Dict[str, Any] = {}
        self._boot_id = procs.boot_id()

    def take(self, now: float) -> Tuple[Dict[str, Any], List[str]]:
        """(the fields of a sample, what is wrong)."""
        elapsed = 0.0 if self._at is None else now - self._at
        self._at = now
        self._look_for_devices(now)
        problems: List[str] = []
        found: Dict[str, Any] = {"boot_id": self._boot_id, "uptime_s": self._uptime()}
        found.update(self._cpu_numbers())
        found.update(gauges.memory(self._files.read("/proc/meminfo")))
        found["load1"], found["load5"], found["load15"] = gauges.loads(self._files.read("/proc/loadavg"))
        found.update(self._network(elapsed))
        found.update(self._disks(elapsed, problems))
        found["pressure"] = self._pressure(elapsed)
        found["limits"] = self._limits.take(now)
        found.update(self._now_and_then())
        return found, problems

    def tell_again(self) -> None:
        """What is sent only when it was read anew goes into the next sample whatever it is."""
        self._sent = {}

    def close(self) -> None:
        """Let the files go."""
        self._files.close()

    def _uptime(self) -> Optional[float]:
        words = (self._files.read("/proc/uptime") or "").split()
        return float(words[0]) if words else None

    def _cpu_numbers(self) -> Dict[str, Any]:
        before, cores = self._cpu, self._cores
        self._cpu, self._cores = gauges.cpu_times(self._files.read("/proc/stat"))
        each: Optional[List[Optional[float]]] = None
        # A machine may put cores to sleep: then the rows are others than before.
        if cores and len(cores) == len(self._cores):
            each = [gauges.share(old, new) for old, new in zip(cores, self._cores)]
        return {
            "cpu_percent": gauges.share(before, self._cpu),
            "cpu_iowait_percent": gauges.share(before, self._cpu, "iowait"),
            "cpu_steal_percent": gauges.share(before, self._cpu, "steal"),
            "cpu_cores_percent": each,
            "cpu_count": len(self._cores) or os.cpu_count(),
        }

    def _look_for_devices(self, now: float) -> None:
        if self._devices_at is not None and now - self._devices_at < _DEVICES_S:
            return
        self._devices_at = now
        self._interfaces = {name: _interface(name) for name in sysfiles.names("/sys/class/net")}
        self._physical = [
            number
            for name in sysfiles.names("/sys/block")
            for number in [sysfiles.line("/sys/block/%s/dev" % name)]
            if number and not name.startswith(_NO_DISK)
        ]

    def _network(self, elapsed: float) -> Dict[str, Any]:
        before, self._traffic = self._traffic, gauges.traffic(self._files.read("/proc/net/dev"))
        real = [name for name in self._traffic if self._interfaces.get(name, {}).get("real")]
        chosen = real or list(self._traffic)
        rows = []
        for name in chosen:
            old, new = before.get(name, (None, None)), self._traffic[name]
            about = self._interfaces.get(name, {})
            rows.append(
                {
                    "name": name[:40],
                    "rx_bytes_per_s": gauges.per_second(old[0], new[0], elapsed),
                    "tx_bytes_per_s": gauges.per_second(old[1], new[1], elapsed),
                    "speed_bits_per_s": about.get("speed"),
                    "state": about.get("state"),
                }
            )
        total = {key: _together(rows, key) for key in ("rx_bytes_per_s", "tx_bytes_per_s")}
        return {"network": total, "interfaces": rows[:_MOST_INTERFACES]}

    def _disks(self, elapsed: float, problems: List[str]) -> Dict[str, Any]:
        reading = self._slow.disks.latest(_FIRST_WAIT_S)
        if reading.hung:
            problems.append("a disk has not answered for more than %.0f s" % _STUCK_S)
        before, self._disk_times = self._disk_times, gauges.disk_times(self._files.read("/proc/diskstats"))
        rates = {
            number: _rates(before.get(number), after, elapsed) for number, after in self._disk_times.items()
        }
        mounted = []
        for disk in reading.value or []:
            row = {key: value for key, value in disk.items() if key != "number"}
            row.update(rates.get(disk["number"]) or _rates(None, None, 0.0))
            mounted.append(row)
        physical = [rates[number] for number in self._physical if number in rates]
        busy = [each["busy_percent"] for each in physical if each["busy_percent"] is not None]
        return {
            "disks": mounted,
            "disk_io": {
                "read_bytes_per_s": _together(physical, "read_bytes_per_s"),
                "write_bytes_per_s": _together(physical, "write_bytes_per_s"),
                "busy_percent": max(busy) if busy else None,
            },
        }

    def _pressure(self, elapsed: float) -> Optional[Dict[str, Dict[str, Optional[float]]]]:
        found: Dict[str, Dict[str, Optional[float]]] = {}
        for name in _PRESSURES:
            after = gauges.stalled(self._files.read("/proc/pressure/" + name))
            before = self._stalls.get(name, {})
            self._stalls[name] = after
            if after:
                found[name] = {
                    kind + "_percent": _stall(before.get(kind), after.get(kind), elapsed)
                    for kind in ("some", "full")
                }
        return found or None

    def _now_and_then(self) -> Dict[str, Any]:
        """What was read anew since this stream had it; a sample without the key means "as before"."""
        readings: Dict[str, Callable[[], Any]] = {
            "temperatures": lambda: self._slow.temperatures.latest(0.0).value,
            "processes": lambda: self._slow.processes.latest(0.0).value,
        }
        fresh = {}
        for key, latest in readings.items():
            value = latest()
            if value is not self._sent.get(key):
                self._sent[key] = fresh[key] = value
        return fresh


def _interface(name: str) -> Dict[str, Any]:
    base = "/sys/class/net/%s/" % name
    speed = sysfiles.number(base + "speed")
    return {
        "real": sysfiles.exists(base + "device"),
        # Megabits; -1 where the link is down or virtual.
        "speed": speed * 1000000 if speed is not None and speed > 0 else None,
        "state": sysfiles.line(base + "operstate"),
    }


def _together(rows: List[Dict[str, Any]], key: str) -> Optional[float]:
    known = [row[key] for row in rows if row[key] is not None]
    return round(sum(known), 1) if known else None


def _rates(
    before: Optional[gauges.DiskTimes], after: Optional[gauges.DiskTimes], elapsed: float
) -> Dict[str, Optional[float]]:
    if before is None or after is None or elapsed <= 0:
        return dict.fromkeys(("read_bytes_per_s", "write_bytes_per_s", "busy_percent"))
    busy = gauges.per_second(before.busy_ms, after.busy_ms, elapsed)
    return {
        "read_bytes_per_s": gauges.per_second(before.read, after.read, elapsed),
        "write_bytes_per_s": gauges.per_second(before.written, after.written, elapsed),
        "busy_percent": None if busy is None else min(100.0, round(busy / 10.0, 1)),
    }


def _stall(
    before: Optional[Tuple[Optional[float], Optional[int]]],
    after: Optional[Tuple[Optional[float], Optional[int]]],
    elapsed: float,
) -> Optional[float]:
    """Percent of the time since the last sample; at first the kernel's own mean over ten seconds."""
    if after is None:
        return None
    stalled_us = None if before is None else gauges.per_second(before[1], after[1], elapsed)
    return after[0] if stalled_us is None else round(min(100.0, stalled_us / 1e4), 2)
