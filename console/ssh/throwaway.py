"""Certificates for one copy between servers: made here, sent over SSH, pinned by both ends, forgotten."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_ALWAYS = datetime.datetime(2000, 1, 1), datetime.datetime(2999, 1, 1)
"""Servers' clocks may be wrong, and the key is gone with the copy: the dates protect nothing."""


@dataclass(frozen=True, slots=True)
class Throwaway:
    """A self-signed certificate and its key, PEM."""

    certificate: str
    key: str = field(repr=False)


def make_throwaway() -> Throwaway:
    """A new one. Its name is chance: OpenSSL finds issuers by name, so no two may have the same."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"tandem {secrets.token_hex(16)}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_ALWAYS[0])
        .not_valid_after(_ALWAYS[1])
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Throwaway(
        certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode("ascii"),
    )
