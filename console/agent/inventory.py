"""What of a machine stays the same for weeks: versions, serials. Read on a thread of its own, rarely."""

import threading
import time
from typing import Any, Dict, List, Optional, Tuple

from . import host

_EVERY_S = 6 * 3600.0
# One that failed (a driver that was just loading) is tried again soon.
_AGAIN_S = 60.0
_PATIENCE_S = 30.0


def collect(accelerators: Any) -> Dict[str, Any]:
    """Facts of the machine, and its accelerators where the probes could tell: None, not [], where not."""
    own = host.hello_facts()
    facts: Dict[str, Optional[str]] = {"os": own["os"], "kernel": own["kernel"]}
    found, rows = accelerators.inventories()
    for each in found:
        facts.update(each.get("facts") or {})
    return {"facts": facts, "accelerators": rows}


class InventoryWatch:
    """The inventory as last read; whoever asks never waits for it."""

    def __init__(self, accelerators: Any) -> None:
        self._accelerators = accelerators
        self._lock = threading.Lock()
        self._found: Optional[Dict[str, Any]] = None
        self._number = 0
        self._due = 0.0
        self._reading = False

    def latest(self) -> Tuple[int, Optional[Dict[str, Any]]]:
        """(which reading this is, what it found); 0 and None before the first is over."""
        with self._lock:
            if not self._reading and time.monotonic() >= self._due:
                self._reading = True
                thread = threading.Thread(target=self._read, name="inventory")
                thread.daemon = True
                thread.start()
            return self._number, self._found

    def _read(self) -> None:
        try:
            found: Optional[Dict[str, Any]] = collect(self._accelerators)
        except Exception as error:
            found = {"facts": {}, "accelerators": None, "problem": "%s: %s" % (type(error).__name__, error)}
        with self._lock:
            self._found = found
            self._number += 1
            sound = found is not None and found["accelerators"] is not None
            self._due = time.monotonic() + (_EVERY_S if sound else _AGAIN_S)
            self._reading = False


def asked(probes: List[Any]) -> Tuple[List[Dict[str, Any]], Optional[List[Dict[str, Any]]]]:
    """(what each probe tells, the accelerators of all): each on a thread that may hang."""
    answers: List[Any] = [None] * len(probes)

    def ask(number: int, probe: Any) -> None:
        answers[number] = probe.inventory()

    threads = []
    for number, probe in enumerate(probes):
        thread = threading.Thread(target=ask, args=(number, probe), name="inventory-" + probe.name)
        thread.daemon = True
        thread.start()
        threads.append(thread)
    deadline = time.monotonic() + _PATIENCE_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    known = [answer for answer in answers if answer is not None]
    if len(known) < len(probes):
        return known, None
    return known, [row for answer in known for row in answer.get("accelerators") or []]


def read(request: Any) -> Dict[str, Any]:
    """inventory.read: read now."""
    return collect(request.agent.accelerators)
