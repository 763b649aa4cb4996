"""A site's Prometheus as a source: DCGM-exporter's and node_exporter's names into what an agent would send.

Pure but for `ask`. All servers come with a handful of instant queries; what changes slowly is asked once a
minute. An answer's rows are decoded one by one, so that neither memory nor the interpreter is held for long.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.plugin.api import Ask, Source, SourceHost, SourceReader, SourceReading, SourceSpan, hookimpl

SLOWLY_S = 60.0
MIB = 1024 * 1024
_SETTINGS = {
    "host_label": "The label that names a series' server; else Hostname, nodename, then instance without port.",
    "filter": 'Matchers that every series must fit: cluster="a",team!="x".',
    "window": "Over how long rates are taken: at least four scrapes; 2m where left out.",
}
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FILTER = re.compile(r'\s*[A-Za-z_]\w*\s*(=|!=|=~|!~)\s*"(?:[^"\\\n]|\\.)*"\s*')
_WINDOW = re.compile(r"[1-9]\d{0,3}[smh]")
_RESULT = re.compile(r'"result"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_PORT = re.compile(r":\d+$")
_INT32_BLANK = 2147483632  # DCGM's "there is no value", and above it why
_FLOAT_BLANK = 140737488355328.0
_READ_BITS = (
    (0x2, "app_clocks"),
    (0x4, "sw_power_cap"),
    (0x8, "hw_slowdown"),
    (0x10, "sync_boost"),
    (0x20, "sw_thermal"),
    (0x40, "hw_thermal"),
    (0x80, "hw_power_brake"),
    (0x100, "display_clocks"),
)
_D = "DCGM_FI_DEV_"
_FAST = (
    ("GPU_UTIL", "FB_USED", "FB_FREE", "FB_TOTAL"),
    (
        "GPU_TEMP",
        "POWER_USAGE",
        "SM_CLOCK",
        "MEM_COPY_UTIL",
        "CLOCK_THROTTLE_REASONS",
        "CLOCKS_EVENT_REASONS",
    ),
)
# Field of the sample -> DCGM's name and the factor to our unit.
_FIELDS: Mapping[str, tuple[str, float]] = {
    "utilization_percent": ("GPU_UTIL", 1),
    "memory_utilization_percent": ("MEM_COPY_UTIL", 1),
    "memory_used_bytes": ("FB_USED", MIB),
    "memory_total_bytes": ("FB_TOTAL", MIB),
    "memory_reserved_bytes": ("FB_RESERVED", MIB),
    "temperature_c": ("GPU_TEMP", 1),
    "memory_temperature_c": ("MEMORY_TEMP", 1),
    "power_w": ("POWER_USAGE", 1),
    "power_limit_w": ("POWER_MGMT_LIMIT", 1),
    "energy_j": ("TOTAL_ENERGY_CONSUMPTION", 0.001),
    "fan_percent": ("FAN_SPEED", 1),
    "clock_sm_mhz": ("SM_CLOCK", 1),
    "clock_memory_mhz": ("MEM_CLOCK", 1),
    "encoder_percent": ("ENC_UTIL", 1),
    "decoder_percent": ("DEC_UTIL", 1),
    "ecc_uncorrected": ("ECC_DBE_VOL_TOTAL", 1),
    "pstate": ("PSTATE", 1),
}
_HEALTH: Mapping[str, str] = {
    "ecc_corrected_volatile": "ECC_SBE_VOL_TOTAL",
    "ecc_uncorrected_volatile": "ECC_DBE_VOL_TOTAL",
    "ecc_corrected_aggregate": "ECC_SBE_AGG_TOTAL",
    "ecc_uncorrected_aggregate": "ECC_DBE_AGG_TOTAL",
    "retired_pages_corrected": "RETIRED_SBE",
    "retired_pages_uncorrected": "RETIRED_DBE",
    "retired_pages_pending": "RETIRED_PENDING",
    "remapped_rows_corrected": "CORRECTABLE_REMAPPED_ROWS",
    "remapped_rows_uncorrected": "UNCORRECTABLE_REMAPPED_ROWS",
    "remapped_rows_pending": "ROW_REMAP_PENDING",
    "remapped_rows_failed": "ROW_REMAP_FAILURE",
    "pcie_replays": "PCIE_REPLAY_COUNTER",
}
_FLAGS = ("retired_pages_pending", "remapped_rows_pending", "remapped_rows_failed")
_QUICK = {name for group in _FAST for name in group}
_SLOW = tuple(
    tuple(name for name in names if name not in _QUICK)
    for names in (
        sorted({each for each, _factor in _FIELDS.values()} - set(_HEALTH.values())),
        _HEALTH.values(),
    )
)
_NODE = (
    *(
        "node_load1",
        "node_load5",
        "node_load15",
        "node_memory_MemTotal_bytes",
        "node_memory_MemAvailable_bytes",
    ),
    *("node_memory_Cached_bytes", "node_memory_SwapTotal_bytes", "node_memory_SwapFree_bytes"),
    "node_boot_time_seconds",
)
# What is counted up there, as what it is here; {m} holds the matchers, {w} the window, {by} the labels.
_RATES: Mapping[str, str] = {
    "cpu_percent": '100 * (1 - avg by ({by}) (rate(node_cpu_seconds_total{{mode="idle"{m}}}[{w}])))',
    "network_rx_bytes_per_s": 'sum by ({by}) (rate(node_network_receive_bytes_total{{device!="lo"{m}}}[{w}]))',
    "network_tx_bytes_per_s": 'sum by ({by}) (rate(node_network_transmit_bytes_total{{device!="lo"{m}}}[{w}]))',
    "disk_read_bytes_per_s": "sum by ({by}) (rate(node_disk_read_bytes_total{{{disk}{m}}}[{w}]))",
    "disk_write_bytes_per_s": "sum by ({by}) (rate(node_disk_written_bytes_total{{{disk}{m}}}[{w}]))",
    "disk_busy_percent": "100 * max by ({by}) (rate(node_disk_io_time_seconds_total{{{disk}{m}}}[{w}]))",
    "pressure_cpu_percent": "100 * max by ({by}) (rate(node_pressure_cpu_waiting_seconds_total{{{m1}}}[{w}]))",
    "pressure_memory_percent": (
        "100 * max by ({by}) (rate(node_pressure_memory_waiting_seconds_total{{{m1}}}[{w}]))"
    ),
    "pressure_io_percent": "100 * max by ({by}) (rate(node_pressure_io_waiting_seconds_total{{{m1}}}[{w}]))",
    "host_temperature_c": "max by ({by}) (node_hwmon_temp_celsius{{{m1}}})",
}
_GAUGES: Mapping[str, str] = {
    "load1": "max by ({by}) (node_load1{{{m1}}})",
    "memory_used_bytes": (
        "max by ({by}) (node_memory_MemTotal_bytes{{{m1}}} - node_memory_MemAvailable_bytes{{{m1}}})"
    ),
    "swap_used_bytes": "max by ({by}) (node_memory_SwapTotal_bytes{{{m1}}} - node_memory_SwapFree_bytes{{{m1}}})",
    "uptime_s": "time() - max by ({by}) (node_boot_time_seconds{{{m1}}})",
}
_ACCELERATOR_KEYS = {"accelerator_memory_used_bytes": "memory_used_bytes"}
_PHYSICAL = 'device!~"(dm-|loop|ram|zram|md|sr).*"'
_NO_DISKS = (
    'fstype!~"tmpfs|devtmpfs|ramfs|overlay|squashfs|autofs|proc|sysfs|cgroup.*|nsfs|fuse.lxcfs|iso9660"'
)
_FILES = (
    "node_filesystem_size_bytes|node_filesystem_avail_bytes|node_filesystem_files|node_filesystem_files_free"
)

Labels = Mapping[str, str]
Row = tuple[Labels, float, float]
"""Labels, value, and the moment by the source's clock."""


