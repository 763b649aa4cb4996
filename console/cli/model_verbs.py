"""`tandem model …`."""

from __future__ import annotations

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, pair, whole
from console.cli.session import Session
from console.core.clock import iso
from console.core.units import UNKNOWN, format_bytes
from console.models.model import AddModel, Model, ModelVersion


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    inner = Verbs(verbs.add("model", "models and their versions", None), "model commands")
    verb = inner.add("add", "register a version", _add, command="model add", changes=True)
    verb.add_argument("name")
    verb.add_argument("path", help="the artifact: here, or on --server")
    verb.add_argument("--format", metavar="F")
    verb.add_argument("--metric", type=pair, action="append", default=[], metavar="K=V")
    verb.add_argument("--from-job", metavar="ID")
    verb.add_argument("--server", metavar="NAME")
    inner.add("list", "all models", _list, command="model list")
    inner.add("show", "one model, version or alias", _show, command="model show").add_argument("ref")
    verb = inner.add("alias", "point an alias at a version", _alias, command="model alias")
    verb.add_argument("name")
    verb.add_argument("version", type=whole)
    verb.add_argument("alias")


def version_document(version: ModelVersion) -> dict[str, object]:
    """A version as JSON."""
    return {
        "name": version.name,
        "version": version.version,
        "format": version.format,
        "sha256": version.sha256,
        "size_bytes": version.size_bytes,
        "created": iso(version.created),
        "created_by": version.created_by,
        "metrics": dict(version.metrics),
        "job": version.job,
        "aliases": list(version.aliases),
        "file_name": version.file_name,
    }


def _add(session: Session) -> int:
    args = session.args
    metrics: dict[str, float] = {}
    for key, value in args.metric:
        try:
            metrics[key] = float(value)
        except ValueError:
            raise UsageError(f"metric {key} takes a number, not '{value}'", "model add") from None
    job = session.context.jobs.resolve(args.from_job) if args.from_job else None
    wanted = AddModel(args.name, args.path, args.format, metrics, job, args.server)
    version = session.run("model.add", {"model": wanted}, ModelVersion)
    if version is not None:
        session.output.answer(version_document(version), version.ref)
    return 0


def _rows(models: list[Model]) -> list[list[str]]:
    return [
        [
            each.ref,
            ", ".join(each.aliases) or UNKNOWN,
            each.format,
            format_bytes(each.size_bytes),
            ", ".join(f"{key} {value:.4g}" for key, value in sorted(each.metrics.items())) or UNKNOWN,
            iso(each.created)[:19].replace("T", " "),
        ]
        for model in models
        for each in model.versions
    ]


_HEADERS = ["model", "aliases", "format", "size", "metrics", "registered UTC"]


def _list(session: Session) -> int:
    models = session.context.models.list()
    rows = _rows(models)
    session.output.answer(
        [
            {"name": each.name, "versions": [version_document(version) for version in each.versions]}
            for each in models
        ],
        lambda: table(_HEADERS, rows) if rows else "no models yet; add one with: tandem model add NAME PATH",
    )
    return 0


def _show(session: Session) -> int:
    ref: str = session.args.ref
    if "@" in ref:
        version = session.context.models.get(ref)
        document: dict[str, object] = version_document(version)
        models = [Model(version.name, (version,))]
    else:
        model = session.context.models.show(ref)
        document = {"name": model.name, "versions": [version_document(version) for version in model.versions]}
        models = [model]
    session.output.answer(document, lambda: table(_HEADERS, _rows(models)))
    return 0


def _alias(session: Session) -> int:
    args = session.args
    version = session.call("model.alias", {"name": args.name, "version": args.version, "alias": args.alias})
    assert isinstance(version, ModelVersion)
    session.output.answer(version_document(version), f"{args.name}@{args.alias} is version {version.version}")
    return 0
