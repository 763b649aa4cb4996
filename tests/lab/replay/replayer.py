"""Answers for many agents in one process, over UNIX sockets: hello, beats and samples after a recorded one.

Run as `python -m tests.lab.replay.replayer SOCKET RECORDING`. It speaks the agent's protocol; what a person
would see is made up: eight accelerators a server, each on a walk of its own, a few of them sick.
"""

from __future__ import annotations

import heapq
import json
import math
import re
import selectors
import socket
import struct
import sys
import time
import zlib
from pathlib import Path
from typing import Any

_NAME = re.compile(rb"/replay/([A-Za-z0-9_.-]+)/python")
_NONCE = re.compile(rb'"nonce":"([^"]*)"')
BEAT_S = 2.0
GPUS = 8
SICK = {("replay-217", 5)}
"""The one in thousands that has to jump to the eye."""

_MAX_UNSENT = 1 << 20


def frame(message: dict[str, Any]) -> bytes:
    """A message as it travels."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return struct.pack(">I", len(body)) + body


class Walk:
    """The samples of one server: the recorded one with numbers that move."""

    def __init__(self, name: str, recording: dict[str, Any]) -> None:
        self._name = name
        self._seed = sum(map(ord, name)) * 31
        self._seq = 0
        recorded = recording["accelerators"]
        self._holders = recorded[0]["processes"]
        fresh = [dict(recorded[index % len(recorded)]) for index in range(GPUS)]
        self._sample = dict(recording, accelerators=fresh, boot_id=f"boot-{name}")
        for index, each in enumerate(fresh):
            each.update(index=index, uuid=f"GPU-{name}-{index:04d}", name="NVIDIA H100 80GB HBM3")

    def next(self, interval_s: float) -> dict[str, Any]:
        """The sample of this moment."""
        self._seq += 1
        now = time.time()
        sample = self._sample
        sample.update(seq=self._seq, time=now, monotonic=time.monotonic(), interval_s=interval_s)
        sample["cpu_percent"] = round(30 + 10 * math.sin(now / 17 + self._seed), 1)
        for index, each in enumerate(sample["accelerators"]):
            seed = self._seed + index * 7
            if (self._name, index) in SICK:
                each.update(state="lost", detail="XID 79: GPU has fallen off the bus", processes=None)
                continue
            level = (2.0, 55.0, 92.0, 97.0)[seed % 4]
            each["processes"] = [] if level < 5 else self._holders
            used = max(0.0, min(100.0, level + 6 * math.sin(now / 5 + seed)))
            each["utilization_percent"] = round(used)
            each["memory_used_bytes"] = int((0.1 + 0.008 * used) * 85_899_345_920)
            each["temperature_c"] = round(34 + 0.4 * used)
            each["power_w"] = round(90 + 5.5 * used, 1)
        return sample


class Session:
    """One agent's end of a session."""

    def __init__(self, peer: socket.socket, recording: dict[str, Any]) -> None:
        self.peer = peer
        self._recording = recording
        self._inbox = bytearray()
        self._step = self._command
        self._name = ""
        self._walk: Walk | None = None
        self.unsent = bytearray()
        self.subscribed: int | None = None
        self.interval_s = 1.0
        self.due_s = math.inf

    def feed(self, data: bytes) -> None:
        """Take what came as far as it goes."""
        self._inbox += data
        while self._step():
            pass

    def _command(self) -> bool:
        line, found, rest = self._inbox.partition(b"\n")
        if not found:
            return False
        name = _NAME.search(line)
        self._name = name[1].decode() if name else "nameless"
        self._walk = Walk(self._name, self._recording)
        self._inbox, self._step = rest, self._bundle
        return True

    def _bundle(self) -> bool:
        if len(self._inbox) < 8 or len(self._inbox) < 8 + int(self._inbox[:8], 16):
            return False
        end = 8 + int(self._inbox[:8], 16)
        nonce = _NONCE.findall(zlib.decompress(self._inbox[8:end]))[-1]
        self._inbox, self._step = self._inbox[end:], self._request
        self.unsent += b"\nTANDEM-AGENT 1 %s\n" % nonce
        return True

    def _request(self) -> bool:
        if len(self._inbox) < 4:
            return False
        end = 4 + struct.unpack(">I", self._inbox[:4])[0]
        if len(self._inbox) < end:
            return False
        message = json.loads(self._inbox[4:end])
        self._inbox = self._inbox[end:]
        self._answer(message)
        return True

    def _answer(self, message: dict[str, Any]) -> None:
        number, method = message.get("id"), message.get("method")
        if message.get("cancel") is not None:
            if message["cancel"] == self.subscribed:
                self.unsent += frame({"id": self.subscribed, "result": {}})
                self.subscribed = None
        elif method == "hello":
            self.unsent += frame({"id": number, "result": self._hello()})
        elif method == "telemetry.subscribe":
            self.subscribed = number
            self.interval_s = float((message.get("params") or {}).get("interval_s", 1.0))
            # Every server at a moment of its own, as in life.
            self.due_s = time.monotonic() + self.interval_s * (zlib.crc32(self._name.encode()) % 997) / 997
        elif method == "telemetry.once" and self._walk is not None:
            self.unsent += frame({"id": number, "result": self._walk.next(1.0)})
        else:
            error = {"code": "agent.failed", "attrs": {"method": method, "reason": "this server is replayed"}}
            self.unsent += frame({"id": number, "error": error})

    def _hello(self) -> dict[str, Any]:
        return {
            "protocol": 1,
            "agent_sha256": "",
            "python": "3.11.2",
            "os": "Debian GNU/Linux 12 (bookworm)",
            "kernel": "6.1.0-27-amd64",
            "hostname": self._name,
            "user": "ops",
            "home": "/home/ops",
            "boot_id": f"boot-{self._name}",
            "time": time.time(),
            "monotonic": time.monotonic(),
            "cpu_count": 96,
            "memory_total_bytes": 1 << 40,
            "pid": 4242,
            "probes": [{"name": "nvidia", "vendor": "NVIDIA", "state": "ok", "detail": None}],
        }

    def tick(self, now_s: float) -> None:
        """A sample where one is due; where the peer does not keep up it is dropped, as the agent does."""
        if now_s >= self.due_s:
            self.due_s = max(self.due_s + self.interval_s, now_s)
            if self.subscribed is not None and self._walk is not None and len(self.unsent) < _MAX_UNSENT:
                self.unsent += frame({"id": self.subscribed, "event": self._walk.next(self.interval_s)})

    def beat(self, count: int) -> None:
        """A sign of life."""
        if self._step == self._request:
            self.unsent += frame({"beat": count})


