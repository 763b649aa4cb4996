"""A certificate authority of the lab, and servers' certificates by it: right or for another name."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_ALWAYS = datetime.datetime(2020, 1, 1), datetime.datetime(2090, 1, 1)


@dataclass(frozen=True)
class Authority:
    """One that signs; `ca_file` is what clients trust."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def server(self, *names: str) -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for these names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        told = [_name(each) for each in names or ("127.0.0.1", "localhost")]
        made = (
            _builder("a server of the lab", key)
            .issuer_name(self.certificate.subject)
            .add_extension(x509.SubjectAlternativeName(told), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        path = self.folder / f"server-{key.private_numbers().private_value % 10**12}.pem"
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + _pem(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def make_authority(folder: Path) -> Authority:
    """A new one; nobody trusts it but who is given its file."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = (
        _builder("an authority of the lab", key)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of the lab")]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    authority = Authority(folder, key, made)
    authority.ca_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return authority


def _builder(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_ALWAYS[0])
        .not_valid_after(_ALWAYS[1])
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
