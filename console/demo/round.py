"""The guided round as one Operation: train, validate, register, deploy, ask, switch under load, sum up."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from console.context import Context
from console.core.problems import Problem
from console.core.units import format_milliseconds
from console.demo.load import Holdout, Load, Tally
from console.jobs.job import Job, JobRequest, JobState
from console.models.model import AddModel, ModelVersion
from console.operations.plan import Action, Step, StepContext, Work, work
from console.serving.deployment import CreateDeployment

T = TypeVar("T")

MODEL = "digits"
DEPLOYMENT = "digits"
TRAIN_SERVER = "train-1"
INFER_SERVER = "infer-1"
LEAST_ACCURACY = 0.95
ASK_REQUESTS = 300
SETTLE_REQUESTS = 150
"""Requests before and after the switch, so that both versions are seen under load."""
STEP_SECONDS = 150


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """The numbers that a round ends with, all measured in it."""

    accuracy: float
    requests: int
    failed: int
    p50_ms: float | None
    p99_ms: float | None
    versions: list[int]
    seconds: float

    def as_dict(self) -> dict[str, object]:
        """The shape that `tandem demo --headless --json` prints."""
        return asdict(self)


@dataclass(slots=True)
class _State:
    """What the steps hand to each other."""

    started: float = 0.0
    jobs: list[Job] = field(default_factory=list)
    versions: list[ModelVersion] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    holdout: Holdout | None = None
    tally: Tally = field(default_factory=Tally)


class Round:
    """Builds the round's Work for a context whose inventory holds the demo's servers."""

    def __init__(self, context: Context, python: str) -> None:
        self._context = context
        self._python = python
        self._state = _State()

    def prepare(self) -> Work[RoundSummary]:
        """The whole round as a plan with its steps."""
        steps: tuple[tuple[str, str, Callable[[StepContext], None]], ...] = (
            ("Look at both servers", f"{TRAIN_SERVER} and {INFER_SERVER}", self._look),
            (
                "Train version 1",
                f"digits, real PyTorch, on {TRAIN_SERVER}",
                lambda step: self._train(step, 12, 1),
            ),
            ("Validate version 1", "on held-out pictures", self._validate),
            ("Register version 1", "with its accuracy", self._register),
            ("Deploy version 1", f"to {INFER_SERVER}, behind the router", self._deploy),
            ("Ask it", f"{ASK_REQUESTS} held-out pictures through an encrypted forward", self._ask),
            ("Train version 2", "longer, another seed", lambda step: self._train(step, 20, 2)),
            ("Validate version 2", "on the same pictures", self._validate),
            ("Register version 2", "with its accuracy", self._register),
            ("Switch to version 2", "while requests flow", self._switch),
            ("Sum up", "", self._sum_up),
        )
        return work(
            action="demo.run",
            title="Run the round",
            target=DEPLOYMENT,
            servers=(TRAIN_SERVER, INFER_SERVER),
            actions=tuple(Action(Step(name, detail), run) for name, detail, run in steps),
            result=self._summary,
        )

    def tidy(self) -> None:
        """Remove the demo's deployment, so that an orderly end leaves no process behind.

        Raises:
            Problem: its server cannot be reached any more.
        """
        if any(each.name == DEPLOYMENT for each in self._context.deployments.list()):
            self._context.operations.run(self._context.deployments.prepare_remove(DEPLOYMENT))

    def _look(self, step: StepContext) -> None:
        self._state = _State(started=time.monotonic())
        for name in (TRAIN_SERVER, INFER_SERVER):
            self._context.fleet.call(name, "hello")
        # Jobs of a console that was killed have gone on meanwhile: this shows how they ended.
        self._context.jobs.refresh()
        existing = [each.name for each in self._context.deployments.list() if each.name == DEPLOYMENT]
        for name in existing:
            step.note("removing the deployment of an earlier round")
            self._inside(step, self._context.deployments.prepare_remove(name))
        step.note("both answer")

    def _train(self, step: StepContext, epochs: int, seed: int) -> None:
        request = JobRequest(
            argv=(),
            server=TRAIN_SERVER,
            name=f"digits-train-{seed}",
            gpus=1,
            recipe="digits-train",
            params={"epochs": str(epochs), "seed": str(seed)},
            python=self._python,
        )
        job = self._inside(step, self._context.jobs.prepare_submit(request))
        job = self._follow(step, job, epochs)
        self._state.jobs.append(job)
        loss = self._context.jobs.metrics(job.id).last().get("loss")
        step.note(f"job {job.id[:8]} succeeded" + ("" if loss is None else f", loss {loss:.4f}"))

    def _validate(self, step: StepContext) -> None:
        trained = self._state.jobs[-1]
        model = next(each for each in self._context.jobs.outputs(trained.id) if each.path == "model.pt")
        request = JobRequest(
            argv=(),
            server=TRAIN_SERVER,
            name=trained.name.replace("train", "evaluate"),
            recipe="digits-evaluate",
            params={"model": model.absolute},
            python=self._python,
        )
        job = self._inside(step, self._context.jobs.prepare_submit(request))
        job = self._follow(step, job, 1)
        accuracy = self._context.jobs.metrics(job.id).last().get("accuracy")
        if accuracy is None:
            raise Problem("demo.below_bound", reason=f"the evaluation job {job.id} reported no accuracy")
        self._state.accuracies.append(accuracy)
        step.note(f"accuracy {accuracy:.4f} on held-out pictures")
        if accuracy < LEAST_ACCURACY:
            raise Problem("demo.below_bound", reason=f"accuracy {accuracy:.4f} is below {LEAST_ACCURACY}")

    def _register(self, step: StepContext) -> None:
        job = self._state.jobs[-1]
        outputs = {each.path: each for each in self._context.jobs.outputs(job.id)}
        version = self._inside(
            step,
            self._context.models.prepare_add(
                AddModel(
                    name=MODEL,
                    path=outputs["model.pt"].absolute,
                    metrics={"accuracy": self._state.accuracies[-1]},
                    from_job=job.id,
                    server=TRAIN_SERVER,
                )
            ),
        )
        self._state.versions.append(version)
        if self._state.holdout is None:
            self._state.holdout = self._fetch_holdout(outputs["holdout.json"].absolute)
        step.note(f"{version.ref}, accuracy {self._state.accuracies[-1]:.4f}")

    def _deploy(self, step: StepContext) -> None:
        wanted = CreateDeployment(
            name=DEPLOYMENT,
            model_ref=self._state.versions[-1].ref,
            server=INFER_SERVER,
            python=self._python,
        )
        deployment = self._inside(step, self._context.deployments.prepare_create(wanted))
        step.note(f"{deployment.endpoint} on {INFER_SERVER} answers as {self._state.versions[-1].ref}")

    def _ask(self, step: StepContext) -> None:
        tally = self._load_while(step, lambda load: self._until_sent(step, load, ASK_REQUESTS, ASK_REQUESTS))
        p50, p99 = (format_milliseconds(tally.percentile_ms(percent)) for percent in (50, 99))
        answered = tally.requests - tally.failed
        step.note(f"{tally.right} of {answered} right, p50 {p50}, p99 {p99}, {tally.failed} failed")

    def _switch(self, step: StepContext) -> None:
        target = self._state.versions[-1]

        def during(load: Load) -> None:
            self._until_sent(step, load, SETTLE_REQUESTS, 0)
            self._inside(step, self._context.deployments.prepare_update(DEPLOYMENT, target.ref))
            self._until_sent(step, load, load.sent + SETTLE_REQUESTS, 0)

        tally = self._load_while(step, during)
        shares = ", ".join(
            f"version {version}: {number}" for version, number in sorted(tally.versions.items())
        )
        step.note(f"{tally.requests} requests during the switch ({shares}), {tally.failed} failed")

    def _sum_up(self, step: StepContext) -> None:
        summary = self._summary()
        step.note(
            f"accuracy {summary.accuracy:.4f}, {summary.requests} requests, {summary.failed} failed, "
            f"p50 {format_milliseconds(summary.p50_ms)}, p99 {format_milliseconds(summary.p99_ms)}"
        )
        if summary.failed:
            raise Problem(
                "demo.below_bound",
                reason=f"{summary.failed} of {summary.requests} requests failed, first: "
                f"{self._state.tally.first_failure}",
            )

    def _summary(self) -> RoundSummary:
        state = self._state
        return RoundSummary(
            accuracy=state.accuracies[-1],
            requests=state.tally.requests,
            failed=state.tally.failed,
            p50_ms=state.tally.percentile_ms(50),
            p99_ms=state.tally.percentile_ms(99),
            versions=[version.version for version in state.versions],
            seconds=round(time.monotonic() - state.started, 1),
        )

    def _load_while(self, step: StepContext, act: Callable[[Load], None]) -> Tally:
        assert self._state.holdout is not None
        step.check_cancelled()
        with self._context.deployments.open(DEPLOYMENT) as forward:
            load = Load(forward.local_port, MODEL, self._state.holdout)
            try:
                act(load)
            finally:
                tally = load.stop()
                self._state.tally.merge(tally)
        return tally

    def _until_sent(self, step: StepContext, load: Load, wanted: int, total: int) -> None:
        deadline = time.monotonic() + STEP_SECONDS
        while load.sent < wanted:
            if time.monotonic() > deadline:
                raise Problem(
                    "demo.below_bound", reason=f"{load.sent} of {wanted} requests after {STEP_SECONDS} s"
                )
            if total:
                step.progress(load.sent, total, f"{load.sent} requests")
            step.wait_s(0.1)

    def _follow(self, step: StepContext, job: Job, epochs: int) -> Job:
        """Wait for a job while its own metrics drive the progress."""
        deadline = time.monotonic() + STEP_SECONDS
        while True:
            current = self._context.jobs.show(job.id)
            epoch = self._context.jobs.metrics(job.id).last().get("epoch")
            if epoch is not None:
                step.progress(epoch, epochs, f"epoch {epoch:.0f} of {epochs}")
            if current.final:
                break
            if time.monotonic() > deadline:
                raise Problem("demo.below_bound", reason=f"job {job.id} still runs after {STEP_SECONDS} s")
            step.wait_s(0.5)
        if current.state is not JobState.SUCCEEDED:
            last = self._context.jobs.log(job.id, 0, 64 * 1024).data.decode(errors="replace").strip()[-300:]
            raise Problem(
                "demo.below_bound", reason=f"job {job.id} {current.state.value}: {current.reason or last}"
            )
        return current

    def _fetch_holdout(self, remote: str) -> Holdout:
        with tempfile.TemporaryDirectory(prefix="tandem-round-") as folder:
            local = Path(folder) / "holdout.json"
            self._context.fleet.pull_file(TRAIN_SERVER, remote, local)
            told = json.loads(local.read_text("utf-8"))
        return Holdout(told["pictures"], told["labels"])

    def _inside(self, step: StepContext, inner: Work[T]) -> T:
        """Run another Work as an Operation of its own; cancelling the round cancels it too."""
        handle = self._context.operations.start(inner)
        try:
            while not handle.wait(0.2):
                current = handle.view().current
                if current is not None:
                    step.note(f"{current.name}: {current.detail}" if current.detail else current.name)
                step.check_cancelled()
        except BaseException:
            handle.cancel()
            handle.wait(30)
            raise
        return handle.result()
