"""From bytes to a trusted, logged-in transport: banner, keys, host key, login, all by one deadline."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import paramiko

from console.core.audit import AuditEntry, AuditSink
from console.core.problems import Problem
from console.ssh import compression, dial, host_certificates
from console.ssh.auth import Auth, log_in
from console.ssh.deadline import Deadline
from console.ssh.errors import Stage, from_channel, from_handshake, from_jump, timed_out
from console.ssh.known_hosts import Finding, HostKey, KnownHosts, Verdict
from console.ssh.target import Target
from console.ssh.transport import ChannelRefused, Transport

_MIN_RSA_BITS = 2048
_END_S = 2.0


class Chain:
    """The transports to a target, the outermost first, and what they run over.

    Closing it begins at the socket, so that nothing waits for a peer that does not answer.
    """

    def __init__(self) -> None:
        self.transports: list[Transport] = []
        self.names: list[str] = []
        self._commands: list[dial.ProxyCommand] = []

    @property
    def last(self) -> Transport:
        """The one that reaches the target."""
        return self.transports[-1]

    def close(self) -> None:
        """End all of it and wait, briefly, until its threads are gone."""
        for transport in self.transports:
            transport.close()
        for command in self._commands:
            command.close()
        for transport in self.transports:
            transport.wait_end(_END_S)

    def way_to(self, target: Target, deadline: Deadline) -> Any:
        """A socket, or a channel of the last transport, that leads to the next server.

        Raises:
            Problem: what kept it.
        """
        if self.transports:
            try:
                return self.last.open("direct-tcpip", deadline, to=(target.host, target.port))
            except ChannelRefused as error:
                raise from_jump(error, target, self.names[-1]) from error
            except (paramiko.SSHException, OSError, EOFError) as error:
                raise from_channel(
                    error, self.last, target.name, stage=Stage.CONNECTING, deadline=deadline
                ) from error
        if target.proxy_command:
            command = dial.ProxyCommand(target)
            self._commands.append(command)
            return command.sock
        return dial.connect(target, deadline)

    @property
    def said(self) -> str:
        """What a proxy command wrote on stderr."""
        return self._commands[-1].said if self._commands else ""


def establish(
    target: Target,
    trust: KnownHosts,
    auth: Auth,
    deadline: Deadline,
    *,
    on_login: Callable[[], None] | None = None,
    on_let_in: Callable[[], None] | None = None,
    audit: AuditSink | None = None,
) -> Chain:
    """Connect and log in, through every jump server on the way.

    Args:
        on_login: called when the target's own login begins.
        on_let_in: called after each login, that of every jump server included.
        audit: where a key is recorded that ssh_config accepts unseen.

    Raises:
        Problem: any of `ssh.*`; nothing is left open then.
    """
    chain = Chain()
    with contextlib.ExitStack() as stack:
        stack.callback(chain.close)
        for hop in (*target.jump, target):
            transport = shake_hands(chain, hop, trust, deadline)
            check_host_key(transport, hop, trust, audit)
            if hop is target and on_login is not None:
                on_login()
            deadline = log_in(transport, hop, auth, deadline)
            if on_let_in is not None:
                on_let_in()
        stack.pop_all()
    return chain


def scan_host_key(
    target: Target,
    deadline: Deadline,
    *,
    trust: KnownHosts | None = None,
    auth: Auth | None = None,
) -> HostKey:
    """Ask a server for its host key, without logging in there; for showing its fingerprint.

    Args:
        trust, auth: needed where the target has jump servers, which are logged in to.

    Raises:
        Problem: any of `ssh.*`.
    """
    target = target.checked()
    chain = Chain()
    try:
        for hop in target.jump:
            if trust is None or auth is None:
                raise ValueError("a target with jump servers needs trust and auth")
            transport = shake_hands(chain, hop, trust, deadline)
            check_host_key(transport, hop, trust)
            deadline = log_in(transport, hop, auth, deadline)
        return host_key_of(shake_hands(chain, target, trust, deadline, certificates=False))
    finally:
        chain.close()


def shake_hands(
    chain: Chain,
    target: Target,
    trust: KnownHosts | None,
    deadline: Deadline,
    *,
    certificates: bool = True,
) -> Transport:
    """Reach the next server of a chain and exchange keys with it; certificates are asked for only where
    known_hosts has an authority for it.

    Raises:
        Problem: `ssh.*`.
    """
    types: tuple[str, ...] = ()
    if trust is not None:
        host, port, name, others = target.host, target.port, target.host_key_name, target.known_hosts
        types = trust.signature_types(host, port, name=name, others=others)
        if certificates and trust.has_authority(host, port, name=name, others=others):
            types = (*host_certificates.TYPES, *types)
    way = chain.way_to(target, deadline)
    try:
        transport = Transport(way, name=target.name, host_key_types=types)
    except BaseException:
        way.close()
        raise
    chain.transports.append(transport)
    chain.names.append(target.name)
    if target.compression:
        compression.ask_for(transport)
    done = threading.Event()
    transport.start_client(event=done)
    if not done.wait(deadline.left_s):
        stage = Stage.KEYS if transport.remote_version else Stage.BANNER
        raise timed_out(target, deadline, stage)
    if not transport.is_active():
        transport.wait_end(_END_S)
        if chain.said and not transport.remote_version:
            raise Problem("ssh.unreachable", server=target.name, host=target.host, reason=chain.said)
        raise from_handshake(transport, target)
    transport.completion_event = None
    return transport


def host_key_of(transport: Transport) -> HostKey:
    """The key with which the server proved itself."""
    key = transport.host_key
    if key is None:
        raise paramiko.SSHException("no keys were exchanged yet")
    return HostKey(key.get_name(), key.asbytes())


def check_host_key(
    transport: Transport, target: Target, trust: KnownHosts, audit: AuditSink | None = None
) -> None:
    """Refuse a server whose key is not known, another than before, revoked or too weak. A first key is kept
    unseen only where the person's own ssh_config says accept-new, and that is recorded.

    Raises:
        Problem: `ssh.host_key_unknown`, `ssh.host_key_changed`, `ssh.host_key_revoked`,
            `ssh.host_key_weak`, `ssh.host_certificate_refused`.
    """
    found = host_key_of(transport)
    key = transport.host_key
    about = {
        "server": target.name,
        "host": target.host,
        "port": target.port,
        "fingerprint": found.fingerprint,
    }
    if isinstance(key, paramiko.RSAKey) and key.get_bits() < _MIN_RSA_BITS:
        raise Problem("ssh.host_key_weak", bits=key.get_bits(), minimum=_MIN_RSA_BITS, **about)
    rejected: str | None = None
    finding = Finding(Verdict.UNKNOWN)
    if host_certificates.is_certificate(transport.host_key_blob):
        finding, rejected = _judge_certificate(transport.host_key_blob, target, trust)
    if finding.verdict is Verdict.UNKNOWN:
        # As ssh does: a certificate that does not count is looked at as the plain key in it.
        finding = trust.verdict(
            target.host, target.port, found, name=target.host_key_name, others=target.known_hosts
        )
    if finding.verdict is Verdict.UNKNOWN and target.accepts_new_key and audit is not None:
        detail: dict[str, object] = {
            "fingerprint": found.fingerprint,
            "because": "StrictHostKeyChecking of ssh_config",
        }
        audit.record(AuditEntry("server.trust", target.name, target.name, detail))
        trust.add(target.host, target.port, found, name=target.host_key_name)
        return
    if finding.verdict is Verdict.UNKNOWN and rejected is not None:
        raise Problem("ssh.host_certificate_refused", reason=rejected, key_type=found.kind, **about)
    if finding.verdict is Verdict.UNKNOWN:
        raise Problem("ssh.host_key_unknown", key_type=found.kind, key=found.base64, **about)
    if finding.verdict is not Verdict.KNOWN:
        code = "ssh.host_key_revoked" if finding.verdict is Verdict.REVOKED else "ssh.host_key_changed"
        raise Problem(code, file=finding.file, line=finding.line, **about)


def _judge_certificate(blob: bytes, target: Target, trust: KnownHosts) -> tuple[Finding, str | None]:
    """KNOWN where an authority of known_hosts vouches for the server; else why its certificate does not."""
    try:
        shown = host_certificates.parse(blob)
    except host_certificates.BadCertificate as error:
        return Finding(Verdict.UNKNOWN), str(error)
    finding = trust.authority_verdict(
        target.host,
        target.port,
        shown.key,
        shown.authority,
        name=target.host_key_name,
        others=target.known_hosts,
    )
    if finding.verdict is Verdict.UNKNOWN:
        reason = f"no authority in known_hosts is the one that signed it ({shown.authority.fingerprint})"
        return finding, reason
    if finding.verdict is Verdict.KNOWN:
        rejected = shown.reject(target.host_key_name or target.host)
        if rejected is not None:
            return Finding(Verdict.UNKNOWN), rejected
    return finding, None
