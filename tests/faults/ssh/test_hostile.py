"""Servers that are none: whatever they do, the deadline holds and nothing is left behind."""

from __future__ import annotations

import gc
import resource
import threading
import time
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.ssh.deadline import Deadline
from console.ssh.handshake import scan_host_key
from console.ssh.target import Target
from tests.lab.client import Client
from tests.lab.hostile import MODES, HostileServer

pytestmark = pytest.mark.faults

DEADLINE_S = 3.0
EXPECTED = {
    "silent": {"ssh.timeout"},
    "byte_per_second": {"ssh.timeout"},
    "endless_banner_lines": {"ssh.timeout", "ssh.not_ssh"},
    "endless_banner": {"ssh.not_ssh"},
    "banner_then_silence": {"ssh.timeout"},
    "huge_packet": {"ssh.protocol"},
    "garbage": {"ssh.protocol"},
    "http": {"ssh.not_ssh"},
    "closes": {"ssh.not_ssh"},
}


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("mode", sorted(MODES))
def test_r10_the_deadline_holds_and_nothing_is_left(mode: str, client: Client, tmp_path: Path) -> None:
    with HostileServer(mode) as server:
        target = Target("evil", "127.0.0.1", server.port, user="me", identity_agent="none", known_hosts=())
        with pytest.raises(Problem):  # warms caches up
            scan_host_key(target, Deadline.after(0.3))
        gc.collect()
        before = (descriptors(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        begun = time.monotonic()
        with pytest.raises(Problem) as caught:
            client.open(target, timeout_s=DEADLINE_S)
        took = time.monotonic() - begun
        left = [thread.name for thread in threading.enumerate() if thread.name.startswith("ssh")]
        gc.collect()
        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before[1]
        time.sleep(0.2)  # the lab's own end of the connection closes a moment later
        assert descriptors() <= before[0] + 1
    assert caught.value.code in EXPECTED[mode]
    assert took < DEADLINE_S + 2
    assert left == []
    assert grown_kib < 10 * 1024


def test_what_a_web_server_says_is_quoted() -> None:
    with HostileServer("http") as server:
        target = Target("web", "127.0.0.1", server.port)
        with pytest.raises(Problem) as caught:
            scan_host_key(target, Deadline.after(3))
    assert caught.value.code == "ssh.not_ssh"
    assert "HTTP/1.1 400 Bad Request" in caught.value.sentence


def test_r10_the_stage_of_a_timeout_is_named() -> None:
    stages = {}
    for mode in ("silent", "banner_then_silence"):
        with HostileServer(mode) as server:
            with pytest.raises(Problem) as caught:
                scan_host_key(Target("evil", "127.0.0.1", server.port), Deadline.after(0.5))
            stages[mode] = caught.value.attrs["stage"]
    assert stages == {"silent": "waiting for its SSH banner", "banner_then_silence": "exchanging keys"}
