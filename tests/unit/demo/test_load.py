"""Counting what an endpoint answers: right, wrong, failed, how fast and by which version."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from console.demo.load import Holdout, Load, Tally, answer_digit, request_body


class _Endpoint(BaseHTTPRequestHandler):
    """Answers the digit that the first pixel holds; every tenth request fails."""

    protocol_version = "HTTP/1.1"
    served = 0
    lock = threading.Lock()

    def do_POST(self) -> None:
        with self.lock:
            type(self).served += 1
            number = type(self).served
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        digit = int(sent["inputs"][0]["data"][0])
        failing = number % 10 == 0
        scores = [float(n == digit) for n in range(10)]
        answer = {"error": "no"} if failing else {"model_version": "3", "outputs": [{"data": scores}]}
        body = json.dumps(answer).encode()
        self.send_response(500 if failing else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def endpoint() -> Iterator[int]:
    _Endpoint.served = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    thread = threading.Thread(target=server.serve_forever, name="endpoint")
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_fails_is_counted_and_named(endpoint: int) -> None:
    holdout = Holdout([[3.0], [7.0]], [3, 8])
    load = Load(endpoint, "m", holdout, connections=2)
    deadline = time.monotonic() + 30
    while load.sent < 60 and time.monotonic() < deadline:
        time.sleep(0.01)
    tally = load.stop()
    assert tally.requests == _Endpoint.served
    assert tally.failed == tally.requests // 10
    answered = tally.requests - tally.failed
    assert len(tally.latencies_ms) == answered == tally.versions["3"]
    assert 0 < tally.right < answered
    assert tally.first_failure is not None
    assert "status 500" in tally.first_failure


def test_an_endpoint_that_is_gone_is_failures_not_an_error() -> None:
    load = Load(1, "m", Holdout([[0.0]], [0]), connections=1)
    time.sleep(0.1)
    tally = load.stop()
    assert tally.requests == tally.failed > 0
    assert tally.percentile_ms(50) is None


def test_percentiles_are_nearest_rank() -> None:
    tally = Tally(latencies_ms=[float(n) for n in range(1, 101)])
    assert (tally.percentile_ms(50), tally.percentile_ms(99), tally.percentile_ms(100)) == (50.0, 99.0, 100.0)


def test_request_and_answer_shapes() -> None:
    sent = json.loads(request_body([0.0, 1.0]))
    assert sent["inputs"][0]["shape"] == [1, 2]
    assert answer_digit(b'{"model_version": "2", "outputs": [{"data": [0.1, 0.9]}]}') == (1, "2")
    with pytest.raises(KeyError):
        answer_digit(b"{}")
