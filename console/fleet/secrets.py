"""Passphrases, passwords and one-time codes: asked for once, kept for this run, or in the system keyring
where the person wants that. Never written anywhere else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from console.core.files import write_atomically
from console.core.notify import Level, Notice, Notifier
from console.core.problems import Problem
from console.core.prompt import Field, Kind, Prompt, Question
from console.fleet.keyring_door import Keyring
from console.ssh.auth import Auth
from console.ssh.target import Target

NO_KEYRING = "There is no system keyring here, so it is kept for this run only."
WRONG = "The one before was wrong."
JOB_SECRET = "secret "
"""What the names of jobs' secrets begin with in the keyring."""


class Secrets:
    """Answers what a connection asks. Any thread may call; one that asks waits for the person.

    Args:
        index: a file with the names, never the secrets, of what is in the keyring: it is opened only for
            those.
        keyring: the system's.
    """

    def __init__(self, prompt: Prompt, notify: Notifier, index: Path, keyring: Keyring | None = None) -> None:
        self._prompt = prompt
        self._notify = notify
        self._index = index
        self._keyring = keyring or Keyring()
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._to_keep: dict[str, str] = {}
        self._wrong: set[str] = set()
        self._refused: dict[str, int] = {}
        self._turns: dict[str, threading.Lock] = {}

    def auth(self) -> Auth:
        """What connections are given."""
        return Auth(
            passphrase=self._passphrase,
            password=self._password,
            answers=self._answers,
            touch=self._touch,
            outcome=self._outcome,
            withdraw=self._prompt.withdraw,
        )

    # --- what is kept

    def kept(self) -> tuple[str, ...]:
        """Names of what is in the system keyring.

        Raises:
            Problem: `file.unreadable`.
        """
        try:
            found = json.loads(self._index.read_text("utf-8"))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise Problem("file.unreadable", path=self._index, reason=error) from error
        return tuple(str(name) for name in found) if isinstance(found, list) else ()

    def forget(self, name: str) -> None:
        """Take a secret out of the keyring and out of this run.

        Raises:
            Problem: `id.unknown`, `secret.keyring`, `file.unwritable`.
        """
        if name not in self.kept():
            raise Problem("id.unknown", kind="kept secret", given=name, listing="secret list")
        self._keyring.delete(name)
        with self._lock:
            self._known.pop(name, None)
            self._write([each for each in self.kept() if each != name])

    # --- what a connection asks

    def _passphrase(self, target: Target, path: Path) -> str | None:
        return self._secret(target, Kind.PASSPHRASE, str(path), f"passphrase {path}")

    def _password(self, target: Target) -> str | None:
        return self._secret(target, Kind.PASSWORD, _place(target), f"password {_place(target)}")

    def _answers(
        self, target: Target, said: str, prompts: Sequence[tuple[str, bool]]
    ) -> Sequence[str] | None:
        """One-time codes are asked for each time and kept nowhere."""
        fields = tuple(Field(text, shown) for text, shown in prompts)
        reply = self._prompt.ask(Question(target.name, Kind.ANSWERS, _place(target), fields, said))
        return None if reply is None else reply.texts

    def _touch(self, target: Target, key: str) -> None:
        text = f"{target.name}: touch your security key ({key})."
        self._notify.tell(Notice(text, Level.WARNING, f"touch.{target.name}"))

    def _outcome(self, target: Target, what: str, worked: bool) -> None:
        name = f"password {_place(target)}" if what == "password" else f"passphrase {what}"
        with self._lock:
            keep = self._to_keep.pop(name, None)
            if not worked:
                self._known.pop(name, None)
                self._wrong.add(name)
                return
            self._wrong.discard(name)
        if keep is not None:
            self._keep(name, keep)

    # --- what a job needs

    def for_job(self, entry: str, server: str) -> str | None:
        """The value of a job's secret: of this run, of the keyring, or asked for; None where nobody gives it.

        Args:
            entry: its name in the keyring.
            server: where it goes, which the person is told.
        """
        name = JOB_SECRET + entry
        with self._turn(name):
            found = self.known_for_job(entry)
            if found is not None or not self._prompt.is_heard:
                return found
            can_keep = self._keyring.reason_against() is None
            note = "" if can_keep else NO_KEYRING
            question = Question(
                server, Kind.SECRET, entry, (Field(Kind.SECRET.value),), can_keep=can_keep, note=note
            )
            reply = self._prompt.ask(question)
            if reply is None or not reply.texts or not reply.texts[0]:
                return None
            with self._lock:
                self._known[name] = reply.texts[0]
            if reply.keep and can_keep:
                self._keep(name, reply.texts[0])
            return reply.texts[0]

    def known_for_job(self, entry: str) -> str | None:
        """The value of a job's secret without asking anybody; what hides it in logs."""
        return self.value_of(JOB_SECRET + entry)

    # --- what channels of alerts need

    def value_of(self, name: str) -> str | None:
        """What is kept under a name, without asking anybody; None where nothing is."""
        with self._lock:
            found = self._known.get(name)
        return found if found is not None else self._from_keyring(name)

    def put(self, name: str, value: str) -> None:
        """Keep what a person entered elsewhere.

        Raises:
            Problem: `secret.keyring`, `file.unreadable`, `file.unwritable`.
        """
        self._keyring.set(name, value)
        with self._lock:
            self._known[name] = value
            self._write(sorted({*self.kept(), name}))

    # --- inside

    def _keep(self, name: str, value: str) -> None:
        try:
            self._keyring.set(name, value)
            with self._lock:
                self._write(sorted({*self.kept(), name}))
        except Problem as problem:
            self._notify.tell_problem(problem)

    def _secret(self, target: Target, kind: Kind, about: str, name: str) -> str | None:
        """Known already, in the keyring, or asked for. Those who want the same wait for one answer."""
        before = self._refused.get(name, 0)
        with self._turn(name):
            found = self._known.get(name) or self._from_keyring(name)
            if found is not None:
                return found
            if self._refused.get(name, 0) > before:
                return None  # the person said no while we waited
            return self._ask(target, kind, about, name)

    def _from_keyring(self, name: str) -> str | None:
        if name in self._wrong or name not in self.kept():
            return None
        try:
            found = self._keyring.get(name)
        except Problem as problem:
            self._notify.tell_problem(problem)
            return None
        if found is not None:
            self._known[name] = found
        return found

    def _ask(self, target: Target, kind: Kind, about: str, name: str) -> str | None:
        if not self._prompt.is_heard:
            return None
        can_keep = self._keyring.reason_against() is None
        notes = [WRONG] if name in self._wrong else []
        notes += [] if can_keep else [NO_KEYRING]
        question = Question(
            target.name, kind, about, (Field(kind.value),), can_keep=can_keep, note=" ".join(notes)
        )
        reply = self._prompt.ask(question)
        with self._lock:
            if reply is None or not reply.texts:
                self._refused[name] = self._refused.get(name, 0) + 1
                return None
            self._known[name] = reply.texts[0]
            if reply.keep and can_keep:
                self._to_keep[name] = reply.texts[0]
        return reply.texts[0]

    @contextmanager
    def _turn(self, name: str) -> Iterator[None]:
        with self._lock:
            turn = self._turns.setdefault(name, threading.Lock())
        with turn:
            yield

    def _write(self, names: Sequence[str]) -> None:
        write_atomically(self._index, json.dumps(list(names), ensure_ascii=False, indent=1).encode())


def _place(target: Target) -> str:
    host = target.host if target.port == 22 else f"[{target.host}]:{target.port}"
    return f"{target.login}@{host}"
