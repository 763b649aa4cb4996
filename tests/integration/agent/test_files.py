"""file.*, exec, loopback and json.*: what the other rooms build their steps from."""

from __future__ import annotations

import base64
import hashlib
import http.server
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.agent import Agent, Refused


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _refused(agent: Agent, method: str, **params: object) -> Refused:
    with pytest.raises(Refused) as caught:
        agent.call(method, params)
    return caught.value


def test_a_file_is_written_whole_read_in_pieces_and_removed(home: Path, agent: Agent) -> None:
    agent.call("file.mkdir", {"path": "~/.tandem/models/a"})
    path = "~/.tandem/models/a/w.bin"
    agent.call("file.write", {"path": path, "data_b64": _b64(b"0123456789"), "mode": 0o600})
    assert agent.call("file.stat", {"path": path})["size"] == 10
    piece = agent.call("file.read", {"path": path, "offset": 3, "limit": 4})
    assert (base64.b64decode(piece["data_b64"]), piece["size"]) == (b"3456", 10)
    assert agent.call("file.sha256", {"path": path})["sha256"] == hashlib.sha256(b"0123456789").hexdigest()
    for folder in (home / ".tandem", home / ".tandem/models", home / ".tandem/models/a"):
        assert folder.stat().st_mode & 0o777 == 0o700
    agent.call("file.remove", {"path": "~/.tandem/models"})
    assert not agent.call("file.stat", {"path": path})["exists"]
    agent.call("file.remove", {"path": "~/.tandem/models"})


def test_a_transfer_ends_with_its_hash_or_not_at_all(home: Path, agent: Agent) -> None:
    (home / "w.part").write_bytes(b"data")
    wrong = _refused(agent, "file.commit", part="w.part", path="w", sha256="0" * 64, mode=0o600)
    assert wrong.code == "transfer.mismatch"
    assert list(home.iterdir()) == []
    (home / "w.part").write_bytes(b"data")
    agent.call(
        "file.commit",
        {"part": "w.part", "path": "w", "sha256": hashlib.sha256(b"data").hexdigest(), "mode": 0o640},
    )
    assert (home / "w").read_bytes() == b"data"
    assert (home / "w").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("path", ["/etc/x", "~/other", "~/.tandem/../x", "~/.tandem", "~/.tandemx/y"])
def test_only_our_own_folder_may_be_removed_from(agent: Agent, path: str) -> None:
    assert _refused(agent, "file.remove", path=path).code == "remote.not_writable"


def test_missing_and_odd_files_are_named(home: Path, agent: Agent) -> None:
    assert _refused(agent, "file.read", path="nothing").code == "remote.path_missing"
    assert _refused(agent, "file.sha256", path="/dev/zero").code == "agent.failed"
    assert (
        _refused(agent, "file.write", path="no/folder/x", data_b64="", mode=0o600).code
        == "remote.path_missing"
    )
    os.mkfifo(home / "pipe")
    assert _refused(agent, "file.read", path="pipe").code == "agent.failed"


@pytest.mark.parametrize("kind", ["link", "file", "open to all"])
def test_r60c_an_unsafe_home_is_refused_and_left_alone(
    home: Path, tmp_path: Path, agent: Agent, kind: str
) -> None:
    ours = home / ".tandem"
    if kind == "link":
        (tmp_path / "elsewhere").mkdir()
        ours.symlink_to(tmp_path / "elsewhere")
    elif kind == "file":
        ours.write_text("")
    else:
        ours.mkdir()
        ours.chmod(0o777)
    for method, params in (
        ("file.mkdir", {"path": "~/.tandem/jobs"}),
        ("job.submit", {"spec": {"id": "j", "argv": ["true"]}}),
        ("job.list", {}),
        ("home.usage", {}),
    ):
        assert _refused(agent, method, **params).code == "remote.unsafe_home"
    if kind == "link":
        assert list((tmp_path / "elsewhere").iterdir()) == []


