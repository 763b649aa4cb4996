"""`exec --filter`, `forward`, `terminal` and `file` as a script uses them, on real sshd's."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.cli.parser import UsageError
from console.cli.reach_verbs import parse_forward
from console.core.clock import SystemClock
from console.core.home import Home
from console.fleet.inventory import ServerBook
from console.fleet.server import Server
from console.store.store import Store
from tests.lab.command import Tandem
from tests.lab.fleet import LabFleet
from tests.lab.sshd import LabServer, free_port


def enter(tandem: Tandem, server: LabServer, *, replace: bool = False, **more: object) -> str:
    """Put a lab server into the inventory and trust it, without a run of the command for each."""
    home = Home(tandem.home).make()
    store = Store(home.database, SystemClock())
    where = {
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "identity": str(server.client_key),
    }
    ServerBook(store).add(Server(server.name, **{**where, **more}), replace=replace)  # type: ignore[arg-type]
    store.close()
    with home.known_hosts.open("a") as file:
        file.write(server.known_hosts_line)
    return server.name


@pytest.fixture
def fleet(tandem: Tandem, lab_fleet: Callable[[int], LabFleet]) -> LabFleet:
    servers = lab_fleet(3)
    for number, server in enumerate(servers):
        enter(tandem, server, labels={"team": "vision" if number < 2 else "speech"})
    return servers


def test_outputs_are_grouped_and_exit_codes_kept(tandem: Tandem, fleet: LabFleet) -> None:
    (fleet[1].home / "odd").touch()
    script = 'echo same; test ! -e "$HOME/odd"'
    exported = tandem.home / "codes.csv"
    ran = tandem.run("exec", "--filter", "lab", "--csv", str(exported), "--json", "--", "sh", "-c", script)
    assert ran.code == 1, ran.err
    assert [(each["server"], each["exit_code"], each["group"]) for each in ran.json["results"]] == [
        ("lab-1", 0, 0),
        ("lab-2", 1, 1),
        ("lab-3", 0, 0),
    ]
    assert [(each["servers"], each["stdout"]) for each in ran.json["groups"]] == [
        (["lab-1", "lab-3"], "same\n"),
        (["lab-2"], "same\n"),
    ]
    rows = [line.split(",") for line in exported.read_text().splitlines()]
    assert [[*row[:3], row[5]] for row in rows] == [
        ["server", "state", "exit_code", "group"],
        ["lab-1", "done", "0", "0"],
        ["lab-2", "failed", "1", "1"],
        ["lab-3", "done", "0", "0"],
    ]
    text = tandem.run("exec", "--filter", "label.team=vision", "--", "printf", "\\033[31mred\\n")
    assert text.code == 0
    assert text.out == "2 servers, exit 0: lab-1 lab-2\n  red\n"
    audit = tandem.run("audit", "--json").json
    assert {row["server"] for row in audit if row["detail"].get("method") == "exec"} == {
        "lab-1",
        "lab-2",
        "lab-3",
    }


def test_a_plan_is_shown_and_nothing_runs(tandem: Tandem, fleet: LabFleet) -> None:
    ran = tandem.run("exec", "--filter", "all", "--dry-run", "--json", "--", "touch", "made")
    assert ran.json["servers"] == ["lab-1", "lab-2", "lab-3"]
    assert not list(fleet.folder.glob("*/home/made"))
    assert tandem.run("exec", "--filter", "no-such", "--", "true").code == 1
    assert tandem.run("exec", "lab-1", "--filter", "all", "--", "true").code == 2
    assert tandem.run("--read-only", "exec", "--filter", "all", "--", "touch", "made").code == 1


@pytest.mark.faults
def test_failures_stop_it_and_a_dead_server_delays_nobody(tandem: Tandem, fleet: LabFleet) -> None:
    fleet[0].stop()
    words = ["exec", "--filter", "all", "--parallel", "1", "--stop-after", "1", "--json", "--", "true"]
    ran = tandem.run(*words)
    assert [each["state"] for each in ran.json["results"]] == ["unreachable", "not_started", "not_started"]
    assert ran.json["results"][0]["problem"]["code"] == "ssh.refused"
    ran = tandem.run("exec", "--filter", "all", "--timeout", "1", "--json", "--", "sleep", "20")
    assert [each["state"] for each in ran.json["results"]] == ["unreachable", "timed_out", "timed_out"]


@pytest.mark.faults
def test_ctrl_c_ends_it_everywhere_and_tells_what_came(tandem: Tandem, fleet: LabFleet) -> None:
    script = 'case "$HOME" in *lab-1*) echo first;; *) echo $$ > "$HOME/pid"; exec sleep 60;; esac'
    words = tandem.command("exec", "--filter", "all", "--json", "--", "sh", "-c", script)
    process = subprocess.Popen(words, env=tandem.environment, stdout=subprocess.PIPE, text=True)
    pids = [fleet[n].home / "pid" for n in (1, 2)]
    while not all(path.exists() and path.read_text().strip() for path in pids):
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    told = json.loads(out)
    assert told["interrupted"]
    assert told["results"][0]["exit_code"] == 0
    for path in pids:
        deadline = time.monotonic() + 30
        while Path(f"/proc/{path.read_text().strip()}").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)


# --- forwards


class Echo:
    """Answers every connection with what it got."""

    def __init__(self, port: int = 0) -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = int(self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                peer.sendall(b"echo " + peer.recv(100))

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo()
    yield made
    made.close()


def asked(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        sock.sendall(b"hello")
        return sock.recv(100)


def test_r60e_a_forward_comes_back_with_its_port(tandem: Tandem, lab_server: LabServer, echo: Echo) -> None:
    name, port = enter(tandem, lab_server), free_port()
    words = tandem.command("forward", name, f"{port}:127.0.0.1:{echo.port}", "--json")
    process = subprocess.Popen(words, env=tandem.environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        opened = json.loads(process.stdout.readline())
        assert (opened["state"], opened["local_port"], opened["name"]) == ("open", port, f"lab-{echo.port}")
        assert asked(port) == b"echo hello"
        listening = subprocess.run(["ss", "-Hltn", f"sport = :{port}"], capture_output=True, text=True).stdout
        assert f"127.0.0.1:{port}" in listening
        lab_server.end_sessions()
        lost = json.loads(process.stdout.readline())
        assert (lost["state"], lost["problem"]["code"]) == ("waiting", "ssh.lost")
        assert json.loads(process.stdout.readline())["state"] == "open"
        assert asked(port) == b"echo hello"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert process.returncode == 130


def test_a_forward_that_cannot_be_says_why(tandem: Tandem, lab_server: LabServer, echo: Echo) -> None:
    name = enter(tandem, lab_server)
    taken = tandem.run("forward", name, f"{echo.port}:127.0.0.1:80")
    assert taken.code == 1
    assert "is taken" in taken.err
    assert tandem.run("forward", name, "80").code == 2


@pytest.mark.parametrize("text", ["80", "x:y", "1:host:0", "70000:h:1", "1:a b:2", ""])
def test_a_forward_is_written_as_ssh_writes_it(text: str) -> None:
    assert parse_forward("8080:10.0.0.1:80") == (8080, "10.0.0.1", 80)
    assert parse_forward("0:[::1]:80") == (0, "::1", 80)
    assert parse_forward("8080:80") == (8080, "127.0.0.1", 80)
    with pytest.raises(UsageError):
        parse_forward(text)


# --- a terminal


def test_the_ssh_command_line_leads_there(tandem: Tandem, fleet: LabFleet, tmp_path: Path) -> None:
    """Through two jump servers, by the keys and known hosts of the inventory alone."""
    enter(tandem, fleet[1], replace=True, jump="lab-1")
    enter(tandem, fleet[2], replace=True, jump="lab-2")
    for name, server in zip(("lab-1", "lab-2", "lab-3"), fleet, strict=True):
        printed = tandem.run("terminal", name, "--print")
        assert printed.code == 0, printed.err
        line = printed.out.strip()
        done = subprocess.run(
            ["sh", "-c", f"{line} 'echo $HOME'"],
            capture_output=True,
            text=True,
            env=tandem.environment,
            timeout=30,
        )
        assert done.stdout.strip() == str(server.home), done.stderr
    without = tandem.run("terminal", "lab-1")
    assert without.code == 1
    assert "no terminal could be opened here" in without.err
    said = tmp_path / "said"
    opener = tmp_path / "my-terminal"
    opener.write_text(f'#!/bin/sh\nshift\nprintf "%s\\n" "$@" > {said}.part; mv {said}.part {said}\n')
    opener.chmod(0o755)
    tandem.environment |= {"TERMINAL": str(opener), "DISPLAY": ":99"}
    opened = tandem.run("terminal", "lab-1", "--json")
    assert opened.code == 0, opened.err
    while not said.exists():
        time.sleep(0.01)
    assert said.read_text().splitlines() == opened.json["command"]
    assert shlex.join(opened.json["command"]).startswith("ssh -o 'UserKnownHostsFile=")


# --- files


def test_files_are_listed_written_and_deleted(tandem: Tandem, lab_server: LabServer) -> None:
    name, home = enter(tandem, lab_server), lab_server.home
    written = tandem.run("file", "write", name, "folder.txt", stdin="echo one\n")
    assert written.code == 0, written.err
    (listed,) = tandem.run("file", "list", name, "--json").json["entries"]
    assert (listed["name"], listed["kind"], listed["size"]) == ("folder.txt", "file", 9)
    assert tandem.run("file", "folder", name, "runs/first").code == 0
    (lab_server.home / "runs" / "first").rmdir()
    assert "is there already" in tandem.run("file", "folder", name, "runs").err
    (lab_server.home / "runs").rmdir()
    plan = tandem.run("file", "delete", name, "folder.txt", "--dry-run", "--json").json
    assert (plan["steps"][0]["name"], plan["destructive"]) == ("Delete folder.txt", True)
    assert tandem.run("file", "delete", name, "folder.txt").code == 2
    assert (home / "folder.txt").read_text() == "echo one\n"
    assert tandem.run("file", "delete", name, "folder.txt", "--yes").code == 0
    assert not list(home.iterdir())


def test_kept_secrets_are_listed_by_name(tandem: Tandem) -> None:
    assert tandem.run("secret", "list", "--json").json == []
    assert tandem.run("secret", "forget", "no such").code == 1


SIMULATED = {"count": 2, "name": "Simulated H100", "memory_gb": 80, "power_limit_w": 700, "seed": "x"}


def test_one_language_chooses_for_exec_watch_and_free(
    tandem: Tandem, lab_fleet: Callable[[int], LabFleet]
) -> None:
    first, second = lab_fleet(2)
    enter(tandem, first, labels={"team": "vision"}, simulated=SIMULATED)
    enter(tandem, second, labels={"team": "speech"})
    ran = tandem.run("exec", "--filter", "gpus>=2 & label.team=vision", "--json", "--", "true")
    assert ran.code == 0, ran.err
    assert [each["server"] for each in ran.json["results"]] == ["lab-1"]
    watched = tandem.run("watch", "--filter", "gpus>=2", "--seconds", "3", "--interval", "0.5", "--json")
    assert {line["server"] for line in watched.lines} == {"lab-1"}
    free = tandem.run("free", "--gpus", "2", "--memory", "40G", "--json")
    assert free.code == 0, free.err
    assert [(each["server"], each["free"]) for each in free.json["offers"]] == [("lab-1", 2)]
    none = tandem.run("free", "--gpus", "3", "--json")
    assert (none.code, none.json["offers"]) == (1, [])
    wrong = tandem.run("exec", "--filter", "gpus>=2 & speed>3", "--json", "--", "true")
    assert wrong.code == 1
    assert "column 11" in wrong.err


def test_views_are_kept_for_watch(tandem: Tandem) -> None:
    assert tandem.run("view", "save", "idle", "--filter", "util<10").code == 0
    assert tandem.run("view", "save", "bad", "--filter", "util<").code == 1
    assert [view["name"] for view in tandem.run("view", "list", "--json").json] == ["idle"]
    assert tandem.run("watch", "--view", "gone").code == 1
    assert tandem.run("view", "remove", "idle").code == 0
    assert tandem.run("view", "list").out.startswith("no views yet")
