"""A job's attempts: each that ended without ending the job is a file attempts/N.json, which is its last word.

A start.json whose attempt has such a file is over: the job waits again. Only os-level imports here.
"""

import os

from . import paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    Row = Dict[str, Any]

FOLDER = "attempts"
# Ends that a retry makes good; a preempted attempt costs none.
_SPENT = ("failed", "lost")
_LONGEST_BACKOFF_S = 3600.0


def name_of(number: int) -> str:
    """The file of an attempt, below its job's folder."""
    return os.path.join(FOLDER, "%d.json" % number)


def path(folder: str, number: int) -> str:
    """The file of an attempt of the job in `folder`."""
    return os.path.join(folder, name_of(number))


def preempt_name(number: int) -> str:
    """The file that asks this attempt, and no later one, to make way."""
    return "preempt.%d" % number


def number_of(start: "Any") -> int:
    """The attempt that a start.json tells of; those of older agents had one only."""
    found = start.get("attempt") if isinstance(start, dict) else None
    return found if isinstance(found, int) and found > 0 else 1


def is_over(folder: str, start: "Any") -> bool:
    """Whether the attempt that a start.json tells of has ended and the job waits for the next."""
    return os.path.exists(paths.raw(path(folder, number_of(start))))


def ended(folder: str) -> "List[Row]":
    """The attempts that ended without ending the job, oldest first."""
    found = []
    for name in paths.names_in(os.path.join(folder, FOLDER)):
        stem = name[: -len(".json")]
        if name.endswith(".json") and stem.isdigit():
            row = paths.read_json(os.path.join(folder, FOLDER, name)) or {}
            row["attempt"] = int(stem)
            found.append(row)
    return sorted(found, key=lambda row: int(row["attempt"]))


def next_number(folder: str) -> int:
    """The number of the attempt that comes next."""
    rows = ended(folder)
    return int(rows[-1]["attempt"]) + 1 if rows else 1


def spent(rows: "List[Row]") -> int:
    """How many of the retries are used up."""
    return sum(row.get("state") in _SPENT for row in rows)


def backoff_s(first_s: float, spent_before: int) -> float:
    """How long the next attempt waits: the first pause, doubled each time, an hour at most."""
    return min(_LONGEST_BACKOFF_S, first_s * float(1 << min(spent_before, 30)))
