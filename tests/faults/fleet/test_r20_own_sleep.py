"""A console that sleeps, as on a laptop, for longer than it waits for a silent server: its links live on."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

SLEEP_S = 20.0


def test_r20_a_console_that_slept_keeps_its_living_links(lab_server: LabServer, tmp_path: Path) -> None:
    tandem = Tandem(tmp_path)
    tandem.add(lab_server)
    words = tandem.command("watch", "--interval", "0.5", "--seconds", "30", "--json")
    before = lab_server.log_text().count("Connection from")
    with subprocess.Popen(words, env=tandem.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [json.loads(process.stdout.readline()) for _ in range(4)]
        process.send_signal(signal.SIGSTOP)
        time.sleep(SLEEP_S)
        process.send_signal(signal.SIGCONT)
        lines += [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert lines[-1]["seq"] - lines[0]["seq"] > 40, "what came meanwhile was taken in, and more after it"
    assert lab_server.log_text().count("Connection from") - before == 1
