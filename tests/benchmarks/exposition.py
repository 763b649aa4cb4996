"""What one scrape of the Prometheus endpoint costs: 400 servers x 8 GPUs, milliseconds and bytes.

Run by `./dev bench exposition`. Beside it stands `json.dumps` of the same labels and values: what
writing them down costs at the least. A thread that wakes as the window does tells how late it is.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from console.core.options import Options
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.telemetry.exposition.collector import FleetCollector
from console.telemetry.exposition.endpoint import MetricsEndpoint
from console.telemetry.parsing import parse_sample
from console.telemetry.snapshot import AcceleratorRow, FleetSnapshot, ServerRow, count
from tests.benchmarks.sources import Late
from tests.ui.fleet_samples import Machine, accelerator


def _picture(servers: int) -> FleetSnapshot:
    rows = []
    for number in range(servers):
        server = Server(f"gpu-{number:04d}", "host")
        machine = Machine(server)
        wire = {
            "seq": 1,
            "time": time.time(),
            "cpu_percent": 12.5,
            "load1": 3.0,
            "memory_used_bytes": 10**9,
            "memory_total_bytes": 10**12,
            "accelerators": [accelerator(machine, index, 1) for index in range(8)],
        }
        sample = parse_sample(wire, 0.0)
        cards = tuple(AcceleratorRow(server, each, True) for each in sample.accelerators)
        rows.append(ServerRow(server, LinkView(server.name, LinkState.UP), sample, 0.5, True, cards))
    return FleetSnapshot(datetime.now(UTC), tuple(rows), count(tuple(rows)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=400)
    parser.add_argument("--scrapes", type=int, default=5)
    args = parser.parse_args()
    picture = _picture(args.servers)
    plain = [
        [sample.name, sample.labels, sample.value]
        for metric in FleetCollector(lambda: picture).collect()
        for sample in metric.samples
    ]
    began = time.process_time()
    json.dumps(plain)
    peer_s = time.process_time() - began
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        endpoint = MetricsEndpoint(lambda: picture, Options(Path(folder) / "options.json"))
        try:
            url = endpoint.serve(0)
            with Late() as late:
                for number in range(args.scrapes):
                    began_s, cpu_s = time.perf_counter(), time.process_time()
                    with urllib.request.urlopen(url, timeout=60) as answer:
                        size = len(answer.read())
                    took_ms = (time.perf_counter() - began_s) * 1000
                    spent_ms = (time.process_time() - cpu_s) * 1000
                    print(
                        f"scrape {number + 1}: {took_ms:.0f} ms, {spent_ms:.0f} ms of processor, "
                        f"{size / 2**20:.1f} MiB, {len(plain)} samples; "
                        f"{spent_ms / 1000 / peer_s:.1f} x json.dumps of them ({peer_s * 1000:.0f} ms)"
                    )
        finally:
            endpoint.close()
    waits = sorted(late.late_ms)
    p99 = waits[int(len(waits) * 0.99)]
    print(f"a thread that wakes every 16 ms is late: p99 {p99:.1f} ms, worst {waits[-1]:.1f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
