"""Reading ssh_config: through `ssh -G`, and our strict reader held beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.ssh import config_reader
from console.ssh.config import aliases, resolve_alias, settings

COMPARED = (
    "hostname",
    "user",
    "port",
    "identitiesonly",
    "identityagent",
    "proxyjump",
    "proxycommand",
    "hostkeyalias",
    "connecttimeout",
)

CONFIGS = {
    "plain": "Host a\n  HostName a.example.org\n  User me\n  Port 2222\n",
    "first value counts": "Host a\n  Port 1\nHost *\n  Port 2\n  User late\n",
    "equals sign": "Host=a\nHostName = x.example.org\nport=99\n",
    "case": "hOST a\n  hostNAME b\n  POrt 7\n",
    "quotes": 'Host a\n  User "me"\n  IdentityAgent "/tmp/a b.sock"\n',
    "comments": "# top\nHost a # not b\n  Port 8 # eight\n",
    "negation": "Host * !a\n  Port 3\nHost a\n  Port 4\n",
    "wildcards": "Host ?\n  User one\nHost ??\n  User two\nHost a*\n  Port 5\n",
    "several patterns": "Host x a y\n  Port 6\n",
    "before any host": "User everyone\nHost a\n  User me\n",
    "match all": "Host b\n  Port 1\nMatch all\n  Port 12\n",
    "jump": "Host a\n  ProxyJump me@gate:2222,inner\n",
    "jump none": "Host a\n  ProxyJump none\n",
    "command": "Host a\n  ProxyCommand nc -x 'p q' %h %p\n",
    "host key alias": "Host a\n  HostKeyAlias kept\n  ConnectTimeout 9\n",
    "token in the name": "Host a\n  HostName %h.example.org\n",
    "harmless ones": "Host a\n  Compression yes\n  ServerAliveInterval 5\n  Port 10\n",
    "tabs": "Host\ta\n\tPort\t11\n",
}


@pytest.mark.parametrize("case", sorted(CONFIGS))
def test_r11_our_reader_says_what_ssh_says(case: str, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(CONFIGS[case])
    asked = settings("a", path)
    ours = config_reader.settings("a", path)
    for keyword, values in ours.items():
        if keyword in COMPARED and values != ["none"]:
            assert asked.get(keyword) == tuple(values), keyword
    bare = path.with_name("bare")
    bare.touch()
    untouched = settings("a", bare)
    changed = {k for k in COMPARED if asked.get(k) != untouched.get(k)}
    assert changed <= set(ours)


def test_an_alias_becomes_a_target(tmp_path: Path) -> None:
    key = tmp_path / "key with space"
    key.touch()
    path = tmp_path / "config"
    path.write_text(
        "Host gpu\n  HostName 10.1.2.3\n  User me\n  Port 2200\n"
        f'  IdentityFile "{key}"\n  IdentitiesOnly yes\n'
        f"  HostKeyAlias kept\n  ConnectTimeout 4\n  UserKnownHostsFile {tmp_path}/a {tmp_path}/b\n"
        "  GlobalKnownHostsFile none\n"
    )
    target = resolve_alias("gpu", path, name="the-server")
    assert (target.name, target.host, target.user, target.port) == ("the-server", "10.1.2.3", "me", 2200)
    assert target.identities == (key,)
    assert target.identities_only
    assert target.host_key_name == "kept"
    assert target.connect_timeout_s == 4
    assert target.known_hosts == (tmp_path / "a", tmp_path / "b")


def test_aliases_are_listed_through_includes_without_patterns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh" / "conf.d").mkdir(parents=True)
    (tmp_path / ".ssh" / "conf.d" / "2").write_text("Host two *.wild !not\n")
    (tmp_path / ".ssh" / "conf.d" / "1").write_text("Host one\n")
    config = tmp_path / ".ssh" / "config"
    config.write_text(
        'Host zero two\nInclude conf.d/*\nInclude "/nowhere/*"\nMatch host x\n  Port 1\nHost last\n'
    )
    assert aliases() == ["zero", "two", "one", "last"]


def test_files_that_include_themselves_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(f"Include {path}\n")
    with pytest.raises(Problem) as caught:
        aliases(path)
    assert caught.value.code == "ssh.config_invalid"


@pytest.mark.parametrize("alias", ["-oProxyCommand=touch x", "a;touch b", "$(touch x)", "a b", ""])
def test_r12_an_alias_that_could_be_more_is_refused(alias: str, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(f'Match exec "touch {tmp_path}/%n"\n  Port 1\n')
    with pytest.raises(Problem) as caught:
        resolve_alias(alias, path)
    assert caught.value.code == "server.invalid_host"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config"]


def test_a_config_that_is_not_there_or_unreadable_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        resolve_alias("a", tmp_path / "none")
    assert caught.value.code == "file.missing"
    with pytest.raises(Problem) as caught:
        resolve_alias("a", tmp_path)
    assert caught.value.code == "file.unreadable"
    with pytest.raises(Problem) as caught:
        aliases(tmp_path / "none")
    assert caught.value.code == "file.missing"


def test_a_line_ssh_does_not_know_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("Host a\n  Prot 22\n")
    with pytest.raises(Problem) as caught:
        resolve_alias("a", path)
    assert caught.value.code == "ssh.config_invalid"
    assert (str(caught.value.attrs["file"]), caught.value.attrs["line"]) == (str(path), 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Host a\n  Prot 22\n", 2),
        ("Host a\nMatch exec true\n", 2),
        ("Host a\n  CanonicalizeHostname yes\n", 2),
        ("Host a\n  Port\n", 2),
        ('Host a\n  User "me\n', 2),
        ("Host a\n  IdentityFile ~/%Z\n", 2),
    ],
)
def test_without_ssh_what_is_not_understood_is_refused(
    text: str, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("ssh") is None
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(Problem) as caught:
        resolve_alias("a", path)
    assert caught.value.code == "ssh.config_invalid"
    assert caught.value.attrs["line"] == line


def test_without_ssh_a_usual_config_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config"
    path.write_text("Host gate\n  Port 2\nHost a\n  HostName 10.0.0.1\n  ProxyJump me@gate\n")
    through_ssh = resolve_alias("a", path)
    monkeypatch.setenv("PATH", str(tmp_path))
    ours = resolve_alias("a", path)
    assert (ours.host, ours.port, ours.jump[0].host, ours.jump[0].port) == ("10.0.0.1", 22, "gate", 2)
    assert ours.jump[0].user == "me"
    assert (through_ssh.host, through_ssh.jump[0].port) == (ours.host, ours.jump[0].port)


def test_a_config_that_hangs_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.ssh.config_asked.SSH_S", 0.3)
    path = tmp_path / "config"
    path.write_text('Match exec "sleep 2"\n  Port 1\n')
    with pytest.raises(Problem) as caught:
        resolve_alias("a", path)
    assert caught.value.code == "ssh.timeout"
