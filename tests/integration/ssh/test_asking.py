"""Passwords and questions: asked of the person once, answered once, never tried again by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from console.core.problems import Problem
from console.ssh.auth import Auth
from console.ssh.deadline import Deadline
from console.ssh.known_hosts import HostKey
from console.ssh.target import Target
from tests.lab.client import Client
from tests.lab.odd_server import ANSWERS, PASSWORD, USER, OddServer


def target_of(client: Client, server: OddServer) -> Target:
    client.trust.add("127.0.0.1", server.port, HostKey(server.key.get_name(), server.key.asbytes()))
    return Target(
        "odd",
        "127.0.0.1",
        server.port,
        user=USER,
        identities_only=True,
        identity_agent="none",
        known_hosts=(),
    )


@pytest.fixture(autouse=True)
def _no_keys_of_this_account(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("empty-home")))


def test_a_password_is_asked_for_on_the_connecting_thread(client: Client) -> None:
    asked: list[str] = []

    def password(target: Target) -> str:
        asked.append(f"{target.name} {threading.current_thread().name}")
        return PASSWORD

    with OddServer() as server:
        connection = client.open(target_of(client, server), auth=Auth(password=password))
        with connection.exec("anything") as channel:
            assert channel.read_all(10, Deadline.after(5)) == b"ok\n"
        connection.close()
    assert asked == [f"odd {threading.current_thread().name}"]


def test_r15_a_wrong_password_is_tried_once(client: Client) -> None:
    with OddServer() as server:
        with pytest.raises(Problem) as caught:
            client.open(target_of(client, server), auth=Auth(password=lambda _: "wrong"))
        assert server.passwords == ["wrong"]
    assert caught.value.code == "ssh.auth_failed"
    assert caught.value.attrs["tried"] == "password"
    assert "wrong" not in str(caught.value)


def test_nobody_to_ask_says_so(client: Client) -> None:
    with OddServer() as server, pytest.raises(Problem) as caught:
        client.open(target_of(client, server))
    assert caught.value.code == "ssh.auth_failed"
    assert caught.value.attrs["accepted"] == "password"


def test_a_password_is_not_asked_for_where_it_is_no_use(client: Client) -> None:
    asked: list[Target] = []
    with OddServer(methods="publickey") as server, pytest.raises(Problem) as caught:
        client.open(target_of(client, server), auth=Auth(password=lambda t: asked.append(t)))  # type: ignore[func-returns-value]
    assert caught.value.attrs["accepted"] == "publickey"
    assert asked == []


def test_r56_questions_are_shown_as_plain_text_and_answered(client: Client) -> None:
    seen: list[object] = []

    def answers(target: Target, text: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        seen.append((target.name, text, list(prompts)))
        return ANSWERS

    with OddServer(methods="keyboard-interactive") as server:
        assert client.open(target_of(client, server), auth=Auth(answers=answers)).is_alive
        client.close()
    assert seen == [("odd", "Title Please answer", [("Code:", False), ("Again:", True)])]


def test_a_person_who_does_not_answer_is_not_let_in(client: Client) -> None:
    with OddServer(methods="keyboard-interactive") as server:
        with pytest.raises(Problem) as caught:
            client.open(target_of(client, server), auth=Auth(answers=lambda *_: None))
        assert server.answers == []
    assert caught.value.code == "ssh.auth_failed"


def test_a_password_is_never_given_to_a_question(client: Client) -> None:
    with OddServer(methods="keyboard-interactive") as server:
        with pytest.raises(Problem):
            client.open(target_of(client, server), auth=Auth(password=lambda _: PASSWORD))
        assert server.answers == []
        assert server.passwords == []


def test_two_factors_in_a_row(client: Client) -> None:
    with OddServer(methods="password", needs_both=True) as server:
        auth = Auth(password=lambda _: PASSWORD, answers=lambda *_: ANSWERS)
        assert client.open(target_of(client, server), auth=auth).is_alive
        assert (server.passwords, server.answers) == ([PASSWORD], [ANSWERS])
        client.close()


def test_the_time_a_person_takes_is_not_the_servers(client: Client) -> None:
    def slow(_: Target) -> str:
        time.sleep(1.2)
        return PASSWORD

    with OddServer() as server:
        connection = client.open(target_of(client, server), auth=Auth(password=slow), timeout_s=1.0)
        assert connection.is_alive
        connection.close()
