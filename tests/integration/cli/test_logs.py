"""`tandem job logs` over a real sshd: cleaned, the last ones, what is found; raw where nothing obeys."""

from __future__ import annotations

import os
import pty
import subprocess

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer

HOSTILE = (
    r"printf 'one\n\033]0;owned\007\033[2Jtwo \033[31mred\033[0m\n 10%%\r 99%%\r100%%\n\302\233c\n';"
    r" printf 'RuntimeError: CUDA out of memory\n\342\200\256last'"
)
CLEAN = ["one", "two red", "100%", "\\u009bc", "RuntimeError: CUDA out of memory", "\\u202elast"]


def test_logs_are_cleaned_and_searched(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    job = tandem.ok(
        *("job", "submit", "--server", lab_server.name, "--wait", "--json", "--", "sh", "-c", HOSTILE)
    ).json["id"]
    assert tandem.ok("job", "logs", job).out.splitlines() == CLEAN
    assert tandem.ok("job", "logs", job, "--follow").out.splitlines() == CLEAN
    assert tandem.ok("job", "logs", job, "--tail", "2").out.splitlines() == CLEAN[-2:]
    assert tandem.ok("job", "logs", job, "--tail", "0").out == ""
    assert tandem.ok("job", "logs", job, "--errors").out == "5:RuntimeError: CUDA out of memory\n"
    assert tandem.ok("job", "logs", job, "--grep", "RED", "--ignore-case").out == "2:two red\n"
    assert tandem.ok("job", "logs", job, "--regex", "^(one|10.%)$", "--json").out.splitlines() == [
        '{"line": "1", "text": "one"}',
        '{"line": "3", "text": "100%"}',
    ]
    nothing = tandem.run("job", "logs", job, "--grep", "absent")
    assert (nothing.code, nothing.out) == (1, "")
    assert "no regular expression" in tandem.run("job", "logs", job, "--regex", "(").err
    assert tandem.run("job", "logs", job, "--raw", "--errors").code == 2
    raw = subprocess.run(
        tandem.command("job", "logs", job, "--raw"),
        env=tandem.environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    assert raw.stdout.startswith(b"one\n\x1b]0;owned\x07\x1b[2Jtwo")
    terminal, inner = pty.openpty()
    refused = subprocess.run(
        tandem.command("job", "logs", job, "--raw"),
        env=tandem.environment,
        stdout=inner,
        stderr=subprocess.PIPE,
    )
    os.close(inner)
    os.close(terminal)
    assert refused.returncode == 2
    assert b"could command the terminal" in refused.stderr
