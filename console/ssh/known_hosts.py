"""known_hosts with OpenSSH's meaning: plain and hashed names, ports, wildcards, negation, markers.

Tandem's own file is written; the person's and the system's files are only read.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fnmatch
import hashlib
import hmac
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from console.core.files import write_atomically
from console.core.problems import Problem
from console.ssh.filelock import FileLock

_MAX_FILE_BYTES = 16 * 1024 * 1024
_RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256")
USUAL_FILES = (
    "~/.ssh/known_hosts",
    "~/.ssh/known_hosts2",
    "/etc/ssh/ssh_known_hosts",
    "/etc/ssh/ssh_known_hosts2",
)


@dataclass(frozen=True, slots=True)
class HostKey:
    """A server's public key.

    Attributes:
        kind: its type as known_hosts writes it, `ssh-ed25519`.
        blob: the key in SSH's wire form.
    """

    kind: str
    blob: bytes

    @property
    def base64(self) -> str:
        """The text that stands in known_hosts."""
        return base64.b64encode(self.blob).decode("ascii")

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as ssh shows it."""
        digest = hashlib.sha256(self.blob).digest()
        return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


class Verdict(StrEnum):
    """What the files say of a key."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict and the line it rests on; no line where the key is unknown."""

    verdict: Verdict
    file: Path | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that could be read. `marker` is "", "@revoked" or "@cert-authority"."""

    file: Path
    line: int
    marker: str
    patterns: str
    key: HostKey

    def is_for(self, name: str) -> bool:
        """Whether the line speaks of this name, written `host` or `[host]:port`."""
        return matches(self.patterns, name)


def written_name(host: str, port: int) -> str:
    """How a server stands in the file: the bare host on port 22, else [host]:port."""
    bare = host.strip("[]").lower()
    return bare if port == 22 else f"[{bare}]:{port}"


def matches(patterns: str, name: str) -> bool:
    """Whether a line's first field fits a name. A pattern after `!` that fits excludes the line."""
    name = name.lower()
    if patterns.startswith("|1|"):
        return _hash_matches(patterns, name)
    found = False
    for pattern in patterns.lower().split(","):
        negated = pattern.startswith("!")
        if _pattern(pattern.removeprefix("!")).fullmatch(name):
            if negated:
                return False
            found = True
    return found


def _pattern(text: str) -> re.Pattern[str]:
    # Only * and ? are special to OpenSSH; fnmatch's brackets stand in names here.
    return re.compile(fnmatch.translate(text.replace("[", "[[]")))


def _hash_matches(field: str, name: str) -> bool:
    try:
        salt, wanted = (base64.b64decode(part, validate=True) for part in field.split("|")[2:4])
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(hmac.new(salt, name.encode("utf-8"), "sha1").digest(), wanted)


def entries(path: Path, data: bytes) -> Iterator[Entry]:
    """The lines that can be read; comments, unknown markers and broken keys are passed over, as ssh does."""
    for number, raw in enumerate(data.decode("utf-8", errors="replace").split("\n"), start=1):
        words = raw.strip(" \t\r").split(None)
        if not words or words[0].startswith("#"):
            continue
        marker = ""
        if words[0].startswith("@"):
            marker, words = words[0], words[1:]
            if marker not in ("@revoked", "@cert-authority"):
                continue
        if len(words) < 3:
            continue
        key = parse_key(words[1], words[2])
        if key is not None:
            yield Entry(path, number, marker, words[0], key)


def parse_key(kind: str, text: str) -> HostKey | None:
    """A key from its two words in known_hosts; None where they are no key."""
    try:
        blob = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    length = int.from_bytes(blob[:4], "big")
    if len(blob) < 4 + length or blob[4 : 4 + length] != kind.encode("utf-8"):
        return None
    return HostKey(kind, blob)


