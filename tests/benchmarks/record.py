"""Records what a console receives of a server, second by second: `python -m tests.benchmarks.record OUT.npz`.

A real agent by the real boot line reads this machine's own numbers, with eight simulated accelerators beside
them; every value goes the console's way (`parse_sample`, `figures`) and is kept as the double that came. The
file holds `times` (seconds since 1970), `values` (one row a sample, NaN where unknown) and `keys`
("accelerator/metric", the accelerator's number or nothing). `./dev bench history` stores it again.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from console.telemetry.metrics import ACCELERATOR_METRICS, SERVER_METRICS, figures
from console.telemetry.parsing import parse_sample
from console.telemetry.sample import ServerSample
from tests.lab.agent import Agent, probe

GPUS = 8


def record(seconds: float) -> tuple[list[float], list[np.ndarray], list[str]]:
    """Times, figures of each sample, and what stands in each place."""
    times: list[float] = []
    rows: list[np.ndarray] = []
    before: ServerSample | None = None
    config = {"simulated": {"count": GPUS, "name": "Simulated H100", "seed": "recorded"}}
    with (
        tempfile.TemporaryDirectory() as home,
        Agent(Path(home), probes=(probe("simulated", "Simulated"),), config=config) as agent,
    ):
        agent.call("hello")
        stream = agent.ask("telemetry.subscribe", {"interval_s": 1.0})
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            wire = agent.event(stream)
            now = datetime.now(UTC)
            before = parse_sample(wire, time.monotonic(), server="recorded", now=now, before=before)
            times.append(now.timestamp())
            rows.append(figures(before))
    keys = [f"/{spec.key}" for spec in SERVER_METRICS]
    keys += [f"{number}/{spec.key}" for number in range(GPUS) for spec in ACCELERATOR_METRICS]
    return times, rows, keys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=3600.0)
    args = parser.parse_args()
    times, rows, keys = record(args.seconds)
    np.savez_compressed(args.out, times=np.array(times), values=np.array(rows), keys=np.array(keys))
    print(f"{len(times)} samples of {len(keys)} series, {args.out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
