"""A console that hands over jobs and may be killed at any moment; started anew, it asks for all again.

    python -m tests.faults.agent._console HOME ADDRESS PORT USER KEY JOBS

JOBS is a JSON file with whole specs: the same id again is the same job.
"""

from __future__ import annotations

import getpass
import json
import sys
import time
from pathlib import Path

from console.core.clock import SystemClock
from console.core.home import Home, shipped
from console.core.notify import Notifier
from console.core.options import Options
from console.core.problems import Problem
from console.fleet.fleet import Fleet
from console.fleet.inventory import ServerBook
from console.fleet.server import Server
from console.plugin.loader import load
from console.store.audit_log import AuditLog
from console.store.store import Store

NAME = "lab"
_PATIENCE_S = 120.0


def main() -> int:
    """Hand over every job of the list, whatever the link does; 0 once the server has taken them all."""
    folder, host, port, user, key, jobs = sys.argv[1:7]
    home = Home(Path(folder)).make()
    clock = SystemClock()
    store = Store(home.database, clock)
    audit = AuditLog(store, clock, getpass.getuser())
    book = ServerBook(store)
    if not book.list():
        book.add(Server(name=NAME, host=host, port=int(port), user=user, identity=key))
    plugins = load(home, shipped("plugins"))
    fleet = Fleet(book, home, Options(home.options), clock, audit, Notifier(), plugins.probes)
    give_up = time.monotonic() + _PATIENCE_S
    try:
        for spec in json.loads(Path(jobs).read_text()):
            while True:
                try:
                    fleet.call(NAME, "job.submit", {"spec": spec})
                    break
                except Problem as problem:
                    if time.monotonic() > give_up:
                        sys.stderr.write(f"{problem}\n")
                        return 1
                    time.sleep(0.05)
    finally:
        fleet.close()
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
