"""Sending held-out pictures to an endpoint over keep-alive connections and counting what comes back."""

from __future__ import annotations

import http.client
import json
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

INPUT_NAME = "input"


@dataclass(frozen=True, slots=True)
class Holdout:
    """Pictures that no model was trained on, with the right answers.

    Attributes:
        pictures: rows of pixel values.
        labels: the digit that each shows.
    """

    pictures: Sequence[Sequence[float]]
    labels: Sequence[int]


@dataclass(slots=True)
class Tally:
    """What a stretch of requests came to. A failed request is one without a proper answer."""

    requests: int = 0
    failed: int = 0
    right: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    first_failure: str | None = None

    def merge(self, other: Tally) -> None:
        """Add another thread's tally."""
        self.requests += other.requests
        self.failed += other.failed
        self.right += other.right
        self.latencies_ms.extend(other.latencies_ms)
        for version, number in other.versions.items():
            self.versions[version] = self.versions.get(version, 0) + number
        self.first_failure = self.first_failure or other.first_failure

    def percentile_ms(self, percent: float) -> float | None:
        """Nearest-rank percentile of the latencies; None without any."""
        if not self.latencies_ms:
            return None
        ordered = sorted(self.latencies_ms)
        return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def request_body(picture: Sequence[float]) -> bytes:
    """One picture as an Open Inference Protocol v2 request."""
    tensor = {"name": INPUT_NAME, "shape": [1, len(picture)], "datatype": "FP32", "data": list(picture)}
    return json.dumps({"inputs": [tensor]}).encode()


def answer_digit(body: bytes) -> tuple[int, str]:
    """The digit that an answer names, and the version that gave it.

    Raises:
        ValueError, KeyError, TypeError, IndexError: the body is not such an answer.
    """
    answer = json.loads(body)
    scores = [float(score) for score in answer["outputs"][0]["data"]]
    return scores.index(max(scores)), str(answer.get("model_version"))


class Load:
    """Threads that send pictures until stopped; `tally` is whole once `stop` has returned."""

    def __init__(
        self, port: int, model: str, holdout: Holdout, *, connections: int = 4, pause_s: float = 0.0
    ) -> None:
        self._port = port
        self._path = f"/v2/models/{model}/infer"
        self._holdout = holdout
        self._pause_s = pause_s
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._tallies = [Tally() for _ in range(connections)]
        self._threads = [
            threading.Thread(target=self._send, args=(number,), name=f"demo-load-{number}", daemon=True)
            for number in range(connections)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def sent(self) -> int:
        """Requests so far."""
        return sum(tally.requests for tally in self._tallies)

    def stop(self) -> Tally:
        """End the threads and add up what they saw."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)
        total = Tally()
        for tally in self._tallies:
            total.merge(tally)
        return total

    def _send(self, number: int) -> None:
        tally = self._tallies[number]
        pictures, labels = self._holdout.pictures, self._holdout.labels
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        position = number * len(pictures) // len(self._tallies)
        while not self._stopping.is_set():
            picture, label = pictures[position % len(pictures)], labels[position % len(pictures)]
            position += 1
            self._one(connection, tally, request_body(picture), label)
            if self._pause_s:
                self._stopping.wait(self._pause_s)
        connection.close()

    def _one(self, connection: http.client.HTTPConnection, tally: Tally, body: bytes, label: int) -> None:
        started = time.perf_counter()
        tally.requests += 1
        try:
            connection.request("POST", self._path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            if response.status != 200:
                raise ValueError(f"status {response.status}: {answer[:200]!r}")
            digit, version = answer_digit(answer)
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, IndexError) as error:
            tally.failed += 1
            tally.first_failure = tally.first_failure or f"{type(error).__name__}: {error}"
            connection.close()
            return
        tally.latencies_ms.append((time.perf_counter() - started) * 1000)
        tally.right += digit == label
        tally.versions[version] = tally.versions.get(version, 0) + 1
