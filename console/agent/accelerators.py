"""Accelerators as the probes see them: each probe on a thread of its own, so a hung driver hangs only that.

An accelerator once seen stays in the list: gone later, it is shown as lost with its name and no numbers.
"""

import sys
import threading
import time
import traceback
from types import ModuleType
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import inventory

Acc = Dict[str, Any]

PROBE_API = 1
_REOPEN_AFTER_S = 5.0
_OPEN_PATIENCE_S = 3.0
_LIST_PATIENCE_S = 5.0
# What an accelerator is, as against what it measures just now.
_IDENTITY = ("index", "uuid", "name", "vendor", "simulated")
_NUMBERS = (
    "utilization_percent",
    "memory_utilization_percent",
    "encoder_percent",
    "decoder_percent",
    "memory_temperature_c",
    "temperature_margin_c",
    "clock_graphics_mhz",
    "clock_memory_mhz",
    "clock_video_mhz",
    "pstate",
    "means",
    "memory_used_bytes",
    "memory_total_bytes",
    "memory_reserved_bytes",
    "temperature_c",
    "power_w",
    "power_kind",
    "power_limit_w",
    "energy_j",
    "fan_percent",
    "clock_sm_mhz",
    "ecc_uncorrected",
    "mig",
)
# Read now and then: the sampler sends them when they changed.
NOW_AND_THEN = ("processes", "health")
# What a job is told, to see only its own: of no use to a console.
FOR_JOBS = "visible"


def complete(acc: Acc, state: Optional[str] = None, detail: Optional[str] = None) -> Acc:
    """An accelerator with every field of the protocol; with a state given, without any number."""
    whole: Acc = {key: acc.get(key) for key in _IDENTITY}
    whole["simulated"] = bool(acc.get("simulated"))
    whole["state"] = state or acc.get("state") or "unknown"
    whole["detail"] = detail if state else acc.get("detail")
    sound = state is None and whole["state"] == "ok"
    for key in _NUMBERS:
        whole[key] = acc.get(key) if sound else None
    for key in (*NOW_AND_THEN, FOR_JOBS):
        # Of a lost one the kernel's log still tells why.
        told = sound or (state is None and key == "health" and whole["state"] == "lost")
        whole[key] = acc.get(key) if told else None
    whole["throttle"] = list(acc.get("throttle") or []) if sound else []
    return whole


def parts(acc: Acc) -> List[Acc]:
    """What of an accelerator can be leased: all of it, or each MIG instance where it is cut into those.

    CUDA takes an instance for a device of its own, and the uncut GPU is not to be had meanwhile.
    """
    if not acc.get("mig"):
        return [acc]
    found = []
    for each in (acc.get("health") or {}).get("mig_instances") or []:
        uuid = each.get("uuid")
        if isinstance(uuid, str):
            inside = [one for one in acc.get("processes") or [] if one.get("instance") in (None, uuid)]
            part = dict(acc, uuid=uuid, whole=acc["uuid"], name=each.get("name") or acc["name"])
            part["visible"] = dict(acc.get("visible") or {}, CUDA_VISIBLE_DEVICES=uuid)
            found.append(dict(part, processes=inside))
    return found