def test_looking_makes_nothing_and_changes_nothing(home: Path, agent: Agent) -> None:
    looks: list[tuple[str, dict[str, object]]] = [
        ("hello", {}),
        ("telemetry.once", {}),
        ("process.list", {"limit": 5}),
        ("job.list", {}),
        ("service.list", {"prefix": ""}),
        ("home.usage", {}),
        ("home.clean", {}),
        ("json.read", {"path": "~/.tandem/deployments/d/state.json"}),
        ("file.free", {"path": "~/.tandem"}),
    ]
    for method, params in looks:
        agent.call(method, params)
    assert list(home.iterdir()) == []
    ours = home / ".tandem"
    ours.mkdir()
    ours.chmod(0o755)
    agent.call("job.list")
    assert ours.stat().st_mode & 0o777 == 0o755
    agent.call("file.mkdir", {"path": "~/.tandem/models"})
    assert ours.stat().st_mode & 0o777 == 0o700


def test_a_foreign_home_is_refused(home: Path, agent: Agent) -> None:
    (home / ".tandem").mkdir(mode=0o700)
    os.chown(home / ".tandem", 12345, 12345)
    assert _refused(agent, "home.usage").attrs["reason"] == "it belongs to another account"


def test_a_link_inside_our_folder_leads_nowhere(home: Path, tmp_path: Path, agent: Agent) -> None:
    agent.call("file.mkdir", {"path": "~/.tandem/models"})
    (home / ".tandem/models/out").symlink_to(tmp_path)
    refused = _refused(agent, "file.write", path="~/.tandem/models/out/x", data_b64="", mode=0o600)
    assert refused.code == "remote.unsafe_home"


def test_arguments_arrive_as_they_were_given(agent: Agent) -> None:
    given = ["a b", "$(id)", "`id`", "'", '"', "\n", "*", "-n", "", "ü€\U0001f600", "x" * 50_000]
    result, out, _ = agent.run([sys.executable, "-c", "import sys; print(sys.argv[1:])", *given])
    assert result["exit_code"] == 0
    assert out.decode().strip() == str(given)


def test_environment_and_folder_are_the_command_s_own(tmp_path: Path, agent: Agent) -> None:
    _, out, _ = agent.run(
        ["sh", "-c", "pwd; echo $GREETING $SSH_CLIENT"], cwd=str(tmp_path), env={"GREETING": "ho"}
    )
    assert out.decode().split() == [str(tmp_path), "ho"]


def test_how_a_command_ended_is_told_apart(agent: Agent) -> None:
    assert agent.run(["sh", "-c", "kill -9 $$"])[0] == {"exit_code": None, "signal": 9, "timed_out": False}
    began = time.monotonic()
    late = agent.run(["sh", "-c", "sleep 30 & wait"], timeout_s=0.3)[0]
    assert late["timed_out"]
    assert time.monotonic() - began < 5
    with pytest.raises(Refused) as missing:
        agent.run(["no-such-command-here"])
    assert (missing.value.code, missing.value.attrs["command"]) == (
        "job.command_missing",
        "no-such-command-here",
    )
    with pytest.raises(Refused) as nowhere:
        agent.run(["ls"], cwd="/no/such/folder")
    assert nowhere.value.code == "remote.path_missing"


def test_a_daemon_left_behind_does_not_hold_the_answer(agent: Agent) -> None:
    began = time.monotonic()
    result, out, _ = agent.run(["sh", "-c", "sleep 30 & echo done"])
    assert (result["exit_code"], out) == (0, b"done\n")
    assert time.monotonic() - began < 5


def test_a_cancelled_command_ends_with_its_children(agent: Agent, home: Path) -> None:
    ident = agent.ask("exec", {"argv": ["sh", "-c", "sleep 300 & echo $!; wait"]})
    child = int(base64.b64decode(agent.event(ident)["stdout"]))
    agent.send({"cancel": ident})
    assert agent.answer(ident) == {"cancelled": True}
    deadline = time.monotonic() + 30
    while (
        Path(f"/proc/{child}").exists()
        and "Z" not in Path(f"/proc/{child}/stat").read_text().split(") ")[1][:1]
    ):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_output_flows_under_pressure(agent: Agent) -> None:
    result, out, _ = agent.run(["sh", "-c", "head -c 20000000 /dev/zero"])
    assert (result["exit_code"], len(out)) == (0, 20_000_000)


