"""What the server is made of: versions and serials, and marks of what differs from most of its group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.core.units import UNKNOWN
from console.telemetry.equipment import COMPARED, Change, Equipment, differences, group_of
from console.ui import clock
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import IconButton
from console.ui.kit.cards import Card
from console.ui.kit.inspector import Facts
from console.ui.kit.labels import label, set_text
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of

_LOOK_EVERY_S = 5.0
_CHANGES = 4


def item_word(item: str) -> str:
    """The name of a fact."""
    words = {
        "os": translate("Equipment", "System"),
        "kernel": translate("Equipment", "Kernel"),
        "driver": translate("Equipment", "Driver"),
        "cuda": translate("Equipment", "CUDA"),
        "vbios": translate("Equipment", "VBIOS"),
        "nccl": translate("Equipment", "NCCL"),
        "container_toolkit": translate("Equipment", "Container toolkit"),
        "accelerators": translate("Equipment", "Accelerators"),
        "serial": translate("Equipment", "Serial"),
    }
    return words.get(item, safe_line(item).replace("_", " "))


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the store found."""

    equipment: Equipment | None
    differs: dict[str, str]
    group: str
    changes: tuple[Change, ...]


class EquipmentCard(Card):
    """See the module; looked up off-thread now and then."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, translate("Equipment", "Equipment"), parent=parent)
        self._desk = desk
        self._name = ""
        self._looked_s = -_LOOK_EVERY_S
        self.note = label("", role="dim", size=fonts.SMALL, wrap=True)
        self.facts = Facts(desk.theme)
        self.marks = label("", size=fonts.SMALL, wrap=True)
        self.serials = Facts(desk.theme)
        self.changes = label("", role="dim", size=fonts.SMALL, wrap=True)
        self.read_button = IconButton(desk.theme, "retry", self.tr("Read it now"))
        self.read_button.clicked.connect(self._read)
        self.header.addStretch(1)
        self.header.addWidget(self.read_button)
        for widget in (self.note, self.facts, self.marks, self.serials, self.changes):
            self.body.addWidget(widget)
        desk.clock.every(clock.TABLES, self, self.refresh)

    def show_server(self, name: str) -> None:
        """Another server."""
        self._name = name
        self._looked_s = -_LOOK_EVERY_S
        self._show(Look(None, {}, "", ()))
        self.refresh()

    def refresh(self) -> None:
        """Look again where it is time."""
        now_s = self._desk.context.clock.monotonic_s()
        if self._name and now_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = now_s
            name = self._name
            self._desk.worker.run(lambda: self._look(name), self._show, owner=self, key="server.equipment")

    def _look(self, name: str) -> Look:
        """Off the Qt thread: what the store says."""
        context = self._desk.context
        servers = context.servers.list()
        server = next((each for each in servers if each.name == name), None)
        found = context.equipment.all()
        label_key = str(context.options.get("inventory.group_by"))
        marks = differences(servers, found, label_key)
        group = "" if server is None else group_of(server, label_key)
        changes = tuple(context.equipment.changes(name)[:_CHANGES])
        return Look(found.get(name), marks.get(name, {}), group, changes)

    def _show(self, found: object) -> None:
        if not isinstance(found, Look):
            return
        if found.equipment is not None and found.equipment.server != self._name:
            return  # of the server that was shown before
        equipment = found.equipment
        set_text(self.note, self.tr("It was not read yet."))
        self.note.setVisible(equipment is None)
        facts: Mapping[str, str] = {} if equipment is None else equipment.facts
        self.facts.set([(item_word(item), _cell(facts, item, found.differs)) for item in COMPARED if facts])
        lines = [
            self.tr("≠ {item}: most of {group} have {value}").format(
                item=item_word(item), group=safe_line(found.group), value=safe_line(value)
            )
            for item, value in found.differs.items()
        ]
        set_text(self.marks, "\n".join(lines))
        self.marks.setVisible(bool(lines))
        parts = [] if equipment is None else list(equipment.parts.values())
        parts.sort(key=lambda each: each.get("index", ""))
        serial = self.tr("Serial of GPU {index}")
        self.serials.set(
            [
                (serial.format(index=each.get("index", "?")), safe_line(each["serial"]))
                for each in parts
                if "serial" in each
            ]
        )
        zone = zone_of(self._desk.context.options)
        told = [
            self.tr("{when}: {item} {before} → {after}").format(
                when=moment_text(each.time, zone),
                item=item_word(each.item),
                before=safe_line(each.before or UNKNOWN),
                after=safe_line(each.after or UNKNOWN),
            )
            for each in found.changes
        ]
        set_text(self.changes, "\n".join(told))
        self.changes.setVisible(bool(told))

    def _read(self) -> None:
        def done(_equipment: object) -> None:
            self._looked_s = -_LOOK_EVERY_S

        self._desk.runner.command("server.inventory", {"name": self._name}, done=done)


def _cell(facts: Mapping[str, str], item: str, differs: dict[str, str]) -> str:
    text = safe_line(facts[item], max_chars=80) if item in facts else UNKNOWN
    return f"≠ {text}" if item in differs else text
