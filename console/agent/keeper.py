"""The keeper: one detached process per account while there are tickets; starts the next job, finds the lost.

It holds no state of its own: killed at any moment, a supervisor or the next agent starts another. It has no
threads, so that it may fork supervisors; the drivers are asked by a child (drivers.py).
"""

import os
import time
from typing import Any, Dict, List, Optional, Set

from . import (
    attempts,
    drained,
    jobsecrets,
    launch,
    leases,
    paths,
    procs,
    records,
    scheduling,
    spool,
    units,
)
from .drivers import Drivers
from .wire import AgentError

_TICK_S = 0.1
# A stranger may have come since: what a lease is decided by is hardly older than the decision.
_INVENTORY_TTL_S = 1.0
_RETRY_S = 5.0
_STALE_TICKET_S = 60.0
_LOOK_AT_LIVE_S = 2.0
# A job that needs no accelerator is started by the agent that took it; only if that died it is ours.
_STARTERS_GRACE_S = 3.0
_LOSS_GRACE_S = 5.0


class Keeper:
    """Gives each waiting job its turn and looks after those that run."""

    def __init__(self, bundle: Dict[str, Any]) -> None:
        self._bundle = bundle
        self._drivers = Drivers(list(bundle.get("probes") or []), dict(bundle.get("config") or {}))
        self._seen: List[Dict[str, Any]] = []
        self._seen_at = -1e9
        self._tickets: Dict[str, Dict[str, Any]] = {}
        self._stamps: Dict[str, Any] = {}
        self._folder_stamp: Any = None
        self._live: Dict[str, Dict[str, Any]] = {}
        self._looked_at = -1e9
        self._retry_at: Dict[str, float] = {}
        # What was started is not started again, even where the job has deleted every trace of it.
        self._begun: Dict[str, Any] = {}
        self._reasons: Optional[Dict[str, str]] = None

    def run(self) -> None:
        """Serve until there is no ticket and nobody can have added one unseen."""
        while True:
            lock = paths.try_lock(spool.keeper_lock(), 0.1)
            if lock is None:
                return
            self._reasons = None
            while spool.waiting():
                if not self._round():
                    time.sleep(_TICK_S)
            os.close(lock)
            # A ticket that was written before the lock was given up saw a keeper and started none.
            if not spool.waiting():
                self._drivers.close()
                return

    def _round(self) -> bool:
        """One look at the queue; whether something was started."""
        changed = self._read()
        at = time.monotonic()
        if not changed and at - self._looked_at < _LOOK_AT_LIVE_S:
            return False
        self._looked_at = at
        self._sort()
        if self._live:
            self._drivers.watch()
        return self._hand_out()

    def _read(self) -> bool:
        """Bring the tickets up to date; whether the folder has changed."""
        folder = paths.tandem("spool")
        try:
            stamp = os.stat(paths.raw(folder)).st_mtime_ns
        except OSError:
            return False
        # A second change within one tick of the clock must not be missed: young stamps are not trusted.
        if stamp == self._folder_stamp and abs(time.time() - stamp / 1e9) > 0.05:
            return False
        known: Set[str] = set(spool.waiting())
        for ident in known:
            try:
                found = os.stat(paths.raw(os.path.join(folder, ident)))
            except OSError:
                continue
            mark = (found.st_mtime_ns, found.st_ino)
            if self._stamps.get(ident) != mark or ident not in self._tickets:
                ticket = spool.ticket_of(ident)
                if ticket is not None:
                    self._tickets[ident], self._stamps[ident] = ticket, mark
        for ident in set(self._tickets) - known:
            del self._tickets[ident]
            self._stamps.pop(ident, None)
            self._begun.pop(ident, None)
        changed = bool(stamp != self._folder_stamp)
        self._folder_stamp = stamp
        return changed

    def _sort(self) -> None:
        """Tell what runs from what waits; take out what is over; bring back what was lost."""
        live: Dict[str, Dict[str, Any]] = {}
        for ident in spool.waiting():
            if ident not in self._tickets and self._refused(ident, records.Record(spool.job_folder(ident))):
                spool.drop_ticket(ident)
        for ident, ticket in list(self._tickets.items()):
            known = self._live.get(ident)
            same = known is not None and known["attempt"] == ticket.get("attempt")
            if known is not None and same and paths.is_locked(os.path.join(spool.job_folder(ident), "lock")):
                live[ident] = known
                continue
            record = records.Record(spool.job_folder(ident))
            if record.phase == "ended" or (record.phase == "new" and self._refused(ident, record)):
                spool.drop_ticket(ident)
                del self._tickets[ident]
            elif record.phase == "lost":
                self._settle_lost(ident, record)
            elif record.phase == "running":
                started = records.number_or_none(record.start.get("time"))
                live[ident] = dict(
                    ticket,
                    started=started or procs.now(),
                    gpus=len(_uuids(record)),
                    attempt=attempts.number_of(record.start),
                )
        self._live = live

    @staticmethod
    def _refused(ident: str, record: records.Record) -> bool:
        if record.locked or os.path.exists(paths.raw(os.path.join(record.folder, "spec.json"))):
            return False
        # The ticket is written before the job's folder; a folder that never came was refused.
        try:
            age = time.time() - os.stat(paths.raw(paths.tandem("spool", ident))).st_mtime
        except OSError:
            return True
        return age > _STALE_TICKET_S

    def _settle_lost(self, ident: str, record: records.Record) -> None:
        """End what a job without supervisor left, and say so; where it has retries left, queue it again."""
        ended = 0
        # What was adopted is not ours to end: only its watcher is gone.
        if record.start.get("adopted"):
            record.reason = "its watcher was killed; the process itself was left alone"
        elif record.start.get("boot_id") == procs.boot_id():
            ended = procs.sweep(
                [paths.raw(mark) for mark in spool.marks_of(ident)], record.pid or -1, _LOSS_GRACE_S
            )
        lock = paths.try_lock(os.path.join(record.folder, "lock"), 0.5)
        if lock is None:
            return
        try:
            told, record = record.reason, records.Record(record.folder, holds_lock=True)
            if record.phase == "lost":
                if record.start.get("adopted"):
                    record.reason = told
                elif ended:
                    record.reason = "%s; its processes were ended" % record.reason
                self._write_lost(ident, record)
        except OSError:  # a full disk: the next look tries again
            return
        finally:
            os.close(lock)

    def _write_lost(self, ident: str, record: records.Record) -> None:
        spec = paths.read_json(os.path.join(record.folder, "spec.json")) or {}
        number = attempts.number_of(record.start)
        spent = attempts.spent(attempts.ended(record.folder))
        row = {
            "v": 1,
            "attempt": number,
            "state": "lost",
            "exit_code": None,
            "signal": None,
            "reason": record.reason,
            "started": record.start.get("started"),
            "ended": procs.iso(procs.now()),
            "accelerators": _uuids(record),
            "boot_id": record.start.get("boot_id"),
        }
        if spent >= (records.number_or_none(spec.get("retries")) or 0):
            paths.write_json(os.path.join(record.folder, "result.json"), row)
            jobsecrets.forget(record.folder)
            return
        backoff_s = records.number_or_none(spec.get("backoff_s")) or 0.0
        ticket = dict(spool.ticket_of(ident) or spool.fields_of(spec), attempt=number + 1)
        ticket.update(procs.in_a_while(attempts.backoff_s(backoff_s, spent)))
        paths.write_json(paths.tandem("spool", ident), ticket)
        paths.private_folder("jobs", ident, attempts.FOLDER)
        paths.write_json(attempts.path(record.folder, number), row)

    # --- handing out

    def _hand_out(self) -> bool:
        now = procs.now()
        waiting = [
            dict(each, not_before=now + procs.left_until(each))
            for ident, each in self._tickets.items()
            if self._may_start(ident, each)
        ]
        if not waiting:
            self._tell({})
            return False
        why = drained.reason()
        if why is not None:
            self._tell({str(each["id"]): "the server is drained: " + why for each in waiting})
            return False
        free, held_back = self._free() if any(each["gpus"] for each in waiting) else ([], [])
        running = [
            dict(each, leaving=spool.is_leaving(each["id"], each["attempt"])) for each in self._live.values()
        ]
        total = len(free) + len(held_back)
        decision = scheduling.decide(waiting, running, len(free), total, now, spool.slots())
        changed = False
        for ident in decision.starts:
            changed = self._start(ident, free) or changed
        for ident in decision.preempts:
            self._preempt(ident)
        if decision.head is not None and held_back:
            decision.reasons[decision.head] += ": " + "; ".join(held_back[:4])
        self._tell(decision.reasons)
        return changed

    def _may_start(self, ident: str, ticket: Dict[str, Any]) -> bool:
        if ident in self._live or time.monotonic() < self._retry_at.get(ident, 0.0):
            return False
        if self._begun.get(ident) == ticket.get("attempt", 1):
            return False
        if not os.path.exists(paths.raw(os.path.join(spool.job_folder(ident), "spec.json"))):
            return False
        young = 0.0 <= procs.now() - scheduling.number(ticket.get("queued")) < _STARTERS_GRACE_S
        again = scheduling.number(ticket.get("attempt")) > 1
        return bool(ticket["gpus"]) or again or not young or spool.slots() is not None

    def _free(self) -> Any:
        """(accelerators that can be had, each with its locks; why the others cannot)."""
        if time.monotonic() - self._seen_at > _INVENTORY_TTL_S:
            found = self._drivers.usable()
            self._seen = [] if found is None else found
            self._seen_at = time.monotonic()
        free, refused = [], []
        for acc in sorted(self._seen, key=_order):
            try:
                free.append((acc, leases.take(acc)))
            except leases.Refused as error:
                refused.append("%s: %s" % (acc.get("name") or acc["uuid"], error))
        for _acc, held in free:
            leases.release(held)
        return [acc for acc, _held in free], refused

    def _start(self, ident: str, free: List[Dict[str, Any]]) -> bool:
        held: Dict[str, List[int]] = {}
        mine: List[Dict[str, Any]] = []
        wanted = int(self._tickets[ident]["gpus"])
        try:
            for acc in list(free):
                if len(held) == wanted:
                    break
                free.remove(acc)
                try:
                    held[str(acc["uuid"])] = leases.take(acc)
                except leases.Refused:
                    continue
                mine.append(acc)
            if len(held) < wanted:
                return False
            plan = spool.plan_of(self._bundle, ident, held, leases.visible_to(mine))
            word = spool.checked(launch.fork(plan, plan["lease_fds"])) if plan else {}
        except (AgentError, OSError):
            # A full disk or no process to be had: the ticket waits for better times.
            word = {}
        finally:
            for descriptors in held.values():
                leases.release(descriptors)
        if word.get("started") or word.get("already"):
            self._begun[ident] = self._tickets[ident].get("attempt", 1)
            self._live[ident] = dict(self._tickets[ident], started=procs.now())
            self._live[ident].setdefault("attempt", 1)
            return True
        self._retry_at[ident] = time.monotonic() + _RETRY_S
        return False

    def _preempt(self, ident: str) -> None:
        try:
            spool.ask_to_leave(ident, self._live[ident]["attempt"])
        except OSError:  # a full disk: the next look tries again
            return

    def _tell(self, reasons: Dict[str, str]) -> None:
        """Why each job waits, for whoever asks."""
        if reasons == self._reasons:
            return
        try:
            paths.write_json(paths.tandem("queue.json"), {"v": 1, "reasons": reasons}, durable=False)
            self._reasons = reasons
        except OSError:  # a full disk; the reasons are a courtesy, the queue goes on
            self._reasons = None


def _uuids(record: records.Record) -> List[str]:
    return records.texts(record.start.get("accelerators"))


def _order(acc: Dict[str, Any]) -> int:
    index = acc.get("index")
    return index if isinstance(index, int) else 1 << 30


def run(bundle: Dict[str, Any]) -> int:
    """The entry that boot.py calls: leave the starter's family, say so, keep the queue."""
    if os.fork():
        return 0
    procs.name_process("tandem-keeper")
    os.umask(0o077)
    launch.detach(b'{"started":true}\n')
    units.take("tandem-keeper-%d.scope" % os.getpid(), None, os.getpid(), None)
    Keeper(bundle).run()
    return 0
