"""Ways through other servers: ProxyJump chains and ProxyCommand, each hop's key under its own name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.ssh.auth import Auth
from console.ssh.config import resolve_alias
from console.ssh.connection import Connection
from console.ssh.deadline import Deadline
from console.ssh.handshake import scan_host_key
from tests.lab.client import Client, target_of
from tests.lab.fleet import LabFleet
from tests.lab.sshd import LabServer, free_port


@pytest.fixture
def fleet(lab_fleet: Callable[[int], LabFleet]) -> LabFleet:
    return lab_fleet(3)


def home_of(connection: Connection) -> str:
    with connection.exec("echo $HOME") as channel:
        return channel.read_all(1000, Deadline.after(10)).decode().strip()


def test_two_jump_servers_in_a_row(client: Client, fleet: LabFleet) -> None:
    for server in fleet:
        client.trusts(server)
    first, second, third = (target_of(server) for server in fleet)
    connection = client.open(replace(third, jump=(first, second)))
    assert home_of(connection) == str(fleet[2].home)
    with connection.exec("wc -c") as channel:
        channel.write(bytes(3_000_000), Deadline.after(20))
        channel.close_write()
        assert channel.read_all(100, Deadline.after(20)) == b"3000000\n"
    connection.close()
    assert not connection.is_alive


def test_r17_the_key_of_every_hop_is_checked_under_its_own_name(client: Client, fleet: LabFleet) -> None:
    first, _, third = (target_of(server) for server in fleet)
    through = replace(third, jump=(first,))
    for server, expected in ((fleet[0], "lab-1"), (fleet[2], "lab-3")):
        with pytest.raises(Problem) as caught:
            client.open(through)
        assert caught.value.code == "ssh.host_key_unknown"
        assert caught.value.attrs["server"] == expected
        client.trusts(server)
    assert client.open(through).is_alive


def test_a_target_that_its_jump_server_cannot_reach(client: Client, fleet: LabFleet) -> None:
    client.trusts(fleet[0])
    dead = target_of(fleet[2], port=free_port(), jump=(target_of(fleet[0]),))
    with pytest.raises(Problem) as caught:
        client.open(dead)
    assert caught.value.code == "ssh.unreachable"
    assert "lab-1, on the way, says 'Connection refused'" in caught.value.sentence


def test_a_jump_server_that_forwards_nothing_is_named(
    client: Client, make_lab_server: Callable[..., LabServer]
) -> None:
    gate = make_lab_server(name="gate", options={"AllowTcpForwarding": "no"})
    inner = make_lab_server(name="inner")
    client.trusts(gate)
    client.trusts(inner)
    with pytest.raises(Problem) as caught:
        client.open(target_of(inner, jump=(target_of(gate),)))
    assert caught.value.code == "ssh.forwarding_refused"
    assert caught.value.sentence.startswith("inner: gate, on the way, lets nobody through to 127.0.0.1 port ")


def test_r17_the_inner_connection_ends_with_the_jump_server(client: Client, fleet: LabFleet) -> None:
    client.trusts(fleet[0])
    client.trusts(fleet[1])
    connection = client.open(replace(target_of(fleet[1]), jump=(target_of(fleet[0]),)))
    with connection.exec("sleep 30") as channel:
        fleet[0].stop()
        with pytest.raises(Problem) as caught:
            channel.read(1, Deadline.after(10))
    assert caught.value.code == "ssh.lost"


def test_a_chain_that_comes_back_to_itself_is_refused(client: Client, fleet: LabFleet) -> None:
    first, second = target_of(fleet[0]), target_of(fleet[1])
    with pytest.raises(Problem) as caught:
        client.open(replace(first, jump=(second, first)))
    assert caught.value.code == "ssh.jump_loop"


def test_a_scan_goes_through_the_jump_server(client: Client, fleet: LabFleet) -> None:
    client.trusts(fleet[0])
    through = replace(target_of(fleet[1]), jump=(target_of(fleet[0]),))
    key = scan_host_key(through, Deadline.after(10), trust=client.trust, auth=Auth())
    assert key.fingerprint == fleet[1].fingerprint()


def test_aliases_with_proxy_jump_lead_there(client: Client, fleet: LabFleet, tmp_path: Path) -> None:
    config = fleet.write_ssh_config(tmp_path / "config")
    config.write_text(config.read_text().replace("Host lab-3\n", "Host lab-3\n  ProxyJump lab-1,lab-2\n"))
    target = resolve_alias("lab-3", config)
    assert [hop.alias for hop in target.jump] == ["lab-1", "lab-2"]
    assert home_of(client.open(target)) == str(fleet[2].home)


def test_aliases_that_jump_in_a_circle_are_refused(fleet: LabFleet, tmp_path: Path) -> None:
    config = fleet.write_ssh_config(tmp_path / "config")
    text = config.read_text().replace("Host lab-1\n", "Host lab-1\n  ProxyJump lab-2\n")
    config.write_text(text.replace("Host lab-2\n", "Host lab-2\n  ProxyJump lab-1\n"))
    with pytest.raises(Problem) as caught:
        resolve_alias("lab-1", config)
    assert caught.value.code == "ssh.jump_loop"


def test_a_proxy_command_is_a_way(client: Client, lab_server: LabServer, tmp_path: Path) -> None:
    config = lab_server.write_ssh_config(tmp_path / "config")
    client.trusts(lab_server)
    way = f"{shutil.which('ssh')} -q -F {config} -W %h:%p lab"
    connection = client.open(target_of(lab_server, proxy_command=way))
    assert home_of(connection) == str(lab_server.home)


def test_a_proxy_command_that_fails_is_quoted(client: Client, lab_server: LabServer) -> None:
    client.trusts(lab_server)
    with pytest.raises(Problem) as caught:
        client.open(target_of(lab_server, proxy_command="sh -c 'echo no way >&2; exit 1'"))
    assert caught.value.code == "ssh.unreachable"
    assert "no way" in caught.value.sentence