class Aside:
    """What runs while a probe has let its driver go; `state` is waiting, running, over or given up."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.state = "waiting"
        self.answer: Any = None
        self.error: Optional[BaseException] = None


class Probe:
    """One probe of a plugin and its thread; requests are coalesced, answers are the latest."""

    def __init__(self, source: Dict[str, Any], config: Dict[str, Any]) -> None:
        self.name = str(source["name"])
        self.vendor = str(source["vendor"])
        self._source = str(source["source"])
        self._config = config
        self._changed = threading.Condition()
        self._wanted = 0
        self._done = 0
        self._done_at = 0.0
        self._asked_at = 0.0
        self._late_for = 0
        self._found: List[Acc] = []
        self._troubles: List[str] = []
        self.state = "opening"
        self.detail: Optional[str] = None
        self._known: Dict[str, Acc] = {}
        self._opened: Any = None
        self._aside: Optional[Aside] = None
        thread = threading.Thread(target=self._run, name="probe-" + self.name)
        thread.daemon = True
        thread.start()

    def _load(self) -> Any:
        filename = "tandem_agent/probes/%s.py" % self.name
        module = ModuleType("tandem_probe_" + self.name)
        module.__file__ = filename
        # A package to its parts, which the bundle's finder knows by their full names.
        module.__package__, module.__path__ = module.__name__, []
        sys.modules[module.__name__] = module
        exec(compile(self._source, filename, "exec", 0, True), module.__dict__)
        wanted = module.__dict__.get("PROBE_API")
        if wanted != PROBE_API:
            raise RuntimeError(
                "the probe speaks version %r of the probe interface, not %d" % (wanted, PROBE_API)
            )
        return module.__dict__["open_probe"](self._config)

    def _set(self, state: str, detail: Optional[str]) -> None:
        with self._changed:
            self.state, self.detail = state, detail
            self._changed.notify_all()

    def _open(self) -> Any:
        try:
            opened = self._load()
        except Exception as error:
            self._set("error", "%s: %s" % (type(error).__name__, error))
            traceback.print_exc()
            return None
        self._set("absent" if opened is None else "ok", None)
        return opened

    def _run(self) -> None:
        opened = self._opened = self._open()
        retry_at = time.monotonic() + _REOPEN_AFTER_S
        while True:
            with self._changed:
                while self._wanted <= self._done and self._aside is None:
                    self._changed.wait()
                turn = self._wanted
            if self._aside is not None:
                opened = self._opened = self._step_aside(opened)
                continue
            found: List[Acc] = []
            if opened is None and self.state == "error" and time.monotonic() >= retry_at:
                opened = self._opened = self._open()
                retry_at = time.monotonic() + _REOPEN_AFTER_S
            if opened is not None:
                try:
                    found = [complete(acc) for acc in opened.sample(time.monotonic())]
                    # A probe may know of trouble though it has rows: its tool hangs, permission is missing.
                    self._troubles = [
                        "%s: %s" % (self.name, each) for each in getattr(opened, "problems", ())
                    ]
                    self._set("ok", None)
                except Exception as error:
                    self._set("error", "%s: %s" % (type(error).__name__, error))
                    opened = self._opened = self._closed(opened)
            with self._changed:
                self._found = found
                self._done, self._done_at = turn, time.monotonic()
                self._changed.notify_all()

    @staticmethod
    def _closed(opened: Any) -> None:
        try:
            opened.close()
        except Exception:
            traceback.print_exc()

    def inventory(self) -> Optional[Dict[str, Any]]:
        """What it tells for the inventory; None where it cannot now, {} where there is no such hardware."""
        opened, state = self._opened, self.state
        if state == "absent":
            return {}
        if opened is None or state != "ok":
            return None
        tell = getattr(opened, "inventory", None)
        try:
            if tell is not None:
                return dict(tell())
            with self._changed:
                rows = list(self._known.values())
            return {"accelerators": [{key: row[key] for key in _IDENTITY} for row in rows]}
        except Exception as error:
            self.detail = "%s: %s" % (type(error).__name__, error)
            return None

    def holders(self, uuid: str) -> Optional[List[int]]:
        """Processes that hold that accelerator, now or as of the last sample; None where it is not told."""
        tell = getattr(self._opened, "holders", None)
        if tell is not None:
            return tell(uuid)  # type: ignore[no-any-return]
        with self._changed:
            told = self._known.get(uuid, {}).get("processes")
        return [each["pid"] for each in told] if isinstance(told, list) else None

    def device(self, uuid: str) -> Optional[str]:
        """The file by which processes hold that accelerator; None where there is none or it is not known."""
        tell = getattr(self._opened, "device", None)
        return None if tell is None else tell(uuid)

    def aside(self, call: Callable[[], Any], patience_s: float) -> Optional[Any]:
        """Run `call` while this probe has let its driver go; None where it cannot do so in time."""
        step = Aside(call)
        deadline = time.monotonic() + patience_s
        with self._changed:
            while self._aside is not None and time.monotonic() < deadline:
                self._changed.wait(max(0.001, deadline - time.monotonic()))
            if self._aside is not None:
                return None
            self._aside = step
            self._changed.notify_all()
            while step.state == "waiting" and time.monotonic() < deadline:
                self._changed.wait(max(0.001, deadline - time.monotonic()))
            if step.state in ("waiting", "given up"):
                step.state = "given up"
                return None
            while step.state == "running":
                self._changed.wait()
        if step.error is not None:
            raise step.error
        return step.answer

    def _step_aside(self, opened: Any) -> Any:
        """On the probe's thread: let the driver go, run what waits for that, take it again."""
        step = self._aside
        assert step is not None
        holds = opened is not None and hasattr(opened, "let_go")
        free = not holds or bool(opened.let_go())
        with self._changed:
            self._aside = None
            go = free and step.state == "waiting"
            step.state = "running" if go else "given up"
            self._changed.notify_all()
        if go:
            try:
                step.answer = step.call()
            except BaseException as error:
                step.error = error
            with self._changed:
                step.state = "over"
                self._changed.notify_all()
        try:
            if holds and free:
                opened.take_again()
        except Exception as error:
            self._set("error", "%s: %s" % (type(error).__name__, error))
            return self._closed(opened)
        return opened

    def knows(self, uuid: str) -> bool:
        """Whether it has listed that accelerator."""
        with self._changed:
            return uuid in self._known

    def settled(self, patience_s: float) -> Dict[str, Any]:
        """What hello says of this probe, once it is open or the patience is used up."""
        deadline = time.monotonic() + patience_s
        with self._changed:
            while self.state == "opening" and time.monotonic() < deadline:
                self._changed.wait(deadline - time.monotonic())
            state, detail = self.state, self.detail
        if state == "opening":
            state, detail = "error", "it has not answered for %g s" % patience_s
        return {"name": self.name, "vendor": self.vendor, "state": state, "detail": detail}

    def request(self) -> int:
        """Ask for a fresh sample; the ticket is for `collect`."""
        with self._changed:
            if self._wanted <= self._done:
                self._asked_at = time.monotonic()
            self._wanted += 1
            self._changed.notify_all()
            return self._wanted

    def collect(self, ticket: int, wait_s: float, stale_s: float) -> Tuple[List[Acc], Optional[str]]:
        """(accelerators, what is wrong): the fresh sample if it comes in time, else the last young one."""
        with self._changed:
            # One that still works on what it was late for costs the others no second wait.
            deadline = time.monotonic() + (wait_s if self._done >= self._late_for else 0.0)
            while self._done < ticket and time.monotonic() < deadline:
                self._changed.wait(deadline - time.monotonic())
            late = self._done < ticket
            if late and self._done >= self._late_for:
                self._late_for = ticket
            waited = time.monotonic() - self._asked_at
            found, state, detail = self._found, self.state, self.detail
            known = self._known
            if late and waited > stale_s:
                text = "%s: the driver has not answered for %.0f s" % (self.name, waited)
                return [
                    complete(acc, "unknown", "the driver does not answer") for acc in known.values()
                ], text
            if late and not self._done:
                return [], None
            if state == "error":
                text = "%s: %s" % (self.name, detail)
                return [complete(acc, "error", detail) for acc in known.values()], text
            return self._with_lost(found), "; ".join(self._troubles) or None

    def _with_lost(self, found: List[Acc]) -> List[Acc]:
        present = set()
        for acc in found:
            present.add(acc["uuid"])
            # One that was lost before it had a name is not remembered under a stand-in.
            if acc["state"] != "lost":
                self._known[acc["uuid"]] = acc
        lost = [
            complete(acc, "lost", "it was there before and is gone")
            for uuid, acc in self._known.items()
            if uuid not in present
        ]
        return sorted(found + lost, key=lambda acc: (acc["index"] is None, acc["index"], acc["uuid"]))


