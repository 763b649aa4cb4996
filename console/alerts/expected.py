"""Which accelerators a server is known to have, out of the stored equipment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from console.alerts.recent import KNOWN_FOR_S
from console.telemetry.equipment import Change, Equipment


def expected_of(
    equipment: Mapping[str, Equipment], changes: Iterable[Change], now: datetime
) -> dict[str, dict[str, str]]:
    """server -> UUID -> name: what stands there as it was read last, and what was taken out of it lately.

    Args:
        equipment, changes: as EquipmentBook tells them; of the changes those of the last seven days count.
    """
    found = {
        server: {uuid: _name(items.get("index"), items.get("name")) for uuid, items in each.parts.items()}
        for server, each in equipment.items()
    }
    gone: dict[tuple[str, str], dict[str, str]] = {}
    for change in changes:
        late = now - change.time > timedelta(seconds=KNOWN_FOR_S)
        if not late and change.part and change.after is None and change.before is not None:
            gone.setdefault((change.server, change.part), {}).setdefault(change.item, change.before)
    for (server, uuid), items in gone.items():
        found.setdefault(server, {}).setdefault(uuid, _name(items.get("index"), items.get("name")))
    return found


def _name(index: str | None, name: str | None) -> str:
    return f"gpu-{index or '?'} ({name or '?'})"
