"""The columns of the list of deployments."""

from __future__ import annotations

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_milliseconds, three_digits
from console.serving.deployment import Deployment, DeploymentState, ReplicaState
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.state_words import deployment_tone, deployment_word

_RANK = {
    DeploymentState.FAILED: 0,
    DeploymentState.DEGRADED: 1,
    DeploymentState.UNKNOWN: 2,
    DeploymentState.STARTING: 3,
    DeploymentState.LIVE: 4,
    DeploymentState.STOPPED: 5,
}


def in_order(deployments: list[Deployment]) -> list[Deployment]:
    """What fails first."""
    return sorted(deployments, key=lambda each: (_RANK[each.state], each.name))


def live_text(deployment: Deployment) -> str:
    """What answers, with its share where it is not all."""
    carrying = [each for each in deployment.releases if each.weight > 0]
    if len(carrying) == 1:
        return carrying[0].model
    return ", ".join(f"{each.model} {each.weight} %" for each in carrying) or UNKNOWN


def replicas_text(deployment: Deployment) -> str:
    """How many are ready of those that get traffic."""
    replicas = [each for release in deployment.releases if release.weight > 0 for each in release.replicas]
    if not replicas:
        return UNKNOWN
    if all(each.state is ReplicaState.UNKNOWN for each in replicas):
        return translate("Deployments", "– of {all}").format(all=len(replicas))
    ready = sum(each.state is ReplicaState.READY for each in replicas)
    return translate("Deployments", "{ready} of {all}").format(ready=ready, all=len(replicas))


def rate_text(value: float | None) -> str:
    """Requests a second."""
    return UNKNOWN if value is None else f"{three_digits(value)}/s"


def error_text(share: float | None) -> str:
    """A share between 0 and 1 as percent."""
    return UNKNOWN if share is None else f"{share * 100:.2f} %"


def deployment_columns() -> list[Column[Deployment]]:
    """Name and state, what answers and how it does."""
    return [
        Column(
            "name", translate("Deployments", "Deployment"), lambda each: each.name, width=150, strong=True
        ),
        Column(
            "state",
            translate("Deployments", "State"),
            lambda each: deployment_word(each.state),
            tone=lambda each: deployment_tone(each.state),
            width=110,
        ),
        Column("live", translate("Deployments", "Answers with"), live_text, width=160, stretch=True),
        Column("server", translate("Deployments", "Server"), lambda each: each.server, width=110),
        Column(
            "replicas", translate("Deployments", "Replicas"), replicas_text, align="right", width=84, drop=1
        ),
        Column(
            "rps",
            translate("Deployments", "Requests"),
            lambda each: rate_text(each.rps),
            sort=lambda each: each.rps,
            align="right",
            width=90,
        ),
        Column(
            "p50",
            translate("Deployments", "p50"),
            lambda each: format_milliseconds(each.latency.p50_ms),
            sort=lambda each: each.latency.p50_ms,
            align="right",
            width=84,
            drop=2,
        ),
        Column(
            "p99",
            translate("Deployments", "p99"),
            lambda each: format_milliseconds(each.latency.p99_ms),
            sort=lambda each: each.latency.p99_ms,
            align="right",
            width=84,
        ),
        Column(
            "errors",
            translate("Deployments", "Errors"),
            lambda each: error_text(each.error_rate),
            sort=lambda each: each.error_rate,
            align="right",
            width=84,
        ),
        Column(
            "problem",
            translate("Deployments", "Note"),
            lambda each: safe_line(each.problem or ""),
            width=200,
            dim=True,
            drop=3,
        ),
    ]
