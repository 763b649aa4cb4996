"""What the registry shows of the selected version: facts, metrics beside those of the version before."""

from __future__ import annotations

from PySide6.QtCore import Signal

from console.core.text import safe_line
from console.core.units import format_bytes
from console.models.model import ModelVersion
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.inspector import Facts, Inspector
from console.ui.kit.labels import heading, label, set_text
from console.ui.pages.acting import permit
from console.ui.pages.models.columns import VersionRow, metric_text, metrics_in_order, serves_text
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of


class ModelInspector(Inspector):
    """Follows the selection.

    Signals:
        deploy_wanted, alias_wanted: with the version.
    """

    deploy_wanted = Signal(object)
    alias_wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, self.tr("Selected version"))
        self._desk = desk
        self._version: ModelVersion | None = None
        self._hint = label("", role="dim", size=fonts.SMALL, wrap=True)
        self._facts = Facts(desk.theme)
        self._metrics_title = heading(self.tr("Metrics"), size=fonts.BASE)
        self._compared = label("", role="dim", size=fonts.LABEL)
        self._metrics = Facts(desk.theme)
        for widget in (self._hint, self._facts, self._metrics_title, self._compared, self._metrics):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.deploy = Button(desk.theme, self.tr("Deploy…"), "primary")
        self.deploy.clicked.connect(lambda: self.deploy_wanted.emit(self._version))
        self.alias = Button(desk.theme, self.tr("Set alias…"))
        self.alias.clicked.connect(lambda: self.alias_wanted.emit(self._version))
        self.job = Button(desk.theme, self.tr("Open job"))
        self.job.clicked.connect(self._on_job)
        for button in (self.deploy, self.alias, self.job):
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        self.show_row(None, [])

    def show_row(self, row: VersionRow | None, rows: list[VersionRow]) -> None:
        """The selected version; `rows` hold the one before it."""
        self._version = row.version if row else None
        for widget in (self._facts, self._metrics_title, self._metrics, self.deploy, self.alias):
            widget.setVisible(row is not None)
        self.job.setVisible(row is not None and row.version.job is not None)
        self._compared.hide()
        self._hint.setVisible(row is None)
        if row is None:
            self.set_title(self.tr("No version selected"))
            set_text(self._hint, self.tr("Select a version to see its metrics, or to deploy it."))
            return
        version = row.version
        self.set_title(version.ref, ", ".join(version.aliases))
        self._facts.set(self._facts_of(row))
        before = _before(version, rows)
        self._show_metrics(version, before)
        self.refresh()

    def _facts_of(self, row: VersionRow) -> list[tuple[str, str]]:
        version, options = row.version, self._desk.context.options
        now = self._desk.context.clock.now()
        facts = [
            (self.tr("Serves in"), serves_text(row)),
            (self.tr("Format"), version.format),
            (self.tr("Size"), format_bytes(version.size_bytes)),
            (self.tr("File"), safe_line(version.file_name)),
            (self.tr("SHA-256"), f"{version.sha256[:16]}…"),
            (self.tr("Created"), moment_text(version.created, zone_of(options), now=now)),
            (self.tr("By"), safe_line(version.created_by)),
            (self.tr("From job"), version.job or ""),
        ]
        return [(name, text) for name, text in facts if text]

    def _show_metrics(self, version: ModelVersion, before: ModelVersion | None) -> None:
        lines = []
        for name, value in metrics_in_order(version):
            text = metric_text(value)
            if before is not None and name in before.metrics:
                text = f"{metric_text(before.metrics[name])}  →  {text}"
            lines.append((safe_line(name), text))
        self._metrics.set(lines or [(self.tr("none"), "")])
        self._compared.setVisible(before is not None and bool(lines))
        if before is not None:
            set_text(self._compared, self.tr("version {number} beside it").format(number=before.version))

    def refresh(self) -> None:
        """The buttons follow the read-only switch."""
        permit(self.deploy, self._desk, "deploy.create")
        permit(self.alias, self._desk, "model.alias")

    def _on_job(self) -> None:
        if self._version is not None and self._version.job is not None:
            self._desk.shell.go("job", self._version.job)


def _before(version: ModelVersion, rows: list[VersionRow]) -> ModelVersion | None:
    older = [
        row.version
        for row in rows
        if row.version.name == version.name and row.version.version < version.version
    ]
    return max(older, key=lambda each: each.version, default=None)
