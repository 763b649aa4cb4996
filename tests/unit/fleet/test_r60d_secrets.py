"""Secrets: asked once for all who wait, kept where the person says so, and never in a plain file."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from console.core.notify import Notice, Notifier
from console.core.problems import Problem
from console.core.prompt import Asked, Kind, Prompt, Reply
from console.fleet.secrets import NO_KEYRING, Secrets
from console.ssh.target import Target

GPU = Target("gpu-1", "10.0.0.1", user="me")
ODD = Target("gpu-2", "10.0.0.2", 2222, user="me")


class Memory(keyring.backend.KeyringBackend):
    """A keyring that keeps in memory, or is locked."""

    priority = 9  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False
        self.reads = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        if self.locked:
            raise KeyringLocked("the collection is locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("the collection is locked")
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise PasswordDeleteError("not there")
        del self.held[service, username]


class Person:
    """Answers what is asked with the next of its replies."""

    def __init__(self, *replies: Reply | None) -> None:
        self.replies = list(replies)
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> None:
        self.asked.append(asked)
        asked.answer(self.replies.pop(0) if self.replies else None)


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    backend = Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def made(tmp_path: Path, person: Person, notices: list[Notice] | None = None) -> Secrets:
    prompt, notify = Prompt(), Notifier()
    prompt.listen(person)
    if notices is not None:
        notify.listen(notices.append)
    return Secrets(prompt, notify, tmp_path / "secrets.json")


def password(secrets: Secrets, target: Target = GPU) -> str | None:
    asked = secrets.auth().password
    assert asked is not None
    return asked(target)


def tell(secrets: Secrets, worked: bool, what: str = "password", target: Target = GPU) -> None:
    told = secrets.auth().outcome
    assert told is not None
    told(target, what, worked)


def test_r60d_an_answer_is_kept_for_this_run_and_the_keyring_is_left_alone(
    memory: Memory, tmp_path: Path
) -> None:
    person = Person(Reply(("s3cret",)))
    secrets = made(tmp_path, person)
    assert [password(secrets), password(secrets)] == ["s3cret", "s3cret"]
    tell(secrets, worked=True)
    assert (memory.held, memory.reads, len(person.asked)) == ({}, 0, 1)
    assert person.asked[0].question.can_keep
    assert list(tmp_path.iterdir()) == []


def test_r60d_it_is_kept_in_the_keyring_where_asked_to_and_only_once_it_was_right(
    memory: Memory, tmp_path: Path
) -> None:
    secrets = made(tmp_path, Person(Reply(("wrong",), keep=True), Reply(("right",), keep=True)))
    assert password(secrets) == "wrong"
    tell(secrets, worked=False)
    assert memory.held == {}
    assert password(secrets) == "right"
    tell(secrets, worked=True)
    assert memory.held == {("tandem", "password me@10.0.0.1"): "right"}
    nobody = Person()
    again = made(tmp_path, nobody)
    assert (password(again), nobody.asked) == ("right", [])
    assert again.kept() == ("password me@10.0.0.1",)
    assert b"right" not in (tmp_path / "secrets.json").read_bytes()
    again.forget("password me@10.0.0.1")
    assert (memory.held, again.kept(), password(again)) == ({}, (), None)
    with pytest.raises(Problem):
        again.forget("password me@10.0.0.1")


def test_r60d_a_kept_secret_that_is_wrong_is_asked_for_anew(memory: Memory, tmp_path: Path) -> None:
    secrets = made(tmp_path, Person(Reply(("old",), keep=True)))
    password(secrets)
    tell(secrets, worked=True)
    person = Person(Reply(("new",)))
    later = made(tmp_path, person)
    assert password(later) == "old"
    tell(later, worked=False)
    assert password(later) == "new"
    assert "wrong" in person.asked[0].question.note


@pytest.mark.parametrize("empty_chain", [False, True])
def test_r60d_without_a_keyring_it_is_this_run_only_and_it_says_so(
    memory: Memory, tmp_path: Path, empty_chain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = keyring.backends.chainer.ChainerBackend()
    monkeypatch.setattr(type(chain), "backends", [keyring.backends.fail.Keyring()])
    keyring.set_keyring(chain if empty_chain else keyring.backends.fail.Keyring())
    person = Person(Reply(("s3cret",), keep=True))
    secrets = made(tmp_path, person)
    assert password(secrets) == "s3cret"
    tell(secrets, worked=True)
    shown = person.asked[0].question
    assert (shown.can_keep, shown.note) == (False, NO_KEYRING)
    assert list(tmp_path.iterdir()) == []


def test_r60d_a_locked_keyring_is_told_and_the_secret_lives_for_this_run(
    memory: Memory, tmp_path: Path
) -> None:
    notices: list[Notice] = []
    secrets = made(tmp_path, Person(Reply(("s3cret",), keep=True)), notices)
    password(secrets)
    memory.locked = True
    tell(secrets, worked=True)
    assert password(secrets) == "s3cret"
    assert notices[0].text == "The system keyring could not be used: the collection is locked."
    assert secrets.kept() == ()


def test_many_servers_with_one_key_ask_once(memory: Memory, tmp_path: Path) -> None:
    prompt = Prompt()
    count: list[Asked] = []

    def slow(asked: Asked) -> None:
        count.append(asked)
        threading.Timer(0.2, asked.answer, [Reply(("open",))]).start()

    prompt.listen(slow)
    passphrase = Secrets(prompt, Notifier(), tmp_path / "s").auth().passphrase
    assert passphrase is not None
    got: list[str | None] = []
    threads = [
        threading.Thread(target=lambda n=n: got.append(passphrase(Target(f"s{n}", "h"), Path("/k"))))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (got, len(count)) == (["open"] * 20, 1)
    assert count[0].question.kind is Kind.PASSPHRASE


def test_a_no_is_a_no_for_all_who_wait(memory: Memory, tmp_path: Path) -> None:
    prompt = Prompt()
    count: list[Asked] = []

    def refuse(asked: Asked) -> None:
        count.append(asked)
        time.sleep(0.2)
        asked.answer(None)

    prompt.listen(refuse)
    ask = Secrets(prompt, Notifier(), tmp_path / "s").auth().passphrase
    assert ask is not None
    got: list[str | None] = []
    threads = [threading.Thread(target=lambda: got.append(ask(GPU, Path("/k")))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (got, len(count)) == ([None] * 5, 1)


def test_one_time_codes_are_asked_for_each_time(memory: Memory, tmp_path: Path) -> None:
    person = Person(Reply(("1", "2")), Reply(("3", "4")))
    answers = made(tmp_path, person).auth().answers
    assert answers is not None
    prompts = [("Code:", False), ("Again:", True)]
    assert answers(ODD, "Enter your master password", prompts) == ("1", "2")
    assert answers(ODD, "", prompts) == ("3", "4")
    shown = person.asked[0].question
    # what a server says is its own words beside its name.
    assert (shown.server, shown.said) == ("gpu-2", "Enter your master password")
    assert shown.about == "me@[10.0.0.2]:2222"
    assert not shown.can_keep


def test_r14_a_touch_is_told(tmp_path: Path) -> None:
    notices: list[Notice] = []
    touch = made(tmp_path, Person(), notices).auth().touch
    assert touch is not None
    touch(GPU, "id_sk (agent)")
    assert notices[0].text == "gpu-1: touch your security key (id_sk (agent))."


# --- secrets of jobs


def test_a_job_s_secret_is_asked_for_once_and_kept_only_where_asked_to(
    memory: Memory, tmp_path: Path
) -> None:
    person = Person(Reply(("v4lue-1",)), Reply(("v4lue-2",), keep=True))
    secrets = made(tmp_path, person)
    assert secrets.known_for_job("hub") is None
    assert [secrets.for_job("hub", "gpu-1"), secrets.for_job("hub", "gpu-1")] == ["v4lue-1", "v4lue-1"]
    question = person.asked[0].question
    assert (question.kind, question.server, question.about) == (Kind.SECRET, "gpu-1", "hub")
    assert (memory.held, secrets.kept()) == ({}, ())
    assert secrets.for_job("wandb", "gpu-1") == "v4lue-2"
    assert secrets.kept() == ("secret wandb",)
    # Another run of the console has it from the keyring and asks nobody.
    other = made(tmp_path, Person())
    assert (other.for_job("wandb", "gpu-1"), other.known_for_job("hub")) == ("v4lue-2", None)
    assert "v4lue-2" not in (tmp_path / "secrets.json").read_text()
    other.forget("secret wandb")
    assert other.known_for_job("wandb") is None


def test_a_job_s_secret_that_nobody_gives_is_none(memory: Memory, tmp_path: Path) -> None:
    secrets = made(tmp_path, Person(None))
    assert secrets.for_job("hub", "gpu-1") is None
    unheard = Secrets(Prompt(), Notifier(), tmp_path / "secrets.json")
    assert unheard.for_job("hub", "gpu-1") is None
