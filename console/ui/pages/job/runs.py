"""Which curves of which runs go into which chart, and what has to be said of them. No widget lives here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.core.text import safe_line
from console.core.units import format_bytes
from console.jobs.job import Job
from console.jobs.measured import STEP_TIME, Curve, JobMetrics
from console.ui.i18n import translate
from console.ui.kit.chart import Line
from console.ui.pages.job.look import families
from console.ui.pages.job.metric_view import Drawn, View, place_text
from console.ui.theme.tokens import Token

MOST_RUNS = 6
SHARES = ("accuracy", "acc", "precision", "recall", "f1", "auc")


@dataclass(frozen=True, slots=True)
class Run:
    """A job whose curves are drawn; `name` is unique among those that are."""

    job_id: str
    name: str
    metrics: JobMetrics
    began_s: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a chart: a curve of a run."""

    run: Run
    curve: Curve
    line: Line


def runs_of(jobs: Sequence[tuple[Job, JobMetrics]]) -> list[Run]:
    """The runs under names that tell them apart."""
    names = [safe_line(job.name, max_chars=40) for job, _ in jobs]
    return [
        Run(
            job.id,
            name if names.count(name) == 1 else f"{name} {job.id[:8]}",
            metrics,
            job.started.timestamp() if job.started else None,
        )
        for name, (job, metrics) in zip(names, jobs, strict=True)
    ]


def word(name: str) -> str:
    """A metric's name for people."""
    return safe_line(name.replace("_", " "), max_chars=60)


def is_share(family: str) -> bool:
    """Whether its values may be parts of a whole."""
    return any(part in family.lower() for part in SHARES)


def token_of(family: str, place: int) -> Token | None:
    """The engine's colour for what is trained, the accent for what it is checked with."""
    first: Token = "ok" if is_share(family) else "training"
    second: tuple[Token, ...] = (first, "accent", "warning")
    return second[place] if place < len(second) else None


def panels(runs: Sequence[Run], wanted: str) -> dict[str, list[Entry]]:
    """The charts by their title. Alone a run has one for every family; with others one for every metric."""
    if len(runs) == 1:
        run = runs[0]
        return {
            family: [
                Entry(
                    run,
                    run.metrics.curves[name],
                    Line(word(name.removeprefix(STEP_TIME)), token_of(family, place)),
                )
                for place, name in enumerate(names)
            ]
            for family, names in families(run.metrics.curves, wanted).items()
        }
    every: dict[str, Curve] = {}
    for run in runs:
        for name, curve in run.metrics.curves.items():
            if len(curve) > 1:
                every.setdefault(name, curve)
    names = [name for group in families(every, wanted).values() for name in group]
    return {
        name: [
            Entry(run, run.metrics.curves[name], Line(run.name, series=place))
            for place, run in enumerate(runs)
            if len(run.metrics.curves.get(name, ())) > 1
        ]
        for name in names
    }


def _named(entry: Entry, runs: int) -> str:
    name = word(entry.curve.name)
    return name if runs == 1 else f"{entry.run.name}: {name}"


def notes_of(
    view: View, shown: Mapping[str, Sequence[tuple[Entry, Drawn]]], runs: Sequence[Run], more: int
) -> tuple[list[str], list[str]]:
    """What the curves alone would hide: what is wrong, and what is only to be known."""
    every = [pair for pairs in shown.values() for pair in pairs]
    wrong = [
        translate("JobCharts", "{metric} is no number any more since {place}").format(
            metric=_named(entry, len(runs)),
            place=place_text(View(view.axis), drawn.odd_since),
        )
        for entry, drawn in every
        if drawn.odd_since is not None
    ][:2]
    sources = [source for run in runs for source in run.metrics.sources]
    wrong += [f"{source.name}: {source.problem}" for source in sources if source.problem][:2]
    notes: list[str] = []
    if bad := sum(source.bad for source in sources):
        notes.append(translate("JobCharts", "damaged records, left out: {count}").format(count=bad))
    counts = (
        (sum(d.not_positive for _, d in every), translate("JobCharts", "not above 0, left out: {count}")),
        (sum(d.without_time for _, d in every), translate("JobCharts", "without a time, left out: {count}")),
        (sum(d.redone for _, d in every), translate("JobCharts", "done again after a restart: {count}")),
    )
    notes += [text.format(count=count) for count, text in counts if count]
    unread = sum(source.size - source.read for source in sources if source.size and source.read is not None)
    if unread > 1 << 20:
        notes.append(translate("JobCharts", "{size} still to be read").format(size=format_bytes(unread)))
    if more:
        notes.append(translate("JobCharts", "more metrics, by search: {count}").format(count=more))
    if thinned := sum(entry.curve.thinned for entry, _ in every):
        notes.append(translate("JobCharts", "curves thinned, extremes kept: {count}").format(count=thinned))
    if any(run.metrics.cut for run in runs):
        notes.append(translate("JobCharts", "not all files are read: name them with --metrics"))
    return wrong, notes
