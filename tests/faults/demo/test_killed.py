"""A demo that is killed in the middle: its job goes on, and the next demo tells how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.integration.demo.test_round import of_the_demo
from tests.lab.command import Tandem

pytestmark = pytest.mark.faults


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    return Tandem(tmp_path)


@pytest.mark.timeout(300)
def test_a_demo_killed_in_the_middle_of_training_loses_no_result(tandem: Tandem) -> None:
    console = subprocess.Popen(
        tandem.command("demo", "--headless"),
        env=tandem.environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert console.stderr is not None
    try:
        for line in console.stderr:
            if "Train version 1" in line:
                break
        time.sleep(4)
    finally:
        os.kill(console.pid, signal.SIGKILL)
        console.wait()
        console.stderr.close()
    running = of_the_demo(tandem)
    assert running, "the job died with the console"
    deadline = time.monotonic() + 90
    while of_the_demo(tandem) and time.monotonic() < deadline:
        time.sleep(0.5)
    tandem.ok("demo", "--headless", timeout=240)
    states = {job["name"]: job["state"] for job in tandem.ok("job", "list", "--json", timeout=60).json}
    assert set(states.values()) == {"succeeded"}
    assert len(tandem.ok("job", "list", "--search", "digits-train-1", "--json", timeout=60).json) == 2
