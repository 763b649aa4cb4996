"""The file browser's service on a real server: hostile names, nothing overwritten, nothing followed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.files import EntryKind, RemoteFiles, RemotePath
from console.operations.plan import Work
from tests.integration.fleet.rig import Rig
from tests.lab.sshd import LabServer

HOSTILE = [
    "..-not-up",
    " lead",
    "a\nb",
    "a\\nb",
    "\x1b[31mred",
    "\u202egnp.exe",
    "-rf",
    "*",
    "$(touch x)",
    "ü",
]


class Steps:
    """A StepContext that does nothing."""

    def check_cancelled(self) -> None: ...

    def progress(self, done: float, total: float, text: str = "") -> None: ...

    def note(self, text: str) -> None: ...

    def wait_s(self, seconds: float) -> None: ...


def perform(work: Work[int]) -> int:
    for action in work.actions:
        action.run(Steps())
    return work.result()


@pytest.fixture
def files(rig: Rig) -> RemoteFiles:
    return RemoteFiles(rig.fleet)


def names(files: RemoteFiles, server: str, path: str = "~") -> list[str]:
    return [entry.name for entry in files.list(server, RemotePath.of(path)).entries]


def refused(code: str, act: object, *arguments: object, **named: object) -> Problem:
    with pytest.raises(Problem) as caught:
        act(*arguments, **named)  # type: ignore[operator]
    assert caught.value.code == code, caught.value
    return caught.value


def test_r42_r44_hostile_names_are_shown_safely_and_still_mean_themselves(
    rig: Rig, files: RemoteFiles, lab_server: LabServer
) -> None:
    name = rig.add(lab_server)
    odd = os.fsencode(lab_server.home) + b"/bad\xff\xfe"
    for each in HOSTILE:
        (lab_server.home / each).write_text(each)
    Path(os.fsdecode(odd)).write_text("odd")
    folder = files.list(name, RemotePath.of("~"))
    assert len(folder.entries) == len(HOSTILE) + 1
    for entry in folder.entries:
        assert entry.name.isprintable()
        assert "\u202e" not in entry.name
    by_text = {files.read_text(name, entry.path).text: entry for entry in folder.entries}
    assert set(by_text) == {*HOSTILE, "odd"}
    shown = {text: entry.name for text, entry in by_text.items()}
    assert shown["odd"] == "bad\\xff\\xfe"
    assert (shown["a\nb"], shown["\u202egnp.exe"]) == ("a\\nb", "\\u202egnp.exe")
    assert (shown["\x1b[31mred"], shown["a\\nb"]) == ("\\x1b[31mred", "a\\\\nb")
    assert shown["ü"] == "ü"
    assert {entry.name for entry in folder.entries if entry.is_odd} == {
        shown[text] for text in ("odd", "a\nb", "\u202egnp.exe", "\x1b[31mred", "a\\nb")
    }
    files.rename(name, by_text["odd"].path, RemotePath.of("~/good"))
    assert (lab_server.home / "good").read_text() == "odd"
    paths = [by_text[each].path for each in HOSTILE]
    assert perform(files.prepare_delete(name, paths)) == len(HOSTILE)
    assert [path.name for path in lab_server.home.iterdir()] == ["good"]
    inside = Path(os.fsdecode(odd))
    inside.mkdir()
    (inside / "deep").write_text("deep")
    (entry,) = [each for each in files.list(name, RemotePath.of("~")).entries if each.is_folder]
    (deep,) = files.list(name, entry.path).entries
    assert files.read_text(name, deep.path).text == "deep"
    assert deep.path.parent == entry.path


def test_links_are_shown_and_never_followed_by_a_delete(
    rig: Rig, files: RemoteFiles, lab_server: LabServer, tmp_path: Path
) -> None:
    name = rig.add(lab_server)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept")
    (lab_server.home / "link").symlink_to(precious)
    (lab_server.home / "nowhere").symlink_to("/no/such")
    link, nowhere = sorted(files.list(name, RemotePath.of("~")).entries, key=lambda entry: entry.name)
    assert (link.kind, link.leads_to, link.target, link.is_folder) == (
        EntryKind.LINK,
        EntryKind.FOLDER,
        str(precious),
        True,
    )
    assert (nowhere.leads_to, nowhere.is_folder) == (None, False)
    perform(files.prepare_delete(name, [link.path, nowhere.path]))
    assert (precious / "file").read_text() == "kept"
    assert names(files, name) == []


def test_nothing_is_overwritten_or_lost(rig: Rig, files: RemoteFiles, lab_server: LabServer) -> None:
    name, home = rig.add(lab_server), lab_server.home
    path = RemotePath.of("run.sh")
    made = files.write_text(name, path, "one\n")
    refused("remote.exists", files.write_text, name, path, "two\n")
    (home / "run.sh").chmod(0o750)
    read = files.read_text(name, path)
    assert (read.text, read.sha256) == ("one\n", made.sha256)
    again = files.write_text(name, path, "two\n", read=read)
    assert ((home / "run.sh").read_text(), stat.S_IMODE((home / "run.sh").stat().st_mode)) == ("two\n", 0o750)
    refused("remote.changed", files.write_text, name, path, "three\n", read=read)
    assert (home / "run.sh").read_text() == "two\n"
    (home / "link").symlink_to("run.sh")
    files.write_text(name, RemotePath.of("link"), "four\n", read=again)
    assert (home / "link").is_symlink()
    assert (home / "run.sh").read_text() == "four\n"
    (home / "other").write_text("x")
    refused("remote.exists", files.rename, name, RemotePath.of("other"), path)
    refused("remote.path_missing", files.rename, name, RemotePath.of("gone"), RemotePath.of("there"))
    assert sorted(path.name for path in home.iterdir()) == ["link", "other", "run.sh"]


def test_what_is_no_small_text_is_named(rig: Rig, files: RemoteFiles, lab_server: LabServer) -> None:
    name, home = rig.add(lab_server), lab_server.home
    (home / "binary").write_bytes(b"a\0b")
    (home / "latin").write_bytes(b"\xfcber")
    with (home / "huge").open("wb") as file:
        file.truncate(1 << 40)
    os.mkfifo(home / "pipe")
    assert "no text" in refused("remote.not_text", files.read_text, name, RemotePath.of("binary")).sentence
    assert "not UTF-8" in refused("remote.not_text", files.read_text, name, RemotePath.of("latin")).sentence
    assert "larger" in refused("remote.not_text", files.read_text, name, RemotePath.of("huge")).sentence
    refused("agent.failed", files.read_text, name, RemotePath.of("pipe"))
    refused("remote.path_missing", files.list, name, RemotePath.of("gone"))


def test_deletes_that_nobody_means_are_refused(rig: Rig, files: RemoteFiles, lab_server: LabServer) -> None:
    name, home = rig.add(lab_server), lab_server.home
    (home / ".tandem").mkdir(mode=0o700)
    (home / "up").symlink_to("..")
    for path in ("~", str(home.parent), "~/.tandem", "~/up/home", "/proc"):
        work = files.prepare_delete(name, [RemotePath.of(path)]) if path != "/proc" else None
        if work is None:
            with pytest.raises(Problem) as caught:
                rig.fleet.call(name, "file.delete", {"path": path, "recursive": True})
            assert caught.value.code == "remote.protected"
        else:
            refused("remote.protected", perform, work)
    assert (home / ".tandem").is_dir()
    (home / "full").mkdir()
    (home / "full" / "file").touch()
    refused("agent.failed", rig.fleet.call, name, "file.delete", {"path": "full"})
    (home / "full" / "deep").mkdir()
    (home / "full" / "deep" / "er").write_bytes(b"12345")
    plan = files.prepare_delete(name, [RemotePath.of("full")]).plan
    assert plan.destructive
    assert plan.steps[0].detail.startswith("2 files and 1 folder, ")
    assert plan.steps[0].detail.endswith(": deep, file")


def test_changes_are_audited_without_their_text(rig: Rig, files: RemoteFiles, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    files.write_text(name, RemotePath.of("a"), "s3cret")
    rows = [row for row in rig.audit.entries(limit=50) if row.detail.get("method") == "file.replace"]
    assert {str(row.outcome) for row in rows} == {"intent", "done"}
    assert "s3cret" not in str([row.detail for row in rows])


def test_a_folder_of_any_length_comes_in_parts_and_whole(
    rig: Rig, files: RemoteFiles, lab_server: LabServer
) -> None:
    name = rig.add(lab_server)
    folder = lab_server.home / "many"
    folder.mkdir()
    for number in range(5_200):
        (folder / f"{number:05}").touch()
    heard: list[tuple[int, int]] = []
    found = files.list(name, RemotePath.of("many"), on_count=lambda *counts: heard.append(counts))
    assert [entry.name for entry in found.entries] == [f"{number:05}" for number in range(5_200)]
    assert not found.truncated
    assert heard == [(5_200, 5_200)]
    cut = files.list(name, RemotePath.of("many"), most=100)
    assert (len(cut.entries), cut.truncated) == (100, True)


def test_long_names_come_in_more_parts_than_a_frame_can_hold(
    rig: Rig, files: RemoteFiles, lab_server: LabServer
) -> None:
    name = rig.add(lab_server)
    wide = "界" * 80
    for number in range(5_000):
        (lab_server.home / f"{wide}{number}").touch()
    heard: list[tuple[int, int]] = []
    found = files.list(name, RemotePath.of("~"), on_count=lambda *counts: heard.append(counts))
    assert len({entry.path for entry in found.entries}) == 5_000
    assert len(heard) > 1
    assert [len({came for came, _ in heard}), heard[-1]] == [len(heard), (5_000, 5_000)]


def test_a_new_folder_is_new_and_may_have_a_name_of_bytes(
    rig: Rig, files: RemoteFiles, lab_server: LabServer
) -> None:
    name, home = rig.add(lab_server), lab_server.home
    files.make_folder(name, RemotePath.of("runs/first"))
    assert (home / "runs/first").is_dir()
    refused("remote.exists", files.make_folder, name, RemotePath.of("runs/first"))
    refused("remote.protected", files.make_folder, name, RemotePath.of("~/.tandem/mine"))
    odd = files.list(name, RemotePath.of("~")).path.below(b"odd\xff")
    files.make_folder(name, odd)
    files.make_folder(name, odd.child("inside", None))
    assert Path(os.fsdecode(os.fsencode(home) + b"/odd\xff/inside")).is_dir()
    assert odd.label == f"{home}/odd\\xff"
    assert files.is_there(name, odd)
    assert not files.is_there(name, odd.sibling("other"))
    files.rename(name, odd, odd.sibling("even"))
    assert (home / "even/inside").is_dir()
