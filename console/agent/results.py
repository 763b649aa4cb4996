"""The last word on a job: written over bytes that were kept for it, and where the job has deleted its own
folder, in one made anew, so that how it ended is known all the same. Only os-level imports.
"""

import errno
import os

from . import paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Tuple

GONE = "its folder was deleted while it ran: its log and what it left are gone"
# Kept on the disk from the start, so that a full disk cannot lose the result.
_RESERVED = 4096
_MOST = 4 * 1024 * 1024


def reserve(folder: str) -> None:
    """Make room on the disk for the result; an older attempt's is given back first."""
    part = os.path.join(folder, "result.part")
    try:
        os.unlink(paths.raw(part))
    except FileNotFoundError:
        pass
    paths.write_new(part, b" " * _RESERVED, durable=False)


def write(folder: str, data: bytes, name: str) -> None:
    """Put the result where it belongs, by fsync and rename.

    Raises:
        OSError: the disk does not take it now, or the folder is gone.
    """
    part, target = os.path.join(folder, "result.part"), os.path.join(folder, name)
    if os.path.dirname(name):
        try:
            os.mkdir(paths.raw(os.path.dirname(target)), 0o700)
        except FileExistsError:
            pass
    # Over the reserved bytes, never truncated first: blocks given back may be gone on a full disk.
    descriptor = os.open(paths.raw(part), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        paths.write_all(descriptor, data)
        os.ftruncate(descriptor, len(data))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(paths.raw(part), paths.raw(target))
    paths.sync_folder(os.path.dirname(target))


def spec_of(folder: str) -> "Optional[bytes]":
    """What was asked for, to be put back at the end if need be; None where it cannot be read."""
    try:
        with open(paths.raw(os.path.join(folder, "spec.json")), "rb") as stream:
            data = stream.read(_MOST + 1)
    except OSError:
        return None
    return data if len(data) <= _MOST else None


def is_gone(folder: str) -> bool:
    """Whether the job's folder is no more what it was made as."""
    return not os.path.lexists(paths.raw(os.path.join(folder, "spec.json")))


def conclude(folder: str, data: bytes, spec: "Optional[bytes]") -> None:
    """The job's last word; with its spec where its folder has to be made anew.

    Raises:
        OSError: the disk does not take it now, or the folder, or the place of all jobs, is gone.
    """
    if spec is None:
        write(folder, data, "result.json")
    else:
        # The result first: it alone says that all is over, where something of the folder is left.
        _put_back(folder, [("result.json", data), ("spec.json", spec)])


def _put_back(folder: str, files: "List[Tuple[str, bytes]]") -> None:
    """A folder with these files alone, whole at once: half of them would tell of a job that waits."""
    draft = "%s/.back-%s-%d" % (os.path.dirname(folder), os.path.basename(folder), os.getpid())
    if not os.path.isdir(paths.raw(draft)):
        os.mkdir(paths.raw(draft), 0o700)
    for name, data in files:
        descriptor = os.open(
            paths.raw(os.path.join(draft, name)), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_TRUNC, 0o600
        )
        try:
            paths.write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    paths.sync_folder(draft)
    try:
        os.rename(paths.raw(draft), paths.raw(folder))
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        for name, _data in files:
            os.rename(paths.raw(os.path.join(draft, name)), paths.raw(os.path.join(folder, name)))
        os.rmdir(paths.raw(draft))
    paths.sync_folder(os.path.dirname(folder))
