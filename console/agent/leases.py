"""Leases of accelerators: a lock of this account and one of the whole host for each, held by descriptors.

The host's place is local (never a home folder on the network) and shared by all accounts. A container shares
it where the folder is mounted into it (TANDEM_LOCK_DIR names one). Nothing is ever written into a lock file.
"""

import errno
import fcntl
import os
import pwd
import stat
from typing import Any, Dict, Iterable, List, Optional

from . import paths
from .paths import raw

_PLACES = ("/run/lock", "/dev/shm", "/tmp")
_NAME = "tandem-leases"
# What draws a screen holds a little memory for ever and is no work.
_DISPLAYS = ("Xorg", "Xwayland", "X", "gnome-shell", "kwin_wayland", "kwin_x11", "plasmashell", "sddm", "gdm")


class Refused(Exception):
    """This accelerator cannot be had now; the text says why."""


def host_folders() -> List[str]:
    """The host's folders of lock files, the first made where there is none.

    Accounts may differ in where they can make one, so every lock is taken in all that are there.

    Raises:
        Refused: there is none that is safe to use.
    """
    given = os.environ.get("TANDEM_LOCK_DIR")
    refusal = "there is no folder for locks of the whole host"
    found: List[str] = []
    for place in (given,) if given else _PLACES:
        folder = os.path.join(place, _NAME)
        try:
            if not os.path.isdir(place):
                continue
            why = _unusable(folder, make=not found)
        except FileNotFoundError:
            continue
        except OSError as error:
            why = error.strerror
        if why is None:
            found.append(folder)
        else:
            refusal = "%s: %s" % (folder, why)
    if not found:
        raise Refused(refusal)
    return found


def _unusable(folder: str, make: bool) -> Optional[str]:
    """Why locks cannot lie in a folder, None where they can."""
    if make and not os.path.lexists(raw(folder)):
        # Whole at once: an account that saw it half made would look elsewhere.
        draft = "%s.%d" % (folder, os.getpid())
        os.mkdir(raw(draft), 0o700)
        os.chmod(raw(draft), 0o1777)
        try:
            os.rename(raw(draft), raw(folder))
        except OSError:  # another account was faster
            os.rmdir(raw(draft))
    found = os.lstat(raw(folder))
    if stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX and os.access(raw(folder), os.W_OK):
        return None
    return "it is not a sticky folder that all accounts may use"


def _open(path: str) -> int:
    """A lock file for reading: never through a link, never a device or pipe, never truncated."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    for _ in range(3):
        try:
            descriptor = os.open(raw(path), flags)
            break
        except FileNotFoundError:
            try:
                # Exclusively: an open that might create is refused by kernels that guard sticky folders.
                descriptor = os.open(raw(path), flags | os.O_CREAT | os.O_EXCL, 0o644)
                os.fchmod(descriptor, 0o644)
                break
            except FileExistsError:
                continue
        except OSError as error:
            why = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
            raise Refused("its lock %s cannot be used: %s" % (path, why)) from error
    else:
        raise Refused("its lock %s comes and goes" % path)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refused("its lock %s is not a plain file" % path)
    return descriptor


def _take(path: str, shared: bool = False) -> int:
    """A descriptor that holds the lock, alone unless shared."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        held, named = os.fstat(descriptor), os.stat(raw(path))
    except OSError as error:
        holder = _holder(descriptor)
        os.close(descriptor)
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise Refused("it is leased" + holder) from error
        raise Refused("its lock %s cannot be used: %s" % (path, error.strerror)) from error
    if held.st_ino != named.st_ino:
        os.close(descriptor)
        raise Refused("its lock %s was replaced" % path)
    return descriptor


def _holder(descriptor: int) -> str:
    """Who holds the lock, as far as this account can see."""
    wanted = os.fstat(descriptor).st_ino
    try:
        with open("/proc/locks") as stream:
            for line in stream:
                words = line.split()
                if len(words) > 5 and words[1] == "FLOCK" and words[5].rsplit(":", 1)[-1] == str(wanted):
                    return " by process %s%s" % (words[4], account_of(int(words[4])))
    except (OSError, ValueError):
        return ""
    return ""


def account_of(pid: int) -> str:
    """The account of a process as words to append."""
    try:
        uid = os.stat("/proc/%d" % pid).st_uid
    except OSError:
        return ""
    try:
        return " of %s" % pwd.getpwuid(uid).pw_name
    except KeyError:
        return " of account %d" % uid


def strangers(acc: Dict[str, Any]) -> List[Dict[str, Any]]:
    """Processes on an accelerator that nobody has leased: they came without asking."""
    return [
        each
        for each in acc.get("processes") or []
        if str(each.get("command") or "").split(" ")[0].rsplit("/", 1)[-1] not in _DISPLAYS
    ]


def take(acc: Dict[str, Any], shared: bool = False) -> List[int]:
    """The descriptors whose locks make an accelerator ours.

    Args:
        shared: replicas of deployments may be on one accelerator together, as a new version is beside the old
            one; a job never is with anybody.

    Raises:
        Refused: it is leased, occupied, or its locks cannot be used.
    """
    held: List[int] = []
    try:
        _hold(acc, str(acc["uuid"]), shared, held)
        if acc.get("whole"):
            # An instance keeps its whole GPU from being leased or reset; its neighbours do not mind.
            _hold(acc, str(acc["whole"]), True, held)
        found = [each for each in strangers(acc) if not (shared and is_service(each.get("pid")))]
        if found:
            raise Refused("it is occupied by process %s%s" % (found[0].get("pid"), _whose(found[0])))
    except Refused:
        release(held)
        raise
    return held


def _hold(acc: Dict[str, Any], uuid: str, shared: bool, held: List[int]) -> None:
    name = uuid.replace("/", "_") + ".lock"
    own = paths.lock_file(os.path.join(paths.private_folder("leases"), name))
    held.append(_take(own.decode("utf-8", "surrogateescape"), shared))
    if not acc.get("simulated"):
        for folder in host_folders():
            held.append(_take(os.path.join(folder, name), shared))


def is_service(pid: Any) -> bool:
    """Whether a process belongs to a replica of this account."""
    try:
        with open("/proc/%d/environ" % int(pid), "rb") as stream:
            return b"\0TANDEM_SERVICE=" in b"\0" + stream.read()
    except (OSError, ValueError, TypeError):  # another account's, or gone
        return False


def visible_to(accs: Iterable[Dict[str, Any]]) -> Dict[str, str]:
    """The environment that shows a process these accelerators alone, as their probes declare it.

    Numbers go in their order, since some runtimes want them so; what is the same for all stands once.
    """
    found: Dict[str, List[str]] = {}
    for acc in accs:
        told = acc.get("visible")
        for name, value in (
            told if isinstance(told, dict) else {"CUDA_VISIBLE_DEVICES": acc["uuid"]}
        ).items():
            values = found.setdefault(str(name), [])
            if str(value) not in values:
                values.append(str(value))
    return {name: ",".join(sorted(values, key=_numbers_first)) for name, values in found.items()}


def _numbers_first(value: str) -> Any:
    return (0, int(value), "") if value.isdigit() else (1, 0, value)


def _whose(process: Dict[str, Any]) -> str:
    user = process.get("user")
    return " of %s" % user if isinstance(user, str) and user else ""


def release(held: Optional[List[int]]) -> None:
    """Let go of what `take` gave."""
    for descriptor in held or ():
        os.close(descriptor)
