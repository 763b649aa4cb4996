"""Quiet connections are read by one thread: in order, without holding each other up, and any may leave it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from console.core.problems import Problem
from console.ssh import shared_reader
from console.ssh.connection import Connection
from console.ssh.deadline import Deadline
from tests.integration.fleet.rig import until
from tests.lab.client import Client, target_of
from tests.lab.sshd import LabServer

READER = "ssh-reader"


class Listener:
    """A command whose output is handed over."""

    def __init__(self, connection: Connection, command: str = "cat") -> None:
        self.connection = connection
        self.got = bytearray()
        self.by: list[str] = []
        self.ends: list[Problem | None] = []
        self.act: Callable[[], None] = lambda: None
        self.channel = connection.exec(command)
        self.channel.hand_over(self._take, self.ends.append)

    def _take(self, data: bytes | memoryview) -> None:
        self.act()
        self.by.append(threading.current_thread().name)
        self.got += data

    def say(self, line: str) -> None:
        self.channel.write(f"{line}\n".encode(), Deadline.after(5))

    @property
    def is_shared(self) -> bool:
        return self.connection._transport._is_shared

    def until_shared(self) -> None:
        """Something has to come once, for its own thread to see that nobody waits for it any more."""
        self.say("first")
        until(lambda: self.got == b"first\n" and self.is_shared, what="being shared")
        self.got.clear()
        self.by.clear()


@pytest.fixture
def brisk(tmp_path, lab_server: LabServer) -> Iterator[Client]:  # type: ignore[no-untyped-def]
    """A console whose watchdog looks ten times a second."""
    with Client(tmp_path / "brisk", interval_s=0.5, misses=60) as client:
        client.trusts(lab_server)
        yield client


@pytest.fixture
def listen(brisk: Client, lab_server: LabServer) -> Callable[..., Listener]:
    def make(command: str = "cat", server: LabServer = lab_server) -> Listener:
        return Listener(brisk.open(target_of(server)), command)

    return make


def lines(count: int) -> bytes:
    return b"".join(b"%d\n" % number for number in range(count))


def test_many_are_read_in_order_by_one_thread(listen: Callable[..., Listener]) -> None:
    listeners = [listen() for _ in range(4)]
    for each in listeners:
        each.until_shared()
    for number in range(50):
        for each in listeners:
            each.say(str(number))
    until(lambda: all(len(each.got) == len(lines(50)) for each in listeners), what="all lines")
    assert all(each.got == lines(50) for each in listeners)
    assert {name for each in listeners for name in each.by} == {READER}
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("ssh")]
    assert sorted(names) == [READER, "ssh-watchdog"]


def test_bulk_gets_a_thread_and_the_quiet_one_beside_it_waits_for_nothing(
    listen: Callable[..., Listener],
) -> None:
    bulk, quiet = listen("read a; echo $a; read b; head -c 30000000 /dev/zero; exec cat"), listen()
    bulk.until_shared()
    quiet.until_shared()
    bulk.say("go")
    until(lambda: len(bulk.got) > 1_000_000, what="bulk")
    quiet.say("hello")
    until(lambda: quiet.got == b"hello\n", what="the answer beside it")
    until(lambda: len(bulk.got) == 30_000_000, within_s=30, what="all of it")
    assert set(bulk.by) == {READER, bulk.connection._transport.name}
    assert set(quiet.by) == {READER}
    until(lambda: bulk.is_shared, what="quiet again")
    bulk.say("end")
    until(lambda: bulk.got.endswith(b"\0end\n"), what="the last line")


def test_a_command_beside_what_is_handed_over_is_read_by_a_thread_of_its_own(
    listen: Callable[..., Listener],
) -> None:
    listener = listen()
    listener.until_shared()
    with listener.connection.exec("echo one; read x; echo $x") as channel:
        assert channel.read(10, Deadline.after(5), at_least=4) == b"one\n"
        assert not listener.is_shared
        listener.say("beside")
        channel.write(b"two\n", Deadline.after(5))
        assert channel.read_all(10, Deadline.after(5)) == b"two\n"
        assert channel.exit_status(Deadline.after(5)) == 0
    until(lambda: listener.got == b"beside\n", what="what was said beside it")
    listener.say("after")
    until(lambda: listener.is_shared and listener.got == b"beside\nafter\n", what="shared again")


def test_what_raises_ends_its_own_connection_only(listen: Callable[..., Listener]) -> None:
    bad, good = listen(), listen()
    bad.until_shared()
    good.until_shared()

    def fail() -> None:
        raise ZeroDivisionError

    bad.act = fail
    bad.say("now")
    until(lambda: bad.ends, what="its end")
    assert [problem.code for problem in bad.ends if problem] == ["ssh.lost"]
    assert not bad.connection.is_alive
    good.say("still here")
    until(lambda: good.got == b"still here\n", what="the other's answer")
    assert set(good.by) == {READER}


@pytest.mark.parametrize("closed", [False, True])
def test_who_waits_in_there_holds_up_nobody_else(
    listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    monkeypatch.setattr(shared_reader, "HELD_UP_S", 0.3)
    stuck, good = listen(), listen()
    stuck.until_shared()
    good.until_shared()
    entered, go = threading.Event(), threading.Event()

    def wait() -> None:
        entered.set()
        assert go.wait(20)

    stuck.act = wait
    stuck.say("1")
    assert entered.wait(5)
    good.say("not held up")
    until(lambda: good.got == b"not held up\n", what="the other's answer")
    if closed:
        stuck.say("never read")
        stuck.connection.close()  # while its bytes wait
        go.set()
        until(lambda: stuck.ends, what="its end")
        assert b"never" not in stuck.got
    else:
        go.set()
        for number in range(2, 6):
            stuck.say(str(number))
        until(lambda: stuck.got == b"1\n2\n3\n4\n5\n" and stuck.is_shared, what="it going on, in order")
    good.say("end")
    until(lambda: good.got.endswith(b"end\n"), what="the other going on")
    assert set(good.by) == {READER}


def test_a_stuck_writer_holds_up_its_own_connection_only(listen: Callable[..., Listener]) -> None:
    """What is read is acknowledged now and then, which the shared thread does only where that cannot wait."""
    busy = listen("read a; echo $a; read b; for i in $(seq 40); do head -c 10000 /dev/zero; sleep 0.02; done")
    quiet = listen()
    busy.until_shared()
    quiet.until_shared()
    busy.say("go")
    with busy.connection._transport.packetizer._write_lock:  # a writer whose peer takes nothing
        until(lambda: not busy.is_shared, what="a thread of its own that waits for the writer")
        quiet.say("not held up")
        until(lambda: quiet.got == b"not held up\n", what="the other's answer")
    until(lambda: len(busy.got) == 400_000, what="all of it")


def test_keys_are_changed_by_a_thread_of_its_own(
    listen: Callable[..., Listener], brisk: Client, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server(options={"RekeyLimit": "100K", "LogLevel": "DEBUG1"})
    brisk.trusts(server)
    listener = listen(server=server)
    listener.until_shared()
    for number in range(60):
        listener.say(f"{number:09000}")
        until(lambda: listener.got.endswith(b"%09000d\n" % number), what="an answer")  # noqa: B023
    assert listener.got == b"".join(b"%09000d\n" % number for number in range(60))
    assert server.log_text().count("rekey in after") > 2
    until(lambda: listener.is_shared, what="shared again")


def test_a_server_that_goes_is_told_once_and_the_thread_ends_with_the_last(
    listen: Callable[..., Listener], lab_server: LabServer
) -> None:
    listeners = [listen() for _ in range(3)]
    for each in listeners:
        each.until_shared()
    lab_server.stop_listening()
    until(lambda: all(each.ends for each in listeners), what="the ends")
    assert [[problem.code for problem in each.ends if problem] for each in listeners] == [["ssh.lost"]] * 3
    until(lambda: READER not in {thread.name for thread in threading.enumerate()}, what="no thread")


def test_without_the_shared_thread_they_go_on_by_themselves(
    listen: Callable[..., Listener], brisk: Client
) -> None:
    listener = listen()
    listener.until_shared()
    brisk.watchdog.close()
    listener.say("alone")
    until(lambda: listener.got == b"alone\n", what="an answer")
    assert READER not in listener.by
    assert not listener.ends
