"""Forwards that the window keeps open to deployments: one for each, until the person closes it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from console.core.ports import Forward
from console.serving.service import DeploymentService


@dataclass(frozen=True, slots=True)
class OpenForward:
    """One that is open; `holder` closes it."""

    forward: Forward
    holder: AbstractContextManager[Forward]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.forward.local_port}"

    def close(self) -> None:
        """Blocks a moment; call it on a worker thread."""
        self.holder.__exit__(None, None, None)


def open_forward(service: DeploymentService, name: str, local_port: int = 0) -> OpenForward:
    """Open one; blocks, call it on a worker thread.

    Raises:
        Problem: `deploy.unknown`, `forward.port_taken`, the link's.
    """
    holder = service.open(name, local_port)
    return OpenForward(holder.__enter__(), holder)
