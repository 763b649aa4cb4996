"""A changed large file is sent by its differences; whatever changed, the result is the file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.fleet.copying.ahead import Ahead
from console.fleet.copying.delta import Walk
from console.fleet.copying.listing import list_remote
from console.fleet.copying.pace import Pace
from console.fleet.copying.pull import Pull
from console.fleet.copying.push import Push
from console.fleet.copying.sources import LocalSource
from tests.integration.copies.conftest import Copying, parts, random_file, sha256
from tests.lab.sshd import LabServer

MIB = 1024 * 1024
SIZE = 24 * MIB


def push_and_count(copying: Copying, name: str, source: Path, remote: str) -> int:
    """Bytes of content that crossed the wire."""
    pace = Pace(0, lambda *_: None, lambda: None)
    with copying.rig.fleet.copy_link(name, {"push": remote}) as link, link.open() as channel:
        Push(channel, LocalSource(source), remote, pace, open_lane=link.open).run()
    return pace.sent


def overwritten(data: bytes) -> bytes:
    return data[: 5 * MIB] + os.urandom(MIB) + data[6 * MIB :]


def inserted(data: bytes) -> bytes:
    return os.urandom(MIB) + data


def removed(data: bytes) -> bytes:
    return data[: 3 * MIB + 17] + data[5 * MIB + 1 :]


def moved(data: bytes) -> bytes:
    return data[10 * MIB + 5 :] + data[: 10 * MIB + 5]


@pytest.mark.parametrize("warm", [True, False], ids=["kept sums", "no sums"])
@pytest.mark.parametrize("change", [overwritten, inserted, removed, moved])
def test_little_is_sent_for_little_change(
    copying: Copying, lab_server: LabServer, tmp_path: Path, change: object, warm: bool
) -> None:
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", SIZE)
    if warm:
        copying.push(name, source, "there")
        assert list((lab_server.home / ".tandem" / "cache" / "sums").iterdir())
    else:
        (lab_server.home / "there").write_bytes(source.read_bytes())
    source.write_bytes(change(source.read_bytes()))  # type: ignore[operator]
    sent = push_and_count(copying, name, source, "there")
    assert sha256(lab_server.home / "there") == sha256(source)
    assert sent <= MIB + 4 * 64 * 1024
    assert parts(lab_server.home) == []


def kept_sums(server: LabServer) -> bytes:
    """Of the one file that has some."""
    (kept,) = (server.home / ".tandem" / "cache" / "sums").iterdir()
    return kept.read_bytes()


@pytest.mark.parametrize("change", [overwritten, inserted, removed, moved])
def test_sums_that_moved_with_their_blocks_serve_the_push_after(
    copying: Copying, lab_server: LabServer, tmp_path: Path, change: object
) -> None:
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", SIZE)
    copying.push(name, source, "there")
    for _ in range(3):
        before = kept_sums(lab_server)
        source.write_bytes(change(source.read_bytes()))  # type: ignore[operator]
        sent = push_and_count(copying, name, source, "there")
        assert sha256(lab_server.home / "there") == sha256(source)
        assert sent <= MIB + 6 * 64 * 1024
        assert kept_sums(lab_server) != before


def test_a_file_that_changed_while_the_way_was_opened_arrives_as_it_is(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    """Its first bytes were hashed before: the hash of the whole tells, and all of it is sent."""
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", SIZE)
    copying.push(name, source, "there")
    pace = Pace(0, lambda *_: None, lambda: None)
    what: dict[str, object] = {"push": "there"}
    with (
        Ahead.of(LocalSource(source)) as ahead,
        copying.rig.fleet.copy_link(name, what) as link,
        link.open() as channel,
    ):
        assert ahead._thread is not None
        ahead._thread.join(30)
        with source.open("r+b") as file:
            file.write(b"other bytes")
        Push(channel, LocalSource(source), "there", pace, open_lane=link.open, ahead=ahead).run()
    assert (lab_server.home / "there").read_bytes() == source.read_bytes()
    assert pace.sent >= SIZE
    assert parts(lab_server.home) == []


def pull_and_count(copying: Copying, name: str, remote: str, local: Path) -> int:
    """Bytes of content that crossed the wire."""
    pace = Pace(0, lambda *_: None, lambda: None)
    with copying.rig.fleet.copy_link(name, {"pull": remote}) as link, link.open() as channel:
        Pull(channel, list_remote(channel, remote), local, pace).run()
    return pace.sent


@pytest.mark.parametrize("change", [overwritten, inserted, removed, moved])
def test_little_is_fetched_for_little_change(
    copying: Copying, lab_server: LabServer, tmp_path: Path, change: object
) -> None:
    name = copying.rig.add(lab_server)
    there, here = random_file(lab_server.home / "there", SIZE), tmp_path / "here"
    copying.pull(name, "there", here)
    there.write_bytes(change(there.read_bytes()))  # type: ignore[operator]
    there.chmod(0o640)
    sent = pull_and_count(copying, name, "there", here)
    assert sha256(here) == sha256(there)
    assert sent <= MIB + 4 * 64 * 1024
    assert here.stat().st_mtime_ns == there.stat().st_mtime_ns
    assert here.stat().st_mode & 0o777 == 0o640
    assert parts(tmp_path) == []
    assert not (lab_server.home / ".tandem" / "cache").exists(), "a pull leaves nothing there"


@pytest.mark.parametrize("kind", ["other", "zeros", "longer", "shorter", "same"])
def test_any_file_pulled_over_any_other_is_right(
    copying: Copying, lab_server: LabServer, tmp_path: Path, kind: str
) -> None:
    name = copying.rig.add(lab_server)
    there, here = random_file(lab_server.home / "there", 3 * MIB + 333), tmp_path / "here"
    data = there.read_bytes()
    here.write_bytes(
        {
            "other": os.urandom(3 * MIB),
            "zeros": bytes(2 * MIB),
            "longer": data + b"x",
            "shorter": data[: 2 * MIB - 7],
            "same": data,
        }[kind]
    )
    before = here.stat()
    pulled = copying.pull(name, "there", here)
    assert here.read_bytes() == data
    assert pulled.sha256 == sha256(there)
    assert (here.stat().st_ino == before.st_ino) == (kind == "same"), "what is the same is not written again"


def test_sums_that_lie_cost_a_pull_its_time_only(
    copying: Copying, lab_server: LabServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks that only look alike: the SHA-256 of the whole decides, and the file is fetched whole."""
    name = copying.rig.add(lab_server)
    there, here = random_file(lab_server.home / "there", 4 * MIB), tmp_path / "here"
    here.write_bytes(there.read_bytes()[: 2 * MIB] + os.urandom(2 * MIB) + b"more")
    monkeypatch.setattr(Walk, "_is", lambda *_: True)
    sent = pull_and_count(copying, name, "there", here)
    assert here.read_bytes() == there.read_bytes()
    assert sent >= 4 * MIB
    assert parts(tmp_path) == []


