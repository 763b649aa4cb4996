"""The keeper's eyes: a child process that asks the drivers, so that the keeper has no threads and may fork.

A driver that hangs hangs the child only; it is ended and started anew. The same child meters what jobs use
(meter.py): one process holds the drivers open, whoever asks.
"""

import json
import os
import select
import signal
import time
from typing import Any, Dict, List, Optional

from . import procs
from .accelerators import Accelerators, parts
from .launch import close_all_but
from .meter import Meter

_PATIENCE_S = 12.0
_LOOK_WAIT_S = 1.0
_STALE_S = 15.0
_FAREWELL_S = 1.0
_AGAIN_AFTER_S = 30.0


class Drivers:
    """Which accelerators work, as a child process last saw it."""

    def __init__(self, probes: List[Dict[str, Any]], config: Dict[str, Any]) -> None:
        self._probes, self._config = probes, config
        self._pid = 0
        self._ask = self._answer = -1
        self._started_at = -1e9

    def watch(self) -> None:
        """There are jobs that run: have the child meter them, a new one where it has died."""
        if self._pid:
            gone, _ = os.waitpid(self._pid, os.WNOHANG)
            if not gone:
                return
            self._pid = 0
            os.close(self._ask)
            os.close(self._answer)
        if time.monotonic() - self._started_at >= _AGAIN_AFTER_S:
            self._start()

    def usable(self) -> Optional[List[Dict[str, Any]]]:
        """The accelerators that work now; None where the drivers do not answer."""
        if not self._probes:
            return []
        if not self._pid:
            self._start()
        try:
            os.write(self._ask, b"?")
            return self._read()
        except (OSError, ValueError):
            self.close()
            return None

    def _read(self) -> List[Dict[str, Any]]:
        deadline = time.monotonic() + _PATIENCE_S
        received = b""
        while not received.endswith(b"\n"):
            ready, _, _ = select.select([self._answer], [], [], max(0.0, deadline - time.monotonic()))
            data = os.read(self._answer, 65536) if ready else b""
            if not data:
                raise OSError("the child has not answered")
            received += data
        found = json.loads(received.decode("ascii"))
        assert isinstance(found, list)
        return found

    def _start(self) -> None:
        self._started_at = time.monotonic()
        ask_read, self._ask = os.pipe()
        self._answer, answer_write = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                close_all_but((ask_read, answer_write))
                self._serve(ask_read, answer_write)
            finally:
                os._exit(0)
        os.close(ask_read)
        os.close(answer_write)

    def _serve(self, ask: int, answer: int) -> None:
        procs.name_process("tandem-drivers")
        eyes = _Eyes(self._probes, self._config)
        meter = Meter(lambda: eyes.rows(_LOOK_WAIT_S))
        while True:
            ready, _, _ = select.select([ask], [], [], meter.wait_s())
            if not ready:
                meter.look()
                continue
            if not os.read(ask, 1):
                meter.close()
                return
            rows = eyes.rows(_PATIENCE_S - 2.0)
            sound = [row for row in rows if row["state"] == "ok"]
            data = json.dumps([part for row in sound for part in parts(row)]).encode("ascii") + b"\n"
            while data:
                data = data[os.write(answer, data) :]
            # What a driver keeps since the last question is told once: the meter must not miss it.
            meter.look(rows)

    def close(self) -> None:
        """End the child; it writes what it has first."""
        if self._pid:
            os.close(self._ask)
            os.close(self._answer)
            until = time.monotonic() + _FAREWELL_S
            gone, _ = os.waitpid(self._pid, os.WNOHANG)
            while not gone and time.monotonic() < until:
                time.sleep(0.01)
                gone, _ = os.waitpid(self._pid, os.WNOHANG)
            if not gone:
                # Our child stays a zombie until it is waited for, so its pid is still its own.
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
            self._pid = 0


class _Eyes:
    """The probes, opened when they are first needed: jobs without accelerators need none."""

    def __init__(self, probes: List[Dict[str, Any]], config: Dict[str, Any]) -> None:
        self._probes, self._config = probes, config
        self._opened: Optional[Accelerators] = None

    def rows(self, wait_s: float) -> List[Dict[str, Any]]:
        """Every accelerator as it is now."""
        if self._opened is None:
            self._opened = Accelerators(self._probes, self._config)
        return self._opened.sample(wait_s, max(wait_s, _STALE_S))[0]
