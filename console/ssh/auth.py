"""Getting in: an explicit list of ways, at most five keys, nothing tried twice, every wait bounded.

Runs only after the host key was accepted. Questions to the person run on the connecting thread.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_INFO_RESPONSE
from paramiko.message import Message

from console.core.problems import Problem
from console.core.text import decode, safe_line
from console.ssh import keys
from console.ssh.deadline import Deadline
from console.ssh.errors import Stage, lost, timed_out
from console.ssh.target import Target
from console.ssh.transport import Transport

MAX_KEYS = 5
_MAX_PROMPTS = 8
_TOUCH_S = 60.0

Password = Callable[[Target], str | None]
Touch = Callable[[Target, str], None]
"""Told that the key of that name waits for a touch."""
Outcome = Callable[[Target, str, bool], None]
"""Told whether what was given is right: for "password", or for the passphrase of the key of that path."""
Answers = Callable[[Target, str, Sequence[tuple[str, bool]]], Sequence[str] | None]
"""Given the target, the server's instructions and its prompts (text, whether typing is shown): answers."""


@dataclass(frozen=True, slots=True)
class Auth:
    """What may be asked of the person while connecting. Each may answer None: not given. `withdraw` takes
    the open questions of a server back: nobody waits for it any more.

    What the server says in prompts is its own text; show it as such.
    """

    passphrase: keys.Passphrase | None = None
    password: Password | None = None
    answers: Answers | None = None
    touch: Touch | None = None
    outcome: Outcome | None = None
    withdraw: Callable[[str], None] | None = None

    def within(self, around: Callable[[], AbstractContextManager[object]]) -> Auth:
        """The same, each question asked within a context of its own: the time is a person's then."""
        passphrase, password, answers = self.passphrase, self.password, self.answers

        def ask_passphrase(target: Target, path: Path) -> str | None:
            with around():
                return None if passphrase is None else passphrase(target, path)

        def ask_password(target: Target) -> str | None:
            with around():
                return None if password is None else password(target)

        def ask_answers(
            target: Target, said: str, prompts: Sequence[tuple[str, bool]]
        ) -> Sequence[str] | None:
            with around():
                return None if answers is None else answers(target, said, prompts)

        return replace(
            self,
            passphrase=None if passphrase is None else ask_passphrase,
            password=None if password is None else ask_password,
            answers=None if answers is None else ask_answers,
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """One thing to try: its SSH method, its name for people, and how to begin it."""

    method: str
    label: str
    begin: Callable[[_Handler, threading.Event], None]
    patience_s: float = 0.0


class _Handler(AuthHandler):
    """paramiko's, which also keeps what the server accepts and never runs a callback on its thread."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.accepted: list[str] | None = None
        self.partial = False
        self.questions: queue.SimpleQueue[tuple[str, list[tuple[str, bool]]] | None] = queue.SimpleQueue()

    def _parse_userauth_failure(self, m: Message) -> None:
        names, self.partial = m.get_list(), m.get_boolean()
        self.accepted = [safe_line(name, max_chars=40) for name in names[:16]]
        self.authenticated = False
        self._done()

    def _parse_userauth_info_request(self, m: Message) -> None:
        if self.auth_method != "keyboard-interactive":
            raise paramiko.SSHException("a question was asked that nobody waits for")
        title, instructions = (safe_line(decode(m.get_binary())) for _ in range(2))
        m.get_binary()
        count = m.get_int()
        if count > _MAX_PROMPTS:
            raise paramiko.SSHException(f"{count} questions at once")
        prompts = [(safe_line(decode(m.get_binary())), m.get_boolean()) for _ in range(count)]
        self.questions.put((" ".join(filter(None, (title, instructions))), prompts))
        self._wake()

    def answer(self, answers: Sequence[str]) -> None:
        """Send the answers to the last questions."""
        message = Message()
        message.add_byte(cMSG_USERAUTH_INFO_RESPONSE)
        message.add_int(len(answers))
        for each in answers:
            message.add_string(each)
        wire: Any = self.transport
        wire._send_message(message)

    def _done(self) -> None:
        self._wake()

    def _wake(self) -> None:
        if self.auth_event is not None:
            self.auth_event.set()


def log_in(transport: Transport, target: Target, auth: Auth, deadline: Deadline) -> Deadline:
    """Authenticate. Returns the deadline, later by the time that a person took.

    Raises:
        Problem: `ssh.auth_failed`, `ssh.key_unreadable`, `ssh.timeout`, `ssh.lost`.
    """
    with contextlib.ExitStack() as stack:
        attempt = _Attempt(transport, target, auth, deadline, stack)
        attempt.run()
    return attempt.deadline


class _Attempt:
    """One login, from the first way to the last."""

    def __init__(
        self,
        transport: Transport,
        target: Target,
        auth: Auth,
        deadline: Deadline,
        stack: contextlib.ExitStack,
    ) -> None:
        self.transport = transport
        self.target = target
        self.auth = auth
        self.deadline = deadline
        self.stack = stack
        self.accepted: list[str] | None = None
        self.partial = False
        self.used: set[str] = set()
        self.tried: list[str] = []
        self.unreadable: list[Problem] = []

    def run(self) -> None:
        """Try each way once; after a partial success, those that the server now asks for."""
        self.partial = True
        while self.partial:
            self.partial = False
            for way in self._ways():
                if not self._accepts(way.method) or way.label in self.used:
                    continue
                self.used.add(way.label)
                if way.method != "none":
                    self.tried.append(way.label)
                if self._try(way):
                    return
                if self.partial:
                    break
        if self.unreadable and not self.tried:
            raise self.unreadable[0]
        tried = [
            *self.tried,
            *(f"{p.attrs['path']} (not usable: {p.attrs['reason']})" for p in self.unreadable),
        ]
        raise Problem(
            "ssh.auth_failed",
            server=self.target.name,
            user=self.target.login,
            tried=", ".join(tried) or "nothing, as there is no key and nobody to ask",
            accepted=", ".join(self.accepted or []) or "nothing it names",
        )

    def _ways(self) -> Iterator[_Way]:
        if self._accepts("publickey"):
            yield from itertools.islice(self._keys(), MAX_KEYS)
        if self.accepted is None:
            yield _Way("none", "none", lambda handler, done: handler.auth_none(self.target.login, done))
        if self.auth.answers is not None:
            yield _Way("keyboard-interactive", "questions", self._begin_questions)
        if self.auth.password is not None and self._accepts("password") and "password" not in self.used:
            word = self._asking(self.auth.password)
            if word is not None:
                yield _Way(
                    "password",
                    "password",
                    lambda handler, done: handler.auth_password(self.target.login, word, done),
                )

    def _accepts(self, method: str) -> bool:
        return self.accepted is None or method in (*self.accepted, "none")

    def _keys(self) -> Iterator[_Way]:
        agent, held = keys.reach_agent(self.target, self.deadline)
        if agent is not None:
            self.stack.callback(agent.close)
            agent.patience(self.deadline.left_s)
        by_blob = {key.asbytes(): key for key in held if not keys.is_certificate(key)}
        known = [
            *keys.certificates(self.target.certificates, self.target),
            *(keys.of_agent(key) for key in held if keys.is_certificate(key)),
        ]
        for path in self.target.identities or keys.usual_identities():
            try:
                own = () if self.target.certificates else keys.certificates(keys.beside(path), self.target)
                blob = keys.public_blob(path)
                in_agent = by_blob.pop(blob, None) if blob is not None else None
                if in_agent is not None:
                    yield from self._offers(in_agent, f"{path} (agent)", agent, (*own, *known))
                    continue
                key = keys.load(path, self.target, self._passphrase, self._verdict)
            except Problem as problem:
                self.unreadable.append(problem)
                continue
            by_blob.pop(key.asbytes(), None)
            yield from self._offers(key, str(path), None, (*own, *known))
        if not self.target.identities_only:
            for key in by_blob.values():
                name = safe_line(key.comment, max_chars=40) or key.get_name()
                yield from self._offers(key, f"agent key {name}", agent, known)

    def _offers(
        self,
        key: paramiko.PKey,
        label: str,
        agent: keys.Agent | None,
        certificates: Sequence[keys.Certificate],
    ) -> Iterator[_Way]:
        """A key by its certificates first, as ssh does, then by itself."""
        for each in certificates:
            if each.key == key.asbytes():
                yield self._key_way(keys.certified(key, each), f"{label} with {each.source}", agent)
        yield self._key_way(key, label, agent)

    def _key_way(self, key: paramiko.PKey, label: str, agent: keys.Agent | None) -> _Way:
        patience_s = _TOUCH_S if agent is not None and key.get_name().startswith("sk-") else 0.0

        def begin(handler: _Handler, done: threading.Event) -> None:
            if agent is not None:
                agent.patience(max(self.deadline.left_s, patience_s))
            if patience_s and self.auth.touch is not None:
                self.auth.touch(self.target, label)
            handler.auth_publickey(self.target.login, key, done)

        return _Way("publickey", label, begin, patience_s)

    def _passphrase(self, _: Target, path: Path) -> str | None:
        asked = self.auth.passphrase
        return None if asked is None else self._asking(lambda target: asked(target, path))

    def _verdict(self, path: Path, worked: bool) -> None:
        if self.auth.outcome is not None:
            self.auth.outcome(self.target, str(path), worked)

    def _asking(self, question: Callable[[Target], str | None]) -> str | None:
        """Ask the person; the time they take is not the server's."""
        left_s = self.deadline.left_s
        answer = question(self.target)
        self.deadline = self.deadline.at_least(left_s)
        return answer

    def _begin_questions(self, handler: _Handler, done: threading.Event) -> None:
        handler.auth_interactive(self.target.login, lambda *_: [], done)

    def _try(self, way: _Way) -> bool:
        done = threading.Event()
        handler = _Handler(self.transport)
        self.transport.auth_handler = handler
        self.deadline = self.deadline.at_least(way.patience_s) if way.patience_s else self.deadline
        way.begin(handler, done)
        while True:
            if not done.wait(self.deadline.left_s):
                raise timed_out(self.target, self.deadline, Stage.AUTH)
            done.clear()
            if not self.transport.is_active():
                raise self._ended(way)
            if handler.authenticated:
                self._tell_password(way, worked=True)
                return True
            if handler.questions.empty():
                break
            if not self._answer(handler):
                return False
        self.accepted = handler.accepted
        self.partial = handler.partial
        self._tell_password(way, worked=handler.partial)
        if handler.partial:
            self.tried[-1] += " (accepted, but more is asked for)"
        return False

    def _tell_password(self, way: _Way, *, worked: bool) -> None:
        if way.method == "password" and self.auth.outcome is not None:
            self.auth.outcome(self.target, "password", worked)

    def _answer(self, handler: _Handler) -> bool:
        question = handler.questions.get()
        ask = self.auth.answers
        if question is None or ask is None:
            return False
        instructions, prompts = question
        left_s = self.deadline.left_s
        answers = ask(self.target, instructions, prompts) if prompts else []
        self.deadline = self.deadline.at_least(left_s)
        if answers is None or len(answers) != len(prompts):
            return False
        handler.answer(answers)
        return True

    def _ended(self, way: _Way) -> Problem:
        error = self.transport.get_exception()
        if error is None or (isinstance(error, EOFError) and self.accepted is not None):
            # sshd hangs up after its last refusal: MaxAuthTries. One that refused nothing and says no word
            # was killed or restarted; that is no verdict on the key.
            return Problem(
                "ssh.auth_failed",
                server=self.target.name,
                user=self.target.login,
                tried=", ".join(self.tried) or way.label,
                accepted=f"{', '.join(self.accepted)}, then it hung up"
                if self.accepted
                else "nothing; it hung up",
            )
        self.transport.saved_exception = error
        return lost(self.transport, self.target.name)
