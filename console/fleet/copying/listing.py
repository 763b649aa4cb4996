"""A server's listing of a file or folder, taken as data: names that are unsafe here are refused and told."""

from __future__ import annotations

from dataclasses import dataclass

from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.copying.channel import CopyChannel
from console.fleet.copying.tree import MAX_ENTRIES, Entry, Listing, Skipped

_MAX_NAME_BYTES = 255
_MAX_PATH_CHARS = 4096
_MAX_SIZE = 2**62
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


@dataclass(frozen=True, slots=True)
class Remote:
    """What a server listed.

    Attributes:
        root: its absolute path there.
    """

    root: str
    listing: Listing


def unsafe(path: str) -> str | None:
    """Why a relative path of a server must not become one of this machine; None where it may."""
    if len(path) > _MAX_PATH_CHARS:
        return "the path is too long"
    for name in path.split("/"):
        if name in ("", ".", ".."):
            return "the name leads out of the folder"
        if any(0xD800 <= ord(char) < 0xDC80 or 0xDD00 <= ord(char) < 0xE000 for char in name):
            return "the name is no text that any system writes"
        if len(name.encode("utf-8", "surrogateescape")) > _MAX_NAME_BYTES:
            return "the name is too long"
        if "\\" in name or (len(name) > 1 and name[1] == ":" and name[0].isascii() and name[0].isalpha()):
            return "the name is a path on some systems"
        if any(ord(char) < 32 or 127 <= ord(char) < 160 or ord(char) in _BIDI for char in name):
            return "the name has control characters"
    return None


def list_remote(channel: CopyChannel, root: str) -> Remote:
    """Ask a server what is there.

    Raises:
        Problem: `remote.path_missing`, `agent.*`, `ssh.*`.
    """
    channel.send("walk", root=root)
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    while True:
        message = channel.message()
        rows = message.get("entries")
        for row in rows if isinstance(rows, list) else []:
            _take(channel, row, entries, skipped)
        if len(entries) > MAX_ENTRIES:
            raise Problem(
                "transfer.failed", server=channel.server, path=root, reason=f"over {MAX_ENTRIES} entries"
            )
        if message.get("end"):
            break
    told = message.get("skipped")
    for row in told if isinstance(told, list) else []:
        if isinstance(row, list) and len(row) == 2:
            skipped.append(Skipped(shown(str(row[0])), safe_line(str(row[1]), max_chars=100)))
    is_dir = message.get("kind") == "folder"
    if not entries or entries[0].path or entries[0].is_dir != is_dir:
        raise Problem("agent.protocol", server=channel.server, reason="a listing without its root")
    path = str(message.get("root"))
    name = path.rstrip("/").rpartition("/")[2]
    return Remote(path, Listing(is_dir, "copy" if unsafe(name) else name, tuple(entries), tuple(skipped)))


def _take(channel: CopyChannel, row: object, entries: list[Entry], skipped: list[Skipped]) -> None:
    match row:
        case [str(path), "f" | "d" as kind, int(size), int(mode), int(mtime_ns)]:
            pass
        case _:
            raise Problem("agent.protocol", server=channel.server, reason="an entry of a listing is none")
    if bool(path) != bool(entries):
        raise Problem("agent.protocol", server=channel.server, reason="a listing whose root is not its first")
    reason = unsafe(path) if path else None
    if reason is None and not (0 <= size < _MAX_SIZE and abs(mtime_ns) < _MAX_SIZE):
        reason = "its size or time is impossible"
    if reason is not None:
        skipped.append(Skipped(shown(path), reason))
        return
    entries.append(Entry(path, kind == "d", 0 if kind == "d" else size, mode & 0o777, mtime_ns))


def shown(path: str) -> str:
    """A path for a sentence: what is no text becomes a question mark."""
    return safe_line(path.encode("utf-8", "replace").decode("utf-8"), max_chars=200) or "?"
