"""The form that points a name such as champion at a version."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.models.model import ModelVersion
from console.ui.desk import Desk
from console.ui.kit.fields import Field
from console.ui.sheets.form_sheet import Arguments, FormSheet


class SetAliasSheet(FormSheet):
    """One field."""

    def __init__(self, desk: Desk, version: ModelVersion, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Set alias"),
            self.tr("The alias points at {ref} and leaves the version that it pointed at before.").format(
                ref=version.ref
            ),
            "model.alias",
            self.tr("Set alias"),
            after=lambda _version: desk.shell.go("models", version.ref),
            parent=parent,
        )
        self._version = version
        self.alias = Field(desk.theme, placeholder="champion")
        self.alias.setText(version.aliases[0] if version.aliases else "champion")
        self.form.row(self.tr("Alias"), self.alias)
        self.alias.returnPressed.connect(self.submit)

    def arguments(self) -> Arguments | None:
        alias = self.alias.text().strip()
        self.form.fault(self.alias, "" if alias else self.tr("Enter an alias."))
        if not alias:
            return None
        return {"name": self._version.name, "version": self._version.version, "alias": alias}
