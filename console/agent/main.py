"""The agent's dispatcher: one reader, one writer with a bounded queue, a thread per request, a beat.

It ends when its stdin does, whatever its threads are doing; jobs, services and the keeper go on.
"""

import collections
import importlib
import os
import sys
import threading
import time
import traceback
from typing import Any, BinaryIO, Callable, Deque, Dict, Optional, Set, Tuple

from . import host, methods, paths, procs, wire
from .accelerators import Accelerators
from .inventory import InventoryWatch
from .machine import SlowReadings
from .wire import AgentError

Message = Dict[str, Any]

BEAT_S = 2.0
# What left so short a time ago told already that we live; so the console hears something every 3.2 s.
_SPOKE_S = 1.2
# No request's number: what beats drop by.
_BEATS = -1
TEND_S = 5.0
_MAX_QUEUED = 8 * 1024 * 1024
_MAX_REQUESTS = 64
# A console that takes nothing for this long is gone, though TCP may not know it yet.
_STALLED_S = 120.0


class Closed(Exception):
    """The console is gone; whoever writes to it can stop."""


class Writer:
    """The only thread that writes frames; whoever fills its queue waits until there is room."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._frames: Deque[Tuple[bytes, Optional[int]]] = collections.deque()
        self._size = 0
        self._waiting: Set[int] = set()
        self._changed = threading.Condition()
        self._closed = False
        self._writing_since: Optional[float] = None
        self.written_at = 0.0
        _spawn(self._run, "writer")

    def put(self, frame: bytes, droppable: Optional[int] = None) -> bool:
        """Queue a frame; False where it was dropped because the console does not keep up.

        A droppable frame is dropped while one of its own number still waits: a late value is none.
        """
        with self._changed:
            if droppable is not None and droppable in self._waiting:
                return False
            while self._size and self._size + len(frame) > _MAX_QUEUED and not self._closed:
                if droppable is not None:
                    return False
                self._changed.wait(1.0)
            if self._closed:
                raise Closed
            self._frames.append((frame, droppable))
            if droppable is not None:
                self._waiting.add(droppable)
            self._size += len(frame)
            self._changed.notify_all()
            return True

    def stalled(self) -> bool:
        """Whether one write has been stuck for very long."""
        since = self._writing_since
        return since is not None and time.monotonic() - since > _STALLED_S

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._frames:
                    self._changed.wait()
                frame, lane = self._frames.popleft()
                self._size -= len(frame)
                if lane is not None:
                    self._waiting.discard(lane)
                self._changed.notify_all()
            view = memoryview(frame)
            while view:
                self._writing_since = time.monotonic()
                try:
                    view = view[os.write(self._descriptor, view) :]
                except OSError:
                    with self._changed:
                        self._closed = True
                        self._changed.notify_all()
                    os._exit(0)
            self._writing_since, self.written_at = None, time.monotonic()


class Request:
    """One request: its parameters, its way back, and whether it has been cancelled."""

    def __init__(self, agent: "Agent", number: int, method: str, params: Message) -> None:
        self.agent = agent
        self.ident = number
        self.method = method
        self.params = params
        self.cancelled = threading.Event()

    def event(self, event: Message, droppable: bool = False) -> bool:
        """Send one event of a stream; False where it was dropped."""
        return self.agent.send({"id": self.ident, "event": event}, self.ident if droppable else None)

    def refuse(self, reason: str) -> AgentError:
        """The error for parameters that make no sense."""
        return AgentError("agent.failed", method=self.method, reason=reason)

    def _get(self, name: str, kinds: Any, default: Any) -> Any:
        value = self.params.get(name, default)
        if value is None and default is not None:
            value = default
        if isinstance(value, bool) and kinds is not bool:
            raise self.refuse("'%s' has the wrong type" % name)
        if value is default and default is not None:
            return value
        if not isinstance(value, kinds):
            missing = "is missing" if value is None else "has the wrong type"
            raise self.refuse("'%s' %s" % (name, missing))
        return value

    def text(self, name: str, default: Optional[str] = None) -> str:
        """A text parameter; required where there is no default."""
        return str(self._get(name, str, default))

    def integer(self, name: str, default: Optional[int] = None) -> int:
        """A whole number."""
        return int(self._get(name, int, default))

    def number(self, name: str, default: Optional[float] = None) -> float:
        """A number."""
        return float(self._get(name, (int, float), default))

    def mapping(self, name: str, default: Optional[Message] = None) -> Message:
        """An object."""
        return dict(self._get(name, dict, default))


class Agent:
    """What the methods share: bundle, accelerators, the way out, and what ends with the connection."""

    def __init__(self, bundle: Message, stdin: BinaryIO, stdout: int) -> None:
        self.bundle = bundle
        self.config = dict(bundle.get("config") or {})
        self._stdin = stdin
        self._writer = Writer(stdout)
        self._requests: Dict[int, Request] = {}
        self._lock = threading.Lock()
        self._tend_wish = threading.Event()
        self.groups: Set[int] = set()
        self.scan_lock = threading.Lock()
        self.last_scan: Any = (0.0, {})
        self.slow = SlowReadings()
        # STATUS of jobs that have ended, which never changes.
        self.finished: Dict[str, Message] = {}
        # Where the metrics of jobs lie, by job; see metric_files.
        self.metric_places: Dict[str, Any] = {}
        # Versions of interpreters, by their file and its time.
        self.pythons: Dict[str, str] = {}
        self.accelerators = Accelerators(list(bundle.get("probes") or []), self.config)
        self.inventory = InventoryWatch(self.accelerators)

    def send(self, message: Message, droppable: Optional[int] = None) -> bool:
        """Queue a message for the console; False where it was dropped."""
        return self._writer.put(wire.encode_frame(message), droppable)

    def serve(self) -> None:
        """Answer requests until stdin ends; then end the commands that run for this connection."""
        _spawn(self._beat, "beat")
        _spawn(self._tend_spool, "spool")
        while True:
            try:
                message = wire.read_frame(self._stdin)
            except wire.BadMessage as error:
                self.send({"id": None, "error": _failed("", str(error)).as_dict()})
                continue
            except wire.BrokenFrame as error:
                sys.stderr.write("tandem-agent: %s\n" % error)
                break
            if message is None:
                break
            self._take(message)
        self._end_commands()

    def _take(self, message: Message) -> None:
        if "cancel" in message:
            with self._lock:
                cancelled = self._requests.get(_hashable(message["cancel"]))
            if cancelled is not None:
                cancelled.cancelled.set()
            return
        ident, method, params = message.get("id"), message.get("method"), message.get("params") or {}
        if not isinstance(ident, int) or not isinstance(method, str) or not isinstance(params, dict):
            self.send({"id": None, "error": _failed("", "a request needs id, method and params").as_dict()})
            return
        request = Request(self, ident, method, params)
        with self._lock:
            refusal = None
            if ident in self._requests:
                refusal = "the id %d is in use" % ident
            elif len(self._requests) >= _MAX_REQUESTS:
                refusal = "%d requests are under way already" % _MAX_REQUESTS
            else:
                self._requests[ident] = request
        if refusal:
            self.send({"id": ident, "error": _failed(method, refusal).as_dict()})
            return
        _spawn(lambda: self._answer(request), "request-" + method)

    def _answer(self, request: Request) -> None:
        try:
            try:
                answer: Message = {"id": request.ident, "result": _handler(request)(request)}
                frame = wire.encode_frame(answer)
            except AgentError as error:
                if error.code == "agent.failed":
                    error.attrs.setdefault("method", request.method)
                frame = wire.encode_frame({"id": request.ident, "error": error.as_dict()})
            except Closed:
                raise
            except Exception as error:
                traceback.print_exc()
                failed = _failed(request.method, "%s: %s" % (type(error).__name__, error))
                frame = wire.encode_frame({"id": request.ident, "error": failed.as_dict()})
            with self._lock:
                self._requests.pop(request.ident, None)
            self._writer.put(frame)
        except Closed:
            return

    def _beat(self) -> None:
        count = 0
        while True:
            if not count or time.monotonic() - self._writer.written_at > _SPOKE_S:
                count += 1
                try:
                    self.send({"beat": count}, _BEATS)
                except Closed:
                    return
            if self._writer.stalled():
                os._exit(0)
            time.sleep(BEAT_S)

    def _tend_spool(self) -> None:
        """Tickets may have outlived their keeper; a server that is only watched has none."""
        while True:
            self._tend_once()
            self._tend_wish.wait(TEND_S)
            self._tend_wish.clear()

    def tend_soon(self) -> None:
        """Look after the queue in a moment, without keeping the caller waiting."""
        self._tend_wish.set()

    def _tend_once(self) -> None:
        try:
            if os.path.isdir(os.path.join(os.environ.get("HOME", ""), ".tandem", "spool")):
                importlib.import_module("%s.spool" % __package__).tend(self.bundle)
        except AgentError as error:
            sys.stderr.write("tandem-agent: %s %r\n" % (error.code, error.attrs))
        except OSError:
            traceback.print_exc()

    def _end_commands(self) -> None:
        if not self.groups:
            return
        for group in list(self.groups):
            procs.signal_group(group, 15)
        time.sleep(0.2)
        for group in list(self.groups):
            procs.signal_group(group, 9)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, int) else None


def _failed(method: str, reason: str) -> AgentError:
    return AgentError("agent.failed", method=method, reason=reason[:500])


def _handler(request: Request) -> Callable[[Request], Message]:
    place = methods.METHODS.get(request.method)
    if place is None:
        raise request.refuse("the agent has no such method")
    module, _, function = place.partition(".")
    found = getattr(importlib.import_module("%s.%s" % (__package__, module)), function)
    return found  # type: ignore[no-any-return]


def _spawn(run: Callable[[], None], name: str) -> None:
    thread = threading.Thread(target=run, name=name)
    thread.daemon = True
    thread.start()


def hello(request: Request) -> Message:
    """hello: who we are, what the machine is, and how the probes stand."""
    facts = host.hello_facts()
    facts["protocol"] = wire.PROTOCOL
    # Where this machine keeps its state: not ~/.tandem itself where another shares the home.
    facts["state"] = os.path.dirname(paths.tandem("jobs"))
    facts["agent_sha256"] = request.agent.bundle.get("sha256", "")
    facts["probes"] = request.agent.accelerators.probes()
    return facts


def run(bundle: Message) -> int:
    """The entry that boot.py calls; the process's exit status."""
    procs.name_process("tandem-agent")
    bundle["umask"] = os.umask(0o077)
    os.umask(bundle["umask"])
    # Only frames may reach the console: whatever prints goes to stderr instead.
    stdout = os.dup(1)
    os.dup2(2, 1)
    nonce = str((bundle.get("config") or {}).get("nonce", ""))
    os.write(stdout, ("\n%s %d %s\n" % (wire.MARKER, wire.PROTOCOL, nonce)).encode("ascii", "replace"))
    Agent(bundle, sys.stdin.buffer, stdout).serve()
    return 0
