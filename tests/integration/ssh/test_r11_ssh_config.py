"""ssh_config means what it means to ssh: a hundred generated files, and every setting seen at work."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from console.core.problems import Problem
from console.ssh import config_reader
from console.ssh.config import aliases, notes, resolve_alias, settings
from console.ssh.config_lines import read_lines
from console.ssh.deadline import Deadline
from tests.lab.client import Client
from tests.lab.delay_proxy import DelayProxy
from tests.lab.sshd import LabServer

COMPARED = (
    *("hostname", "user", "port", "identityfile", "identitiesonly", "identityagent", "proxyjump"),
    *("proxycommand", "userknownhostsfile", "globalknownhostsfile", "hostkeyalias", "stricthostkeychecking"),
    *("connecttimeout", "certificatefile", "serveraliveinterval", "serveralivecountmax", "compression"),
    "setenv",
)
_SAME = {"yes": "true", "no": "false", "off": "false"}


def generated(rng: random.Random, folder: Path) -> Path:
    """A config of one to three files with blocks that may or may not speak of the alias `gpu-7`."""
    values: dict[str, Callable[[], str]] = {
        "HostName": lambda: rng.choice(["10.0.0.7", "%h.example.org", "fe80::7"]),
        "User": lambda: rng.choice(["me", '"me"', "deploy"]),
        "Port": lambda: str(rng.randint(1, 65535)),
        "IdentityFile": lambda: rng.choice(["/k/one", '"/k/two words"', "~/.ssh/three", "%d/four"]),
        "IdentitiesOnly": lambda: rng.choice(["yes", "no"]),
        "IdentityAgent": lambda: rng.choice(["none", "/tmp/a.sock", "SSH_AUTH_SOCK"]),
        "ProxyJump": lambda: rng.choice(["gate", "me@gate:2222,inner", "none"]),
        "UserKnownHostsFile": lambda: rng.choice(["/k/known", "/k/a /k/b", "none"]),
        "GlobalKnownHostsFile": lambda: rng.choice(["/k/global", "none"]),
        "HostKeyAlias": lambda: "kept",
        "StrictHostKeyChecking": lambda: rng.choice(["yes", "no", "ask", "accept-new"]),
        "ConnectTimeout": lambda: str(rng.randint(1, 60)),
        "CertificateFile": lambda: rng.choice(["/k/c-cert.pub", "~/.ssh/d-cert.pub"]),
        "ServerAliveInterval": lambda: str(rng.randint(1, 60)),
        "ServerAliveCountMax": lambda: str(rng.randint(1, 9)),
        "Compression": lambda: rng.choice(["yes", "no"]),
        "SetEnv": lambda: rng.choice(["A=1", "A=1 B=two"]),
    }
    patterns = ["gpu-7", "gpu-?", "gpu-*", "*", "!gpu-7 *", "other", "* !other", "gpu-[7]", "GPU-7"]

    def block() -> str:
        head = rng.choice([f"Host {rng.choice(patterns)}", f"Host={rng.choice(patterns)}", "Match all"])
        lines = [rng.choice(["# comment", ""]), head]
        for keyword in rng.sample(sorted(values), rng.randint(1, 5)):
            word = rng.choice([keyword, keyword.lower(), keyword.upper()])
            lines.append(
                rng.choice(["  ", "\t"]) + word + rng.choice([" ", "=", " = ", "  "]) + values[keyword]()
            )
        return "\n".join(lines)

    parts = [block() for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.4:
        (folder / "more.d").mkdir()
        for name in ("1", "2"):
            (folder / "more.d" / name).write_text(block() + "\n")
        parts.insert(rng.randint(0, len(parts)), f"Include {folder}/more.d/*")
    path = folder / "config"
    path.write_text("\n".join(parts) + rng.choice(["\n", ""]))
    return path


@pytest.mark.parametrize("seed", range(100))
def test_r11_a_generated_config_means_to_our_reader_what_it_means_to_ssh(seed: int, tmp_path: Path) -> None:
    path = generated(random.Random(seed), tmp_path)
    theirs = settings("gpu-7", path)
    ours = config_reader.settings("gpu-7", path)
    bare = settings("gpu-7", Path("/dev/null"))
    for keyword in COMPARED:
        wanted = theirs.get(keyword)
        found = tuple(ours[keyword]) if keyword in ours else bare.get(keyword)
        if keyword == "stricthostkeychecking" and found is not None:
            found = (_SAME.get(found[0], found[0]),)
        if keyword in ("identityfile", "certificatefile") and found is not None and wanted is not None:
            found = tuple(str(Path(each).expanduser()) for each in found)
            wanted = tuple(str(Path(each).expanduser()) for each in wanted)
        if (keyword, wanted, found) in ((keyword, None, ("none",)), (keyword, ("none",), None)):
            continue  # `ssh -G` leaves some of them out
        assert found == wanted, (keyword, path.read_text())


def test_r11_an_answer_is_kept_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "more").write_text("Host gpu\n  Port 2000\n")
    path = tmp_path / "config"
    path.write_text(f"Include {tmp_path}/mor*\nHost gpu\n  User me\n")
    runs: list[object] = []
    real = subprocess.run
    monkeypatch.setattr("subprocess.run", lambda *a, **k: runs.append(a) or real(*a, **k))
    assert resolve_alias("gpu", path).port == 2000
    assert resolve_alias("gpu", path).port == 2000
    assert len(runs) == 1
    (tmp_path / "more").write_text("Host gpu\n  Port 30000\n")
    assert resolve_alias("gpu", path).port == 30000
    (tmp_path / "more2").write_text("Host gpu\n  HostName 10.0.0.1\n")
    assert resolve_alias("gpu", path).host == "10.0.0.1"
    assert len(runs) == 3


def test_r11_a_line_that_ssh_does_not_take_costs_only_its_own_alias(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("Host odd\n  BrandNewOption yes\nHost gpu\n  HostName 10.0.0.7\n  Port 2222\n")
    target = resolve_alias("gpu", path)
    assert (target.host, target.port) == ("10.0.0.7", 2222)
    told = f"ssh does not take {path} line 2 (Bad configuration option: brandnewoption)"
    assert target.notes == (f"{told}; Tandem read the alias by itself",)
    assert notes("gpu", path)[0] == target.notes[0]
    with pytest.raises(Problem) as caught:
        resolve_alias("odd", path)
    assert (caught.value.code, caught.value.attrs["line"]) == ("ssh.config_invalid", 2)


def test_r13_commands_run_only_out_of_files_that_are_ours_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    for text in (
        f'Match exec "touch {tmp_path}/ran"\n  Port 1\n',
        f"Host a\n  ProxyCommand touch {tmp_path}/ran\n",
    ):
        path.write_text(text)
        path.chmod(0o666)
        with pytest.raises(Problem) as caught:
            resolve_alias("a", path)
        assert caught.value.code == "ssh.config_unsafe"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("ssh") is None
    with pytest.raises(Problem) as caught:
        resolve_alias("a", path)
    assert caught.value.code == "ssh.config_unsafe"
    assert not (tmp_path / "ran").exists()


def test_tokens_in_paths_mean_what_they_mean_to_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYS", str(tmp_path))
    (tmp_path / "me@10.0.0.7-2222-gpu-100%").touch()
    path = tmp_path / "config"
    path.write_text(
        "Host gpu\n  HostName 10.0.0.7\n  User me\n  Port 2222\n  HostKeyAlias kept\n"
        "  IdentityFile ${KEYS}/%r@%h-%p-%n-100%%\n  CertificateFile %d/%i-cert.pub\n"
        f"  UserKnownHostsFile {tmp_path}/%k {tmp_path}/%C\n  GlobalKnownHostsFile none\n"
    )
    target = resolve_alias("gpu", path)
    assert target.identities == (tmp_path / "me@10.0.0.7-2222-gpu-100%",)
    assert target.certificates == (Path.home() / f"{os.getuid()}-cert.pub",)
    said = subprocess.run(
        ["ssh", "-G", "-F", str(path), "-o", "ControlPath=%C", "gpu"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (hashed,) = (line.split()[1] for line in said.splitlines() if line.startswith("controlpath "))
    assert hashed in ("%C", target.known_hosts[1].name)
    assert target.known_hosts[0] == tmp_path / "kept"


def test_what_ssh_would_heed_and_we_do_not_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("Host a\n  User me\n")
    assert notes("a", path) == ()
    path.write_text(
        "Host a\n  ForwardAgent yes\n  LocalForward 8080 127.0.0.1:80\n  Ciphers aes256-ctr\n"
        "  SendEnv SECRET_*\n  StrictHostKeyChecking no\n  ServerAliveInterval 60\n"
        "  PasswordAuthentication no\n  BindAddress 127.0.0.1\n  UpdateHostKeys ask\n"
    )
    assert notes("a", path) == (
        "BindAddress of ssh_config is not used",
        "ForwardAgent of ssh_config is not used",
        "LocalForward of ssh_config is not used",
        "Ciphers of ssh_config is not used",
        "PasswordAuthentication of ssh_config is not used",
        "SendEnv of ssh_config is not used",
        "StrictHostKeyChecking no: a first key is taken unseen, a changed one still stops Tandem",
        "UpdateHostKeys of ssh_config is not used",
        "a dead connection is noticed after 180 s, as ServerAliveInterval says",
    )


# --- the settings at work, on a real sshd


def aliased(server: LabServer, path: Path, lines: str, *, trusted: bool = True) -> Path:
    known = None if trusted else path.with_name("no-known-hosts")
    path.write_text(server.ssh_config_block("gpu", known_hosts=known) + lines)
    return path


def test_setenv_compression_and_a_password_free_alias_work(
    client: Client, make_lab_server: Callable[..., LabServer], tmp_path: Path
) -> None:
    server = make_lab_server(options={"AcceptEnv": "GIVEN"})
    config = aliased(server, tmp_path / "config", "  SetEnv GIVEN=by-alias REFUSED=1\n  Compression yes\n")
    connection = client.open(resolve_alias("gpu", config))
    with connection.exec('echo "$GIVEN $REFUSED"; yes | head -c 3000000') as channel:
        said = channel.read_all(4_000_000, Deadline.after(20))
    assert said.startswith(b"by-alias \ny\ny\n")
    assert len(said) == 3_000_010
    transport = connection._transport
    assert (transport.local_compression, transport.remote_compression) == ("zlib@openssh.com",) * 2


def test_a_packet_that_would_become_a_huge_one_is_refused() -> None:
    import zlib

    import paramiko

    from console.ssh.compression import Inflate

    bomb = zlib.compress(bytes(300 * 1024 * 1024), 9)
    with pytest.raises(paramiko.SSHException, match="grew beyond"):
        Inflate()(bomb)


def test_serveralive_of_an_alias_is_its_own_pace(
    client: Client, lab_server: LabServer, tmp_path: Path
) -> None:
    config = aliased(lab_server, tmp_path / "config", "  ServerAliveInterval 1\n  ServerAliveCountMax 1\n")
    with DelayProxy(lab_server.port) as proxy:
        config.write_text(config.read_text().replace(f"Port {lab_server.port}", f"Port {proxy.port}"))
        client.trusts(lab_server, port=proxy.port)
        connection = client.open(resolve_alias("gpu", config))
        assert connection.silence_s == 1.0
        proxy.blackhole()
        begun = time.monotonic()
        while connection.is_alive and time.monotonic() - begun < 10:
            time.sleep(0.02)
        assert time.monotonic() - begun < 4  # Tandem's own pace would take 15 s


def test_accept_new_takes_a_first_key_and_never_a_changed_one(
    client: Client, lab_server: LabServer, tmp_path: Path
) -> None:
    for word in ("ask", "accept-new"):
        config = aliased(lab_server, tmp_path / "config", f"  StrictHostKeyChecking {word}\n", trusted=False)
        target = resolve_alias("gpu", config)
        if word == "ask":
            with pytest.raises(Problem) as caught:
                client.open(target)
            assert caught.value.code == "ssh.host_key_unknown"
            continue
        assert client.open(target).is_alive
        entry = client.audit.entries[-1]
        assert (entry.action, entry.detail["fingerprint"]) == ("server.trust", lab_server.fingerprint())
    client.close()
    lab_server.restart(new_host_key=True)
    with pytest.raises(Problem) as caught:
        client.open(target)
    assert caught.value.code == "ssh.host_key_changed"


# --- any bytes


@given_settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    data=st.binary(max_size=2000) | st.text(max_size=500).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_are_a_config_or_a_problem(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(data)
    for act in (
        lambda: list(read_lines(path)),
        lambda: aliases(path),
        lambda: config_reader.settings("a", path),
    ):
        try:
            act()
        except Problem as problem:
            assert problem.code in ("ssh.config_invalid", "ssh.config_unsafe", "file.unreadable")  # noqa: PT017


def test_a_huge_config_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(Problem) as caught:
        aliases(path)
    assert caught.value.code == "file.unreadable"


@pytest.mark.parametrize("act", [aliases, lambda path: config_reader.settings("a", path)])
def test_includes_that_multiply_are_refused_before_they_cost_anything(
    tmp_path: Path, act: Callable[[Path], object]
) -> None:
    for depth in range(12):
        (tmp_path / f"{depth}").write_text(f"Include {tmp_path}/{depth + 1}\n" * 10)
    (tmp_path / "12").write_text("Host a\n")
    begun = time.monotonic()
    with pytest.raises(Problem) as caught:
        act(tmp_path / "0")
    assert "more than 1000 files are included" in caught.value.sentence
    assert time.monotonic() - begun < 10
