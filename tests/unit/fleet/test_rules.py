"""The fleet's rules without a server: back-off, slots, redaction, hello, warnings, routes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.agent.methods import METHODS
from console.core.audit import AuditEntry
from console.core.clock import SystemClock
from console.core.problem_catalogue import CATALOGUE
from console.core.problems import Problem
from console.fleet import backoff
from console.fleet.calls import CHANGING, CallLog, is_changing, redacted
from console.fleet.check import CheckReport, accelerators_of, warnings_for
from console.fleet.hello import clock_offset_s, parse_hello
from console.fleet.route import target_for
from console.fleet.server import Server
from console.fleet.slots import ConnectSlots


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_r22_delays_are_jittered_between_bounds(failures: int, chance: float) -> None:
    delay = backoff.delay_s(failures, chance)
    assert 0.1 <= delay <= backoff.LONGEST_S


def test_r22_delays_double_up_to_a_minute() -> None:
    assert [backoff.delay_s(n, 0.999999) for n in (1, 2, 3, 4, 5, 6, 7, 50)] == pytest.approx(
        [1, 2, 4, 8, 16, 32, 60, 60], rel=1e-3
    )


def test_r22_what_only_a_person_can_mend_waits_for_one() -> None:
    assert {code for code in CATALOGUE if code.startswith("ssh.host_key")} <= backoff._FOR_THE_PERSON
    assert set(CATALOGUE) >= backoff._FOR_THE_PERSON
    assert not backoff.waits_for_person("ssh.refused")


def test_r22_slots_are_bounded_and_failed_servers_leave_room() -> None:
    slots = ConnectSlots(lambda: 4)
    leave = threading.Event()
    held: list[str] = []

    def hold(name: str, again: bool) -> None:
        with slots.hold(again=again, given_up=lambda: False):
            held.append(name)
            leave.wait(5)

    dead = [threading.Thread(target=hold, args=(f"dead{n}", True)) for n in range(6)]
    for thread in dead:
        thread.start()
    time.sleep(0.05)
    assert len(held) == 2
    fresh = [threading.Thread(target=hold, args=(f"fresh{n}", False)) for n in range(2)]
    for thread in fresh:
        thread.start()
    time.sleep(0.05)
    assert sorted(name[:5] for name in held) == [
        "dead0"[:4] + held[0][4],
        "dead" + held[1][4],
        "fresh",
        "fresh",
    ]
    leave.set()
    for thread in dead + fresh:
        thread.join()
    assert slots.most == 4
    assert len(held) == 8


def test_waiting_for_a_slot_can_be_given_up() -> None:
    slots = ConnectSlots(lambda: 1)
    with (
        slots.hold(again=False, given_up=lambda: False),
        slots.hold(again=False, given_up=lambda: True) as taken,
    ):
        assert not taken


@dataclass
class Log:
    entries: list[AuditEntry] = field(default_factory=list)
    broken: bool = False

    def record(self, entry: AuditEntry) -> None:
        if self.broken:
            raise Problem("audit.unwritable", reason="full")
        self.entries.append(entry)


def test_r60b_secrets_and_data_never_reach_the_audit_log() -> None:
    spec = {
        "argv": ["python", "train.py"],
        "env": {"TOKEN": "hunter2"},
        "secrets": {"KEY": "hunter2"},
        "files": {"a.py": "hunter2"},
        "deep": [{"env": {"X": "hunter2"}, "stdin_b64": "hunter2"}],
    }
    shown = redacted({"spec": spec, "data_b64": "hunter2", "path": "/x" * 5000})
    assert "hunter2" not in repr(shown)
    assert shown["spec"]["argv"] == ["python", "train.py"]
    assert shown["spec"]["env"] == ["TOKEN"]
    assert len(shown["path"]) == 2000


def test_polling_is_recorded_once_a_minute_and_changes_always() -> None:
    log = Log()
    calls = CallLog(log, SystemClock())
    for _ in range(3):
        calls.before("s", "job.list", {})
        calls.after("s", "job.list", {}, None)
        calls.before("s", "telemetry.once", {})
        calls.before("s", "job.cancel", {"id": "x"})
        calls.after("s", "job.cancel", {"id": "x"}, "it failed")
    assert [str(e.outcome) for e in log.entries if e.detail["method"] == "job.list"] == ["done"]
    changes = [str(e.outcome) for e in log.entries if e.detail["method"] == "job.cancel"]
    assert changes == ["intent", "failed"] * 3
    assert all(e.changes for e in log.entries if e.detail["method"] == "job.cancel")


def test_without_an_audit_log_nothing_is_changed() -> None:
    with pytest.raises(Problem) as found:
        CallLog(Log(broken=True), SystemClock()).before("s", "job.submit", {})
    assert found.value.code == "audit.unwritable"


def test_the_routers_questions_change_nothing() -> None:
    assert not is_changing("router.command", {"command": "show stat"})
    assert is_changing("router.command", {"command": "set server a/b weight 0"})


def test_every_method_of_the_agent_is_known_to_change_or_to_read() -> None:
    reads = [
        "hello",
        "telemetry.subscribe",
        "telemetry.once",
        "inventory.read",
        "privileged.check",
        "process.list",
        "file.stat",
        "file.sha256",
        "file.read",
        "file.free",
        "file.list",
        "file.measure",
        "file.text",
        "port.free",
        "http.get",
        "home.usage",
        "job.foreign",
        "job.list",
        "job.show",
        "job.log",
        "job.follow",
        "job.lines",
        "job.search",
        "job.metrics",
        "job.metrics.follow",
        "job.outputs",
        "job.python",
        "job.usage",
        "job.spec",
        "job.files",
        "lease.list",
        "code.have",
        "code.list",
        "code.read",
        "service.show",
        "service.list",
        "carry.facts",
        "carry.reach",
        "carry.show",
        "carry.list",
        "server.state",
        "json.read",
        "alerts.read",
        "alerts.ended",
    ]
    assert {method for method in METHODS if not is_changing(method, {})} == set(reads)
    assert set(METHODS) >= CHANGING


def test_the_clock_offset_is_told_only_beyond_the_round_trip() -> None:
    assert clock_offset_s(100.5, 100.0, 101.0) == 0
    assert clock_offset_s(90.0, 100.0, 101.0) == -10
    assert clock_offset_s(105.0, 100.0, 101.0) == 4
    assert clock_offset_s(float("nan"), 1, 2) is None
    assert clock_offset_s("x", 1, 2) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other work beside it is no fault
@given(
    st.dictionaries(st.sampled_from(["os", "home", "time", "probes", "cpu_count", "python", "user"]), values)
)
def test_any_hello_is_read(wire: dict) -> None:
    hello = parse_hello(wire, 1.0, 2.0)
    assert hello.home is None or hello.home.startswith("/")
    assert hello.os is None or (hello.os and "\x1b" not in hello.os and "\n" not in hello.os)
    accelerators_of({"accelerators": list(wire.values())})


def test_warnings_name_what_works_less_well() -> None:
    wire = {
        "python": "3.11",
        "time": 500.0,
        "probes": [{"name": "nvidia", "state": "error", "detail": "no driver"}],
    }
    found = warnings_for(
        parse_hello(wire, 100.0, 101.0),
        refusal=Problem("agent.no_python", server="s"),
        sample={"problems": ["a disk hangs", 7]},
        second_channel=Problem("ssh.channel_refused", server="s", reason="x"),
        alias_notes=("ForwardAgent is not used",),
    )
    text = "\n".join(found)
    for word in (
        "399 s ahead",
        "MaxSessions",
        "nvidia",
        "no driver",
        "a disk hangs",
        "ForwardAgent",
        "Python 3.6",
    ):
        assert word in text


def test_the_report_has_the_commands_shape() -> None:
    document = CheckReport("s", reachable=True).as_dict()
    assert document == {
        "server": "s",
        "reachable": True,
        "latency_ms": None,
        "os": None,
        "python": None,
        "accelerators": [],
        "warnings": [],
    }


class Book:
    def __init__(self, *servers: Server) -> None:
        self.servers = {server.name: server for server in servers}

    def get(self, name: str) -> Server:
        if name not in self.servers:
            raise Problem("server.unknown", name=name)
        return self.servers[name]

    def list(self) -> tuple[Server, ...]:
        return tuple(self.servers.values())


def test_jump_servers_become_hops_in_order() -> None:
    book = Book(Server("a", "h1"), Server("b", "h2", jump="a"), Server("c", "h3", 2222, "me", jump="b"))
    target = target_for(book, book.get("c"), 3.0)
    assert (target.host, target.port, target.user, target.connect_timeout_s) == ("h3", 2222, "me", 3.0)
    assert [hop.name for hop in target.jump] == ["a", "b"]
    assert all(not hop.jump for hop in target.jump)


def test_a_loop_of_jump_servers_is_told() -> None:
    book = Book(Server("a", "h1", jump="b"), Server("b", "h2", jump="a"))
    with pytest.raises(Problem) as found:
        target_for(book, book.get("a"), 3.0)
    assert found.value.code == "ssh.jump_loop"
