"""Mail through a real SMTP conversation: encrypted or not sent, logged in, and failures in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.alerts.grouping import Entry, Kind, Parcel
from console.alerts.wording import message_of, trial_message
from console.plugin.api import Message, NotSent
from tests.integration.alerts.things import HOSTILE, SINCE, alert, kinds
from tests.lab.certificates import Authority, make_authority
from tests.lab.mail_server import MailServer

PASSWORD = "pässword-of-ops"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server(authority: Authority) -> Iterator[MailServer]:
    with MailServer(authority.server(), logins={"ops": PASSWORD}) as made:
        yield made


def settings(server: MailServer, authority: Authority, **changes: str) -> dict[str, str]:
    return {
        "host": "127.0.0.1", "port": str(server.port), "security": "starttls", "user": "ops",
        "password": PASSWORD, "sender": "Tandem 控制台 <tandem@lab.test>", "to": "ann@lab.test, bob@lab.test",
        "ca_file": str(authority.ca_file), **changes,
    }  # fmt: skip


def message(**changes: Any) -> Message:
    one = alert(**changes)
    parcel = Parcel("m-1", "mail", one.target.server, SINCE, 0.0, (Entry(one, Kind.FIRED),))
    return message_of(parcel, "ann@desk", SINCE)


def send(told: Message, given: dict[str, str], timeout_s: float = 20) -> str:
    kind = next(each for each in kinds() if each.name == "email")
    return kind.send(told, given, timeout_s)


def refused(given: dict[str, str], timeout_s: float = 20) -> NotSent:
    with pytest.raises(NotSent) as caught:
        send(message(), given, timeout_s)
    return caught.value


def test_a_mail_arrives_encrypted_and_logged_in(server: MailServer, authority: Authority) -> None:
    assert send(message(sentence="显存错误：2 个。"), settings(server, authority)) == "accepted"
    (mail,) = server.mails
    assert (mail.sender, mail.receivers) == ("tandem@lab.test", ("ann@lab.test", "bob@lab.test"))
    assert mail.encrypted
    assert mail.user == "ops"
    told = mail.message
    assert told["Subject"] == "[CRITICAL] gpu.ecc on gpu-1 gpu-3"
    assert told["From"] == "Tandem 控制台 <tandem@lab.test>"
    assert told["Message-ID"] == "<m-1.tandem@lab.test>"
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["Importance"] == "high"
    assert told.get_content_type() == "text/plain"
    for part in (
        "显存错误：2 个。",
        "Next: Drain",
        "Runbook: https://runbooks.lab.test/ecc",
        "since 2026-01-02",
    ):
        assert part in told.get_content()


def test_tls_from_the_start(authority: Authority) -> None:
    with MailServer(authority.server(), at_once=True, logins={"ops": PASSWORD}) as server:
        send(trial_message("t-1", "ann@desk", SINCE), settings(server, authority, security="tls"))
        assert server.mails[0].encrypted
        assert server.mails[0].message["Subject"] == "[TEST] Tandem reaches this channel"
        assert "Importance" not in server.mails[0].message


def test_without_encryption_only_where_nothing_is_secret(authority: Authority) -> None:
    with MailServer() as server:
        plain = settings(server, authority, security="none", user="", password="")
        assert send(message(), plain) == "accepted"
        kind = next(each for each in kinds() if each.name == "email")
        assert "in the clear" in str(kind.check({**plain, "user": "ops", "host": "mail.lab.test"}))
        # A server that takes STARTTLS out of its offers gets no mail in the clear.
        error = refused(settings(server, authority))
        assert "lacks what is asked for" in error.reason
        assert error.lasting
        assert len(server.mails) == 1


def test_the_certificate_is_checked(server: MailServer, authority: Authority, tmp_path: Path) -> None:
    other = make_authority(tmp_path / "other")
    assert "is not trusted" in refused(settings(server, authority, ca_file=str(other.ca_file))).reason
    assert "is not trusted" in refused(settings(server, authority, ca_file="")).reason
    assert "cannot be read" in refused(settings(server, authority, ca_file=str(tmp_path / "no.pem"))).reason
    with MailServer(authority.server("mail.lab.test"), at_once=True) as misnamed:
        assert "is not trusted" in refused(settings(misnamed, authority, security="tls")).reason
    assert not [line for line in server.lines if line.startswith(("MAIL", "AUTH"))]


def test_refusals_are_told_and_known_as_passing_or_lasting(server: MailServer, authority: Authority) -> None:
    given = settings(server, authority)
    error = refused({**given, "password": "wrong"})
    assert "refused the login: 535" in error.reason
    assert error.lasting
    assert "the password is not known" in refused({**given, "password": ""}).reason
    for verb, said, lasting in (
        (".", "451 4.7.1 greylisted, come again", False),
        (".", "552 5.3.4 too large", True),
        ("MAIL", "421 4.3.2 going down", False),
        ("DATA", "554 5.7.1 no", True),
    ):
        server.refusals = {verb: [said]}
        error = refused(given)
        assert said in error.reason
        assert error.lasting is lasting
    server.refusals = {"RCPT": ["550 5.1.1 who?", "550 5.1.1 who?"]}
    error = refused(given)
    assert "took none of the receivers: 550 5.1.1 who?" in error.reason
    assert error.lasting
    server.refusals = {"RCPT": ["550 5.1.1 who?"]}
    assert send(message(), given) == "accepted, but not for ann@lab.test"
    assert len(server.mails) == 1


@pytest.mark.parametrize("verb", ["EHLO", "STARTTLS", "AUTH", "DATA", "."])
def test_a_server_that_falls_silent_is_left(server: MailServer, authority: Authority, verb: str) -> None:
    server.silent_at = verb
    error = refused(settings(server, authority), timeout_s=0.5)
    assert error.reason == f"127.0.0.1:{server.port} did not answer within 0 s"
    assert not error.lasting


def test_nobody_listens(authority: Authority) -> None:
    with MailServer() as gone:
        given = settings(gone, authority)
    assert refused(given).reason == f"127.0.0.1:{gone.port}: Connection refused"
    assert "its name is not known" in refused({**given, "host": "nowhere.invalid"}).reason


def test_a_hostile_name_adds_no_header_and_no_markup(server: MailServer, authority: Authority) -> None:
    bad = f"x\r\nBcc: all@lab.test\r\n\r\n<h1>{HOSTILE}"
    send(
        message(rule=bad, server=bad, label=bad, sentence=f"{bad}\r\n.\r\nQUIT"), settings(server, authority)
    )
    (mail,) = server.mails
    assert mail.receivers == ("ann@lab.test", "bob@lab.test")
    assert mail.message["Bcc"] is None
    assert mail.message.get_content_type() == "text/plain"
    assert not mail.message.is_multipart()
    assert "\x1b" not in mail.message.get_content()
    assert "\u202e" not in mail.message["Subject"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"port": "x"}, "'port' is not a port"),
        ({"port": "70000"}, "'port' is not a port"),
        ({"to": " , "}, "'to' names nobody"),
        ({"to": "ann"}, "'ann' is no mail address"),
        ({"sender": "a@b\r\nBcc: c@d"}, "is no mail address"),
        ({"sender": ""}, "is no mail address"),
    ],
)
def test_settings_that_cannot_be_right_are_told(
    server: MailServer, authority: Authority, changes: dict[str, str], reason: str
) -> None:
    kind = next(each for each in kinds() if each.name == "email")
    given = settings(server, authority, **changes)
    assert reason in str(kind.check(given))
    assert reason in refused(given).reason
    assert server.lines == []
