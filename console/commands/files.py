"""What the commands do that look at a server's files, change them, and move them to and from this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.text import visible_name
from console.fleet.copying.listing import unsafe
from console.fleet.files import Folder, RemotePath, RemoteText
from console.operations.plan import Work, joined


def file_list(context: Context, arguments: Arguments) -> Folder:
    """What is in a folder of a server; `on_count` hears how many came of how many."""
    name = context.servers.get(required(arguments, "name", str)).name
    on_count = arguments.get("on_count")
    heard = on_count if callable(on_count) else None
    return context.files.list(name, required(arguments, "path", RemotePath), on_count=heard)


def file_read(context: Context, arguments: Arguments) -> RemoteText:
    """A small text file of a server."""
    name = context.servers.get(required(arguments, "name", str)).name
    return context.files.read_text(name, required(arguments, "path", RemotePath))


def file_write(context: Context, arguments: Arguments) -> RemoteText:
    """Write a small text file: what was read and edited, or a new one."""
    name = context.servers.get(required(arguments, "name", str)).name
    path, text = required(arguments, "path", RemotePath), required(arguments, "text", str)
    return context.files.write_text(name, path, text, read=optional(arguments, "read", RemoteText))


def file_rename(context: Context, arguments: Arguments) -> RemotePath:
    """Give a file or folder another name; never over something."""
    name = context.servers.get(required(arguments, "name", str)).name
    to = required(arguments, "to", RemotePath)
    context.files.rename(name, required(arguments, "path", RemotePath), to)
    return to


def file_folder(context: Context, arguments: Arguments) -> RemotePath:
    """Make a folder."""
    name = context.servers.get(required(arguments, "name", str)).name
    path = required(arguments, "path", RemotePath)
    context.files.make_folder(name, path)
    return path


def file_delete(context: Context, arguments: Arguments) -> Work[int]:
    """Delete files and whole folders."""
    name = context.servers.get(required(arguments, "name", str)).name
    paths = required(arguments, "paths", tuple)
    return context.files.prepare_delete(name, paths)


# --- to and from this machine


def file_upload(context: Context, arguments: Arguments) -> Work[tuple[object, ...]]:
    """Push files and folders of this machine into a folder; the plan names what would be replaced."""
    name = context.servers.get(required(arguments, "name", str)).name
    folder, given = required(arguments, "folder", RemotePath), required(arguments, "locals", tuple)
    paths = [Path(each) for each in given]
    inside = folder.exact.rstrip("/") + "/"
    works = [context.copies.prepare_push([name], path, inside, listed=True) for path in paths]
    taken = {path for path, _ in there_already(context, name, folder, paths)}
    what = _plain(paths[0].name) if len(paths) == 1 else f"{len(paths)} things"
    return joined(
        works,
        action="file.upload",
        title=f"Upload {what} to {name}",
        target=name,
        details=[f"Replaces {_plain(path.name)} there" if path in taken else "" for path in paths],
    )


def there_already(
    context: Context, server: str, folder: RemotePath, paths: Sequence[Path]
) -> list[tuple[Path, RemotePath]]:
    """Which of these have a namesake in a folder of a server."""
    beside = [(path, folder.below(os.fsencode(path.name))) for path in paths]
    return [(path, there) for path, there in beside if context.files.is_there(server, there)]


def file_download(context: Context, arguments: Arguments) -> Work[tuple[object, ...]]:
    """Pull files and folders into a folder of this machine; the plan names what would be replaced."""
    name = context.servers.get(required(arguments, "name", str)).name
    paths, folder = required(arguments, "paths", tuple), required(arguments, "folder", Path)
    pairs = [(path, folder / local_name(path)) for path in paths]
    works = [context.copies.prepare_pull(name, path.exact, here, listed=True) for path, here in pairs]
    what = visible_name(paths[0].name) if len(paths) == 1 else f"{len(paths)} things"
    return joined(
        works,
        action="file.download",
        title=f"Download {what} from {name}",
        target=name,
        details=[f"Replaces {_plain(str(here))}" if os.path.lexists(here) else "" for _, here in pairs],
    )


def local_name(path: RemotePath) -> str:
    """The name that a server's file gets here: its own where that is safe on every system."""
    name = path.name
    if not name or unsafe(name) is None:
        return name or "root"
    safe = "".join(char if char not in "\\:" and unsafe(f"x{char}x") is None else "_" for char in name)
    return safe if unsafe(safe) is None else "download"


def _plain(text: str) -> str:
    return visible_name(text.encode("utf-8", "replace").decode("utf-8"))