class Replayer:
    """All sessions."""

    def __init__(self, path: Path, recording: dict[str, Any]) -> None:
        self._recording = recording
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(512)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._sessions: dict[int, Session] = {}
        self._due: list[tuple[float, int]] = []

    def serve(self) -> None:
        """Until it is ended."""
        beats, beat_s = 0, time.monotonic() + BEAT_S
        while True:
            next_s = min(beat_s, self._due[0][0] if self._due else beat_s)
            for key, _events in self._selector.select(max(0.0, next_s - time.monotonic())):
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    self._read(self._sessions[key.fd])
            now_s = time.monotonic()
            while self._due and self._due[0][0] <= now_s:
                _, descriptor = heapq.heappop(self._due)
                session = self._sessions.get(descriptor)
                if session is not None:
                    session.tick(now_s)
                    self._send(session)
                    if session.due_s < math.inf and descriptor in self._sessions:
                        heapq.heappush(self._due, (session.due_s, descriptor))
            if now_s >= beat_s:
                beats, beat_s = beats + 1, now_s + BEAT_S
                for session in list(self._sessions.values()):
                    session.beat(beats)
                    self._send(session)

    def _accept(self) -> None:
        peer, _ = self._listener.accept()
        peer.setblocking(False)
        self._sessions[peer.fileno()] = Session(peer, self._recording)
        self._selector.register(peer, selectors.EVENT_READ)

    def _read(self, session: Session) -> None:
        try:
            data = session.peer.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(session)
            return
        before = session.due_s
        session.feed(data)
        self._send(session)
        if session.due_s != before and session.peer.fileno() in self._sessions:
            heapq.heappush(self._due, (session.due_s, session.peer.fileno()))

    def _send(self, session: Session) -> None:
        if not session.unsent:
            return
        try:
            sent = session.peer.send(session.unsent)
            del session.unsent[:sent]
        except BlockingIOError:
            return
        except OSError:
            self._drop(session)

    def _drop(self, session: Session) -> None:
        if self._sessions.pop(session.peer.fileno(), None) is not None:
            self._selector.unregister(session.peer)
            session.peer.close()


if __name__ == "__main__":
    Replayer(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())).serve()
