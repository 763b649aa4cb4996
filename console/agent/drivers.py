"""The keeper's eyes: a child process that asks the drivers, so that the keeper has no threads and may fork.

A driver that hangs hangs the child only; it is ended and started anew.
"""

import json
import os
import select
import signal
import time
from typing import Any, Dict, List, Optional

from . import procs
from .accelerators import Accelerators
from .launch import close_all_but

_PATIENCE_S = 12.0


class Drivers:
    """Which accelerators work, as a child process last saw it."""

    def __init__(self, probes: List[Dict[str, Any]], config: Dict[str, Any]) -> None:
        self._probes, self._config = probes, config
        self._pid = 0
        self._ask = self._answer = -1

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
        eyes = Accelerators(self._probes, self._config)
        while os.read(ask, 1):
            data = json.dumps(eyes.usable()).encode("ascii") + b"\n"
            while data:
                data = data[os.write(answer, data) :]

    def close(self) -> None:
        """End the child."""
        if self._pid:
            os.close(self._ask)
            os.close(self._answer)
            # Our child stays a zombie until it is waited for, so its pid is still its own.
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0
