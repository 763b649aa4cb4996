"""The steps by which a deployment comes to be, changes its version and goes back; its claim undoes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from console.core.clock import Clock
from console.core.problems import Problem
from console.core.units import format_bytes
from console.models.model import ModelVersion
from console.operations.plan import StepContext
from console.plugin.api import Runtime
from console.serving import environment, haproxy, probe, replicas, state
from console.serving.change import Change, KeptStep
from console.serving.deployment import CreateDeployment, ReleaseState
from console.serving.remote import Remote
from console.serving.router_control import RouterControl
from console.serving.state import DeploymentRecord, ReleaseRecord

_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a rollout waits: for a replica to be ready, for old requests to end."""

    ready_s: float = 300.0
    drain_s: float = 30.0


class Rollout:
    """One rollout. Each public method but the first is a step; they are called in the plan's order.

    Args:
        remote: the server.
        change: the claim; what is started is taken back through it.
        runtime: how the format is served; given its name, for what the server's state names.
        clock: for the release's time.
    """

    def __init__(
        self,
        remote: Remote,
        change: Change,
        runtime: Callable[[str], Runtime],
        clock: Clock,
        patience: Patience,
        *,
        version: ModelVersion | None = None,
        python: str | None = None,
    ) -> None:
        self._remote = remote
        self._change = change
        self._runtime_of = runtime
        self._clock = clock
        self._patience = patience
        self._version = version
        self._named_python = python
        self._python = ""
        self._number = 0
        self._control = RouterControl(remote, state.router_service(change.name))

    @property
    def _record(self) -> DeploymentRecord:
        return self._change.record

    @property
    def _runtime(self) -> Runtime:
        return self._runtime_of(self._record.runtime)

    @property
    def _release(self) -> ReleaseRecord:
        return self._record.release(self._number)

    @property
    def _wanted(self) -> ModelVersion:
        if self._version is None:
            raise RuntimeError("this rollout has no version of its own")
        return self._version

    # --- beginning

    def check_new(self, wanted: CreateDeployment, runtime: Runtime, account: str, step: StepContext) -> None:
        """The port is free and the name too; then the deployment is ours."""
        port = wanted.port or self._remote.free_port()
        if not self._remote.is_port_free(port):
            raise Problem("deploy.port_taken", server=self._remote.server, port=port)
        step.note(f"port {port} is free")
        self._change.claim_new(
            DeploymentRecord(
                name=wanted.name,
                model=self._wanted.name,
                runtime=runtime.name,
                protocol=runtime.protocol,
                ready_path=runtime.ready_path,
                port=port,
                replicas=wanted.replicas,
                gpus=wanted.gpus,
                router=state.RouterRecord(state.router_service(wanted.name), (), {}),
                created=self._clock.now(),
                changed_by=account,
            )
        )

    def check(self, step: StepContext) -> None:
        """The deployment is there, nobody else changes it, and it serves this model; then it is ours."""
        record = self._change.claim()
        assert record is not None
        if self._version is not None and self._version.name != record.model:
            reason = f"it answers as '{record.model}', and clients ask for that; create another deployment"
            raise self._foreign(f"version {self._version.ref} for '{record.name}'", reason)
        live = record.live
        step.note(f"{live.model} serves" if live else "nothing serves")

    def _foreign(self, what: str, reason: str) -> Problem:
        self._change.finish()  # this step is not undone, as it never ends
        return Problem("input.invalid", what=what, reason=reason)

    def check_back(self, step: StepContext) -> None:
        """There is a kept release to go back to; then the deployment is ours."""
        record = self._change.claim()
        assert record is not None
        kept = record.kept
        if kept is None:
            self._change.finish()
            raise Problem("deploy.nothing_to_roll_back", name=record.name)
        self._number = kept.number
        step.note(f"back to {kept.model}")

    def tidy(self, step: StepContext) -> None:
        """The router runs as the state says, and what a console that is gone left half done is ended."""
        self._retire(step)
        if not self._control.is_alive():
            self._control.start(self._record, KeptStep(step, self._change))
            step.note("the router had ended and was started again")
            return
        stats = self._control.stats()
        wanted = self._record.weights()
        if any(slot in stats.slots and stats.slots[slot].weight != weight for slot, weight in wanted.items()):
            self._control.weigh(wanted)
            step.note("the shares were set right")
        else:
            step.note(f"the router runs, {len(wanted)} replicas behind it")

    # --- bringing what is needed

    def push_router(self, step: StepContext) -> None:
        """HAProxy is there, from the bundle or the server's own."""
        binary = haproxy.find(self._remote, KeptStep(step, self._change))
        router = replace(self._record.router, argv=(binary.path,), env=binary.env)
        self._change.save(replace(self._record, router=router))

    def push_model(self, step: StepContext) -> None:
        """The model lies on the server by its content."""
        version = self._wanted
        path = replicas.blob_path(version.sha256)
        if self._remote.size_of(path) == version.size_bytes:
            step.note("there already")
            return
        kept = KeptStep(step, self._change)
        self._remote.call("file.mkdir", path=".tandem/blobs")

        def progress(done: int, total: int) -> None:
            step.check_cancelled()
            kept.progress(done, total, f"{format_bytes(done)} of {format_bytes(total)}")

        digest = self._remote.gate.push_file(self._remote.server, version.blob, path, progress=progress)
        if digest != version.sha256:  # the blob here is not what was registered
            self._remote.call("file.remove", path=path)
            raise Problem("transfer.mismatch", server=self._remote.server, path=version.blob)
        step.note(f"{format_bytes(version.size_bytes)} sent")

    def find_python(self, step: StepContext) -> None:
        """An interpreter that has the runtime's packages."""
        releases = self._record.releases
        if self._named_python is None and releases:
            self._python = releases[-1].python  # the environment that serves now is known to do
            step.note(self._python)
            return
        if self._named_python is None:
            self._python = environment.made_python(self._remote, self._runtime, KeptStep(step, self._change))
            return
        self._python = environment.named_python(self._remote, self._named_python, self._runtime)
        step.note(self._python)

    # --- the new release

    def start_replicas(self, step: StepContext) -> None:
        """The new version's processes, beside those that serve."""
        record, version = self._record, self._wanted
        self._number = state.next_number(record)
        planned = replicas.lay_out(self._remote, record, self._number)
        release = ReleaseRecord(
            number=self._number,
            version=version.version,
            model=version.ref,
            sha256=version.sha256,
            python=self._python,
            state=ReleaseState.STARTING,
            weight=0,
            created=self._clock.now(),
            replicas=planned,
        )
        self._change.save(state.with_release(record, release))
        self._start(release, step)

    def revive(self, step: StepContext) -> None:
        """The kept release's processes run; those that have ended are started again."""
        release = self._release
        services = self._remote.services(state.service_prefix(self._record.name))
        ended = [
            each
            for each in release.replicas
            if each.service not in services or not services[each.service].alive
        ]
        if not ended:
            step.note("still running")
            return
        if self._remote.size_of(replicas.blob_path(release.sha256)) is None:
            raise Problem("deploy.nothing_to_roll_back", name=self._record.name)
        again = {each.id: replicas.with_free_port(self._remote, each) for each in ended}
        release = replace(release, replicas=tuple(again.get(each.id, each) for each in release.replicas))
        self._change.save(state.with_release(self._record, release))
        self._start(replace(release, replicas=tuple(again.values())), step)

    def _start(self, release: ReleaseRecord, step: StepContext) -> None:
        for replica in release.replicas:
            step.check_cancelled()
            self._change.on_failure(lambda each=replica: replicas.end_all(self._remote, [each]))  # type: ignore[misc]
            replicas.start(self._remote, self._runtime, self._record.model, release, replica)
        ports = ", ".join(str(each.port) for each in release.replicas)
        step.note(f"on port {ports}")

    def wait_ready(self, step: StepContext) -> None:
        """Every replica of the new release answers as what it is."""
        kept = KeptStep(step, self._change)
        began = self._clock.monotonic_s()
        for replica in self._release.replicas:
            replicas.wait_ready(
                self._remote,
                self._runtime,
                self._record.model,
                self._release,
                replica,
                kept,
                self._patience.ready_s,
            )
        step.note(f"ready in {self._clock.monotonic_s() - began:.1f} s")

    def warm_up(self, step: StepContext) -> None:
        """A real request to every replica, where an example is known."""
        record = self._record
        for replica in self._release.replicas:
            step.check_cancelled()
            found = replicas.warm_up(
                self._remote, self._runtime, record.name, record.model, self._release, replica
            )
            step.note(found)

    # --- traffic

    def start_router(self, step: StepContext) -> None:
        """The door opens, with the new release behind it."""
        record = state.switched(self._record, self._number)
        self._change.save(self._record)  # a console that has taken over meanwhile is noticed here
        self._change.on_failure(self._control.stop, shared=True)
        self._control.start(record, KeptStep(step, self._change))
        self._change.save(record)
        step.note(f"on 127.0.0.1:{record.port}")

    def switch(self, step: StepContext) -> None:
        """All new requests go to the new release; not one is dropped."""
        before, release = self._record, self._release
        after = state.switched(before, self._number)
        fresh = [each for each in release.replicas if release.state is not ReleaseState.KEPT]

        def back() -> None:
            self._control.weigh(before.weights())
            self._control.leave(fresh)

        self._change.save(before)  # a console that has taken over meanwhile is noticed here
        self._change.on_failure(back, shared=True)
        self._control.enter(release.replicas)
        self._control.weigh(after.weights())
        self._change.save(after)
        self.probe(step)

    def probe(self, step: StepContext) -> None:
        """The new release answers through the router."""
        record, release = self._record, self._release
        path = probe.ready_path(self._runtime, record.model, release.version)
        answer = self._remote.get(record.port, path)
        if answer is None or answer[0] != 200:
            status = "nothing" if answer is None else answer[0]
            raise Problem(
                "deploy.predict_failed", name=record.name, status=status, reason="asked through the router"
            )
        step.note(f"{release.model} answers at 127.0.0.1:{record.port}")

    def drain(self, step: StepContext) -> None:
        """Wait until the requests that the old release still has are answered."""
        slots = {
            replica.slot
            for release in self._record.releases
            if release.number != self._number
            for replica in release.replicas
        }
        waited = 0.0
        while True:
            stats = self._control.stats()
            under_way = sum(stats.slots[slot].in_flight for slot in slots if slot in stats.slots)
            if not under_way:
                step.note("nothing is under way there")
                return
            if waited >= self._patience.drain_s:
                step.note(
                    f"{under_way} requests are still under way; the old version runs on, nothing is cut"
                )
                return
            step.progress(waited, self._patience.drain_s, f"{under_way} requests under way")
            KeptStep(step, self._change).wait_s(_LOOK_S)
            waited += _LOOK_S

    def finish(self, step: StepContext) -> None:
        """What is neither live nor kept is ended, and the deployment is given free."""
        self._retire(step)
        self._change.finish()

    def _retire(self, step: StepContext) -> None:
        routed = self._control.is_alive()
        for release in state.superseded(self._record):
            if release.number == self._number:
                continue
            if routed:
                self._control.leave(release.replicas)
            replicas.end_all(self._remote, release.replicas)
            self._change.save(state.without_release(self._record, release.number))
            step.note(f"{release.model} ended")
