"""Which files a job's code is, beside git itself; and the hash of them, the same on every machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.problems import Problem
from console.jobs.snapshot.gather import gather
from console.jobs.snapshot.ignore import Ignore
from console.jobs.snapshot.tree import (
    CodeFile,
    differences,
    make_tree,
    parse_tree,
    stays_inside,
)

MIB = 1024 * 1024
_PATHS = (
    "a", "b.py", "src/a", "src/b.py", "src/deep/c.txt", "src/deep/build/x", "build/x", "data/raw/1.bin",
    "docs/a b.md", "x.log", "logs/x.log", "keep/x.log", "#odd", "!odd", "z/[a]", "foo.pyc", "src/foo.pyo",
)  # fmt: skip


def _git(folder: Path, *words: str) -> str:
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"]
    done = subprocess.run(
        ["git", *identity, "-C", str(folder), *words], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def _names(folder: Path) -> list[str]:
    return [each.path for each in gather(folder, MIB).tree.files]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = _write(tmp_path_factory.mktemp("ignore"), dict.fromkeys(_PATHS, ""))
    _git(folder, "init", "-q")
    return folder


def _kept(lines: list[str]) -> set[str]:
    ignore = Ignore(lines)
    kept = set()
    for path in _PATHS:
        steps = path.split("/")
        above = ["/".join(steps[:upto]) for upto in range(1, len(steps))]
        out = any(ignore.leaves_out(each, is_folder=True) for each in above)
        if not out and not ignore.leaves_out(path, is_folder=False):
            kept.add(path)
    return kept


_PIECES = [
    "*", "**", "?", "/", "a", "b.py", "src", "build", "x", ".log", "!", "#", "[a-c]", "[!a]", "\\", " ",
    "deep",
    "data", "*.py[co]",
]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=4).map("".join), max_size=3))
def test_an_ignore_file_means_what_git_says_it_means(repository: Path, lines: list[str]) -> None:
    (repository / ".git/info/exclude").write_text("\n".join(lines) + "\n")
    told = _git(repository, "ls-files", "-z", "--others", "--exclude-standard")
    assert _kept(lines) == {each for each in told.split("\0") if each}, lines


def test_what_git_tracks_and_what_it_does_not_ignore(tmp_path: Path) -> None:
    folder = _write(
        tmp_path, {"a.py": "1", "gone.py": "2", "out/big": "3", "new.py": "4", ".gitignore": "out/\n"}
    )
    _git(folder, "init", "-q")
    _git(folder, "add", "a.py", "gone.py", ".gitignore")
    _git(folder, "commit", "-qm", "one")
    (folder / "gone.py").unlink()
    (folder / "new.py").chmod(0o755)
    found = gather(folder, MIB)
    assert [(each.path, each.kind) for each in found.tree.files] == [
        (".gitignore", "f"),
        ("a.py", "f"),
        ("new.py", "x"),
    ]
    assert found.commit == _git(folder, "rev-parse", "HEAD")
    assert found.dirty is True
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", "two")
    assert gather(folder, MIB).dirty is False
    # A folder of a repository is a snapshot of that folder.
    _write(folder, {"sub/x.py": "5"})
    assert _names(folder / "sub") == ["x.py"]
    # And our own file leaves out what git has but the job does not need.
    _write(folder, {".tandemignore": "sub/\n"})
    assert "sub/x.py" not in _names(folder)


def test_submodules_go_along_and_are_named(tmp_path: Path) -> None:
    library = _write(tmp_path / "library", {"lib.py": "1"})
    _git(library, "init", "-q")
    _git(library, "add", "-A")
    _git(library, "commit", "-qm", "lib")
    folder = _write(tmp_path / "main", {"a.py": "1"})
    _git(folder, "init", "-q")
    _git(folder, "submodule", "add", "-q", str(library), "libs/it")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", "main")
    found = gather(folder, MIB)
    assert [each.path for each in found.tree.files] == [".gitmodules", "a.py", "libs/it/lib.py"]
    commit = _git(library, "rev-parse", "HEAD")[:12]
    assert found.notes == (f"submodule libs/it goes along at {commit}",)
    _git(folder, "submodule", "deinit", "-q", "-f", "libs/it")
    found = gather(folder, MIB)
    assert found.notes == ("submodule libs/it is not checked out here and is left out",)


def test_without_git_the_ignore_file_and_sane_defaults_decide(tmp_path: Path) -> None:
    folder = _write(
        tmp_path,
        {
            "train.py": "1", ".env": "TOKEN=1", "__pycache__/a.pyc": "2", "data/big.bin": "3",
            "data/small.csv": "4", ".venv/bin/python": "5", ".tandemignore": "data/*\n!data/small.csv\n",
        },
    )  # fmt: skip
    assert _names(folder) == [".tandemignore", "data/small.csv", "train.py"]
    assert gather(folder, MIB).commit is None
    assert gather(folder, MIB).dirty is None


def test_links_inside_stay_links_and_others_are_left_out_by_name(tmp_path: Path) -> None:
    folder = _write(tmp_path / "code", {"a.py": "1", "sub/b.py": "2"})
    (folder / "sub/in").symlink_to("../a.py")
    (folder / "out").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("../elsewhere")
    os.mkfifo(folder / "pipe")
    found = gather(folder, MIB)
    kinds = {each.path: (each.kind, each.what) for each in found.tree.files}
    assert kinds["sub/in"] == ("l", "../a.py")
    assert set(kinds) == {"a.py", "sub/b.py", "sub/in"}
    assert found.notes == (
        "links that lead out of the folder are left out: out, up",
        "what is no file is left out: pipe",
    )


def test_a_folder_that_is_too_large_names_its_largest_files(tmp_path: Path) -> None:
    folder = _write(tmp_path, {"small.py": "1", "model.bin": "x" * 5000, "other.bin": "y" * 3000})
    with pytest.raises(Problem) as caught:
        gather(folder, 4000)
    assert caught.value.code == "code.too_large"
    assert "the largest: model.bin 5 kB, other.bin 3 kB" in caught.value.sentence


@pytest.mark.parametrize("make", [lambda path: None, lambda path: (path / ".env").write_text("x")])
def test_a_folder_with_nothing_to_send_is_a_problem(tmp_path: Path, make: object) -> None:
    make(tmp_path)  # type: ignore[operator]
    with pytest.raises(Problem) as caught:
        gather(tmp_path, MIB)
    assert caught.value.code == "code.empty"


def test_the_hash_is_the_same_wherever_the_files_lie(tmp_path: Path) -> None:
    files = {"b/ü.py": "1", "a.py": "2", "B.py": "3"}
    one = _write(tmp_path / "one", files)
    two = _write(tmp_path / "elsewhere/two", dict(reversed(files.items())))
    os.utime(two / "a.py", (1, 1))
    (two / "a.py").chmod(0o640)
    tree = gather(one, MIB).tree
    assert gather(two, MIB).tree.hash == tree.hash
    # The very value, so that another release or machine that gives another one is noticed.
    assert tree.hash == "6f633f7adfc394da293bbd0b2cab7edaf119102050aaf6fd60cce03c223c884d"
    (two / "a.py").chmod(0o755)
    assert gather(two, MIB).tree.hash != tree.hash
    assert parse_tree("lab", tree.data, tree.hash) == tree


@pytest.mark.parametrize(
    "rows",
    [
        [["../x", "f", 1, "a" * 64]],
        [["/x", "f", 1, "a" * 64]],
        [["x", "l", 0, "/etc/passwd"]],
        [["x", "l", 0, "../../y"]],
        [["x", "d", 0, "a" * 64]],
        [["x", "f", 1, "zz"]],
        [["x", "f"]],
    ],
)
def test_a_list_that_leads_elsewhere_is_refused(rows: list[object]) -> None:
    import hashlib
    import json

    data = json.dumps({"v": 1, "files": rows}).encode()
    with pytest.raises(Problem) as caught:
        parse_tree("lab", data, hashlib.sha256(data).hexdigest())
    assert caught.value.code == "agent.protocol"


def test_a_list_of_another_hash_is_refused() -> None:
    with pytest.raises(Problem):
        parse_tree("lab", b'{"files":[]}', "0" * 64)


def test_what_two_snapshots_have_different() -> None:
    old = make_tree(
        [CodeFile("a", "f", 1, "1" * 64), CodeFile("b", "f", 1, "2" * 64), CodeFile("c", "f", 1, "3" * 64)]
    )
    new = make_tree(
        [CodeFile("a", "f", 1, "1" * 64), CodeFile("b", "x", 1, "2" * 64), CodeFile("d", "f", 1, "4" * 64)]
    )
    assert [(each.mark, each.path) for each in differences(old, new)] == [("M", "b"), ("D", "c"), ("A", "d")]


@pytest.mark.parametrize(
    ("path", "target", "inside"),
    [("a", "b", True), ("a", "../b", False), ("s/a", "../b", True), ("s/a", "../../b", False),
     ("a", "s/../b", True), ("a", "s/../../s/b", False), ("a", "/b", False), ("a", "", False)],
)  # fmt: skip
def test_where_a_link_leads(path: str, target: str, inside: bool) -> None:
    assert stays_inside(path, target) is inside
