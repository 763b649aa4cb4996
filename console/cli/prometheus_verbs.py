"""`tandem prometheus`: the endpoint at which a Prometheus of this machine reads the fleet's numbers."""

from __future__ import annotations

import socket
import time

from console.cli.parser import Verbs, port
from console.cli.session import Session

_LOOK_S = 0.5


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    words = "numbers for a Prometheus of this machine"
    inner = Verbs(verbs.add("prometheus", words, None), "endpoint commands")
    inner.add("show", "the endpoint's address, and whether it answers", _show, command="prometheus show")
    verb = inner.add(
        "serve", "watch the servers and serve until interrupted", _serve, command="prometheus serve"
    )
    verb.add_argument("--port", type=port, metavar="P", help="else the port of the settings")


def _show(session: Session) -> int:
    view = session.context.endpoint.view()
    answers = _answers(int(session.context.options.number("prometheus.port")))
    document = {"url": view.url, "enabled": view.wanted, "answers": answers}
    state = "something answers there" if answers else "nothing answers there now"
    on = "on: the window serves it" if view.wanted else "off: switch it on in the settings"
    session.output.answer(document, f"{view.url}  {state}\n{on}; or run 'tandem prometheus serve'")
    return 0


def _answers(number: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", number), timeout=_LOOK_S):
            return True
    except OSError:
        return False


def _serve(session: Session) -> int:
    context = session.context
    chosen = session.args.port or int(context.options.number("prometheus.port"))
    url = context.endpoint.serve(chosen)
    context.fleet.watch()
    context.sources.start()
    session.output.answer({"url": url}, f"{url}\nwatching {len(context.servers.list())} servers; Ctrl+C ends")
    while True:  # until Ctrl+C, which ends the command
        time.sleep(_LOOK_S)
