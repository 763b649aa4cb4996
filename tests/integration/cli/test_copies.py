"""`copy`, `fetch` and `copies` as a script uses them: the way in the plan, results, a console that dies."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from console.cli.between_verbs import size_bytes
from tests.integration.cli.test_many_servers import enter
from tests.integration.copies.conftest import sha256
from tests.integration.copies.test_between_servers import carriers, has_begun, large_file
from tests.integration.fleet.rig import until
from tests.lab.command import Tandem
from tests.lab.fleet import LabFleet
from tests.lab.web import Web

MIB = 1024 * 1024


@pytest.fixture
def fleet(tandem: Tandem, lab_fleet: Callable[[int], LabFleet]) -> LabFleet:
    servers = lab_fleet(3)
    for server in servers:
        enter(tandem, server)
    return servers


def test_the_plan_names_the_way_and_the_answer_too(tandem: Tandem, fleet: LabFleet) -> None:
    (fleet[0].home / "data").write_bytes(os.urandom(MIB))
    words = ("copy", "lab-1:data", "lab-2:copied", "lab-3:copied")
    plan = tandem.ok(*words, "--dry-run", "--json").json
    assert plan["steps"][0]["name"] == "Copy directly"
    assert plan["steps"][0]["detail"].startswith("lab-1 to lab-2 and lab-3; encrypted")
    assert not (fleet[1].home / "copied").exists()
    ran = tandem.ok(*words, "--json").json
    digest = hashlib.sha256((fleet[0].home / "data").read_bytes()).hexdigest()
    assert [(each["server"], each["way"], each["sha256"]) for each in ran] == [
        ("lab-2", "directly from lab-1", digest), ("lab-3", "directly from lab-1", digest)
    ]  # fmt: skip
    shown = tandem.ok("copies", "show", ran[0]["id"][:12], "--json").json
    assert (shown["state"], shown["servers"]) == ("succeeded", ["lab-1", "lab-2", "lab-3"])
    assert [part["role"] for part in shown["parts"]] == ["source", "target", "target"]
    text = tandem.ok("copies", "list").out
    assert "succeeded" in text
    assert "data from lab-1 to lab-2, lab-3" in text


def test_a_console_that_is_killed_leaves_a_copy_that_ends_well(tandem: Tandem, fleet: LabFleet) -> None:
    source = large_file(fleet[0].home / "data", 300)
    process = subprocess.Popen(
        tandem.command("copy", "lab-1:data", "lab-2:data"),
        env=tandem.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: has_begun(fleet[1], MIB), within_s=30, what="the copy's beginning")
    process.send_signal(signal.SIGKILL)
    process.wait()
    (task,) = tandem.ok("copies", "list", "--server", "lab-2", "--json").json
    ran = tandem.ok("copies", "wait", task["id"], "--timeout", "60", "--json")
    assert ran.json["state"] == "succeeded"
    assert sha256(fleet[1].home / "data") == sha256(source)


def test_a_detached_copy_is_cancelled_and_says_so(tandem: Tandem, fleet: LabFleet) -> None:
    large_file(fleet[0].home / "data", 3000)
    started = tandem.ok("copy", "lab-1:data", "lab-2:data", "--detach", "--json").json
    until(lambda: has_begun(fleet[1], MIB), within_s=30, what="the copy's beginning")
    assert tandem.run("copies", "wait", started["id"], "--timeout", "0").code == 124
    ended = tandem.ok("copies", "cancel", started["id"], "--json").json
    assert ended["state"] == "cancelled"
    assert [part["problem"]["code"] for part in ended["parts"] if part["role"] == "target"] == [
        "transfer.cancelled"
    ]
    assert not list(fleet[1].home.glob("*data*"))
    assert tandem.run("copies", "wait", started["id"]).code == 1
    until(lambda: not carriers(fleet[0]) + carriers(fleet[1]), what="the end of both")


def test_a_fetch_brings_the_file_or_says_why_not(tandem: Tandem, fleet: LabFleet) -> None:
    with Web(os.urandom(100_000)) as web:
        digest = hashlib.sha256(web.data).hexdigest()
        words = ("fetch", "lab-1", web.url, "models/")
        ran = tandem.ok(*words, "--sha256", digest, "--max-size", "1M", "--json").json
        assert (ran["path"], ran["way"]) == (str(fleet[0].home / "models" / "file"), "from the URL")
        ran = tandem.run(*words, "--sha256", "0" * 64)
        assert ran.code == 1
        assert f"holds another file; its SHA-256 is {digest}. Check the address" in ran.err
        assert tandem.run(*words).code == 2
        ran = tandem.run(*words, "--sha256", "1" * 64, "--max-size", "50k")
        assert "is larger than 50 kB" in ran.err


@pytest.mark.parametrize(
    ("text", "size"),
    [("500", 500), ("2k", 2000), ("1.5G", 1_500_000_000), ("2MiB", 2 * MIB), ("1TB", 10**12)],
)
def test_sizes_as_people_write_them(text: str, size: int) -> None:
    assert size_bytes(text) == size
