"""The file that jobs may import, tandem_metrics.py, laid into ~/.tandem once for each of its versions."""

import os
import zlib
from typing import Any, Dict, Optional

from . import paths
from .wire import AgentError

MODULE = "tandem_metrics"


def place(bundle: "Dict[str, Any]") -> "Optional[str]":
    """Where the file lies; None where it cannot be written, which must keep no job from running."""
    text = (bundle.get("modules") or {}).get(MODULE)
    if not isinstance(text, str):
        return None
    data = text.encode("utf-8")
    version = "%08x" % (zlib.crc32(data) & 0xFFFFFFFF)
    path = paths.tandem("helper", version, MODULE + ".py")
    return path if _size(path) == len(data) else _written(path, version, data)


def _size(path: str) -> int:
    try:
        return os.stat(paths.raw(path)).st_size
    except OSError:  # not there yet
        return -1


def _written(path: str, version: str, data: bytes) -> "Optional[str]":
    try:
        paths.private_folder("helper", version)
        paths.write_atomically(path, data, durable=False)
    except (OSError, AgentError):  # a full disk: the job says so itself
        return None
    return path


def into(env: "Dict[str, str]", path: "Optional[str]") -> None:
    """Let a job's Python find the file, behind all that it would find anyway."""
    if path is None:
        return
    folder = os.path.dirname(path)
    env["TANDEM_HELPER"] = path
    env["PYTHONPATH"] = env["PYTHONPATH"] + os.pathsep + folder if env.get("PYTHONPATH") else folder
