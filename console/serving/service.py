"""Deployments: plans that create, update, roll back and remove them; how they do; asking and opening them."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from console.core.clock import Clock
from console.core.ports import Forward, ServerGate
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.fleet.inventory import ServerBook
from console.models.model import ModelVersion
from console.models.service import ModelService
from console.operations.plan import Action, Step, StepContext, Work, work
from console.plugin.api import Runtime
from console.plugin.loader import PluginSet
from console.serving import probe
from console.serving.change import Change
from console.serving.deployment import Answer, CreateDeployment, Deployment
from console.serving.live import unknown, view
from console.serving.looking import look, names_on
from console.serving.records import DeploymentRows
from console.serving.remote import Remote
from console.serving.rollout import Patience, Rollout
from console.serving.state import MAX_REPLICAS, check_name, router_service, service_prefix
from console.store.store import Store

_MAX_ANSWER = 256 * 1024 * 1024
_PREDICT_S = 600.0
_PARALLEL = 8
_Deployments = list[Deployment]  # `list` is a method below


class DeploymentService:
    """All that can be done with deployments. Any thread may call.

    Args:
        gate: the way to servers.
        book: the inventory.
        models: where versions and their artifacts are found.
        plugins: the runtimes.
        account: who changes things, "user@machine".
        patience: how long a rollout waits.
    """

    def __init__(
        self,
        store: Store,
        gate: ServerGate,
        book: ServerBook,
        models: ModelService,
        plugins: PluginSet,
        clock: Clock,
        account: str,
        *,
        patience: Patience | None = None,
    ) -> None:
        self._rows = DeploymentRows(store, clock)
        self._gate = gate
        self._book = book
        self._models = models
        self._plugins = plugins
        self._clock = clock
        self._account = account
        self._patience = patience or Patience()

    # --- changing

    def prepare_create(self, wanted: CreateDeployment) -> Work[Deployment]:
        """A plan that brings a version up behind a router of its own.

        Raises:
            Problem: `name.taken`, `server.unknown`, `model.*`, `deploy.no_runtime`, `input.invalid`.
        """
        check_name(wanted.name)
        if self._rows.get(wanted.name) is not None:
            raise Problem("name.taken", kind="deployment", name=wanted.name)
        _check_numbers(wanted)
        server = self._book.get(wanted.server).name
        version = self._version(wanted.model_ref)
        runtime = self._runtime_for(version, wanted.runtime)
        python = f"{wanted.venv.rstrip('/')}/bin/python" if wanted.venv else wanted.python
        change = self._change(server, wanted.name, f"create with {version.ref}")
        rollout = self._rollout(change, version, python)

        def check(step: StepContext) -> None:
            rollout.check_new(wanted, runtime, self._account, step)

        port = f"port {wanted.port}" if wanted.port else "a free port"
        actions = (
            Action(Step("Check", f"{server}, {port}", undoable=True), check, change.take_back),
            Action(Step("Push router", "HAProxy, once per server"), rollout.push_router),
            Action(Step("Push model", _size_of(version, server)), rollout.push_model),
            Action(Step("Environment", python or runtime.title), rollout.find_python),
            Action(Step("Start replicas", f"{wanted.replicas} of {version.ref}"), rollout.start_replicas),
            Action(Step("Readiness", f"up to {self._patience.ready_s:g} s"), rollout.wait_ready),
            Action(Step("Warm up", "a real request where an example is known"), rollout.warm_up),
            Action(Step("Start router", "HAProxy on loopback"), rollout.start_router),
            Action(Step("Probe", "through the router"), rollout.probe),
            Action(Step("Finish"), rollout.finish),
        )
        return self._work("create", f"Deploy {version.ref} to {server} as {wanted.name}", change, actions)

    def prepare_update(self, name: str, model_ref: str) -> Work[Deployment]:
        """A plan that brings a version up beside the one that serves and moves the traffic to it.

        Raises:
            Problem: `deploy.unknown`, `model.*`, `deploy.no_runtime`.
        """
        known = self._known(name)
        version = self._version(model_ref)
        self._runtime_for(version, known.runtime)
        change = self._change(known.server, name, f"update to {version.ref}")
        rollout = self._rollout(change, version, None)
        actions = (
            Action(Step("Check", known.server, undoable=True), rollout.check, change.take_back),
            Action(Step("Router", "runs as it should"), rollout.tidy),
            Action(Step("Push model", _size_of(version, known.server)), rollout.push_model),
            Action(Step("Environment", "the one that serves now"), rollout.find_python),
            Action(Step("Start replicas", f"{version.ref} beside the old"), rollout.start_replicas),
            Action(Step("Readiness", f"up to {self._patience.ready_s:g} s"), rollout.wait_ready),
            Action(Step("Warm up", "a real request where an example is known"), rollout.warm_up),
            Action(Step("Switch traffic", "by weight, no connection is cut"), rollout.switch),
            Action(Step("Drain", f"the old version, up to {self._patience.drain_s:g} s"), rollout.drain),
            Action(Step("Finish", "the old version is kept for a rollback"), rollout.finish),
        )
        return self._work("update", f"Switch {name} to {version.ref}", change, actions)

    def prepare_rollback(self, name: str) -> Work[Deployment]:
        """A plan that moves the traffic back to the kept release.

        Raises:
            Problem: `deploy.unknown`; `deploy.nothing_to_roll_back` comes from its first step.
        """
        known = self._known(name)
        change = self._change(known.server, name, "roll back")
        rollout = self._rollout(change, None, None)
        actions = (
            Action(Step("Check", known.server, undoable=True), rollout.check_back, change.take_back),
            Action(Step("Router", "runs as it should"), rollout.tidy),
            Action(Step("Start replicas", "where they have ended"), rollout.revive),
            Action(Step("Readiness", f"up to {self._patience.ready_s:g} s"), rollout.wait_ready),
            Action(Step("Switch traffic", "by weight, no connection is cut"), rollout.switch),
            Action(Step("Drain", f"up to {self._patience.drain_s:g} s"), rollout.drain),
            Action(Step("Finish", "the version left is kept"), rollout.finish),
        )
        return self._work("rollback", f"Roll {name} back", change, actions)

    def prepare_remove(self, name: str) -> Work[str]:
        """A plan that ends the router and all replicas, and forgets the deployment.

        Raises:
            Problem: `deploy.unknown`.
        """
        known = self._known(name)
        remote = Remote(self._gate, known.server)
        change = self._change(known.server, name, "remove")

        def check(step: StepContext) -> None:
            try:
                change.claim(even_damaged=True)
            except Problem as problem:
                if problem.code != "deploy.unknown":
                    raise
                step.note("the server knows it no more")

        def stop(step: StepContext) -> None:
            running = remote.services(service_prefix(name))
            order = sorted(running, key=lambda each: each != router_service(name))
            for done, service in enumerate(order, start=1):
                remote.end_service(service)
                step.progress(done, len(order), service)
            step.note(f"{len(order)} processes ended")

        def forget(_: StepContext) -> None:
            remote.call("file.remove", path=f".tandem/deployments/{name}")
            self._rows.forget(name)

        return work(
            action="deploy.remove",
            title=f"Remove deployment {name} from {known.server}",
            target=name,
            servers=(known.server,),
            actions=(
                Action(Step("Check", known.server), check, change.take_back),
                Action(Step("Stop", "the router, then all replicas"), stop),
                Action(Step("Forget", "its state on the server and here"), forget),
            ),
            result=lambda: name,
            destructive=True,
        )

    # --- looking

    def list(self) -> _Deployments:
        """What this console last knew, by name; `refresh` asks the servers."""
        return self._rows.list()

    def refresh(self, server: str | None = None) -> _Deployments:
        """Ask one server or all for their deployments, also for those that other consoles made.

        One that cannot be reached keeps its deployments, as unknown.
        """
        names = [server] if server else [each.name for each in self._book.list()]
        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="deployments") as pool:
            list(pool.map(self._refresh, names))
        return self.list()

    def show(self, name: str) -> Deployment:
        """One as it stands on its server now; unknown, with the reason, where that cannot be asked.

        Raises:
            Problem: `deploy.unknown`.
        """
        return self._look(self._known(name))

    def predict(self, name: str, body: bytes) -> Answer:
        """Send a request through an encrypted forward; the answer comes back unchanged, errors too.

        Raises:
            Problem: `deploy.unknown`, `deploy.predict_failed` where no answer came, the link's.
        """
        known = self._known(name)
        path = probe.infer_path(known.protocol, known.model)
        with self.open(name) as forward:
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", forward.local_port, timeout=_PREDICT_S)
            try:
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                content = answer.read(_MAX_ANSWER)
            except (OSError, http.client.HTTPException) as error:
                reason = safe_line(str(error) or type(error).__name__)
                raise Problem("deploy.predict_failed", name=name, status="nothing", reason=reason) from error
            finally:
                connection.close()
            taken = (time.perf_counter() - began) * 1000
        kind = answer.getheader("Content-Type") or "application/octet-stream"
        return Answer(answer.status, content, taken, kind)

    @contextmanager
    def open(self, name: str, local_port: int = 0) -> Iterator[Forward]:
        """A local way to the endpoint, closed with the context.

        Raises:
            Problem: `deploy.unknown`, `forward.port_taken`, the link's.
        """
        known = self._known(name)
        with self._gate.forward(known.server, known.port, local_port=local_port) as forward:
            yield forward

    # --- helpers

    def _change(self, server: str, name: str, act: str) -> Change:
        return Change(Remote(self._gate, server), name, self._account, act)

    def _rollout(self, change: Change, version: ModelVersion | None, python: str | None) -> Rollout:
        return Rollout(
            change.remote,
            change,
            self._runtime,
            self._clock,
            self._patience,
            version=version,
            python=python,
        )

    def _work(self, act: str, title: str, change: Change, actions: tuple[Action, ...]) -> Work[Deployment]:
        return work(
            action=f"deploy.{act}",
            title=title,
            target=change.name,
            servers=(change.remote.server,),
            actions=actions,
            result=partial(self._after, change),
        )

    def _after(self, change: Change) -> Deployment:
        """How it stands after a change; what cannot be asked or kept now must not undo what was done."""
        server = change.remote.server
        try:
            deployment = look(change.remote, change.name)
        except Problem as problem:
            deployment = unknown(view(server, change.record, 0, None), problem.sentence)
        try:
            self._rows.put(deployment)
        except Problem as problem:
            deployment = replace(deployment, problem=problem.sentence)
        return deployment

    def _known(self, name: str) -> Deployment:
        """What is known of a deployment; servers are asked where this console knows none of that name."""
        found = self._rows.get(name)
        if found is None:
            self.refresh()
            found = self._rows.get(name)
        if found is None:
            raise Problem("deploy.unknown", name=name)
        return found

    def _look(self, known: Deployment) -> Deployment:
        try:
            found = look(Remote(self._gate, known.server), known.name)
        except Problem as problem:
            if problem.code == "deploy.unknown":
                self._rows.forget(known.name)
                raise
            return unknown(known, problem.sentence)
        self._rows.put(found)
        return found

    def _refresh(self, server: str) -> None:
        here = {each.name: each for each in self._rows.list() if each.server == server}
        remote = Remote(self._gate, server)
        try:
            names = names_on(remote)
        except Problem as problem:
            for each in here.values():
                self._rows.put(unknown(each, problem.sentence))
            return
        for name in sorted({*names, *here}):
            self._take(remote, name, here.get(name))

    def _take(self, remote: Remote, name: str, known: Deployment | None) -> None:
        try:
            found = look(remote, name)
        except Problem as problem:
            if problem.code == "deploy.unknown":
                self._rows.forget(name)
            elif known is not None:
                self._rows.put(unknown(known, problem.sentence))
            return
        taken = self._rows.get(name)
        if taken is None or taken.server == remote.server:
            self._rows.put(found)

    def _version(self, ref: str) -> ModelVersion:
        version = self._models.get(ref)
        if not version.blob.is_file():
            raise Problem("model.file_missing", path=version.blob)
        return version

    def _runtime(self, name: str) -> Runtime:
        for runtime in self._plugins.runtimes:
            if runtime.name == name:
                return runtime
        raise Problem("deploy.no_runtime", format=f"of {name}", runtimes=self._runtime_names())

    def _runtime_for(self, version: ModelVersion, name: str | None) -> Runtime:
        for runtime in self._plugins.runtimes:
            if version.format in runtime.formats and name in (None, runtime.name):
                return runtime
        raise Problem("deploy.no_runtime", format=version.format, runtimes=self._runtime_names())

    def _runtime_names(self) -> str:
        return ", ".join(each.name for each in self._plugins.runtimes) or "none"


def _size_of(version: ModelVersion, server: str) -> str:
    return f"{format_bytes(version.size_bytes)} to {server}"


def _check_numbers(wanted: CreateDeployment) -> None:
    if not 1 <= wanted.replicas <= MAX_REPLICAS:
        reason = f"it lies between 1 and {MAX_REPLICAS}"
        raise Problem("input.invalid", what=f"number of replicas {wanted.replicas}", reason=reason)
    if wanted.port is not None and not 1024 <= wanted.port <= 65535:
        raise Problem("input.invalid", what=f"port {wanted.port}", reason="it lies between 1024 and 65535")
    if wanted.python and wanted.venv:
        raise Problem("input.invalid", what="environment", reason="give --python or --venv, not both")
