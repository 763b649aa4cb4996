"""The form that keeps what the fleet page shows under a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from console.telemetry.views import View
from console.ui.desk import Desk
from console.ui.kit.fields import Field
from console.ui.pages.fleet.shown import shown_view
from console.ui.sheets.form_sheet import Arguments, FormSheet


class SaveViewSheet(FormSheet):
    """One field for the name, one for the filter."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Save view"),
            self.tr(
                "Keeps the filter, what the map is grouped and coloured by, and the order of the table. The "
                "view is found in the palette by its name."
            ),
            "view.save",
            self.tr("Save"),
            after=_open(desk),
            parent=parent,
        )
        self._view = view = shown_view(desk.remembered)
        self.name = Field(desk.theme, placeholder=self.tr("idle but full"))
        self.form.row(self.tr("Name"), self.name, self.tr("A view of the same name is replaced."))
        self.filter = Field(desk.theme, placeholder="util<10 & mem>80", fixed=True)
        self.filter.setText(view.filter)
        self.form.row(self.tr("Filter"), self.filter)
        self.name.returnPressed.connect(self.submit)
        self.filter.returnPressed.connect(self.submit)

    def arguments(self) -> Arguments | None:
        name = self.name.text().strip()
        self.form.fault(self.name, "" if name else self.tr("Enter a name."))
        if not name:
            return None
        return {"view": replace(self._view, name=name, filter=self.filter.text().strip())}


def _open(desk: Desk) -> Callable[[object], None]:
    def after(saved: object) -> None:
        if isinstance(saved, View):
            desk.shell.go("fleet", f"view:{saved.name}")

    return after
