"""Telemetry of a server without Python: one long-lived sh loop and the pure parser of what it prints.

It yields the same SAMPLE as the agent. It writes nothing there and asks only for what every driver knows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

COMMAND = "/bin/sh"
"""Started as it is; the script goes to its stdin, so that no login shell has to read it."""

MAX_BLOCK_BYTES = 1024 * 1024
MAX_LINE_BYTES = 64 * 1024
MARKER = "TANDEM-SHELL"

_GPU_FIELDS = (
    "index,uuid,name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw,power.limit,"
    "fan.speed,clocks.sm"
)
_APP_FIELDS = "gpu_uuid,pid,used_memory,process_name"
_MIB = 1024 * 1024
_DISK_EVERY = 30

_SCRIPT = """\
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin; LC_ALL=C; export PATH LC_ALL
s=''; command -v nvidia-smi >/dev/null 2>&1 && s=nvidia-smi
t=''; command -v timeout >/dev/null 2>&1 && t='timeout 10'
b() { printf '=%s %s\\n' NONCE "$1"; }
printf '\\nTANDEM-SHELL 1 %s\\n' NONCE
n=0
while :; do
b begin
b time; date +%s
b host; uname -sr; uname -n; id -un; printf '%s\\n' "$HOME"
b release; cat /etc/os-release 2>/dev/null
b boot; cat /proc/sys/kernel/random/boot_id 2>/dev/null
b cpus; grep -c '^cpu[0-9]' /proc/stat 2>/dev/null
b stat; head -n 1 /proc/stat 2>/dev/null
b load; cat /proc/loadavg 2>/dev/null
b uptime; cat /proc/uptime 2>/dev/null
b memory; head -n 20 /proc/meminfo 2>/dev/null
b network; cat /proc/net/dev 2>/dev/null
[ $((n % DISK_EVERY)) -eq 0 ] && { b disks; $t df -kPl 2>/dev/null; }
if [ -n "$s" ]; then
b gpus; $t $s --query-gpu=GPU_FIELDS --format=csv,noheader,nounits 2>&1
a=$($t $s --query-compute-apps=APP_FIELDS --format=csv,noheader,nounits 2>/dev/null)
b apps; printf '%s\\n' "$a"
p=$(printf '%s\\n' "$a" | sed -n 's/^[^,]*, *\\([0-9][0-9]*\\),.*/\\/proc\\/\\1/p')
b owners; [ -n "$p" ] && ls -ld $p 2>/dev/null
fi
b end
n=$((n + 1))
sleep INTERVAL
done </dev/null
"""

_SENTINELS = (
    "n/a",
    "[n/a]",
    "[not supported]",
    "[unknown error]",
    "[insufficient permissions]",
    "[gpu requires reset]",
    "[gpu is lost]",
    "requested functionality has been deprecated",
    "-",
    "",
)
_LOST = ("[gpu is lost]", "[gpu requires reset]")


def script(nonce: str, interval_s: float) -> bytes:
    """What to write to the shell's stdin. The interval is whole seconds: not every sleep takes fractions."""
    text = _SCRIPT.replace("NONCE", nonce).replace("INTERVAL", str(max(1, math.ceil(interval_s))))
    text = text.replace("GPU_FIELDS", _GPU_FIELDS).replace("APP_FIELDS", _APP_FIELDS)
    return text.replace("DISK_EVERY", str(_DISK_EVERY)).encode()


Block = dict[str, list[str]]


class BlockReader:
    """Cuts the stream into blocks of named sections; a line or a block that is too long is dropped."""

    def __init__(self, nonce: str) -> None:
        self._mark = f"={nonce} "
        self._rest = b""
        self._block: Block | None = None
        self._section: list[str] = []
        self._bytes = 0
        self.dropped = 0

    def feed(self, data: bytes) -> list[Block]:
        """The blocks that these bytes complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE_BYTES:
            self._rest = self._rest[:MAX_LINE_BYTES]
        done = []
        for raw in lines:
            if len(raw) >= MAX_LINE_BYTES:
                self.dropped += 1
                continue
            block = self._line(raw.decode("utf-8", errors="replace").rstrip("\r"))
            if block is not None:
                done.append(block)
        return done

    def _line(self, line: str) -> Block | None:
        if not line.startswith(self._mark):
            self._bytes += len(line) + 1
            if self._block is not None and self._bytes <= MAX_BLOCK_BYTES:
                self._section.append(line)
            return None
        word = line[len(self._mark) :]
        if word == "begin":
            self._block, self._section, self._bytes = {}, [], 0
        elif word == "end":
            block, self._block = self._block, None
            if self._bytes > MAX_BLOCK_BYTES:
                self.dropped += 1
                return None
            return block
        elif self._block is not None:
            self._section = self._block.setdefault(word, [])
        return None


def _number(text: str) -> float | None:
    if text.strip().lower() in _SENTINELS:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _scaled(text: str, factor: float) -> int | None:
    value = _number(text)
    return None if value is None else int(value * factor)


def _first(block: Block, section: str) -> list[str]:
    """The words of a section's first line."""
    lines = block.get(section) or [""]
    return lines[0].split()


