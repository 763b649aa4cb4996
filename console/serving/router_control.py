"""The router of one deployment on its server: started, told and asked through its runtime socket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from console.core.problems import Problem
from console.core.text import safe_line
from console.operations.plan import StepContext
from console.serving import router
from console.serving.deployment import Latency
from console.serving.remote import Remote
from console.serving.router import RouterStats
from console.serving.state import DeploymentRecord, ReplicaRecord

_START_S = 15.0
_LOOK_S = 0.1


class RouterControl:
    """Speaks to one router.

    Args:
        remote: its server.
        service: the service it runs as.
    """

    def __init__(self, remote: Remote, service: str) -> None:
        self._remote = remote
        self._service = service

    @property
    def _socket(self) -> str:
        return f".tandem/services/{self._service}/{router.SOCKET}"

    def is_alive(self) -> bool:
        """Whether its process runs."""
        found = self._remote.service(self._service)
        return found is not None and found.alive

    def start(self, record: DeploymentRecord, step: StepContext) -> None:
        """Start it on the deployment's port with the record's replicas, and wait until it answers.

        Raises:
            Problem: `deploy.port_taken`, `deploy.router`.
        """
        config = router.render(record.port, check_path(record.ready_path), record.places())
        self._remote.start_service(
            self._service,
            [*record.router.argv, "-db", "-f", router.CONFIG],
            env=record.router.env,
            files={router.CONFIG: config},
            port=record.port,
        )
        waited = 0.0
        while True:
            try:
                self.stats()
                return
            except Problem as problem:
                found = self._remote.service(self._service)
                if found is None or not found.alive:
                    reason = f"it ended: {found.last_lines()}" if found else "it ended"
                    raise Problem("deploy.router", server=self._remote.server, reason=reason) from problem
                if problem.code != "deploy.router" or waited > _START_S:
                    raise
            step.wait_s(_LOOK_S)
            waited += _LOOK_S

    def stop(self) -> None:
        """End it; nothing happens where there is none."""
        self._remote.end_service(self._service)

    def enter(self, replicas: Iterable[ReplicaRecord]) -> None:
        """Let replicas in, with no traffic yet."""
        for replica in replicas:
            for command in router.enter(router.Place(replica.slot, replica.port, 0)):
                self._tell(command)

    def leave(self, replicas: Iterable[ReplicaRecord]) -> None:
        """Take replicas out; what was kept open to them is closed."""
        for replica in replicas:
            self._tell(router.leave(replica.slot))

    def weigh(self, weights: Mapping[int, int]) -> None:
        """Set all weights at once."""
        if weights:
            self._tell(router.weigh(weights))

    def stats(self) -> RouterStats:
        """What it counted.

        Raises:
            Problem: `deploy.router`.
        """
        text = self._ask("show stat")
        try:
            return router.read_stats(text)
        except ValueError as error:
            raise self._refused(str(error)) from error

    def latency(self) -> Latency:
        """Percentiles of the requests it saw last."""
        return router.latency_of(router.read_latencies(self._ask(router.LAST_REQUESTS)))

    def _tell(self, command: str) -> None:
        answer = self._ask(command)
        for line in answer.splitlines():
            # All that a change of a server's address or weight may answer; anything else is a refusal.
            if line.strip() and not line.startswith("no need to change") and "changed from" not in line:
                raise self._refused(line)

    def _ask(self, command: str) -> str:
        found = self._remote.call("router.command", socket=self._socket, command=command)
        return str(found.get("text") or "")

    def _refused(self, reason: str) -> Problem:
        return Problem("deploy.router", server=self._remote.server, reason=safe_line(reason, max_chars=200))


def check_path(ready_path: str) -> str | None:
    """What the router asks replicas for; None (it only connects) where the path names one version of many."""
    return None if "{" in ready_path else ready_path
