"""`tandem alert …` over the board of a home: what is listed, changed by a script, and refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.alerts.board_values import Published, published_document, written
from console.alerts.local_files import LocalFiles
from console.core.clock import SystemClock
from tests.lab.command import Tandem
from tests.ui.alert_samples import WARNING, alert, ended, ended_lines


@pytest.fixture
def home(tandem: Tandem) -> Path:
    """A home whose board has two alerts and one that is over."""
    now = datetime.now(UTC)
    files = LocalFiles(tandem.home / "alerts", SystemClock())
    found = (
        alert("c1", "gpu-05", now=now, gpu=3),
        alert("w1", "inf-01", "disk-full", now=now, severity=WARNING),
    )
    files.write("alerts.json", written(published_document(Published(found))))
    files.append_ended(ended_lines([ended("e1", "gpu-05", now=now, ago_s=7200, gpu=3)]))
    return tandem.home


def test_list_show_ack_assign_and_history(tandem: Tandem, home: Path) -> None:
    listed = tandem.ok("alert", "list", "--json")
    assert [each["id"] for each in listed.json["alerts"]] == ["c1", "w1"]
    assert listed.json["judged"]["by"] is None
    assert "never judged" in listed.err
    assert "Something is wrong" in tandem.ok("alert", "list", "--severity", "critical").out
    assert tandem.ok("alert", "list", "--server", "nowhere").out.strip() == "nothing fires"
    (known,) = tandem.ok("alert", "ack", "c1", "--json").json
    assert known["acknowledged_by"]
    (given,) = tandem.ok("alert", "assign", "c1", "--to", "ada@desk", "--json").json
    assert given["owner"] == "ada@desk"
    shown = tandem.ok("alert", "show", "c1", "--json").json
    assert [each["id"] for each in shown["earlier"]] == ["e1"]
    assert "Drain the server" in tandem.ok("alert", "show", "c1").out
    past = tandem.ok("alert", "history", "--since", "1d", "--server", "gpu-05", "--json").json
    assert {each["id"] for each in past["alerts"]} == {"c1", "e1"}
    refused = tandem.run("alert", "ack", "nothing")
    assert refused.code == 1
    assert "nothing" in refused.err


def test_a_silence_has_an_end_and_can_be_ended(tandem: Tandem, home: Path) -> None:
    made = tandem.ok("alert", "silence", "disk-full", "--for", "2h", "--reason", "new disks", "--json").json
    assert (made["rule"], made["server"], made["holds"], made["reason"]) == (
        "disk-full", None, True, "new disks",
    )  # fmt: skip
    assert "new disks" in tandem.ok("alert", "silences").out
    assert tandem.ok("alert", "unsilence", made["id"][:14], "--json").json["ended_by"]
    assert tandem.ok("alert", "silences", "--json").json == []
    assert tandem.run("alert", "silence", "no-such-rule").code == 1
    assert tandem.run("alert", "silence", "disk-full", "--server", "nowhere").code == 1
    assert tandem.run("alert", "silence", "disk-full", "--for", "soon").code == 2


def test_rules_from_flags_and_a_file(tandem: Tandem, home: Path, tmp_path: Path) -> None:
    rules = {each["name"]: each for each in tandem.ok("alert", "rules", "--json").json}
    assert rules["gpu-lost"]["enabled"]
    assert not rules["gpu-lost"]["own"]
    tandem.ok("alert", "rule", "set", "gpu-lost", "--off", "--for", "2m")
    rules = {each["name"]: each for each in tandem.ok("alert", "rules", "--json").json}
    assert (rules["gpu-lost"]["enabled"], rules["gpu-lost"]["for_seconds"]) == (False, 120.0)
    tandem.ok("alert", "rule", "remove", "gpu-lost")
    file = tmp_path / "rules.toml"
    file.write_text(
        '[rules.hot-rack]\ntitle = "Hot"\ncondition = "temp>80"\nscope = "accelerator"\n'
        'summary = "{label} of {server} is hot."\nremedy = "Open the door."\n'
    )
    tandem.ok("alert", "rule", "set", "--file", str(file))
    rules = {each["name"]: each for each in tandem.ok("alert", "rules", "--json").json}
    assert rules["hot-rack"]["own"]
    assert rules["gpu-lost"]["enabled"]
    wrong = tandem.run("alert", "rule", "set", "hot-rack", "--condition", "temp >")
    assert wrong.code == 1
    assert "condition" in wrong.err
    assert tandem.run("alert", "rule", "set", "hot-rack").code == 2
