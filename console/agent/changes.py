"""What of each sample the console has not heard yet: most of a server is as it was a second ago.

Pure; the other end is console/telemetry/parsing_changes.py.
"""

from typing import Any, Dict, List, Optional

from .accelerators import NOW_AND_THEN

Sample = Dict[str, Any]

# A console that missed what the others build on waits no longer than this for a whole one.
WHOLE_EVERY = 30
# An accelerator's means travel as a list in this order.
MEANS = (
    "over_s",
    "utilization_percent",
    "utilization_max_percent",
    "memory_utilization_percent",
    "power_w",
    "throttle",
)
# Whoever differs in one of these is told of whole.
_WHO = ("index", "uuid", "name", "vendor", "simulated", "state", "detail")


class Changes:
    """Makes of the samples of one stream what is sent: a whole one, then what changed since the one before.

    A sample of changes has `since`, the number of the one that it builds on; a key that it lacks is as it was
    there. Its accelerators stand in that one's order: `columns` has a value for each of them, `rows` what
    is read now and then, as [place, key, value].
    """

    def __init__(self) -> None:
        self._before = None  # type: Optional[Sample]
        self._left = 0

    @property
    def whole_is_next(self) -> bool:
        """Whether the next sample is sent whole, so it should tell also what is told now and then."""
        return self._before is None or self._left <= 0

    def forget(self) -> None:
        """The last one did not get out: the next one is whole."""
        self._before = None

    def of(self, sample: Sample) -> Sample:
        """What is to be sent."""
        before, self._before = self._before, sample
        if before is None or self._left <= 0 or not _same(before["accelerators"], sample["accelerators"]):
            self._left = WHOLE_EVERY
            return sample
        self._left -= 1
        found = {
            key: value
            for key, value in sample.items()
            if key != "accelerators" and (key not in before or before[key] != value)
        }
        found["seq"], found["since"] = sample["seq"], before["seq"]
        accelerators = _changed(before["accelerators"], sample["accelerators"])
        if accelerators:
            found["accelerators"] = accelerators
        # What was told now and then is still so.
        self._before = dict(before, **sample)
        return found


def _same(before: List[Sample], after: List[Sample]) -> bool:
    """Whether they are the same accelerators in the same state, each once."""
    return (
        len(before) == len(after)
        and all(old[key] == new[key] for old, new in zip(before, after) for key in _WHO)
        and len({row["uuid"] for row in after}) == len(after)
    )


def _changed(before: List[Sample], after: List[Sample]) -> Sample:
    columns = {}
    for key in after[0] if after else ():
        if key not in NOW_AND_THEN and any(old[key] != new[key] for old, new in zip(before, after)):
            columns[key] = [_means(new[key]) if key == "means" else new[key] for new in after]
    if "power_w" in columns and None in [row["power_w"] for row in before + after]:
        # The console forgets the kind of a power that it does not know.
        columns["power_kind"] = [row["power_kind"] for row in after]
    rows = [[place, key, row[key]] for place, row in enumerate(after) for key in NOW_AND_THEN if key in row]
    found = {}  # type: Sample
    if columns:
        found["columns"] = columns
    if rows:
        found["rows"] = rows
    return found


def _means(value: Optional[Sample]) -> Optional[List[Any]]:
    return None if value is None else [value.get(key) for key in MEANS]
