"""An ssh-agent with one FIDO key (sk-ssh-ed25519) that waits for a touch, as a security token does."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KIND = b"sk-ssh-ed25519@openssh.com"
_APPLICATION = b"ssh:"


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


class TokenAgent:
    """Listens on a UNIX socket; every signature takes `touch_s` (PROTOCOL.u2f)."""

    def __init__(self, path: Path, *, touch_s: float = 0.0) -> None:
        self.path = path
        self.touch_s = touch_s
        self.signed = 0
        self._key = Ed25519PrivateKey.generate()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(4)
        self._threads = [threading.Thread(target=self._accept, daemon=True, name="lab-token")]
        self._peers: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(5)

    @property
    def blob(self) -> bytes:
        """The public key as the wire has it."""
        public = self._key.public_key().public_bytes_raw()
        return _string(KIND) + _string(public) + _string(_APPLICATION)

    @property
    def public_line(self) -> str:
        """One line of authorized_keys, or a .pub file."""
        return f"{KIND.decode()} {base64.b64encode(self.blob).decode()} token\n"

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(peer,), daemon=True, name="lab-token")
            self._threads.append(thread)
            thread.start()

    def _serve(self, peer: socket.socket) -> None:
        with peer:
            while head := peer.recv(4, socket.MSG_WAITALL):
                body = peer.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)
                answer = self._identities() if body[0] == 11 else self._sign(body)
                try:
                    peer.sendall(_string(answer))
                except OSError:  # the console stopped waiting
                    return

    def _identities(self) -> bytes:
        return b"\x0c" + struct.pack(">I", 1) + _string(self.blob) + _string(b"token")

    def _sign(self, body: bytes) -> bytes:
        time.sleep(self.touch_s)
        at = 1 + 4 + len(self.blob)
        (length,) = struct.unpack_from(">I", body, at)
        data = body[at + 4 : at + 4 + length]
        tail = b"\x01" + struct.pack(">I", self.signed)
        proof = hashlib.sha256(_APPLICATION).digest() + tail + hashlib.sha256(data).digest()
        self.signed += 1
        return b"\x0e" + _string(_string(KIND) + _string(self._key.sign(proof)) + tail)