def _word(words: list[str], at: int) -> float | None:
    return _number(words[at]) if at < len(words) else None


class ShellSampler:
    """Makes SAMPLEs of blocks; remembers the last counters, the last disks and the accelerators seen."""

    def __init__(self) -> None:
        self._seq = 0
        self._cpu: tuple[float, float] | None = None
        self._network: tuple[float, float, float] | None = None
        self._disks: list[dict[str, object]] = []
        self._known: dict[str, dict[str, object]] = {}

    def sample(self, block: Block, interval_s: float) -> dict[str, object]:
        """One SAMPLE."""
        self._seq += 1
        if "disks" in block:
            self._disks = _disks(block["disks"])
        used, total = _memory(block.get("memory", []))
        uptime_s = _word(_first(block, "uptime"), 0)
        accelerators, problems = self._accelerators(block)
        return {
            "seq": self._seq,
            "time": _word(_first(block, "time"), 0),
            "monotonic": uptime_s,
            "interval_s": interval_s,
            "sample_ms": None,
            "cpu_percent": self._cpu_percent(_first(block, "stat")),
            "cpu_count": _word(_first(block, "cpus"), 0),
            "load1": _word(_first(block, "load"), 0),
            "memory_used_bytes": used,
            "memory_total_bytes": total,
            "network": self._rates(block.get("network", []), uptime_s),
            "disks": self._disks,
            "uptime_s": uptime_s,
            "boot_id": " ".join(_first(block, "boot")) or None,
            "accelerators": accelerators,
            "problems": problems,
        }

    def _cpu_percent(self, words: list[str]) -> float | None:
        times = [value for value in map(_number, words[1:9]) if value is not None]
        if len(times) < 4:
            return None
        idle = times[3] + (times[4] if len(times) > 4 else 0.0)
        before, self._cpu = self._cpu, (sum(times) - idle, sum(times))
        if before is None or self._cpu[1] <= before[1]:
            return None
        share = 100.0 * (self._cpu[0] - before[0]) / (self._cpu[1] - before[1])
        return round(min(100.0, max(0.0, share)), 1)

    def _rates(self, lines: list[str], at_s: float | None) -> dict[str, float | None]:
        received = sent = 0.0
        for line in lines:
            name, colon, rest = line.partition(":")
            words = rest.split()
            if colon and name.strip() != "lo" and len(words) >= 9:
                received += _number(words[0]) or 0.0
                sent += _number(words[8]) or 0.0
        before = self._network
        self._network = None if at_s is None or not lines else (at_s, received, sent)
        if before is None or self._network is None or self._network[0] <= before[0]:
            return {"rx_bytes_per_s": None, "tx_bytes_per_s": None}
        span_s = self._network[0] - before[0]
        rates = [
            round((new - old) / span_s, 1) if new >= old else None
            for new, old in zip(self._network[1:], before[1:], strict=True)
        ]
        return {"rx_bytes_per_s": rates[0], "tx_bytes_per_s": rates[1]}

    def _accelerators(self, block: Block) -> tuple[list[dict[str, object]], list[str]]:
        apps = _apps(block.get("apps", []), _owners(block.get("owners", [])))
        found: dict[str, dict[str, object]] = {}
        problems = []
        for line in filter(str.strip, block.get("gpus", [])):
            gpu = _gpu(line, apps)
            if gpu is None:
                problems.append(f"nvidia-smi: {line[:300]}")
            else:
                found[str(gpu["uuid"])] = gpu
        self._known.update(found)
        lost = [
            _lost(known, "it was there before and is gone")
            for uuid, known in self._known.items()
            if uuid not in found
        ]
        return list(found.values()) + lost, problems


