"""Before an attempt starts: whether all that was submitted is still there, and bringing back what can be.

The supervisor loads it: only os-level imports here, the others where they are needed.
"""

import errno
import os

from .wire import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional


def what_is_gone(plan: "Dict[str, Any]") -> "Optional[str]":
    """Why this attempt cannot be what was submitted; None where all that it needs is there.

    A later attempt gets its code as it was: files that the job changed or removed are laid out anew, what
    it added (a checkpoint) stays.

    Raises:
        OSError: the disk is full: the attempt can wait for better times.
    """
    names = plan.get("secrets_gone")
    if names:
        text = "secret %s is no longer kept here: submit it once more with 'tandem job retry'"
        return text % ", ".join(names)
    code = plan.get("code")
    if not code:
        return None
    from . import snapshots

    folder = str(plan["dir"])
    try:
        snapshots.restore(
            code["tree"], os.path.join(folder, "code"), os.path.join(folder, snapshots.TREE_FILE)
        )
    except AgentError as error:
        if error.code == "remote.disk_full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        words = error.attrs.get("reason") or error.attrs.get("path") or error.code
        return "its code could not be laid out anew: %s" % words
    return None
