"""What the commands that need root do: switching them on, and each act as a plan. The server checks again."""

from __future__ import annotations

from dataclasses import replace

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.audit import AuditEntry
from console.core.problems import Problem
from console.fleet.privileges import command_line, privilege
from console.fleet.server import Server
from console.operations.plan import Action, Step, StepContext, Work, work

_ACT_TIMEOUT_S = 150.0
_BOOT_LOST = ("ssh.lost", "ssh.timeout", "agent.dead", "agent.ended")


def switch(context: Context, arguments: Arguments) -> Server:
    """Switch privileged acts of a server on and off; nothing is done on the server by this."""
    server = context.servers.get(required(arguments, "name", str))
    allow = [privilege(each).id for each in optional(arguments, "allow", tuple) or ()]
    revoke = [privilege(each).id for each in optional(arguments, "revoke", tuple) or ()]
    on = tuple(dict.fromkeys(each for each in (*server.privileges, *allow) if each not in revoke))
    changed = replace(server, privileges=on)
    if changed != server:
        detail: dict[str, object] = {"privileges": list(on), "before": list(server.privileges)}
        context.audit.record(AuditEntry("server.privileges", server.name, server.name, detail, changes=True))
        context.servers.update(changed)
        # The list goes along when the agent starts, which holds it to that.
        context.fleet.changed(server.name)
    return changed


def persistence(context: Context, arguments: Arguments) -> Work[str]:
    """Switch a GPU's persistence mode."""
    on = required(arguments, "on", bool)
    return _on_gpu(context, arguments, "persistence", int(on), "on" if on else "off")


def power_limit(context: Context, arguments: Arguments) -> Work[str]:
    """Set how much power a GPU may draw."""
    watts = required(arguments, "watts", int)
    if not 1 <= watts <= 5000:
        raise Problem("input.invalid", what=f"power limit {watts}", reason="it lies between 1 and 5000 W")
    return _on_gpu(context, arguments, "power_limit", watts, f"{watts} W")


def gpu_reset(context: Context, arguments: Arguments) -> Work[str]:
    """Reset a GPU; the server refuses while anything holds it."""
    return _on_gpu(context, arguments, "gpu_reset", 0, "")


def reboot(context: Context, arguments: Arguments) -> Work[str]:
    """Restart a server."""
    server = _with(context, required(arguments, "name", str), "reboot")
    running = [job for job in context.jobs.list() if job.server == server.name and job.state == "running"]

    def run(step: StepContext) -> None:
        try:
            context.fleet.call(server.name, "privileged.run", {"act": "reboot"}, timeout_s=_ACT_TIMEOUT_S)
        except Problem as problem:
            # It may be gone before it could answer.
            if problem.code not in _BOOT_LOST:
                raise
            step.note("the connection ended, as it does when a server goes down")

    act = privilege("reboot")
    detail = f"{command_line(act)}; {len(running)} jobs of this console run there and end"
    return work(
        action="server.reboot",
        title=f"Restart {server.name}",
        target=server.name,
        servers=(server.name,),
        actions=(Action(Step(act.title, detail), run),),
        result=lambda: server.name,
        destructive=True,
    )


def _with(context: Context, name: str, act: str) -> Server:
    """The server, if the act is switched on for it.

    Raises:
        Problem: `privileged.off`, `server.unknown`.
    """
    server = context.servers.get(name)
    if act not in server.privileges:
        raise Problem("privileged.off", server=server.name, act=act)
    return server


def _on_gpu(context: Context, arguments: Arguments, act: str, value: int, words: str) -> Work[str]:
    server = _with(context, required(arguments, "name", str), act)
    uuid, label = _gpu_of(context, server.name, required(arguments, "gpu", str))
    what = privilege(act)

    def run(step: StepContext) -> None:
        answer = context.fleet.call(
            server.name,
            "privileged.run",
            {"act": act, "uuid": uuid, "value": value},
            timeout_s=_ACT_TIMEOUT_S,
        )
        said = str(answer.get("output") or "").strip().splitlines()
        if said:
            step.note(said[-1][:200])

    title = f"{what.title} of {label} on {server.name}" + (f" to {words}" if words else "")
    line = command_line(what).replace("UUID", uuid).replace("WATTS", str(value)).replace("0|1", str(value))
    return work(
        action=f"gpu.{act.removeprefix('gpu_')}",
        title=title,
        target=f"{server.name}/{label}",
        servers=(server.name,),
        actions=(Action(Step(what.title, line), run),),
        result=lambda: uuid,
        destructive=what.destructive,
    )


def _gpu_of(context: Context, server: str, given: str) -> tuple[str, str]:
    """(UUID, "gpu-3") of an accelerator by its index or the beginning of its UUID, as the server counts now.

    Raises:
        Problem: `id.unknown`.
    """
    answer = context.fleet.call(server, "telemetry.once", timeout_s=20.0)
    rows = answer.get("accelerators")
    found = [
        row
        for row in (rows if isinstance(rows, list) else [])
        if str(row.get("index")) == given or (len(given) > 4 and str(row.get("uuid")).startswith(given))
    ]
    if len(found) != 1:
        raise Problem("id.unknown", kind="accelerator", given=given, listing=f"server check {server}")
    return str(found[0]["uuid"]), f"gpu-{found[0].get('index')}"
