"""Other vendors and the machine as the command shows them; an unknown vendor comes by a plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer
from tests.lab.vendors import FakeTool

TPU_PLUGIN = """
from pathlib import Path
from console.plugin.api import AcceleratorProbe, hookimpl

@hookimpl
def tandem_accelerator_probes():
    return [AcceleratorProbe("tpu", "Google", Path(__file__).with_name("probe.py"))]
"""
TPU_PROBE = """
from tandem_agent import tools

PROBE_API = 1

def rows(tool):
    answer = tools.json_of("tpu-info", tool.run("--json"))
    return [
        {"index": each["chip"], "uuid": "TPU-%s" % each["serial"], "name": "TPU v5e", "vendor": "Google",
         "state": "ok", "utilization_percent": each.get("duty_cycle"), "memory_total_bytes": 16 << 30}
        for each in answer
    ], None

def open_probe(config):
    tool = tools.Tool("tpu-info")
    return tools.ToolProbe(lambda: rows(tool), tool) if tool.path else None
"""
TPU_TOML = """
name = "tpu"
version = "0.1"
api = 1
title = "TPUs"
description = "From somebody else."
module = "plugin.py"
provides = ["probes"]
"""


@pytest.fixture
def tpu_server(tmp_path: Path) -> LabServer:
    """A server with a TPU's tool."""
    folder = tmp_path / "bin"
    folder.mkdir()
    tool = folder / "tpu-info"
    tool.write_text(
        '#!/bin/sh\necho \'[{"chip": 0, "serial": "a1", "duty_cycle": 61}, {"chip": 1, "serial": "a2"}]\'\n'
    )
    tool.chmod(0o755)
    return LabServer(tmp_path / "server", environment={"PATH": f"{folder}:/usr/bin:/bin"})


def test_a_vendor_that_is_not_in_the_list_comes_by_a_third_party_s_plugin(
    tandem: Tandem, tpu_server: LabServer
) -> None:
    folder = tandem.home / "plugins" / "tpu"
    folder.mkdir(parents=True)
    for name, text in (("plugin.toml", TPU_TOML), ("plugin.py", TPU_PLUGIN), ("probe.py", TPU_PROBE)):
        (folder / name).write_text(text)
    with tpu_server:
        tandem.add(tpu_server)
        assert tandem.ok("server", "check", "lab", "--json").json["accelerators"] == []
        tandem.ok("plugin", "approve", "tpu")
        lines = tandem.ok("watch", "lab", "--json", "--seconds", "5", "--interval", "1").lines
    rows = lines[-1]["accelerators"]
    assert [(row["vendor"], row["name"], row["uuid"]) for row in rows] == [
        ("Google", "TPU v5e", "TPU-a1"),
        ("Google", "TPU v5e", "TPU-a2"),
    ]
    assert [row["utilization_percent"] for row in rows] == [61, None]
    assert rows[0]["power_w"] is None


def test_plugins_say_that_they_were_checked_against_captures_only(tandem: Tandem) -> None:
    plugins = {each["name"]: each for each in tandem.ok("plugin", "list", "--json").json}
    assert {name for name, each in plugins.items() if each["checked"] == "captures"} == {
        *("amd", "ascend", "intel")
    }
    assert "checked against captures, not on hardware" in tandem.ok("plugin", "list").out
    findings = {each["what"]: each for each in tandem.ok("doctor", "--json").json}
    for name in ("amd", "ascend", "intel"):
        assert findings[f"plugin {name}"]["detail"] == "loaded; checked against captures, not on hardware"
    assert findings["plugin recipes"]["detail"] == "loaded"


def test_the_machine_is_in_watch_and_in_show_and_the_doctor_counts_vendors(
    tandem: Tandem, tmp_path: Path
) -> None:
    tool = FakeTool(tmp_path / "bin", "amd-smi", "amd/rocm7")
    with LabServer(tmp_path / "server", environment=tool.environment) as server:
        tandem.add(server)
        host = tandem.ok("watch", "lab", "--json", "--seconds", "4", "--interval", "1").lines[-1]["host"]
        shown = tandem.ok("server", "show", "lab", "--live", "--json").json
        text = tandem.ok("server", "show", "lab", "--live").out
        findings = {each["what"]: each for each in tandem.ok("doctor", "lab", "--json").json}
    assert len(host["cpu_cores_percent"]) == host["cpu_count"]
    assert {"inodes_used", "read_bytes_per_s", "busy_percent"} <= set(host["disks"][0])
    assert {"load5", "swap_total_bytes", "interfaces", "pressure", "limits", "temperatures"} <= set(host)
    assert shown["name"] == "lab"
    assert shown["host"]["boot_id"] == host["boot_id"]
    assert "pressure io" in text
    assert findings["accelerators of AMD"]["detail"] == "2; checked against captures, not on hardware"
