"""Host keys and logins against a real sshd: what is refused, in which words, and before what."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.ssh.auth import Auth
from console.ssh.deadline import Deadline
from console.ssh.handshake import scan_host_key
from tests.lab.client import Client, host_key_of, target_of
from tests.lab.sshd import LabServer, free_port, make_key


def refused(client: Client, target: object, **arguments: object) -> Problem:
    with pytest.raises(Problem) as caught:
        client.open(target, **arguments)  # type: ignore[arg-type]
    return caught.value


def test_a_known_key_and_a_good_identity_let_us_in(client: Client, lab_server: LabServer) -> None:
    connection = client.reach(lab_server)
    assert connection.is_alive
    assert connection.server_banner.startswith("SSH-2.0-OpenSSH")
    assert connection.lost_reason is None


def test_r05_r06_an_unknown_host_key_stops_us_before_any_login(
    client: Client, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server(options={"LogLevel": "DEBUG1"})
    problem = refused(client, target_of(server))
    assert problem.code == "ssh.host_key_unknown"
    assert problem.attrs["fingerprint"] == server.fingerprint()
    time.sleep(0.1)
    assert server.auth_attempts() == 0


def test_r05_r06_a_changed_host_key_names_file_and_line_and_no_login_is_tried(
    client: Client, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server(options={"LogLevel": "DEBUG1"})
    client.trust.own.write_text("# kept by hand\n")
    client.trusts(server)
    server.restart(new_host_key=True)
    problem = refused(client, target_of(server))
    assert problem.code == "ssh.host_key_changed"
    assert (problem.attrs["file"], problem.attrs["line"]) == (client.trust.own, 2)
    assert problem.attrs["fingerprint"] == server.fingerprint()
    time.sleep(0.1)
    assert server.auth_attempts() == 0


def test_r07_a_revoked_host_key_is_refused(client: Client, lab_server: LabServer) -> None:
    kind, text = lab_server.host_key()
    client.trusts(lab_server)
    with client.trust.own.open("a") as file:
        file.write(f"@revoked * {kind} {text}\n")
    assert refused(client, target_of(lab_server)).code == "ssh.host_key_revoked"


def test_r18_a_short_rsa_host_key_is_refused(
    client: Client, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server(host_key_types=("rsa",))
    for path in server.folder.glob("host_rsa*"):
        path.unlink()
    make_key(server.folder / "host_rsa", "rsa", bits=1024)
    server.restart(RequiredRSASize="1024")
    client.trusts(server)
    assert refused(client, target_of(server)).code == "ssh.host_key_weak"


def test_of_several_host_keys_the_known_one_is_asked_for(
    client: Client, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server(host_key_types=("ecdsa", "ed25519", "rsa"))
    for kind in ("rsa", "ecdsa", "ed25519"):
        client.trust.own.unlink(missing_ok=True)
        client.trust.add(server.host, server.port, host_key_of(server, kind))
        assert client.open(target_of(server)).is_alive


def test_a_scan_shows_the_fingerprint_without_a_login(lab_server: LabServer) -> None:
    key = scan_host_key(target_of(lab_server), Deadline.after(5))
    assert (key.kind, key.base64) == lab_server.host_key()
    assert key.fingerprint == lab_server.fingerprint()


def test_a_refused_port_is_one_sentence(client: Client, lab_server: LabServer) -> None:
    problem = refused(client, target_of(lab_server, port=free_port()))
    assert problem.code == "ssh.refused"
    assert "refused" in problem.sentence


def test_a_name_that_is_none_is_one_sentence(client: Client, lab_server: LabServer) -> None:
    problem = refused(client, target_of(lab_server, host="no-such-host.invalid"))
    assert problem.code in ("ssh.unresolved", "ssh.timeout")


@pytest.mark.parametrize("host", ["-oProxyCommand=x", "a;touch b", "", "a b", "x" * 300, "a\nb"])
def test_r12_a_host_that_is_no_host_is_refused_before_anything(client: Client, host: str) -> None:
    from console.ssh.target import Target

    assert refused(client, Target("x", host)).code == "server.invalid_host"


def test_a_wrong_key_names_what_was_tried_and_what_is_accepted(
    client: Client, lab_server: LabServer, tmp_path: Path
) -> None:
    client.trusts(lab_server)
    stranger = make_key(tmp_path / "id_stranger")
    problem = refused(client, target_of(lab_server, identities=(stranger,)))
    assert problem.code == "ssh.auth_failed"
    assert problem.attrs["tried"] == str(stranger)
    assert problem.attrs["accepted"] == "publickey"
    assert problem.attrs["user"] == lab_server.user


@pytest.mark.parametrize(("kind", "bits"), [("ed25519", None), ("ecdsa", 256), ("ecdsa", 521), ("rsa", 2048)])
def test_every_usual_kind_of_key_gets_in(
    client: Client, lab_server: LabServer, tmp_path: Path, kind: str, bits: int | None
) -> None:
    key = make_key(tmp_path / "id_new", kind, bits=bits)
    lab_server.authorized_keys.write_bytes((tmp_path / "id_new.pub").read_bytes())
    assert client.reach(lab_server, identities=(key,)).is_alive


def test_an_encrypted_key_asks_for_its_passphrase(
    client: Client, lab_server: LabServer, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "id_locked", passphrase="open sesame")
    lab_server.authorized_keys.write_bytes((tmp_path / "id_locked.pub").read_bytes())
    client.trusts(lab_server)
    target = target_of(lab_server, identities=(key,))
    asked: list[Path] = []

    def passphrase(_: object, path: Path) -> str:
        asked.append(path)
        return "open sesame"

    assert client.open(target, auth=Auth(passphrase=passphrase)).is_alive
    assert asked == [key]
    without = refused(client, target)
    assert without.code == "ssh.key_unreadable"
    assert "encrypted" in without.sentence
    wrong = refused(client, target, auth=Auth(passphrase=lambda *_: "no"))
    assert wrong.code == "ssh.key_unreadable"
    assert "passphrase is wrong" in wrong.sentence


@pytest.mark.parametrize("content", [b"", b"not a key", b"\xff\x00" * 100, None])
def test_a_key_file_that_is_none_is_named(
    client: Client, lab_server: LabServer, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "id_odd"
    if content is not None:
        path.write_bytes(content)
    client.trusts(lab_server)
    problem = refused(client, target_of(lab_server, identities=(path,)))
    assert problem.code == "ssh.key_unreadable"
    assert str(path) in problem.sentence


@pytest.fixture
def agent(tmp_path: Path):
    path = tmp_path / "agent.sock"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    while not path.exists():
        time.sleep(0.005)
    yield path
    process.terminate()
    process.wait()


def add_to_agent(agent: Path, key: Path) -> None:
    subprocess.run(
        ["ssh-add", "-q", str(key)], env={"SSH_AUTH_SOCK": str(agent)}, check=True, stdin=subprocess.DEVNULL
    )


def test_r15_a_key_of_the_agent_gets_in_and_identities_only_holds_it_back(
    client: Client, lab_server: LabServer, agent: Path, tmp_path: Path
) -> None:
    add_to_agent(agent, lab_server.client_key)
    other = make_key(tmp_path / "id_other")
    client.trusts(lab_server)
    both = target_of(lab_server, identities=(other,), identities_only=False, identity_agent=str(agent))
    assert client.open(both).is_alive
    only = target_of(lab_server, identities=(other,), identities_only=True, identity_agent=str(agent))
    assert refused(client, only).attrs["tried"] == str(other)


def test_a_locked_identity_is_used_through_the_agent(
    client: Client, lab_server: LabServer, agent: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "id_plain")
    add_to_agent(agent, key)
    lab_server.authorized_keys.write_bytes((tmp_path / "id_plain.pub").read_bytes())
    key.write_bytes(b"unreadable on purpose")
    assert client.reach(lab_server, identities=(key,), identity_agent=str(agent)).is_alive


def test_r15_at_most_five_keys_are_offered(
    client: Client, lab_server: LabServer, agent: Path, tmp_path: Path
) -> None:
    for number in range(9):
        add_to_agent(agent, make_key(tmp_path / f"id_{number}"))
    client.trusts(lab_server)
    target = target_of(
        lab_server, identities=(tmp_path / "id_0",), identities_only=False, identity_agent=str(agent)
    )
    problem = refused(client, target)
    assert problem.code == "ssh.auth_failed"
    assert len(str(problem.attrs["tried"]).split(", ")) == 5
    assert lab_server.log_text().count("Failed publickey") == 5


def test_r24_an_agent_that_hangs_does_not_hold_up_the_key_files(
    client: Client, lab_server: LabServer, tmp_path: Path
) -> None:
    client.trusts(lab_server)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead.sock"))
        dead.listen(1)
        begun = time.monotonic()
        target = target_of(lab_server, identities_only=False, identity_agent=str(tmp_path / "dead.sock"))
        assert client.open(target).is_alive
        assert time.monotonic() - begun < 7


def test_r18_every_algorithm_we_offer_is_a_strong_one(client: Client, lab_server: LabServer) -> None:
    transport = client.reach(lab_server)._transport
    offered = " ".join(
        [
            *transport.preferred_ciphers,
            *transport.preferred_macs,
            *transport.preferred_kex,
            *transport.preferred_keys,
        ]
    )
    assert not [
        weak for weak in ("cbc", "3des", "md5", "sha1", "group1-", "cert-v01", "dss") if weak in offered
    ]
    assert transport.local_cipher == "aes128-gcm@openssh.com"


@pytest.mark.parametrize(
    ("options", "kind", "theirs"),
    [
        ({"Ciphers": "chacha20-poly1305@openssh.com"}, "cipher", "chacha20-poly1305@openssh.com"),
        ({"KexAlgorithms": "sntrup761x25519-sha512@openssh.com"}, "key exchange", "sntrup761x25519"),
        ({"Ciphers": "aes256-ctr", "MACs": "umac-128@openssh.com"}, "MAC", "umac-128@openssh.com"),
    ],
)
def test_r19_no_common_algorithm_names_both_lists(
    client: Client,
    make_lab_server: Callable[..., LabServer],
    options: dict[str, str],
    kind: str,
    theirs: str,
) -> None:
    server = make_lab_server(options=options)
    problem = refused(client, target_of(server))
    assert problem.code == "ssh.no_common_algorithm"
    assert problem.attrs["kind"] == kind
    assert theirs in str(problem.attrs["theirs"])
    assert len(str(problem.attrs["ours"])) > 10


@pytest.mark.parametrize(
    "options",
    [
        {"KexAlgorithms": "curve25519-sha256"},
        {"KexAlgorithms": "diffie-hellman-group16-sha512"},
        {"KexAlgorithms": "ecdh-sha2-nistp521"},
        {"Ciphers": "aes256-gcm@openssh.com"},
        {"Ciphers": "aes256-ctr", "MACs": "hmac-sha2-512-etm@openssh.com"},
        {"Ciphers": "aes128-ctr", "MACs": "hmac-sha2-256"},
    ],
)
def test_servers_with_one_strong_algorithm_are_reached(
    client: Client, make_lab_server: Callable[..., LabServer], options: dict[str, str]
) -> None:
    connection = client.reach(make_lab_server(options=options))
    with connection.exec("echo ok") as channel:
        assert channel.read_all(100, Deadline.after(5)) == b"ok\n"
