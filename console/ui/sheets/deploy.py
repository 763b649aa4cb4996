"""The form that serves a version behind the router: a version, a server, one button."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.core.units import format_bytes
from console.fleet.server import Role
from console.models.model import Model, ModelVersion
from console.serving.deployment import CreateDeployment, Deployment
from console.ui.desk import Desk
from console.ui.kit.fields import Choice, Field
from console.ui.sheets.form_sheet import Arguments, FormSheet
from console.ui.state_words import role_word

AUTOMATIC = ""
MOST_REPLICAS = 64
_ORDER = {Role.INFER: 0, Role.BOTH: 1, Role.TRAIN: 2}


class DeploySheet(FormSheet):
    """Servers for inference come first; everything but version and server has a good default."""

    def __init__(self, desk: Desk, ref: str = "", parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Deploy"),
            self.tr("The model is pushed, started, warmed up and probed before it gets any traffic."),
            "deploy.create",
            self.tr("Deploy"),
            after=lambda made: (
                desk.shell.go("deployment", made.name) if isinstance(made, Deployment) else None
            ),
            parent=parent,
        )
        self._wanted = ref
        self._versions: dict[str, ModelVersion] = {}
        self._taken: set[str] = set()
        self._named = False
        theme = desk.theme
        self.version = Choice(theme, [], self.tr("Version"))
        self.server = Choice(theme, self._servers(), self.tr("Server"))
        self.name = Field(theme, placeholder="defects")
        self.runtime = Choice(theme, [(AUTOMATIC, self.tr("By the format"))], self.tr("Runtime"))
        self.replicas, self.gpus, self.port = Field(theme), Field(theme), Field(theme)
        self.replicas.setText("1")
        self.gpus.setText("0")
        self.port.setPlaceholderText(self.tr("a free one"))
        self.environment = Choice(
            theme,
            [
                ("made", self.tr("Made from the pinned lock")),
                ("python", self.tr("An interpreter on the server")),
                ("venv", self.tr("A virtual environment on the server")),
            ],
            self.tr("Environment"),
        )
        self.path = Field(theme, placeholder="/opt/serving/bin/python", fixed=True)
        self._lay_out()
        self.version.currentIndexChanged.connect(lambda _index: self._on_version())
        self.server.currentIndexChanged.connect(lambda _index: self._on_server())
        self.environment.currentIndexChanged.connect(lambda _index: self._on_environment())
        self.name.textEdited.connect(lambda _text: setattr(self, "_named", True))
        self._on_server()
        self._read()

    def _lay_out(self) -> None:
        form = self.form
        form.row(self.tr("Version"), self.version)
        form.row(self.tr("Server"), self.server)
        form.row(self.tr("Name"), self.name, self.tr("The endpoint's name; it stays when versions change."))
        form.row(self.tr("Replicas"), self.replicas)
        form.row(self.tr("GPUs of each replica"), self.gpus)
        form.row(self.tr("Runtime"), self.runtime)
        form.row(self.tr("Environment"), self.environment)
        form.row(self.tr("Path on the server"), self.path)
        form.row(self.tr("Port on the server"), self.port, self.tr("On its loopback only."))

    def _servers(self) -> list[tuple[str, str]]:
        rows = sorted(
            (row for row in self._desk.snapshot().servers if row.drained is None),
            key=lambda row: (_ORDER[row.server.role], row.server.name),
        )
        return [
            (row.server.name, f"{safe_line(row.server.name)}  ·  {role_word(row.server.role)}")
            for row in rows
        ]

    def _read(self) -> None:
        context = self._desk.context

        def read() -> tuple[list[Model], list[Deployment]]:
            return context.models.list(), context.deployments.list()

        def offer(found: tuple[list[Model], list[Deployment]]) -> None:
            models, deployments = found
            self._taken = {each.name for each in deployments}
            self._versions = {each.ref: each for model in models for each in model.versions}
            self.version.set_choices([(ref, version_text(each)) for ref, each in self._versions.items()])
            self.version.choose(self._wanted)
            self._on_version()

        self._desk.worker.run(read, offer, failed=self.problem.set_problem, owner=self)

    def _on_version(self) -> None:
        version = self._versions.get(self.version.key)
        if version is None:
            return
        if not self._named:
            self.name.setText(self._free_name(version.name))
        fitting = [
            (each.name, safe_line(each.title))
            for each in self._desk.context.plugins.runtimes
            if version.format in each.formats
        ]
        self.runtime.set_choices([(AUTOMATIC, self.tr("By the format")), *fitting])
        fault = "" if fitting else self.tr("No runtime here serves {format}.").format(format=version.format)
        self.form.fault(self.version, fault)

    def _free_name(self, name: str) -> str:
        number = 2
        free = name
        while free in self._taken:
            free, number = f"{name}-{number}", number + 1
        return free

    def _on_server(self) -> None:
        row = next(
            (each for each in self._desk.snapshot().servers if each.server.name == self.server.key), None
        )
        python = row.server.python if row else None
        self.path.setText(python or "")
        self.environment.choose("python" if python else "made")
        self._on_environment()

    def _on_environment(self) -> None:
        self.path.setEnabled(self.environment.key != "made")

    @property
    def ready(self) -> bool:
        return bool(self.version.key and self.server.key)

    def arguments(self) -> Arguments | None:
        name, path = self.name.text().strip(), self.path.text().strip()
        environment = self.environment.key
        fault = "" if name else self.tr("Enter a name.")
        if name in self._taken:
            fault = self.tr("That name is taken; switch its version on its own page.")
        self.form.fault(self.name, fault)
        needs_path = environment != "made" and not path
        self.form.fault(self.path, self.tr("Enter a path on the server.") if needs_path else "")
        replicas = self.whole_number(self.replicas, 1, MOST_REPLICAS)
        gpus = self.whole_number(self.gpus, 0, 64)
        port: int | None = None
        if self.port.text().strip():
            port = self.whole_number(self.port, 1024, 65535)
            if port is None:
                return None
        if fault or needs_path or replicas is None or gpus is None:
            return None
        wanted = CreateDeployment(
            name=name,
            model_ref=self.version.key,
            server=self.server.key,
            runtime=self.runtime.key or None,
            replicas=replicas,
            gpus=gpus,
            port=port,
            python=path if environment == "python" else None,
            venv=path if environment == "venv" else None,
        )
        return {"deployment": wanted}


def version_text(version: ModelVersion) -> str:
    """A version in a list of choices: "digits@2  ·  champion  ·  accuracy 0.979  ·  181 kB"."""
    parts = [version.ref, *version.aliases]
    if "accuracy" in version.metrics:
        parts.append(f"accuracy {version.metrics['accuracy']:.4f}")
    return "  ·  ".join([*parts, format_bytes(version.size_bytes)])
