"""A console's job service over the real fleet, store, operations and sshd; several consoles at once."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from console.core.clock import SystemClock
from console.core.home import Home, shipped
from console.core.notify import Notifier
from console.core.options import Options
from console.fleet.fleet import Fleet
from console.fleet.inventory import ServerBook
from console.fleet.server import Server
from console.jobs.job import Job, JobRequest, JobState
from console.jobs.service import JobService
from console.models.service import ModelService
from console.operations.service import Operations
from console.plugin.loader import PluginSet, load
from console.store.audit_log import AuditLog
from console.store.store import Store
from tests.lab.sshd import LabServer

ACCOUNT = "tester@lab"


@dataclass
class Desk:
    """One console without a face."""

    home: Home
    store: Store
    book: ServerBook
    fleet: Fleet
    operations: Operations
    plugins: PluginSet
    jobs: JobService
    models: ModelService
    secrets: dict[str, str]
    """What the keyring has, or the person would answer."""

    def add(self, lab: LabServer, name: str | None = None, **changes: Any) -> str:
        """Enter a lab server in the inventory and trust its key."""
        given = {"host": lab.host, "port": lab.port, "user": lab.user, "identity": str(lab.client_key)}
        server = Server(name=name or lab.name, **{**given, **changes})
        self.book.add(server)
        with self.home.known_hosts.open("a", encoding="ascii") as file:
            file.write(lab.known_hosts_line)
        return server.name

    def submit(self, *argv: str, server: str | None = "lab", **more: Any) -> Job:
        """Submit by the same Operation as a face."""
        return self.operations.run(self.jobs.prepare_submit(JobRequest(argv, server=server, **more)))

    def python(self, code: str, **more: Any) -> Job:
        """A job of some Python code."""
        return self.submit(sys.executable, "-c", code, **more)

    def wait_for(self, job: Job, state: JobState, within_s: float = 30.0) -> Job:
        """Poll until the job is in a state."""
        deadline = time.monotonic() + within_s
        while (found := self.jobs.show(job.id)).state is not state:
            assert time.monotonic() < deadline, f"still {found.state}: {found.reason}"
            time.sleep(0.02)
        return found


def open_desk(home: Home, stack: ExitStack) -> Desk:
    """Compose a console on a home; the stack closes it."""
    clock = SystemClock()
    store = stack.enter_context(_closing(Store(home.database, clock)))
    audit = AuditLog(store, clock, ACCOUNT)
    book = ServerBook(store, clock)
    plugins = load(home, shipped("plugins"))
    fleet = stack.enter_context(
        _closing(Fleet(book, home, Options(home.options), clock, audit, Notifier(), plugins.probes))
    )
    operations = stack.enter_context(_closing(Operations(audit, clock, ACCOUNT, store)))
    secrets: dict[str, str] = {}
    jobs = JobService(
        store,
        fleet,
        book,
        plugins,
        clock,
        ACCOUNT,
        open_link=fleet.copy_link,
        limits=Options(home.options).number,
        secret_of=lambda entry, _server: secrets.get(entry),
        known_secret=secrets.get,
    )
    models = ModelService(store, home, fleet, jobs, clock, ACCOUNT)
    return Desk(home, store, book, fleet, operations, plugins, jobs, models, secrets)


class _closing:  # noqa: N801 - as contextlib's
    def __init__(self, thing: Any) -> None:
        self._thing = thing

    def __enter__(self) -> Any:
        return self._thing

    def __exit__(self, *_: object) -> None:
        self._thing.close()


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Open consoles by the name of their home; all are closed with the test."""
    with ExitStack() as stack:
        yield lambda name="home": open_desk(Home(tmp_path / f"console-{name}").make(), stack)


@pytest.fixture
def desk(make_desk: Callable[..., Desk], lab_server: LabServer) -> Desk:
    """A console that knows the server `lab`."""
    desk = make_desk()
    desk.add(lab_server)
    return desk
