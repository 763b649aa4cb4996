"""The window over a real sshd: what pages and forms do is done on a server of this test alone."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.context import Context
from console.core.clock import SystemClock
from console.fleet.server import Server
from console.jobs.job import Job, JobRequest
from console.serving.service import DeploymentService, Patience
from console.ui.shell.window import Window
from tests.integration.serving.conftest import TINY, haproxy_bundle, seed_router
from tests.lab.sshd import LabServer

__all__ = ["haproxy_bundle"]

Until = Callable[..., None]


@pytest.fixture(autouse=True)
def _garbage_in_the_qt_thread_only() -> Iterator[None]:
    """As the window's own clock does: a cycle that holds widgets must not die on a worker thread."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def lab(context: Context, lab_server: LabServer) -> Context:
    """The context with the server `lab`, trusted."""
    context.servers.add(
        Server(
            "lab",
            "127.0.0.1",
            port=lab_server.port,
            user=lab_server.user,
            identity=str(lab_server.client_key),
            python=sys.executable,
        )
    )
    context.fleet.trust("lab", context.fleet.scan_key("lab"))
    return context


@pytest.fixture
def serving(lab: Context, lab_server: LabServer, haproxy_bundle: Path) -> Context:
    """The same with the tests' own small runtime."""
    seed_router(lab_server.home, haproxy_bundle)
    plugins = replace(lab.plugins, runtimes=(*lab.plugins.runtimes, TINY))
    deployments = DeploymentService(
        lab.store,
        lab.fleet,
        lab.servers,
        lab.models,
        plugins,
        SystemClock(),
        lab.account,
        patience=Patience(ready_s=60, drain_s=3),
    )
    return replace(lab, plugins=plugins, deployments=deployments)


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    """Let the window's clock beat until something is so."""

    def run(window: Window, so: Callable[[], object], within_s: float = 30.0) -> None:
        deadline = time.monotonic() + within_s
        while not so():
            assert time.monotonic() < deadline, "it did not come"
            window.clock.tick()
            qtbot.wait(30)

    return run


@pytest.fixture
def submit(lab: Context) -> Callable[..., Job]:
    """A job on the lab server, submitted without the window."""

    def run(*argv: str, **more: object) -> Job:
        request = JobRequest(argv, server="lab", **more)  # type: ignore[arg-type]
        return lab.operations.run(lab.jobs.prepare_submit(request))

    return run