@hookimpl
def tandem_sources() -> Sequence[Source]:
    """Prometheus, and whatever else answers its HTTP API."""
    return [Source("prometheus", "Prometheus", open_reader, _SETTINGS)]


def open_reader(ask: Ask, settings: Mapping[str, str]) -> SourceReader:
    """A reader over one Prometheus; asks nothing yet.

    Raises:
        ValueError: a setting that makes no sense.
    """
    label, window = settings.get("host_label", ""), settings.get("window", "") or "2m"
    matchers = settings.get("filter", "").strip()
    if label and not _LABEL.fullmatch(label):
        raise ValueError("'host_label' is no label's name")
    if not _WINDOW.fullmatch(window):
        raise ValueError("'window' is no span such as 2m")
    if matchers and not re.fullmatch(f"{_FILTER.pattern}(,{_FILTER.pattern})*", matchers):
        raise ValueError("'filter' takes matchers such as cluster=\"a\", a comma between")
    return Reader(ask, label, matchers, window)


def decoded(text: str) -> Iterator[dict[str, Any]]:
    """The rows of an answer, one by one.

    Raises:
        ValueError: it is no answer of Prometheus, or it is cut off.
    """
    found = _RESULT.search(text, 0, 4096)
    if found is None:
        raise ValueError(f"it holds no result: {text[:80]!r}")
    decode = json.JSONDecoder().raw_decode
    at = found.end()
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing as well
        if text.startswith("]", at):
            return
        row, at = decode(text, at)
        if not isinstance(row, dict) or not isinstance(row.get("metric"), dict):
            raise ValueError("a row of the result is no series")
        yield row


