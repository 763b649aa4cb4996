"""What metering jobs costs their server: processor time of a look, by number of jobs, beside `ps -e`.

Real processes in sessions of their own stand for the jobs; their folders lie in a home of this run alone.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from console.agent import meter, procs

ROUNDS = 10
EVERY_S = 5.0


def cpu_s(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def job(home: Path, ident: str, gpus: int) -> subprocess.Popen[bytes]:
    """A job that runs: its process, its start and its ticket as the agent writes them."""
    folder = home / ".tandem" / "jobs" / ident
    folder.mkdir(parents=True, mode=0o700)
    process = subprocess.Popen(["sleep", "600"], start_new_session=True, env={"TANDEM_JOB_DIR": str(folder)})
    start = {
        "v": 1,
        "attempt": 1,
        "boot_id": procs.boot_id(),
        "process": {"pid": process.pid, "started": procs.start_time(process.pid)},
        "accelerators": [f"GPU-{each}" for each in range(gpus)],
    }
    (folder / "start.json").write_text(json.dumps(start))
    (home / ".tandem" / "spool").mkdir(exist_ok=True, mode=0o700)
    (home / ".tandem" / "spool" / ident).write_text(json.dumps({"v": 1, "id": ident, "gpus": gpus}))
    return process


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 8, 64])
    parser.add_argument("--gpus", type=int, default=8)
    args = parser.parse_args()
    rows = [
        {
            "uuid": f"GPU-{n}",
            "index": n,
            "state": "ok",
            "utilization_percent": 50.0,
            "energy_j": 1.0,
            "processes": [],
        }
        for n in range(args.gpus)
    ]
    print(f"{'jobs':>5} {'a look':>9} {'of a core':>10} {'ps -e':>9} {'ratio':>6} {'written':>9}")
    for count in args.jobs:
        with tempfile.TemporaryDirectory() as scratch:
            home = Path(scratch)
            (home / ".tandem").mkdir(mode=0o700)
            os.environ["HOME"] = scratch
            running = [job(home, f"job{number}", args.gpus) for number in range(count)]
            try:
                metering = meter.Meter(lambda: rows)
                metering.look()
                mine, peer = [], []
                for _ in range(ROUNDS):
                    began = cpu_s(resource.RUSAGE_SELF)
                    metering.look()
                    mine.append(cpu_s(resource.RUSAGE_SELF) - began)
                    began = cpu_s(resource.RUSAGE_CHILDREN)
                    subprocess.run(
                        ["ps", "-e", "-o", "pid,ppid,sid,time,rss"], stdout=subprocess.DEVNULL, check=True
                    )
                    peer.append(cpu_s(resource.RUSAGE_CHILDREN) - began)
                    time.sleep(0.05)
                look, ps = statistics.median(mine), statistics.median(peer)
                size = sum(path.stat().st_size for path in home.glob(".tandem/jobs/*/usage/*"))
                print(
                    f"{count:5} {1000 * look:7.1f}ms {100 * look / EVERY_S:8.2f} % {1000 * ps:7.1f}ms"
                    f" {look / ps:6.2f} {size / count / 1000:6.1f} kB"
                )
            finally:
                for each in running:
                    each.kill()
                    each.wait()


if __name__ == "__main__":
    main()
