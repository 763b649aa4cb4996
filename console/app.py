"""The composition root: builds the Context. No Qt, no globals; nothing connects before it is asked to."""

from __future__ import annotations

import getpass
import logging
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypedDict

from console.alerts.channels import ChannelBook
from console.alerts.delivering import Deliverer
from console.alerts.expected import expected_of
from console.alerts.rule_book import RuleBook
from console.alerts.sending import Sender
from console.alerts.service import AlertService
from console.context import Context
from console.core import allocator
from console.core.clock import SystemClock
from console.core.home import Home, shipped
from console.core.notify import Level, Notifier
from console.core.options import Options
from console.core.prompt import Prompt
from console.fleet.copying.between import ServerCopies
from console.fleet.copying.service import Copies
from console.fleet.files import RemoteFiles
from console.fleet.fleet import Fleet
from console.fleet.inventory import ServerBook
from console.fleet.secrets import Secrets
from console.jobs.service import JobService
from console.models.service import ModelService
from console.operations.service import Operations
from console.plugin.loader import PluginSet, load
from console.serving.service import DeploymentService
from console.store.advice import notices
from console.store.audit_log import AuditLog
from console.store.store import Store
from console.telemetry.equipment_book import EquipmentBook
from console.telemetry.exposition.endpoint import MetricsEndpoint
from console.telemetry.history import History
from console.telemetry.history_keeping import Limits
from console.telemetry.idle import IdleHolders
from console.telemetry.live import LiveTelemetry
from console.telemetry.server_processes import ServerProcesses
from console.telemetry.views import ViewBook

_CLOSE_SECONDS = 3.0


def account_name() -> str:
    """Who acts: "user@machine"."""
    return f"{getpass.getuser()}@{platform.node() or 'localhost'}"


def _gpus_of(telemetry: LiveTelemetry, equipment: EquipmentBook, server: str) -> int | None:
    """How many accelerators a server has: as it tells now, else as its equipment was last read."""
    row = telemetry.snapshot().server(server)
    if row is not None and row.sample is not None:
        return len(row.accelerators)
    known = equipment.all().get(server)
    # None listed says nothing: they may never have been read.
    return (len(known.parts) or None) if known is not None else None


@dataclass(frozen=True, slots=True)
class _Base:
    """What everything else stands on."""

    home: Home
    clock: SystemClock
    account: str
    options: Options
    notifier: Notifier
    store: Store
    audit: AuditLog


def _base(home: Home) -> _Base:
    allocator.use_one_arena()  # before there are threads
    home.make()
    logging.getLogger("paramiko").addHandler(logging.NullHandler())
    clock, account = SystemClock(), account_name()
    store = Store(home.database, clock)
    return _Base(
        home, clock, account, Options(home.options), Notifier(), store, AuditLog(store, clock, account)
    )


def _history(base: _Base) -> History:
    """Curves of days, as long and as large as the settings say."""
    for notice in notices(base.home.database, alone=base.store.was_alone):
        if notice.level is not Level.INFO:  # the rest is for Doctor
            base.notifier.tell(notice)

    def limits() -> Limits:
        return Limits(base.options.number("history.days"), base.options.number("history.max_mib") * 2**20)

    return History(
        base.store, base.clock, limits=limits, failed=partial(base.notifier.tell_problem, key="history")
    )


def _jobs(
    base: _Base,
    fleet: Fleet,
    servers: ServerBook,
    plugins: PluginSet,
    secrets: Secrets,
    gpus_of: Callable[[str], int | None],
) -> JobService:
    """Jobs, with what brings them their code and their secrets."""
    return JobService(
        base.store,
        fleet,
        servers,
        plugins,
        base.clock,
        base.account,
        open_link=fleet.copy_link,
        limits=base.options.number,
        secret_of=secrets.for_job,
        known_secret=secrets.known_for_job,
        gpus_of=gpus_of,
    )


class _Alerting(TypedDict):
    """What the alerts bring into the Context."""

    alerts: AlertService
    channels: ChannelBook
    sender: Sender
    deliverer: Deliverer


def _alerting(
    base: _Base,
    fleet: Fleet,
    servers: ServerBook,
    telemetry: LiveTelemetry,
    equipment: EquipmentBook,
    plugins: PluginSet,
    secrets: Secrets,
) -> _Alerting:
    """Who judges, and who delivers."""
    channels = ChannelBook(base.home.notifiers, plugins.notifiers, secrets)
    sender = Sender(channels, base.clock, base.account)
    deliverer = Deliverer(channels, servers.list, base.clock, base.notifier, sender)
    alerts = AlertService(
        base.home.alerts,
        base.clock,
        base.options,
        base.account,
        fleet,
        telemetry.snapshot,
        base.audit,
        deliverer,
        RuleBook(),
        lambda: expected_of(equipment.all(), equipment.changes(), base.clock.now()),
    )
    return {"alerts": alerts, "channels": channels, "sender": sender, "deliverer": deliverer}


def build(home: Home, *, read_only: bool = False) -> Context:
    """Open the home and wire every service.

    Raises:
        Problem: the database is newer, damaged or cannot be opened; the options cannot be read.
    """
    base = _base(home)
    clock, options, store, account = base.clock, base.options, base.store, base.account
    prompt, plugins, servers = Prompt(), load(home, shipped("plugins")), ServerBook(store)
    history = _history(base)
    equipment = EquipmentBook(store, clock)
    telemetry = LiveTelemetry(servers, clock, options, history, equipment)
    secrets = Secrets(prompt, base.notifier, home.secrets)
    fleet = Fleet(
        servers,
        home,
        options,
        clock,
        base.audit,
        base.notifier,
        plugins.probes,
        telemetry,
        auth=secrets.auth(),
    )
    jobs = _jobs(base, fleet, servers, plugins, secrets, partial(_gpus_of, telemetry, equipment))
    models = ModelService(store, home, fleet, jobs, clock, account)
    deployments = DeploymentService(store, fleet, servers, models, plugins, clock, account)
    copies = Copies(servers, fleet.copy_link)
    history.start()
    return Context(
        home=home,
        clock=clock,
        options=options,
        notifier=base.notifier,
        prompt=prompt,
        secrets=secrets,
        account=account,
        store=store,
        audit=base.audit,
        operations=Operations(base.audit, clock, account, store),
        plugins=plugins,
        servers=servers,
        fleet=fleet,
        copies=copies,
        server_copies=ServerCopies(servers, fleet, fleet.host_of, copies, account),
        files=RemoteFiles(fleet),
        telemetry=telemetry,
        endpoint=MetricsEndpoint(telemetry.snapshot, options),
        history=history,
        equipment=equipment,
        processes=ServerProcesses(fleet, clock),
        idle=IdleHolders(telemetry, history, clock),
        views=ViewBook(store),
        jobs=jobs,
        models=models,
        deployments=deployments,
        read_only=read_only,
        **_alerting(base, fleet, servers, telemetry, equipment, plugins, secrets),
    )


def close(context: Context) -> None:
    """End links, threads and the database, in that order; jobs and deployments go on on their servers."""
    context.prompt.close()
    context.endpoint.close()
    context.operations.close(_CLOSE_SECONDS)
    context.alerts.close()
    context.fleet.close()
    context.history.close()
    context.equipment.close()
    context.store.close()
