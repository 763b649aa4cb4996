"""E-mail about alerts through an SMTP server: TLS or STARTTLS, verified, with login. Text only."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from console.core.text import decode, safe_line
from console.plugin.api import Message, NotifierField, NotifierKind, NotSent, hookimpl
from console.plugin.api.web import Deadline

Settings = Mapping[str, str]

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_FIELDS = (
    NotifierField("host", "Mail server", "Name of the SMTP server.", False, True),
    NotifierField("port", "Port", "587 for STARTTLS, 465 for TLS, 25 without, where left empty."),
    NotifierField(
        "security", "Encryption", "Never given up for a server that has none.", False, False, "starttls",
        ("starttls", "tls", "none"),
    ),
    NotifierField("user", "User", "Empty where the server asks for no login."),
    NotifierField("password", "Password", "Of that user.", True),
    NotifierField("sender", "From", "Address that the mail comes from.", False, True),
    NotifierField("to", "To", "Addresses, with commas between them.", False, True),
    NotifierField("ca_file", "Certificates", "A PEM file to trust in place of the system's certificates."),
)  # fmt: skip


@hookimpl
def tandem_notifiers() -> Sequence[NotifierKind]:
    """One kind."""
    return [NotifierKind("email", "E-mail", _FIELDS, _send, _wrong)]


def _wrong(settings: Settings) -> str | None:
    port = settings.get("port", "")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        return "'port' is not a port"
    try:
        _address(settings.get("sender", ""))
        if not _receivers(settings):
            return "'to' names nobody"
    except NotSent as error:
        return error.reason
    if settings.get("user") and settings.get("security") == "none" and settings.get("host") not in _LOOPBACK:
        return "a password would go over the network in the clear"
    return None


def _address(text: str) -> Address:
    name, spec = parseaddr(text)
    try:
        found = Address(name, addr_spec=spec)
    except (ValueError, IndexError) as error:
        raise NotSent(f"'{safe_line(text, max_chars=60)}' is no mail address", lasting=True) from error
    if not found.username or not found.domain or not text.isprintable():
        raise NotSent(f"'{safe_line(text, max_chars=60)}' is no mail address", lasting=True)
    return found


def _receivers(settings: Settings) -> list[Address]:
    return [_address(each.strip()) for each in settings.get("to", "").split(",") if each.strip()]


def _mail(message: Message, settings: Settings) -> EmailMessage:
    mail = EmailMessage(SMTP)
    sender = _address(settings["sender"])
    mail["From"] = sender
    mail["To"] = _receivers(settings)
    mail["Subject"] = message.title
    mail["Date"] = format_datetime(message.sent)
    # The same at every attempt, so that a mailbox that got it twice can tell.
    mail["Message-ID"] = f"<{message.id}.tandem@{sender.domain}>"
    # RFC 3834: no vacation notes in answer.
    mail["Auto-Submitted"] = "auto-generated"
    if any(each.severity == "critical" for each in message.alerts):
        mail["Importance"] = "high"
    mail.set_content("\n".join(message.lines()) + "\n")
    return mail


def _send(message: Message, settings: Settings, timeout_s: float) -> str:
    if fault := _wrong(settings):
        raise NotSent(fault, lasting=True)
    host, security = settings["host"], settings.get("security", "starttls")
    port = int(settings.get("port") or _PORTS[security])
    where = f"{host}:{port}"
    mail = _mail(message, settings)
    with Deadline(timeout_s) as deadline:
        try:
            return _deliver(mail, settings, host, port, security, deadline)
        except NotSent:
            raise
        except (smtplib.SMTPException, OSError, ValueError) as error:
            if deadline.expired or isinstance(error, TimeoutError):
                raise NotSent(f"{where} did not answer within {timeout_s:.0f} s") from error
            raise _not_sent(where, error) from error


def _context(settings: Settings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.get("ca_file") or None)
    except OSError as error:
        raise NotSent("the file of certificates cannot be read", lasting=True) from error


def _deliver(
    mail: EmailMessage, settings: Settings, host: str, port: int, security: str, deadline: Deadline
) -> str:
    sock = socket.create_connection((host, port), timeout=deadline.seconds)
    deadline.watch(sock)
    try:
        if security == "tls":
            sock = _context(settings).wrap_socket(sock, server_hostname=host)
            deadline.watch(sock)
        with _Over(sock, host, deadline) as server:
            if security == "starttls":
                server.starttls(context=_context(settings))
                server.ehlo()
            if settings.get("user"):
                if not settings.get("password"):
                    raise NotSent("the password is not known", lasting=True)
                _log_in(server, settings["user"], settings["password"])
            refused = server.send_message(mail)
            if refused:
                names = ", ".join(safe_line(name) for name in refused)
                return f"accepted, but not for {names}"
            return "accepted"
    finally:
        sock.close()


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    if user.isascii() and password.isascii():
        server.login(user, password)
        return
    # smtplib speaks ASCII only; PLAIN takes UTF-8 (RFC 4616).
    given = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, said = server.docmd("AUTH", f"PLAIN {given}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


class _Over(smtplib.SMTP):
    """SMTP over a socket that is connected already, watched by the deadline."""

    def __init__(self, sock: socket.socket, host: str, deadline: Deadline) -> None:
        self._given = sock
        self._deadline = deadline
        super().__init__(host, 1, timeout=deadline.seconds, local_hostname=_own_name())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host, port, timeout
        return self._given

    def starttls(self, *, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:  # type: ignore[override]
        answer = super().starttls(context=context)
        if self.sock is not None:
            self._deadline.watch(self.sock)
        return answer


def _own_name() -> str:
    """What is said in EHLO; RFC 5321 wants a name without oddities, and no look-up."""
    name = socket.gethostname()
    return name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"


def _not_sent(where: str, error: Exception) -> NotSent:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return NotSent(f"{where} took none of the receivers: {_said(code, said)}", lasting=code >= 500)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return NotSent(f"{where} refused the login: {_said(error.smtp_code, error.smtp_error)}", lasting=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return NotSent(f"{where} lacks what is asked for: {safe_line(str(error))}", lasting=True)
    if isinstance(error, smtplib.SMTPResponseException):
        said = _said(error.smtp_code, error.smtp_error)
        return NotSent(f"{where} answered {said}", lasting=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return NotSent(f"{where} hung up")
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotSent(f"the certificate of {where} is not trusted: {error.verify_message}")
    if isinstance(error, socket.gaierror):
        return NotSent(f"{where}: its name is not known")
    if isinstance(error, OSError):
        return NotSent(f"{where}: {safe_line(error.strerror or type(error).__name__)}")
    return NotSent(f"{where}: {type(error).__name__}")


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {safe_line(decode(text) if isinstance(text, bytes) else text, max_chars=200)}"
