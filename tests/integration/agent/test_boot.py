"""Starting from memory: every interpreter, every login shell, noise, hostile frames, and a prompt end."""

from __future__ import annotations

import base64
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.fleet.bundle import NO_PYTHON, boot_command, bundle_sha256
from tests.lab.agent import Agent, Refused


def test_every_python_says_hello_samples_runs_and_keeps_a_job(
    home: Path, start_agent: Callable[..., Agent], python: str
) -> None:
    agent = start_agent(python=python)
    hello = agent.call("hello")
    assert hello["protocol"] == 1
    assert hello["agent_sha256"] == bundle_sha256(())
    assert hello["home"] == str(home)
    sample = agent.call("telemetry.once")
    assert sample["memory_total_bytes"] == hello["memory_total_bytes"] > 0
    result, out, err = agent.run(
        ["sh", "-c", "cat; echo oops >&2; exit 4"], stdin_b64=base64.b64encode(b"in").decode()
    )
    assert (result, out, err) == ({"exit_code": 4, "signal": None, "timed_out": False}, b"in", b"oops\n")
    assert not (home / ".tandem").exists()
    agent.submit("j1", ["{python}", "-c", "import sys; print(sys.version_info[:2]); sys.exit(7)"])
    status = agent.wait("j1")
    assert (status["state"], status["exit_code"]) == ("failed", 7)
    assert agent.close() == 0
    assert agent.stderr == b""


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "fish", "csh"])
def test_every_login_shell_starts_it_in_its_home(
    home: Path, start_agent: Callable[..., Agent], shell: str
) -> None:
    agent = start_agent(shell=shell, python=None)
    assert agent.run(["pwd"])[1].decode() == f"{home}\n"


def test_the_shell_s_noise_does_not_matter(start_agent: Callable[..., Agent]) -> None:
    agent = start_agent(
        noise="i=0; while [ $i -lt 2000 ]; do echo 'welcome, TANDEM-AGENT 1 wrong'; i=$((i+1)); done; "
    )
    assert agent.call("hello")["protocol"] == 1


def test_a_home_full_of_python_names_does_not_matter(home: Path, start_agent: Callable[..., Agent]) -> None:
    for name in ("json", "zlib", "pynvml", "tandem_agent", "subprocess"):
        (home / f"{name}.py").write_text("raise SystemExit('shadowed')")
    assert start_agent().call("hello")["protocol"] == 1


def test_without_a_python_it_says_so(home: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 9\n")
    old.chmod(0o755)
    for line in (boot_command(None), boot_command("/no/such/python"), boot_command("~/venv/bin/python")):
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            env={"HOME": str(home), "PATH": str(tools)},
            input=b"",
            capture_output=True,
        )
        assert done.stdout.decode().splitlines()[-1] == NO_PYTHON


def test_a_path_with_a_blank_and_the_home_s_own_python_are_found(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    folder = home / "my venv"
    folder.mkdir()
    (folder / "python").symlink_to(Path(sys.executable).resolve())
    assert start_agent(python=str(folder / "python")).call("hello")["pid"]
    assert start_agent(python="~/my venv/python").call("hello")["pid"]


def test_it_ends_at_once_when_its_console_does(start_agent: Callable[..., Agent]) -> None:
    agent = start_agent()
    agent.ask("telemetry.subscribe", {"interval_s": 0.1})
    agent.ask("exec", {"argv": ["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"]})
    agent.ask("exec", {"argv": ["cat", "/dev/zero"]})
    time.sleep(0.3)
    began = time.monotonic()
    assert agent.close() == 0
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize(
    "frame",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"id": "x", "method": 1}',
        b'{"id": 1}',
        b'{"cancel": [1]}',
    ],
)
def test_a_bad_frame_is_answered_and_the_next_one_too(
    start_agent: Callable[..., Agent], frame: bytes
) -> None:
    agent = start_agent()
    agent.write(struct.pack(">I", len(frame)) + frame)
    if frame != b'{"cancel": [1]}':
        assert agent.take(lambda m: "error" in m)["error"]["code"] == "agent.failed"
    assert agent.call("hello")["protocol"] == 1


def test_an_oversize_frame_closes_the_agent_without_a_crash(start_agent: Callable[..., Agent]) -> None:
    agent = start_agent()
    agent.write(struct.pack(">I", 0x7FFFFFFF))
    with pytest.raises(EOFError):
        agent.take(lambda m: "never" in m)
    assert agent.close() == 0
    assert b"Traceback" not in agent.stderr


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("no.such", {}),
        ("exec", {}),
        ("exec", {"argv": []}),
        ("exec", {"argv": ["a\0b"]}),
        ("exec", {"argv": "ls"}),
        ("file.read", {"path": 5}),
        ("job.submit", {"spec": []}),
        ("job.submit", {"spec": {"id": "../x", "argv": ["true"]}}),
        ("port.free", {"port": 70000}),
    ],
)
def test_senseless_parameters_are_refused_in_words(
    start_agent: Callable[..., Agent], method: str, params: dict[str, object]
) -> None:
    with pytest.raises(Refused) as caught:
        start_agent().call(method, params)
    assert caught.value.code == "agent.failed"
    assert caught.value.attrs["method"] == method


def test_it_beats_while_it_works(start_agent: Callable[..., Agent]) -> None:
    agent = start_agent()
    agent.ask("exec", {"argv": ["sleep", "5"]})
    assert [agent.take(lambda m: "beat" in m)["beat"] for _ in range(2)] == [1, 2]
