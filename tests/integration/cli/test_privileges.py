"""Acts by sudo against a real sshd. The sudo and nvidia-smi on the *server's* PATH write down their words."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.agent import privileged
from console.fleet.privileges import PRIVILEGES
from tests.lab.command import Tandem
from tests.lab.nvml.build import build_fake_nvml
from tests.lab.sudo import SudoServer

Server = SudoServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with SudoServer(tmp_path, build_fake_nvml(tmp_path / "lib")) as made:
        yield made


def test_both_ends_know_the_same_commands() -> None:
    for each in PRIVILEGES:
        argv = privileged._COMMANDS[each.id]("UUID", 7)
        shown = [part.replace("WATTS", "7").replace("0|1", "1") for part in each.command]
        assert argv == shown
        look = privileged._LOOKS.get(each.id)
        assert (look("DEVICE") if look else []) == list(each.look)


def test_all_are_off_until_switched_on_and_shown_in_full(tandem: Tandem, server: Server) -> None:
    tandem.add(server.lab)
    acts = tandem.ok("server", "privileges", "gpu-1", "--json").json["acts"]
    assert [each["act"] for each in acts] == [each.id for each in PRIVILEGES]
    assert not any(each["on"] for each in acts)
    assert acts[3]["command"] == "sudo -n nvidia-smi -i UUID --gpu-reset"
    assert acts[3]["look"].endswith("-path '/proc/*/fd/*' -lname DEVICE")
    refused = tandem.run("gpu", "reset", "gpu-1", "0", "--yes")
    assert refused.code == 1
    assert "not switched on" in refused.err
    told = tandem.run("doctor", "gpu-1").out
    assert "switched off: kernel_log, persistence, power_limit, gpu_reset, reboot" in told
    assert server.said() == []


def test_each_act_runs_its_own_command_and_no_other(tandem: Tandem, server: Server) -> None:
    tandem.add(server.lab)
    allow = [word for each in PRIVILEGES for word in ("--allow", each.id)]
    tandem.ok("server", "privileges", "gpu-1", *allow)
    plan = tandem.ok("gpu", "power-limit", "gpu-1", "1", "350", "--dry-run", "--json").json
    assert plan["steps"][0]["detail"] == "sudo -n nvidia-smi -i GPU-fake-0001 -pl 350"
    assert server.said() == []
    tandem.ok("gpu", "persistence", "gpu-1", "0", "on")
    tandem.ok("gpu", "power-limit", "gpu-1", "GPU-fake-0001", "350")
    tandem.ok("gpu", "reset", "gpu-1", "1", "--yes")
    tandem.ok("server", "reboot", "gpu-1", "--yes")
    assert server.said() == [
        "-n nvidia-smi -i GPU-fake-0000 -pm 1",
        "-n nvidia-smi -i GPU-fake-0001 -pl 350",
        "-n nvidia-smi -i GPU-fake-0001 --gpu-reset",
        "-n systemctl reboot",
    ]
    rows = tandem.ok("audit", "--json").out
    assert rows.count("privileged.run") >= 4


def test_a_reset_is_refused_while_a_process_holds_the_gpu(tandem: Tandem, server: Server) -> None:
    tandem.add(server.lab)
    tandem.ok("server", "privileges", "gpu-1", "--allow", "gpu_reset")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as holder:
        server.nvml.set(f"proc 1 {holder.pid}", 1 << 30)
        refused = tandem.run("gpu", "reset", "gpu-1", "1", "--yes")
        holder.communicate(b"\n")
    assert refused.code == 1
    assert f"process {holder.pid}" in refused.err
    assert server.said() == []
    without = tandem.run("gpu", "reset", "gpu-1", "0")
    assert without.code == 2  # destructive: asks for --yes
    server.nvml.clear(f"proc 1 {holder.pid}")
    tandem.ok("gpu", "reset", "gpu-1", "1", "--yes")
    assert server.said() == ["-n nvidia-smi -i GPU-fake-0001 --gpu-reset"]


def test_a_reset_is_refused_while_a_job_has_leased_the_gpu(tandem: Tandem, server: Server) -> None:
    tandem.add(server.lab)
    tandem.ok("server", "privileges", "gpu-1", "--allow", "gpu_reset")
    job = tandem.ok(
        "job", "submit", "--server", "gpu-1", "--gpus", "2", "--json", "--", "sh", "-c", "sleep 300"
    ).json["id"]
    end = time.monotonic() + 30
    while tandem.ok("job", "show", job, "--json").json["state"] != "running":
        assert time.monotonic() < end
    refused = tandem.run("gpu", "reset", "gpu-1", "1", "--yes")
    assert refused.code == 1
    assert "a job of Tandem's" in refused.err
    assert server.said() == []
    tandem.ok("job", "cancel", job)


def test_where_sudo_refuses_it_is_one_sentence_and_doctor_names_it(tandem: Tandem, server: Server) -> None:
    tandem.add(server.lab)
    tandem.ok("server", "privileges", "gpu-1", "--allow", "persistence")
    server.close_sudo()
    refused = tandem.run("gpu", "persistence", "gpu-1", "0", "on")
    assert refused.code == 1
    assert "a password is required" in refused.err
    told = tandem.run("doctor", "gpu-1").out
    assert "sudo does not allow" in told
    assert "NOPASSWD: /usr/bin/nvidia-smi ^-i GPU-[0-9a-f-]+ -pm [01]$" in told
    tandem.ok("server", "privileges", "gpu-1", "--revoke", "persistence")
    assert "not switched on" in tandem.run("gpu", "persistence", "gpu-1", "0", "on").err


def test_a_server_that_is_replaced_keeps_its_acts_and_says_so(tandem: Tandem, server: Server) -> None:
    tandem.add(server.lab)
    tandem.ok("server", "privileges", "gpu-1", "--allow", "gpu_reset", "--allow", "reboot")
    added = tandem.ok("server", "add", "gpu-1", "--host", "127.0.0.1", "--replace", "--json")
    assert added.json["privileges"] == ["gpu_reset", "reboot"]
    assert "the privileged acts of gpu-1 stay switched on: gpu_reset, reboot" in added.err
    acts = tandem.ok("server", "privileges", "gpu-1", "--json").json["acts"]
    assert [each["act"] for each in acts if each["on"]] == ["gpu_reset", "reboot"]


def test_read_only_refuses_them_all(tandem: Tandem, server: Server) -> None:
    tandem.add(server.lab)
    refused = tandem.run("server", "privileges", "gpu-1", "--allow", "reboot", "--read-only")
    assert refused.code == 1
    assert not any(each["on"] for each in tandem.ok("server", "privileges", "gpu-1", "--json").json["acts"])
