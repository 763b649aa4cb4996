"""`tandem alert channels`, `channel save`, `test` by the real command; no secret is left anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.command import Tandem
from tests.lab.receivers import Receiver, Reply

TOKEN = "T0KEN-nobody-may-see"


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    made = Tandem(tmp_path)
    made.environment["PYTHON_KEYRING_BACKEND"] = "tests.lab.file_keyring.FileKeyring"
    made.environment["LAB_KEYRING"] = str(tmp_path / "keyring.json")
    return made


def left_in(home: Path) -> str:
    """Everything that lies in a home, as text."""
    return "\n".join(
        path.read_bytes().decode("utf-8", "replace") for path in home.rglob("*") if path.is_file()
    )


def test_a_channel_from_its_first_word_to_its_removal(tandem: Tandem) -> None:
    words = ("alert", "channel", "save", "ops")
    with Receiver() as receiver:
        url = f"{receiver.origin}/services/{TOKEN}"
        saved = tandem.run(*words, "--kind", "slack", "--severity", "critical", "--repeat", "never",
                           "--secret", "url", "--json", stdin=f"{url}\n")  # fmt: skip
        assert saved.code == 0, saved.err
        assert saved.json["secrets"] == {"url": "keyring"}
        assert tandem.ok("alert", "test", "ops").out == "delivered: ok\n"
        assert receiver.got[0].path == f"/services/{TOKEN}"
        receiver.usual = Reply(404, f"no_service {url}")
        failed = tandem.run("alert", "test", "ops")
        assert failed.code == 1
        assert failed.err.startswith(
            "tandem: The channel 'ops' did not take the message: HTTP 404: no_service •••. "
        )
    changed = tandem.ok(*words, "--no-resolved", "--servers", "label.team=vision", "--wait", "1m")
    (row,) = tandem.ok("alert", "channels", "--json").json
    assert row == {
        "name": "ops", "kind": "slack", "severity": "critical", "servers": "label.team=vision",
        "resolved": False, "repeat_s": None, "wait_s": 60.0, "interval_s": 300.0, "enabled": True,
        "settings": {}, "secrets": {"url": "keyring"},
    }  # fmt: skip
    removed = tandem.ok("alert", "channel", "remove", "ops")
    for ran in (saved, failed, changed, removed, tandem.ok("audit")):
        assert TOKEN not in ran.out + ran.err
    assert "alert.channel_set" in left_in(tandem.home)
    assert TOKEN not in left_in(tandem.home)
    assert TOKEN not in Path(tandem.environment["LAB_KEYRING"]).read_text()


def test_a_secret_of_the_environment_works_without_a_keyring(tandem: Tandem) -> None:
    tandem.environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with Receiver(usual=Reply(body='{"errcode":0,"errmsg":"ok"}')) as receiver:
        refused = tandem.run("alert", "channel", "save", "room", "--kind", "wecom", "--secret", "url",
                             stdin=f"{receiver.origin}/{TOKEN}\n")  # fmt: skip
        assert refused.code == 1
        assert TOKEN not in refused.err
        assert not (tandem.home / "notifiers.toml").exists()
        tandem.ok("alert", "channel", "save", "room", "--kind", "wecom")
        missing = tandem.run("alert", "test", "room")
        assert "lacks its secret 'url'" in missing.err
        assert "TANDEM_NOTIFIER_ROOM_URL" in missing.err
        tandem.environment["TANDEM_NOTIFIER_ROOM_URL"] = f"{receiver.origin}/{TOKEN}"
        assert tandem.ok("alert", "test", "room", "--json").json == {
            "channel": "room", "delivered": True, "answer": "code 0 ok",
        }  # fmt: skip
    assert TOKEN not in left_in(tandem.home)


def test_wrong_words_and_a_wrong_file(tandem: Tandem) -> None:
    def told(*words: str, stdin: str = "") -> tuple[int, str]:
        ran = tandem.run(*words, stdin=stdin)
        return ran.code, ran.err

    save = ("alert", "channel", "save", "ops")
    code, err = told(*save)
    assert code == 2
    assert "needs --kind" in err
    assert told(*save, "--kind", "slack", "--secret", "url")[1].startswith(
        "tandem: 'url' is not valid: stdin"
    )
    assert "read-only" in told("--read-only", *save, "--kind", "slack")[1]
    file = tandem.home / "notifiers.toml"
    file.write_text(f'[[channel]]\nname = "ops"\nkind = "slack"\nurl = "{TOKEN}"\n')
    code, err = told("alert", "channels")
    assert code == 1
    assert "at line 4, 'url': it is a secret" in err
    assert TOKEN not in err


def test_nothing_sent_is_said_so(tandem: Tandem) -> None:
    assert tandem.ok("alert", "deliveries").out == "nothing was sent\n"
