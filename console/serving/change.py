"""One change of a deployment under way: the claim that keeps other consoles off, and how it is taken back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from console.core.problems import Problem
from console.operations.plan import StepContext
from console.serving.remote import Remote
from console.serving.state import (
    Claim,
    DeploymentRecord,
    from_wire,
    service_prefix,
    state_path,
    to_wire,
)

_KEEP_EVERY_S = 20.0


class Change:
    """Holds a deployment's state on its server until it is finished or taken back.

    Args:
        remote: the server.
        name: the deployment.
        account: who changes it.
        act: what is done, for the other console that has to wait.
    """

    def __init__(self, remote: Remote, name: str, account: str, act: str) -> None:
        self.remote = remote
        self.name = name
        self._path = state_path(name)
        self._account = account
        self._act = act
        self._generation = 0
        self._before: DeploymentRecord | None = None
        self._record: DeploymentRecord | None = None
        self._kept_s = 0.0
        self._backwards: list[tuple[Callable[[], None], bool]] = []

    @property
    def record(self) -> DeploymentRecord:
        """The state as last saved."""
        if self._record is None:
            raise RuntimeError("nothing is claimed yet")
        return self._record

    def claim_new(self, record: DeploymentRecord) -> None:
        """Make the deployment's state, if there is none, or only one that never served and was given up.

        Raises:
            Problem: `name.taken`, `deploy.conflict`.
        """
        data, generation = self.remote.read_json(self._path)
        if data is not None and not self._is_given_up(data):
            raise Problem("name.taken", kind="deployment", name=self.name)
        self._generation = generation
        if data is not None:
            record = replace(record, last_number=from_wire(self.remote.server, self.name, data).last_number)
        self.save(record)
        for left in self.remote.services(service_prefix(self.name)):
            self.remote.end_service(left)

    def _is_given_up(self, data: object) -> bool:
        found = from_wire(self.remote.server, self.name, data)
        at_work = found.claim is not None and found.claim.is_fresh(self.remote.now())
        return found.live is None and found.kept is None and not at_work

    def claim(self, *, even_damaged: bool = False) -> DeploymentRecord | None:
        """Keep other consoles off an existing deployment.

        Args:
            even_damaged: for a removal: a state that cannot be read gives None.

        Raises:
            Problem: `deploy.unknown`, `deploy.conflict` while another console is at work.
        """
        data, self._generation = self.remote.read_json(self._path)
        if data is None:
            raise Problem("deploy.unknown", name=self.name)
        try:
            found = from_wire(self.remote.server, self.name, data)
        except Problem as problem:
            if even_damaged and problem.code == "deploy.state_damaged":
                return None
            raise
        if found.claim is not None and found.claim.is_fresh(self.remote.now()):
            who = f"{found.claim.by} ({found.claim.act})"
            raise Problem("deploy.conflict", server=self.remote.server, name=self.name, who=who)
        self._before = replace(found, claim=None)
        self.save(self._before)
        return self.record

    def save(self, record: DeploymentRecord) -> None:
        """Write the state with our claim renewed.

        Raises:
            Problem: `deploy.conflict` where someone else has written meanwhile.
        """
        claim = Claim(self._account, self._act, self.remote.now())
        self._swap(replace(record, claim=claim, changed_by=self._account))

    def keep(self) -> None:
        """Renew the claim where that is due; called from everything that waits."""
        if self._record is not None and time.monotonic() - self._kept_s > _KEEP_EVERY_S:
            self.save(self._record)

    def on_failure(self, act: Callable[[], None], *, shared: bool = False) -> None:
        """Remember how to take back what is about to be done; it must not mind where it was not done.

        Args:
            shared: whether it touches what another console, that has taken over, would have too.
        """
        self._backwards.append((act, shared))

    def finish(self) -> None:
        """Give the deployment free."""
        self._swap(replace(self.record, claim=None, changed_by=self._account))

    def take_back(self) -> None:
        """Undo all in reverse, then put the old state back; one failure does not stop the rest.

        Where another console has taken over, only what is ours alone is undone.

        Raises:
            Problem: the first that came up, `deploy.conflict` where another console has taken over.
        """
        first = self._lost()
        lost = first is not None and first.code == "deploy.conflict"
        for act, shared in [(self._put_back, True), *self._backwards][::-1]:
            if lost and shared:
                continue
            try:
                act()
            except Problem as problem:
                first = first or problem
        if first is not None:
            raise first

    def _lost(self) -> Problem | None:
        """Why the deployment is not ours any more, None while it is."""
        if self._record is None:
            return None
        try:
            self.save(self._record)
        except Problem as problem:
            return problem
        return None

    def _put_back(self) -> None:
        if self._before is not None:
            self._swap(replace(self._before, claim=None, last_number=self.record.last_number))
        elif self._record is not None:
            self.remote.call("file.remove", path=f".tandem/deployments/{self.name}")

    def _swap(self, record: DeploymentRecord) -> None:
        self._generation = self.remote.swap_json(self._path, self._generation, to_wire(record))
        self._record = record
        self._kept_s = time.monotonic()


class KeptStep:
    """A step that renews the claim while it waits: implements plan.StepContext."""

    def __init__(self, step: StepContext, change: Change) -> None:
        self._step = step
        self._change = change

    def progress(self, done: float, total: float, text: str = "") -> None:
        """As the step's, and the claim stays ours."""
        self._step.progress(done, total, text)
        self._change.keep()

    def note(self, text: str) -> None:
        """As the step's."""
        self._step.note(text)

    def check_cancelled(self) -> None:
        """As the step's."""
        self._step.check_cancelled()

    def wait_s(self, seconds: float) -> None:
        """As the step's, and the claim stays ours."""
        self._step.wait_s(seconds)
        self._change.keep()
