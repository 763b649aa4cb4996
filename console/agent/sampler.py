"""Telemetry: one SAMPLE of the protocol per tick. Reads /proc, asks the probes, writes nothing."""

import resource
import time
from typing import Any, Dict, List, Optional, Tuple

from . import drained, procs
from .accelerators import FOR_JOBS, NOW_AND_THEN, Accelerators
from .changes import Changes
from .inventory import InventoryWatch
from .machine import Machine, SlowReadings
from .wire import AgentError

MIN_INTERVAL_S = 0.1
MAX_INTERVAL_S = 3600.0
_FIRST_WAIT_S = 1.0


class Sampler:
    """Makes the samples of one subscription; rates are since this subscription's last sample."""

    def __init__(
        self,
        accelerators: Accelerators,
        slow: SlowReadings,
        interval_s: float,
        inventory: Optional[InventoryWatch] = None,
    ) -> None:
        self._inventory = inventory
        self._told = 0
        self._accelerators = accelerators
        self._machine = Machine(slow)
        self.interval_s = min(MAX_INTERVAL_S, max(MIN_INTERVAL_S, interval_s))
        self._seq = 0
        self._sent: Dict[Tuple[str, str], Any] = {}
        self._dropped = 0

    def dropped(self) -> None:
        """The last sample did not get out: what it alone would have told is told again."""
        self._dropped += 1
        self._told = 0
        self.tell_again()

    def tell_again(self) -> None:
        """What is told only when it changed goes into the next sample whatever it is."""
        self._sent = {}
        self._machine.tell_again()

    def _only_new(self, accelerators: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
        """Without what the console has already: a sample without the key means "as before"."""
        rows = []
        for acc in accelerators:
            row = dict(acc)
            row.pop(FOR_JOBS, None)
            for key in NOW_AND_THEN:
                of = (acc["uuid"], key)
                value = (acc["state"], acc[key])
                if of in self._sent and self._sent[of] == value:
                    del row[key]
                self._sent[of] = value
            rows.append(row)
        return rows

    def take(self) -> Dict[str, Any]:
        """One sample."""
        began = time.monotonic()
        self._seq += 1
        sample, problems = self._machine.take(began)
        # The first sample gives a probe time to open; later ones never wait past half a tick.
        wait_s = _FIRST_WAIT_S if self._seq == 1 else min(_FIRST_WAIT_S, self.interval_s / 2.0)
        accelerators, troubles = self._accelerators.sample(wait_s, self.interval_s * 3.0)
        cost = resource.getrusage(resource.RUSAGE_SELF)
        sample.update(
            seq=self._seq,
            time=procs.now(),
            monotonic=began,
            interval_s=self.interval_s,
            sample_ms=round((time.monotonic() - began) * 1000.0, 2),
            accelerators=self._only_new(accelerators),
            agent={
                "cpu_s": cost.ru_utime + cost.ru_stime,
                "memory_bytes": procs.resident_bytes(),
                "dropped": self._dropped,
            },
            problems=troubles + problems,
            drained=_drained(),
        )
        if self._inventory is not None:
            number, found = self._inventory.latest()
            if number != self._told:
                self._told, sample["inventory"] = number, found
        return sample

    def close(self) -> None:
        """Let go of what is held open."""
        self._machine.close()


def _drained() -> Optional[str]:
    """Why this server takes no new work; an unsafe home has no say in it."""
    try:
        return drained.reason()
    except AgentError:
        return None


def subscribe(request: Any) -> Dict[str, Any]:
    """telemetry.subscribe: samples until cancelled; one that finds the line full is dropped.

    With `changes` only what changed is sent, see changes.py.
    """
    agent = request.agent
    interval_s = request.number("interval_s", 1.0)
    sampler = Sampler(agent.accelerators, agent.slow, interval_s, agent.inventory)
    changes = Changes() if request.params.get("changes") is True else None
    due = time.monotonic()
    try:
        while not request.cancelled.is_set():
            if changes is not None and changes.whole_is_next:
                sampler.tell_again()
            sample = sampler.take()
            if not request.event(sample if changes is None else changes.of(sample), droppable=True):
                sampler.dropped()
                if changes is not None:
                    changes.forget()
            now = time.monotonic()
            due += sampler.interval_s
            if due < now:
                due = now + sampler.interval_s - (now - due) % sampler.interval_s
            request.cancelled.wait(max(0.0, due - now))
    finally:
        sampler.close()
    return {"cancelled": True}


def once(request: Any) -> Dict[str, Any]:
    """telemetry.once: a single sample."""
    sampler = Sampler(request.agent.accelerators, request.agent.slow, 1.0)
    try:
        return sampler.take()
    finally:
        sampler.close()
