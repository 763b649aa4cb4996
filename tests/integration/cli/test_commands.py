"""The contract of the command against a real server: names, fields, exit codes, argv kept as given."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer

_AWKWARD = ["a b", "$(touch pwned)", "`id`", "'", '"', "\\", "*", "-n", "--", "日本", "line\nbreak", ""]


def test_exec_keeps_argv_output_and_exit_code(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    script = (
        "import json, sys; print(json.dumps(sys.argv[1:])); print('to stderr', file=sys.stderr); sys.exit(7)"
    )
    ran = tandem.run("exec", lab_server.name, "--", "python3", "-c", script, *_AWKWARD)
    assert ran.code == 7
    assert json.loads(ran.out) == _AWKWARD
    assert ran.err == "to stderr\n"
    assert not (lab_server.home / "pwned").exists()


def test_check_tells_the_documented_fields(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    report = tandem.ok("server", "check", lab_server.name, "--json").json
    assert report["reachable"] is True
    assert report["latency_ms"] > 0
    assert report["os"]
    assert report["python"]
    assert report["accelerators"] == []
    assert isinstance(report["warnings"], list)


def test_watch_streams_one_object_a_tick_and_writes_nothing(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    ticks = tandem.ok("watch", lab_server.name, "--seconds", "4", "--interval", "0.5", "--json").lines
    assert len(ticks) >= 3
    sequence = [tick["seq"] for tick in ticks]
    assert sequence == sorted(set(sequence))
    last = ticks[-1]
    assert last["server"] == lab_server.name
    assert 0 <= last["cpu_percent"] <= 100
    assert 0 < last["memory_used_bytes"] < last["memory_total_bytes"]
    assert last["load1"] >= 0
    assert not (lab_server.home / ".tandem").exists()


ROWS = ((0, "1"), (1, "0.5"), (2, "0.3333333333"))


def test_a_job_from_submit_to_its_outputs(tandem: Tandem, lab_server: LabServer, tmp_path: Path) -> None:
    tandem.add(lab_server)
    script = (
        "import json, os, pathlib\n"
        "pathlib.Path(os.environ['TANDEM_OUTPUTS'], 'answer.txt').write_text('42')\n"
        "with open(os.environ['TANDEM_METRICS'], 'a') as file:\n"
        "    for step in range(3):\n"
        "        file.write(json.dumps({'step': step, 'loss': 1.0 / (step + 1)}) + chr(10))\n"
        "print('trained')\n"
    )
    job = tandem.ok(
        *("job", "submit", "--server", lab_server.name, "--name", "short", "--env", "A=1", "--json"),
        *("--", "python3", "-c", script),
    ).json
    assert job["state"] in ("starting", "running", "succeeded")
    assert tandem.run("job", "wait", job["id"][:12], "--timeout", "30").code == 0
    shown = tandem.ok("job", "show", job["id"], "--json").json
    assert shown["state"] == "succeeded"
    assert shown["exit_code"] == 0
    assert shown["metrics"]["loss"] == {"last": 1 / 3, "min": 1 / 3, "max": 1.0, "steps": 3}
    points = tandem.ok("job", "metrics", job["id"], "--json").json["loss"]
    assert [(each["step"], each["value"]) for each in points] == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    assert tandem.ok("job", "metrics", job["id"], "--name", "x*").out == "no metrics yet\n"
    table = tandem.ok("job", "metrics", job["id"], "--csv", "--follow", "--name", "l*").out.splitlines()
    assert table == ["job,metric,step,time,value", *(f"{job['id']},loss,{n},,{v}" for n, v in ROWS)]
    assert tandem.run("job", "stop", job["id"]).code == 2
    assert tandem.run("job", "stop", job["id"], "--checkpoint", "--yes").code == 1
    assert tandem.ok("job", "logs", job["id"]).out == "trained\n"
    tandem.ok("job", "outputs", job["id"], "--to", str(tmp_path / "out"))
    assert (tmp_path / "out" / "answer.txt").read_text() == "42"
    listed = tandem.ok("job", "list", "--search", "short", "--state", "succeeded", "--json").json
    assert [each["id"] for each in listed] == [job["id"]]
    assert (lab_server.home / ".tandem").stat().st_mode & 0o777 == 0o700
    removed = tandem.ok("server", "clean", lab_server.name, "--yes", "--json").json
    assert removed["removed_bytes"] > 0
    assert not (lab_server.home / ".tandem").exists()


def test_job_wait_exits_as_the_job_did(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    failed = tandem.run("job", "submit", "--server", lab_server.name, "--wait", "--", "sh", "-c", "exit 3")
    assert failed.code == 3
    killed = tandem.run(
        "job", "submit", "--server", lab_server.name, "--wait", "--", "sh", "-c", "kill -9 $$"
    )
    assert killed.code == 128 + signal.SIGKILL
    long = tandem.ok("job", "submit", "--server", lab_server.name, "--json", "--", "sleep", "60").json
    assert tandem.run("job", "wait", long["id"], "--timeout", "0.5").code == 124
    cancelled = tandem.ok("job", "cancel", long["id"], "--json").json
    assert cancelled["state"] == "cancelled"


def test_a_killed_console_loses_no_job(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    submitted = tandem.ok(
        "job", "submit", "--server", lab_server.name, "--json", "--", "sh", "-c", "sleep 2; echo done; exit 5"
    ).json
    follower = subprocess.Popen(
        tandem.command("job", "logs", submitted["id"], "--follow"),
        env=tandem.environment,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(1)
    os.kill(follower.pid, signal.SIGKILL)
    follower.wait()
    lab_server.end_sessions()
    shown = tandem.ok("job", "show", submitted["id"], "--json").json
    assert shown["state"] in ("running", "failed")
    assert tandem.run("job", "wait", submitted["id"], "--timeout", "30").code == 5
    assert tandem.ok("job", "logs", submitted["id"]).out == "done\n"


def test_audit_lists_every_command_that_was_run_on_a_server(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    tandem.ok("exec", lab_server.name, "--", "echo", "a needle")
    rows = tandem.ok("audit", "--server", lab_server.name, "--json").json
    assert any("a needle" in json.dumps(row["detail"]) for row in rows)
    assert any(row["action"] == "agent.start" for row in rows)
    assert tandem.ok("audit", "--verify", "--json").json["whole"] is True


def test_backup_and_restore(tandem: Tandem, tmp_path: Path) -> None:
    tandem.ok("server", "add", "kept", "--host", "127.0.0.1")
    file = tmp_path / "tandem.backup"
    tandem.ok("backup", str(file))
    tandem.ok("server", "remove", "kept", "--yes")
    tandem.ok("restore", str(file), "--yes")
    assert [each["name"] for each in tandem.ok("server", "list", "--json").json] == ["kept"]
    ran = tandem.run("restore", str(tandem.home / "options.json"), "--yes")
    assert ran.code == 1


def test_import_reads_ssh_config(tandem: Tandem, lab_server: LabServer, tmp_path: Path) -> None:
    config = lab_server.write_ssh_config(tmp_path / "config", "gpu-01")
    done = tandem.ok("server", "import", "--ssh-config", str(config), "--json").json
    assert done["added"] == ["gpu-01"]
    ran = tandem.ok("exec", "gpu-01", "--", "echo", "through the alias")
    assert ran.out == "through the alias\n"


def test_doctor_and_plugins(tandem: Tandem) -> None:
    findings = {each["what"]: each for each in tandem.ok("doctor", "--json").json}
    assert findings["home"]["works"] is True
    names = {each["name"]: each for each in tandem.ok("plugin", "list", "--json").json}
    assert {"nvidia", "simulated", "recipes"} <= set(names)
    assert all(each["problem"] is None for each in names.values())


def test_a_third_party_plugin_needs_consent(tandem: Tandem) -> None:
    tandem.ok("doctor")
    folder = tandem.home / "plugins" / "mine"
    folder.mkdir()
    (folder / "plugin.toml").write_text(
        'name = "mine"\nversion = "1.0"\napi = 1\ntitle = "Mine"\ndescription = "A test."\n'
        'module = "plugin.py"\nprovides = ["recipes"]\n'
    )
    (folder / "plugin.py").write_text(
        "from console.plugin.api import hookimpl\n@hookimpl\ndef tandem_recipes():\n    return []\n"
    )

    def state() -> str:
        found = {each["name"]: each["state"] for each in tandem.ok("plugin", "list", "--json").json}
        return str(found["mine"])

    assert state() == "not approved"
    tandem.ok("plugin", "approve", "mine")
    assert state() == "loaded"
    (folder / "plugin.py").write_text("raise SystemExit\n")
    assert state() == "changed since approval"
    tandem.ok("plugin", "revoke", "mine")
    assert state() == "not approved"
    assert tandem.run("plugin", "approve", "nothing").code == 1


def test_version(tandem: Tandem) -> None:
    assert tandem.ok("--version").out.startswith("tandem ")