class KnownHosts:
    """Tandem's own file and others that are read beside it. Any thread may call; files are read anew
    for every question, so that what ssh writes meanwhile counts.

    Args:
        own: the file that `add` writes.
        others: files that are only read; the person's and the system's where None.
    """

    def __init__(self, own: Path, others: Sequence[Path] | None = None) -> None:
        self.own = own
        usual = (Path(name).expanduser() for name in USUAL_FILES)
        self._others = tuple(usual if others is None else others)
        self._lock = threading.Lock()

    def verdict(
        self,
        host: str,
        port: int,
        key: HostKey,
        *,
        name: str | None = None,
        others: Sequence[Path] | None = None,
    ) -> Finding:
        """What is known of a key of a server.

        Args:
            name: look for this name instead of host and port (HostKeyAlias).
            others: read these files beside our own instead of the ones given at the start.

        Raises:
            Problem: `file.unreadable`.
        """
        found = self._all(others)
        asked = name.lower() if name else written_name(host, port)
        finding = _judge([entry for entry in found if entry.is_for(asked)], key)
        if finding.verdict is Verdict.UNKNOWN and name is None and port != 22:
            # As ssh does: a line without a port may vouch for a key on any port, but not accuse one.
            bare = _judge([entry for entry in found if entry.is_for(written_name(host, 22))], key)
            if bare.verdict in (Verdict.KNOWN, Verdict.REVOKED):
                return bare
        return finding

    def signature_types(
        self, host: str, port: int, *, name: str | None = None, others: Sequence[Path] | None = None
    ) -> tuple[str, ...]:
        """Signature algorithms of the keys that are known for a server, to ask it for these first."""
        asked = _names(host, port, name)
        kinds: list[str] = []
        for entry in self._all(others):
            if not entry.marker and any(entry.is_for(each) for each in asked):
                kinds += _RSA_SIGNATURES if entry.key.kind == "ssh-rsa" else (entry.key.kind,)
        return tuple(dict.fromkeys(kinds))

    def has_authority(
        self, host: str, port: int, *, name: str | None = None, others: Sequence[Path] | None = None
    ) -> bool:
        """Whether some authority's certificates count for a server (@cert-authority)."""
        asked = _names(host, port, name)
        return any(
            entry.marker == "@cert-authority" and any(entry.is_for(each) for each in asked)
            for entry in self._all(others)
        )

    def authority_verdict(
        self,
        host: str,
        port: int,
        key: HostKey,
        authority: HostKey,
        *,
        name: str | None = None,
        others: Sequence[Path] | None = None,
    ) -> Finding:
        """What is known of the authority of a certified key: KNOWN, UNKNOWN, or REVOKED where it or the
        key itself is marked so. The certificate itself is not judged here.

        Raises:
            Problem: `file.unreadable`.
        """
        asked = _names(host, port, name)
        found = [entry for entry in self._all(others) if any(entry.is_for(each) for each in asked)]
        for entry in found:
            if entry.marker == "@revoked" and entry.key in (key, authority):
                return Finding(Verdict.REVOKED, entry.file, entry.line)
        for entry in found:
            if entry.marker == "@cert-authority" and entry.key == authority:
                return Finding(Verdict.KNOWN, entry.file, entry.line)
        return Finding(Verdict.UNKNOWN)

    def add(self, host: str, port: int, key: HostKey, *, name: str | None = None) -> None:
        """Write a line to our own file; every other byte of it stays. A line that is there is not repeated.

        Raises:
            Problem: `file.unwritable`, `file.unreadable`.
        """
        field = name.lower() if name else written_name(host, port)
        with self._writing():
            data = _read(self.own)
            if any(
                entry.patterns == field and entry.key == key and not entry.marker
                for entry in entries(self.own, data)
            ):
                return
            gap = b"" if not data or data.endswith(b"\n") else b"\n"
            line = f"{field} {key.kind} {key.base64}\n".encode()
            write_atomically(self.own, data + gap + line)

    def forget(self, host: str, port: int, *, name: str | None = None) -> int:
        """Remove the lines of our own file that name only this server; returns how many.

        Raises:
            Problem: `file.unwritable`, `file.unreadable`.
        """
        field = name.lower() if name else written_name(host, port)
        with self._writing():
            data = _read(self.own)
            doomed = {
                entry.line
                for entry in entries(self.own, data)
                if entry.patterns == field and not entry.marker
            }
            if doomed:
                lines = data.split(b"\n")
                kept = [line for number, line in enumerate(lines, start=1) if number not in doomed]
                write_atomically(self.own, b"\n".join(kept))
        return len(doomed)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, FileLock(self.own.with_name(self.own.name + ".lock")):
            yield

    def _all(self, others: Sequence[Path] | None) -> list[Entry]:
        files = dict.fromkeys((self.own, *(self._others if others is None else others)))
        return [entry for path in files for entry in entries(path, _read(path))]


def _names(host: str, port: int, name: str | None) -> tuple[str, ...]:
    """What a line may call the server: one without a port may vouch for it on any port."""
    return (name.lower(),) if name else (written_name(host, port), written_name(host, 22))


def _judge(found: Sequence[Entry], key: HostKey) -> Finding:
    for entry in found:
        if entry.marker == "@revoked" and entry.key == key:
            return Finding(Verdict.REVOKED, entry.file, entry.line)
    plain = [entry for entry in found if not entry.marker]
    for entry in plain:
        if entry.key == key:
            return Finding(Verdict.KNOWN, entry.file, entry.line)
    # Any other key that is kept for the server makes this one a changed key, also one of another type: a
    # server that still had the kept one would have been asked for it.
    if plain:
        nearest = min(plain, key=lambda each: each.key.kind != key.kind)
        return Finding(Verdict.CHANGED, nearest.file, nearest.line)
    return Finding(Verdict.UNKNOWN)


def _read(path: Path) -> bytes:
    """A file's bytes; one that is not there is empty, as for ssh."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise Problem("file.unreadable", path=path, reason=error.strerror or error) from error
    if len(data) > _MAX_FILE_BYTES:
        raise Problem("file.unreadable", path=path, reason="it is too large for a known_hosts file")
    return data
