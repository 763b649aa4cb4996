"""The system keyring through `keyring`, loaded when it is first needed. Keeps nothing anywhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from console.core.problems import Problem

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "tandem"
_PATIENCE_S = 60.0
_PLAIN = ("keyrings.alt", "keyring.backends.fail", "keyring.backends.null")
"""Backends that keep nothing, or keep it in a file that anyone can read."""


class Keyring:
    """Every call may open the desktop's own dialog to unlock the collection, and has a limit."""

    def reason_against(self) -> str | None:
        """Why there is no keyring here; None where there is one."""
        try:
            backend = self._bounded(_backend)
        except Problem as problem:
            return str(problem.attrs["reason"])
        return None if backend is not None else "this system has none that is running"

    def get(self, name: str) -> str | None:
        """A secret, None where it is not there.

        Raises:
            Problem: `secret.keyring`.
        """
        return self._use(lambda backend: backend.get_password(SERVICE, name))

    def set(self, name: str, secret: str) -> None:
        """Keep a secret.

        Raises:
            Problem: `secret.keyring`.
        """
        self._use(lambda backend: backend.set_password(SERVICE, name, secret))

    def delete(self, name: str) -> None:
        """Forget a secret.

        Raises:
            Problem: `secret.keyring`.
        """
        self._use(lambda backend: backend.delete_password(SERVICE, name))

    def _use(self, act: Callable[[KeyringBackend], T]) -> T:
        def run() -> T:
            backend = _backend()
            if backend is None:
                raise Problem("secret.keyring", reason="this system has none that is running")
            return act(backend)

        return self._bounded(run)

    def _bounded(self, act: Callable[[], T]) -> T:
        """On a thread: a locked keyring waits for a person who may not be there."""
        from keyring.errors import KeyringError

        done: list[T] = []
        failed: list[Problem] = []

        def run() -> None:
            try:
                done.append(act())
            except Problem as problem:
                failed.append(problem)
            except (KeyringError, OSError, RuntimeError, ValueError) as error:
                reason = str(error) or type(error).__name__
                failed.append(Problem("secret.keyring", reason=reason))

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(_PATIENCE_S)
        if failed:
            raise failed[0]
        if not done:
            raise Problem("secret.keyring", reason=f"it did not answer within {_PATIENCE_S:.0f} s")
        return done[0]


def _backend() -> KeyringBackend | None:
    """The backend in use, if it keeps secrets secret; of a chain the first that does."""
    import keyring

    chosen = keyring.get_keyring()
    for backend in getattr(chosen, "backends", None) or [chosen]:
        if not type(backend).__module__.startswith(_PLAIN) and backend.priority > 0:
            found: KeyringBackend = backend
            return found
    return None
