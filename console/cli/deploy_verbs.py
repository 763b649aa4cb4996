"""`tandem deploy …`."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path

from console.cli.output import table
from console.cli.parser import Verbs, port, whole
from console.cli.session import Session
from console.core.clock import iso
from console.core.problems import Problem
from console.core.units import UNKNOWN, format_milliseconds
from console.serving.deployment import Answer, CreateDeployment, Deployment

_INPUT_HELP = "JSON where it begins with { or [, else a path"


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    inner = Verbs(verbs.add("deploy", "models behind an endpoint", None), "deploy commands")
    verb = inner.add(
        "create", "serve a version behind the router", _create, command="deploy create", changes=True
    )
    verb.add_argument("name")
    verb.add_argument("--model", required=True, metavar="M@V")
    verb.add_argument("--server", required=True, metavar="S")
    verb.add_argument("--runtime", metavar="R")
    verb.add_argument("--replicas", type=whole, default=1, metavar="N")
    verb.add_argument("--port", type=port, metavar="P")
    where = verb.add_mutually_exclusive_group()
    where.add_argument("--venv", metavar="DIR")
    where.add_argument("--python", metavar="PATH")
    verb = inner.add(
        "update", "switch to another version, no request lost", _update, command="deploy update", changes=True
    )
    verb.add_argument("name")
    verb.add_argument("--model", required=True, metavar="M@W")
    verb = inner.add(
        "rollback", "back to the release before", _rollback, command="deploy rollback", changes=True
    )
    verb.add_argument("name")
    verb = inner.add("remove", "stop and forget a deployment", _remove, command="deploy remove", changes=True)
    verb.add_argument("name")
    inner.add("list", "all deployments", _list, command="deploy list")
    inner.add("show", "one deployment as it stands now", _show, command="deploy show").add_argument("name")
    verb = inner.add("predict", "send one request", _predict, command="deploy predict")
    verb.add_argument("name")
    verb.add_argument(
        "--input", required=True, metavar="FILE|JSON", help="JSON where it begins with { or [, else a path"
    )
    verb = inner.add("open", "keep an encrypted forward open and print its URL", _open, command="deploy open")
    verb.add_argument("name")
    verb.add_argument("--local-port", type=port, default=0, metavar="P")


def deployment_document(deployment: Deployment) -> dict[str, object]:
    """A deployment as JSON, as cli.md has it."""
    latency = deployment.latency
    return {
        "name": deployment.name,
        "server": deployment.server,
        "state": deployment.state.value,
        "model": deployment.model,
        "runtime": deployment.runtime,
        "protocol": deployment.protocol,
        "endpoint": deployment.endpoint,
        "created": iso(deployment.created),
        "generation": deployment.generation,
        "releases": [
            {
                "version": release.version,
                "model": release.model,
                "state": release.state.value,
                "weight": release.weight,
                "requests": release.requests,
                "errors": release.errors,
                "replicas": [
                    {"id": each.id, "state": each.state.value, "port": each.port, "server": each.server}
                    for each in release.replicas
                ],
            }
            for release in deployment.releases
        ],
        "latency_ms": {"p50": latency.p50_ms, "p95": latency.p95_ms, "p99": latency.p99_ms},
        "rps": deployment.rps,
        "error_rate": deployment.error_rate,
        "problem": deployment.problem,
    }


def deployment_text(deployment: Deployment) -> str:
    """A deployment for people."""
    live = deployment.live
    p50, p99 = (format_milliseconds(each) for each in (deployment.latency.p50_ms, deployment.latency.p99_ms))
    lines = [
        f"{deployment.name}: {deployment.state.value}, {live.model if live else 'nothing'} live",
        f"  endpoint {deployment.endpoint} on {deployment.server} ({deployment.protocol})",
        f"  p50 {p50}, p99 {p99}",
    ]
    for release in deployment.releases:
        replicas = ", ".join(f"{each.id} {each.state.value}" for each in release.replicas) or UNKNOWN
        lines.append(f"  {release.model}: {release.state.value}, weight {release.weight} %, {replicas}")
    if deployment.problem:
        lines.append(f"  {deployment.problem}")
    return "\n".join(lines)


def _shown(session: Session, deployment: Deployment | None) -> int:
    if deployment is not None:
        session.output.answer(deployment_document(deployment), lambda: deployment_text(deployment))
    return 0


def _create(session: Session) -> int:
    args = session.args
    wanted = CreateDeployment(
        name=args.name,
        model_ref=args.model,
        server=args.server,
        runtime=args.runtime,
        replicas=args.replicas,
        port=args.port,
        python=args.python,
        venv=args.venv,
    )
    return _shown(session, session.run("deploy.create", {"deployment": wanted}, Deployment))


def _update(session: Session) -> int:
    arguments = {"name": session.args.name, "model": session.args.model}
    return _shown(session, session.run("deploy.update", arguments, Deployment))


def _rollback(session: Session) -> int:
    return _shown(session, session.run("deploy.rollback", {"name": session.args.name}, Deployment))


def _remove(session: Session) -> int:
    name = session.run("deploy.remove", {"name": session.args.name}, str)
    if name is not None:
        session.output.answer({"removed": name}, f"{name} removed")
    return 0


def _list(session: Session) -> int:
    found = session.context.deployments.refresh()
    rows = [
        [each.name, each.server, each.state.value, each.live.model if each.live else UNKNOWN, each.endpoint]
        for each in found
    ]
    session.output.answer(
        [deployment_document(each) for each in found],
        lambda: (
            table(["deployment", "server", "state", "live", "endpoint"], rows) if rows else "no deployments"
        ),
    )
    return 0


def _show(session: Session) -> int:
    return _shown(session, session.context.deployments.show(session.args.name))


def _predict(session: Session) -> int:
    given: str = session.args.input
    if given.lstrip()[:1] in ("{", "["):
        body = given.encode()
    else:
        path = Path(given)
        if not path.is_file():
            raise Problem("file.missing", path=path)
        body = path.read_bytes()
    answer = session.call("deploy.predict", {"name": session.args.name, "body": body})
    assert isinstance(answer, Answer)
    sys.stdout.buffer.write(answer.body)
    if not answer.body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
    if answer.status != 200:
        session.output.say(f"tandem: deployment '{session.args.name}' answered {answer.status}")
        return 1
    return 0


def _open(session: Session) -> int:
    with session.context.deployments.open(session.args.name, session.args.local_port) as forward:
        url = f"http://127.0.0.1:{forward.local_port}"
        session.output.answer({**asdict(forward), "url": url}, url)
        while True:
            time.sleep(1)
