"""The detached process of one copy on one server: it gives, takes or fetches, and writes its result once.

It outlives the agent, the connection and the console. What crosses the wire is giving.py's and taking.py's.
"""

import os
import threading
import time
import traceback
from typing import Any, Callable, Dict, List, Optional

from . import paths, procs
from .child import Report, Signals
from .giving import Giving, Goods
from .taking import Ended, Tally
from .wire import AgentError, from_os_error

Message = Dict[str, Any]

_GO_S = 120.0
_LOOK_S = 0.2
_CANCEL_S = 3.0


def _nothing() -> None:
    """Nothing is under way yet."""


class Carrier:
    """One copy's folder, its state and its end.

    Args:
        config: `dir`, `kind`, `spec` and what the kind needs; secrets are in here and never on the disk.
    """

    def __init__(self, config: Message, report: Report) -> None:
        self.config = config
        self.folder = str(config["dir"])
        self.tally = Tally()
        self.goods = Goods()
        self.giving: "Optional[Giving]" = None
        self.phase = "waiting"
        self.giver: "Optional[str]" = None
        self.passed_over: "List[str]" = []
        self.taken: "Optional[Message]" = None
        self.ended = threading.Event()
        self.signals = Signals()
        self._report = report
        self._error: "Optional[Message]" = None
        self._cancelled = False
        self._told: "Optional[Message]" = None
        self._give_up_at = 0.0
        # What ends a wait for others, and what takes away a half file, when the person cancels.
        self.hang_up: "Callable[[], None]" = _nothing
        self.clean_up: "Callable[[], None]" = _nothing

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def check(self) -> None:
        """Leave what is done where the person wants no more."""
        if self._cancelled:
            raise Ended

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def run(self) -> None:
        """Live, from the lock to the result."""
        lock = paths.try_lock(self.path("lock"), 1.0)
        if lock is None:
            self._report.say(code="remote.in_use", what=self.folder)
            return
        try:
            identity = {"pid": os.getpid(), "started": procs.start_time(os.getpid())}
            paths.write_json(
                self.path("start.json"),
                {
                    "v": 1,
                    "boot_id": procs.boot_id(),
                    "supervisor": identity,
                    "process": identity,
                    "started": procs.iso(procs.now()),
                },
            )
        except OSError as error:
            told = from_os_error(error, self.folder)
            self._report.say(code=told.code, **told.attrs)
            return
        worker = threading.Thread(target=self._work)
        worker.daemon = True
        worker.start()
        while not self.ended.is_set():
            self.signals.wait(_LOOK_S)
            self._look()
        self._conclude()

    def say_started(self, **words: Any) -> None:
        """Tell whoever started us; once."""
        self._report.say(started=True, pid=os.getpid(), **words)

    def _look(self) -> None:
        if self.signals.told_to_end and not self._cancelled:
            # The machine goes down: what has come stays, to go on with.
            self._error = AgentError("transfer.lost", reason="it was told to end by the system").as_dict()
            self.ended.set()
        wanted_end = self.signals.cancel or os.path.exists(paths.raw(self.path("cancel")))
        if not self._cancelled and wanted_end:
            self._cancelled = True
            self._give_up_at = time.monotonic() + _CANCEL_S
            self.hang_up()
        if self._cancelled and time.monotonic() > self._give_up_at:
            # Its thread hangs in a read that nothing ends: it dies with the process.
            self.clean_up()
            self.ended.set()
        self.tell()

    def tell(self, durable: bool = False) -> None:
        """How it stands, for whoever looks; a full disk must not end the copy."""
        state = {
            "phase": self.phase,
            "done": self.tally.done,
            "total": self.tally.total,
            "files": self.tally.files,
            "wire": self.tally.wire,
            "giver": self.giver,
            "passed_over": self.passed_over,
            "taken": self.taken,
            "sent": {} if self.giving is None else {n: t.sent for n, t in self.giving.takers.items()},
        }  # type: Message
        if state == self._told and not durable:
            return
        try:
            paths.write_json(self.path("state.json"), state, durable=durable)
            self._told = state
        except OSError:
            self._told = None

    def _work(self) -> None:
        try:
            if self.config["kind"] == "fetch":
                from .fetching import fetch

                self.say_started()
                self.taken = fetch(self)
            else:
                from .carrying import carry

                carry(self)
        except Ended:
            self._cancelled = True
        except AgentError as error:
            self._error = error.as_dict()
        except OSError as error:
            path = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else self.folder
            self._error = from_os_error(error, path).as_dict()
        except Exception as error:
            text = traceback.format_exc().strip().splitlines()[-2:]
            reason = "%s: %s (%s)" % (type(error).__name__, error, text[0].strip() if text else "")
            self._error = AgentError("agent.failed", reason=reason[:500]).as_dict()
        finally:
            self._report.close()
            self.ended.set()

    def fail(self, error: AgentError) -> None:
        """It did not come; peers may still have to be told."""
        self._error = error.as_dict()

    def _conclude(self) -> None:
        """The last word; tried until it is on the disk or the folder is gone."""
        taken = self.taken or {}
        state = "succeeded"
        if self._error is not None:
            state = "failed"
        elif self._cancelled and not (taken and self.config["kind"] == "fetch"):
            state = "succeeded" if taken else "cancelled"
        result = {
            "v": 1,
            "state": state,
            "error": self._error,
            "taken": self.taken,
            "digest": self.goods.digest(),
            "sent": {} if self.giving is None else {n: t.sent for n, t in self.giving.takers.items()},
            "giver": self.giver,
            "ended": procs.iso(procs.now()),
            "boot_id": procs.boot_id(),
        }
        pause = 0.1
        while os.path.isdir(paths.raw(self.folder)):
            try:
                paths.write_json(self.path("result.json"), result)
                return
            except OSError:
                time.sleep(pause)
                pause = min(30.0, pause * 2)


def wait_for_go(carrier: Carrier) -> "Optional[Message]":
    """What the console says once all servers are ready; None where it never does."""
    deadline = time.monotonic() + _GO_S
    while time.monotonic() < deadline:
        carrier.check()
        found = paths.read_json(carrier.path("go.json"))
        if found is not None:
            return found  # type: ignore[no-any-return]
        threading.Event().wait(0.05)
    return None


def linger(carrier: Carrier, giving: Giving) -> None:
    """Stay while a peer may want something; a server that is cancelled does not."""
    while giving.needed():
        carrier.check()
        threading.Event().wait(0.1)


def run(bundle: Message) -> int:
    """The entry that boot.py calls: leave the starter's family, then carry."""
    if os.fork():
        return 0
    procs.name_process("tandem-copy")
    config = bundle["config"]
    os.umask(int(config.get("umask", 0o077)))
    Carrier(config, Report()).run()
    return 0
