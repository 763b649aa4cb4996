"""Host certificates, judged as OpenSSH judges them: authority, kind, names, validity, options.

Pure but for the clock; which authorities count for a server is known_hosts.py's.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    SSHCertificate,
    SSHCertificateType,
    load_ssh_public_identity,
)

from console.ssh.known_hosts import HostKey

SUFFIX = "-cert-v01@openssh.com"
TYPES = tuple(
    kind + SUFFIX
    for kind in (
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "rsa-sha2-512",
        "rsa-sha2-256",
    )
)
"""Signature algorithms by which a server can prove itself with a certificate, best first."""

# Fields between the nonce and the serial number, by the kind of key: all are length-prefixed.
_KEY_FIELDS = {"ssh-ed25519": 1, "ssh-rsa": 2, "ecdsa-sha2": 2, "sk-ssh-ed25519": 2, "sk-ecdsa-sha2": 3}
_MAX_BYTES = 64 * 1024
_UNREADABLE = (
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    AssertionError,
    TypeError,
    # A curve's point in its compressed form, which no ssh writes.
    NotImplementedError,
)
_WEAK_SIGNATURES = ("ssh-rsa", "ssh-dss")


class BadCertificate(ValueError):
    """The bytes are no certificate that can be judged; the text says why."""


@dataclass(frozen=True, slots=True)
class HostCertificate:
    """A certificate that a server showed; `authority` has signed it only where `reject` finds nothing.

    Attributes:
        key: the certified key, plain.
        authority: the key that is said to have signed it.
        signature: the algorithm of that signature.
    """

    key: HostKey
    authority: HostKey
    signature: str
    parsed: SSHCertificate

    def reject(self, name: str, now: float | None = None) -> str | None:
        """Why it does not prove that its holder is `name`; None where it does.

        Args:
            name: what was connected to, or the HostKeyAlias; without a port.
            now: seconds since the epoch; this moment where None.
        """
        now = time.time() if now is None else now
        found = self.parsed
        if found.type is not SSHCertificateType.HOST:
            return "it is a user's certificate, not a host's"
        if self.signature in _WEAK_SIGNATURES:
            return f"its signature is of the old kind {self.signature}"
        try:
            found.verify_cert_signature()
        except _UNREADABLE:
            return "its authority's signature is not right"
        if now < found.valid_after:
            return f"it is valid only from {_day(found.valid_after)}"
        if now >= found.valid_before:
            return f"it expired on {_day(found.valid_before)}"
        names = [each.decode("utf-8", "replace") for each in found.valid_principals]
        # A host certificate without names is for every host, to OpenSSH too.
        if names and name.lower() not in names:
            return f"it is for {', '.join(names[:4])}, not for {name.lower()}"
        if found.critical_options:
            return "it has critical options, which no host's certificate has"
        return None


def is_certificate(blob: bytes) -> bool:
    """Whether a host key in wire form is a certificate."""
    length = int.from_bytes(blob[:4], "big")
    return blob[4 : 4 + length].endswith(SUFFIX.encode("ascii"))


def parse(blob: bytes) -> HostCertificate:
    """A certificate out of its wire form.

    Raises:
        BadCertificate: it is none, or of a kind that is not known here.
    """
    if len(blob) > _MAX_BYTES:
        raise BadCertificate("it is too large")
    fields = _Fields(blob)
    key = _take_key(fields)
    fields.skip(8 + 4)  # serial number and type
    for _ in range(2):  # key id, principals
        fields.string()
    fields.skip(8 + 8)  # validity
    for _ in range(3):  # critical options, extensions, reserved
        fields.string()
    authority = fields.string()
    signature = _Fields(fields.string()).text()
    try:
        found = load_ssh_public_identity(_Fields(blob).string() + b" " + base64.b64encode(blob))
    except _UNREADABLE as error:
        raise BadCertificate("it cannot be read") from error
    if not isinstance(found, SSHCertificate):
        raise BadCertificate("it is a plain key")
    return HostCertificate(key, HostKey(_Fields(authority).text(), authority), signature, found)


def certified_key(blob: bytes) -> HostKey:
    """The plain key in a certificate, a host's or a user's; nothing is judged.

    Raises:
        BadCertificate: it is none.
    """
    return _take_key(_Fields(blob))


def _take_key(fields: _Fields) -> HostKey:
    kind = fields.text()
    plain = kind.removesuffix(SUFFIX)
    count = next((n for prefix, n in _KEY_FIELDS.items() if plain.startswith(prefix)), None)
    if count is None or plain == kind or not plain.isascii():
        raise BadCertificate(f"its kind {kind[:60]!r} is not known")
    fields.string()  # the nonce
    numbers = [fields.string() for _ in range(count)]
    plain += "@openssh.com" if plain.startswith("sk-") else ""
    return HostKey(plain, b"".join(_string(each) for each in (plain.encode("ascii"), *numbers)))


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _day(seconds: int) -> str:
    if seconds >= 1 << 40:  # beyond what a calendar holds: ssh-keygen writes the largest number for ever
        return "a day without end"
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))


class _Fields:
    """Reads SSH's wire form; running out of bytes is a BadCertificate."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def skip(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise BadCertificate("it is cut short")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def string(self) -> bytes:
        return self.skip(int.from_bytes(self.skip(4), "big"))

    def text(self) -> str:
        return self.string().decode("utf-8", "replace")
