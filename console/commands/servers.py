"""What the commands about servers do."""

from __future__ import annotations

import base64
from dataclasses import replace as changed

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.audit import AuditEntry
from console.core.problems import Problem
from console.core.units import format_bytes
from console.fleet.check import CheckReport
from console.fleet.fleet import HostKey
from console.fleet.server import Server, checked
from console.operations.plan import Action, Step, StepContext, Work, work


def add(context: Context, arguments: Arguments) -> Server:
    """Enter a server; nothing is connected. One that is replaced keeps its privileged acts."""
    server = checked(required(arguments, "server", Server))
    replace = bool(arguments.get("replace", False))
    before = next((each for each in context.servers.list() if each.name == server.name), None)
    if replace and before is not None and not server.privileges:
        # Switching them is an act of its own, which is written down: never a side effect of this one.
        server = changed(server, privileges=before.privileges)
    if server.jump is not None:
        context.servers.get(server.jump)
    context.servers.add(server, replace=replace)
    context.prompt.withdraw(server.name)
    context.fleet.changed(server.name)
    context.audit.record(AuditEntry("server.add", server.name, detail={"host": server.host}, changes=False))
    return server


def import_aliases(context: Context, arguments: Arguments) -> list[Server]:
    """Enter aliases of ssh_config; a name that is taken already is left as it is."""
    servers = required(arguments, "servers", list)
    known = {server.name for server in context.servers.list()}
    added = [checked(server) for server in servers if server.name not in known]
    for server in added:
        context.servers.add(server)
    names: list[object] = [server.name for server in added]
    context.audit.record(AuditEntry("server.import", detail={"names": names}))
    return added


def scan(context: Context, arguments: Arguments) -> HostKey:
    """The key that the server shows now; nothing is trusted yet."""
    return context.fleet.scan_key(required(arguments, "name", str))


def trust(context: Context, arguments: Arguments) -> HostKey:
    """Trust the server's key: the one with the given fingerprint, and no other."""
    name = required(arguments, "name", str)
    wanted = optional(arguments, "fingerprint", str)
    key = optional(arguments, "key", HostKey) or context.fleet.scan_key(name)
    if wanted is not None and wanted != key.fingerprint:
        raise Problem("ssh.fingerprint_differs", server=name, found=key.fingerprint, given=wanted)
    context.fleet.trust(name, key)
    context.audit.record(AuditEntry("server.trust", name, name, {"fingerprint": key.fingerprint}))
    return key


def check(context: Context, arguments: Arguments) -> CheckReport:
    """Connect and tell what works there."""
    return context.fleet.check(required(arguments, "name", str))


def execute(context: Context, arguments: Arguments) -> dict[str, object]:
    """Run an argv on a server; `sink(kind, bytes)` gets stdout and stderr as they come."""
    name = context.servers.get(required(arguments, "name", str)).name
    sink = arguments.get("sink")
    params: dict[str, object] = {"argv": list(required(arguments, "argv", tuple))}
    timeout_s = optional(arguments, "timeout_s", float)
    if timeout_s is not None:
        params["timeout_s"] = timeout_s
    stream = context.fleet.stream(name, "exec", params)
    try:
        for event in stream:
            for kind in ("stdout", "stderr"):
                data = event.get(kind)
                if isinstance(data, str) and callable(sink):
                    sink(kind, base64.b64decode(data))
    finally:
        stream.close()
    return stream.result()


def remove(context: Context, arguments: Arguments) -> Work[str]:
    """Take a server out of the inventory; what Tandem left there stays (see clean)."""
    name = context.servers.get(required(arguments, "name", str)).name
    users = [server.name for server in context.servers.list() if server.jump == name]
    if users:
        raise Problem("server.in_use", name=name, what=f"servers that jump through it: {', '.join(users)}")
    serving = [each.name for each in context.deployments.list() if each.server == name]
    if serving:
        raise Problem("server.in_use", name=name, what=f"deployments: {', '.join(serving)}")

    def run(step: StepContext) -> None:
        del step
        context.servers.remove(name)
        context.prompt.withdraw(name)
        context.fleet.changed(name)

    step = Step("Remove from the inventory", "nothing is changed on the server itself")
    return work(
        action="server.remove",
        title=f"Remove {name}",
        target=name,
        servers=(name,),
        actions=(Action(step, run),),
        result=lambda: name,
        destructive=True,
    )


def clean(context: Context, arguments: Arguments) -> Work[int]:
    """Remove ~/.tandem from a server: everything that Tandem ever left there."""
    name = context.servers.get(required(arguments, "name", str)).name
    usage = context.fleet.call(name, "home.usage")
    removed = 0

    def run(step: StepContext) -> None:
        nonlocal removed
        answer = context.fleet.call(name, "home.clean", timeout_s=120)
        size = answer.get("removed_bytes")
        removed = size if isinstance(size, int) else 0
        step.note(f"{format_bytes(removed)} removed")

    size = usage.get("bytes")
    there = format_bytes(size) if isinstance(size, int) else "of unknown size"
    detail = f"~/.tandem, {there}" if usage.get("exists") else "there is no ~/.tandem"
    return work(
        action="server.clean",
        title=f"Clean {name}",
        target=name,
        servers=(name,),
        actions=(Action(Step("Remove what Tandem left", detail), run),),
        result=lambda: removed,
        destructive=True,
    )
