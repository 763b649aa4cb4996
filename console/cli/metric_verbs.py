"""`tandem job metrics` and `tandem job stop`."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, duration_s
from console.cli.session import Session
from console.core.units import UNKNOWN
from console.jobs.job import Job
from console.jobs.measured import Curve, JobMetrics, curve_rows, metrics_csv, named, number_text, piece_of
from console.jobs.stopping import CHECKPOINT_S


def add(inner: Verbs) -> None:
    """Add the verbs."""
    verb = inner.add("metrics", "what jobs measured", _metrics, command="job metrics")
    verb.add_argument("ids", nargs="+", metavar="ID")
    verb.add_argument("--name", metavar="GLOB", help="only metrics of such names: 'val/*'")
    verb.add_argument("--csv", action="store_true", help="one line a point")
    verb.add_argument("--follow", action="store_true", help="go on until the last job ends")
    verb = inner.add("stop", "let a job save a checkpoint and end", _stop, command="job stop", changes=True)
    verb.add_argument("id")
    verb.add_argument(
        "--checkpoint",
        action="store_true",
        required=True,
        help="the polite end; 'job cancel' is the quick one",
    )
    verb.add_argument(
        "--within", type=duration_s, default=CHECKPOINT_S, metavar="S", help="then it is killed (120)"
    )


def summary(curve: Curve) -> dict[str, object]:
    """A curve in four numbers; `steps` counts all points that were reported."""
    last = curve.last
    return {
        "last": None if last is None else number_text(last),
        "min": curve.low,
        "max": curve.high,
        "steps": curve.seen,
    }


def _metrics(session: Session) -> int:
    args, jobs = session.args, session.context.jobs
    if args.csv and session.output.as_json:
        raise UsageError("--csv and --json exclude each other", "job metrics")
    ids = [jobs.resolve(each) for each in args.ids]
    if args.follow:
        return _follow(session, ids)
    found = {job_id: jobs.metrics(job_id, whole=True) for job_id in dict.fromkeys(ids)}
    chosen = {job_id: _chosen(each.curves, args.name) for job_id, each in found.items()}
    for job_id, each in found.items():
        _remark(session, job_id, each, chosen[job_id])
    if args.csv:
        print(metrics_csv(list(chosen.items())), end="", flush=True)
        return 0
    documents = {job_id: {each.name: _points(each) for each in curves} for job_id, curves in chosen.items()}
    session.output.answer(
        documents[ids[0]] if len(args.ids) == 1 else documents, lambda: _table(chosen) or "no metrics yet"
    )
    return 0


def _chosen(curves: Mapping[str, Curve], pattern: str | None) -> list[Curve]:
    return [each for name, each in curves.items() if pattern is None or fnmatchcase(name, pattern)]


def _points(curve: Curve) -> list[dict[str, object]]:
    return [
        {"step": step, "time": time, "value": number_text(value)}
        for _, step, time, value in curve_rows([curve])
    ]


def _remark(session: Session, job_id: str, metrics: JobMetrics, curves: Iterable[Curve]) -> None:
    """What the numbers alone would hide, on stderr."""
    for source in metrics.sources:
        if source.problem:
            session.output.say(f"tandem: {job_id}: {source.name}: {source.problem}")
        if source.bad:
            session.output.say(f"tandem: {job_id}: {source.name}: {source.bad} damaged records are left out")
    if metrics.cut:
        session.output.say(
            f"tandem: {job_id}: there are more files or curves than are read; name them by --metrics"
        )
    thinned = [each for each in curves if each.thinned]
    if thinned:
        most = max(each.seen for each in thinned)
        session.output.say(
            f"tandem: {job_id}: {len(thinned)} curves of up to {most} points are thinned;"
            " lowest, highest and last values are kept"
        )


def _table(chosen: Mapping[str, list[Curve]]) -> str:
    several = len(chosen) > 1
    rows = [
        [
            *([job_id] if several else []),
            each.name,
            str(each.seen),
            *map(_text, (each.last, each.low, each.high)),
        ]
        for job_id, curves in chosen.items()
        for each in curves
    ]
    headers = [*(["job"] if several else []), "metric", "points", "last", "min", "max"]
    return table(headers, rows, right=frozenset({1 + several})) if rows else ""


def _text(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.6g}"


def _follow(session: Session, ids: list[str]) -> int:
    """Every point once, as it comes: text, CSV, or one JSON object a line."""
    args, as_json = session.args, session.output.as_json
    several = len(set(ids)) > 1
    if args.csv:
        print(metrics_csv([]), end="", flush=True)
    for job_id, raws in session.context.jobs.follow_metrics(ids):
        for raw in raws:
            curve = named([piece_of(raw)])[raw.name]
            if args.name is not None and not fnmatchcase(curve.name, args.name):
                continue
            if args.csv:
                sys.stdout.write(metrics_csv([(job_id, [curve])]).split("\n", 1)[1])
                continue
            for name, step, time, value in curve_rows([curve]):
                if as_json:
                    row = {"job": job_id, "metric": name, "step": step, "time": time}
                    row |= {"value": number_text(value), "source": raw.source}
                    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
                else:
                    at = UNKNOWN if step is None or math.isnan(step) else f"{step:g}"
                    whose = f"{job_id}  " if several else ""
                    sys.stdout.write(f"{whose}{(time or UNKNOWN)[:19]}  step {at}  {name}  {value:.6g}\n")
        sys.stdout.flush()
    return 0


def _stop(session: Session) -> int:
    job = session.run("job.stop", {"id": session.args.id, "within_s": session.args.within}, Job)
    if job is not None:
        text = f"{job.id} {job.state.value}: {job.reason}"
        session.output.answer(
            {"id": job.id, "state": job.state.value, "reason": job.reason, "checkpoint": job.checkpoint}, text
        )
    return 0
