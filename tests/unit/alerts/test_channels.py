"""Channels: the file tells its faults by line and key, saving is reading back, and secrets stay out of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.alerts.alert import AlertSeverity
from console.alerts.channel import Channel, channel_document, variable_for
from console.alerts.channels import ENVIRONMENT, KEYRING, MAX_BYTES, MISSING, ChannelBook
from console.alerts.channels_file import format_channels, parse_channels
from console.alerts.wording import hide
from console.core.notify import Notifier
from console.core.problems import Problem
from console.core.prompt import Prompt
from console.fleet.keyring_door import Keyring
from console.fleet.secrets import Secrets
from tests.integration.alerts.things import MemorySecrets, book_of, kinds

URL = "https://hooks.lab.test/services/T0KEN/abcdefgh"
GOOD = """
[[channel]]
name = "ops"
kind = "slack"

[[channel]]
name = "mail"
kind = "email"
severity = "critical"
servers = "label.team=vision"
resolved = false
repeat_every = "never"
group_wait = "30s"
group_interval = 0
enabled = false
host = "mail.lab.test"
port = 465
security = "tls"
sender = "t@lab.test"
to = "a@lab.test"
"""
SLACK = '[[channel]]\nname = "a"\nkind = "slack"\n'
MAIL = 'host = "h"\nsender = "t@lab.test"\nto = "a@lab.test"\n'


def test_a_file_is_read_with_its_defaults() -> None:
    ops, mail = parse_channels(GOOD, kinds())
    assert ops == Channel("ops", "slack")
    assert mail == Channel(
        "mail", "email", AlertSeverity.CRITICAL, "label.team=vision", False, None, 30.0, 0.0, False,
        {"host": "mail.lab.test", "port": "465", "security": "tls", "sender": "t@lab.test",
         "to": "a@lab.test"},
    )  # fmt: skip
    assert parse_channels("", kinds()) == ()


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("\n[[channel]\n", "line 2", "it is not TOML"),
        ('[[channel]]\nname = "a"\n\n[other]\n', "the file, 'other'", "only [[channel]]"),
        ('channel = 3\n', "line 1, 'channel'", "write [[channel]]"),
        ('[[channel]]\nname = "a"\n', "line 1, 'kind'", "it is none of dingtalk, email"),
        ('[[channel]]\nkind = "slack"\n', "line 1, 'name'", "it is missing"),
        ('[[channel]]\nname = "A b"\nkind = "slack"\n', "line 2, 'name'", "it takes lower-case"),
        (GOOD + '\n[[channel]]\nname = "ops"\nkind = "json"\n', "line 23, 'name'", "another channel 'ops'"),
        (SLACK + 'foo = 1\n', "line 4, 'foo'", "no such setting"),
        (SLACK + 'severity = "bad"\n', "line 4, 'severity'", "it is none of info"),
        (SLACK + 'servers = "a & ("\n', "line 4, 'servers'", "column"),
        (SLACK + 'servers = "util<5"\n', "line 4, 'servers'", "labels only"),
        (SLACK + 'resolved = 1\n', "line 4, 'resolved'", "neither true nor"),
        (SLACK + 'repeat_every = "1s"\n', "line 4, 'repeat_every'", "between"),
        (SLACK + 'group_wait = true\n', "line 4, 'group_wait'", "no duration"),
        (SLACK + 'group_wait = "x"\n', "line 4, 'group_wait'", "duration 'x'"),
        (f'[[channel]]\nname = "m"\nkind = "email"\nsecurity = "x"\n{MAIL}', "line 4, 'security'", "tls"),
        ('[[channel]]\nname = "m"\nkind = "email"\nhost = "h"\n', "line 1, 'sender'", "it is missing"),
        (f'[[channel]]\nname = "m"\nkind = "email"\nport = [1]\n{MAIL}', "line 4, 'port'", "it is no text"),
        ('[[channel]]\nname = "m"\nkind = "email"\nhost = "h"\nsender = "t@x"\nto = "a\\nb@x"\n',
         "line 6, 'to'", "cannot be seen"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_line_and_key(text: str, where: str, reason: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_channels(text, kinds())
    assert caught.value.code == "channels.invalid"
    assert caught.value.attrs["where"] == where
    assert reason in str(caught.value.attrs["reason"])


@pytest.mark.parametrize(
    "text",
    [
        f'[[channel]]\nname = "ops"\nkind = "slack"\nurl = "{URL}"\n',
        f'[[channel]]\nname = "ops"\nkind = "slack"\nurl = {URL}\n',
        f'[[channel]]\nname = "{URL}"\nkind = "slack"\n',
        f'[[channel]]\nname = "ops"\nkind = "{URL}"\n',
        f'"{URL}" = 1\n',
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_channels(text, kinds())
    assert "T0KEN" not in str(caught.value.as_dict())
    if 'url = "' in text:
        assert "use the keyring or TANDEM_NOTIFIER_OPS_URL" in caught.value.sentence


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
CHANNELS = st.builds(
    Channel,
    NAMES,
    st.just("email"),
    st.sampled_from(AlertSeverity),
    st.sampled_from(["", "label.team=vision", "gpu-1 | gpu-2"]),
    st.booleans(),
    st.none() | st.integers(300, 86400).map(float),
    st.integers(0, 3600).map(float),
    st.integers(0, 86400).map(float),
    st.booleans(),
    st.builds(
        lambda host, user: {"host": host, "user": user, "sender": "a@b.test", "to": "c@d.test"}, TEXTS, TEXTS
    ),
)


@settings(max_examples=40)
@given(st.lists(CHANNELS, max_size=4, unique_by=lambda each: each.name))
def test_what_is_written_is_read_again(channels: list[Channel]) -> None:
    assert list(parse_channels(format_channels(channels), kinds())) == channels


def test_save_change_and_remove(tmp_path: Path) -> None:
    book = book_of(tmp_path, Channel("ops", "slack"), secrets={"ops": {"url": URL}})
    assert (tmp_path / "notifiers.toml").stat().st_mode & 0o777 == 0o600
    assert "T0KEN" not in (tmp_path / "notifiers.toml").read_text()
    assert book.secret_places(book.channel("ops")) == {"url": KEYRING}
    book.save(Channel("json", "json"))
    book.save(replace(book.channel("ops"), resolved=False))
    assert [(each.name, each.resolved) for each in book.list()] == [("ops", False), ("json", True)]
    assert book.settings_for(book.channel("ops"))[0] == {"url": URL}, "a secret stays with a change"
    assert book.secret_places(book.channel("json")) == {"url": MISSING}
    with pytest.raises(Problem) as caught:
        book.settings_for(book.channel("json"))
    assert caught.value.code == "channel.secret_missing"
    assert caught.value.attrs["variable"] == "TANDEM_NOTIFIER_JSON_URL"
    book.remove("ops")
    assert [each.name for each in book.list()] == ["json"]
    with pytest.raises(Problem, match="There is no channel 'ops'"):
        book.remove("ops")
    book.save(Channel("ops", "slack"))
    assert book.secret_places(book.channel("ops")) == {"url": MISSING}, "its secret went with it"


def test_the_environment_comes_before_the_keyring(tmp_path: Path) -> None:
    secrets = MemorySecrets({"notifier ops-2 url": "https://old.lab.test/x"})
    environ = {"TANDEM_NOTIFIER_OPS_2_URL": f"{URL}\n"}
    book = ChannelBook(tmp_path / "n.toml", kinds(), secrets, environ)
    channel = book.save(Channel("ops-2", "slack"))
    assert variable_for("ops-2", "url") in environ
    assert book.secret_places(channel) == {"url": ENVIRONMENT}
    assert book.settings_for(channel) == ({"url": URL}, (URL,))


@pytest.mark.parametrize(
    ("channel", "secrets", "reason"),
    [
        (Channel("Ops", "slack"), {}, "lower-case"),
        (Channel("ops", "pager"), {}, "there are dingtalk"),
        (Channel("ops", "slack", servers="util<5"), {}, "labels only"),
        (Channel("ops", "slack", repeat_s=1.0), {}, "between"),
        (Channel("ops", "slack", settings={"color": "red"}), {}, "no such setting"),
        (Channel("ops", "slack"), {"url": "http://hooks.lab.test/x"}, "not encrypted"),
        (Channel("ops", "slack"), {"url": "https://a\x00"}, "characters"),
        (Channel("ops", "slack"), {"password": "x"}, "has no such secret"),
        (Channel("mail", "email", settings={"host": "h", "sender": "a@b", "to": "c"}), {}, "no mail address"),
    ],
)
def test_what_does_not_fit_is_not_saved(
    tmp_path: Path, channel: Channel, secrets: dict[str, str], reason: str
) -> None:
    keeper = MemorySecrets()
    book = ChannelBook(tmp_path / "n.toml", kinds(), keeper, {})
    with pytest.raises(Problem) as caught:
        book.save(channel, secrets)
    assert caught.value.code == "input.invalid"
    assert reason in caught.value.sentence
    assert keeper.held == {}
    assert not book.path.exists()


def test_a_locked_keyring_changes_nothing(tmp_path: Path) -> None:
    keeper = MemorySecrets(locked=True)
    book = ChannelBook(tmp_path / "n.toml", kinds(), keeper, {})
    with pytest.raises(Problem) as caught:
        book.save(Channel("ops", "slack"), {"url": URL})
    assert caught.value.code == "secret.keyring"
    assert not book.path.exists()


@pytest.mark.parametrize("data", [b"\xff", b"#" * (MAX_BYTES + 1)])
def test_a_file_that_is_none_is_a_problem(tmp_path: Path, data: bytes) -> None:
    book = book_of(tmp_path)
    book.path.write_bytes(data)
    with pytest.raises(Problem) as caught:
        book.list()
    assert caught.value.code == "file.unreadable"


def test_a_channel_as_json_holds_no_secret(tmp_path: Path) -> None:
    book = book_of(tmp_path, Channel("ops", "json"), secrets={"ops": {"url": URL, "token": "t0ken-x"}})
    told = str(channel_document(book.channel("ops")))
    assert "T0KEN" not in told
    assert "t0ken" not in told


class _Held(Keyring):
    """A keyring of this test alone."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.held.get(name)

    def set(self, name: str, secret: str) -> None:
        self.held[name] = secret

    def delete(self, name: str) -> None:
        del self.held[name]


