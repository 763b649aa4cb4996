"""`./dev screens DIR`: pictures of every page of the real window over the demo's fleet.

The round runs first, so that jobs, models and a deployment with two releases are there; then one
longer job trains while the pictures are taken.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from console.alerts.alert import AlertSeverity
from console.alerts.rule import Rule, Scope
from console.app import build, close
from console.context import Context
from console.core.home import Home
from console.demo.fleet import DemoFleet
from console.demo.round import TRAIN_SERVER, Round
from console.jobs.job import Job, JobRequest, JobState
from console.ui import screens

_SAMPLES_S = 20.0


def main() -> int:
    """Take the pictures and print their paths."""
    parser = argparse.ArgumentParser(prog="./dev screens", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", action="append", choices=[each.name for each in screens.SETS], dest="sets")
    arguments = parser.parse_args()
    chosen = [each for each in screens.SETS if not arguments.sets or each.name in arguments.sets]
    with tempfile.TemporaryDirectory(prefix="tandem-screens-") as folder:
        context = build(Home(Path(folder)))
        try:
            with DemoFleet(context.home.root / "demo") as fleet:
                written = _take(context, fleet, arguments.folder, chosen)
        finally:
            close(context)
    print("\n".join(str(path) for path in written))
    return 0 if written else 1


def _take(context: Context, fleet: DemoFleet, folder: Path, chosen: list[screens.PictureSet]) -> list[Path]:
    fleet.enter_into(context)
    context.fleet.watch()
    rounds = Round(context, fleet.python)
    job: Job | None = None
    try:
        context.operations.run(rounds.prepare())
        job = _training(context, fleet.python)
        _something_fires(context)
        time.sleep(_SAMPLES_S)
        return screens.run(context, folder, sets=chosen, round_work=rounds.prepare)
    finally:
        if job is not None and not context.jobs.show(job.id).final:
            context.operations.run(context.jobs.prepare_cancel(job.id))
        rounds.tidy()
        context.fleet.close()


def _something_fires(context: Context) -> None:
    """Rules of this home alone that hold on the demo's servers: real alerts of the real judge."""
    rules = (
        Rule(
            "demo-warm", "Accelerator is warm", "temp > 1", for_s=0.0, severity=AlertSeverity.CRITICAL,
            scope=Scope.ACCELERATOR, summary="{label} of {server} is at {value}.",
            remedy="Look at the fans of {server}.", runbook="alerts#accelerators",
        ),
        Rule(
            "demo-memory", "Memory is in use", "cpu >= 0", for_s=0.0, severity=AlertSeverity.WARNING,
            summary="{server} computes: {value}.", remedy="Look at its largest processes.",
        ),
        Rule(
            "demo-load", "Loaded for a day", "load >= 0", for_s=86_400.0, summary="{server} is loaded.",
            remedy="Nothing has to be done.",
        ),
    )  # fmt: skip
    for rule in rules:
        context.alerts.save_rule(rule)
    context.alerts.start()
    deadline = time.monotonic() + 30
    while not any(each.fired for each in context.alerts.alerts()) and time.monotonic() < deadline:
        time.sleep(0.2)
    firing = [each for each in context.alerts.alerts() if each.fired]
    for each in firing[:1]:
        context.alerts.acknowledge(each.id)
        context.alerts.assign(each.id, context.account)
    for each in firing[-1:]:
        context.alerts.silence(each.rule, each.target.server, "", 3600.0, "new fans on Tuesday")


def _training(context: Context, python: str) -> Job:
    request = JobRequest(
        argv=(),
        server=TRAIN_SERVER,
        name="digits-train-long",
        gpus=2,
        recipe="digits-train",
        params={"epochs": "400", "seed": "3"},
        python=python,
    )
    job = context.operations.run(context.jobs.prepare_submit(request))
    deadline = time.monotonic() + 30
    while context.jobs.show(job.id).state is not JobState.RUNNING and time.monotonic() < deadline:
        time.sleep(0.2)
    return job


if __name__ == "__main__":
    sys.exit(main())
