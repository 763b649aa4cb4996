"""The titles and step names that plans have, as templates: what a window translates. No plan is made here.

A plan's own words are filled in where it is made; a test holds every one of them against this list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

TITLES = (
    "Push {what} to {where}",
    "Pull {what} from {where}",
    "Upload {count} things to {where}",
    "Upload {what} to {where}",
    "Download {count} things from {where}",
    "Download {what} from {where}",
    "Copy {what} from {server} to {where}",
    "Fetch the outputs of {job}",
    "Fetch the code of {job}",
    "Fetch {what} on {where}",
    "Delete {count} things on {where}",
    "Delete {what} on {where}",
    "Cancel: {what}",
    "Cancel {job} on {where}",
    "Submit {job} to {where}",
    "Run {job} again on {where}",
    "Checkpoint and stop {job} on {where}",
    "Run a command on {count} servers",
    "Run a command on {where}",
    "Run the round",
    "Adopt process {pid} on {where}",
    "End process {pid} of {user} on {where}",
    "Kill process {pid} of {user} on {where}",
    "Add {what} as a version of {model}",
    "Deploy {version} to {where} as {name}",
    "Switch {name} to {version}",
    "Roll {name} back",
    "Remove deployment {name} from {where}",
    "Drain {where}",
    "Let {where} work again",
    "Limit the jobs on {where}",
    "Remove {what}",
    "Clean {where}",
    "Restart {where}",
    "Set persistence mode of {gpu} on {where} to {value}",
    "Set power limit of {gpu} on {where} to {value}",
    "Reset GPU of {gpu} on {where}",
)
"""The more special first: the first that fits is taken."""

STEPS = (
    "Push",
    "Pull",
    "Copy",
    "Copy directly",
    "Copy through this console",
    "Compare",
    "Fetch",
    "Send code",
    "Stop",
    "Delete {what}",
    "Check",
    "Submit",
    "Cancel",
    "Run",
    "Ask for a checkpoint",
    "Wait for its end",
    "Watch it as a job",
    "Register",
    "Push router",
    "Push model",
    "Environment",
    "Start replicas",
    "Readiness",
    "Warm up",
    "Start router",
    "Probe",
    "Router",
    "Switch traffic",
    "Drain",
    "Finish",
    "Forget",
    "Take no new work",
    "Look at the accelerators and resume",
    "Set the limit",
    "Remove from the inventory",
    "Remove what Tandem left",
    "Send {signal}: it may still save its work",
    "Send {signal}: at once, nothing is saved",
    "Set persistence mode",
    "Set power limit",
    "Reset GPU",
    "Restart server",
    "Look at both servers",
    "Train version {number}",
    "Validate version {number}",
    "Register version {number}",
    "Deploy version {number}",
    "Ask it",
    "Switch to version {number}",
    "Sum up",
)


def matched(templates: Iterable[str], text: str) -> tuple[str, dict[str, str]] | None:
    """The first template that a text was made from, and what stands in its place holders."""
    for template in templates:
        found = _pattern(template).fullmatch(text)
        if found is not None:
            return template, found.groupdict()
    return None


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    # Every second part is a name. A count is digits, so that a thing of several words is none.
    made = [
        re.escape(part) if index % 2 == 0 else f"(?P<{part}>{_COUNTED if part in _NUMBERS else '.+'})"
        for index, part in enumerate(parts)
    ]
    return re.compile("".join(made), re.DOTALL)


_NUMBERS = ("count", "pid", "number")
_COUNTED = "[0-9]+"
