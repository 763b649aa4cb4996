"""`tandem process list|end|kill` against a real server."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.command import Tandem
from tests.lab.nvml.build import FakeNvml, build_fake_nvml
from tests.lab.sshd import LabServer


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "71"])
    yield process
    process.kill()
    process.wait()


def test_a_process_is_listed_planned_and_ended(
    tandem: Tandem, lab_server: LabServer, sleeper: subprocess.Popen[bytes]
) -> None:
    tandem.add(lab_server)
    name = lab_server.name
    listed = tandem.ok("process", "list", name, "--search", "sleep 71", "--limit", "500", "--json").json
    row = next(each for each in listed if each["pid"] == sleeper.pid)
    assert set(row) == {
        "pid", "user", "command", "accelerators", "accelerator_uuids", "accelerator_memory_bytes",
        "cpu_percent", "memory_bytes", "started", "container", "identity",
    }  # fmt: skip
    assert row["accelerators"] == []
    assert row["accelerator_memory_bytes"] is None

    plan = tandem.ok("process", "end", name, str(sleeper.pid), "--dry-run", "--json").json
    assert plan["destructive"] is True
    assert f"process {sleeper.pid} of {row['user']} on {name}" in plan["plan"]
    assert "sleep 71" in plan["steps"][0]["detail"]

    assert tandem.run("process", "end", name, str(sleeper.pid)).code == 2  # it wants --yes
    refused = tandem.run("process", "end", name, str(sleeper.pid), "--yes", "--read-only")
    assert refused.code == 1
    assert "read-only" in refused.err.lower()
    assert sleeper.poll() is None

    pid, ticks, boot = row["identity"].split(":")
    other = tandem.run("process", "kill", name, f"{pid}:{int(ticks) + 1}:{boot}", "--yes")
    assert other.code == 1
    assert "not the one that was looked at" in other.err
    assert sleeper.poll() is None

    ended = tandem.ok("process", "end", name, row["identity"], "--yes", "--json").json
    assert ended == {"server": name, "pid": row["identity"], "ended": True}
    assert sleeper.wait() == -15
    gone = tandem.run("process", "kill", name, str(sleeper.pid), "--yes")
    assert gone.code == 1
    assert "has ended already" in gone.err

    entries = tandem.ok("audit", "--json").json
    told = [each for each in entries if each["action"] == "process.end" and each["outcome"] == "done"]
    assert told, entries[-5:]
    assert tandem.run("process", "end", name, "seven", "--yes").code == 2


def test_the_gpu_that_a_process_was_chosen_on_travels_along(
    tandem: Tandem,
    make_lab_server: Callable[..., LabServer],
    tmp_path: Path,
    sleeper: subprocess.Popen[bytes],
) -> None:
    nvml = FakeNvml(build_fake_nvml(tmp_path / "nvml"), tmp_path / "world.txt")
    nvml.set(f"proc 1 {sleeper.pid}", 1 << 30)
    server = make_lab_server(environment=nvml.env)
    tandem.add(server)
    name, uuid = server.name, "GPU-fake-0001"
    (row,) = tandem.ok("process", "list", name, "--accelerators", "--json").json
    assert row["accelerator_uuids"] == [uuid]
    assert row["identity"].endswith(f"@{uuid}")

    for chosen in (str(sleeper.pid), row["identity"]):
        plan = tandem.ok("process", "kill", name, chosen, "--dry-run", "--json").json
        assert f"on {uuid}" in plan["steps"][0]["detail"]

    nvml.clear(f"proc 1 {sleeper.pid}")
    refused = tandem.run("process", "kill", name, row["identity"], "--yes")
    assert refused.code == 1
    assert f"is not on {uuid} any more" in refused.err
    assert sleeper.poll() is None
    nvml.set(f"proc 1 {sleeper.pid}", 1 << 30)
    assert tandem.ok("process", "end", name, row["identity"], "--yes", "--json").json["ended"] is True
    assert sleeper.wait() == -15
