"""A server fetches from a URL by hash, whatever the web server does; nothing wrong gets the final name."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.copying.carried import Arrived, PartState
from tests.integration.copies.conftest import Cancelled, Copying, Watcher, content, parts
from tests.integration.fleet.rig import until
from tests.lab.sshd import LabServer
from tests.lab.web import Web

MIB = 1024 * 1024


@pytest.fixture
def web() -> Iterator[Web]:
    with Web(os.urandom(3 * MIB + 17)) as served:
        yield served


@pytest.fixture
def name(copying: Copying, lab_server: LabServer) -> str:
    return copying.rig.add(lab_server)


def digest(web: Web) -> str:
    return hashlib.sha256(web.data).hexdigest()


def fetch(
    copying: Copying,
    name: str,
    web: Web,
    to: str = "model.bin",
    *,
    watcher: Watcher | None = None,
    **more: object,
) -> Arrived:
    given = {"url": web.url, "sha256": digest(web)} | more
    url, sha256 = str(given.pop("url")), str(given.pop("sha256"))
    work = copying.between.prepare_fetch(name, url, sha256, to, **given)  # type: ignore[arg-type]
    return copying.run(work, watcher)  # type: ignore[return-value]


def refused(copying: Copying, name: str, web: Web, **more: object) -> Problem:
    with pytest.raises(Problem) as caught:
        fetch(copying, name, web, **more)  # type: ignore[arg-type]
    return caught.value


def test_a_file_is_fetched_and_not_fetched_again(
    copying: Copying, lab_server: LabServer, name: str, web: Web
) -> None:
    arrived = fetch(copying, name, web, "models/new/")
    there = lab_server.home / "models" / "new" / "file"
    assert (arrived.root, arrived.way, arrived.sha256) == (str(there), "from the URL", digest(web))
    assert there.read_bytes() == web.data
    assert there.stat().st_mode & 0o777 == 0o644
    assert fetch(copying, name, web, "models/new/").unchanged == 1
    assert len(web.asked) == 1
    task = copying.between.tasks()[0][0]
    assert (task.kind, task.state) == ("fetch", PartState.SUCCEEDED)


def test_a_fetch_that_is_cut_goes_on_by_range(
    copying: Copying, lab_server: LabServer, name: str, web: Web
) -> None:
    web.cut_after = [MIB, 1000, 0]
    fetch(copying, name, web)
    assert (lab_server.home / "model.bin").read_bytes() == web.data
    assert [wanted for _, wanted in web.asked] == [
        None, f"bytes={MIB}-", f"bytes={MIB + 1000}-", f"bytes={MIB + 1000}-"
    ]  # fmt: skip
    assert parts(lab_server.home) == []


def test_without_ranges_or_when_the_file_changed_it_begins_anew(
    copying: Copying, lab_server: LabServer, name: str, web: Web
) -> None:
    web.cut_after = [MIB]
    web.ranges = False
    fetch(copying, name, web)
    assert (lab_server.home / "model.bin").read_bytes() == web.data
    web.ranges, web.cut_after, web.lengths = True, [MIB], False
    old = web.data
    web.data = os.urandom(2 * MIB)
    # Without a length the cut looks like the end: the hash tells, and nothing is kept.
    assert refused(copying, name, web).code == "transfer.url_mismatch"
    assert (lab_server.home / "model.bin").read_bytes() == old
    fetch(copying, name, web)
    assert (lab_server.home / "model.bin").read_bytes() == web.data


def test_another_hash_leaves_nothing(copying: Copying, lab_server: LabServer, name: str, web: Web) -> None:
    problem = refused(copying, name, web, sha256="0" * 64)
    assert problem.code == "transfer.url_mismatch"
    assert digest(web) in problem.sentence
    assert content(lab_server.home) == {}


def test_what_is_left_of_another_file_is_not_trusted(
    copying: Copying, lab_server: LabServer, name: str, web: Web
) -> None:
    web.cut_after = [MIB, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    web.statuses = []
    watcher = Watcher()
    watcher.at = lambda done: setattr(web, "statuses", [404] if done >= MIB else [])
    assert refused(copying, name, web, watcher=watcher).code == "transfer.url_failed"
    (left,) = parts(lab_server.home)
    part = lab_server.home / left
    part.write_bytes(os.urandom(part.stat().st_size))
    web.cut_after, web.statuses, web.asked = [], [], []
    fetch(copying, name, web)
    assert (lab_server.home / "model.bin").read_bytes() == web.data
    assert [bool(wanted) for _, wanted in web.asked] == [True, False]


@pytest.mark.parametrize(("statuses", "asked"), [([503, 502], 3), ([404], 1), ([403], 1)])
def test_what_may_mend_is_tried_again_and_what_will_not_is_told(
    copying: Copying, lab_server: LabServer, name: str, web: Web, statuses: list[int], asked: int
) -> None:
    web.statuses = list(statuses)
    if asked > 1:
        fetch(copying, name, web)
    else:
        assert f"HTTP {statuses[0]}" in refused(copying, name, web).sentence
        assert content(lab_server.home) == {}
    assert len(web.asked) == asked


def test_redirects_are_followed_to_the_web_alone(
    copying: Copying, lab_server: LabServer, name: str, web: Web
) -> None:
    moved = web.url.removesuffix("file") + "moved"
    web.redirect = "/file"
    fetch(copying, name, web, url=moved)
    assert (lab_server.home / "model.bin").read_bytes() == web.data
    web.redirect = "ftp://127.0.0.1/file"
    assert "it redirects to ftp:" in refused(copying, name, web, url=moved, sha256="1" * 64).sentence


def test_a_file_that_is_too_large_is_refused_before_and_while_it_comes(
    copying: Copying, lab_server: LabServer, name: str, web: Web
) -> None:
    for web.lengths in (True, False):
        problem = refused(copying, name, web, max_bytes=2 * MIB)
        assert problem.code == "transfer.too_large"
        assert "is larger than 2.10 MB" in problem.sentence
        assert content(lab_server.home) == {}


def test_r41_more_than_the_disk_holds_is_refused_before_it_comes(
    copying: Copying, lab_server: LabServer, name: str, web: Web
) -> None:
    web.claimed = 2**60
    problem = refused(copying, name, web)
    assert problem.code == "transfer.disk_full"
    assert "TB needed" in problem.sentence
    assert content(lab_server.home) == {}


def test_nothing_listens_there(copying: Copying, name: str, web: Web) -> None:
    web.cut_after = []
    problem = refused(copying, name, web, url="https://127.0.0.1:9/file")
    assert problem.code == "transfer.url_failed"
    assert "Connection refused" in problem.sentence


def test_the_server_s_proxy_is_used(
    copying: Copying, make_lab_server: Callable[..., LabServer], web: Web
) -> None:
    server = make_lab_server(environment={"http_proxy": f"http://127.0.0.1:{web.port}"})
    name = copying.rig.add(server)
    fetch(copying, name, web, url="http://mirror.invalid/models/file")
    assert web.asked == [("http://mirror.invalid/models/file", None)]
    assert (server.home / "model.bin").read_bytes() == web.data


def test_cancelling_leaves_nothing(copying: Copying, lab_server: LabServer, name: str, web: Web) -> None:
    web.stall_after = MIB
    watcher = Watcher()
    watcher.at = lambda done: setattr(watcher, "cancelled", bool(parts(lab_server.home)))
    released = threading.Timer(1.0, web.go_on.set)
    released.start()
    with pytest.raises(Cancelled):
        fetch(copying, name, web, watcher=watcher)
    released.join()
    until(lambda: content(lab_server.home) == {}, what="an empty home")
    assert copying.between.tasks()[0][0].state is PartState.CANCELLED


@pytest.mark.parametrize(
    ("url", "sha256"),
    [
        ("file:///etc/passwd", "0" * 64),
        ("ftp://host/file", "0" * 64),
        ("https://user:secret@host/file", "0" * 64),
        ("https://host:x/file", "0" * 64),
        ("https:///file", "0" * 64),
        ("https://host/a b", "0" * 64),
        ("https://host/file", "0" * 63),
        ("https://host/file", "g" * 64),
    ],
)
def test_what_is_no_address_or_hash_is_refused_here(
    copying: Copying, name: str, url: str, sha256: str, tmp_path: Path
) -> None:
    with pytest.raises(Problem) as caught:
        copying.between.prepare_fetch(name, url, sha256, "x")
    assert caught.value.code == "input.invalid"
    assert "secret" not in caught.value.sentence
