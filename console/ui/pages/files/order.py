"""Ordering and filtering what a folder holds, however much: numbers in arrays, no widget, no server."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from console.fleet.files import Entry

_NUMBERS: dict[str, Callable[[Entry], float | None]] = {
    "size": lambda entry: None if entry.is_folder else entry.size,
    "modified": lambda entry: entry.modified.timestamp() if entry.modified else None,
    "mode": lambda entry: entry.mode,
}


class Ordered:
    """Entries as a folder lists them (folders first, by name), and every other order of them.

    Made off the Qt thread; `shown` is then quick enough for it: about 30 ms for 100,000 entries.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self._folded = [entry.name.casefold() for entry in self.entries]
        self._after = np.array([not entry.is_folder for entry in self.entries], dtype=bool)
        self._hidden = np.array([entry.is_hidden for entry in self.entries], dtype=bool)
        self._keys = {name: _numbers(self.entries, of) for name, of in _NUMBERS.items()}
        owners = {owner: rank for rank, owner in enumerate(sorted({entry.owner for entry in self.entries}))}
        self._keys["owner"] = np.array([owners[entry.owner] for entry in self.entries], dtype=float)

    def shown(
        self, *, key: str = "", descending: bool = False, hidden: bool = False, text: str = ""
    ) -> list[Entry]:
        """The entries to show: folders first, what is not known last, either way.

        Args:
            key: "name", "size", "modified", "mode", "owner"; empty as listed.
            hidden: with those whose name begins with a dot.
            text: only those whose name holds it.
        """
        picked = np.arange(len(self.entries))
        if not hidden:
            picked = picked[~self._hidden]
        if wanted := text.strip().casefold():
            holds = np.array([wanted in self._folded[at] for at in picked.tolist()], dtype=bool)
            picked = picked[holds]
        if key or descending:
            values = self._keys.get(key)
            by = np.arange(len(self.entries), dtype=float) if values is None else values
            chosen = by[picked]
            picked = picked[
                np.lexsort((picked, -chosen if descending else chosen, np.isnan(chosen), self._after[picked]))
            ]
        return [self.entries[at] for at in picked.tolist()]


def _numbers(entries: Sequence[Entry], of: Callable[[Entry], float | None]) -> npt.NDArray[np.float64]:
    values = (of(entry) for entry in entries)
    return np.array([np.nan if value is None else float(value) for value in values], dtype=float)
