"""Made-up alerts for the window's tests, laid on the real board of a home, as a judge lays them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from console.alerts.alert import Alert, AlertSeverity, AlertState, Target
from console.alerts.board_values import Published, alert_document, published_document, written
from console.alerts.local_files import LocalFiles
from console.context import Context

CRITICAL, WARNING, INFO = AlertSeverity.CRITICAL, AlertSeverity.WARNING, AlertSeverity.INFO
FIRING, PENDING, RESOLVED = AlertState.FIRING, AlertState.PENDING, AlertState.RESOLVED


def alert(
    ident: str,
    server: str,
    rule: str = "gpu-lost",
    *,
    now: datetime,
    ago_s: float = 240.0,
    severity: AlertSeverity = CRITICAL,
    state: AlertState = FIRING,
    gpu: int | None = None,
    **changes: Any,
) -> Alert:
    """One alert that began `ago_s` seconds ago."""
    began = now - timedelta(seconds=ago_s)
    part = "" if gpu is None else f" GPU {gpu} of"
    made = Alert(
        id=ident,
        rule=rule,
        severity=severity,
        target=Target(server, "" if gpu is None else f"GPU-{server}-{gpu:04d}-9a20"),
        label="" if gpu is None else f"GPU {gpu}",
        state=state,
        since=began,
        first_seen=began,
        fired=None if state is PENDING else began + timedelta(seconds=30),
        resolved=None,
        last_held=now,
        value=None,
        unit="",
        sentence=f"Something is wrong with{part} {server}.",
        remedy="Drain the server, then look at it.",
        runbook="https://example.org/runbook",
    )
    return replace(made, **changes)


def publish(context: Context, alerts: Sequence[Alert]) -> None:
    """Lay them on the board of this home and have the service look at it."""
    files = LocalFiles(context.home.alerts, context.clock)
    files.write("alerts.json", written(published_document(Published(tuple(alerts)))))
    context.alerts.refresh()


def publish_ended(context: Context, alerts: Sequence[Alert]) -> None:
    """Add episodes that are over."""
    files = LocalFiles(context.home.alerts, context.clock)
    files.folder.mkdir(parents=True, exist_ok=True)
    files.append_ended(ended_lines(alerts))


def ended_lines(alerts: Sequence[Alert]) -> str:
    """As a judge writes what is over."""
    return "".join(written(alert_document(each)) + "\n" for each in alerts)


def ended(
    ident: str, server: str, rule: str = "gpu-lost", *, now: datetime, ago_s: float, **more: Any
) -> Alert:
    """One that began so long ago and lasted ten minutes."""
    made = alert(ident, server, rule, now=now, ago_s=ago_s, **more)
    return replace(made, state=RESOLVED, resolved=made.first_seen + timedelta(minutes=10))


def many(now: datetime, count: int, servers: int = 400) -> list[Alert]:
    """As many as a bad night may bring."""
    severities = (CRITICAL, WARNING, WARNING, INFO)
    return [
        alert(
            f"a{number:05d}",
            f"gpu-{number % servers:03d}",
            ("gpu-lost", "ecc-uncorrected", "disk-full")[number % 3],
            now=now,
            ago_s=60.0 + number,
            severity=severities[number % 4],
            gpu=number // servers % 8,
        )
        for number in range(count)
    ]
