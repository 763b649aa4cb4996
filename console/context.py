"""The frozen bundle of services that commands, faces and plugins receive. Built in app.py only."""

from __future__ import annotations

from dataclasses import dataclass

from console.alerts.channels import ChannelBook
from console.alerts.delivering import Deliverer
from console.alerts.sending import Sender
from console.alerts.service import AlertService
from console.core.clock import Clock
from console.core.home import Home
from console.core.notify import Notifier
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
from console.plugin.loader import PluginSet
from console.serving.service import DeploymentService
from console.store.audit_log import AuditLog
from console.store.store import Store
from console.telemetry.equipment_book import EquipmentBook
from console.telemetry.exposition.endpoint import MetricsEndpoint
from console.telemetry.history import History
from console.telemetry.idle import IdleHolders
from console.telemetry.live import LiveTelemetry
from console.telemetry.server_processes import ServerProcesses
from console.telemetry.sources.service import Sources
from console.telemetry.views import ViewBook


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a command needs. Constructors of features take what they use, never this.

    Attributes:
        read_only: the switch of this run (`--read-only`); the option `safety.read_only` counts too.
        account: who acts, "user@machine".
        prompt: where a face attaches itself to be asked for passphrases, passwords and codes.
    """

    home: Home
    clock: Clock
    options: Options
    notifier: Notifier
    prompt: Prompt
    secrets: Secrets
    account: str
    store: Store
    audit: AuditLog
    operations: Operations
    plugins: PluginSet
    servers: ServerBook
    fleet: Fleet
    copies: Copies
    server_copies: ServerCopies
    files: RemoteFiles
    telemetry: LiveTelemetry
    endpoint: MetricsEndpoint
    history: History
    sources: Sources
    equipment: EquipmentBook
    processes: ServerProcesses
    idle: IdleHolders
    views: ViewBook
    alerts: AlertService
    jobs: JobService
    models: ModelService
    deployments: DeploymentService
    channels: ChannelBook
    sender: Sender
    deliverer: Deliverer
    read_only: bool = False

    @property
    def changes_allowed(self) -> bool:
        """Whether commands that change something may run."""
        return not (self.read_only or self.options.flag("safety.read_only"))
