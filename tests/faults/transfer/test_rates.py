"""A floor under the rate of copies, beside scp on the same way; the real comparison is a benchmark."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks.transfer import proxy
from tests.integration.copies.conftest import Copying, random_file, sha256
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

SIZE = 32 * 1024 * 1024


@pytest.mark.parametrize("round_trip_ms", [0, 20, 100])
def test_r47_a_copy_is_at_least_half_as_fast_as_scp(
    copying: Copying, lab_server: LabServer, tmp_path: Path, round_trip_ms: int
) -> None:
    source = random_file(tmp_path / "source", SIZE)
    with proxy(lab_server.port, round_trip_ms / 2000) as port:
        known = lab_server.known_hosts_line.replace(f":{lab_server.port} ", f":{port} ")
        with copying.rig.home.known_hosts.open("a", encoding="ascii") as file:
            file.write(known)
        (tmp_path / "known").write_text(known, "ascii")
        block = lab_server.ssh_config_block("lab", known_hosts=tmp_path / "known")
        (tmp_path / "config").write_text(block.replace(f"Port {lab_server.port}", f"Port {port}"), "utf-8")
        name = copying.rig.add(lab_server, trusted=False, port=port)

        def scp(one: object, other: object) -> None:
            subprocess.run(["scp", "-q", "-F", str(tmp_path / "config"), str(one), str(other)], check=True)

        def seconds(act: Callable[[], object]) -> float:
            begun = time.monotonic()
            act()
            return time.monotonic() - begun

        there = lab_server.home / "there"
        assert seconds(lambda: copying.push(name, source, "there")) <= 2 * seconds(
            lambda: scp(source, f"lab:{there}2")
        )
        assert seconds(lambda: copying.pull(name, "there", tmp_path / "back")) <= 2 * seconds(
            lambda: scp(f"lab:{there}", tmp_path / "back2")
        )
        assert sha256(there) == sha256(tmp_path / "back") == sha256(source)
