"""One server's link: connects when wanted, keeps up, tries again with jitter, waits for the person.

It has a thread of its own only while it connects, waits or changes something: what comes is taken in by who
reads its connection, and the minder, one for all, looks after it. How a server is reached is the connector's.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager

from console.core.notify import Notifier
from console.core.problems import Problem
from console.fleet.backoff import delay_s, least_s, waits_for_person
from console.fleet.connector import START_S, Connector
from console.fleet.life import TICK_S, Life, Minder, Steps
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.fleet.session import Session
from console.fleet.sink import SampleSink
from console.fleet.slots import ConnectSlots
from console.ssh.connection import Connection

IDLE_S = 120.0
"""A link that nobody watches and nobody called for so long is closed."""

_AGAIN_S = 1.0
_SETTLED_S = 10.0
_MARGIN_S = 5.0
_QUESTION_S = 20.0
"""How long an attempt may take from a person's answer on, before whoever waits for it gives up."""


class Link:
    """Life of the connection to one server. Any thread may call; nothing here blocks longer than asked."""

    def __init__(
        self,
        name: str,
        connector: Connector,
        slots: ConnectSlots,
        minder: Minder,
        notify: Notifier,
        sink: SampleSink | None,
    ) -> None:
        self.name = name
        self._connector = connector
        self._slots = slots
        self._notify = notify
        self._sink = sink
        self._changed = threading.Condition()
        self._minder = minder
        self._life = Life(f"link {name}", self._changed, minder, self._live, self._has_work)
        self._interval_s: float | None = None
        self._waiters = 0
        self._insisted = False
        self._insisted_s: float | None = None
        self._closing = False
        self._quiet = False
        self._told: tuple[LinkState, Problem | None, bool] | None = None
        self._state = LinkState.OFF
        self._problem: Problem | None = None
        self._session: Session | None = None
        self._connection: Connection | None = None
        self._server: Server | None = None
        self._failed_attempts = 0
        self._failures = 0
        self._ended_s = 0.0
        self._retry_s = 0.0
        self._used_s = time.monotonic()
        self._last_heard_s: float | None = None
        self._asking = False
        self._was_up = False
        self._attempt_until_s = 0.0

    # --- what others want of it

    def watch(self, interval_s: float) -> None:
        """Keep it up and sample; comes back at once."""
        with self._changed:
            self._interval_s = interval_s
            self._start_if_needed()

    def unwatch(self) -> None:
        """Sample no more; the link closes when it is idle."""
        with self._changed:
            self._interval_s = None
            self._changed.notify_all()

    @property
    def interval_s(self) -> float | None:
        """Seconds between samples; None where nobody watches."""
        return self._interval_s

    def retry(self) -> None:
        """The person says that it may work now: try at once, also after a refusal."""
        with self._changed:
            self._insist()
            if self._interval_s is not None:
                self._start_if_needed()

    def use(self, timeout_s: float, *, insist: bool = False) -> tuple[Session, Connection, Server]:
        """The running session; connects where there is none, and waits no longer than asked.

        Raises:
            Problem: what kept it from connecting; `ssh.timeout`.
        """
        until = time.monotonic() + timeout_s
        with self._changed:
            self._used_s = time.monotonic()
            failed_before = self._failed_attempts
            self._waiters += 1
            if insist:
                self._insist()
            try:
                while (ready := self._ready()) is None:
                    if self._closing:
                        raise Problem("ssh.lost", server=self.name, reason="the console is closing")
                    if self._problem is not None and self._gave_up(failed_before):
                        raise self._problem
                    # An alias may allow more time than our option, and a person takes what they need.
                    left = max(until, self._attempt_until_s) - time.monotonic()
                    if left <= 0 and not self._asking:
                        raise self._problem or Problem(
                            "ssh.timeout", server=self.name, timeout_s=f"{timeout_s:g}", stage="connecting"
                        )
                    self._start_if_needed()
                    self._changed.wait(max(left, TICK_S))
            finally:
                self._waiters -= 1
                self._used_s = time.monotonic()
            return ready

    def _insist(self) -> None:
        self._insisted, self._insisted_s = True, time.monotonic()

    def _gave_up(self, failed_before: int) -> bool:
        refused = self._state is LinkState.REFUSED and not self._insisted
        return refused or self._failed_attempts > failed_before

    def _ready(self) -> tuple[Session, Connection, Server] | None:
        if self._state not in (LinkState.UP, LinkState.STALE):
            return None
        if self._session is None or self._connection is None or self._server is None:
            return None
        return self._session, self._connection, self._server

    def view(self) -> LinkView:
        """How it stands now."""
        with self._changed:
            now = time.monotonic()
            session, connection = self._session, self._connection
            heard_s = session.last_heard_s if session is not None else self._last_heard_s
            return LinkView(
                server=self.name,
                state=self._state,
                age_s=None if heard_s is None else max(0.0, now - heard_s),
                latency_ms=None if connection is None else connection.latency_ms,
                problem=self._problem or (session.refusal if session is not None else None),
                hello=None if session is None else session.hello,
                retry_in_s=max(0.0, self._retry_s - now)
                if self._state in (LinkState.LOST, LinkState.WAITING)
                else None,
                asking=self._asking,
            )

    def close_soon(self, *, quietly: bool = False) -> None:
        """End it for good; `join` waits. Quietly: another link of that name follows, so nothing is told."""
        with self._changed:
            self._closing = True
            self._quiet = quietly
            self._start_if_needed()
        self._slots.wake()
        self._connector.doors.wake()
        if self._asking and self._connector.auth.withdraw is not None:
            self._connector.auth.withdraw(self.name)

    def join(self, timeout_s: float) -> bool:
        """Whether its thread has ended in time."""
        return self._life.join(timeout_s)

    # --- its thread

    def _start_if_needed(self) -> None:
        """With the lock held."""
        refused = self._state is LinkState.REFUSED and not self._insisted
        self._life.start_if_needed(may_begin=not (self._closing or refused))

    def _live(self) -> Steps:
        """Its life, in pieces: yields where it needs no thread until there is work again."""
        while self._await_turn():
            # Stands where `_attempt` raises what is no Problem: our bug, told by threading's own hook.
            problem: Problem | None = Problem("ssh.lost", server=self.name, reason="the console failed")
            try:
                problem = yield from self._attempt()
            finally:
                self._rest(problem)

    def _await_turn(self) -> bool:
        """Wait until the next attempt is due; False, with the thread gone, when nobody wants it."""
        with self._changed:
            while True:
                wanted = self._interval_s is not None or self._waiters > 0
                refused = self._state is LinkState.REFUSED and not self._insisted
                if self._closing or not wanted or refused:
                    if not refused:
                        self._state = LinkState.OFF
                    self._life.let_go()  # under this lock, so that whoever comes now starts another
                    going = False
                    break
                due_s = self._retry_s
                if self._waiters or self._insisted:
                    again_s = max(_AGAIN_S, least_s(self._problem.code if self._problem else ""))
                    due_s = min(due_s, self._ended_s + again_s if self._failures else 0.0)
                left = due_s - time.monotonic()
                if left <= 0:
                    self._insisted = False
                    self._state = LinkState.CONNECTING
                    self._changed.notify_all()
                    going = True
                    break
                if self._state is not LinkState.LOST:
                    self._state = LinkState.WAITING
                self._changed.wait(left)
        self._tell()
        return going

    def _given_up(self) -> bool:
        return self._closing or (self._interval_s is None and self._waiters == 0)

    def _attempt(self) -> Generator[bool, None, Problem | None]:
        """Connect and serve until it ends; the Problem that ended it, None where nobody wants it any more."""
        connection: Connection | None = None
        session: Session | None = None
        up_s: float | None = None
        try:
            server = self._connector.server(self.name)
            connection = self._connect(server)
            if connection is None:
                return None
            with self._changed:
                self._connection, self._server = connection, server
                self._state = LinkState.CONNECTING
            session = self._connector.start_session(connection, server, self._on_sample, self._interval_s)
            self._until_hello(session)
            up_s = time.monotonic()
            self._come_up(session)
            problem = yield from self._serve(session)
        except Problem as found:
            problem = found
        finally:
            self._was_up = up_s is not None
            self._take_down(connection, session)
        if problem is not None:
            with self._changed:
                settled = up_s is not None and time.monotonic() - up_s > _SETTLED_S
                self._failures = 1 if settled else self._failures + 1
        return problem

    def _connect(self, server: Server) -> Connection | None:
        """Open it when it is our turn; None where nobody wants it any more."""
        doors = self._connector.doors
        while not self._given_up():
            with self._slots.hold(again=self._failures > 0, given_up=self._given_up) as taken:
                if not taken:
                    return None
                target = self._connector.target(server)
                with self._changed:
                    self._attempt_until_s = time.monotonic() + target.connect_timeout_s + _MARGIN_S
                turn = doors.enter(target, self._insisted_s)
                if turn is not None:
                    with turn:
                        return self._connector.open(server, target, turn, self._on_login, self._question)
            doors.wait(target, self._given_up)  # without the slot: others may connect meanwhile
        return None

    def _on_login(self) -> None:
        with self._changed:
            self._state = LinkState.AUTHENTICATING
        self._tell()

    @contextmanager
    def _question(self) -> Iterator[None]:
        """A person is asked: nobody's patience runs out meanwhile, and others may connect."""
        with self._slots.set_aside():
            self._set_asking(True)
            try:
                yield
            finally:
                self._set_asking(False)

    def _set_asking(self, asking: bool) -> None:
        with self._changed:
            self._asking = asking
            self._attempt_until_s = time.monotonic() + _QUESTION_S
            self._changed.notify_all()
        self._tell()

    def _on_sample(self, wire: Mapping[str, object]) -> None:
        if self._sink is not None and not self._quiet:
            self._sink.on_sample(self.name, wire, self._connector.clock.monotonic_s())

    def _until_hello(self, session: Session) -> None:
        until = time.monotonic() + START_S
        while session.hello is None:
            if not session.pump(TICK_S):
                raise session.ended or Problem("ssh.lost", server=self.name, reason="the agent ended")
            if self._closing:
                raise Problem("ssh.lost", server=self.name, reason="the console is closing")
            if time.monotonic() > until:
                raise Problem("agent.timeout", server=self.name, method="hello", timeout_s=START_S)

    def _come_up(self, session: Session) -> None:
        with self._changed:
            self._session = session
            self._state = LinkState.UP
            self._problem = None
            self._used_s = time.monotonic()
            self._changed.notify_all()
        self._tell()

    def _serve(self, session: Session) -> Generator[bool, None, Problem | None]:
        """Keep it until it ends; None where nobody wants it any more."""
        session.run_by_itself(self._life.wake)
        while session.ended is None:
            silent_s = self._minder.silence_s(session.last_heard_s)
            if self._closing or self._is_idle(session):
                return None
            if silent_s > session.dead_after_s:
                return Problem("ssh.lost", server=self.name, reason=f"no word for {silent_s:.0f} s")
            state = LinkState.STALE if silent_s > session.stale_after_s else LinkState.UP
            if state is not self._state:
                with self._changed:
                    self._state = state
                self._tell()
            session.watch(self._interval_s)
            yield True
        return session.ended

    def _has_work(self) -> bool:
        """Whether `_serve` would do more than rest; never waits. With the lock held."""
        session = self._session
        if self._closing or session is None or session.ended is not None:
            return True
        silent_s = self._minder.silence_s(session.last_heard_s)
        stale = silent_s > session.stale_after_s
        due = stale is not (self._state is LinkState.STALE) or silent_s > session.dead_after_s
        return due or self._is_idle(session) or not session.follows(self._interval_s)

    def _is_idle(self, session: Session) -> bool:
        with self._changed:
            if self._interval_s is not None or self._waiters:
                return False
            if session.client is not None and session.client.pending:
                self._used_s = time.monotonic()
            return time.monotonic() - self._used_s > IDLE_S

    def _take_down(self, connection: Connection | None, session: Session | None) -> None:
        with self._changed:
            if session is not None:
                self._last_heard_s = session.last_heard_s
            self._session = self._connection = self._server = None
        if session is not None:
            session.close()
        if connection is not None:
            connection.close()

    def _rest(self, problem: Problem | None) -> None:
        """What follows an attempt or a loss."""
        with self._changed:
            self._ended_s = time.monotonic()
            if problem is None:
                self._failures = 0
                self._retry_s = 0.0
                self._problem = None
                self._state = LinkState.OFF
            else:
                self._problem = problem
                self._failed_attempts += 1
                refused = waits_for_person(problem.code)
                broken = LinkState.LOST if self._was_up else LinkState.WAITING
                self._state = LinkState.REFUSED if refused else broken
                self._retry_s = self._ended_s + delay_s(self._failures, random.random(), problem.code)
            watched = self._interval_s is not None
            self._changed.notify_all()
        self._tell()
        if problem is not None and watched and (self._failures == 1 or waits_for_person(problem.code)):
            self._notify.tell_problem(problem, key=f"link.{self.name}")

    def _tell(self) -> None:
        view = self.view()
        if self._sink is not None and not self._quiet:
            told = (view.state, view.problem, view.asking)
            if told == self._told:
                return
            self._told = told
            self._sink.on_link(view)
