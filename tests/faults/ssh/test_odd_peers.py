"""Peers that break the rules after the login, or try to write into our log."""

from __future__ import annotations

import logging

import paramiko
import pytest
from paramiko.message import Message

from console.core.problems import Problem
from console.ssh.auth import Auth
from console.ssh.deadline import Deadline
from tests.integration.ssh.test_asking import target_of
from tests.lab.client import Client
from tests.lab.odd_server import PASSWORD, OddServer, flood

pytestmark = pytest.mark.faults


def test_r51_a_server_that_ignores_the_window_is_thrown_out(client: Client) -> None:
    with OddServer(on_exec=flood) as server:
        connection = client.open(target_of(client, server), auth=Auth(password=lambda _: PASSWORD))
        channel = connection.exec("anything")
        channel._channel.status_event.wait(20)
        assert not connection.is_alive
        held = len(channel._channel.in_buffer)
        with pytest.raises(Problem) as caught:
            connection.exec("again", deadline=Deadline.after(1))
    assert caught.value.code == "ssh.lost"
    assert "more than its window" in caught.value.sentence
    assert held < 4 * 1024 * 1024


def test_r55_a_server_cannot_forge_a_line_of_our_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def rude(channel: paramiko.Channel) -> None:
        message = Message()
        message.add_byte(b"\x01")  # SSH_MSG_DISCONNECT
        message.add_int(2)
        message.add_string("bye\n2026-01-01 INFO \x1b[31mall is well")
        message.add_string("en")
        channel.get_transport()._send_message(message)  # type: ignore[attr-defined]

    with caplog.at_level(logging.DEBUG, logger="console.ssh.wire"), OddServer(on_exec=rude) as server:
        connection = client.open(target_of(client, server), auth=Auth(password=lambda _: PASSWORD))
        channel = connection.exec("anything")
        with pytest.raises(Problem) as caught:
            channel.read(1, Deadline.after(10))
    assert caught.value.code == "ssh.lost"
    said = [record for record in caplog.records if "bye" in record.getMessage()]
    assert said
    for record in said:
        assert record.levelno == logging.DEBUG
        assert "\n" not in record.getMessage()
        assert "\x1b" not in record.getMessage()
