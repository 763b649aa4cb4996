"""Private keys from files and from an agent, loaded within bounds; which to offer is decided in auth.py."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import paramiko
from paramiko.agent import AgentKey, AgentSSH

from console.core.problems import Problem
from console.core.text import safe_line
from console.ssh.deadline import Deadline
from console.ssh.target import Target

_KINDS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
_USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")
_MAX_AGENT_KEYS = 64

Passphrase = Callable[[Target, Path], str | None]


def usual_identities() -> tuple[Path, ...]:
    """The key files that are there by ssh's usual names."""
    folder = Path.home() / ".ssh"
    return tuple(path for name in _USUAL if (path := folder / name).is_file())


def load(path: Path, target: Target, passphrase: Passphrase | None) -> paramiko.PKey:
    """A private key of a file, with its certificate if one lies beside it.

    Raises:
        Problem: `ssh.key_unreadable`.
    """
    try:
        key = _read(path, None)
    except paramiko.PasswordRequiredException:
        word = passphrase(target, path) if passphrase is not None else None
        if word is None:
            raise _unreadable(target, path, "it is encrypted and no passphrase was given") from None
        try:
            key = _read(path, word)
        except (paramiko.SSHException, ValueError, OSError) as error:
            raise _unreadable(target, path, "the passphrase is wrong") from error
    except FileNotFoundError as error:
        raise _unreadable(target, path, "there is no such file") from error
    except OSError as error:
        raise _unreadable(target, path, error.strerror or str(error)) from error
    except (paramiko.SSHException, ValueError) as error:
        raise _unreadable(target, path, "it is no ed25519, ECDSA or RSA private key") from error
    certificate = path.with_name(path.name + "-cert.pub")
    if certificate.is_file():
        try:
            key.load_certificate(str(certificate))
        except (paramiko.SSHException, ValueError, OSError) as error:
            raise _unreadable(target, certificate, safe_line(str(error)) or "it is no certificate") from error
    return key


def _read(path: Path, password: str | None) -> paramiko.PKey:
    text = path.read_text("utf-8", errors="replace")
    last: Exception = paramiko.SSHException("not a private key")
    for kind in _KINDS:
        try:
            return kind.from_private_key_file(str(path), password)
        except paramiko.PasswordRequiredException:
            raise
        except (paramiko.SSHException, ValueError, IndexError) as error:
            last = error
    if password is None and "ENCRYPTED" in text:
        raise paramiko.PasswordRequiredException("encrypted")
    raise last


def _unreadable(target: Target, path: Path, reason: str) -> Problem:
    return Problem("ssh.key_unreadable", server=target.name, path=path, reason=reason)


def public_blob(path: Path) -> bytes | None:
    """The public half that lies beside a private key as NAME.pub, for finding it in an agent."""
    try:
        words = path.with_name(path.name + ".pub").read_text("utf-8", errors="replace").split()
        return paramiko.pkey.PublicBlob.from_string(" ".join(words[:2])).key_blob
    except (OSError, ValueError):
        return None


class Agent(AgentSSH):
    """A connection to an ssh-agent whose every exchange is bounded by a socket timeout."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock

    def list(self) -> tuple[AgentKey, ...]:
        """Its keys; what cannot be parsed is an empty list."""
        self._connect(self._sock)  # type: ignore[attr-defined]
        return self.get_keys()[:_MAX_AGENT_KEYS]

    def patience(self, seconds: float) -> None:
        """How long one answer may take: a key on a token waits for a touch."""
        self._sock.settimeout(max(0.05, seconds))

    def close(self) -> None:
        """Hang up; wakes whoever waits for an answer."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # the agent went first
            self._sock.close()
        else:
            self._sock.close()


def reach_agent(target: Target, deadline: Deadline) -> tuple[Agent | None, tuple[AgentKey, ...]]:
    """The agent of a target and its keys; no agent, or one that does not answer, is (None, ())."""
    path = target.identity_agent
    if path is None or path == "SSH_AUTH_SOCK":
        path = os.environ.get("SSH_AUTH_SOCK")
    if not path or path.lower() == "none" or not hasattr(socket, "AF_UNIX"):
        return None, ()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(max(0.05, min(5.0, deadline.left_s)))
    agent = Agent(sock)
    try:
        sock.connect(os.path.expandvars(str(Path(path).expanduser())))
        found = _bounded(agent, deadline)
    except (OSError, paramiko.SSHException, ValueError, IndexError):
        # An agent that is gone, locked or odd is no reason not to try the key files.
        sock.close()
        return None, ()
    if not found:
        agent.close()
        return None, ()
    return agent, found


def _bounded(agent: Agent, deadline: Deadline) -> tuple[AgentKey, ...]:
    """List on a thread: an agent that sends one byte a second would escape the socket's timeout."""
    found: list[tuple[AgentKey, ...]] = []
    errors: list[Exception] = []

    def ask() -> None:
        try:
            found.append(agent.list())
        except (OSError, paramiko.SSHException, ValueError, IndexError, TypeError, AttributeError) as error:
            errors.append(error)

    thread = threading.Thread(target=ask, name="ssh-agent", daemon=True)
    thread.start()
    thread.join(min(5.0, deadline.left_s))
    if thread.is_alive():
        agent.close()
        thread.join(1.0)
        raise TimeoutError("the agent does not answer")
    if errors:
        raise paramiko.SSHException(str(errors[0])) from errors[0]
    return found[0]
