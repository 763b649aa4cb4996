"""What the commands do about sources: systems that already know a site's servers. No server is changed."""

from __future__ import annotations

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.audit import AuditEntry
from console.telemetry.sources.entries import Login, SourceEntry
from console.telemetry.sources.polling import SourceView


def source_list(context: Context, arguments: Arguments) -> tuple[SourceView, ...]:
    """Every source and how it stands."""
    del arguments
    return context.sources.views()


def source_add(context: Context, arguments: Arguments) -> SourceEntry:
    """Keep a source, its secret in the keyring."""
    entry = required(arguments, "entry", SourceEntry)
    secret = optional(arguments, "secret", str)
    if entry.through is not None:
        context.servers.get(entry.through)
    if secret is not None and entry.login is not Login.NONE:
        context.secrets.put(entry.secret_name, secret)
    kept = context.sources.add(entry, replace=bool(arguments.get("replace", False)))
    context.audit.record(AuditEntry("source.add", entry.name, detail={"url": entry.url, "kind": entry.kind}))
    return kept


def source_remove(context: Context, arguments: Arguments) -> str:
    """Forget a source, its secret and the servers that only it knows."""
    entry = context.sources.remove(required(arguments, "source", str))
    if entry.secret_name in context.secrets.kept():
        context.secrets.forget(entry.secret_name)
    context.audit.record(AuditEntry("source.remove", entry.name))
    return entry.name


def source_check(context: Context, arguments: Arguments) -> SourceView:
    """Ask a source once and tell what came."""
    return context.sources.check(required(arguments, "source", str))
