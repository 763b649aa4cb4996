"""What the commands about this machine do: audit, plugins and doctor's findings. No server is changed."""

from __future__ import annotations

import platform
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from console import __version__
from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.audit import AuditEntry
from console.core.home import shipped
from console.core.notify import Level
from console.core.problems import Problem
from console.fleet.check import CheckReport
from console.fleet.privileges import PRIVILEGES, sudoers_lines
from console.plugin.approval import approve, revoke
from console.plugin.loader import PluginInfo
from console.store.advice import notices
from console.store.backup import BackupInfo, Restored, make_backup, restore_backup

_SUDO_S = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`: what was looked at, whether it works, and what to do where it does not.

    `warns`: it works, and yet there is something to know.
    """

    what: str
    works: bool
    detail: str
    remedy: str = ""
    warns: bool = False


def plugins(context: Context, arguments: Arguments) -> list[PluginInfo]:
    """Every plugin found, loaded or not."""
    del arguments
    return list(context.plugins.plugins)


def backup(context: Context, arguments: Arguments) -> BackupInfo:
    """Copy everything local into one file."""
    path = required(arguments, "path", Path)
    made = make_backup(context.store, context.home, path, context.clock, version=__version__)
    context.audit.record(AuditEntry("app.backup", str(path), detail={"rows": dict(made.rows)}))
    return made


def restore(context: Context, arguments: Arguments) -> Restored:
    """Put a backup in place of everything local; what was there is kept beside it."""
    path = required(arguments, "path", Path)
    restored = restore_backup(path, context.home, context.clock, store=context.store)
    context.audit.record(AuditEntry("app.restore", str(path), detail={"kept": str(restored.kept)}))
    return restored


def plugin_approve(context: Context, arguments: Arguments) -> str:
    """Consent to what a third-party folder holds now; it is loaded from the next start on."""
    folder = required(arguments, "folder", str)
    manifest = approve(context.home, folder, account=context.account, moment=context.clock.now())
    context.audit.record(AuditEntry("plugin.approve", manifest.name, detail={"version": manifest.version}))
    return manifest.name


def plugin_revoke(context: Context, arguments: Arguments) -> str:
    """Take the consent back; the plugin is not loaded at the next start."""
    name = required(arguments, "name", str)
    if name not in [info.name for info in context.plugins.plugins if not info.shipped]:
        raise Problem("id.unknown", kind="third-party plugin", given=name, listing="plugin list")
    revoke(context.home, name)
    context.audit.record(AuditEntry("plugin.revoke", name))
    return name


def doctor(context: Context, arguments: Arguments) -> list[Finding]:
    """What works here, what does not, what to do; with a server's name also what works there."""
    findings = [*_here(context), *_store(context), *_plugins(context), *_sources(context)]
    name = optional(arguments, "server", str)
    if name is not None:
        findings.extend(_server(context, name))
    return findings


def _here(context: Context) -> list[Finding]:
    ssh = shutil.which("ssh")
    router = [path.name for path in sorted((shipped("resources") / "haproxy").glob("*/bin/haproxy"))]
    return [
        Finding(
            "tandem", True, f"{__version__} on Python {platform.python_version()}, {platform.platform()}"
        ),
        Finding("home", context.home.root.is_dir(), str(context.home.root)),
        Finding("resources", (shipped("resources") / "help").is_dir(), str(shipped("resources"))),
        Finding(
            "ssh client",
            ssh is not None,
            ssh or "none found",
            "" if ssh else "Install OpenSSH's client: ssh_config is then read as ssh reads it.",
        ),
        Finding(
            "router",
            bool(router),
            "HAProxy is at hand for servers that have none" if router else "no HAProxy bundle here",
            "" if router else "Deployments then need HAProxy 2.6 or newer on the server.",
        ),
        Finding("window", *_window()),
    ]


def _window() -> tuple[bool, str, str]:
    found = "PySide6" in sys.modules or _importable("PySide6.QtWidgets")
    if found:
        return (True, "Qt can be loaded", "")
    return (False, "Qt cannot be loaded", "Install Qt's libraries (see README); commands work without.")


def _importable(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def _store(context: Context) -> list[Finding]:
    faults = context.audit.verify()
    told = notices(context.home.database, alone=context.store.was_alone)
    advice = [Finding("database", each.level is Level.INFO, each.text, each.remedy, True) for each in told]
    return [
        *advice,
        Finding(
            "audit log",
            not faults,
            "the chain is whole" if not faults else f"{len(faults)} faults, first: {faults[0]}",
            "" if not faults else "Run 'tandem audit --verify' and keep a copy of the database.",
        ),
    ]


CAPTURES_ONLY = "checked against captures, not on hardware"


def _plugins(context: Context) -> list[Finding]:
    return [
        Finding(
            f"plugin {info.name}",
            info.problem is None,
            _plugin_detail(info) if info.problem is None else info.problem.sentence,
            "" if info.problem is None else info.problem.remedy,
        )
        for info in context.plugins.plugins
    ]


def _sources(context: Context) -> list[Finding]:
    """Every source, asked once."""
    findings = []
    for entry in context.sources.book.list():
        view = context.sources.try_out(entry)
        told = f"{view.hosts} servers, {view.accelerators} accelerators"
        problem = view.problem
        findings.append(
            Finding(
                f"source {entry.name}",
                problem is None,
                " ".join([told, *view.notes]) if problem is None else problem.sentence,
                "" if problem is None else problem.remedy,
                warns=bool(view.notes),
            )
        )
    return findings


def _plugin_detail(info: PluginInfo) -> str:
    return f"{info.state}; {CAPTURES_ONLY}" if info.only_captures else str(info.state)


def _server(context: Context, name: str) -> list[Finding]:
    try:
        report = context.fleet.check(name)
    except Problem as problem:
        return [Finding(f"server {name}", False, problem.sentence, problem.remedy)]
    if report.problem is not None:
        return [Finding(f"server {name}", False, report.problem.sentence, report.problem.remedy)]
    findings = [
        Finding(f"server {name}", True, f"{report.os}, Python {report.python}, {report.latency_ms:.0f} ms")
    ]
    findings.extend(_accelerators(context, report))
    findings.extend(Finding(f"server {name}", False, warning) for warning in report.warnings)
    return findings + _privileges(context, name)


def _privileges(context: Context, name: str) -> list[Finding]:
    """Every act by sudo: off, or on and whether sudo would allow it."""
    server = context.servers.get(name)
    off = [each.id for each in PRIVILEGES if each.id not in server.privileges]
    advice = f"Look at them with 'tandem server privileges {name}'."
    findings = [Finding(f"privileges {name}", True, f"switched off: {', '.join(off)}", advice)] if off else []
    if not server.privileges:
        return findings
    try:
        answer = context.fleet.call(name, "privileged.check", timeout_s=_SUDO_S).get("allowed")
    except Problem as problem:
        return [*findings, Finding(f"privileges {name}", False, problem.sentence, problem.remedy)]
    allowed = answer if isinstance(answer, dict) else {}
    account = server.user or "ACCOUNT"
    for act in server.privileges:
        fits = allowed.get(act) is True
        lines = "; ".join(sudoers_lines(account, (act,)))
        findings.append(
            Finding(
                f"privilege {act}",
                fits,
                f"{act} is switched on; sudo {'allows' if fits else 'does not allow'} it without a password",
                "" if fits else f"Put into the server's sudoers: {lines}",
            )
        )
    return findings


def _accelerators(context: Context, report: CheckReport) -> list[Finding]:
    """How many of each vendor, and how far their readings can be trusted."""
    unseen = {info.name for info in context.plugins.plugins if info.only_captures}
    vendors = {probe.vendor for probe in context.plugins.probes if probe.name in unseen}
    counts = Counter(str(each["vendor"]) for each in report.accelerators)
    return [
        Finding(
            f"accelerators of {vendor}",
            True,
            f"{count}; {CAPTURES_ONLY}" if vendor in vendors else str(count),
        )
        for vendor, count in sorted(counts.items())
    ]
