"""The demo's own SSH server: one key, one user, loopback only, commands and forwards like sshd's."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.demo.keys import kept_key
from console.demo.ssh_server import DemoAccount, DemoSshServer
from tests.lab.sshd import make_key


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return make_key(tmp_path / "client", "ecdsa")


@pytest.fixture
def server(tmp_path: Path, key: Path) -> Iterator[DemoSshServer]:
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "ONLY": "this"}
    account = DemoAccount("someone", kept_key(key), environment)
    running = DemoSshServer(account, kept_key(tmp_path / "host_key"))
    yield running
    running.close()


def ssh(server: DemoSshServer, key: Path, *more: str, user: str = "someone") -> list[str]:
    options = (
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "IdentitiesOnly=yes",
        "LogLevel=ERROR",
    )
    flags = [flag for option in options for flag in ("-o", option)]
    binary = shutil.which("ssh")
    assert binary
    return [binary, "-F", "none", *flags, "-i", str(key), "-p", str(server.port), f"{user}@127.0.0.1", *more]


def test_commands_run_in_their_own_home_with_exit_code_and_both_streams(
    server: DemoSshServer, key: Path
) -> None:
    line = "pwd; echo $ONLY; cat; echo wrong >&2; exit 9"
    done = subprocess.run(
        ssh(server, key, line), input=b"from stdin\n", capture_output=True, timeout=20, check=False
    )
    lines = done.stdout.decode().splitlines()
    assert lines[0].endswith("/home")
    assert lines[1:] == ["this", "from stdin"]
    assert done.stderr == b"wrong\n"
    assert done.returncode == 9


def test_megabytes_pass_unchanged(server: DemoSshServer, key: Path) -> None:
    data = bytes(range(256)) * 8192
    done = subprocess.run(ssh(server, key, "cat"), input=data, capture_output=True, timeout=30, check=False)
    assert done.stdout == data


def test_another_key_or_user_is_not_let_in(server: DemoSshServer, key: Path, tmp_path: Path) -> None:
    stranger = make_key(tmp_path / "stranger", "ecdsa")
    for command in (ssh(server, stranger, "true"), ssh(server, key, "true", user="root2")):
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)
        assert done.returncode == 255
        assert b"Permission denied" in done.stderr


def test_it_listens_on_loopback_only(server: DemoSshServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5):
        pass
    addresses = {line.split()[3] for line in _listening() if line.split()[3].endswith(f":{server.port}")}
    assert addresses == {f"127.0.0.1:{server.port}"}


def _listening() -> list[str]:
    found = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True)
    return found.stdout.splitlines()


def test_forwards_reach_loopback_and_nothing_else(server: DemoSshServer, key: Path) -> None:
    echo = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = echo.accept()
        with connection:
            connection.sendall(connection.recv(100).upper())

    thread = threading.Thread(target=serve, name="echo")
    thread.start()
    there = f"127.0.0.1:{echo.getsockname()[1]}"
    done = subprocess.run(
        ssh(server, key, "-W", there), input=b"hello", capture_output=True, timeout=20, check=False
    )
    thread.join()
    echo.close()
    assert done.stdout == b"HELLO"
    refused = subprocess.run(
        ssh(server, key, "-W", "192.0.2.1:80"), capture_output=True, timeout=20, check=False
    )
    assert refused.returncode != 0
    assert b"forwarding failed" in refused.stderr
