"""A job's secrets on the server: files of mode 0600, there only while an attempt may still need them.

The supervisor loads it: only os-level imports here.
"""

import os

from . import attempts, paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

FOLDER = "secrets"


def write(folder: str, values: "Dict[str, str]") -> None:
    """Keep them in a job's folder that is being made."""
    os.mkdir(paths.raw(os.path.join(folder, FOLDER)), 0o700)
    for name, value in values.items():
        paths.write_new(os.path.join(folder, FOLDER, name), paths.raw(value), durable=True)


def read(folder: str) -> "Dict[str, str]":
    """Those that are there, by their names."""
    found = {}
    for name in paths.names_in(os.path.join(folder, FOLDER)):
        with open(paths.raw(os.path.join(folder, FOLDER, name)), "rb") as stream:
            found[name] = stream.read().decode("utf-8", "surrogateescape")
    return found


def names_of(spec: "Dict[str, Any]") -> "List[str]":
    """The secrets that a job was submitted with."""
    told = spec.get("secret_names")
    return sorted(str(name) for name in told) if isinstance(told, dict) else []


def gone(folder: str, spec: "Dict[str, Any]") -> "List[str]":
    """Those that a job needs and that are not there any more."""
    there = set(paths.names_in(os.path.join(folder, FOLDER)))
    return [name for name in names_of(spec) if name not in there]


def forget(folder: str) -> None:
    """Remove them; what cannot be removed now goes with the job's folder."""
    for name in paths.names_in(os.path.join(folder, FOLDER)):
        try:
            os.unlink(paths.raw(os.path.join(folder, FOLDER, name)))
        except OSError:
            continue


def may_be_needed_again(folder: str, retries: "Any", preemptible: bool) -> bool:
    """Whether another attempt can follow the one that runs now."""
    return preemptible or attempts.spent(attempts.ended(folder)) < int(retries or 0)
