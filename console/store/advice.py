"""What `tandem doctor` says of the database's surroundings: the SQLite in use and the disk below it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from console.core.notify import Level, Notice

_SOUND_SQLITE = (3, 51, 3)
# WAL needs memory that all processes share: no file system of another machine has that.
_REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "9p", "lustre", "gpfs", "beegfs", "glusterfs"}
)
# Whatever is behind a program is not known to lock and to share memory, but for these.
_LOCAL_FUSE = frozenset({"fuse.bindfs", "fuse.gocryptfs", "fuse.encfs", "fuse.securefs", "fuse.ntfs-3g"})


def notices(
    database: Path,
    *,
    alone: bool = True,
    sqlite_version: tuple[int, int, int] = sqlite3.sqlite_version_info,
    mounts: Path = Path("/proc/self/mounts"),
) -> tuple[Notice, ...]:
    """Warnings, empty when all is well.

    Args:
        alone: whether no other process has it open.
    """
    found = []
    if sqlite_version < _SOUND_SQLITE:
        version = ".".join(map(str, sqlite_version))
        others = "" if alone else "Another Tandem has it open now. "
        found.append(
            Notice(
                f"SQLite {version} can damage a database that several programs write at once. {others}"
                "Tandem lets one write at a time; other programs must not write to it.",
                Level.INFO,
                "store.sqlite_version",
                "Use a Python with SQLite 3.51.3 or newer.",
            )
        )
    kind = file_system_of(database, mounts)
    if is_remote(kind):
        found.append(
            Notice(
                f"The database lies on a network file system ({kind}), where it can be damaged.",
                Level.WARNING,
                "store.network_file_system",
                "Choose a local folder with --home or TANDEM_HOME.",
            )
        )
    return tuple(found)


def is_remote(kind: str | None) -> bool:
    """Whether a file system lies, or may lie, on another machine; what is not known is not suspected."""
    if kind is None:
        return False
    return kind in _REMOTE or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE)


def file_system_of(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """The kind of file system that holds a path; None where the system does not say."""
    try:
        lines = mounts.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return None
    place = path.absolute()
    best: tuple[int, str] | None = None
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        depth = len(point.parts)
        # Later lines lie over earlier ones at the same place.
        if (place == point or point in place.parents) and (best is None or depth >= best[0]):
            best = (depth, fields[2])
    return best[1] if best else None
