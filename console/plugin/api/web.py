"""One POST to a webhook: verified TLS, no redirects, the environment's proxy, an end to all waiting. Nothing
that is raised here holds the address's path, which is often a secret."""

from __future__ import annotations

import base64
import contextlib
import email.utils
import http.client
import socket
import ssl
import threading
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from console.core.text import decode, safe_line
from console.plugin.api.notifying import NotSent

MAX_ANSWER_BYTES = 64 * 1024
MAX_RETRY_AFTER_S = 3600.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_BUSY = (408, 425, 429)


class Deadline:
    """Ends what waits on sockets after so many seconds, however slowly the other side drips. For `with`.

    Attributes:
        expired: whether the time was up.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()

    def end(self) -> None:
        """The time is up now."""
        self._timer.cancel()
        self._expire()

    def watch(self, sock: socket.socket) -> None:
        """Shut this one when the time is up."""
        with self._lock:
            self._sockets.append(sock)
            late = self.expired
        if late:
            _shut(sock)

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            sockets = list(self._sockets)
        for each in sockets:
            _shut(each)


def _shut(sock: socket.socket) -> None:
    # The plain call: the one of a TLS socket takes its state away under the thread that reads it.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The beginning of the body as one harmless line."""
        return safe_line(decode(self.body[:2000]), max_chars=200)

    def retry_after_s(self, now: datetime | None = None) -> float | None:
        """How long it wants to be left alone (RFC 9110, 10.2.3: seconds or a date), at most an hour."""
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return min(float(said[:9]), MAX_RETRY_AFTER_S)
        try:
            moment = email.utils.parsedate_to_datetime(said)
        except (TypeError, ValueError):
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        left = (aware - (now or datetime.now(UTC))).total_seconds()
        return min(max(left, 0.0), MAX_RETRY_AFTER_S)

    def check(self) -> None:
        """Nothing for an HTTP status of 200 to 299.

        Raises:
            NotSent: with the status and the beginning of what was said.
        """
        if 200 <= self.status < 300:
            return
        if 300 <= self.status < 400:
            raise NotSent(
                f"HTTP {self.status}: it points elsewhere, and redirects are not followed", lasting=True
            )
        reason = f"HTTP {self.status}: {self.text}" if self.text else f"HTTP {self.status}"
        lasting = self.status < 500 and self.status not in _BUSY
        raise NotSent(reason, retry_after_s=self.retry_after_s(), lasting=lasting)


def wrong_with(url: str, *, plain: bool = False) -> str | None:
    """Half a sentence on what is wrong with a webhook's address, which it does not repeat; None if nothing.

    Args:
        plain: http without encryption is allowed for other hosts than this one too.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "the address is no URL"
    if parts.scheme not in ("http", "https") or not host:
        return "the address does not begin with https://"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "the address has characters that no URL has"
    if parts.username is not None:
        return "the address holds a user name"
    if parts.scheme == "http" and not plain and host not in _LOOPBACK:
        return "the address is not encrypted (http)"
    return None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    timeout_s: float,
    *,
    ca_file: str = "",
    most_bytes: int = MAX_ANSWER_BYTES,
    by: tuple[str, int] | None = None,
    deadline: Deadline | None = None,
) -> Answer:
    """Send it and read the answer, whatever its status.

    Args:
        timeout_s: seconds in all, from the connection's begin to the answer's end.
        ca_file: certificates (PEM) to trust in place of the system's.
        most_bytes: what is kept of the answer's body; the rest is not read.
        by: where to connect to in place of the address's host: the near end of a forward. No proxy then.
        deadline: one that somebody else can end before its time.

    Raises:
        NotSent: there was no answer.
    """
    if fault := wrong_with(url, plain=True):
        raise NotSent(fault, lasting=True)
    parts = urlsplit(url)
    where = f"{parts.hostname}:{_port_of(parts)}"
    with deadline or Deadline(timeout_s) as deadline:
        try:
            return _exchange(parts, body, headers, deadline, ca_file, most_bytes, by)
        except NotSent as error:
            if deadline.expired:
                raise _too_late(where, timeout_s) from error
            raise
        except ssl.SSLCertVerificationError as error:
            raise NotSent(f"the certificate of {where} is not trusted: {error.verify_message}") from error
        except TimeoutError as error:
            raise _too_late(where, timeout_s) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if deadline.expired:
                raise _too_late(where, timeout_s) from error
            raise NotSent(f"{where}: {_said(error)}") from error


def _too_late(where: str, timeout_s: float) -> NotSent:
    return NotSent(f"{where} did not answer within {timeout_s:.0f} s")


def _said(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed ({error.reason or 'no reason given'})"
    if isinstance(error, http.client.RemoteDisconnected):
        return "it hung up without an answer"
    if isinstance(error, OSError):
        return safe_line(error.strerror or type(error).__name__)
    # The texts of these may hold what was sent or the whole address.
    return f"it does not speak HTTP as it should ({type(error).__name__})"


def _port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _exchange(
    parts: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
    deadline: Deadline,
    ca_file: str,
    most_bytes: int,
    by: tuple[str, int] | None,
) -> Answer:
    host, port = parts.hostname or "", _port_of(parts)
    proxy = None if by is not None else _proxy_for(parts.scheme, host)
    target = parts.path or "/"
    target += f"?{parts.query}" if parts.query else ""
    sent = {**headers, "Host": parts.netloc, "Connection": "close", "User-Agent": "Tandem"}
    sock = (
        _connect(proxy.hostname or "", proxy.port or 8080, deadline)
        if proxy
        else _connect(*(by or (host, port)), deadline)
    )
    connection = http.client.HTTPConnection(host, port)
    try:
        if parts.scheme == "https":
            if proxy:
                _tunnel(sock, host, port, proxy)
            context = ssl.create_default_context(cafile=_ca(ca_file))
            sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
            deadline.watch(sock)
            sock.do_handshake()
        elif proxy:
            target = f"http://{parts.netloc}{target}"
            sent.update(_authorization(proxy))
        connection.sock = sock
        connection.request("POST", target, body, sent)
        with connection.getresponse() as response:
            data = response.read(most_bytes)
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, data)
    finally:
        connection.close()
        sock.close()


def _ca(ca_file: str) -> str | None:
    if ca_file:
        try:
            with open(ca_file, "rb"):
                return ca_file
        except OSError as error:
            reason = f"the file of certificates cannot be read: {error.strerror or error}"
            raise NotSent(reason, lasting=True) from error
    return None


def _connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    sock = socket.create_connection((host, port), timeout=deadline.seconds)
    deadline.watch(sock)
    return sock


def _proxy_for(scheme: str, host: str) -> SplitResult | None:
    """What `https_proxy`, `http_proxy` and `no_proxy` of the environment say; never for this machine."""
    found = urllib.request.getproxies_environment().get(scheme)
    if not found or host in _LOOPBACK or urllib.request.proxy_bypass(host):
        return None
    parts = urlsplit(found if "://" in found else f"http://{found}")
    try:
        usable = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise NotSent(f"the proxy in {scheme}_proxy is none that is spoken to by HTTP", lasting=True)
    return parts


def _authorization(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _tunnel(sock: socket.socket, host: str, port: int, proxy: SplitResult) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    lines += [f"{name}: {value}" for name, value in _authorization(proxy).items()]
    sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    response = http.client.HTTPResponse(sock, method="CONNECT")
    try:
        response.begin()
        if response.status != 200:
            raise NotSent(f"the proxy {proxy.hostname}:{proxy.port or 8080} answered HTTP {response.status}")
    finally:
        response.close()
