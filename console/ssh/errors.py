"""Every exception that SSH and sockets raise, turned into a Problem of the catalogue."""

from __future__ import annotations

import errno
import os
import socket
from enum import StrEnum

from paramiko.ssh_exception import IncompatiblePeer

from console.core.problems import Problem
from console.core.text import safe_line
from console.ssh.deadline import Deadline
from console.ssh.target import Target
from console.ssh.transport import ChannelRefused, Transport

_MAX_NAMES = 12
_LIMITS = {
    "Exceeded MaxStartups": "MaxStartups of its sshd is met: too many are logging in at once",
    "Not allowed at this time": "it turns this address away for a while after failed logins "
    "(PerSourcePenalties of its sshd; ten minutes at most unless its owner set more)",
}
"""What sshd says instead of its banner -> which of its limits that is."""


class Stage(StrEnum):
    """How far an attempt to connect has come; the word that stands in the sentence of a timeout."""

    RESOLVING = "looking up its name"
    CONNECTING = "connecting"
    BANNER = "waiting for its SSH banner"
    KEYS = "exchanging keys"
    AUTH = "logging in"


_UNREACHABLE = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.EHOSTDOWN,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EACCES,
    errno.EPERM,
    errno.EINVAL,
}


def timed_out(target: Target, deadline: Deadline, stage: str) -> Problem:
    """The time of an attempt is over."""
    return Problem("ssh.timeout", server=target.name, timeout_s=f"{deadline.span_s:.3g}", stage=stage)


def from_socket(error: OSError, target: Target, deadline: Deadline) -> Problem:
    """What TCP or the resolver said."""
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return timed_out(target, deadline, Stage.CONNECTING)
    if isinstance(error, socket.gaierror):
        return Problem(
            "ssh.unresolved", server=target.name, host=target.host, reason=error.strerror or str(error)
        )
    if isinstance(error, ConnectionRefusedError):
        return Problem("ssh.refused", server=target.name, host=target.host, port=target.port)
    reason = os.strerror(error.errno) if error.errno in _UNREACHABLE else (error.strerror or str(error))
    return Problem("ssh.unreachable", server=target.name, host=target.host, reason=reason)


def from_handshake(transport: Transport, target: Target) -> Problem:
    """Why an exchange of keys failed, from the transport's own exception and what it saw."""
    error = transport.get_exception()
    if isinstance(error, IncompatiblePeer) and (missing := transport.missing_algorithm()):
        kind, theirs, ours = missing
        return Problem(
            "ssh.no_common_algorithm",
            server=target.name,
            kind=kind,
            theirs=_names(theirs),
            ours=_names(ours),
        )
    line = getattr(transport.packetizer, "first_line", None)
    if not transport.remote_version and line is not None and (limit := _limit_met(line)):
        return Problem("ssh.limited", server=target.name, host=target.host, port=target.port, limit=limit)
    if not transport.remote_version:
        return Problem(
            "ssh.not_ssh",
            server=target.name,
            host=target.host,
            port=target.port,
            reason=_first_words(transport),
        )
    return Problem("ssh.protocol", server=target.name, reason=safe_reason(error))


def _limit_met(line: str) -> str | None:
    """Which of sshd's limits its first line speaks of; None where it speaks of none."""
    for words, limit in _LIMITS.items():
        if words in line:
            return f"{limit} (it says '{safe_line(line, max_chars=80)}')"
    return None


def from_jump(error: ChannelRefused, target: Target, via: str) -> Problem:
    """Why a jump server let nobody through to the next one."""
    if error.code == ChannelRefused.PROHIBITED:
        return Problem(
            "ssh.forwarding_refused",
            server=target.name,
            via=via,
            host=target.host,
            port=target.port,
            reason=safe_line(str(error)),
        )
    reason = f"{via}, on the way, says '{safe_line(str(error))}'"
    return Problem("ssh.unreachable", server=target.name, host=target.host, reason=reason)


def from_channel(
    error: Exception, transport: Transport, server: str, *, stage: str, deadline: Deadline
) -> Problem:
    """Why a channel did not open, or a request on it failed."""
    if not transport.is_active():
        return lost(transport, server)
    if isinstance(error, ChannelRefused):
        return Problem("ssh.channel_refused", server=server, reason=safe_line(str(error)))
    if isinstance(error, TimeoutError):
        return Problem("ssh.timeout", server=server, timeout_s=f"{deadline.span_s:.3g}", stage=stage)
    return Problem("ssh.channel_refused", server=server, reason=safe_reason(error))


def lost(transport: Transport, server: str) -> Problem:
    """The connection ended under our hands."""
    reason = transport.lost_reason or safe_reason(transport.get_exception() or transport.saved_exception)
    return Problem("ssh.lost", server=server, reason=reason)


def safe_reason(error: BaseException | None) -> str:
    """What an exception says, fit for a sentence."""
    if error is None or isinstance(error, EOFError):
        return "the server closed it"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return safe_line(str(error) or type(error).__name__, max_chars=200)


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMES]) or "none"
    return f"{shown}, …" if len(names) > _MAX_NAMES else shown


def _first_words(transport: Transport) -> str:
    packetizer = transport.packetizer
    line = getattr(packetizer, "first_line", None)
    if line is None:
        return "it closed the connection without a word, as an sshd does whose MaxStartups is met"
    return f"it says '{safe_line(line, max_chars=80)}'"
