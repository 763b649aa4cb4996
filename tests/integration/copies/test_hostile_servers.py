"""What a server says of its files is data: no name leads out of the target, no size costs memory."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.problems import Problem
from console.fleet.copying.listing import unsafe
from tests.integration.copies.conftest import Copying, content, parts, random_file
from tests.lab.hostile_copier import write
from tests.lab.sshd import LabServer

EVIL = [
    "..", "../evil", "sub/../../evil", "/etc/evil", ".", "sub//x", "", "C:\\evil", "C:evil", "a\\b",
    "new\nline", "\x1b[2Jclear", "nul\0byte", "‮gnp.exe", "x" * 256,
    "/".join(["d" * 200] * 30), "tab\t", "\x85",
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in EVIL if name])
def test_r42_unsafe_names_are_refused(name: str) -> None:
    assert unsafe(name)


@pytest.mark.parametrize("name", ["\ud800", "a\udfff", "x/\udd00"])
def test_r42_half_a_character_is_refused(name: str) -> None:
    assert unsafe(name)


@given(st.text(st.characters(), max_size=300))
def test_r42_what_is_let_through_stays_below_the_root(name: str) -> None:
    if unsafe(name) is None:
        root = "/srv/root"
        joined = os.path.normpath(os.path.join(root, name))  # noqa: PTH118 what a path library would do
        assert joined.startswith(root + "/")
        assert name.isprintable() or all(ord(char) >= 160 for char in name if not char.isprintable())


def test_r42_a_listing_with_hostile_names_writes_nothing_outside(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    script = f"""
names = {EVIL!r}
receive()
rows = [["", "d", 0, 0o755, 0]] + [[n, "f", 4, 0o644, 0] for n in names if n] + [["good", "f", 4, 0o644, 0]]
rows += [["folder\\x1b", "d", 0, 0o755, 0], ["..", "d", 0, 0o755, 0]]
send({{"entries": rows}})
send({{"end": True, "root": "/srv/data", "kind": "folder", "skipped": []}})
asked = receive()["list"]
send({{"batch": [[i, 4, 0o4777, 0, sha(b"evil")] for i in range(len(asked))]}})
data(b"evil" * len(asked))
send({{"got": len(asked)}})
time.sleep(5)
"""
    name = copying.rig.add(lab_server, python=write(tmp_path, script))
    jail = tmp_path / "jail" / "target"
    jail.parent.mkdir()
    with pytest.raises(Problem) as caught:
        copying.pull(name, "data", jail)
    assert caught.value.code == "transfer.incomplete"
    assert "leads out of the folder" in caught.value.sentence
    assert content(tmp_path / "jail") == {"target": None, "target/good": b"evil"}
    assert (jail / "good").stat().st_mode & 0o7777 == 0o777
    assert "\x1b" not in caught.value.sentence


@pytest.mark.parametrize("size", [2**40, 2**61, 2**62, -1])
def test_r43_a_huge_size_costs_nothing(
    copying: Copying, lab_server: LabServer, tmp_path: Path, size: int
) -> None:
    script = f"""
receive()
send({{"entries": [["", "f", {size}, 0o644, 0]]}})
send({{"end": True, "root": "/srv/data", "kind": "file", "skipped": []}})
time.sleep(5)
"""
    name = copying.rig.add(lab_server, python=write(tmp_path, script))
    tracemalloc.start()
    with pytest.raises(Problem) as caught:
        copying.pull(name, "data", tmp_path / "down" / "file")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code in ("transfer.local_full", "agent.protocol")
    assert peak < 20_000_000
    assert not (tmp_path / "down").exists() or content(tmp_path / "down") == {}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ('send({"file": 0, "size": 9**9, "offset": 0, "mode": 0, "mtime_ns": 0})\n'
         'while True: data(bytes(500000))', "transfer.failed"),
        ('send({"file": 7, "size": 1, "offset": 0, "mode": 0, "mtime_ns": 0})', "agent.protocol"),
        ('send({"file": 0, "size": 400000, "offset": 0, "mode": 0, "mtime_ns": 0}); data(bytes(400000))\n'
         'send({"end": 0, "sha256": "0" * 64, "missing": 0})', "transfer.mismatch"),
        ('send({"batch": [[0, 10**9, 0, 0, "x"]]}); data(b"x")', "transfer.mismatch"),
        ('send({"batch": [["a"]]}); data(b"x")', "agent.protocol"),
        ('out.write(b"\\x02\\xff\\xff\\xff\\xff"); out.flush()', "agent.protocol"),
        ('out.write(b"GET / HTTP"); out.flush()', "agent.protocol"),
        ("sys.exit(3)", "agent.failed"),
        ('send({"error": {"code": "store.damaged", "attrs": {"path": "x"}}})', "agent.failed"),
        ('send({"failed": 0, "why": {"code": "transfer.changed", "attrs": {"path": "/srv/data"}}})',
         "transfer.changed"),
    ],
)  # fmt: skip
def test_r43_nonsense_is_a_sentence_and_leaves_nothing(
    copying: Copying, lab_server: LabServer, tmp_path: Path, answer: str, code: str
) -> None:
    script = f"""
receive()
send({{"entries": [["", "f", 400000, 0o644, 0]]}})
send({{"end": True, "root": "/srv/data", "kind": "file", "skipped": []}})
receive()
{answer}
time.sleep(5)
"""
    name = copying.rig.add(lab_server, python=write(tmp_path, script))
    with pytest.raises(Problem) as caught:
        copying.pull(name, "data", tmp_path / "down" / "file")
    assert caught.value.code == code
    assert content(tmp_path / "down") == {}


def test_r44_a_name_that_is_no_utf8_goes_there_and_back(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    folder = os.fsencode(lab_server.home / "data")
    os.mkdir(folder)  # noqa: PTH102 bytes
    for each in (b"bad\xff", b"good", b"\xe4\xf6\xfc"):
        with open(folder + b"/" + each, "wb") as file:
            file.write(each)
    random_file(lab_server.home / "data" / "large", 400_000)
    copying.pull(name, "data", tmp_path / "back")
    assert sorted(os.listdir(os.fsencode(tmp_path / "back"))) == sorted(os.listdir(folder))  # noqa: PTH208
    assert (Path(os.fsdecode(os.fsencode(tmp_path / "back") + b"/bad\xff"))).read_bytes() == b"bad\xff"
    copying.push(name, tmp_path / "back", "again")
    assert sorted(os.listdir(os.fsencode(lab_server.home / "again"))) == sorted(os.listdir(folder))  # noqa: PTH208


def test_r42_a_link_here_is_not_followed_out_of_the_target(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    random_file(lab_server.home / "data" / "sub" / "file", 10)
    (tmp_path / "outside").mkdir()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "sub").symlink_to(tmp_path / "outside")
    with pytest.raises(Problem) as caught:
        copying.pull(name, "data", tmp_path / "target")
    assert caught.value.code == "file.unwritable"
    assert content(tmp_path / "outside") == {}
    assert parts(tmp_path) == []
