"""Questions to the person while something connects: asked on any thread, answered by whichever face listens.

A face that draws on a thread of its own only enqueues what it is given and answers later from there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What is asked for."""

    PASSPHRASE = "passphrase"
    PASSWORD = "password"
    ANSWERS = "answers"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in.

    Attributes:
        label: for `answers` the server's own text, cleaned; shown as its words, never as ours.
        shown: whether typing is visible.
    """

    label: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a face shows.

    Attributes:
        server: who wants it; always shown, so that no server can pass for Tandem itself.
        about: the key's path, user@host, or the name of a job's secret.
        said: the server's instructions, to be quoted; empty where it gave none.
        can_keep: whether the answer may be kept in the system keyring, if the person wants that.
        note: one sentence to show below: a wrong answer before, no keyring here. Empty where there is none.
    """

    server: str
    kind: Kind
    about: str
    fields: tuple[Field, ...]
    said: str = ""
    can_keep: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person typed, one text per field; `keep` asks for the system keyring."""

    texts: tuple[str, ...] = field(repr=False)
    keep: bool = False


class Asked:
    """A question that waits. The face calls `answer` once, from any thread; None: not given."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._reply: Reply | None = None

    @property
    def is_open(self) -> bool:
        """False once it was answered or withdrawn; a face then takes it off the screen."""
        return not self._done.is_set()

    def answer(self, reply: Reply | None) -> None:
        """Give the answer; only the first counts."""
        with self._lock:
            if not self._done.is_set():
                self._reply = reply
                self._done.set()

    def wait(self) -> Reply | None:
        """The reply, once there is one."""
        self._done.wait()
        return self._reply


class Prompt:
    """Where questions are asked. One at a time: a person has one head.

    `listen` attaches the face; while none listens, every question is answered at once with None.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._listener: Callable[[Asked], None] | None = None
        self._open: set[Asked] = set()
        self._closed = False

    @property
    def is_heard(self) -> bool:
        """Whether somebody can be asked."""
        return self._listener is not None and not self._closed

    def listen(self, listener: Callable[[Asked], None] | None) -> None:
        """Attach a face, or take it off. It is called on connecting threads; where it does not answer
        itself it must come back at once."""
        with self._lock:
            self._listener = listener

    def ask(self, question: Question) -> Reply | None:
        """Ask and wait, also for the questions before it; None where nobody answers."""
        asked = Asked(question)
        with self._lock:
            if self._closed or self._listener is None:
                return None
            self._open.add(asked)
        try:
            with self._turn:
                listener = self._listener
                if listener is None:
                    asked.answer(None)
                elif asked.is_open:
                    listener(asked)
                return asked.wait()
        finally:
            with self._lock:
                self._open.discard(asked)

    def withdraw(self, server: str) -> None:
        """Nobody waits for the answers of a server any more."""
        with self._lock:
            gone = [asked for asked in self._open if asked.question.server == server]
        for asked in gone:
            asked.answer(None)

    def close(self) -> None:
        """Withdraw all, now and later."""
        with self._lock:
            self._closed = True
            gone = list(self._open)
        for asked in gone:
            asked.answer(None)
