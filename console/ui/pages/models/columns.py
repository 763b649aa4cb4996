"""The columns of the registry of models, and what is said of a version. No widget lives here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_bytes
from console.models.model import Model, ModelVersion
from console.serving.deployment import Deployment, ReleaseState
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.tones import Tone
from console.ui.times import moment_text

_SERVES = (ReleaseState.LIVE, ReleaseState.CANARY)
_FIRST = ("accuracy", "val_accuracy", "f1", "loss", "val_loss")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version with where it serves: names of deployments, and of those that keep it warm."""

    version: ModelVersion
    serves: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def rows_of(models: list[Model], deployments: list[Deployment]) -> list[VersionRow]:
    """Every version, models by name and the newest version first."""
    serving: dict[str, list[str]] = {}
    keeping: dict[str, list[str]] = {}
    for deployment in deployments:
        for release in deployment.releases:
            if release.weight > 0 or release.state in _SERVES:
                serving.setdefault(release.model, []).append(deployment.name)
            elif release.state is ReleaseState.KEPT:
                keeping.setdefault(release.model, []).append(deployment.name)
    return [
        VersionRow(each, tuple(serving.get(each.ref, ())), tuple(keeping.get(each.ref, ())))
        for model in models
        for each in model.versions
    ]


def metrics_in_order(version: ModelVersion) -> list[tuple[str, float]]:
    """What judges the model first."""
    known = {name: place for place, name in enumerate(_FIRST)}
    return sorted(version.metrics.items(), key=lambda pair: (known.get(pair[0], len(known)), pair[0]))


def metric_text(value: float) -> str:
    """Four digits: two versions often differ in the third."""
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.5g}"


def metrics_text(version: ModelVersion, most: int = 3) -> str:
    """ "accuracy 0.9790  ·  loss 0.0712"."""
    shown = metrics_in_order(version)[:most]
    return "  ·  ".join(f"{safe_line(name)} {metric_text(value)}" for name, value in shown) or UNKNOWN


def serves_text(row: VersionRow) -> str:
    """Where its answers are used now."""
    if row.serves:
        return ", ".join(row.serves)
    if row.kept:
        return translate("Models", "kept warm in {names}").format(names=", ".join(row.kept))
    return UNKNOWN


# Long: it is nothing but the columns, one after the other.
def version_columns(now: Callable[[], datetime], zone: Callable[[], tzinfo]) -> list[Column[VersionRow]]:
    """Name and version, what it is worth, where it serves, where it came from."""
    return [
        Column("ref", translate("Models", "Version"), lambda row: row.version.ref, width=150, strong=True),
        Column(
            "aliases",
            translate("Models", "Aliases"),
            lambda row: ", ".join(row.version.aliases),
            width=110,
            drop=1,
        ),
        Column(
            "serves",
            translate("Models", "Serves in"),
            serves_text,
            tone=lambda row: Tone.INFERENCE if row.serves else (Tone.QUIET if row.kept else None),
            width=150,
        ),
        Column(
            "metrics",
            translate("Models", "Metrics"),
            lambda row: metrics_text(row.version),
            sort=lambda row: next((value for _, value in metrics_in_order(row.version)), None),
            width=180,
            stretch=True,
        ),
        Column(
            "format",
            translate("Models", "Format"),
            lambda row: row.version.format,
            width=100,
            dim=True,
            drop=3,
        ),
        Column(
            "size",
            translate("Models", "Size"),
            lambda row: format_bytes(row.version.size_bytes),
            sort=lambda row: row.version.size_bytes,
            align="right",
            width=84,
        ),
        Column(
            "job",
            translate("Models", "From job"),
            lambda row: (row.version.job or UNKNOWN)[:8],
            width=92,
            fixed=True,
            dim=True,
            drop=4,
        ),
        Column(
            "created",
            translate("Models", "Created"),
            lambda row: moment_text(row.version.created, zone(), now=now()),
            sort=lambda row: row.version.created,
            align="right",
            width=130,
            drop=2,
        ),
    ]