def _gpu(line: str, apps: Mapping[str, list[dict[str, object]]]) -> dict[str, object] | None:
    """One line of --query-gpu; None where it is a message instead."""
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) != _GPU_FIELDS.count(",") + 1 or not cells[1].startswith(("GPU-", "MIG-")):
        return None
    index = _number(cells[0])
    gpu: dict[str, object] = {
        "index": None if index is None else int(index),
        "uuid": cells[1],
        "name": cells[2],
        "vendor": "NVIDIA",
        "simulated": False,
        "state": "ok",
    }
    gone = [cell for cell in cells[3:] if cell.lower() in _LOST]
    if gone:
        return _lost(gpu, gone[0].strip("[]"))
    return gpu | {
        "utilization_percent": _number(cells[3]),
        "memory_used_bytes": _scaled(cells[4], _MIB),
        "memory_total_bytes": _scaled(cells[5], _MIB),
        "temperature_c": _number(cells[6]),
        "power_w": _number(cells[7]),
        "power_kind": None,
        "power_limit_w": _number(cells[8]),
        "fan_percent": _number(cells[9]),
        "clock_sm_mhz": _number(cells[10]),
        "processes": apps.get(cells[1], []),
    }


def _lost(gpu: Mapping[str, object], detail: str) -> dict[str, object]:
    kept = {key: gpu.get(key) for key in ("index", "uuid", "name", "vendor", "simulated")}
    return kept | {"state": "lost", "detail": detail}


def _owners(lines: list[str]) -> dict[int, str]:
    """Who owns a process, from `ls -ld /proc/PID`."""
    owners = {}
    for line in lines:
        words = line.split()
        pid = words[-1].rpartition("/")[2] if len(words) >= 8 else ""
        if pid.isascii() and pid.isdigit() and len(pid) < 11:
            owners[int(pid)] = words[2]
    return owners


def _apps(lines: list[str], owners: Mapping[int, str]) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for line in lines:
        row = [cell.strip() for cell in line.split(",", 3)]  # a name may hold commas, so it comes last
        pid = _number(row[1]) if len(row) == 4 else None
        if pid is not None:
            found.setdefault(row[0], []).append(
                {
                    "pid": int(pid),
                    "user": owners.get(int(pid)),
                    "command": row[3],
                    "memory_bytes": _scaled(row[2], _MIB),
                }
            )
    return found


def _memory(lines: list[str]) -> tuple[int | None, int | None]:
    values = {}
    for line in lines:
        name, _, rest = line.partition(":")
        words = rest.split()
        values[name] = _scaled(words[0], 1024) if words else None
    total = values.get("MemTotal")
    available = values.get("MemAvailable")
    if available is None:  # kernels before 3.14
        parts = [values.get(name) for name in ("MemFree", "Buffers", "Cached")]
        available = sum(part for part in parts if part is not None) if parts[0] is not None else None
    return (None if total is None or available is None else max(0, total - available)), total


def _disks(lines: list[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for line in lines[1:]:
        words = line.split(None, 5)
        if len(words) == 6 and words[0].startswith("/"):
            found.append(
                {
                    "mount": words[5],
                    "used_bytes": _scaled(words[2], 1024),
                    "total_bytes": _scaled(words[1], 1024),
                }
            )
    return found


def hello_from(block: Block) -> dict[str, object]:
    """What the agent's hello would say, as far as a shell can tell; `python` None marks the fall-back."""
    host = (block.get("host") or []) + [""] * 4
    release = {
        key: value.strip().strip("\"'")
        for key, _, value in (line.partition("=") for line in block.get("release", []))
    }
    _, total = _memory(block.get("memory", []))
    return {
        "os": release.get("PRETTY_NAME") or host[0] or None,
        "kernel": host[0] or None,
        "hostname": host[1] or None,
        "user": host[2] or None,
        "home": host[3] or None,
        "python": None,
        "boot_id": " ".join(_first(block, "boot")) or None,
        "cpu_count": _word(_first(block, "cpus"), 0),
        "memory_total_bytes": total,
        "time": _word(_first(block, "time"), 0),
        "probes": [
            {"name": "nvidia-smi", "vendor": "NVIDIA", "state": "ok" if "gpus" in block else "absent"}
        ],
    }
