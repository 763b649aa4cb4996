"""Fixtures for all tests, and the rule that noise fails a test: warnings in the log, leaked threads,
sockets and child processes. No Qt here: that is tests/ui's."""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from console.core.home import Home
from tests.lab import processes
from tests.lab.fleet import LabFleet
from tests.lab.sshd import LabServer, make_key

_GRACE_S = 3.0

# How fast examples are made says how busy the machine is, nothing of the code.
hypothesis.settings.register_profile(
    "tandem", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tandem")


def pytest_configure(config: pytest.Config) -> None:
    """Native crashes leave a trace; the marker of expected log records is ours."""
    faulthandler.enable()
    # Whoever starts us in the background may have SIGINT ignored, which every child would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line(
        "markers", "expected_logs(*patterns): log records >= WARNING that match one of these are no noise"
    )


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _threads() -> set[threading.Thread]:
    # Pool threads of libraries are reused by later tests and die with the process.
    return {t for t in threading.enumerate() if not t.name.startswith(("pytest_timeout", "QThread"))}


def _sockets() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:  # the descriptor of this very listing
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


def _children() -> set[int]:
    return {pid for pid, parent in processes.parents().items() if parent == os.getpid()}


def _left_over(before: set[Any], look: Callable[[], set[Any]]) -> set[Any]:
    """What is new and stays new: things may take a moment to end, and some only end when collected."""
    deadline = time.monotonic() + _GRACE_S
    collected = False
    while left := look() - before:
        if time.monotonic() > deadline:
            return left
        if not collected:
            gc.collect()
            collected = True
        time.sleep(0.01)
    return set()


@pytest.fixture
def expected_logs() -> list[str]:
    """Patterns a test may append to while it runs; the marker `expected_logs` says the same up front."""
    return []


@pytest.fixture(autouse=True)
def _no_noise(request: pytest.FixtureRequest, expected_logs: list[str]) -> Iterator[None]:
    """Fail a test that leaves threads, sockets or children behind or logs a warning nobody expects."""
    threads, sockets, children = _threads(), _sockets(), _children()
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(collector)
    patterns = list(expected_logs)
    for marker in request.node.iter_markers("expected_logs"):
        patterns += marker.args
    noise = [
        f"log {record.name} {record.levelname}: {record.getMessage()}"
        for record in collector.records
        if not any(re.search(pattern, record.getMessage()) for pattern in patterns)
    ]
    noise += [f"thread {thread.name!r} is still there" for thread in _left_over(threads, _threads)]
    noise += [f"open {target}" for target in _left_over(sockets, _sockets)]
    noise += [f"child process {pid} is still there" for pid in _left_over(children, _children)]
    if noise:
        pytest.fail("noise:\n  " + "\n  ".join(noise), pytrace=False)


@pytest.fixture
def tandem_home(tmp_path: Path) -> Home:
    """A console's home of this test alone."""
    return Home(tmp_path / "tandem-home").make()


@pytest.fixture(scope="session")
def lab_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One client key for all lab servers of a run."""
    return make_key(tmp_path_factory.mktemp("lab-key") / "client_ed25519")


@pytest.fixture
def make_lab_server(tmp_path: Path, lab_key: Path) -> Iterator[Callable[..., LabServer]]:
    """Start servers with arguments of LabServer; all are stopped with the test."""
    with ExitStack() as stack:
        count = 0

        def start(**arguments: Any) -> LabServer:
            nonlocal count
            count += 1
            arguments.setdefault("client_key", lab_key)
            folder = tmp_path / f"server-{count}"
            return stack.enter_context(LabServer(folder, **arguments))

        yield start


@pytest.fixture
def lab_server(make_lab_server: Callable[..., LabServer]) -> LabServer:
    """A real sshd with a HOME of its own, for this test alone (starting one takes some 30 ms)."""
    return make_lab_server()


@pytest.fixture
def lab_fleet(tmp_path: Path) -> Iterator[Callable[[int], LabFleet]]:
    """Start fleets by their size."""
    with ExitStack() as stack:
        yield lambda count: stack.enter_context(LabFleet(tmp_path / "fleet", count))
