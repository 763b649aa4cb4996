"""A server's line to another during a copy: TLS with pinned throw-away certificates, one-time tokens.

Who gives and who takes is giving.py's and taking.py's; nothing here touches what is copied.
"""

import contextlib
import hashlib
import hmac
import os
import socket
import ssl
import tempfile
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from .copier import Gone, Message, Pipe
from .wire import AgentError

Address = Tuple[str, int]

CONNECT_S = 10.0
STALL_S = 60.0
_SHAKE_S = 15.0
_MOST_SHAKING = 16


class Refused(Exception):
    """The other end is not the one that was meant, or will not have us."""


class SocketPipe(Pipe):
    """Frames on a TLS connection; `Gone` where it breaks or stalls."""

    def __init__(self, sock: "ssl.SSLSocket") -> None:
        super().__init__(None, -1)
        self.socket = sock

    def _fill(self, view: memoryview) -> None:
        while view:
            try:
                got = self.socket.recv_into(view)
            except (OSError, ValueError) as error:
                raise Gone from error
            if not got:
                raise Gone
            view = view[got:]

    def _write(self, data: Any) -> None:
        try:
            self.socket.sendall(data)
        except (OSError, ValueError) as error:
            raise Gone from error

    def close(self) -> None:
        """Hang up, also under a thread that reads."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self.socket.close()


class Identity:
    """Our own certificate and key, and whom we know: the certificates of our peers by their names."""

    def __init__(self, certificate: str, key: str, peers: "Dict[str, str]") -> None:
        self._certificate = certificate
        self._key = key
        self._peers = peers
        self._names = {fingerprint(pem): name for name, pem in peers.items()}
        self.fingerprint = fingerprint(certificate)

    def context(self, name: "Optional[str]" = None) -> "ssl.SSLContext":
        """A context that trusts one peer (dialling) or all of them (listening), and no authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if name else ssl.PROTOCOL_TLS_SERVER)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        if hasattr(ssl, "TLSVersion"):
            context.minimum_version = ssl.TLSVersion.TLSv1_2
        else:
            context.options |= ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1
        trusted = [self._peers[name]] if name else list(self._peers.values())
        context.load_verify_locations(cadata="\n".join(trusted))
        self._load_own(context)
        return context

    def _load_own(self, context: "ssl.SSLContext") -> None:
        """Python loads a key from a file only: one that is in memory, or ours alone and gone at once."""
        text = (self._certificate + "\n" + self._key).encode("ascii")
        if hasattr(os, "memfd_create"):
            descriptor, named = os.memfd_create("tandem"), False
            path = "/proc/self/fd/%d" % descriptor
        else:
            descriptor, path = tempfile.mkstemp(prefix="tandem-")
            named = True
        try:
            os.write(descriptor, text)
            context.load_cert_chain(path)
        finally:
            os.close(descriptor)
            if named:
                os.unlink(path)

    def name_of(self, sock: "ssl.SSLSocket") -> str:
        """Which peer is at the other end.

        Raises:
            Refused: none of ours.
        """
        shown = sock.getpeercert(True)
        name = self._names.get(hashlib.sha256(shown).hexdigest()) if shown else None
        if name is None:
            raise Refused("another certificate")
        return name

    def fingerprint_of(self, name: str) -> str:
        """Of a peer's certificate."""
        return fingerprint(self._peers[name])


def fingerprint(pem: str) -> str:
    """SHA-256 of a certificate, hex."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def proof(secret: str, name: str, turn: int, listener: str) -> str:
    """The token of one turn: good once, from one peer, to one listener."""
    text = "tandem copy|%s|%d|%s" % (name, turn, listener)
    return hmac.new(bytes.fromhex(secret), text.encode("utf-8"), "sha256").hexdigest()


def _tune(sock: socket.socket) -> None:
    """A peer that vanished is noticed by the kernel within half a minute."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30000)


def local_addresses(toward: "List[str]", most: int = 4) -> "List[str]":
    """The addresses of ours from which those hosts are reached: nothing wider is ever listened on."""
    found: "List[str]" = []
    for host in toward:
        try:
            family, _, _, _, where = socket.getaddrinfo(host, 9, 0, socket.SOCK_DGRAM)[0]
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect(where)  # no packet is sent
                address = str(probe.getsockname()[0])
        except OSError:
            continue
        if address not in found and address not in ("0.0.0.0", "::"):
            found.append(address)
    return found[:most]


