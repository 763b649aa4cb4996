"""As for copies in tests/integration, and a server behind a proxy that can cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.integration.copies.conftest import Copying, copying, make_rig, rig
from tests.lab.delay_proxy import DelayProxy
from tests.lab.sshd import LabServer

__all__ = ["copying", "make_rig", "rig"]


@pytest.fixture
def behind(copying: Copying) -> Iterator[Callable[..., tuple[str, DelayProxy]]]:
    """Enter a server in the inventory behind a proxy; its name and the proxy."""
    with ExitStack() as stack:

        def enter(server: LabServer, latency_s: float = 0.0) -> tuple[str, DelayProxy]:
            proxy = stack.enter_context(DelayProxy(server.port, latency_s=latency_s))
            with copying.rig.home.known_hosts.open("a", encoding="ascii") as file:
                file.write(server.known_hosts_line.replace(f":{server.port} ", f":{proxy.port} "))
            return copying.rig.add(server, name=f"cut-{proxy.port}", trusted=False, port=proxy.port), proxy

        yield enter
