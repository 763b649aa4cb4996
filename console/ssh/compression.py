"""Compression of a connection, where ssh_config asks for it: only after the login, and bounded."""

from __future__ import annotations

import zlib
from typing import Any

import paramiko
from paramiko.compress import ZlibCompressor

MAX_PLAIN_BYTES = 1024 * 1024
_NAME = "zlib@openssh.com"


class Inflate:
    """One direction's state. A small packet that would become a huge one ends the connection."""

    def __init__(self) -> None:
        self._state = zlib.decompressobj()

    def __call__(self, data: bytes) -> bytes:
        try:
            plain = self._state.decompress(data, MAX_PLAIN_BYTES)
        except zlib.error as error:
            raise paramiko.SSHException("a packet could not be decompressed") from error
        if self._state.unconsumed_tail:
            raise paramiko.SSHException(f"a packet grew beyond {MAX_PLAIN_BYTES} bytes")
        return plain


def ask_for(transport: Any) -> None:
    """Prefer compression; call it before the keys are exchanged. It starts after the login."""
    transport._compression_info = {_NAME: (ZlibCompressor, Inflate), "none": (None, None)}
    transport._preferred_compression = (_NAME, "none")
