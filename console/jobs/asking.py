"""One line of words as a filter for jobs: `llama state:failed user:alice tag:k=v since:7d`. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from console.core.moments import parse_moment
from console.core.problems import Problem
from console.jobs.job import JobFilter, JobState


def read_filter(text: str, base: JobFilter, now: datetime) -> tuple[JobFilter, tuple[str, ...]]:
    """The filter, and the words that were not understood. A key whose value is still to be typed is left out.

    Args:
        base: what holds whatever is typed.
    """
    found, words, faults = base, list[str](), list[str]()
    states: set[JobState] = set()
    for word in text.split():
        key, colon, value = word.partition(":")
        if not colon or key not in ("state", "server", "user", "tag", "since"):
            words.append(word)
        elif not value:
            continue
        elif key == "server":
            found = replace(found, server=value)
        elif key == "user":
            found = replace(found, user=value)
        elif key == "tag":
            found = replace(found, tags=(*found.tags, value))
        elif key == "state":
            fitting = {state for state in JobState if state.value.startswith(value.casefold())}
            states |= fitting
            faults += [] if fitting else [word]
        else:
            try:
                found = replace(found, since=parse_moment(value, before=now))
            except Problem:
                faults.append(word)
    if states:
        found = replace(found, states=frozenset(states & base.states) if base.states else frozenset(states))
    return replace(found, search=" ".join(words)), tuple(faults)
