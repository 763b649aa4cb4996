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

from console.agent.changes import Changes

_NAME = re.compile(rb"/replay/([A-Za-z0-9_.-]+)/python")
_NONCE = re.compile(rb'"nonce":"([^"]*)"')
BEAT_S = 2.0
GPUS = 8
CORES = 64
SICK = {("replay-217", 5)}
"""The one in thousands that has to jump to the eye."""

_MAX_UNSENT = 1 << 20
_WHO = ("index", "uuid", "name", "vendor", "simulated")


def frame(message: dict[str, Any]) -> bytes:
    """A message as it travels."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return struct.pack(">I", len(body)) + body


NOW_AND_THEN = 10
"""Every so many samples what the agent reads every ten seconds is told anew."""


class Walk:
    """The samples of one server: the recorded one, where all moves that moves on a busy server."""

    def __init__(self, name: str, recording: dict[str, Any]) -> None:
        self._name = name
        self._seed = sum(map(ord, name)) * 31
        self._seq = 0
        self._recording = recording
        self._recorded = recording["accelerators"]
        self._holders = recording["accelerators"][0]["processes"]

    @property
    def begins(self) -> bool:
        """Whether no sample was made yet."""
        return self._seq == 0

    def next(self, interval_s: float, *, whole: bool = True) -> dict[str, Any]:
        """The sample of this moment; without `whole` what is read now and then only where it was."""
        self._seq += 1
        now = time.time()
        wave = math.sin(now / 17 + self._seed)
        whole = whole or (self._seq + self._seed) % NOW_AND_THEN == 0
        sample = self._machine(now, wave)
        sample.update(
            seq=self._seq,
            time=now,
            monotonic=time.monotonic(),
            interval_s=interval_s,
            boot_id=f"boot-{self._name}",
            accelerators=[self._accelerator(index, now, interval_s, whole=whole) for index in range(GPUS)],
        )
        if whole:
            temperatures = self._recording.get("temperatures") or [{"name": "CPU", "critical_c": 100.0}]
            sample["temperatures"] = [
                {**each, "temperature_c": round(50 + 9 * wave, 1)} for each in temperatures
            ]
            sample["processes"] = [
                {**each, "cpu_percent": round(50 + 40 * wave, 1)} for each in self._recording["processes"]
            ]
        return sample

    def _machine(self, now: float, wave: float) -> dict[str, Any]:
        told = ("temperatures", "processes", "inventory")
        sample = {key: value for key, value in self._recording.items() if key not in told}
        rate = round(4e6 + 3e6 * wave, 1)
        rates = {
            "read_bytes_per_s": rate,
            "write_bytes_per_s": 2 * rate,
            "busy_percent": round(20 + 9 * wave, 1),
        }
        traffic = {"rx_bytes_per_s": 3 * rate, "tx_bytes_per_s": rate}
        stalls = {"some_percent": round(4 + 3 * wave, 2), "full_percent": round(2 + wave, 2)}
        sample.update(
            cpu_percent=round(30 + 10 * wave, 1),
            cpu_cores_percent=[round(30 + 10 * math.sin(now / 9 + core), 1) for core in range(CORES)],
            cpu_count=CORES,
            memory_used_bytes=int(2e11 + 1e10 * wave),
            uptime_s=round(time.monotonic() + 4000, 2),
            load1=round(20 + 5 * wave, 2),
            network=traffic,
            interfaces=[{**each, **traffic} for each in sample["interfaces"]],
            disks=[{**each, **rates} for each in sample["disks"]],
            disk_io=rates,
            pressure=dict.fromkeys(("cpu", "memory", "io"), stalls),
            agent={**sample["agent"], "cpu_s": round(now % 1e5, 6)},
        )
        return sample

    def _accelerator(self, index: int, now: float, interval_s: float, *, whole: bool) -> dict[str, Any]:
        row = dict(self._recorded[index % len(self._recorded)])
        row.update(index=index, uuid=f"GPU-{self._name}-{index:04d}", name="NVIDIA H100 80GB HBM3")
        health, holders = row.pop("health"), self._holders
        row.pop("processes")
        seed = self._seed + index * 7
        level = (2.0, 55.0, 92.0, 97.0)[seed % 4]
        used = max(0.0, min(100.0, level + 6 * math.sin(now / 5 + seed)))
        if (self._name, index) in SICK:
            # As the agent tells of one: without any number.
            row = {key: row[key] if key in _WHO else None for key in row}
            row.update(state="lost", detail="XID 79: GPU has fallen off the bus", throttle=[], mig=None)
            health, holders = None, None
        else:
            clock, power = 1400 + round(5 * used), round(90 + 5.5 * used, 1)
            row.update(
                utilization_percent=round(used),
                memory_utilization_percent=round(0.4 * used),
                memory_used_bytes=int((0.1 + 0.008 * used) * 85_899_345_920),
                temperature_c=round(34 + 0.4 * used),
                temperature_margin_c=round(50 - 0.4 * used),
                memory_temperature_c=round(40 + 0.4 * used),
                power_w=power,
                energy_j=round(now % 1e6 * 300, 3),
                clock_sm_mhz=clock,
                clock_graphics_mhz=clock,
                clock_video_mhz=clock - 200,
                means={
                    "over_s": round(interval_s + 0.001 * (self._seq % 3), 3),
                    "utilization_percent": round(used, 1),
                    "utilization_max_percent": round(used) + 1,
                    "memory_utilization_percent": round(0.4 * used, 1),
                    "power_w": power,
                    "throttle": {"sw_power_cap": round(used / 9, 1)} if level > 90 else {},
                },
            )
        if whole:
            pcie = round(1e6 + 1e4 * used, 1)
            row["health"] = {**health, "pcie_rx_bytes_per_s": pcie} if health else None
            row["processes"] = holders if holders is None or level >= 5 else []
        return row


class Session:
    """One agent's end of a session."""

    def __init__(self, peer: socket.socket, recording: dict[str, Any]) -> None:
        self.peer = peer
        self._recording = recording
        self._inbox = bytearray()
        self._step = self._command
        self._name = ""
        self._walk: Walk | None = None
        self._changes: Changes | None = None
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
            params = message.get("params") or {}
            self.interval_s = float(params.get("interval_s", 1.0))
            self._changes = Changes() if params.get("changes") is True else None
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
                changes = self._changes
                whole = self._walk.begins if changes is None else changes.whole_is_next
                sample = self._walk.next(self.interval_s, whole=whole)
                event = sample if changes is None else changes.of(sample)
                self.unsent += frame({"id": self.subscribed, "event": event})

    def beat(self, count: int) -> None:
        """A sign of life, where samples are none."""
        if self._step == self._request and (self.subscribed is None or self.interval_s >= BEAT_S):
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
