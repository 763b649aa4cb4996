"""A real OpenSSH that penalises addresses (9.8 and newer): we earn no penalty, and say so where one holds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.link_state import LinkState
from tests.integration.fleet.rig import Rig, until
from tests.lab.fleet import LabFleet
from tests.lab.newer_openssh import newer_openssh
from tests.lab.sshd import LabServer, OpenSsh, make_key

pytestmark = pytest.mark.faults

# As by default, only quicker: three failures within the span, then nobody from here for a while.
PENALTIES = {"PerSourcePenalties": "authfail:6s noauth:1s min:15s max:25s", "MaxAuthTries": "6"}


@pytest.fixture(scope="session")
def newer() -> OpenSsh:
    found = newer_openssh()
    assert found.version >= (9, 8)
    return found


def failed_logins(server: LabServer) -> int:
    """Failed logins, by sshd's own log."""
    return len(re.findall(r"Failed publickey", server.log_text()))


def test_r22_a_wrong_key_fails_once_until_a_person_says_otherwise(
    rig: Rig, make_lab_server: Callable[..., LabServer], newer: OpenSsh, tmp_path: Path
) -> None:
    server = make_lab_server(options=PENALTIES, openssh=newer)
    name = rig.add(server, identity=str(make_key(tmp_path / "wrong")))
    rig.fleet.watch([name])
    until(lambda: rig.state(name) is LinkState.REFUSED, what="refused")
    view = rig.fleet.link(name)
    assert view.problem is not None
    assert view.problem.sentence.startswith(f"{name}: {server.user} was not let in; tried")
    assert view.problem.remedy.endswith("Tandem does not try again by itself.")
    for _ in range(3):
        with pytest.raises(Problem):
            rig.fleet.call(name, "hello")
    assert failed_logins(server) == 1
    assert rig.state(name) is LinkState.REFUSED


def test_r22_a_penalty_is_said_in_plain_words_and_outwaited(
    rig: Rig, make_lab_server: Callable[..., LabServer], newer: OpenSsh, tmp_path: Path
) -> None:
    server = make_lab_server(options=PENALTIES, openssh=newer)
    wrong = rig.add(server, "wrong", identity=str(make_key(tmp_path / "wrong")))
    right = rig.add(server, "right", trusted=False)
    codes: list[str] = []
    while "ssh.limited" not in codes:  # a person who insists, again and again
        problem = rig.fleet.check(wrong).problem
        assert problem is not None
        codes.append(problem.code)
        assert len(codes) < 20
    assert set(codes[:-1]) == {"ssh.auth_failed"}
    began = time.monotonic()
    rig.fleet.watch([right])
    until(lambda: rig.state(right) is LinkState.WAITING, what="the penalty")
    view = rig.fleet.link(right)
    assert view.problem is not None
    assert view.problem.code == "ssh.limited"
    assert "turns this address away for a while after failed logins (PerSourcePenalties" in str(view.problem)
    assert "Tandem tries again by itself" in view.problem.remedy
    assert view.retry_in_s is not None
    assert view.retry_in_s > 3
    until(lambda: rig.state(right) is LinkState.UP, within_s=60, what="up when the penalty is over")
    assert time.monotonic() - began > 3
    assert failed_logins(server) == len(codes) - 1, "waiting cost no further one"


def test_r22_a_bastion_sees_one_wrong_login_of_many_servers(
    rig: Rig, lab_fleet: Callable[[int], LabFleet], make_lab_server: Callable[..., LabServer], newer: OpenSsh
) -> None:
    bastion = make_lab_server(name="bastion", options=PENALTIES, openssh=newer)
    allowed = bastion.authorized_keys.read_bytes()
    bastion.authorized_keys.write_bytes(b"")
    rig.add(bastion)
    names = [rig.add(server, jump="bastion") for server in lab_fleet(8)]
    rig.fleet.watch(names)
    until(lambda: all(rig.state(name) is LinkState.REFUSED for name in names), what="all refused")
    assert failed_logins(bastion) == 1
    for name in names:
        problem = rig.fleet.link(name).problem
        assert problem is not None
        assert problem.sentence.startswith("bastion: ")
        assert "was not let in" in problem.sentence
    bastion.authorized_keys.write_bytes(allowed)
    for name in names:
        rig.fleet.retry(name)
    until(lambda: all(rig.state(name) is LinkState.UP for name in names), within_s=30, what="all up")
    assert failed_logins(bastion) == 1
    assert "drop connection" not in bastion.log_text(), "no penalty was earned"
