"""alerts.*: the board of alerts that an alertd keeps on this machine, for consoles elsewhere.

Where the board lies says a file of ours, which alertd writes; what judges say is only read here.
"""

import fcntl
import os
import stat
import time
from typing import Any, Dict

from . import boardfiles, homes, paths
from .wire import AgentError

POINTER = "alerts.json"
_LOCK_PATIENCE_S = 5.0
# What people change; all else is the judge's.
_CREATED = ("silences/", "claims/")
_SWAPPED = ("silences/", "notes/")


def _folder() -> str:
    """The board's folder, looked at as everything of ours is.

    Raises:
        AgentError: `alerts.no_board`, `remote.unsafe_home`.
    """
    found = paths.read_json(paths.tandem(POINTER)) if paths.check_home() else None
    folder = found.get("folder") if isinstance(found, dict) else None
    if not isinstance(folder, str) or not os.path.isabs(folder):
        raise AgentError("alerts.no_board")
    try:
        state = os.lstat(paths.raw(folder))
    except OSError as error:
        raise AgentError("alerts.no_board") from error
    reason = None
    if not stat.S_ISDIR(state.st_mode):
        reason = "it is not a folder"
    elif state.st_uid != os.geteuid():
        reason = "it belongs to another account"
    elif state.st_mode & 0o022:
        reason = "others may write to it"
    if reason:
        raise AgentError("remote.unsafe_home", path=folder, reason=reason)
    return folder


def read(request: Any) -> Dict[str, Any]:
    """alerts.read: what lies on the board and is not known yet, whether somebody judges, and this clock."""
    folder = _folder()
    known = {str(key): str(value) for key, value in request.mapping("known", {}).items()}
    found = paths.guarded(folder, lambda: boardfiles.read(folder, known), reading=True)  # type: Dict[str, Any]
    run, seconds = boardfiles.boot()
    found.update(
        held=_is_held(folder), machine=homes.machine_id(), boot=run, boot_s=seconds, time=time.time()
    )
    return found


def _is_held(folder: str) -> bool:
    try:
        descriptor = os.open(_lock(folder, boardfiles.JUDGE_LOCK), os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock(folder: str, name: str) -> bytes:
    return homes.lock_place(paths.raw(folder), paths.raw(os.path.join(folder, name)))


def ended(request: Any) -> Dict[str, Any]:
    """alerts.ended: the last lines of what has ended."""
    folder = _folder()
    limit = min(1024 * 1024, max(0, request.integer("limit", 65536)))
    return {"text": paths.guarded(folder, lambda: boardfiles.ended(folder, limit), reading=True)}


def create(request: Any) -> Dict[str, Any]:
    """alerts.create: a silence, or a claim: once, whoever comes first."""
    name, folder = _allowed(request, _CREATED), _folder()
    text = request.text("text")
    found = paths.guarded(folder, lambda: boardfiles.create(folder, name, text))
    return {"made": found is None, "found": found}


def swap(request: Any) -> Dict[str, Any]:
    """alerts.swap: change a note, a silence or the person's rules, if they are what the console knows."""
    name, folder = _allowed(request, _SWAPPED, "alerts.toml"), _folder()
    text, expect = request.text("text"), request.text("expect", "")

    def act() -> Dict[str, Any]:
        lock = os.open(
            _lock(folder, boardfiles.BOARD_LOCK),
            os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC,
            0o600,
        )
        try:
            _take(lock, folder)
            found = boardfiles.swap(folder, name, expect, text)
        finally:
            os.close(lock)
        return {"made": found is None, "found": found}

    return paths.guarded(folder, act)


def _take(lock: int, folder: str) -> None:
    give_up = time.monotonic() + _LOCK_PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= give_up:
                raise AgentError("agent.failed", reason="%s is being changed for too long" % folder) from None
        time.sleep(0.003)


def _allowed(request: Any, folders: Any, *names: str) -> str:
    name = request.text("name")
    if not boardfiles.is_name(name) or not (name.startswith(folders) or name in names):
        raise request.refuse("'%s' is not for consoles to change" % name[:80])
    if len(request.text("text")) > boardfiles.MAX_FILE // 2:
        raise request.refuse("'text' is too long")
    return name  # type: ignore[no-any-return]
