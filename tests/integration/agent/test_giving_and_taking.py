"""Servers that copy do not trust each other: a taker gets what is given alone, a giver writes nowhere."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.agent.copier import Message
from console.agent.giving import Giving, Goods
from console.agent.peers import SocketPipe
from console.agent.taking import Hopeless, Taking
from console.agent.wire import AgentError

ROW = ["a", "f", 1, 0o644, 0]
ROOT = ["", "d", 0, 0o755, 0]


@pytest.fixture
def ends() -> Iterator[tuple[SocketPipe, SocketPipe]]:
    """The two ends of one line, without TLS: that is test_peers.py's."""
    here, there = socket.socketpair()
    pipes = SocketPipe(here), SocketPipe(there)  # type: ignore[arg-type]
    here.settimeout(10)
    yield pipes
    for pipe in pipes:
        pipe.close()


@pytest.fixture
def given(tmp_path: Path, ends: tuple[SocketPipe, SocketPipe]) -> Iterator[tuple[SocketPipe, Goods]]:
    """A line to a giver of one folder, and what it gives."""
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "file").write_bytes(b"content")
    (tmp_path / "secret").write_bytes(b"secret")
    goods = Goods()
    goods.look(str(folder))
    (folder / "later").write_bytes(b"was not there when it was listed")
    (folder / "link").symlink_to("../secret")
    giving = Giving(goods, ["taker"])
    thread = threading.Thread(target=giving.serve, args=("taker", ends[1]))
    thread.start()
    yield ends[0], goods
    ends[0].close()
    thread.join(10)


@pytest.mark.parametrize(
    "asked",
    ["../secret", "/etc/passwd", "link", "later", "", "file/../../secret", "file\0", None, 5, ["file"], {}],
)
def test_nothing_is_had_but_what_was_listed(given: tuple[SocketPipe, Goods], asked: object) -> None:
    line, _ = given
    line.send({"op": "get", "list": [[asked, 0, None]]})
    assert "refused" in line.receive_message()


@pytest.mark.parametrize(
    "message", [{"op": "file", "path": "x"}, {"op": "drop"}, {"op": 3}, {}, {"op": "begin"}]
)
def test_a_giver_does_nothing_else(given: tuple[SocketPipe, Goods], message: Message) -> None:
    line, _ = given
    line.send(message)
    assert "refused" in line.receive_message()


def test_who_gives_on_what_was_changed_is_found_out(given: tuple[SocketPipe, Goods], tmp_path: Path) -> None:
    """The hash is the one with which it arrived there, so another content does not fit it."""
    line, goods = given
    goods.hashes["file"] = "0" * 64
    line.send({"op": "get", "list": [["file", 0, None]]})
    assert line.receive_message()["batch"][0][4] == "0" * 64


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ([ROOT, ["../x", *ROW[1:]]], {}),
        ([ROOT, ["/etc/x", *ROW[1:]]], {}),
        ([ROOT, ["a//b", *ROW[1:]]], {}),
        ([ROOT, ["a/./b", *ROW[1:]]], {}),
        ([ROOT, ["a\0", *ROW[1:]]], {}),
        ([ROOT, ["", *ROW[1:]]], {}),
        ([ROOT, ["a", "l", 1, 0, 0]], {}),
        ([ROOT, ["a", "f", -1, 0, 0]], {}),
        ([ROOT, ["a", "f", 2**63, 0, 0]], {}),
        ([ROOT, ["a", "f", True, 0, 0]], {}),
        ([ROOT, ["a", "f", "1", 0, 0]], {}),
        ([ROOT, "row"], {}),
        ([ROW], {}),
        ([], {}),
        ([ROOT], {"kind": "file"}),
        ([ROOT], {"kind": "device"}),
        ([ROOT], {"name": ".."}),
        ([ROOT], {"name": "a/b"}),
        ([ROOT], {"name": None}),
    ],
)
def test_a_listing_that_leads_anywhere_is_refused_before_anything_is_written(
    ends: tuple[SocketPipe, SocketPipe],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[object],
    more: dict[str, object],
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    line, giver = ends
    giver.send({"entries": rows})
    giver.send({"end": True, "name": "given", "kind": "folder", "skipped": [], **more})
    taking = Taking("to", "origin", Goods(), lambda: None)
    with pytest.raises(Hopeless):
        taking.run(line)
    assert list(tmp_path.rglob("*")) == [home]


def test_a_size_that_no_disk_holds_is_refused_by_the_room_there_is(
    ends: tuple[SocketPipe, SocketPipe], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    line, giver = ends
    giver.send({"entries": [["", "f", 2**61, 0o644, 0]]})
    giver.send({"end": True, "name": "given", "kind": "file", "skipped": []})
    with pytest.raises(AgentError) as caught:
        Taking("to", "origin", Goods(), lambda: None).run(line)
    assert caught.value.code == "transfer.disk_full"
    assert list(tmp_path.iterdir()) == []
