"""Homes that several servers share: which of them is which, and where their locks may lie.

The first server to use a home owns ~/.tandem itself; every other keeps its state in ~/.tandem/on/ID. Models
and environments are shared. A home on the network has its locks on a local disk. Only os-level imports here.
"""

import functools
import os
import stat
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Tuple

# What tells of processes, accelerators and ports of one machine.
OF_ONE_MACHINE = frozenset(
    "jobs spool leases services deployments copies code keeper.lock keeper.bundle keeper.bundle.json "
    "queue.json limits.json drain.json alerts.json".split()
)
OTHERS = "on"
_MARK = "machine"
# Not /tmp: what clears it by age would take a lock from under its holder.
_LOCAL_PLACES = ("/run/lock", "/dev/shm")
_NETWORK = frozenset(
    "nfs nfs4 cifs smb3 smbfs 9p lustre gpfs ceph beegfs glusterfs afs panfs wekafs orangefs pvfs2 virtiofs "
    "ocfs2 gfs2 fuse".split()
)


@functools.lru_cache(maxsize=None)
def machine_id() -> str:
    """A short name of this machine, from its own id (never the id itself); "" where it has none."""
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            with open(path, "rb") as stream:
                found = stream.read(128).strip()
        except OSError:
            continue
        if found and found != b"uninitialized":
            # Short, and it does not give the id away; a hash library would cost every supervisor its start.
            middle = len(found) // 2
            return "%08x%08x" % (zlib.crc32(found[:middle]), zlib.crc32(found[middle:]))
    return ""


def _owner(root: bytes) -> "Optional[str]":
    """The machine that owns a folder ~/.tandem; None where none has said so."""
    try:
        return os.readlink(os.path.join(root, _MARK.encode("ascii"))).decode("ascii", "replace")
    except OSError:
        return None


def claim(root: bytes) -> None:
    """Make this machine the owner of a folder ~/.tandem that has none; of two at once one succeeds.

    A symbolic link to nowhere: it is made whole or not at all, on every file system and over a network.
    """
    if machine_id() and _owner(root) is None:
        try:
            os.symlink(machine_id().encode("ascii"), os.path.join(root, _MARK.encode("ascii")))
        except OSError:  # another was faster, or this file system has no links: then it is not told apart
            return


def steps(root: bytes, parts: "Tuple[str, ...]") -> "Tuple[str, ...]":
    """The way below ~/.tandem to something of ours, for this machine."""
    if parts and parts[0] in OF_ONE_MACHINE:
        owner = _owner(root)
        if owner is not None and machine_id() not in ("", owner):
            return (OTHERS, machine_id()) + parts
    return parts


def others(root: bytes) -> "List[str]":
    """The machines beside this one that have used this home."""
    try:
        found = {name.decode("ascii", "replace") for name in os.listdir(os.path.join(root, OTHERS.encode()))}
    except OSError:
        found = set()
    owner = _owner(root)
    return sorted((found | ({owner} if owner else set())) - {machine_id()})


@functools.lru_cache(maxsize=None)
def file_system_of(path: bytes) -> str:
    """The type of the file system that a path is on, "" where it is not told."""
    path = os.path.realpath(path)
    best, kind = b"", ""
    try:
        with open("/proc/self/mountinfo", "rb") as stream:
            for line in stream:
                left, _, right = line.partition(b" - ")
                place = left.split(b" ")[4].replace(b"\\040", b" ")
                inside = place == b"/" or path == place or path.startswith(place + b"/")
                # A later one covers an earlier one at the same place.
                if inside and len(place) >= len(best):
                    best, kind = place, right.split(b" ")[0].decode("ascii", "replace")
    except (OSError, IndexError):
        return ""
    return kind


def is_network(path: bytes) -> bool:
    """Whether a path is on a file system that other machines may change; FUSE may be any, so it counts."""
    kind = file_system_of(path)
    return kind in _NETWORK or kind.startswith("fuse.")


def lock_place(root: bytes, path: bytes) -> bytes:
    """Where the lock of a path below ~/.tandem lies: there, or on a local disk where the home is on none."""
    if not path.startswith(root + b"/") or not is_network(os.path.dirname(root)):
        return path
    folder = _local_folder(root)
    if folder is None:
        return path
    return os.path.join(folder, path[len(root) + 1 :].replace(b"%", b"%25").replace(b"/", b"%2f"))


@functools.lru_cache(maxsize=None)
def _local_folder(root: bytes) -> "Optional[bytes]":
    """This account's folder for locks of this home, private; None where there is no safe one."""
    # The folder's own number would do, but a network may give it another one at the next mount.
    name = "tandem-%d-%08x" % (os.geteuid(), zlib.crc32(root))
    for place in _LOCAL_PLACES:
        folder = os.path.join(place, name).encode("ascii")
        try:
            try:
                os.mkdir(folder, 0o700)
            except FileExistsError:
                pass
            found = os.lstat(folder)
        except OSError:
            continue
        # A squatter's folder or link is left alone, and the next place is taken.
        safe = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
        if safe and not is_network(folder):
            return folder
    return None
