"""What the commands about jobs, models and deployments do: thin calls of their services."""

from __future__ import annotations

from pathlib import Path

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.fleet.processes import RemoteProcess
from console.jobs.foreign import ForeignProcess
from console.jobs.job import Job, JobRequest
from console.jobs.stopping import CHECKPOINT_S
from console.models.model import AddModel, ModelVersion
from console.operations.plan import Work
from console.serving.deployment import Answer, CreateDeployment, Deployment


def job_submit(context: Context, arguments: Arguments) -> Work[Job]:
    """Hand a job to a server's queue."""
    return context.jobs.prepare_submit(required(arguments, "request", JobRequest))


def job_cancel(context: Context, arguments: Arguments) -> Work[Job]:
    """End a job: a polite signal, then a hard one."""
    return context.jobs.prepare_cancel(context.jobs.resolve(required(arguments, "id", str)))


def job_stop(context: Context, arguments: Arguments) -> Work[Job]:
    """Let a job save a checkpoint and end."""
    job_id = context.jobs.resolve(required(arguments, "id", str))
    return context.jobs.prepare_stop(job_id, optional(arguments, "within_s", float) or CHECKPOINT_S)


def job_again(context: Context, arguments: Arguments) -> Work[Job]:
    """Submit what a job was once more, with its code as it was then."""
    return context.jobs.prepare_again(context.jobs.resolve(required(arguments, "id", str)))


def job_foreign(context: Context, arguments: Arguments) -> object:
    """What uses accelerators without having been started by Tandem."""
    return context.jobs.foreign(optional(arguments, "server", str))


def job_adopt(context: Context, arguments: Arguments) -> Work[Job]:
    """Watch a process as a job from now on."""
    given = arguments.get("process")
    process = given if isinstance(given, RemoteProcess) else optional(arguments, "process", ForeignProcess)
    return context.jobs.prepare_adopt(
        required(arguments, "name", str), required(arguments, "pid", int), process
    )


def job_code(context: Context, arguments: Arguments) -> Work[Path]:
    """Fetch the code that a job ran."""
    job = context.jobs.known(context.jobs.resolve(required(arguments, "id", str)))
    return context.jobs.code.prepare_fetch(job, required(arguments, "to", Path))


def job_outputs(context: Context, arguments: Arguments) -> Work[list[Path]]:
    """Fetch the files that a job left."""
    job = context.jobs.resolve(required(arguments, "id", str))
    return context.jobs.prepare_fetch_outputs(job, required(arguments, "to", Path))


def model_add(context: Context, arguments: Arguments) -> Work[ModelVersion]:
    """Register a version."""
    return context.models.prepare_add(required(arguments, "model", AddModel))


def model_alias(context: Context, arguments: Arguments) -> ModelVersion:
    """Point an alias at a version."""
    name = required(arguments, "name", str)
    return context.models.set_alias(
        name, required(arguments, "version", int), required(arguments, "alias", str)
    )


def deploy_create(context: Context, arguments: Arguments) -> Work[Deployment]:
    """Serve a version behind the router."""
    return context.deployments.prepare_create(required(arguments, "deployment", CreateDeployment))


def deploy_update(context: Context, arguments: Arguments) -> Work[Deployment]:
    """Switch to another version without a failed request."""
    name = required(arguments, "name", str)
    return context.deployments.prepare_update(name, required(arguments, "model", str))


def deploy_rollback(context: Context, arguments: Arguments) -> Work[Deployment]:
    """Back to the release before."""
    return context.deployments.prepare_rollback(required(arguments, "name", str))


def deploy_remove(context: Context, arguments: Arguments) -> Work[str]:
    """Stop and forget a deployment."""
    return context.deployments.prepare_remove(required(arguments, "name", str))


def deploy_predict(context: Context, arguments: Arguments) -> Answer:
    """Send one request through an encrypted forward."""
    return context.deployments.predict(required(arguments, "name", str), required(arguments, "body", bytes))


def deploy_show(context: Context, arguments: Arguments) -> list[Deployment]:
    """One deployment as it stands on its server, or all of them."""
    name = optional(arguments, "name", str)
    return [context.deployments.show(name)] if name else context.deployments.list()
