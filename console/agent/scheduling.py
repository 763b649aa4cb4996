"""Whose turn it is: priority, then age; small jobs go round a waiting large one where they cannot delay it.

Pure: numbers in, decisions out. The backfilling is EASY's (Lifka 1995) with a pessimistic view of jobs that
have no time limit: those may end in any order.
"""

from typing import Any, Dict, List, Optional, Tuple

Ticket = Dict[str, Any]


class Decision:
    """What to do now: start these in this order, ask those to make way; why the others wait."""

    def __init__(self) -> None:
        self.starts: List[str] = []
        self.preempts: List[str] = []
        self.reasons: Dict[str, str] = {}
        self.head: Optional[str] = None


def turn(ticket: Ticket) -> Tuple[float, float, str]:
    """Where a ticket stands in the queue."""
    return (-number(ticket.get("priority")), number(ticket.get("queued")), str(ticket["id"]))


def number(value: Any) -> float:
    """A number as it is, anything else as 0."""
    sound = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if sound else 0.0


def decide(
    waiting: List[Ticket],
    running: List[Ticket],
    free: int,
    total: int,
    now: float,
    slots: Optional[int] = None,
) -> Decision:
    """One look at the queue.

    Args:
        waiting: tickets with id, gpus, priority, queued, time_limit_s and not_before (seconds since 1970).
        running: the same of what runs, with `started`, `preemptible` and `leaving` (asked to make way).
        free: accelerators that could be leased now.
        total: accelerators that work at all.
        slots: how many jobs may run at once, None for no limit.
    """
    found = Decision()
    live = list(running)
    head: Optional[Ticket] = None
    for ticket in sorted(waiting, key=turn):
        ident, gpus = str(ticket["id"]), int(ticket["gpus"])
        if number(ticket.get("not_before")) > now:
            found.reasons[ident] = "it waits %d s before its next attempt" % (ticket["not_before"] - now + 1)
            continue
        if gpus > total:
            found.reasons[ident] = "it needs %d accelerators, and %d work here" % (gpus, total)
            continue
        if slots is not None and len(live) >= slots:
            found.reasons[ident] = "all %d slots are in use" % slots
            continue
        if gpus == 0:
            fits = True
        elif head is None:
            fits = gpus <= free
        else:
            fits = gpus <= free and not _delays(head, ticket, live, free, now)
        if fits:
            found.starts.append(ident)
            free -= gpus
            live.append(dict(ticket, started=now))
        elif head is None:
            head, found.head = ticket, ident
            found.reasons[ident] = "it needs %d accelerators, and %d are free" % (gpus, max(0, free))
            found.preempts = _victims(ticket, live, free)
        else:
            found.reasons[ident] = "it waits behind job %s" % head["id"]
    return found


def _delays(head: Ticket, small: Ticket, live: List[Ticket], free: int, now: float) -> bool:
    """Whether starting `small` now could make `head` start later than without it."""
    spare = _spare(int(head["gpus"]), [int(each["gpus"]) for each in live], free)
    if int(small["gpus"]) <= spare:
        return False
    at = _surely_free_at(int(head["gpus"]), live, free)
    limit = number(small.get("time_limit_s"))
    return at is None or limit <= 0 or now + limit > at


def _spare(wanted: int, sizes: List[int], free: int) -> int:
    """How many accelerators are left over when `wanted` are free at last, in the worst order of ends."""
    reachable = {free}
    for size in sizes:
        reachable |= {count + size for count in reachable}
    enough = [count for count in reachable if count >= wanted]
    return min(enough) - wanted if enough else 0


def _surely_free_at(wanted: int, live: List[Ticket], free: int) -> Optional[float]:
    """When time limits alone will have freed enough; None where they do not."""
    ends = []
    for each in live:
        limit = number(each.get("time_limit_s"))
        if limit > 0 and each.get("started") is not None:
            ends.append((number(each["started"]) + limit, int(each["gpus"])))
    for at, gpus in sorted(ends):
        free += gpus
        if free >= wanted:
            return at
    return None


def _victims(head: Ticket, live: List[Ticket], free: int) -> List[str]:
    """Preemptible jobs of lower priority that must make way: the lowest first, of those the youngest."""
    missing = int(head["gpus"]) - free - sum(int(each["gpus"]) for each in live if each.get("leaving"))
    if missing <= 0:
        return []
    candidates = [
        each
        for each in live
        if each.get("preemptible")
        and not each.get("leaving")
        and int(each["gpus"]) > 0
        and number(each.get("priority")) < number(head.get("priority"))
    ]
    candidates.sort(key=lambda each: (number(each.get("priority")), -number(each.get("started"))))
    chosen: List[str] = []
    for each in candidates:
        if missing <= 0:
            break
        chosen.append(str(each["id"]))
        missing -= int(each["gpus"])
    return chosen if missing <= 0 else []
