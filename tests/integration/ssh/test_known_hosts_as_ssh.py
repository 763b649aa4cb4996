"""Our reading of known_hosts beside OpenSSH's own: the same file, the same server, the same verdict."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from console.ssh.known_hosts import KnownHosts, Verdict, matches, written_name
from tests.lab.client import host_key_of
from tests.lab.sshd import LabServer, make_key

KEY, OTHER, ECDSA = "{key}", "{other}", "{ecdsa}"

FILES = {
    "plain": "[127.0.0.1]:{port} {key}\n",
    "hashed": "HASH [127.0.0.1]:{port} {key}\n",
    "hashed for another": "HASH [127.0.0.2]:{port} {key}\n",
    "without a port": "127.0.0.1 {key}\n",
    "without a port, another key": "127.0.0.1 {other}\n",
    "another port": "[127.0.0.1]:1 {key}\n",
    "wildcard": "[127.0.0.*]:* {key}\n",
    "question mark": "[127.0.0.?]:{port} {key}\n",
    "bracket is no class": "[[0-9]27.0.0.1]:{port} {key}\n",
    "negated": "[127.0.0.*]:*,![127.0.0.1]:* {key}\n",
    "negated first": "![127.0.0.1]:*,* {key}\n",
    "negated another": "[127.0.0.*]:*,![127.0.0.9]:* {key}\n",
    "list": "example.org,[127.0.0.1]:{port} {key}\n",
    "upper case": "[127.0.0.1]:{port},EXAMPLE {key} with a comment\n",
    "changed": "[127.0.0.1]:{port} {other}\n",
    "changed and right": "[127.0.0.1]:{port} {other}\n[127.0.0.1]:{port} {key}\n",
    "other type only": "[127.0.0.1]:{port} {ecdsa}\n",
    "revoked": "[127.0.0.1]:{port} {key}\n@revoked [127.0.0.1]:{port} {key}\n",
    "revoked for all": "[127.0.0.1]:{port} {key}\n@revoked * {key}\n",
    "revoked for another": "[127.0.0.1]:{port} {key}\n@revoked example.org {key}\n",
    "another key revoked": "[127.0.0.1]:{port} {key}\n@revoked * {other}\n",
    "authority only": "@cert-authority * {key}\n",
    "authority and plain": "@cert-authority * {other}\n[127.0.0.1]:{port} {key}\n",
    "unknown marker": "@odd [127.0.0.1]:{port} {key}\n",
    "comment and blank": "# a comment\n\n   \n[127.0.0.1]:{port} {key}\n",
    "commented out": "#[127.0.0.1]:{port} {key}\n",
    "no line end": "[127.0.0.1]:{port} {key}",
    "CRLF": "[127.0.0.1]:{port} {key}\r\n",
    "leading blanks": "  [127.0.0.1]:{port}\t{key}\n",
    "unknown type before": "[127.0.0.1]:{port} sk-odd@x AAAA\n[127.0.0.1]:{port} {key}\n",
    "broken base64 before": "[127.0.0.1]:{port} ssh-ed25519 A\n[127.0.0.1]:{port} {key}\n",
    "type and key disagree": "[127.0.0.1]:{port} ssh-rsa {text}\n",
    "bytes that are no text": "\udcff\udcfe {key}\n[127.0.0.1]:{port} {key}\n",
    "empty": "",
}


def as_ssh_says(server: LabServer, known: Path) -> Verdict:
    config = known.with_suffix(".config")
    config.write_text(server.ssh_config_block(known_hosts=known))
    done = subprocess.run(
        [
            "ssh",
            "-F",
            str(config),
            "-o",
            "StrictHostKeyChecking=yes",
            "-o",
            "UpdateHostKeys=no",
            "lab",
            "true",
        ],
        capture_output=True,
        text=True,
        timeout=20,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode == 0:
        return Verdict.KNOWN
    said = done.stderr
    if "REVOKED" in said:
        return Verdict.REVOKED
    if "IDENTIFICATION HAS CHANGED" in said:
        return Verdict.CHANGED
    assert "host key is known for" in said, said
    return Verdict.UNKNOWN


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> object:
    with LabServer(tmp_path_factory.mktemp("known-hosts")) as started:
        make_key(started.folder / "other_ed25519")
        make_key(started.folder / "other_ecdsa", "ecdsa")
        yield started


def written(server: LabServer, pattern: str, path: Path) -> Path:
    words = {
        "port": str(server.port),
        "key": " ".join(server.host_key()),
        "text": server.host_key()[1],
        "other": " ".join((server.folder / "other_ed25519.pub").read_text().split()[:2]),
        "ecdsa": " ".join((server.folder / "other_ecdsa.pub").read_text().split()[:2]),
    }
    text = pattern.format(**words)
    hashed = text.startswith("HASH ")
    path.write_bytes(text.removeprefix("HASH ").encode("utf-8", "surrogateescape"))
    if hashed:
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(path)], check=True, capture_output=True)
        path.with_name(path.name + ".old").unlink()
        assert path.read_text().startswith("|1|")
    return path


@pytest.mark.parametrize("case", sorted(FILES))
def test_r07_the_verdict_is_ssh_s_own(case: str, server: LabServer, tmp_path: Path) -> None:
    known = written(server, FILES[case], tmp_path / "known")
    ours = KnownHosts(tmp_path / "none", (known,)).verdict(server.host, server.port, host_key_of(server))
    assert ours.verdict is as_ssh_says(server, known)
    if ours.verdict is not Verdict.UNKNOWN:
        assert ours.file == known
        assert ours.line is not None


@pytest.mark.parametrize("hashed", [False, True])
def test_r07_lines_are_found_as_ssh_keygen_finds_them(tmp_path: Path, hashed: bool) -> None:
    key = make_key(tmp_path / "key").with_name("key.pub").read_text().split()
    names = ["host", "[host]:2222", "a.example.org", "[10.0.0.1]:22022", "::1", "[fe80::1]:2200"]
    known = tmp_path / "known"
    known.write_text("".join(f"{name} {key[0]} {key[1]}\n" for name in names))
    if hashed:
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(known)], check=True, capture_output=True)
    fields = [line.split()[0] for line in known.read_text().splitlines()]
    for asked in [*names, "other", "[host]:22", "b.example.org"]:
        found = subprocess.run(["ssh-keygen", "-F", asked, "-f", str(known)], capture_output=True, text=True)
        theirs = [line.split()[0] for line in found.stdout.splitlines() if not line.startswith("#")]
        assert [field for field in fields if matches(field, asked)] == theirs, asked


def test_r08_what_we_write_ssh_trusts(make_lab_server: Callable[..., LabServer], tmp_path: Path) -> None:
    server = make_lab_server()
    own = tmp_path / "own"
    KnownHosts(own, ()).add(server.host, server.port, host_key_of(server))
    assert as_ssh_says(server, own) is Verdict.KNOWN
    assert own.stat().st_mode & 0o777 == 0o600


def test_an_ipv6_address_is_written_in_brackets_on_odd_ports_only() -> None:
    assert written_name("::1", 22) == "::1"
    assert written_name("[::1]", 2222) == "[::1]:2222"
    assert written_name("Host", 22) == "host"
