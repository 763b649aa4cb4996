"""Certificates of users, keys on security tokens, public keys that stand for the agent's: on a real sshd."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.ssh.auth import Auth
from console.ssh.deadline import Deadline
from tests.lab.client import Client, target_of
from tests.lab.fake_agent import TokenAgent
from tests.lab.sshd import LabServer, make_key


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return make_key(tmp_path / "ca")


@pytest.fixture
def server(make_lab_server: Callable[..., LabServer], authority: Path) -> LabServer:
    """Trusts the authority and nobody else."""
    started = make_lab_server(options={"TrustedUserCAKeys": f"{authority}.pub"})
    started.authorized_keys.write_text("")
    return started


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "agent.sock"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    while not path.exists():
        time.sleep(0.005)
    yield path
    process.terminate()
    process.wait()


def certify(authority: Path, key: Path, user: str, validity: str = "always:forever") -> Path:
    argv = ["ssh-keygen", "-q", "-s", str(authority), "-I", "me", "-n", user, "-V", validity]
    subprocess.run([*argv, f"{key}.pub"], check=True, capture_output=True)
    return key.with_name(key.name + "-cert.pub")


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_certificate_beside_the_key_gets_in(
    client: Client, server: LabServer, authority: Path, tmp_path: Path, kind: str
) -> None:
    key = make_key(tmp_path / "id_new", kind)
    certify(authority, key, server.user)
    assert client.reach(server, identities=(key,)).is_alive


def test_a_certificate_file_of_ssh_config_gets_in(
    client: Client, server: LabServer, authority: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "id_new")
    elsewhere = certify(authority, key, server.user).rename(tmp_path / "elsewhere.pub")
    assert client.reach(server, identities=(key,), certificates=(elsewhere,)).is_alive


def test_where_the_certificate_has_expired_the_plain_key_is_offered(
    client: Client, server: LabServer, authority: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "id_new")
    certify(authority, key, server.user, "20200101:20200102")
    server.authorized_keys.write_text((tmp_path / "id_new.pub").read_text())
    assert client.reach(server, identities=(key,)).is_alive
    server.authorized_keys.write_text("")
    with pytest.raises(Problem) as caught:
        client.reach(server, identities=(key,))
    assert caught.value.attrs["tried"] == f"{key} with {key}-cert.pub, {key}"


def test_a_certificate_of_the_agent_gets_in(
    client: Client, server: LabServer, authority: Path, agent: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "id_new")
    certify(authority, key, server.user)
    subprocess.run(["ssh-add", "-q", str(key)], env={"SSH_AUTH_SOCK": str(agent)}, check=True)
    for path in tmp_path.glob("id_new*"):
        path.unlink()
    connection = client.reach(server, identities=(), identities_only=False, identity_agent=str(agent))
    assert connection.is_alive


def test_a_public_key_stands_for_the_agent_s_private_one(
    client: Client, lab_server: LabServer, agent: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "id_new")
    lab_server.authorized_keys.write_text((tmp_path / "id_new.pub").read_text())
    subprocess.run(["ssh-add", "-q", str(key)], env={"SSH_AUTH_SOCK": str(agent)}, check=True)
    key.unlink()
    public = tmp_path / "id_new.pub"
    assert client.reach(lab_server, identities=(public,), identity_agent=str(agent)).is_alive
    with pytest.raises(Problem) as caught:
        client.reach(lab_server, identities=(public,))
    assert "it is a public key whose private one the ssh-agent does not hold" in caught.value.sentence


def test_r14_a_key_on_a_token_gets_in_after_its_touch(
    client: Client, lab_server: LabServer, tmp_path: Path
) -> None:
    told: list[str] = []
    with TokenAgent(tmp_path / "token.sock", touch_s=1.0) as token:
        lab_server.authorized_keys.write_text(token.public_line)
        public = tmp_path / "id_ed25519_sk.pub"
        public.write_text(token.public_line)
        client.trusts(lab_server)
        target = target_of(
            lab_server, identities=(tmp_path / "id_ed25519_sk",), identity_agent=str(token.path)
        )
        auth = Auth(touch=lambda target, key: told.append(f"{target.name} {key}"))
        # The touch takes longer than the whole attempt may: it is the person's time, not the server's.
        connection = client.open(target, auth=auth, timeout_s=0.9)
        assert connection.is_alive
        assert token.signed == 1
        connection.close()
    assert told == [f"lab {tmp_path / 'id_ed25519_sk'} (agent)"]


def test_r14_a_token_that_nobody_touches_is_given_up(
    client: Client, lab_server: LabServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.ssh.auth._TOUCH_S", 1.0)
    with TokenAgent(tmp_path / "token.sock", touch_s=3.0) as token:
        lab_server.authorized_keys.write_text(token.public_line)
        client.trusts(lab_server)
        target = target_of(
            lab_server, identities_only=False, identities=(tmp_path / "no",), identity_agent=str(token.path)
        )
        begun = time.monotonic()
        with pytest.raises(Problem) as caught:
            client.open(target, timeout_s=0.8)
        assert time.monotonic() - begun < 2.5
    assert caught.value.code in ("ssh.timeout", "ssh.auth_failed", "ssh.lost")


def test_r14_a_token_s_key_outside_the_agent_says_what_to_do(
    client: Client, lab_server: LabServer, tmp_path: Path
) -> None:
    with TokenAgent(tmp_path / "token.sock") as token:
        (tmp_path / "id_sk.pub").write_text(token.public_line)
    (tmp_path / "id_sk").write_text("a handle, no key")
    with pytest.raises(Problem) as caught:
        client.reach(lab_server, identities=(tmp_path / "id_sk",))
    assert "it is on a security key and not in the ssh-agent; add it with ssh-add" in caught.value.sentence


def test_r16_no_agent_is_forwarded(client: Client, lab_server: LabServer, agent: Path) -> None:
    connection = client.reach(lab_server, identity_agent=str(agent))
    with connection.exec('echo "socket=$SSH_AUTH_SOCK"') as channel:
        assert channel.read_all(100, Deadline.after(5)) == b"socket=\n"
