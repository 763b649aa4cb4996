"""Writing known_hosts: every byte that is not ours stays, whoever writes at the same time."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.problems import Problem
from console.ssh.known_hosts import HostKey, KnownHosts, Verdict, entries


def some_key(seed: int = 0) -> HostKey:
    kind = b"ssh-ed25519"
    body = seed.to_bytes(32, "big")
    blob = len(kind).to_bytes(4, "big") + kind + (32).to_bytes(4, "big") + body
    return HostKey("ssh-ed25519", blob)


def test_r08_every_byte_that_was_there_stays(tmp_path: Path) -> None:
    own = tmp_path / "known_hosts"
    before = b"# mine\n\n@cert-authority *.x ssh-rsa AAAA\nodd \xff\xfe line\nhost sk-odd AAAA # tail"
    own.write_bytes(before)
    known = KnownHosts(own, ())
    known.add("new", 22, some_key())
    after = own.read_bytes()
    assert after.startswith(before + b"\n")
    assert after[len(before) + 1 :] == f"new ssh-ed25519 {some_key().base64}\n".encode()
    known.add("new", 22, some_key())
    assert own.read_bytes() == after
    assert known.forget("new", 22) == 1
    assert own.read_bytes() == before + b"\n"


def test_forgetting_takes_only_the_lines_of_that_server_alone(tmp_path: Path) -> None:
    own = tmp_path / "known_hosts"
    text = f"a,b ssh-ed25519 {some_key().base64}\n[a]:2222 ssh-ed25519 {some_key().base64}\n"
    own.write_text(text)
    known = KnownHosts(own, ())
    assert known.forget("a", 22) == 0
    assert own.read_text() == text
    assert known.forget("a", 2222) == 1


def test_r08_threads_lose_no_line(tmp_path: Path) -> None:
    own = tmp_path / "known_hosts"
    stores = [KnownHosts(own, ()) for _ in range(4)]

    def write(index: int) -> None:
        for number in range(25):
            stores[index].add(f"h{index}-{number}", 22, some_key(index * 100 + number))

    threads = [threading.Thread(target=write, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(entries(own, own.read_bytes()))) == 100


def test_r08_processes_lose_no_line(tmp_path: Path) -> None:
    own = tmp_path / "known_hosts"
    script = (
        "import sys; from pathlib import Path\n"
        "from console.ssh.known_hosts import HostKey, KnownHosts\n"
        "import base64\n"
        "known = KnownHosts(Path(sys.argv[1]), ())\n"
        "key = HostKey('ssh-ed25519', base64.b64decode(sys.argv[3]))\n"
        "for number in range(40): known.add(f'{sys.argv[2]}-{number}', 22, key)\n"
    )
    key = base64.b64encode(some_key().blob).decode()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(own), name, key], env={**os.environ, "PYTHONPATH": "."}
        )
        for name in ("one", "two", "three")
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(list(entries(own, own.read_bytes()))) == 120


def test_a_file_that_cannot_be_read_is_a_problem_not_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(Problem) as caught:
        KnownHosts(tmp_path / "folder", ()).verdict("h", 22, some_key())
    assert caught.value.code == "file.unreadable"


def test_an_alias_for_the_key_is_looked_up_without_a_port(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts", ())
    known.add("ignored", 2222, some_key(), name="The-Alias")
    assert known.verdict("elsewhere", 9, some_key(), name="the-alias").verdict is Verdict.KNOWN
    assert known.verdict("elsewhere", 9, some_key()).verdict is Verdict.UNKNOWN
    assert known.verdict("elsewhere", 9, some_key(1), name="the-alias").verdict is Verdict.CHANGED


def test_the_known_type_is_asked_for_first(tmp_path: Path) -> None:
    own = tmp_path / "known_hosts"
    rsa = base64.b64encode(b"\0\0\0\x07ssh-rsa\0\0\0\x03\x01\0\x01\0\0\0\x01\x05").decode()
    own.write_text(f"[h]:2222 ssh-rsa {rsa}\nh ssh-ed25519 {some_key().base64}\n")
    assert KnownHosts(own, ()).signature_types("h", 2222) == ("rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519")


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    data=st.binary(max_size=2000)
    | st.lists(
        st.tuples(
            st.sampled_from(["", "@revoked ", "@cert-authority ", "@odd "]),
            st.text(max_size=30)
            | st.sampled_from(["host", "[host]:22", "|1|AA==|AA==", "|1|x", "*,!host", "[" * 9]),
            st.sampled_from(["ssh-ed25519", "ssh-rsa", "x"]),
            st.text(max_size=30) | st.sampled_from(["AAAAC3NzaC1lZDI1NTE5AAAAIA==", "AAAA", "=", "A"]),
        ).map(lambda words: f"{words[0]}{words[1]} {words[2]} {words[3]}\n".encode("utf-8", "replace")),
        max_size=20,
    ).map(b"".join)
)
def test_r07_any_bytes_are_known_hosts(data: bytes, tmp_path: Path) -> None:
    """No crash, and nothing that does not hold our key vouches for it."""
    path = tmp_path / "known"
    path.write_bytes(data)
    trust = KnownHosts(tmp_path / "none", (path,))
    key = HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(range(32)))
    assert trust.verdict("host", 22, key).verdict is not Verdict.KNOWN
    assert trust.authority_verdict("host", 2222, key, key).verdict is not Verdict.KNOWN
    trust.has_authority("host", 22)
    trust.signature_types("host", 22)


def test_a_huge_known_hosts_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "known"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(Problem) as caught:
        KnownHosts(tmp_path / "none", (path,)).has_authority("host", 22)
    assert caught.value.code == "file.unreadable"
