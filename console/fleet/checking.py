"""Looks at a server through a session that is up, for `server check`. The report's values are check.py's."""

from __future__ import annotations

import time
from collections.abc import Mapping

from console.core.problems import Problem
from console.fleet.check import CheckReport, accelerators_of, warnings_for
from console.fleet.route import alias_notes
from console.fleet.server import Server
from console.fleet.session import Session
from console.ssh.connection import Connection
from console.ssh.deadline import Deadline

_ONCE_S = 20.0
_CHANNEL_S = 10.0


def check(server: Server, session: Session, connection: Connection) -> CheckReport:
    """The report; every look is read-only.

    Raises:
        Problem: the session ended meanwhile.
    """
    hello = session.hello
    if hello is None:
        raise session.ended or Problem("ssh.lost", server=server.name, reason="the session ended")
    sample: Mapping[str, object] = {}
    latency_ms = connection.latency_ms
    if session.client is not None:
        session.client.call("hello", timeout_s=_ONCE_S)  # the probes are open after this one
        began = time.monotonic()
        session.client.call("hello", timeout_s=_ONCE_S)
        latency_ms = (time.monotonic() - began) * 1000
        sample = session.client.call("telemetry.once", timeout_s=_ONCE_S)
    else:
        sample = session.last_sample or {}
    return CheckReport(
        server=server.name,
        reachable=True,
        latency_ms=latency_ms,
        os=hello.os,
        python=hello.python,
        accelerators=accelerators_of(sample),
        warnings=warnings_for(
            hello,
            refusal=session.refusal,
            sample=sample,
            second_channel=_second_channel(connection),
            forwarding=connection.forwarding_refused(),
            alias_notes=alias_notes(server),
        ),
    )


def _second_channel(connection: Connection) -> Problem | None:
    """Whether MaxSessions leaves room for more than the agent."""
    try:
        with connection.exec("true", deadline=Deadline.after(_CHANNEL_S)) as channel:
            channel.read_all(1024, Deadline.after(_CHANNEL_S))
    except Problem as problem:
        if problem.code != "ssh.channel_refused":
            raise
        return problem
    return None
