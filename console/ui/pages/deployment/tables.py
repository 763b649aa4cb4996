"""The tables of a deployment's page: replicas and releases, as columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from console.core.units import UNKNOWN, format_duration, three_digits
from console.serving.deployment import Deployment, Release, ReleaseState, Replica
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.tones import Tone
from console.ui.pages.deployments.columns import rate_text
from console.ui.state_words import release_word, replica_tone, replica_word
from console.ui.times import moment_text

_RELEASE_TONES = {
    ReleaseState.STARTING: Tone.ACTIVE,
    ReleaseState.LIVE: Tone.OK,
    ReleaseState.CANARY: Tone.ACTIVE,
    ReleaseState.KEPT: Tone.QUIET,
    ReleaseState.STOPPED: Tone.QUIET,
    ReleaseState.FAILED: Tone.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class ReplicaRow:
    """A replica with the version that it serves."""

    replica: Replica
    release: Release


def replica_rows(deployment: Deployment) -> list[ReplicaRow]:
    """Those with traffic first, as the releases come."""
    return [ReplicaRow(each, release) for release in deployment.releases for each in release.replicas]


def replica_columns(
    now: Callable[[], datetime], names: Callable[[], dict[str, str]]
) -> list[Column[ReplicaRow]]:
    """`names` gives accelerators by UUID as the fleet shows them."""

    def where(row: ReplicaRow) -> str:
        gpus = ", ".join(names().get(uuid, uuid) for uuid in row.replica.accelerators)
        return f"{row.replica.server} : {gpus}" if gpus else row.replica.server

    def up(row: ReplicaRow) -> float | None:
        started = row.replica.started
        return None if started is None else max(0.0, (now() - started).total_seconds())

    return [
        Column("id", translate("Replicas", "Replica"), lambda row: row.replica.id, width=74, strong=True),
        Column("version", translate("Replicas", "Version"), lambda row: row.release.model, width=104, drop=1),
        Column(
            "state",
            translate("Replicas", "State"),
            lambda row: replica_word(row.replica.state),
            tone=lambda row: replica_tone(row.replica.state),
            width=100,
        ),
        Column("where", translate("Replicas", "Where"), where, width=72, stretch=True, dim=True),
        Column(
            "up",
            translate("Replicas", "Up"),
            lambda row: format_duration(up(row)),
            sort=up,
            align="right",
            width=96,
        ),
    ]


def release_columns(now: Callable[[], datetime], zone: Callable[[], tzinfo]) -> list[Column[Release]]:
    """Which versions there are and what they did."""
    return [
        Column(
            "model",
            translate("Releases", "Release"),
            lambda each: each.model,
            width=90,
            strong=True,
            stretch=True,
            tip=lambda each: translate("Releases", "{model}, since {moment}").format(
                model=each.model, moment=moment_text(each.created, zone(), now=now())
            ),
        ),
        Column(
            "state",
            translate("Releases", "State"),
            lambda each: release_word(each.state),
            tone=lambda each: _RELEASE_TONES[each.state],
            width=112,
        ),
        Column(
            "weight",
            translate("Releases", "Share"),
            lambda each: f"{each.weight} %",
            sort=lambda each: each.weight,
            align="right",
            width=72,
        ),
        Column(
            "rps",
            translate("Releases", "Requests"),
            lambda each: rate_text(each.rps),
            sort=lambda each: each.rps,
            align="right",
            width=84,
            drop=2,
        ),
        Column(
            "all",
            translate("Releases", "In all"),
            lambda each: UNKNOWN if each.requests is None else three_digits(each.requests),
            sort=lambda each: each.requests,
            align="right",
            width=76,
            drop=1,
        ),
        Column(
            "errors",
            translate("Releases", "Errors"),
            lambda each: UNKNOWN if each.errors is None else three_digits(each.errors),
            sort=lambda each: each.errors,
            align="right",
            width=64,
        ),
    ]
