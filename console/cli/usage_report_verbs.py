"""`tandem report utilization` and `report cost`: what jobs used, added up, from the history kept here."""

from __future__ import annotations

from console.cli.output import table
from console.cli.parser import Verbs
from console.cli.report_options import add_by, add_format, add_span, span_of
from console.cli.session import Session
from console.core.clock import iso
from console.core.units import UNKNOWN, format_duration, format_energy, format_percent, three_digits
from console.jobs.reporting import BY, Report, ReportRow, report_csv, row_document


def add(inner: Verbs) -> None:
    """Add the verbs below `report`."""
    for kind, words, serve in (
        ("utilization", "how well jobs used the accelerators that they held", _utilization),
        ("cost", "what jobs cost by their servers' rates", _cost),
    ):
        verb = inner.add(kind, words, serve, command=f"report {kind}")
        add_by(verb, BY, "user")
        add_span(verb)
        add_format(verb)
        verb.add_argument("--no-refresh", action="store_true", help="ask no server: what is known here")


def _utilization(session: Session) -> int:
    return _report(session, "utilization")


def _cost(session: Session) -> int:
    return _report(session, "cost")


def _report(session: Session, kind: str) -> int:
    since, until = span_of(session)
    if not session.args.no_refresh:
        for problem in session.context.jobs.refresh().values():
            session.output.say(f"tandem: {problem.sentence}")
    found = session.call(f"report.{kind}", {"by": session.args.by, "since": since, "until": until})
    assert isinstance(found, Report)
    if session.args.format == "csv" and not session.output.as_json:
        print(report_csv(found), end="", flush=True)
        return 0
    currency = str(session.context.options.get("cost.currency"))
    document = {
        "by": found.by,
        "since": None if since is None else iso(since),
        "until": None if until is None else iso(until),
        "currency": currency,
        "rows": [row_document(found.by, row) for row in found.rows],
        "total": row_document("", found.total),
    }
    session.output.answer(document, lambda: _text(found, kind, currency))
    return 0


def _text(found: Report, kind: str, currency: str) -> str:
    if not found.rows:
        return "no job of that time is known here"
    rows = [_cells(row, kind, currency) for row in (*found.rows, found.total)]
    rows[-1][0] = "total"
    if kind == "cost":
        heads = [found.by, "jobs", "gpu time", "run time", "energy", "cost", "priced"]
    else:
        heads = [found.by, "jobs", "gpu time", "use", "idle", "idle gpu time", "energy", "observed"]
    return table(heads, rows, right=frozenset(range(1, len(heads))))


def _cells(row: ReportRow, kind: str, currency: str) -> list[str]:
    cells = [row.title[:60], str(row.jobs), format_duration(row.gpu_seconds or None)]
    if kind == "cost":
        cost = UNKNOWN if row.cost is None else f"{three_digits(row.cost)} {currency}"
        return [
            *cells,
            format_duration(row.seconds or None),
            format_energy(row.energy_j),
            cost,
            _share(row.cost_share),
        ]
    return [
        *cells,
        format_percent(row.utilization_percent),
        _share(row.idle_share),
        format_duration(row.idle_gpu_seconds),
        format_energy(row.energy_j),
        _share(row.observed_share),
    ]


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else format_percent(100.0 * value)