def test_a_port_is_free_until_someone_listens(agent: Agent) -> None:
    port = agent.call("port.free")["port"]
    assert agent.call("port.free", {"port": port}) == {"port": port, "free": True}
    with socket.create_server(("127.0.0.1", port)):
        assert agent.call("port.free", {"port": port}) == {"port": port, "free": False}


class _Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/sick" else 200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Content-Type"].encode() + b":" + body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def web() -> Iterator[int]:
    """A little HTTP server."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_readiness_is_asked_over_loopback(agent: Agent, web: int) -> None:
    got = agent.call("http.get", {"port": web, "path": "/v2/health/ready", "timeout_s": 5})
    assert (got["status"], base64.b64decode(got["body_b64"])) == (200, b"/v2/health/ready")
    assert agent.call("http.get", {"port": web, "path": "/sick", "timeout_s": 5})["status"] == 503
    posted = agent.call(
        "http.post",
        {"port": web, "path": "/infer", "body_b64": _b64(b"{}"), "content_type": "text/json", "timeout_s": 5},
    )
    assert base64.b64decode(posted["body_b64"]) == b"text/json:{}"
    assert _refused(agent, "http.get", port=web, path="/a b", timeout_s=5).code == "agent.failed"
    free = agent.call("port.free")["port"]
    assert "refused" in _refused(agent, "http.get", port=free, path="/", timeout_s=5).attrs["reason"]


def test_the_router_s_socket_answers_from_any_depth(home: Path, agent: Agent) -> None:
    deep = "~/.tandem/services/" + "/".join(["d" * 40] * 3)
    agent.call("file.mkdir", {"path": deep})
    folder = os.open(home / deep[2:], os.O_RDONLY)
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"/proc/self/fd/{folder}/admin.sock")
    server.listen(1)

    def serve() -> None:
        link, _ = server.accept()
        with link:
            link.sendall(b"got " + link.recv(100))

    thread = threading.Thread(target=serve)
    thread.start()
    answer = agent.call("router.command", {"socket": f"{deep}/admin.sock", "command": "show stat"})
    thread.join()
    server.close()
    os.close(folder)
    assert answer["text"] == "got show stat\n"
    assert _refused(agent, "router.command", socket=f"{deep}/none.sock", command="x").code == "deploy.router"
    assert _refused(agent, "router.command", socket="/run/x.sock", command="x").code == "remote.not_writable"


def test_a_state_file_is_swapped_by_one_and_refused_to_the_other(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    one, two = start_agent(), start_agent()
    path = "~/.tandem/deployments/d/state.json"
    assert one.call("json.read", {"path": path}) == {"data": None, "generation": 0}
    data = {"name": "d", "changed_by": "ann@desk", "weights": {"v1": 100}}
    assert one.call("json.swap", {"path": path, "expect_generation": 0, "data": data}) == {"generation": 1}
    refused = _refused(two, "json.swap", path=path, expect_generation=0, data={})
    assert (refused.code, refused.attrs) == ("deploy.conflict", {"name": "d", "who": "ann@desk"})
    assert two.call("json.read", {"path": path}) == {"data": data, "generation": 1}
    pending = [
        (each, each.ask("json.swap", {"path": path, "expect_generation": 1, "data": {"n": n}}))
        for n, each in enumerate((one, two) * 5)
    ]
    ends = []
    for each, ident in pending:
        try:
            ends.append(each.answer(ident)["generation"])
        except Refused as loser:
            ends.append(loser.code)
    assert sorted(ends, key=str) == [2] + ["deploy.conflict"] * 9
    (home / path[2:]).write_text('{"generation": 2, "da')
    assert _refused(one, "json.swap", path=path, expect_generation=2, data={}).code == "agent.failed"


def test_free_space_is_told_for_a_path_that_is_not_there_yet(agent: Agent) -> None:
    free = agent.call("file.free", {"path": "~/.tandem/not/yet"})
    assert 0 < free["free_bytes"] <= free["total_bytes"]


def test_the_agent_survives_a_terminal_s_signals(agent: Agent) -> None:
    os.kill(agent.pid, signal.SIGPIPE)
    assert agent.call("hello")["protocol"] == 1
