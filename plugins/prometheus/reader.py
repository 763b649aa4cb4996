"""All servers of one Prometheus in a handful of queries, and one metric of one of them over time.

Pure but for `ask`. What changes slowly is asked once a minute.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.plugin.api import Ask, SourceHost, SourceReading, SourceSpan

from .answers import (
    PORT,
    Labels,
    Row,
    address_of,
    decoded,
    known,
    labelled,
    less,
    number,
    quoted,
    uuid_of,
    vector,
)
from .names import (
    ACCELERATOR_KEYS,
    FAST,
    FIELDS,
    FILES,
    FLAGS,
    GAUGES,
    HEALTH,
    INT32_BLANK,
    MIB,
    NO_DISKS,
    NODE,
    PHYSICAL,
    RATES,
    READ_BITS,
    SLOW,
    D,
)

SLOWLY_S = 60.0


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
    nodes: dict[str, str] = field(default_factory=dict)


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
        ages = list(self._query(self._ages()))
        now = max((at for _labels, _value, at in ages), default=0.0)
        self._names = {}
        for group in FAST:
            for labels, value, at in self._accelerators(group, "modelName" if group is FAST[0] else ""):
                now = max(now, at)
                self._take_accelerator(hosts, labels, value)
        slow = not 0 <= now - self._kept.at < SLOWLY_S
        if slow:
            self._read_slowly(now)
        names = "|".join(NODE)
        for labels, value, _at in self._query(f'max by (__name__,{self._by}) ({{__name__=~"{names}"{{m}}}})'):
            self._machine(hosts, labels).values[labels.get("__name__", "")] = value
        rates = " or ".join(labelled(key, text.format(**self._words())) for key, text in RATES.items())
        for labels, value, _at in self._query(rates):
            self._machine(hosts, labels).values[labels.get("tandem", "")] = value
        for labels, value, _at in ages:
            if (host := hosts.get(self._name(labels))) is not None:
                host.newest = max(host.newest, value)
        for name, uuid in self._kept.mig:
            if (host := hosts.get(name)) is not None:
                host.gpus.setdefault(uuid, {"uuid": uuid, "mig": True})
        known_now = [(name, host) for name, host in hosts.items() if host.newest]
        return SourceReading(now, tuple(self._host(name, host, now, slow=slow) for name, host in known_now))

    def _query(self, text: str) -> Iterator[Row]:
        query = text.replace("{m}", self._matchers)
        return vector(self._ask("api/v1/query", {"query": query}))

    def _accelerators(self, names: Sequence[str], more: str = "") -> Iterator[Row]:
        by = f"__name__,{self._by},gpu,UUID" + (f",{more}" if more else "")
        wanted = "|".join(D + name for name in names)
        return self._query(f'max by ({by}) ({{__name__=~"{wanted}",GPU_I_ID=""{{m}}}})')

    def _words(self, one: str = "") -> dict[str, str]:
        """What fills the gaps of RATES and GAUGES; `one` is a matcher of one server."""
        every = self._matchers + (f",{one}" if one else "")
        by = "" if one else self._by
        return {"m": every, "m1": every.lstrip(","), "w": self._window, "by": by, "disk": PHYSICAL}

    def _ages(self) -> str:
        names = (f"{D}GPU_TEMP", f"{D}GPU_UTIL", "node_load1")
        some = " or ".join(f"timestamp({name}{{{self._matchers.lstrip(',')}}})" for name in names)
        return f"max by ({self._by}) ({some})"

    def _read_slowly(self, now: float) -> None:
        kept = _Kept(now)
        some = f"{{{self._matchers.lstrip(',')}}}"
        for labels, _value, _at in self._query(f"max by ({self._by},nodename) (node_uname_info{some})"):
            kept.nodes[address_of(labels)] = labels.get("nodename", "")
        self._kept.nodes = kept.nodes  # it names what follows
        for group in SLOW:
            for labels, value, _at in self._accelerators(group):
                place = (self._name(labels), uuid_of(labels))
                name = labels.get("__name__", "").removeprefix(D)
                kept.gpus.setdefault(place, {})[name] = value
        divided = f'max by ({self._by},gpu,UUID) ({{__name__="{D}FB_USED",GPU_I_ID!=""{{m}}}})'
        for labels, _value, _at in self._query(divided):
            kept.mig.add((self._name(labels), uuid_of(labels)))
        cores = f'count by ({self._by}) (node_cpu_seconds_total{{mode="idle"{{m}}}})'
        for labels, value, _at in self._query(cores):
            kept.cores[self._name(labels)] = value
        files = f'max by (__name__,{self._by},mountpoint,device) ({{__name__=~"{FILES}",{NO_DISKS}{{m}}}})'
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
                    "used_bytes": less(values, "size_bytes", "avail_bytes"),
                    "inodes_total": values.get("files"),
                    "inodes_used": less(values, "files", "files_free"),
                }
            )
        return disks

    # --- one row to its server

    def _name(self, labels: Labels) -> str:
        """Which server a series is of: its own word for it, else what others at its address say."""
        if self._label and (own := labels.get(self._label)):
            return PORT.sub("", own) if self._label == "instance" else own
        if own := labels.get("Hostname"):
            return own
        address = address_of(labels)
        return self._names.get(address) or self._kept.nodes.get(address) or address

    def _take_accelerator(self, hosts: dict[str, _Host], labels: Labels, value: float) -> None:
        name, address = self._name(labels), address_of(labels)
        if (own := labels.get("Hostname")) and self._names.setdefault(address, own) != own:
            self._names[address] = None  # one address for several servers names none of them
        host = hosts.get(name)
        if host is None:
            host = hosts[name] = _Host(address)
        uuid = uuid_of(labels)
        gpu = host.gpus.get(uuid)
        if gpu is None:
            gpu = host.gpus[uuid] = {"uuid": uuid}
        if model := labels.get("modelName"):
            gpu["name"] = model
        if (index := labels.get("gpu", "")).isdigit():
            gpu["index"] = int(index)
        gpu[labels.get("__name__", "").removeprefix(D)] = value

    def _machine(self, hosts: dict[str, _Host], labels: Labels) -> _Host:
        name = self._name(labels)
        self._instances[name] = labels.get("instance", "")
        host = hosts.get(name)
        if host is None:
            host = hosts[name] = _Host(address_of(labels))
        return host

    def _host(self, name: str, host: _Host, now: float, *, slow: bool) -> SourceHost:
        values = host.values
        boot = values.get("node_boot_time_seconds")
        sample: dict[str, object] = {
            **{key: values.get(key) for key in ("cpu_percent",)},
            **{f"load{span}": values.get(f"node_load{span}") for span in (1, 5, 15)},
            "cpu_count": self._kept.cores.get(name),
            "memory_total_bytes": values.get("node_memory_MemTotal_bytes"),
            "memory_used_bytes": less(values, "node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes"),
            "memory_cached_bytes": values.get("node_memory_Cached_bytes"),
            "swap_total_bytes": values.get("node_memory_SwapTotal_bytes"),
            "swap_used_bytes": less(values, "node_memory_SwapTotal_bytes", "node_memory_SwapFree_bytes"),
            "uptime_s": None if boot is None else host.newest - boot,
            "network": {
                f"{way}_bytes_per_s": values.get(f"network_{way}_bytes_per_s") for way in ("rx", "tx")
            },
            "disk_io": {
                key.removeprefix("disk_"): values.get(key) for key in RATES if key.startswith("disk_")
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
        for key, (name, factor) in FIELDS.items():
            value = known(name, gpu.get(name, kept.get(name)))
            made[key] = None if value is None else value * factor
        if made["memory_total_bytes"] is None:
            parts = [known(each, gpu.get(each, kept.get(each))) for each in ("FB_USED", "FB_FREE")]
            reserved = known("FB_RESERVED", kept.get("FB_RESERVED")) or 0.0
            if None not in parts:
                made["memory_total_bytes"] = (sum(part or 0.0 for part in parts) + reserved) * MIB
        bits = known("", gpu.get("CLOCK_THROTTLE_REASONS", gpu.get("CLOCKS_EVENT_REASONS")))
        if bits is not None and 0 <= bits < 1 << 32:
            made["throttle"] = [name for bit, name in READ_BITS if int(bits) & bit]
        if slow:  # else it is as it was
            health: dict[str, object] = {
                key: known(name, kept.get(name)) for key, name in HEALTH.items() if name in kept
            }
            made["health"] = health | {key: bool(health[key]) for key in FLAGS if health.get(key) is not None}
        return made

    # --- one metric over time

    def curve(
        self, host: str, metric: str, accelerator: str | None, since: float, until: float, width_s: int
    ) -> Sequence[SourceSpan]:
        if (text := self._expression(host, metric, accelerator)) is None or until <= since:
            return ()
        part = f"({text})[{width_s}s:{max(5, width_s // 20)}s]"
        query = " or ".join(labelled(kind, f"{kind}_over_time({part})") for kind in ("min", "avg", "max"))
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
                into[number(pair[0])] = number(pair[1])
        low, mean, high = (kinds.get(kind, {}) for kind in ("min", "avg", "max"))
        return [
            SourceSpan(at - width_s, low[at], mean[at], high[at])
            for at in sorted(mean)
            if at in low and at in high and math.isfinite(low[at] + mean[at] + high[at])
        ]

    def _expression(self, host: str, metric: str, accelerator: str | None) -> str | None:
        if accelerator is not None:
            found = FIELDS.get(ACCELERATOR_KEYS.get(metric, metric))
            if found is None:
                return None
            name, factor = found
            blank = "" if name == "TOTAL_ENERGY_CONSUMPTION" else f" < {INT32_BLANK}"
            which = f'UUID={quoted(accelerator)},GPU_I_ID=""{self._matchers}'
            return f"max({D}{name}{{{which}}}{blank}) * {factor:g}"
        text, instance = (RATES | GAUGES).get(metric), self._instances.get(host)
        if text is None or instance is None:
            return None
        return text.format(**self._words(f"instance={quoted(instance)}"))
