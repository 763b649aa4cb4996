"""Something that answers as Prometheus does, with the faults of what stands in its place."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

Answer = Callable[[str], bytes]


def vector(rows: list[tuple[dict[str, str], str]], now: float | None = None) -> bytes:
    """An instant query's answer."""
    at = time.time() if now is None else now
    result = [{"metric": labels, "value": [at, value]} for labels, value in rows]
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode()


class PrometheusLike:
    """Answers each query by `answer(query)`; used by `with`.

    Attributes:
        status: what is answered with.
        asked: the queries, and `headers` of the last.
        hang: whether nothing is said until `go_on`.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.status = 200
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.hang = False
        self.go_on = threading.Event()
        like = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                query = parse_qs(self.rfile.read(length).decode())["query"][0]
                like.asked.append(query)
                like.headers = dict(self.headers)
                if like.hang:
                    like.go_on.wait(30)
                    return
                body = like.answer(query)
                self.send_response(like.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A client that hangs up is no fault here."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
