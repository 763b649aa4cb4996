"""A connection that is for copies alone: how far the server is, and one channel or several."""

from __future__ import annotations

from console.core.audit import AuditEntry, AuditSink
from console.fleet.bundle import boot_command, copier_sha256
from console.fleet.copying.channel import CopyChannel
from console.ssh.connection import Connection

_MEASURE_S = 3.0
_LEAST_WINDOW = 2 * 1024 * 1024
_MOST_WINDOW = 16 * 1024 * 1024
_ASSUMED_BYTES_PER_MS = 100_000  # 100 MB/s


def window_for(latency_ms: float | None) -> int:
    """How much a server may send unasked: twice what is under way at 100 MB/s, 2 to 16 MiB."""
    return int(min(_MOST_WINDOW, max(_LEAST_WINDOW, 2 * (latency_ms or 0.0) * _ASSUMED_BYTES_PER_MS)))


class CopyLink:
    """Channels for copies, on one connection.

    Args:
        python: the interpreter of the inventory, or None.
        what: for the audit log: {"push": path} or {"pull": path}.
    """

    def __init__(
        self, connection: Connection, python: str | None, audit: AuditSink, what: dict[str, object]
    ) -> None:
        self.latency_ms = connection.measure(_MEASURE_S)
        self._connection = connection
        self._python = python
        self._audit = audit
        self._what = what

    def open(self) -> CopyChannel:
        """One more channel, its program started.

        Raises:
            Problem: `audit.unwritable`, and nothing was run; `ssh.channel_refused` where the server allows
                no more; `agent.*`, `ssh.*`.
        """
        server, sha256 = self._connection.target.name, copier_sha256()
        changes = "push" in self._what
        self._audit.record(
            AuditEntry("copy.start", server, server, {"sha256": sha256, **self._what}, changes=changes)
        )
        channel = self._connection.exec(
            boot_command(self._python),
            audit_text=f"copy program {sha256[:12]}",
            changes=changes,
            window_bytes=window_for(self.latency_ms),
        )
        copier = CopyChannel(channel, server, python=self._python, latency_ms=self.latency_ms)
        try:
            return copier.start()
        except BaseException:
            copier.close()
            raise
