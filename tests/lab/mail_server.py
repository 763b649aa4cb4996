"""A small SMTP server with STARTTLS, TLS, login and the refusals of real ones. It keeps what it took."""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import ssl
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, Self


@dataclass(frozen=True)
class Mail:
    """One that was taken, and how it came.

    Attributes:
        encrypted, user: of the session; user is empty without a login.
    """

    sender: str
    receivers: tuple[str, ...]
    data: bytes
    encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        found = email.message_from_bytes(self.data, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = True
    allow_reuse_address = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no fault here."""


class MailServer:
    """Used by `with`.

    Args:
        tls: offered by STARTTLS, or spoken from the start with `at_once`.
        logins: user -> password; where there are any, one must log in.

    Attributes:
        refusals: command ("RCPT", "DATA", ".", …) -> answers to give first, one after the other.
        silent_at: command after which it says nothing more.
        lines: commands that came, without secrets of AUTH.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        *,
        at_once: bool = False,
        logins: dict[str, str] | None = None,
    ) -> None:
        self.tls, self.at_once, self.logins = tls, at_once, logins or {}
        self.refusals: dict[str, list[str]] = {}
        self.silent_at = ""
        self.mails: list[Mail] = []
        self.lines: list[str] = []
        self.over = threading.Event()
        lab = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                _Session(lab, self).run()

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Session:
    def __init__(self, lab: MailServer, handler: StreamRequestHandler) -> None:
        self.lab = lab
        self.sock: Any = handler.request
        self.encrypted = False
        self.user = ""
        self.sender = ""
        self.receivers: list[str] = []

    def run(self) -> None:
        if self.lab.tls is not None and self.lab.at_once:
            self._encrypt(self.lab.tls)
        self.reader = self.sock.makefile("rb")
        try:
            with contextlib.suppress(OSError):
                self._talk()
        finally:
            self.reader.close()
            self.sock.close()  # after STARTTLS not the one that it began with

    def _encrypt(self, tls: ssl.SSLContext) -> None:
        self.sock = tls.wrap_socket(self.sock, server_side=True)
        self.encrypted = True

    def say(self, text: str) -> None:
        self.sock.sendall(text.encode() + b"\r\n")

    def _talk(self) -> None:
        self.say("220 lab ESMTP")
        while raw := self.reader.readline():
            line = raw.decode("ascii", "replace").rstrip("\r\n")
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            self.lab.lines.append("AUTH" if verb == "AUTH" else line)
            if verb == self.lab.silent_at:
                self.lab.over.wait(60)
                return
            if waiting := self.lab.refusals.get(verb):
                self.say(waiting.pop(0))
                continue
            if verb == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"do_{verb.lower()}", self.do_unknown)(rest)

    def do_unknown(self, rest: str) -> None:
        self.say("502 what?")

    def do_ehlo(self, rest: str) -> None:
        offers = ["lab", "8BITMIME", "SMTPUTF8"]
        if self.lab.tls is not None and not self.encrypted:
            offers.append("STARTTLS")
        if self.lab.logins:
            offers.append("AUTH PLAIN")
        for each in offers[:-1]:
            self.say(f"250-{each}")
        self.say(f"250 {offers[-1]}")

    def do_starttls(self, rest: str) -> None:
        assert self.lab.tls is not None
        self.say("220 go ahead")
        self.reader.close()
        self._encrypt(self.lab.tls)
        self.reader = self.sock.makefile("rb")

    def do_auth(self, rest: str) -> None:
        _, _, given = rest.partition(" ")
        _, user, password = base64.b64decode(given).decode().split("\0")
        if self.lab.logins.get(user) != password:
            # Some servers repeat what they were given.
            self.say(f"535 5.7.8 no such login {user}:{password}")
            return
        self.user = user
        self.say("235 welcome")

    def do_mail(self, rest: str) -> None:
        if self.lab.logins and not self.user:
            self.say("530 5.7.0 log in first")
            return
        self.sender, self.receivers = rest.partition("<")[2].partition(">")[0], []
        self.say("250 ok")

    def do_rcpt(self, rest: str) -> None:
        self.receivers.append(rest.partition("<")[2].partition(">")[0])
        self.say("250 ok")

    def do_rset(self, rest: str) -> None:
        self.say("250 ok")

    def do_data(self, rest: str) -> None:
        self.say("354 go on")
        lines = []
        while (raw := self.reader.readline()) and raw != b".\r\n":
            lines.append(raw[1:] if raw.startswith(b"..") else raw)
        if waiting := self.lab.refusals.get("."):
            self.say(waiting.pop(0))
            return
        if self.lab.silent_at == ".":
            self.lab.over.wait(60)
            return
        mail = Mail(self.sender, tuple(self.receivers), b"".join(lines), self.encrypted, self.user)
        self.lab.mails.append(mail)
        self.say("250 taken")
