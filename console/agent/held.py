"""Who has a device file open, by /proc: a witness beside the driver's list, the only one for a lost GPU."""

import os
from typing import List, Optional, Sequence, Tuple

from . import container

# One walk over every process's open files, with the eyes of whoever runs it; what it prints are their paths.
WALK = ["find", "/proc", "-mindepth", "3", "-maxdepth", "3", "-path", "/proc/*/fd/*", "-lname"]


def openers(path: str) -> Tuple[List[int], bool]:
    """(processes that have it open, whether every process could be looked into)."""
    found, whole = set(), os.geteuid() == 0 and container.runtime() is None
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        folder = "/proc/%s/fd" % name
        try:
            files = os.listdir(folder)
        except PermissionError:
            whole = False
            continue
        except OSError:  # it has ended
            continue
        for each in files:
            try:
                if os.readlink("%s/%s" % (folder, each)) == path:
                    found.add(int(name))
                    break
            except PermissionError:
                whole = False
                break
            except OSError:  # closed meanwhile
                continue
    return sorted(found), whole


def walked(status: int, output: str) -> Optional[List[int]]:
    """The processes that `WALK` found by sudo; None where it could not see them all."""
    found = set()
    for line in output.splitlines():
        words = line.split("/")
        if line.startswith("/proc/") and len(words) == 5 and words[2].isdigit():
            found.add(int(words[2]))
        # Processes come and go while it walks; anything else that it says is a gap in what it saw.
        elif line.strip() and "No such file or directory" not in line:
            return None
    return sorted(found) if status in (0, 1) else None


def verdict(told: Optional[List[int]], seen: Sequence[int], whole: bool) -> Optional[List[int]]:
    """Who holds a device: what the driver told and what was seen. None where that cannot be known.

    The driver's own "nobody" counts; where it tells nothing, only a look into every process does.
    """
    together = sorted(set(told or ()) | set(seen))
    if together:
        return together
    return [] if told is not None or whole else None