class Listener:
    """Accepts the peers that are expected, each with a token that is good once; everyone else is refused.

    Args:
        secrets: by peer.
        arrived: gets a peer's name and its line.
    """

    def __init__(
        self,
        identity: Identity,
        secrets: "Dict[str, str]",
        toward: "List[str]",
        arrived: "Callable[[str, SocketPipe], None]",
    ) -> None:
        self._identity = identity
        self._secrets = secrets
        self._arrived = arrived
        self._context = identity.context()
        self._turns: "Dict[str, int]" = {}
        self._lock = threading.Lock()
        self._shaking = threading.BoundedSemaphore(_MOST_SHAKING)
        self._closed = False
        self.refused = 0
        self._sockets: "List[socket.socket]" = []
        self.addresses: "List[Address]" = []
        for address in local_addresses(toward):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.bind((address, 0))
            except OSError:
                sock.close()
                continue
            self._sockets.append(sock)
            self.addresses.append((address, int(sock.getsockname()[1])))

    def open(self) -> None:
        """Listen. Before this the ports are ours, and closed."""
        for sock in self._sockets:
            sock.listen(8)
            thread = threading.Thread(target=self._accept, args=(sock,))
            thread.daemon = True
            thread.start()

    def close(self) -> None:
        """Give the ports back."""
        self._closed = True
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self, sock: socket.socket) -> None:
        while not self._closed:
            try:
                connection, _ = sock.accept()
            except OSError:
                if not self._closed:
                    time.sleep(0.05)  # too many open files, or a peer that left at once
                continue
            if not self._shaking.acquire(False):
                connection.close()
                continue
            thread = threading.Thread(target=self._receive, args=(connection,))
            thread.daemon = True
            thread.start()

    def _receive(self, connection: socket.socket) -> None:
        line: "Optional[SocketPipe]" = None
        try:
            connection.settimeout(_SHAKE_S)
            _tune(connection)
            line = SocketPipe(self._context.wrap_socket(connection, server_side=True))
            name = self._check(line)
            line.socket.settimeout(STALL_S)
        except (OSError, ValueError, KeyError, TypeError, Gone, Refused, AgentError):
            with self._lock:
                self.refused += 1
            connection.close()
            if line is not None:
                line.close()
            return
        finally:
            self._shaking.release()
        if self._closed:  # meanwhile: nobody waits for it any more
            line.close()
            return
        self._arrived(name, line)

    def _check(self, line: SocketPipe) -> str:
        name = self._identity.name_of(line.socket)
        hello = line.receive_message()
        turn = hello.get("turn")
        wanted = proof(self._secrets[name], name, int(turn or 0), self._identity.fingerprint)
        if not isinstance(turn, int) or not hmac.compare_digest(wanted, str(hello.get("proof"))):
            line.send({"refused": "the token is wrong"})
            raise Refused(name)
        with self._lock:
            used = turn <= self._turns.get(name, 0)
            self._turns[name] = max(turn, self._turns.get(name, 0))
        if used:
            line.send({"refused": "the token was used before"})
            raise Refused(name)
        line.send({"welcome": name})
        return name


class Dialler:
    """Connects to one peer; every attempt has a token of its own."""

    def __init__(self, identity: Identity, own_name: str, peer: str, secret: str) -> None:
        self._identity = identity
        self._own_name = own_name
        self._peer = peer
        self._secret = secret
        self._turn = 0
        self._lock = threading.Lock()
        self._context: "Optional[ssl.SSLContext]" = None

    def dial(self, addresses: "List[Address]", timeout_s: float = CONNECT_S) -> SocketPipe:
        """A line to the peer, by the first address that leads to it.

        Raises:
            Refused: with the reason for each address.
        """
        reasons = []
        for host, port in addresses:
            try:
                return self.dial_one(host, port, timeout_s)
            except (OSError, Gone, Refused, AgentError, ValueError) as error:
                reasons.append("%s port %d: %s" % (host, port, why(error)))
        raise Refused("; ".join(reasons) or "it has no address")

    def dial_one(self, host: str, port: int, timeout_s: float) -> SocketPipe:
        """A line by one address."""
        with self._lock:
            if self._context is None:
                self._context = self._identity.context(self._peer)
            # Of this moment too: a process that starts anew must not use a turn again.
            self._turn = max(self._turn + 1, int(time.monotonic() * 1000))
            turn = self._turn
        connection = socket.create_connection((host, port), timeout_s)
        try:
            _tune(connection)
            connection.settimeout(_SHAKE_S)
            line = SocketPipe(self._context.wrap_socket(connection))
        except (OSError, ValueError):
            connection.close()
            raise
        try:
            if self._identity.name_of(line.socket) != self._peer:
                raise Refused("another server answers there")
            listener = self._identity.fingerprint_of(self._peer)
            line.send({"turn": turn, "proof": proof(self._secret, self._own_name, turn, listener)})
            answer = line.receive_message()
            if answer.get("welcome") != self._own_name:
                raise Refused(str(answer.get("refused") or "it answers nonsense"))
        except BaseException:
            line.close()
            raise
        line.socket.settimeout(STALL_S)
        return line


def why(error: BaseException) -> str:
    """A failed attempt in a few words."""
    if isinstance(error, socket.timeout):
        return "no answer"
    if isinstance(error, Gone):
        return "it hung up"
    if isinstance(error, ssl.SSLError):
        return "something else answers there"
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    return str(error) or type(error).__name__


def say(line: SocketPipe, message: Message) -> bool:
    """Send to one who may be gone; whether it went out."""
    try:
        line.send(message)
    except Gone:
        return False
    return True
