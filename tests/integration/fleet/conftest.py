"""A Fleet over real sshd servers, with the real inventory, audit log and store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from console.core.clock import Clock, SystemClock
from console.core.home import Home
from console.core.notify import Notice, Notifier
from console.core.options import Options
from console.fleet.fleet import Fleet
from console.fleet.inventory import ServerBook
from console.plugin.api import AcceleratorProbe
from console.ssh.auth import Auth
from console.store.audit_log import AuditLog
from console.store.store import Store
from tests.integration.fleet.rig import Recorder, Rig


@pytest.fixture
def make_rig(tandem_home: Home) -> Iterator[Callable[..., Rig]]:
    """Make a fleet; closed with the test."""
    made: list[tuple[Fleet, Store]] = []

    def make(
        *,
        probes: tuple[AcceleratorProbe, ...] = (),
        auth: Auth | None = None,
        clock: Clock | None = None,
        **options: object,
    ) -> Rig:
        clock = clock or SystemClock()
        store = Store(tandem_home.database, clock)
        audit = AuditLog(store, clock, "tester@lab")
        book = ServerBook(store, clock)
        settings = Options(tandem_home.options)
        for name, value in options.items():
            settings.set(name.replace("__", "."), value)
        notices: list[Notice] = []
        notifier = Notifier()
        notifier.listen(notices.append)
        sink = Recorder()
        fleet = Fleet(book, tandem_home, settings, clock, audit, notifier, probes, sink, auth=auth)
        made.append((fleet, store))
        return Rig(fleet, book, settings, audit, tandem_home, sink, notices)

    yield make
    for fleet, store in made:
        fleet.close()
        store.close()


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    """A fleet without plugins."""
    return make_rig()
