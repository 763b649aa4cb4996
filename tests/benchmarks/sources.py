"""What a tick over a large source costs: servers x 8 GPUs out of answers shaped as Prometheus gives them.

Run by `./dev bench sources [--servers 3000]`. The answers come from a process of their own. Beside it stands
what `json.loads` of the same bytes takes, which is the least that reading them whole would cost.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from console.app import build, close
from console.core.home import Home
from console.telemetry.sources.entries import SourceEntry
from tests.lab.prometheus_like import PrometheusLike, vector

_NOW = time.time()


def _bodies(servers: int) -> list[tuple[str, bytes]]:
    """What is in the query -> the answer; the first that fits."""
    hosts = [
        {"instance": f"10.{n // 250}.{n % 250}.7:9400", "Hostname": f"gpu-{n:05d}"} for n in range(servers)
    ]
    gpus = [
        {**host, "gpu": str(g), "UUID": f"GPU-{n:012d}-{g}"} for n, host in enumerate(hosts) for g in range(8)
    ]

    def cards(names: str, model: bool = False) -> bytes:
        more = {"modelName": "NVIDIA H100 80GB HBM3"} if model else {}
        rows = [
            ({"__name__": f"DCGM_FI_DEV_{name}", **gpu, **more}, "61.5")
            for name in names.split()
            for gpu in gpus
        ]
        return vector(rows, _NOW)

    def machines(names: str, label: str) -> bytes:
        rows = [({label: name, **host}, "1234567890") for name in names.split() for host in hosts]
        return vector(rows, _NOW)

    return [
        ("timestamp(", vector([(host, f"{_NOW - 5:.3f}") for host in hosts], _NOW)),
        ('GPU_I_ID!=""', vector([], _NOW)),
        ("DCGM_FI_DEV_GPU_UTIL", cards("GPU_UTIL FB_USED FB_FREE", model=True)),
        ("DCGM_FI_DEV_GPU_TEMP", cards("GPU_TEMP POWER_USAGE SM_CLOCK MEM_COPY_UTIL")),
        ("DCGM_FI_DEV_MEMORY_TEMP", cards("MEMORY_TEMP TOTAL_ENERGY_CONSUMPTION")),
        ("DCGM_FI_DEV_ECC", cards("UNCORRECTABLE_REMAPPED_ROWS CORRECTABLE_REMAPPED_ROWS ROW_REMAP_FAILURE")),
        ("label_replace", machines("cpu_percent network_rx_bytes_per_s network_tx_bytes_per_s", "tandem")),
        (
            "node_load1",
            machines("node_load1 node_memory_MemTotal_bytes node_memory_MemAvailable_bytes", "__name__"),
        ),
        ("", vector([], _NOW)),
    ]


def _serve(servers: int, pipe: Connection) -> None:
    bodies = _bodies(servers)
    with PrometheusLike(lambda query: next(body for word, body in bodies if word in query)) as like:
        pipe.send(like.url)
        pipe.send([len(body) for _word, body in bodies])
        began = time.perf_counter()
        for word, body in bodies[:1] + bodies[2:4] + bodies[6:8]:
            del word
            json.loads(body)
        pipe.send(time.perf_counter() - began)
        pipe.recv()


def _rss_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


class Late:
    """How late a thread that wants to wake every 16 ms does, as the window's would."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Late:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            due = time.perf_counter() + 0.016
            time.sleep(0.016)
            self.late_ms.append((time.perf_counter() - due) * 1000)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=3000)
    parser.add_argument("--ticks", type=int, default=3)
    args = parser.parse_args()
    here, there = multiprocessing.Pipe()
    child = multiprocessing.Process(target=_serve, args=(args.servers, there))
    child.start()
    url, sizes, json_s = here.recv(), here.recv(), here.recv()
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        context = build(Home(Path(folder)))
        before = _rss_mib()
        print(f"{args.servers} servers x 8 GPUs; all answers {sum(sizes) / 2**20:.0f} MiB")
        try:
            context.sources.add(SourceEntry("site", url, interval_s=1.0))
            with Late() as late:
                context.sources.start()
                for tick in range(args.ticks):
                    seen, cpu = context.sources.views()[0].read_s, time.process_time()
                    end = time.monotonic() + 300
                    while (view := context.sources.views()[0]).read_s == seen:
                        if view.problem is not None or time.monotonic() > end:
                            print(view.problem)
                            return 1
                        time.sleep(0.05)
                    spent, size = time.process_time() - cpu, view.read_bytes / 2**20
                    print(
                        f"tick {tick + 1}: {view.read_s:.2f} s, {spent:.2f} s of processor, {size:.1f} MiB "
                        f"(json.loads of a usual one: {json_s:.2f} s); {_rss_mib() - before:.0f} MiB more"
                    )
            began = time.perf_counter()
            picture = context.telemetry.snapshot()
            took_ms = (time.perf_counter() - began) * 1000
            print(f"picture of {picture.counts.accelerators} accelerators: {took_ms:.0f} ms")
            waits = sorted(late.late_ms)
            p99 = waits[int(len(waits) * 0.99)]
            print(f"a thread that wakes every 16 ms is late: p99 {p99:.1f} ms, worst {waits[-1]:.1f} ms")
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"most memory of the process: {most:.0f} MiB")
        finally:
            close(context)
            here.send(None)
            child.join()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
