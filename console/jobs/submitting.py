"""Handing a job to a server as a Work, and ending one: what is checked, asked and kept on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from console.core.clock import Clock, iso
from console.core.ids import new_id
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.fleet.inventory import ServerBook
from console.fleet.server import Server
from console.jobs import carried, pythons
from console.jobs.carried import Carried
from console.jobs.choosing import Candidate, choose, eligible
from console.jobs.job import Job, JobRequest, JobState
from console.jobs.parsing import parse_chunk, parse_list, parse_status
from console.jobs.reading import JobReader, may_pass
from console.jobs.records import JobRecords
from console.jobs.snapshot.gather import Snapshot, gather
from console.jobs.snapshot.looking import CodeReader
from console.jobs.snapshot.sending import CodeSender, ToSend
from console.jobs.spec import build_spec
from console.operations.plan import Action, Step, StepContext, Work, work
from console.plugin.api import Recipe
from console.plugin.loader import PluginSet

GRACE_S = 10.0
SUBMIT_TIMEOUT_S = 40.0
MODULES_TIMEOUT_S = 30.0
_PARALLEL = 16
_LAID_OUT_BYTES_PER_S = 20e6
SecretOf = Callable[[str, str], str | None]
"""The value of a keyring entry, asked for where it must be; for which server. None where nobody gives it."""

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
        sender: CodeSender,
        code_limit: Callable[[], int],
        secret_of: SecretOf,
        code: CodeReader,
    ) -> None:
        self._records = records
        self._gate = gate
        self._book = book
        self._plugins = plugins
        self._reader = reader
        self._clock = clock
        self._account = account
        self._sender = sender
        self._code_limit = code_limit
        self._secret_of = secret_of
        self._code = code

    def prepare_submit(self, request: JobRequest) -> Work[Job]:
        """See JobService.prepare_submit."""
        recipe = self._plugins.recipe(request.recipe) if request.recipe else None
        gpus = max(request.gpus, recipe.gpus if recipe else 0)
        snapshot = gather(request.code, self._code_limit()) if request.code is not None else None
        server = self._server(request, gpus)
        from_there = self._from_elsewhere(request, server.name)
        if from_there is not None:
            snapshot, request = snapshot or from_there.snapshot, replace(request, like=None)
        spec = build_spec(
            request,
            recipe,
            job_id=new_id(),
            python=server.python,
            submitted=self._clock.now(),
            submitted_by=self._account,
            snapshot=snapshot,
        )
        if from_there is not None:
            spec["files"] = {**from_there.files, **_files(spec["files"])}
        kept: list[Job] = []
        values: dict[str, str] = {}

        def check(step: StepContext) -> None:
            spec.update(pythons.look(self._reader, server.name, request, spec))
            self._check_modules(step, server, spec, recipe)
            values.update(self._secrets(request.secrets, server.name))

        def submit(step: StepContext) -> None:
            try:
                kept.append(self._submit(step, server.name, spec, values, request.like))
            except Problem as problem:
                if problem.code != "job.code_missing" or snapshot is None:
                    raise
                step.note("the code was removed there meanwhile; sending it again")
                self._send(step, server.name, snapshot, from_there)
                kept.append(self._submit(step, server.name, spec, values, request.like))

        actions = [
            Action(Step("Check", _looks(request, recipe, server.python)), check),
            Action(Step("Submit", _command(spec, server.name, gpus)), submit),
        ]
        if snapshot is not None:
            lacks = self._sender.lacks(server.name, snapshot)
            step = Step("Send code", _code_words(snapshot, lacks))
            actions.insert(1, Action(step, lambda step: self._send(step, server.name, snapshot, from_there)))
        name, where = spec["name"], server.name
        return work(
            action="job.submit",
            title=f"Submit {name} to {where}",
            target=str(spec["id"]),
            servers=(where,),
            actions=tuple(actions),
            result=lambda: kept[0],
            detail={key: spec[key] for key in ("id", "name", "argv", "gpus", "workdir", "recipe")}
            | {"code": snapshot.tree.hash if snapshot else None, "secret_names": sorted(request.secrets)},
        )

    def _send(self, step: StepContext, server: str, snapshot: Snapshot, from_there: Carried | None) -> None:
        # What the plan said may be old: another job may have brought the same, or room was made.
        lacks = self._sender.lacks(server, snapshot)

        def progress(done: int, of: int) -> None:
            step.progress(done, of)
            step.check_cancelled()

        with tempfile.TemporaryDirectory(prefix="tandem-code-") as folder:
            if from_there is not None and snapshot is from_there.snapshot:
                step.note(f"from {from_there.of.server}")
                carried.fetch(self._code, from_there, lacks.blobs, Path(folder), step)
            self._sender.send(server, snapshot, lacks, progress)
        step.note(lacks.words())

    def _secrets(self, wanted: Mapping[str, str], server: str) -> dict[str, str]:
        """The values that travel with a job, from the keyring or the person.

        Raises:
            Problem: `job.secret_missing`.
        """
        found = {}
        for name, entry in wanted.items():
            value = self._secret_of(entry, server)
            if value is None:
                raise Problem("job.secret_missing", name=name if name == entry else f"{name} ({entry})")
            found[name] = value
        return found

    def _from_elsewhere(self, request: JobRequest, server: str) -> Carried | None:
        """Files of an earlier job lie where that ran: they come from there where this one runs elsewhere."""
        if request.like is None:
            return None
        like = self._records.get(request.like)
        if like is None:
            raise Problem("id.unknown", kind="job", given=request.like, listing="job list")
        if like.server == server:
            return None
        return carried.look(self._reader, self._code, like, with_code=request.code is None)

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
            chosen = spec.get("environment")
            version = chosen.get("version") if isinstance(chosen, Mapping) else None
            step.note(f"Python {version}" if isinstance(version, str) else "well formed")
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

    def _submit(
        self,
        step: StepContext,
        server: str,
        spec: dict[str, object],
        values: Mapping[str, str],
        like: str | None,
    ) -> Job:
        method, params = "job.submit", dict[str, object](spec={**spec, "secrets": dict(values)})
        if like is not None:
            # Its files and its code are taken from there, as they were then.
            of_there = ("files", "secrets") if spec["code"] is not None else ("files", "secrets", "code")
            changes = {key: value for key, value in spec.items() if key not in of_there}
            method, params = "job.again", {"id": like, "changes": changes, "secrets": dict(values)}
        code = spec["code"]
        size = code.get("bytes") if isinstance(code, Mapping) else None
        patience_s = (
            SUBMIT_TIMEOUT_S + (float(size) if isinstance(size, int) else 0.0) / _LAID_OUT_BYTES_PER_S
        )
        try:
            answer = self._reader.call(server, method, params, timeout_s=patience_s)
        except Problem as problem:
            if not may_pass(problem) or problem.code == "ssh.refused":
                raise
            # The link broke; whether the job was taken is not known. The same id counts once.
            step.note("the link was lost; asking again for the same job")
            answer = self._reader.call(server, method, params, timeout_s=patience_s)
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
            values = self._secrets(job.secrets, job.server)
            params: dict[str, object] = {"id": job.id, "changes": changes, "secrets": values}
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


def _looks(request: JobRequest, recipe: Recipe | None, default_python: str | None) -> str:
    found = [pythons.words(request, default_python)]
    if recipe and recipe.requires:
        found.append(f"modules {', '.join(recipe.requires)}")
    if request.secrets:
        found.append(f"secret{'s' if len(request.secrets) > 1 else ''} {', '.join(sorted(request.secrets))}")
    return safe_line("; ".join(each for each in found if each) or "the request", max_chars=300)


def _command(spec: Mapping[str, object], server: str, gpus: int) -> str:
    argv = safe_line(" ".join(map(str, _list(spec["argv"]))), max_chars=120)
    needs = f", {gpus} accelerator{'s' if gpus != 1 else ''}" if gpus else ""
    return f"{argv} to {server}{needs}"


def _code_words(snapshot: Snapshot, lacks: ToSend) -> str:
    tree = snapshot.tree
    parts = [f"{tree.hash[:12]}: {len(tree.files)} file{'s' if len(tree.files) != 1 else ''}"]
    parts[0] += f", {format_bytes(tree.total_bytes)}"
    if snapshot.commit:
        parts.append(f"commit {snapshot.commit[:12]}" + (", changed since" if snapshot.dirty else ""))
    parts.append(lacks.words() if lacks.nothing else f"to send: {lacks.words()}")
    return "; ".join([*parts, *snapshot.notes])


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


def _files(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
