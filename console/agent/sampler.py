"""Telemetry: one SAMPLE of the protocol per tick. Reads /proc, asks the probes, writes nothing."""

import time
from typing import Any, Dict

from . import procs
from .accelerators import Accelerators
from .machine import Machine, SlowReadings

MIN_INTERVAL_S = 0.1
MAX_INTERVAL_S = 3600.0
_FIRST_WAIT_S = 1.0


class Sampler:
    """Makes the samples of one subscription; rates are since this subscription's last sample."""

    def __init__(self, accelerators: Accelerators, slow: SlowReadings, interval_s: float) -> None:
        self._accelerators = accelerators
        self._machine = Machine(slow)
        self.interval_s = min(MAX_INTERVAL_S, max(MIN_INTERVAL_S, interval_s))
        self._seq = 0

    def take(self) -> Dict[str, Any]:
        """One sample."""
        began = time.monotonic()
        self._seq += 1
        sample, problems = self._machine.take(began)
        # The first sample gives a probe time to open; later ones never wait past half a tick.
        wait_s = _FIRST_WAIT_S if self._seq == 1 else min(_FIRST_WAIT_S, self.interval_s / 2.0)
        accelerators, troubles = self._accelerators.sample(wait_s, self.interval_s * 3.0)
        sample.update(
            seq=self._seq,
            time=procs.now(),
            monotonic=began,
            interval_s=self.interval_s,
            sample_ms=round((time.monotonic() - began) * 1000.0, 2),
            accelerators=accelerators,
            problems=troubles + problems,
        )
        return sample

    def close(self) -> None:
        """Let go of what is held open."""
        self._machine.close()


def subscribe(request: Any) -> Dict[str, Any]:
    """telemetry.subscribe: samples until cancelled; one that finds the line full is dropped."""
    sampler = Sampler(request.agent.accelerators, request.agent.slow, request.number("interval_s", 1.0))
    due = time.monotonic()
    try:
        while not request.cancelled.is_set():
            request.event(sampler.take(), droppable=True)
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
