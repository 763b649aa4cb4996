"""Serves the collector over HTTP on 127.0.0.1, as the options say. One thread of its own while it is on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIEnvironment

from console.core.options import Options
from console.core.problems import Problem
from console.telemetry.snapshot import FleetSnapshot

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

ADDRESS = "127.0.0.1"
PATH = "/metrics"
_OURS = (ADDRESS, "localhost")


@dataclass(frozen=True, slots=True)
class EndpointView:
    """How the endpoint of this process stands.

    Attributes:
        wanted: what the option says.
        serving: whether this process answers.
        problem: why it does not though it should.
    """

    url: str
    wanted: bool
    serving: bool
    problem: Problem | None = None


def url_of(port: int) -> str:
    """Where a Prometheus asks."""
    return f"http://{ADDRESS}:{port}{PATH}"


class MetricsEndpoint:
    """Off until `follow`; any thread may call.

    Args:
        snapshot: the fleet as it is now; asked once for each scrape.
    """

    def __init__(self, snapshot: Callable[[], FleetSnapshot], options: Options) -> None:
        self._snapshot = snapshot
        self._options = options
        self._lock = threading.Lock()
        self._scraping = threading.Lock()
        self._server: WSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._problem: Problem | None = None

    def follow(self) -> EndpointView:
        """Serve, move or stop as the options say now; the Problem that kept it is in what comes back."""
        wanted, port = self._options.flag("prometheus.endpoint"), int(self._options.number("prometheus.port"))
        with self._lock:
            served = None if self._server is None else self._server.server_port
            if served is not None and (not wanted or served != port):
                self._stop()
            self._problem = None
            if wanted and self._server is None:
                try:
                    self._start(port)
                except Problem as problem:
                    self._problem = problem
        return self.view()

    def serve(self, port: int) -> str:
        """Serve on that port whatever the options say; its URL.

        Raises:
            Problem: `endpoint.port_taken`.
        """
        with self._lock:
            self._stop()
            self._start(port)
            assert self._server is not None
            return url_of(self._server.server_port)

    def view(self) -> EndpointView:
        """How it stands."""
        server, port = self._server, int(self._options.number("prometheus.port"))
        return EndpointView(
            url_of(port if server is None else server.server_port),
            self._options.flag("prometheus.endpoint"),
            server is not None,
            self._problem,
        )

    def close(self) -> None:
        """Stop to serve. Safe to call twice."""
        with self._lock:
            self._stop()

    def _start(self, port: int) -> None:
        # Loaded when it is first wanted: most consoles never serve.
        from wsgiref.simple_server import WSGIRequestHandler, make_server

        from prometheus_client import CollectorRegistry, make_wsgi_app
        from prometheus_client.exposition import ThreadingWSGIServer

        from console.telemetry.exposition.collector import FleetCollector

        class Handler(WSGIRequestHandler):
            """Writes no line to stderr, and lets nobody hold a thread for ever."""

            timeout = 10.0

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """A scrape is no news."""

        registry = CollectorRegistry(auto_describe=False)
        registry.register(FleetCollector(self._snapshot))
        # Nothing is compressed: it all stays on this machine.
        metrics = make_wsgi_app(registry, disable_compression=True)

        def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            # A page that a browser shows must not read the fleet under a name of its own.
            if environ.get("HTTP_HOST", "").rsplit(":", 1)[0] not in _OURS:
                return _refusal(start, "403 Forbidden", "Ask under 127.0.0.1.")
            if environ.get("PATH_INFO") != PATH:
                return _refusal(start, "404 Not Found", f"The metrics are at {PATH}.")
            with self._scraping:  # two at once would cost the window twice as much at a time
                told: Iterable[bytes] = metrics(environ, start)
                return told

        try:
            self._server = make_server(ADDRESS, port, application, ThreadingWSGIServer, Handler)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Problem("endpoint.port_taken", port=port, reason=reason) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="metrics", daemon=True
        )
        self._thread.start()

    def _stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = self._thread = None


def _refusal(start: StartResponse, status: str, text: str) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [text.encode()]
