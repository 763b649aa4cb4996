"""Stopping with a checkpoint: what the job told of its last one, and how its end is put into words.

It is asked as a preempted job is: SIGTERM, a time, SIGKILL. Only os-level imports: the supervisor loads it.
"""

import os

from . import paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

FILE = "checkpoint.json"
WISH = "cancel"
DEFAULT_GRACE_S = 120.0
_MAX_PATH = 1000


def told(folder: str) -> "Optional[Dict[str, Any]]":
    """The last checkpoint that the job told of: path, step and time, the latter two None where unknown."""
    found = paths.read_json(os.path.join(folder, FILE))
    path = found.get("path") if isinstance(found, dict) else None
    if not isinstance(path, str) or not path:
        return None
    numbers = {}
    for name in ("step", "time"):
        value = found.get(name)
        numbers[name] = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return {"path": path[:_MAX_PATH], "step": numbers["step"], "time": numbers["time"]}


def wish(folder: str) -> "Dict[str, Any]":
    """What was asked of the job that is being ended; {} where nothing was."""
    found = paths.read_json(os.path.join(folder, WISH))
    return found if isinstance(found, dict) else {}


def reason(folder: str, was_killed: bool) -> str:
    """How a job that was asked to end has ended: cancelled, or stopped with or without its checkpoint."""
    asked = wish(folder)
    first = asked.get("first")
    if asked.get("checkpoint") is not True and first is None:
        return "it was cancelled"
    last = told(folder)
    if last is not None and _is_newer(folder, first):
        at = "" if last["step"] is None else " (step %g)" % last["step"]
        return "it was stopped after its checkpoint %s%s" % (last["path"], at)
    if asked.get("checkpoint") is not True:
        text = "it was asked for a checkpoint, then cancelled before it told of one"
    elif was_killed:
        text = "it was asked for a checkpoint, did not end within %g s and was killed" % _grace(asked)
    else:
        text = "it was asked for a checkpoint and ended without telling of one"
    return text if last is None else "%s; its last one is %s" % (text, last["path"])


def _grace(asked: "Dict[str, Any]") -> float:
    found = asked.get("grace_s")
    return found if isinstance(found, (int, float)) else DEFAULT_GRACE_S


def _is_newer(folder: str, first: "Any") -> bool:
    """Whether the job told of its checkpoint after it was asked; both times are of one clock."""
    try:
        changed = os.stat(paths.raw(os.path.join(folder, FILE))).st_mtime
    except OSError:
        return False
    # Coarse clocks of file systems: what was told in the very moment counts.
    return isinstance(first, (int, float)) and changed >= first - 0.05
