"""Kept-alive clients that ask one endpoint until they are stopped; every answer that is not right counts."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self


class HttpLoad:
    """`clients` threads with one kept-alive connection each; a connection that breaks counts as a failure.

    Args:
        judge: from status and body to a label of the answer; anything it raises counts as a failure.
    """

    def __init__(
        self, port: int, path: str, body: bytes, judge: Callable[[int, bytes], str], *, clients: int = 8
    ) -> None:
        self._port, self._path, self._body, self._judge = port, path, body, judge
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self.labels: Counter[str] = Counter()
        self.failures: list[str] = []
        self.milliseconds: list[float] = []
        self._threads = [threading.Thread(target=self._ask, name=f"load-{n}") for n in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    @property
    def requests(self) -> int:
        """All so far, failed ones included."""
        with self._lock:
            return sum(self.labels.values()) + len(self.failures)

    def wait_for(self, more: int, within_s: float = 60.0) -> None:
        """Wait until so many more requests were made."""
        wanted = self.requests + more
        deadline = time.monotonic() + within_s
        while self.requests < wanted:
            assert time.monotonic() < deadline, f"{self.requests} of {wanted} requests; {self.failures[:3]}"
            time.sleep(0.02)

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self._stopping.is_set():
            began = time.perf_counter()
            try:
                connection.request("POST", self._path, self._body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                label = self._judge(answer.status, answer.read())
            except Exception as error:
                connection.close()
                with self._lock:
                    self.failures.append(f"{type(error).__name__}: {error}")
                continue
            with self._lock:
                self.labels[label] += 1
                self.milliseconds.append((time.perf_counter() - began) * 1000)
        connection.close()