def test_the_houses_secrets_keep_them_over_a_restart(tmp_path: Path) -> None:
    ring, index = _Held(), tmp_path / "secrets.json"

    def book() -> ChannelBook:
        return ChannelBook(tmp_path / "n.toml", kinds(), Secrets(Prompt(), Notifier(), index, ring), {})

    book().save(Channel("ops", "slack"), {"url": URL})
    assert ring.held == {"notifier ops url": URL}
    assert "T0KEN" not in index.read_text()
    assert book().settings_for(book().channel("ops"))[0] == {"url": URL}
    book().remove("ops")
    assert ring.held == {}


@pytest.mark.parametrize(
    ("text", "secrets", "shown"),
    [
        (f"no {URL}!", [URL], "no •••!"),
        ("path /services/T0KEN/abcdefgh", [URL], "path •••"),
        ("only abcdefgh", [URL], "only •••"),
        ("key=SECretSEC", ["https://q.lab.test/send?key=SECretSEC"], "•••"),
        ("a SECretSEC b", ["https://q.lab.test/send?key=SECretSEC"], "a ••• b"),
        ("is abc a secret", ["abc"], "is abc a secret"),
        ("\x1b[31mpass-word\n", ["pass-word"], "•••"),
        ("https://[", ["https://["], "•••"),
    ],
)
def test_secrets_are_hidden_whole_and_in_parts(text: str, secrets: list[str], shown: str) -> None:
    assert hide(text, secrets) == shown