class Accelerators:
    """All probes of the bundle as one."""

    def __init__(self, sources: List[Dict[str, Any]], config: Dict[str, Any]) -> None:
        self._probes = [Probe(source, config) for source in sources]

    def probes(self) -> List[Dict[str, Any]]:
        """How each probe stands; waits a little for a slow driver."""
        deadline = time.monotonic() + _OPEN_PATIENCE_S
        return [probe.settled(max(0.0, deadline - time.monotonic())) for probe in self._probes]

    def sample(self, wait_s: float, stale_s: float) -> Tuple[List[Acc], List[str]]:
        """(accelerators of all probes, problem texts); never waits longer than `wait_s` in all."""
        deadline = time.monotonic() + wait_s
        tickets = [probe.request() for probe in self._probes]
        found: List[Acc] = []
        problems = []
        for probe, ticket in zip(self._probes, tickets):
            accs, problem = probe.collect(ticket, max(0.0, deadline - time.monotonic()), stale_s)
            found.extend(accs)
            if problem:
                problems.append(problem)
        return found, problems

    def inventories(self) -> Tuple[List[Dict[str, Any]], Optional[List[Dict[str, Any]]]]:
        """(what each probe tells, all accelerators or None); may take a while."""
        self.probes()
        # A probe that was never asked has listed nothing yet, which is not the same as none.
        self.sample(_LIST_PATIENCE_S, _LIST_PATIENCE_S)
        return inventory.asked(self._probes)

    def holders(self, uuid: str) -> Optional[List[int]]:
        """Processes that hold an accelerator at this moment; None where nobody can tell."""
        for probe in self._probes:
            if probe.knows(uuid):
                return probe.holders(uuid)
        return None

    def device(self, uuid: str) -> Optional[str]:
        """The file by which processes hold an accelerator; None where it is not known."""
        found = [probe.device(uuid) for probe in self._probes if probe.knows(uuid)]
        return found[0] if found else None

    def aside(self, uuid: str, call: Callable[[], Any], patience_s: float) -> Optional[Any]:
        """Run something while this agent itself does not hold the accelerator's driver open.

        None where the driver cannot be let go in time: a call in it hangs.
        """
        for probe in self._probes:
            if probe.knows(uuid):
                return probe.aside(call, patience_s)
        return call()

    def usable(self, wait_s: float = 10.0) -> List[Acc]:
        """The accelerators that can be leased now; of one that is cut up, its parts."""
        sound = [acc for acc in self.sample(wait_s, wait_s)[0] if acc["state"] == "ok"]
        return [part for acc in sound for part in parts(acc)]