def vector(text: str) -> Iterator[Row]:
    """The rows of an instant query; ValueError as `decoded`."""
    for row in decoded(text):
        pair = row.get("value")
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError("a row of the result has no value")
        yield row["metric"], _number(pair[1]), _number(pair[0])


def _number(value: object) -> float:
    if isinstance(value, int | float | str):
        return float(value)
    raise ValueError("a value of the result is no number")


def quoted(text: str) -> str:
    """A text as PromQL writes it."""
    return json.dumps(text, ensure_ascii=False)


@dataclass(slots=True)
class _Host:
    """What one reading has brought together of a server."""

    address: str = ""
    newest: float = 0.0
    values: dict[str, float] = field(default_factory=dict)
    gpus: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class _Kept:
    """What is asked once a minute."""

    at: float = -math.inf
    gpus: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    disks: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    cores: dict[str, float] = field(default_factory=dict)
    mig: set[tuple[str, str]] = field(default_factory=set)


class Reader:
    """See `SourceReader`."""

    def __init__(self, ask: Ask, label: str, matchers: str, window: str) -> None:
        self._ask = ask
        self._label = label
        self._matchers = f",{matchers}" if matchers else ""
        self._window = window
        self._by = ",".join(dict.fromkeys(["instance", "Hostname", *([label] if label else [])]))
        self._names: dict[str, str | None] = {}
        self._instances: dict[str, str] = {}
        self._kept = _Kept()

    # --- all servers now

    def read(self) -> SourceReading:
        hosts: dict[str, _Host] = {}
        now = 0.0
        for group in _FAST:
            for labels, value, at in self._accelerators(group, "modelName" if group is _FAST[0] else ""):
                now = max(now, at)
                self._take_accelerator(hosts, labels, value)
        if now - self._kept.at >= SLOWLY_S or now < self._kept.at or not now:
            self._read_slowly(hosts)
            self._kept.at = now
            slow = True
        else:
            slow = False
        names = "|".join(_NODE)
        for labels, value, _at in self._query(f'max by (__name__,{self._by}) ({{__name__=~"{names}"{{m}}}})'):
            self._machine(hosts, labels).values[labels.get("__name__", "")] = value
        rates = " or ".join(_told(key, text.format(**self._words())) for key, text in _RATES.items())
        for labels, value, _at in self._query(rates):
            self._machine(hosts, labels).values[labels.get("tandem", "")] = value
        for labels, value, at in self._query(self._ages()):
            now = max(now, at)
            host = hosts.get(self._name(labels))
            if host is not None:
                host.newest = max(host.newest, value)
        for place in self._kept.mig:
            if (found := hosts.get(place[0])) is not None:
                found.gpus.setdefault(place[1], {"uuid": place[1], "mig": True})
        told = [self._host(name, host, now, slow=slow) for name, host in hosts.items() if host.newest]
        return SourceReading(now, tuple(told))

    def _query(self, text: str) -> Iterator[Row]:
        query = text.replace("{m}", self._matchers)
        return vector(self._ask("api/v1/query", {"query": query}))

    def _accelerators(self, names: Sequence[str], more: str = "") -> Iterator[Row]:
        by = f"__name__,{self._by},gpu,UUID" + (f",{more}" if more else "")
        wanted = "|".join(_D + name for name in names)
        return self._query(f'max by ({by}) ({{__name__=~"{wanted}",GPU_I_ID=""{{m}}}})')

    def _words(self, one: str = "") -> dict[str, str]:
        """What fills the gaps of _RATES and _GAUGES; `one` is a matcher of one server."""
        every = self._matchers + (f",{one}" if one else "")
        by = "" if one else self._by
        return {"m": every, "m1": every.lstrip(","), "w": self._window, "by": by, "disk": _PHYSICAL}

    def _ages(self) -> str:
        names = (f"{_D}GPU_TEMP", f"{_D}GPU_UTIL", "node_load1")
        some = " or ".join(f"timestamp({name}{{{self._matchers.lstrip(',')}}})" for name in names)
        return f"max by ({self._by}) ({some})"

    def _read_slowly(self, hosts: dict[str, _Host]) -> None:
        kept = _Kept()
        for labels, _value, _at in self._query(
            f"max by ({self._by},nodename) (node_uname_info{{{{m1}}}})".replace(
                "{{m1}}", "{" + self._matchers.lstrip(",") + "}"
            )
        ):
            self._names.setdefault(_address(labels), labels.get("nodename") or None)
        for group in _SLOW:
            for labels, value, _at in self._accelerators(group):
                place = (self._name(labels), _uuid(labels))
                name = labels.get("__name__", "").removeprefix(_D)
                kept.gpus.setdefault(place, {})[name] = value
        divided = f'max by ({self._by},gpu,UUID) ({{__name__="{_D}FB_USED",GPU_I_ID!=""{{m}}}})'
        for labels, _value, _at in self._query(divided):
            kept.mig.add((self._name(labels), _uuid(labels)))
        cores = f'count by ({self._by}) (node_cpu_seconds_total{{mode="idle"{{m}}}})'
        for labels, value, _at in self._query(cores):
            kept.cores[self._name(labels)] = value
        files = f'max by (__name__,{self._by},mountpoint,device) ({{__name__=~"{_FILES}",{_NO_DISKS}{{m}}}})'
        kept.disks = self._disks(self._query(files))
        self._kept = kept

    def _disks(self, rows: Iterator[Row]) -> dict[str, list[dict[str, object]]]:
        found: dict[tuple[str, str], dict[str, float]] = {}
        devices: dict[tuple[str, str], str] = {}
        for labels, value, _at in rows:
            place = (self._name(labels), labels.get("mountpoint", "?"))
            found.setdefault(place, {})[labels.get("__name__", "").removeprefix("node_filesystem_")] = value
            devices[place] = labels.get("device", "")
        disks: dict[str, list[dict[str, object]]] = {}
        for (host, mount), values in found.items():
            disks.setdefault(host, []).append(
                {
                    "mount": mount,
                    "device": devices[host, mount],
                    "total_bytes": values.get("size_bytes"),
                    "used_bytes": _less(values, "size_bytes", "avail_bytes"),
                    "inodes_total": values.get("files"),
                    "inodes_used": _less(values, "files", "files_free"),
                }
            )
        return disks

    # --- one row to its server

    def _name(self, labels: Labels) -> str:
        """Which server a series is of: its own word for it, else what others at its address say."""
        if self._label and (own := labels.get(self._label)):
            return _PORT.sub("", own) if self._label == "instance" else own
        if own := labels.get("Hostname"):
            return own
        address = _address(labels)
        return self._names.get(address) or address

    def _take_accelerator(self, hosts: dict[str, _Host], labels: Labels, value: float) -> None:
        name, address = self._name(labels), _address(labels)
        if (own := labels.get("Hostname")) and self._names.setdefault(address, own) != own:
            self._names[address] = None  # one address for several servers names none of them
        host = hosts.get(name)
        if host is None:
            host = hosts[name] = _Host(address)
        uuid = _uuid(labels)
        gpu = host.gpus.get(uuid)
        if gpu is None:
            gpu = host.gpus[uuid] = {"uuid": uuid}
        if model := labels.get("modelName"):
            gpu["name"] = model
        if (index := labels.get("gpu", "")).isdigit():
            gpu["index"] = int(index)
        gpu[labels.get("__name__", "").removeprefix(_D)] = value

    def _machine(self, hosts: dict[str, _Host], labels: Labels) -> _Host:
        name = self._name(labels)
        self._instances[name] = labels.get("instance", "")
        host = hosts.get(name)
        if host is None:
            host = hosts[name] = _Host(_address(labels))
        return host

    def _host(self, name: str, host: _Host, now: float, *, slow: bool) -> SourceHost:
        values = host.values
        boot = values.get("node_boot_time_seconds")
        sample: dict[str, object] = {
            **{key: values.get(key) for key in ("cpu_percent",)},
            **{f"load{span}": values.get(f"node_load{span}") for span in (1, 5, 15)},
            "cpu_count": self._kept.cores.get(name),
            "memory_total_bytes": values.get("node_memory_MemTotal_bytes"),
            "memory_used_bytes": _less(
                values, "node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes"
            ),
            "memory_cached_bytes": values.get("node_memory_Cached_bytes"),
            "swap_total_bytes": values.get("node_memory_SwapTotal_bytes"),
            "swap_used_bytes": _less(values, "node_memory_SwapTotal_bytes", "node_memory_SwapFree_bytes"),
            "uptime_s": None if boot is None else host.newest - boot,
            "network": {
                f"{way}_bytes_per_s": values.get(f"network_{way}_bytes_per_s") for way in ("rx", "tx")
            },
            "disk_io": {
                key.removeprefix("disk_"): values.get(key) for key in _RATES if key.startswith("disk_")
            },
            "pressure": {
                kind: {"some_percent": values.get(f"pressure_{kind}_percent")}
                for kind in ("cpu", "memory", "io")
            },
            "disks": self._kept.disks.get(name, []),
            "accelerators": [
                self._accelerator(name, gpu, slow=slow)
                for gpu in sorted(host.gpus.values(), key=lambda each: each.get("index", -1))
            ],
        }
        if (heat := values.get("host_temperature_c")) is not None:
            sample["temperatures"] = [{"name": "hwmon", "temperature_c": heat}]
        return SourceHost(name, host.address, max(0.0, now - host.newest), host.newest, sample)

    def _accelerator(self, host: str, gpu: dict[str, Any], *, slow: bool) -> dict[str, object]:
        kept = self._kept.gpus.get((host, gpu["uuid"]), {})
        made: dict[str, object] = {
            "index": gpu.get("index"),
            "uuid": gpu["uuid"],
            "name": gpu.get("name"),
            "vendor": "nvidia",
            "state": "ok",
            "mig": gpu.get("mig"),
        }
        for key, (name, factor) in _FIELDS.items():
            value = _known(name, gpu.get(name, kept.get(name)))
            made[key] = None if value is None else value * factor
        if made["memory_total_bytes"] is None:
            parts = [_known(each, gpu.get(each, kept.get(each))) for each in ("FB_USED", "FB_FREE")]
            reserved = _known("FB_RESERVED", kept.get("FB_RESERVED")) or 0.0
            if None not in parts:
                made["memory_total_bytes"] = (sum(part or 0.0 for part in parts) + reserved) * MIB
        bits = _known("", gpu.get("CLOCK_THROTTLE_REASONS", gpu.get("CLOCKS_EVENT_REASONS")))
        if bits is not None and 0 <= bits < 1 << 32:
            made["throttle"] = [name for bit, name in _READ_BITS if int(bits) & bit]
        if slow:  # else it is as it was
            health: dict[str, object] = {
                key: _known(name, kept.get(name)) for key, name in _HEALTH.items() if name in kept
            }
            made["health"] = health | {
                key: bool(health[key]) for key in _FLAGS if health.get(key) is not None
            }
        return made

    # --- one metric over time

    def curve(
        self, host: str, metric: str, accelerator: str | None, since: float, until: float, width_s: int
    ) -> Sequence[SourceSpan]:
        if (text := self._expression(host, metric, accelerator)) is None or until <= since:
            return ()
        part = f"({text})[{width_s}s:{max(5, width_s // 20)}s]"
        query = " or ".join(_told(kind, f"{kind}_over_time({part})") for kind in ("min", "avg", "max"))
        asked = {"query": query, "start": f"{since + width_s}", "end": f"{until}", "step": f"{width_s}"}
        kinds: dict[str, dict[float, float]] = {}
        for row in decoded(self._ask("api/v1/query_range", asked)):
            values = row.get("values")
            if not isinstance(values, list):
                raise ValueError("a row of the result has no values")
            into = kinds.setdefault(str(row["metric"].get("tandem")), {})
            for pair in values:
                if not isinstance(pair, list) or len(pair) != 2:
                    raise ValueError("a row of the result has no values")
                into[_number(pair[0])] = _number(pair[1])
        low, mean, high = (kinds.get(kind, {}) for kind in ("min", "avg", "max"))
        return [
            SourceSpan(at - width_s, low[at], mean[at], high[at])
            for at in sorted(mean)
            if at in low and at in high and math.isfinite(low[at] + mean[at] + high[at])
        ]

    def _expression(self, host: str, metric: str, accelerator: str | None) -> str | None:
        if accelerator is not None:
            found = _FIELDS.get(_ACCELERATOR_KEYS.get(metric, metric))
            if found is None:
                return None
            name, factor = found
            blank = "" if name == "TOTAL_ENERGY_CONSUMPTION" else f" < {_INT32_BLANK}"
            which = f'UUID={quoted(accelerator)},GPU_I_ID=""{self._matchers}'
            return f"max({_D}{name}{{{which}}}{blank}) * {factor:g}"
        text, instance = (_RATES | _GAUGES).get(metric), self._instances.get(host)
        if text is None or instance is None:
            return None
        return text.format(**self._words(f"instance={quoted(instance)}"))


def _told(word: str, text: str) -> str:
    """Rows that say in a label what they are, so that many things come with one answer."""
    return f'label_replace({text}, "tandem", "{word}", "", "")'


def _address(labels: Labels) -> str:
    return _PORT.sub("", labels.get("instance", "")).strip("[]")


def _uuid(labels: Labels) -> str:
    return labels.get("UUID") or f"gpu{labels.get('gpu', '')}"


def _known(name: str, value: float | None) -> float | None:
    """A value of DCGM, None where it is one of its words for "none"."""
    if value is None or not math.isfinite(value) or value >= _FLOAT_BLANK:
        return None
    if _INT32_BLANK <= value < 2147483648 and name != "TOTAL_ENERGY_CONSUMPTION":
        return None
    return value


def _less(values: Mapping[str, float], whole: str, part: str) -> float | None:
    if whole not in values or part not in values:
        return None
    return max(0.0, values[whole] - values[part])
