"""The lab itself: what other tests lean on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.lab import processes
from tests.lab.delay_proxy import DelayProxy
from tests.lab.fleet import LabFleet
from tests.lab.sshd import LabServer


def ssh(config: Path, alias: str, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ssh", "-F", str(config), "-o", "LogLevel=ERROR", alias, command],
        capture_output=True,
        text=True,
        timeout=20,
        stdin=subprocess.DEVNULL,
    )


def test_each_server_of_a_fleet_has_its_own_home(
    lab_fleet: Callable[[int], LabFleet], tmp_path: Path
) -> None:
    fleet = lab_fleet(3)
    config = fleet.write_ssh_config(tmp_path / "config")
    homes = [ssh(config, server.name, "echo $HOME").stdout.strip() for server in fleet]
    assert homes == [str(server.home) for server in fleet]


def test_stop_leaves_no_process_not_even_a_detached_one(lab_server: LabServer, tmp_path: Path) -> None:
    config = lab_server.write_ssh_config(tmp_path / "config")
    ssh(config, "lab", "(setsid sleep 300 >/dev/null 2>&1 </dev/null &)")
    assert processes.with_home(lab_server.home)
    lab_server.stop()
    assert not processes.with_home(lab_server.home)


def test_a_restart_keeps_the_port_and_can_change_the_key(lab_server: LabServer, tmp_path: Path) -> None:
    config = lab_server.write_ssh_config(tmp_path / "config")
    port = lab_server.port
    lab_server.restart()
    assert ssh(config, "lab", "true").returncode == 0
    lab_server.restart(new_host_key=True)
    assert lab_server.port == port
    assert ssh(config, "lab", "true").returncode == 255


def test_the_proxy_delays_and_passes_every_byte(lab_server: LabServer, tmp_path: Path) -> None:
    config = lab_server.write_ssh_config(tmp_path / "config")
    with DelayProxy(lab_server.port, latency_s=0.02) as proxy:
        text = config.read_text().replace(f"Port {lab_server.port}", f"Port {proxy.port}\n  HostKeyAlias lab")
        config.write_text(text)
        known = lab_server.folder / "known_hosts"
        known.write_text("lab " + " ".join(lab_server.host_key()) + "\n")
        found = ssh(config, "lab", "head -c 3000000 /dev/zero | wc -c; head -c 1000000 /dev/zero")
    assert found.stdout.startswith("3000000\n")
    assert len(found.stdout) == 1000008
