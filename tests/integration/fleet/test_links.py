"""Links to real servers: watching, losing and coming back, refusing, falling back to the shell."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.link_state import LinkState
from console.telemetry.live import LiveTelemetry
from console.telemetry.parsing import parse_changes, parse_sample
from console.telemetry.sample import ServerSample
from console.telemetry.snapshot import Severity, count
from tests.integration.fleet.rig import Rig, until
from tests.lab.fleet import LabFleet
from tests.lab.sshd import LabServer


def test_watching_two_servers_brings_samples_and_writes_nothing_there(
    rig: Rig, lab_fleet: Callable[[int], LabFleet]
) -> None:
    lab = lab_fleet(2)
    names = [rig.add(server) for server in lab]
    rig.fleet.watch(interval_s=0.5)
    until(lambda: all(len(rig.sink.of(name)) >= 3 for name in names), what="three samples each")
    for name, server in zip(names, lab, strict=True):
        first, *later = rig.sink.of(name)
        sample: ServerSample | None = parse_sample(*first)
        assert "since" not in first[0]
        for wire, received_s in later:
            # What did not change is not sent again.
            assert ("since" in wire) is ("memory_total_bytes" not in wire)
            whole = parse_sample(wire, received_s, before=sample)
            sample = parse_changes(wire, received_s, sample) if "since" in wire else whole
        assert sample is not None
        assert sample.memory_total_bytes
        assert sample.seq == later[-1][0]["seq"]
        assert sample.cpu_percent is not None
        assert rig.sink.states(name)[-1] is LinkState.UP
        assert list(server.home.iterdir()) == []
    assert {action for action, _, _ in rig.actions()} == {"agent.start", "ssh.exec"}


def test_the_first_sample_does_not_wait_for_another_round_trip(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    began = time.monotonic()
    rig.fleet.watch([name])
    until(lambda: rig.sink.of(name), what="the first sample")
    assert time.monotonic() - began < 5


def test_watching_can_begin_and_end_on_a_link_that_is_up(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    pid = rig.fleet.call(name, "hello")["pid"]
    rig.fleet.watch([name], interval_s=0.5)
    until(lambda: rig.sink.of(name), what="a sample")
    rig.fleet.unwatch([name])
    time.sleep(1.2)
    seen = len(rig.sink.of(name))
    time.sleep(1.2)
    assert len(rig.sink.of(name)) == seen
    assert rig.fleet.call(name, "hello")["pid"] == pid


def test_a_link_comes_back_by_itself_when_its_server_does(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    rig.fleet.watch([name])
    until(lambda: rig.state(name) is LinkState.UP, what="the link")
    lab_server.stop_listening()
    until(lambda: rig.state(name) is LinkState.WAITING, what="the loss")
    view = rig.fleet.link(name)
    assert view.problem is not None
    assert view.age_s is not None
    assert view.retry_in_s is not None
    seen = len(rig.sink.of(name))
    lab_server.restart()
    until(lambda: len(rig.sink.of(name)) > seen, within_s=20, what="a sample after the restart")
    assert rig.fleet.link(name).problem is None
    assert [notice.key for notice in rig.notices] == [f"link.{name}"]


def test_a_call_does_not_wait_for_the_back_off(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    lab_server.stop_listening()
    rig.fleet.watch([name])
    until(lambda: rig.sink.states(name).count(LinkState.CONNECTING) >= 3, within_s=20, what="three attempts")
    lab_server.restart()
    began = time.monotonic()
    assert rig.fleet.call(name, "hello")["pid"]
    assert time.monotonic() - began < 4


def test_a_refused_port_fails_a_call_at_once(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    lab_server.stop_listening()
    began = time.monotonic()
    with pytest.raises(Problem) as found:
        rig.fleet.call(name, "hello")
    assert found.value.code == "ssh.refused"
    assert time.monotonic() - began < 3


def test_r05_an_unknown_host_key_waits_for_the_person(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server, trusted=False)
    rig.fleet.watch([name])
    until(lambda: rig.state(name) is LinkState.REFUSED, what="the refusal")
    time.sleep(2.5)
    assert rig.sink.states(name) == [LinkState.CONNECTING, LinkState.REFUSED]
    assert rig.fleet.link(name).problem.code == "ssh.host_key_unknown"
    assert lab_server.auth_attempts() == 0
    with pytest.raises(Problem):
        rig.fleet.call(name, "hello")
    key = rig.fleet.scan_key(name)
    assert key.fingerprint == lab_server.fingerprint()
    rig.fleet.trust(name, key)
    until(lambda: rig.state(name) is LinkState.UP, what="the link after trusting")


def test_r15_r22_a_wrong_key_is_tried_once(rig: Rig, lab_server: LabServer, tmp_path: Path) -> None:
    from tests.lab.sshd import make_key

    name = rig.add(lab_server, identity=str(make_key(tmp_path / "stranger")))
    rig.fleet.watch([name])
    until(lambda: rig.state(name) is LinkState.REFUSED, what="the refusal")
    tried = lab_server.auth_attempts()
    time.sleep(2.5)
    assert lab_server.auth_attempts() == tried
    assert rig.fleet.link(name).problem.code == "ssh.auth_failed"


def test_r05_a_changed_key_stops_the_link(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    rig.fleet.watch([name])
    until(lambda: rig.state(name) is LinkState.UP, what="the link")
    lab_server.restart(new_host_key=True)
    until(lambda: rig.state(name) is LinkState.REFUSED, within_s=20, what="the refusal")
    assert rig.fleet.link(name).problem.code == "ssh.host_key_changed"


def test_a_server_without_python_is_watched_by_shell(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server, python="/no/such/python")
    rig.fleet.watch([name], interval_s=1)
    until(lambda: len(rig.sink.of(name)) >= 2, within_s=15, what="two samples by shell")
    sample = parse_sample(*rig.sink.of(name)[-1])
    assert sample.memory_total_bytes
    assert sample.cpu_percent is not None
    assert sample.disks
    view = rig.fleet.link(name)
    assert view.state is LinkState.UP
    assert view.hello.python is None
    assert view.hello.home == str(lab_server.home)
    with pytest.raises(Problem) as found:
        rig.fleet.call(name, "job.list")
    assert found.value.code == "agent.python_missing"
    report = rig.fleet.check(name)
    assert report.reachable
    assert report.python is None
    assert any("/no/such/python" in warning for warning in report.warnings)
    assert list(lab_server.home.iterdir()) == []


def test_noise_of_the_login_shell_does_not_matter(rig: Rig, make_lab_server: Callable) -> None:
    noisy = make_lab_server(
        options={"ForceCommand": "head -c 100000 /dev/urandom; eval $SSH_ORIGINAL_COMMAND"}
    )
    name = rig.add(noisy)
    assert rig.fleet.call(name, "hello")["pid"]


def test_endless_noise_is_told(rig: Rig, make_lab_server: Callable) -> None:
    name = rig.add(make_lab_server(options={"ForceCommand": "yes nothing to see here"}))
    with pytest.raises(Problem) as found:
        rig.fleet.call(name, "hello")
    assert found.value.code == "agent.noise"


def test_a_shell_that_ends_at_once_tells_its_last_words(rig: Rig, make_lab_server: Callable) -> None:
    name = rig.add(make_lab_server(options={"ForceCommand": "echo This account is not available.; exit 1"}))
    with pytest.raises(Problem) as found:
        rig.fleet.call(name, "hello")
    assert found.value.code == "agent.protocol"
    assert "This account is not available." in found.value.sentence


def test_check_reports_what_is_there(rig: Rig, make_lab_server: Callable) -> None:
    name = rig.add(make_lab_server(options={"MaxSessions": "1"}))
    report = rig.fleet.check(name)
    assert report.reachable
    assert report.os
    assert report.python
    assert report.latency_ms > 0
    assert report.problem is None
    assert any("MaxSessions" in warning for warning in report.warnings)
    document = report.as_dict()
    assert {"reachable", "latency_ms", "os", "python", "accelerators", "warnings"} <= set(document)
    # exec still works: it falls back to the one channel there is.
    stream = rig.fleet.stream(name, "exec", {"argv": ["echo", "hi"]})
    assert [set(event) for event in stream] == [{"stdout"}]
    assert stream.result()["exit_code"] == 0


def test_check_of_a_dead_server_is_a_report(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    lab_server.stop_listening()
    report = rig.fleet.check(name)
    assert not report.reachable
    assert report.problem.code == "ssh.refused"
    assert report.as_dict()["code"] == "ssh.refused"


def test_an_edited_server_is_reached_anew(rig: Rig, lab_fleet: Callable[[int], LabFleet]) -> None:
    first, second = lab_fleet(2)
    name = rig.add(first, "it")
    rig.fleet.watch([name])
    until(lambda: rig.state(name) is LinkState.UP, what="the link")
    home = rig.fleet.link(name).hello.home
    rig.home.known_hosts.write_text(first.known_hosts_line + second.known_hosts_line)
    rig.book.update(
        type(rig.book.get(name))(name, second.host, second.port, second.user, identity=str(second.client_key))
    )
    rig.fleet.changed(name)
    until(lambda: (hello := rig.fleet.link(name).hello) and hello.home != home, what="the other server")
    assert rig.fleet.link(name).hello.home == str(second.home)
    rig.book.remove(name)
    rig.fleet.changed(name)
    assert name not in rig.fleet.links()


def test_a_server_behind_a_jump_server(rig: Rig, lab_fleet: Callable[[int], LabFleet]) -> None:
    gate, inner = lab_fleet(2)
    rig.add(gate, "gate")
    name = rig.add(inner, "inner", jump="gate")
    assert rig.fleet.call(name, "hello")["home"] == str(inner.home)


def test_an_alias_of_ssh_config(rig: Rig, lab_server: LabServer, tmp_path: Path) -> None:
    from console.fleet.importing import candidates

    config = tmp_path / "config"
    block = lab_server.ssh_config_block("gpu-a")
    config.write_text(f"{block}  RemoteCommand tmux\n\nHost *.example gpu-?\n  User x\n")
    (server,) = candidates(config, ["gpu-*"])
    assert candidates(config, ["other"]) == []
    rig.book.add(server)
    assert rig.fleet.call("gpu-a", "hello")["home"] == str(lab_server.home)
    assert rig.fleet.check("gpu-a").warnings == ("RemoteCommand of ssh_config is not used",)


def test_the_snapshot_agrees_with_itself(
    rig: Rig, make_rig: Callable[..., Rig], lab_fleet: Callable[[int], LabFleet]
) -> None:
    lab = lab_fleet(2)
    names = [rig.add(server) for server in lab]
    live = LiveTelemetry(rig.book, rig.fleet._connector.clock, rig.options)
    rig.sink.on_sample = live.on_sample  # type: ignore[method-assign]
    rig.sink.on_link = live.on_link  # type: ignore[method-assign]
    rig.fleet.watch(names, interval_s=0.5)
    until(
        lambda: live.snapshot().counts.links_up == 2 and all(row.sample for row in live.snapshot().servers),
        what="two servers up with samples",
    )
    snapshot = live.snapshot()
    assert snapshot.counts == count(snapshot.servers)
    assert all(row.fresh and row.severity is Severity.OK for row in snapshot.servers)
    lab[0].stop_listening()
    until(lambda: live.snapshot().counts.links_up == 1, what="the loss")
    row = live.snapshot().server(names[0])
    assert not row.fresh
    assert row.sample is not None
    assert row.severity is Severity.WARNING
    until(lambda: live.snapshot().oldest[0] == names[0], what="its data being the oldest")


def test_r27_a_link_that_is_up_and_quiet_has_no_thread(
    rig: Rig, lab_fleet: Callable[[int], LabFleet]
) -> None:
    before = set(threading.enumerate())
    names = [rig.add(server) for server in lab_fleet(3)]
    rig.fleet.watch(interval_s=0.5)
    until(lambda: all(len(rig.sink.of(name)) >= 2 for name in names), what="samples")

    def ours() -> list[str]:
        return sorted(thread.name for thread in set(threading.enumerate()) - before)

    until(lambda: ours() == ["minder", "ssh-reader", "ssh-watchdog"], what="three for all of them")
    seen = {name: len(rig.sink.of(name)) for name in names}
    until(lambda: all(len(rig.sink.of(name)) > seen[name] + 1 for name in names), what="samples by them")
    assert all(rig.fleet.call(name, "hello")["pid"] for name in names)
    until(lambda: ours() == ["minder", "ssh-reader", "ssh-watchdog"], what="and no other")


def test_r27_a_stream_that_nobody_reads_holds_up_nobody_on_its_link(rig: Rig, lab_server: LabServer) -> None:
    """All of a link is read by one thread, so nothing may wait on it."""
    name = rig.add(lab_server)
    rig.fleet.watch([name], interval_s=0.5)
    lab_server.home.joinpath("log").write_bytes(b"x" * 20_000_000)
    stream = rig.fleet.stream(name, "exec", {"argv": ["cat", "log"]})
    seen = len(rig.sink.of(name))
    assert rig.fleet.call(name, "hello")["pid"]
    until(lambda: len(rig.sink.of(name)) > seen + 1, what="samples beside it")
    stream.close()


def test_r22_a_bastion_sees_one_wrong_login_of_many_servers(
    rig: Rig, lab_fleet: Callable[[int], LabFleet]
) -> None:
    bastion, *others = lab_fleet(4)
    bastion.authorized_keys.write_bytes(b"")
    gate = rig.add(bastion)
    names = [rig.add(server, jump=gate) for server in others]
    rig.fleet.watch(names)
    until(lambda: all(rig.state(name) is LinkState.REFUSED for name in names), what="all refused")
    assert bastion.log_text().count("Connection from") == 1
    sentences = {rig.fleet.link(name).problem.sentence for name in names}
    assert len(sentences) == 1
    assert sentences.pop().startswith(f"{gate}: {bastion.user} was not let in; tried ")


def test_r50_an_agent_that_breaks_its_protocol_while_up_is_lost_with_the_reason(
    rig: Rig, lab_server: LabServer, tmp_path: Path
) -> None:
    fake = tmp_path / "python"
    fake.write_text(f"""#!{sys.executable}
import json, os, struct, sys, time, zlib
read, out = sys.stdin.buffer.read, sys.stdout.buffer
bundle = json.loads(zlib.decompress(read(int(read(8), 16))))
out.write(("\\nTANDEM-AGENT 1 %s\\n" % bundle["config"]["nonce"]).encode())
while True:
    request = json.loads(read(struct.unpack(">I", read(4))[0]))
    if request.get("method") == "hello":
        answer = json.dumps({{"id": request["id"], "result": {{"pid": os.getpid(), "probes": []}}}}).encode()
        out.write(struct.pack(">I", len(answer)) + answer)
        out.flush()
        time.sleep(0.5)
        out.write(b"\\xff" * 100)
        out.flush()
        time.sleep(60)
""")
    fake.chmod(0o755)
    name = rig.add(lab_server, python=str(fake))
    rig.fleet.watch([name])
    until(lambda: LinkState.LOST in rig.sink.states(name), what="the loss")
    assert LinkState.UP in rig.sink.states(name)
    problem = next(view.problem for view in rig.sink.views if view.state is LinkState.LOST)
    assert problem is not None
    assert problem.code == "agent.protocol"
    assert "a frame of 4294967295 bytes is larger than" in problem.sentence
