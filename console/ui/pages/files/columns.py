"""The columns of a folder's listing, and the words for its entries."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import tzinfo

from console.core.units import UNKNOWN, format_bytes
from console.fleet.files import Entry, EntryKind
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.tones import Tone
from console.ui.theme.icons import IconName
from console.ui.times import moment_text

_LETTERS = {EntryKind.FILE: "-", EntryKind.FOLDER: "d", EntryKind.LINK: "l", EntryKind.OTHER: "?"}


def file_columns(zone: Callable[[], tzinfo]) -> list[Column[Entry]]:
    """Name, size, when it was changed, permissions, owner."""
    return [
        Column(
            "name",
            translate("Files", "Name"),
            name_text,
            width=280,
            stretch=True,
            icon=icon_of,
            tone=lambda entry: Tone.WARNING if is_broken(entry) else None,
            tip=tip_of,
        ),
        Column(
            "size",
            translate("Files", "Size"),
            lambda entry: "" if entry.is_folder else format_bytes(entry.size),
            align="right",
            width=96,
        ),
        Column(
            "modified",
            translate("Files", "Modified"),
            lambda entry: moment_text(entry.modified, zone()),
            width=150,
            dim=True,
            drop=1,
        ),
        Column("mode", translate("Files", "Permissions"), mode_text, width=130, fixed=True, dim=True, drop=3),
        Column("owner", translate("Files", "Owner"), lambda entry: entry.owner, width=110, dim=True, drop=2),
    ]


def name_text(entry: Entry) -> str:
    """The name; a link says where it leads."""
    return entry.name if entry.target is None else f"{entry.name} → {entry.target}"


def icon_of(entry: Entry) -> IconName:
    """Its kind as a picture."""
    if entry.kind is EntryKind.LINK:
        return "file_link"
    if entry.kind is EntryKind.FOLDER:
        return "folder"
    return "file" if entry.kind is EntryKind.FILE else "unknown"


def is_broken(entry: Entry) -> bool:
    """Whether it is a link that leads nowhere."""
    return entry.kind is EntryKind.LINK and entry.leads_to is None


def mode_text(entry: Entry) -> str:
    """`-rw-r--r--`, as `ls` writes it."""
    if entry.mode is None:
        return UNKNOWN
    return _LETTERS[entry.kind] + stat.filemode(stat.S_IFREG | entry.mode)[1:]


def kind_word(entry: Entry) -> str:
    """What it is."""
    if entry.kind is EntryKind.LINK:
        if entry.leads_to is None:
            return translate("Files", "link that leads nowhere")
        if entry.leads_to is EntryKind.FOLDER:
            return translate("Files", "link to a folder")
        return translate("Files", "link")
    words = {
        EntryKind.FILE: translate("Files", "file"),
        EntryKind.FOLDER: translate("Files", "folder"),
        EntryKind.OTHER: translate("Files", "neither file nor folder"),
    }
    return words[entry.kind]


def tip_of(entry: Entry) -> str:
    """The whole name, what it is, and why it looks odd."""
    lines = [name_text(entry), kind_word(entry)]
    if entry.is_odd:
        lines.append(translate("Files", "The name holds characters that are written out here."))
    return "\n".join(lines)
