"""Whether this server is drained, as its file says. Light: every sample of the telemetry carries it."""

from typing import Any, Dict, Optional

from . import paths, procs

NAME = "drain.json"


def state() -> Optional[Dict[str, Any]]:
    """Why, since when, until when and by whom this server is drained; None where it is not."""
    if not paths.check_home():
        return None
    found = paths.read_json(paths.tandem(NAME))
    if found is None or not isinstance(found.get("reason"), str):
        return None
    until = found.get("until")
    return None if isinstance(until, (int, float)) and until and procs.now() >= until else found


def reason() -> Optional[str]:
    """Why it is drained, None where it is not."""
    found = state()
    return None if found is None else str(found["reason"])
