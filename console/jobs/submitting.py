"""Handing a job to a server as a Work, and ending one: what is checked, asked and kept on the way."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from console.core.clock import Clock, iso
from console.core.ids import new_id
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.inventory import ServerBook
from console.fleet.server import Server
from console.jobs.choosing import Candidate, choose, eligible
from console.jobs.job import Job, JobRequest, JobState
from console.jobs.parsing import parse_chunk, parse_list, parse_status
from console.jobs.reading import JobReader, may_pass
from console.jobs.records import JobRecords
from console.jobs.spec import build_spec
from console.operations.plan import Action, Step, StepContext, Work, work
from console.plugin.api import Recipe
from console.plugin.loader import PluginSet

GRACE_S = 10.0
SUBMIT_TIMEOUT_S = 40.0
MODULES_TIMEOUT_S = 30.0
_PARALLEL = 16
_MOST_SAID = 64 * 1024
# Prints the modules that are not there, one a line; imports none of them.
_LOOK = (
    "import sys, importlib.util as u\n"
    "for name in sys.argv[1:]:\n"
    "    if u.find_spec(name) is None: print(name)\n"
)


class Submitter:
    """Builds the Work of a submit and of a cancel."""

    def __init__(
        self,
        gate: ServerGate,
        book: ServerBook,
        plugins: PluginSet,
        reader: JobReader,
        records: JobRecords,
        clock: Clock,
        account: str,
    ) -> None:
        self._records = records
        self._gate = gate
        self._book = book
        self._plugins = plugins
        self._reader = reader
        self._clock = clock
        self._account = account

    def prepare_submit(self, request: JobRequest) -> Work[Job]:
        """See JobService.prepare_submit."""
        recipe = self._plugins.recipe(request.recipe) if request.recipe else None
        gpus = max(request.gpus, recipe.gpus if recipe else 0)
        server = self._server(request, gpus)
        self._check_like(request, server.name)
        spec = build_spec(
            request,
            recipe,
            job_id=new_id(),
            python=server.python,
            submitted=self._clock.now(),
            submitted_by=self._account,
        )
        kept: list[Job] = []

        def check(step: StepContext) -> None:
            self._check_modules(step, server, spec, recipe)

        def submit(step: StepContext) -> None:
            kept.append(self._submit(step, server.name, spec, request.like))

        name, where = spec["name"], server.name
        argv = safe_line(" ".join(map(str, _list(spec["argv"]))), max_chars=120)
        needs = f", {gpus} accelerator{'s' if gpus != 1 else ''}" if gpus else ""
        looks = f"modules {', '.join(recipe.requires)}" if recipe and recipe.requires else "the request"
        return work(
            action="job.submit",
            title=f"Submit {name} to {where}",
            target=str(spec["id"]),
            servers=(where,),
            actions=(
                Action(Step("Check", looks), check),
                Action(Step("Submit", f"{argv} to {where}{needs}"), submit),
            ),
            result=lambda: kept[0],
            detail={key: spec[key] for key in ("id", "name", "argv", "gpus", "workdir", "recipe")},
        )

    def _check_like(self, request: JobRequest, server: str) -> None:
        """Files of an earlier job lie where that ran."""
        if request.like is None:
            return
        like = self._records.get(request.like)
        if like is None:
            raise Problem("id.unknown", kind="job", given=request.like, listing="job list")
        if like.server != server:
            reason = f"the files of job {like.id} lie on '{like.server}': run it there, or give the code anew"
            raise Problem("input.invalid", what="server", reason=reason)

    def _server(self, request: JobRequest, gpus: int) -> Server:
        if request.any_server:
            if request.server is not None:
                raise Problem(
                    "input.invalid", what="server", reason="name one or leave the choice, but not both"
                )
            found = eligible(self._book.list(), request.labels)
            return self._book.get(choose(self._candidates(found), gpus))
        if request.server is None:
            raise Problem("input.invalid", what="server", reason="name one, or let any be taken")
        # Whether it is drained the server itself says; what is known here may be old.
        return self._book.get(request.server)

    def _candidates(self, servers: list[Server]) -> list[Candidate]:
        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="jobs choose") as pool:
            return list(pool.map(self._candidate, servers))

    def _candidate(self, server: Server) -> Candidate:
        try:
            sample = self._reader.call(server.name, "telemetry.once", {})
            # Only what still lives is listed: any real time lies after this one.
            answer = self._reader.call(server.name, "job.list", {"since": "9"})
            work = self._reader.call(server.name, "server.state", {})
        except Problem as problem:
            return Candidate(server.name, problem=problem)
        jobs, _ = parse_list(server.name, answer)
        live = [job for job in jobs if not job.final]
        drained = work.get("drained")
        reason = drained.get("reason") if isinstance(drained, Mapping) else None
        found = candidate(server.name, sample, live)
        return replace(found, drained=safe_line(reason, max_chars=200)) if isinstance(reason, str) else found

    def _check_modules(
        self, step: StepContext, server: Server, spec: Mapping[str, object], recipe: Recipe | None
    ) -> None:
        """A recipe's modules are looked for before anything is written on the server."""
        if recipe is None or not recipe.requires:
            step.note("well formed")
            return
        python = str(spec["python"] or "python3")
        try:
            missing = self._missing_modules(server.name, python, recipe.requires)
        except Problem as problem:
            # Without an interpreter of that name the agent runs on another one, which the job will use.
            if problem.code != "job.command_missing" or spec["python"]:
                raise
            step.note("not checked: the server's Python has another name")
            return
        if missing:
            raise Problem(
                "recipe.modules_missing",
                server=server.name,
                python=python,
                modules=", ".join(missing),
                recipe=recipe.name,
            )
        step.note(f"{python} has {', '.join(recipe.requires)}")

    def _missing_modules(self, server: str, python: str, modules: tuple[str, ...]) -> list[str]:
        argv = [python, "-c", _LOOK, *modules]
        stream = self._gate.stream(server, "exec", {"argv": argv, "timeout_s": MODULES_TIMEOUT_S})
        out, err = b"", b""
        try:
            for event in stream:
                out = (out + parse_chunk(server, event, "stdout"))[:_MOST_SAID]
                err = (err + parse_chunk(server, event, "stderr"))[-_MOST_SAID:]
            result = stream.result()
        finally:
            stream.close()
        if result.get("exit_code") != 0:
            said = safe_line(err[-400:].decode("utf-8", "replace")) or "it ended without an answer"
            raise Problem("agent.failed", server=server, method=f"{python} -c …", reason=said)
        found = out.decode("utf-8", "replace").split()
        return [name for name in modules if name in found]

    def _submit(self, step: StepContext, server: str, spec: dict[str, object], like: str | None) -> Job:
        method, params = "job.submit", dict[str, object](spec=spec)
        if like is not None:
            changes = {key: value for key, value in spec.items() if key not in ("files", "secrets")}
            method, params = "job.again", {"id": like, "changes": changes, "secrets": spec["secrets"]}
        try:
            answer = self._reader.call(server, method, params, timeout_s=SUBMIT_TIMEOUT_S)
        except Problem as problem:
            if not may_pass(problem) or problem.code == "ssh.refused":
                raise
            # The link broke; whether the job was taken is not known. The same id counts once.
            step.note("the link was lost; asking again for the same job")
            answer = self._reader.call(server, method, params, timeout_s=SUBMIT_TIMEOUT_S)
        job = parse_status(server, answer)
        step.note(f"job {job.id}, {job.state.value}")
        return self._reader.take([job])[0]

    def prepare_again(self, job: Job) -> Work[Job]:
        """See JobService.prepare_again."""
        changes: dict[str, object] = {
            "id": new_id(),
            "submitted": iso(self._clock.now()),
            "submitted_by": self._account,
        }
        kept: list[Job] = []

        def submit(step: StepContext) -> None:
            params: dict[str, object] = {"id": job.id, "changes": changes}
            self._reader.call(job.server, "job.again", params, timeout_s=SUBMIT_TIMEOUT_S)
            answer = self._reader.call(job.server, "job.show", {"id": changes["id"]})
            kept.append(self._reader.take([parse_status(job.server, answer)])[0])
            step.note(f"job {kept[0].id}, {kept[0].state.value}")

        return work(
            action="job.submit",
            title=f"Run {job.name or job.id} again on {job.server}",
            target=str(changes["id"]),
            servers=(job.server,),
            actions=(Action(Step("Submit", f"what job {job.id} was, with its code as it was"), submit),),
            result=lambda: kept[0],
            detail={"id": changes["id"], "like": job.id},
        )

    def prepare_cancel(self, job: Job) -> Work[Job]:
        """See JobService.prepare_cancel."""
        if job.final and job.state is not JobState.LOST:
            raise Problem("job.finished", id=job.id, state=job.state.value)
        kept: list[Job] = []

        def cancel(step: StepContext) -> None:
            params: dict[str, object] = {"id": job.id, "grace_s": GRACE_S}
            self._reader.call(job.server, "job.cancel", params, timeout_s=GRACE_S + 25.0)
            found = self._reader.show(job)
            step.note(found.state.value)
            kept.append(found)

        return work(
            action="job.cancel",
            title=f"Cancel {job.name or job.id} on {job.server}",
            target=job.id,
            servers=(job.server,),
            actions=(Action(Step("Cancel", f"a polite signal, after {GRACE_S:g} s a hard one"), cancel),),
            result=lambda: kept[0],
            detail={"id": job.id, "state": job.state.value},
        )


def candidate(server: str, sample: Mapping[str, object], live: list[Job]) -> Candidate:
    """How a server stands, from a sample of its agent and its live jobs."""
    accelerators = [each for each in _list(sample.get("accelerators")) if isinstance(each, Mapping)]
    usable = [each for each in accelerators if each.get("state") == "ok"]
    leased = {uuid for job in live for uuid in job.accelerators}
    free = [each for each in usable if each.get("uuid") not in leased and not each.get("processes")]
    load, cpus = _number(sample.get("load1")), _number(sample.get("cpu_count"))
    per_cpu = load / cpus if load is not None and cpus else None
    queued = sum(job.state.value == "queued" for job in live)
    return Candidate(server, len(usable), len(free), queued, per_cpu)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
