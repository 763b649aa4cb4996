"""Bad input gets one clear sentence, the right exit code, and loses nothing."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.command import Ran, Tandem
from tests.lab.sshd import LabServer, free_port, make_key


def one_sentence(ran: Ran, *parts: str) -> None:
    """Exactly one line on stderr that holds these words."""
    lines = [line for line in ran.err.splitlines() if line.startswith("tandem: ")]
    assert len(lines) == 1, ran.err
    for part in parts:
        assert part in lines[0], lines[0]
    assert ran.out == ""


def test_unknown_server(tandem: Tandem) -> None:
    ran = tandem.run("server", "check", "nowhere")
    assert ran.code == 1
    one_sentence(ran, "no server 'nowhere'", "tandem server list")


def test_unknown_server_in_exec_is_a_failed_connection(tandem: Tandem) -> None:
    ran = tandem.run("exec", "nowhere", "--", "true")
    assert ran.code == 255
    one_sentence(ran, "no server 'nowhere'")


def test_refused_port(tandem: Tandem) -> None:
    port = free_port()
    tandem.ok("server", "add", "closed", "--host", "127.0.0.1", "--port", str(port))
    ran = tandem.run("server", "check", "closed")
    assert ran.code == 1
    assert f"127.0.0.1 port {port} refused" in ran.err


def test_wrong_key(tandem: Tandem, lab_server: LabServer, tmp_path: Path) -> None:
    stranger = make_key(tmp_path / "stranger")
    tandem.add(lab_server)
    tandem.add(lab_server, "--replace", "--identity", str(stranger), trust=False)
    ran = tandem.run("exec", lab_server.name, "--", "true")
    assert ran.code == 255
    one_sentence(ran, lab_server.user, "not let in", "publickey")


def test_unknown_host_key_is_refused_before_any_login(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server, trust=False)
    ran = tandem.run("exec", lab_server.name, "--", "true")
    assert ran.code == 255
    one_sentence(ran, lab_server.fingerprint(), "server trust")
    assert lab_server.auth_attempts() == 0


def test_another_fingerprint_is_not_trusted(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server, trust=False)
    ran = tandem.run("server", "trust", lab_server.name, "--fingerprint", "SHA256:" + "A" * 43)
    assert ran.code == 1
    one_sentence(ran, lab_server.fingerprint())
    assert tandem.run("exec", lab_server.name, "--", "true").code == 255


def test_no_python_on_the_server(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server, "--python", "/nowhere/python3")
    ran = tandem.run("job", "submit", "--server", lab_server.name, "--", "true")
    assert ran.code == 1
    assert "/nowhere/python3" in ran.err


def test_job_script_that_does_not_exist(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    ran = tandem.run("job", "submit", "--server", lab_server.name, "--", "python3", "train.py")
    assert ran.code == 1
    assert "no script train.py" in ran.err
    assert tandem.ok("job", "list", "--json").json == []
    ran = tandem.run("job", "submit", "--server", lab_server.name, "--", "no-such-command")
    assert ran.code == 1
    assert "no-such-command" in ran.err


def test_model_file_that_is_not_there(tandem: Tandem, lab_server: LabServer, tmp_path: Path) -> None:
    ran = tandem.run("model", "add", "digits", str(tmp_path / "none.safetensors"))
    assert ran.code == 1
    assert "no model file" in ran.err
    tandem.add(lab_server)
    ran = tandem.run("model", "add", "digits", "/nowhere/model.safetensors", "--server", lab_server.name)
    assert ran.code == 1
    assert "/nowhere/model.safetensors" in ran.err
    assert tandem.ok("model", "list", "--json").json == []


def test_port_that_is_taken(tandem: Tandem, lab_server: LabServer, tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    model.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    tandem.add(lab_server)
    tandem.ok("model", "add", "m", str(model))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = tandem.run(
            *("deploy", "create", "m", "--model", "m@1", "--server", lab_server.name, "--port", str(port))
        )
    assert ran.code == 1
    # A format that no runtime serves may be told first; both are said before anything is started.
    assert str(port) in ran.err or "No runtime" in ran.err
    assert tandem.ok("deploy", "list", "--json").json == []


def test_wrong_usage_exits_2(tandem: Tandem) -> None:
    for words in (
        ("server", "add"),
        ("job", "submit", "--server", "x"),
        ("nonsense",),
        ("watch", "--seconds", "soon"),
    ):
        ran = tandem.run(*words)
        assert ran.code == 2, words
        assert len(ran.err.splitlines()) == 1, ran.err


def test_destructive_without_yes_and_without_terminal_exits_2(tandem: Tandem) -> None:
    tandem.ok("server", "add", "one", "--host", "127.0.0.1")
    ran = tandem.run("server", "remove", "one")
    assert ran.code == 2
    one_sentence(ran, "--dry-run", "--yes")
    assert [each["name"] for each in tandem.ok("server", "list", "--json").json] == ["one"]
    plan = tandem.ok("server", "remove", "one", "--dry-run", "--json").json
    assert plan["destructive"] is True
    assert [each["name"] for each in tandem.ok("server", "list", "--json").json] == ["one"]
    tandem.ok("server", "remove", "one", "--yes")
    assert tandem.ok("server", "list", "--json").json == []


def test_read_only_refuses_what_changes(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    ran = tandem.run("job", "submit", "--server", lab_server.name, "--read-only", "--", "true")
    assert ran.code == 1
    one_sentence(ran, "read-only")
    assert tandem.run("--read-only", "exec", lab_server.name, "--", "true").code == 255
    tandem.ok("--read-only", "server", "check", lab_server.name)
    assert not (lab_server.home / ".tandem").exists()


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB for a server's HOME."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_on_the_server(
    tandem: Tandem, full_disk: Path, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server()
    server.home = full_disk
    server.restart()
    tandem.add(server)
    fill(full_disk / "filler")
    ran = tandem.run("job", "submit", "--server", server.name, "--", "true")
    assert ran.code == 1
    assert "disk" in ran.err
    assert "full" in ran.err
    (full_disk / "filler").unlink()
    submitted = tandem.ok("job", "submit", "--server", server.name, "--json", "--", "true").json
    assert tandem.run("job", "wait", submitted["id"], "--timeout", "30").code == 0