@pytest.mark.parametrize("kind", ["other", "zeros", "longer", "shorter", "same"])
def test_any_file_over_any_other_is_right(
    copying: Copying, lab_server: LabServer, tmp_path: Path, kind: str
) -> None:
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", 3 * MIB + 333)
    copying.push(name, source, "there")
    data = source.read_bytes()
    source.write_bytes(
        {
            "other": os.urandom(3 * MIB),
            "zeros": bytes(2 * MIB),
            "longer": data + b"x",
            "shorter": data[: 2 * MIB - 7],
            "same": data,
        }[kind]
    )
    copying.push(name, source, "there")
    assert (lab_server.home / "there").read_bytes() == source.read_bytes()


def test_a_file_that_others_changed_is_still_replaced_rightly(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    """Sums that were kept may be of what is no more there: the SHA-256 of the whole decides."""
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", 4 * MIB)
    copying.push(name, source, "there")
    (kept,) = (lab_server.home / ".tandem" / "cache" / "sums").iterdir()
    old = kept.read_bytes()
    with (lab_server.home / "there").open("r+b") as file:
        file.seek(MIB)
        file.write(os.urandom(MIB))
    found = (lab_server.home / "there").stat()
    from console.agent.block_sums import SumCache

    stamp = SumCache._stamp(found, 32 * 1024)
    kept.write_bytes(stamp + old[len(stamp) :])  # a lie that the stamp cannot tell
    source.write_bytes(source.read_bytes() + b"more")
    sent = push_and_count(copying, name, source, "there")
    assert (lab_server.home / "there").read_bytes() == source.read_bytes()
    assert sent >= 4 * MIB


def test_kept_sums_stay_within_their_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.agent import block_sums

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(block_sums, "MAX_CACHE", 10_000)
    file = random_file(tmp_path / "file", 100)
    for number in range(10):
        block_sums.SumCache().keep(f"{file}-{number}", file.stat(), 4096, bytes(3000))
    kept = list((tmp_path / ".tandem" / "cache" / "sums").iterdir())
    assert 0 < sum(each.stat().st_size for each in kept) <= 10_000
