"""What an audit entry is. The store writes them; rooms that act on servers hand them over."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How an audited act stands. An intent without an outcome after it is shown as unknown."""

    INTENT = "intent"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of who did what where.

    Attributes:
        action: verb of the catalogue of commands, or `ssh.exec`, `agent.start`, `agent.call`.
        target: server, job, model or deployment; empty for the console itself.
        server: the server that was touched, empty where none was.
        detail: the exact command or parameters, secrets removed; JSON-able.
        outcome: intent before, the result after.
        changes: whether it could change something on the server.
        operation_id: ties the entries of one Operation together.
    """

    action: str
    target: str = ""
    server: str = ""
    detail: dict[str, object] = field(default_factory=dict)
    outcome: Outcome = Outcome.DONE
    changes: bool = False
    operation_id: str = ""


class AuditSink(Protocol):
    """Where entries go."""

    def record(self, entry: AuditEntry) -> None:
        """Keep the entry durably before returning.

        Raises:
            Problem: `audit.unwritable`; the caller must then not change anything.
        """
