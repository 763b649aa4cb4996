"""A web server of one file with the faults of real ones: cuts, no ranges, refusals, redirects, no length."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no fault here."""


class Web:
    """Serves `data` at `/file`; used by `with`.

    Attributes:
        cut_after: bytes of one answer's body after which it hangs up; one entry per answer, then none.
        ranges: whether it honours them.
        statuses: answers to give first.
        stall_after: bytes of a body after which it says nothing more, until `go_on`.
        lengths: whether it says how long the body is.
        claimed: a length that is not true.
        asked: the path and the Range of each request.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.cut_after: list[int] = []
        self.ranges = True
        self.lengths = True
        self.claimed: int | None = None
        self.statuses: list[int] = []
        self.redirect = ""
        self.stall_after: int | None = None
        self.go_on = threading.Event()
        self.tag = '"one"'
        self.asked: list[tuple[str, str | None]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.answer(self)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/file"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """One request."""
        wanted = request.headers.get("Range")
        self.asked.append((request.path, wanted))
        if self.statuses:
            status = self.statuses.pop(0)
            request.send_error(status)
            return
        if self.redirect and request.path.endswith("/moved"):
            request.send_response(302)
            request.send_header("Location", self.redirect)
            request.end_headers()
            return
        start = 0
        same = request.headers.get("If-Range") in (None, self.tag)
        if wanted and self.ranges and same:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(self.data):
                request.send_error(416)
                return
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(self.data) - 1}/{len(self.data)}")
        else:
            request.send_response(200)
        if self.lengths:
            request.send_header("Content-Length", str(self.claimed or len(self.data) - start))
        request.send_header("ETag", self.tag)
        request.send_header("Connection", "close")
        request.end_headers()
        body = self.data[start:]
        if self.cut_after:
            body = body[: self.cut_after.pop(0)]
        if self.stall_after is not None:
            request.wfile.write(body[: self.stall_after])
            self.go_on.wait(30)
            body = b""
        request.wfile.write(body)
        request.close_connection = True
