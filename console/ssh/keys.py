"""Private keys from files and from an agent, loaded within bounds; which to offer is decided in auth.py."""

from __future__ import annotations

import copy
import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import paramiko
from paramiko.agent import AgentKey, AgentSSH
from paramiko.pkey import PublicBlob

from console.core.problems import Problem
from console.core.text import safe_line
from console.ssh.deadline import Deadline
from console.ssh.host_certificates import BadCertificate, certified_key
from console.ssh.target import Target

_KINDS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
_USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")
_MAX_AGENT_KEYS = 64
_PASSPHRASES = 3
_CERTIFICATE = "-cert-v01@openssh.com"

Passphrase = Callable[[Target, Path], str | None]
Verdict = Callable[[Path, bool], None]
"""Told which key's passphrase was right or wrong."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A user's certificate: where it comes from, the key it is for, and itself as the wire wants it."""

    source: str
    key: bytes
    blob: PublicBlob


def usual_identities() -> tuple[Path, ...]:
    """The key files that are there by ssh's usual names."""
    folder = Path.home() / ".ssh"
    return tuple(path for name in _USUAL if (path := folder / name).is_file())


def load(
    path: Path, target: Target, passphrase: Passphrase | None, verdict: Verdict | None = None
) -> paramiko.PKey:
    """A private key of a file; one that is encrypted asks for its passphrase, at most three times.

    Raises:
        Problem: `ssh.key_unreadable`.
    """
    try:
        return _read(path, None)
    except paramiko.PasswordRequiredException:
        return _unlocked(path, target, passphrase, verdict)
    except FileNotFoundError as error:
        raise _unreadable(target, path, "there is no such file") from error
    except OSError as error:
        raise _unreadable(target, path, error.strerror or str(error)) from error
    except (paramiko.SSHException, ValueError) as error:
        public = _public(path)
        if public is not None and public.key_type.startswith("sk-"):
            reason = "it is on a security key and not in the ssh-agent; add it with ssh-add"
        elif public is not None and not _beside(path).is_file():
            reason = "it is a public key whose private one the ssh-agent does not hold"
        else:
            reason = "it is no ed25519, ECDSA or RSA private key"
        raise _unreadable(target, path, reason) from error


def _unlocked(
    path: Path, target: Target, passphrase: Passphrase | None, verdict: Verdict | None
) -> paramiko.PKey:
    last: Exception | None = None
    for _ in range(_PASSPHRASES):
        word = passphrase(target, path) if passphrase is not None else None
        if word is None:
            break
        try:
            key = _read(path, word)
        except (paramiko.SSHException, ValueError, OSError) as error:
            last = error
        else:
            if verdict is not None:
                verdict(path, True)
            return key
        if verdict is not None:
            verdict(path, False)
    reason = "it is encrypted and no passphrase was given" if last is None else "the passphrase is wrong"
    raise _unreadable(target, path, reason) from last


def certificates(paths: Sequence[Path], target: Target) -> tuple[Certificate, ...]:
    """The certificates of files.

    Raises:
        Problem: `ssh.key_unreadable`.
    """
    found = []
    for path in paths:
        try:
            blob = PublicBlob.from_file(str(path))
            if not blob.key_type.endswith(_CERTIFICATE):
                raise ValueError("it is a plain key, not a certificate")
            found.append(Certificate(str(path), _certified_key(blob), blob))
        except FileNotFoundError:
            continue  # ssh passes over one that is not there
        except (paramiko.SSHException, ValueError, OSError, IndexError) as error:
            reason = safe_line(str(error)) or "it is no certificate"
            raise _unreadable(target, path, reason) from error
    return tuple(found)


def beside(path: Path) -> tuple[Path, ...]:
    """The certificate by ssh's usual name, NAME-cert.pub; empty where there is none."""
    certificate = path.with_name(path.name + "-cert.pub")
    return (certificate,) if certificate.is_file() else ()


def certified(key: paramiko.PKey, certificate: Certificate) -> paramiko.PKey:
    """The key as the certificate presents it."""
    if isinstance(key, AgentKey):
        made: paramiko.PKey = AgentKey(key.agent, key.blob, key.comment)
    else:
        made = copy.copy(key)
    made.public_blob = certificate.blob
    return made


def is_certificate(key: paramiko.PKey) -> bool:
    """Whether an agent holds it as a certificate."""
    return key.get_name().endswith(_CERTIFICATE)


def of_agent(key: AgentKey) -> Certificate:
    """A certificate that an agent holds."""
    blob = PublicBlob(type_=key.get_name(), blob=key.blob, comment=key.comment)
    return Certificate(
        f"a certificate of the agent ({safe_line(key.comment, max_chars=40)})", _certified_key(blob), blob
    )


def _certified_key(blob: PublicBlob) -> bytes:
    """The plain key that a certificate is for; nothing where it is of a kind that no key of ours has."""
    try:
        return certified_key(blob.key_blob).blob
    except BadCertificate:
        return b""


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
    """The public half of a key, for finding it in an agent: NAME.pub, or the named file itself, as ssh takes
    a public key where the agent holds the private one."""
    found = _public(path)
    return None if found is None else found.key_blob


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".pub")


def _public(path: Path) -> PublicBlob | None:
    for place in (_beside(path), path):
        try:
            words = place.read_text("utf-8", errors="replace").split()
            return PublicBlob.from_string(" ".join(words[:2]))
        except (OSError, ValueError, IndexError):
            continue
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
