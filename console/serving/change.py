"""One change of a deployment under way: the claim that keeps other consoles off, and how it is taken back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from console.core.problems import Problem
from console.operations.plan import StepContext
from console.serving.remote import Remote
from console.serving.state import Claim, DeploymentRecord, from_wire, state_path, to_wire

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
        self._backwards: list[Callable[[], None]] = []

    @property
    def record(self) -> DeploymentRecord:
        """The state as last saved."""
        if self._record is None:
            raise RuntimeError("nothing is claimed yet")
        return self._record

    def claim_new(self, record: DeploymentRecord) -> None:
        """Make the deployment's state, if there is none.

        Raises:
            Problem: `name.taken`, `deploy.conflict`.
        """
        data, generation = self.remote.read_json(self._path)
        if data is not None:
            raise Problem("name.taken", kind="deployment", name=self.name)
        self._generation = generation
        self.save(record)

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

    def on_failure(self, act: Callable[[], None]) -> None:
        """Remember how to take back what is about to be done; it must not mind where it was not done."""
        self._backwards.append(act)

    def finish(self) -> None:
        """Give the deployment free."""
        self._swap(replace(self.record, claim=None, changed_by=self._account))

    def take_back(self) -> None:
        """Undo all in reverse, then put the old state back; one failure does not stop the rest.

        Raises:
            Problem: the first that came up.
        """
        first: Problem | None = None
        for act in [self._put_back, *self._backwards][::-1]:
            try:
                act()
            except Problem as problem:
                first = first or problem
        if first is not None:
            raise first

    def _put_back(self) -> None:
        if self._before is not None:
            self._swap(replace(self._before, claim=None))
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
