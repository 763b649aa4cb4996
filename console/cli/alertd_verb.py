"""`tandem alertd`: judges the rules without a window until it is told to end, and writes its systemd unit."""

from __future__ import annotations

import json
import os
import shlex
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from console.alerts.alert import Alert
from console.alerts.alertd import Installed, install, point_to
from console.alerts.board_values import alert_document
from console.alerts.service import ALERTD
from console.cli.parser import Verbs
from console.cli.session import Session
from console.context import Context

_LOOK_S = 5.0
"""Between two looks at the inventory, and at whether the board could be written."""


def add(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add("alertd", "judge the rules of alerts without a window, until it is ended", _alertd)
    verb.add_argument(
        "--install", action="store_true", help="write a systemd user unit, say how to enable it, and end"
    )


def _alertd(session: Session) -> int:
    if session.args.install:
        return _install(session)
    context, ending = session.context, threading.Event()
    with _ended_by_signals(ending):
        context.alerts.listen(lambda alerts: _tell(session, alerts))
        context.sources.start()
        context.alerts.start(ALERTD)
        point_to(context.home.alerts)
        session.output.answer(
            {"judging": True, "board": str(context.home.alerts), "pid": os.getpid()},
            f"judging the alerts of {context.home.root}; end it with Ctrl+C",
        )
        _until(ending, session, context)
        context.alerts.close()
    session.output.say("tandem: alertd ended")
    return 0


def _until(ending: threading.Event, session: Session, context: Context) -> None:
    """Keep watching who is in the inventory, and say once what is wrong with the board."""
    watched: set[str] = set()
    told = ""
    while True:
        names = {server.name for server in context.servers.list()}
        if names - watched:
            context.fleet.watch(sorted(names - watched))
        if watched - names:
            context.fleet.unwatch(sorted(watched - names))
        watched = names
        problem = context.alerts.problem()
        sentence = "" if problem is None else problem.sentence
        if problem is not None and sentence != told:
            session.output.say(f"tandem: {sentence} {problem.remedy}")
        told = sentence
        if ending.wait(_LOOK_S):
            return


def _tell(session: Session, alerts: tuple[Alert, ...]) -> None:
    for alert in alerts:
        if session.output.as_json:
            print(json.dumps({"alert": alert_document(alert)}, ensure_ascii=False), flush=True)
        else:
            print(f"{alert.state.value}: {alert.sentence} {alert.remedy}".rstrip(), flush=True)


def _install(session: Session) -> int:
    found = install(session.home.root, os.environ)
    session.output.answer(
        {
            "unit": str(found.path),
            "enable": list(found.enable),
            "linger": list(found.linger),
            "status": list(found.status),
        },
        lambda: _how(found),
    )
    return 0


def _how(found: Installed) -> str:
    return "\n".join(
        [
            f"{found.path} written. To start it, now and whenever you log in:",
            f"    {shlex.join(found.enable)}",
            "To have it judge while you are logged out too:",
            f"    {shlex.join(found.linger)}",
            "To see how it is:",
            f"    {shlex.join(found.status)}",
        ]
    )


@contextmanager
def _ended_by_signals(ending: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT end it in order, whatever was set for them before."""

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
