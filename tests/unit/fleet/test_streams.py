"""Streams, logs that are read again, errors of an agent, the client over a channel in memory."""

from __future__ import annotations

import base64
import threading
import time

import pytest

from console.core.problems import Problem
from console.fleet.agent_client import AgentClient
from console.fleet.frames import FrameDecoder, encode
from console.fleet.remote_problem import problem_from
from console.fleet.streams import FollowedLog, Stream


def test_events_come_in_order_and_then_the_result() -> None:
    stream = Stream("s", "exec", lambda: None)
    for number in range(3):
        stream.on_event({"n": number}, 10)
    stream.on_result({"exit_code": 0})
    assert [event["n"] for event in stream] == [0, 1, 2]
    assert stream.result() == {"exit_code": 0}


def test_a_full_stream_never_blocks_the_reader_and_tells_what_was_lost() -> None:
    ended: list[bool] = []
    stream = Stream("s", "x", lambda: ended.append(True), max_waiting_bytes=100)
    for number in range(10_000):
        stream.on_event({"n": number}, 40)
    assert [event["n"] for event in stream] == [0, 1]
    with pytest.raises(Problem) as found:
        stream.result()
    assert found.value.code == "agent.overrun"
    assert ended == [True]


def test_one_event_larger_than_the_bound_still_passes() -> None:
    stream = Stream("s", "x", lambda: None, max_waiting_bytes=100)
    stream.on_event({"n": 1}, 1000)
    stream.on_result({})
    assert [event["n"] for event in stream] == [1]


def test_a_stream_of_its_own_agent_holds_the_reader_back() -> None:
    stream = Stream("s", "exec", lambda: None, holds_back=True, max_waiting_bytes=100)

    def read() -> None:
        for number in range(50):
            stream.on_event({"n": number}, 60)
        stream.on_result({})

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.05)
    assert reader.is_alive()
    assert [event["n"] for event in stream] == list(range(50))
    reader.join()


@pytest.mark.parametrize("how", ["close", "lost"])
def test_a_held_reader_is_freed_by_the_end(how: str) -> None:
    stream = Stream("s", "exec", lambda: None, holds_back=True, max_waiting_bytes=10)
    reader = threading.Thread(target=lambda: [stream.on_event({}, 10) for _ in range(3)])
    reader.start()
    time.sleep(0.02)
    if how == "close":
        stream.close()
    else:
        stream.on_problem(Problem("ssh.lost", server="s", reason="x"))
    reader.join(5)
    assert not reader.is_alive()


def test_a_log_that_was_read_too_slowly_goes_on_where_it_was() -> None:
    text = bytes(range(256)) * 4
    opened: list[int] = []

    def open_at(offset: int) -> Stream:
        opened.append(offset)
        stream = Stream("s", "job.follow", lambda: None, max_waiting_bytes=300)
        for at in range(offset, len(text), 100):
            part = text[at : at + 100]
            stream.on_event({"offset": at, "data_b64": base64.b64encode(part).decode()}, 100)
        stream.on_result({"ended": True, "size": len(text)})
        return stream

    log = FollowedLog(open_at, 0)
    assert b"".join(base64.b64decode(event["data_b64"]) for event in log) == text
    assert log.result() == {"ended": True, "size": len(text)}
    assert opened == [0, 300, 600, 900]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": "remote.disk_full", "attrs": {"path": "/x"}}, "remote.disk_full"),
        ({"code": "remote.disk_full", "attrs": {}}, "agent.failed"),
        ({"code": "store.corrupt", "attrs": {"path": "/x", "reason": "y"}}, "agent.failed"),
        ({"code": "remote.nonsense", "attrs": {"a": 1}}, "agent.failed"),
        ({"code": 7, "attrs": 8}, "agent.failed"),
        (
            {"code": "remote.disk_full", "attrs": {"code": "x", "self": 1, "path": "\x1b[31mred"}},
            "remote.disk_full",
        ),
        ("no object", "agent.failed"),
        (None, "agent.failed"),
    ],
)
def test_errors_become_problems(error: object, code: str) -> None:
    problem = problem_from("gpu-1", "job.submit", error)
    assert problem.code == code
    assert problem.attrs["server"] == "gpu-1"
    assert "\x1b" not in str(problem)


class Wire:
    """A channel in memory."""

    def __init__(self) -> None:
        self.coming: list[bytes] = []
        self.sent = b""
        self.closed = False

    def read(self, max_bytes: int, timeout_s: float) -> bytes | None:
        if self.coming:
            return self.coming.pop(0)
        return b"" if self.closed else None

    def write(self, data: bytes, timeout_s: float) -> None:
        self.sent += data

    def close(self) -> None:
        self.closed = True

    def said(self) -> str:
        return ""


def test_answers_find_their_callers_and_strangers_are_ignored() -> None:
    wire = Wire()
    client = AgentClient(wire, "s")
    answers: dict[str, object] = {}
    threads = [
        threading.Thread(target=lambda name=name: answers.update({name: client.call(name, timeout_s=5)}))
        for name in ("a", "b")
    ]
    for thread in threads:
        thread.start()
    while len(FrameDecoder().feed(wire.sent)) < 2:
        time.sleep(0.001)
    requests = [frame for frame, _ in FrameDecoder().feed(wire.sent)]
    for number in (99, "x", None, True):
        wire.coming.append(encode({"id": number, "result": {}}))
    wire.coming.append(encode({"beat": 1}))
    for request in reversed(requests):
        wire.coming.append(encode({"id": request["id"], "result": {"for": request["method"]}}))
    while client.pending:
        assert client.pump(0.01)
    for thread in threads:
        thread.join()
    assert answers == {"a": {"for": "a"}, "b": {"for": "b"}}


def test_the_end_reaches_everyone_who_waits() -> None:
    wire = Wire()
    client = AgentClient(wire, "s")
    stream = client.stream("job.follow")
    failed: list[Problem] = []

    def ask() -> None:
        try:
            client.call("x", timeout_s=5)
        except Problem as problem:
            failed.append(problem)

    thread = threading.Thread(target=ask)
    thread.start()
    while client.pending < 2:
        time.sleep(0.001)
    wire.coming.append(b"\xff\xff\xff\xff")
    assert not client.pump(0.01)
    thread.join()
    assert [problem.code for problem in failed] == ["agent.protocol"]
    assert list(stream) == []
    with pytest.raises(Problem):
        stream.result()
    assert wire.closed
    with pytest.raises(Problem):
        client.call("y", timeout_s=1)
