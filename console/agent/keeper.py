"""The keeper: one detached process per account while tickets wait; hands accelerators to the next job.

It holds no state of its own: killed at any moment, the next agent that looks starts another.
"""

import os
import time
from typing import Any, Dict, List, Optional

from . import launch, paths, procs, records, spool
from .accelerators import Accelerators
from .wire import AgentError

_TICK_S = 0.15
_INVENTORY_TTL_S = 5.0
_RETRY_S = 5.0
_STALE_TICKET_S = 60.0


class Keeper:
    """Gives each waiting job its turn."""

    def __init__(self, bundle: Dict[str, Any]) -> None:
        self._bundle = bundle
        config = dict(bundle.get("config") or {})
        self._inventory: Optional[List[Dict[str, Any]]] = config.pop("accelerators", None)
        self._inventory_at = time.monotonic()
        self._config = config
        self._accelerators: Optional[Accelerators] = None
        self._retry_at: Dict[str, float] = {}

    def run(self) -> None:
        """Serve the queue until it is empty and nobody can have added to it unseen."""
        while True:
            lock = paths.try_lock(spool.keeper_lock(), 0.1)
            if lock is None:
                return
            while spool.waiting():
                if not self._round():
                    time.sleep(_TICK_S)
            os.close(lock)
            # A ticket that was written before the lock was given up saw a keeper and started none.
            if not spool.waiting():
                return

    def _round(self) -> bool:
        """One look at the queue; whether it changed."""
        changed = False
        for ticket in spool.tickets():
            ident = ticket["id"]
            if self._settled(ident):
                spool.drop_ticket(ident)
                changed = True
                continue
            if time.monotonic() < self._retry_at.get(ident, 0.0):
                continue
            leases = self._lease(ticket["gpus"])
            if leases is None:
                # The first in line waits for its accelerators; nobody overtakes it to take them away.
                if self._possible(ticket["gpus"]):
                    break
                continue
            changed = self._start(ident, leases) or changed
        return changed

    @staticmethod
    def _settled(ident: str) -> bool:
        record = records.Record(spool.job_folder(ident))
        if record.phase != "new":
            return True
        if os.path.exists(paths.raw(os.path.join(record.folder, "spec.json"))):
            return False
        # The ticket is written before the job's folder; a folder that never came was refused.
        try:
            age = time.time() - os.stat(paths.raw(paths.tandem("spool", ident))).st_mtime
        except OSError:
            return True
        return age > _STALE_TICKET_S

    def _start(self, ident: str, leases: Dict[str, int]) -> bool:
        try:
            word = spool.start_job(self._bundle, ident, leases)
        except (AgentError, OSError):
            # A full disk or no process to be had: the ticket waits for better times.
            word = {}
        finally:
            for descriptor in leases.values():
                os.close(descriptor)
        if word.get("started") or word.get("already"):
            spool.drop_ticket(ident)
            return True
        self._retry_at[ident] = time.monotonic() + _RETRY_S
        return False

    def _usable(self) -> List[Dict[str, Any]]:
        """The accelerators that work, idle ones of strangers' processes first."""
        if self._inventory is None or time.monotonic() - self._inventory_at > _INVENTORY_TTL_S:
            if self._accelerators is None:
                self._accelerators = Accelerators(list(self._bundle.get("probes") or []), self._config)
            self._inventory = self._accelerators.usable()
            self._inventory_at = time.monotonic()
        return sorted(self._inventory, key=_burden)

    def _possible(self, count: int) -> bool:
        return count <= len(self._usable())

    def _lease(self, count: int) -> Optional[Dict[str, int]]:
        """Locks on so many accelerators, or None and no lock at all."""
        held: Dict[str, int] = {}
        if count <= 0:
            return held
        folder = paths.private_folder("leases")
        for acc in self._usable():
            if len(held) == count:
                break
            uuid = str(acc["uuid"])
            descriptor = paths.try_lock(os.path.join(folder, uuid.replace("/", "_") + ".lock"), 0.01)
            if descriptor is not None:
                held[uuid] = descriptor
        if len(held) == count:
            return held
        for descriptor in held.values():
            os.close(descriptor)
        return None


def _burden(acc: Dict[str, Any]) -> Any:
    busy = bool(acc.get("processes"))
    index = acc.get("index")
    return (busy, index if isinstance(index, int) else 1 << 30)


def run(bundle: Dict[str, Any]) -> int:
    """The entry that boot.py calls: leave the starter's family, say so, keep the queue."""
    if os.fork():
        return 0
    procs.name_process("tandem-keeper")
    os.umask(0o077)
    launch.detach(b'{"started":true}\n')
    Keeper(bundle).run()
    return 0
