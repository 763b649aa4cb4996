"""Host certificates: the same certificate, the same known_hosts, the same verdict as OpenSSH's own client."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.problems import Problem
from console.ssh.deadline import Deadline
from console.ssh.handshake import scan_host_key
from console.ssh.host_certificates import BadCertificate, parse
from console.ssh.known_hosts import KnownHosts
from tests.lab.client import Client, target_of
from tests.lab.sshd import LabServer, make_key

ALWAYS = "20200101:20990101"

# Case -> how the certificate is signed, and the lines of known_hosts.
CASES: dict[str, tuple[list[str], str]] = {
    "good": (["-h", "-n", "127.0.0.1", "-V", ALWAYS], "@cert-authority * {ca}\n"),
    "good by its port": (
        ["-h", "-n", "127.0.0.1", "-V", ALWAYS],
        "@cert-authority [127.0.0.1]:{port} {ca}\n",
    ),
    "no names": (["-h", "-V", ALWAYS], "@cert-authority 127.0.0.* {ca}\n"),
    "for ever": (["-h", "-n", "127.0.0.1"], "@cert-authority * {ca}\n"),
    "one of several names": (["-h", "-n", "a,127.0.0.1", "-V", ALWAYS], "@cert-authority * {ca}\n"),
    "wildcard name": (["-h", "-n", "127.0.0.*", "-V", ALWAYS], "@cert-authority * {ca}\n"),
    "expired": (["-h", "-n", "127.0.0.1", "-V", "20200101:20200102"], "@cert-authority * {ca}\n"),
    "not yet": (["-h", "-n", "127.0.0.1", "-V", "20900101:20990101"], "@cert-authority * {ca}\n"),
    "another name": (["-h", "-n", "other", "-V", ALWAYS], "@cert-authority * {ca}\n"),
    "another name, plain key known": (
        ["-h", "-n", "other", "-V", ALWAYS],
        "@cert-authority * {ca}\n[127.0.0.1]:{port} {key}\n",
    ),
    "another authority": (["-h", "-n", "127.0.0.1", "-V", ALWAYS], "@cert-authority * {other}\n"),
    "authority of another host": (
        ["-h", "-n", "127.0.0.1", "-V", ALWAYS],
        "@cert-authority example.org {ca}\n",
    ),
    "authority as a plain key": (["-h", "-n", "127.0.0.1", "-V", ALWAYS], "[127.0.0.1]:{port} {ca}\n"),
    "authority revoked": (
        ["-h", "-n", "127.0.0.1", "-V", ALWAYS],
        "@cert-authority * {ca}\n@revoked * {ca}\n",
    ),
    "key revoked": (
        ["-h", "-n", "127.0.0.1", "-V", ALWAYS],
        "@cert-authority * {ca}\n@revoked * {key}\n",
    ),
    "critical option": (
        ["-h", "-n", "127.0.0.1", "-V", ALWAYS, "-O", "critical:odd@example.org=1"],
        "@cert-authority * {ca}\n",
    ),
    "plain key known, no authority": (
        ["-h", "-n", "other", "-V", "20200101:20200102"],
        "[127.0.0.1]:{port} {key}\n",
    ),
}


def public(path: Path) -> str:
    return " ".join(path.with_name(path.name + ".pub").read_text().split()[:2])


@pytest.fixture(scope="module", params=["ed25519", "ecdsa", "rsa"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp(f"certificates-{kind}")
    for name in ("ca", "other"):
        make_key(made / name, kind)
    return made


@pytest.fixture
def server(kind: str, folder: Path) -> Iterator[LabServer]:
    certificate = str(folder / f"host_{kind}-cert.pub")
    made = LabServer(folder, host_key_types=(kind,), options={"HostCertificate": certificate})
    made._prepare()
    sign(made, kind, CASES["good"][0])
    with made:
        yield made


def sign(server: LabServer, kind: str, how: list[str]) -> None:
    """Give the server another certificate; sshd reads it at its next start."""
    argv = ["ssh-keygen", "-q", "-s", str(server.folder / "ca"), "-I", "lab", *how]
    subprocess.run([*argv, str(server.folder / f"host_{kind}.pub")], check=True, capture_output=True)


def as_ssh_says(server: LabServer, known: Path) -> bool:
    config = known.with_suffix(".config")
    config.write_text(server.ssh_config_block(known_hosts=known))
    options = ["-o", "StrictHostKeyChecking=yes", "-o", "UpdateHostKeys=no"]
    done = subprocess.run(
        ["ssh", "-F", str(config), *options, "lab", "true"],
        capture_output=True,
        timeout=20,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode == 0


def as_we_say(server: LabServer, known: Path, tmp_path: Path) -> str:
    with Client(tmp_path) as client:
        client.trust = KnownHosts(tmp_path / "none", (known,))
        try:
            client.open(replace(target_of(server), known_hosts=None))
        except Problem as problem:
            return f"{problem.code}: {problem.attrs.get('reason', '')}"
        return "in"


@pytest.mark.parametrize(
    ("kind", "case"),
    [("ed25519", case) for case in sorted(CASES)]
    + [(kind, case) for kind in ("ecdsa", "rsa") for case in ("good", "expired", "another authority")],
    indirect=["kind"],
)
def test_r09_the_verdict_on_a_host_certificate_is_ssh_s_own(
    case: str, kind: str, server: LabServer, tmp_path: Path
) -> None:
    how, lines = CASES[case]
    sign(server, kind, how)
    server.restart()
    words = {
        "port": str(server.port),
        "key": public(server.folder / f"host_{kind}"),
        "ca": public(server.folder / "ca"),
        "other": public(server.folder / "other"),
    }
    known = tmp_path / "known"
    known.write_text(lines.format(**words))
    ours = as_we_say(server, known, tmp_path)
    assert (ours == "in") is as_ssh_says(server, known), ours
    told = {
        "expired": "it expired on 2020-01-0",
        "not yet": "it is valid only from 20",
        "another name": "it is for other, not for 127.0.0.1",
        "another authority": "no authority in known_hosts is the one that signed it",
        "authority revoked": "ssh.host_key_revoked",
        "key revoked": "ssh.host_key_revoked",
        "critical option": "it has critical options",
    }
    assert told.get(case, "") in ours


def test_r09_a_user_s_certificate_is_no_host_s(server: LabServer, kind: str) -> None:
    sign(server, kind, ["-n", "127.0.0.1", "-V", ALWAYS])
    text = (server.folder / f"host_{kind}-cert.pub").read_text().split()[1]
    shown = parse(_blob(text))
    assert shown.reject("127.0.0.1") == "it is a user's certificate, not a host's"


def test_r09_a_changed_byte_is_seen(server: LabServer, kind: str) -> None:
    sign(server, kind, ["-h", "-n", "127.0.0.1", "-V", ALWAYS, "-z", "7"])
    blob = _blob((server.folder / f"host_{kind}-cert.pub").read_text().split()[1])
    assert parse(blob).reject("127.0.0.1") is None
    at = blob.index(b"127.0.0.1")
    forged = blob[:at] + b"127.0.0.2" + blob[at + 9 :]
    assert parse(forged).reject("127.0.0.2") == "its authority's signature is not right"


def test_r09_an_authority_that_signs_by_sha1_does_not_count(tmp_path: Path) -> None:
    make_key(tmp_path / "ca", "rsa")
    make_key(tmp_path / "host")
    argv = ["ssh-keygen", "-q", "-s", str(tmp_path / "ca"), "-t", "ssh-rsa", "-I", "x", "-h", "-n", "a"]
    subprocess.run([*argv, str(tmp_path / "host.pub")], check=True, capture_output=True)
    shown = parse(_blob((tmp_path / "host-cert.pub").read_text().split()[1]))
    assert shown.reject("a") == "its signature is of the old kind ssh-rsa"


def test_r09_a_scan_shows_the_plain_key(server: LabServer, tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.write_text(f"@cert-authority * {public(server.folder / 'ca')}\n")
    trust = KnownHosts(tmp_path / "none", (known,))
    found = scan_host_key(replace(target_of(server), known_hosts=None), Deadline.after(10), trust=trust)
    assert found.fingerprint == server.fingerprint()


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_r09_any_bytes_are_a_certificate_or_a_reason(
    data: st.DataObject, server: LabServer, kind: str
) -> None:
    blob = bytearray(_blob((server.folder / f"host_{kind}-cert.pub").read_text().split()[1]))
    for _ in range(data.draw(st.integers(0, 4))):
        blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(blob)))
    for tried in (bytes(blob), bytes(blob[:cut])):
        try:
            shown = parse(tried)
        except BadCertificate:
            continue
        assert shown.reject("nobody")


def _blob(text: str) -> bytes:
    return base64.b64decode(text)
