"""Sets how much power one GPU may draw."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.telemetry.snapshot import AcceleratorRow
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.fields import Field
from console.ui.sheets.form_sheet import Arguments, FormSheet


class PowerLimitSheet(FormSheet):
    """One number."""

    def __init__(self, desk: Desk, row: AcceleratorRow, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            translate("PowerLimitSheet", "Power limit of GPU {index} on {server}").format(
                index=row.sample.index, server=safe_line(row.server.name)
            ),
            translate("PowerLimitSheet", "The card itself refuses what is beyond its bounds."),
            "gpu.power_limit",
            translate("PowerLimitSheet", "Set power limit"),
            parent=parent,
        )
        self._row = row
        self.watts = Field(desk.theme)
        if row.sample.power_limit_w is not None:
            self.watts.setText(f"{row.sample.power_limit_w:.0f}")
        self.form.row(self.tr("Watts"), self.watts)
        self.watts.returnPressed.connect(self.submit)

    def arguments(self) -> Arguments | None:
        watts = self.whole_number(self.watts, 1, 5000)
        if watts is None:
            return None
        return {"name": self._row.server.name, "gpu": self._row.sample.uuid, "watts": watts}
