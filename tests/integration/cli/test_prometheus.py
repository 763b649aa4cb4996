"""`tandem prometheus`: the endpoint without a window, over a real server."""

from __future__ import annotations

import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer, free_port


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    return Tandem(tmp_path)


def test_show_says_where_and_that_it_is_off(tandem: Tandem) -> None:
    found = tandem.run("prometheus", "show", "--json").json
    assert found["url"] == "http://127.0.0.1:9838/metrics"
    assert found["enabled"] is False


def test_served_without_a_window_until_interrupted(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    number = str(free_port())
    served = subprocess.Popen(
        tandem.command("prometheus", "serve", "--port", number),
        env=tandem.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert served.stdout is not None
        url = served.stdout.readline().strip()
        assert url == f"http://127.0.0.1:{number}/metrics"
        end = time.monotonic() + 30
        while "node_load1{" not in (text := urllib.request.urlopen(url, timeout=10).read().decode()):
            assert time.monotonic() < end, text
            time.sleep(0.1)
        assert "tandem_up{" in text
    finally:
        served.send_signal(signal.SIGINT)
        assert served.wait(20) == 130
        served.stdout.close()
