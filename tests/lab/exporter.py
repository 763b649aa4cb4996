"""An exporter of the lab: what DCGM-exporter and node_exporter of made-up servers would tell a Prometheus.

Each series carries its own `instance`, so that one exporter stands for all of them (honor_labels).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

MIB = 1024 * 1024


def series(name: str, labels: Mapping[str, str], value: float, at: float | None = None) -> str:
    """One line of the text format; `at` in seconds as OpenMetrics writes it."""
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{told}}} {value!r}" + ("" if at is None else f" {at:.3f}")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


@dataclass
class ExportedGpu:
    """One GPU: families by DCGM's short names."""

    index: int
    uuid: str
    values: dict[str, float] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    model: str = "NVIDIA H100 80GB HBM3"


@dataclass
class ExportedHost:
    """One server; `address` is what both exporters listen on, `hostname` what DCGM-exporter calls it."""

    address: str
    hostname: str
    gpus: list[ExportedGpu] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def text(self, at: float | None = None) -> list[str]:
        """Its series; `at` as in `series`."""
        dcgm = {"instance": f"{self.address}:9400", "Hostname": self.hostname}
        node = {"instance": f"{self.address}:9100"}
        found = list(self.lines)
        for gpu in self.gpus:
            labels = {
                "gpu": str(gpu.index),
                "UUID": gpu.uuid,
                "device": f"nvidia{gpu.index}",
                "modelName": gpu.model,
                **dcgm,
                **gpu.labels,
            }
            found += [series(f"DCGM_FI_DEV_{name}", labels, value, at) for name, value in gpu.values.items()]
        for name, value in self.values.items():
            base, _brace, more = name.partition("{")
            extra = dict(pair.split("=", 1) for pair in more.rstrip("}").split(",")) if more else {}
            found.append(series(base, {**extra, **node}, value, at))
        return found


def host(number: int, gpus: int = 2) -> ExportedHost:
    """A usual one."""
    cards = [
        ExportedGpu(
            index,
            f"GPU-{number:04d}-{index}",
            {
                "GPU_UTIL": 90.0 - index,
                "FB_USED": 1024.0,
                "FB_FREE": 80000.0,
                "GPU_TEMP": 61.0,
                "POWER_USAGE": 512.5,
                "SM_CLOCK": 1755.0,
                "ECC_DBE_VOL_TOTAL": 0.0,
                "ROW_REMAP_PENDING": 0.0,
                "TOTAL_ENERGY_CONSUMPTION": 5000.0,
            },
        )
        for index in range(gpus)
    ]
    values = {
        "node_load1": 3.5,
        "node_memory_MemTotal_bytes": 64.0 * 1024 * MIB,
        "node_memory_MemAvailable_bytes": 48.0 * 1024 * MIB,
        "node_boot_time_seconds": 1_700_000_000.0,
        "node_filesystem_size_bytes{mountpoint=/,device=/dev/vda1,fstype=ext4}": 1000.0,
        "node_filesystem_avail_bytes{mountpoint=/,device=/dev/vda1,fstype=ext4}": 400.0,
        f"node_uname_info{{nodename=gpu-{number:02d}}}": 1.0,
    }
    return ExportedHost(f"10.0.0.{number}", f"gpu-{number:02d}", cards, values)


class LabExporter:
    """Serves what its hosts tell; used by `with`. Counters are up to the test."""

    def __init__(self, hosts: list[ExportedHost]) -> None:
        self.hosts = hosts
        exporter = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = exporter.text().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def text(self) -> str:
        """What is told now."""
        return "\n".join(line for each in list(self.hosts) for line in each.text()) + "\n"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def past(hosts: list[ExportedHost], begin: float, end: float, step: float) -> str:
    """OpenMetrics text of what they told long ago; utilization goes up and down between 0 and 100."""
    families: dict[str, list[str]] = {}
    at = begin
    while at <= end:
        for each in hosts:
            for gpu in each.gpus:
                gpu.values["GPU_UTIL"] = round(50 + 50 * math.sin(at / 600), 3)
            for line in each.text(at):
                families.setdefault(line.split("{", 1)[0], []).append(line)
        at += step
    lines: list[str] = []
    for name in sorted(families):
        # Series by series, each as time went.
        lines += [f"# TYPE {name} gauge", *sorted(families[name], key=lambda line: line.split("}")[0])]
    return "\n".join([*lines, "# EOF"]) + "\n"
