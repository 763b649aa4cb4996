"""What Prometheus answers, decoded row by row: neither memory nor the interpreter is held for long. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .names import FLOAT_BLANK, INT32_BLANK

_RESULT = re.compile(r'"result"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
PORT = re.compile(r":\d+$")

Labels = Mapping[str, str]
Row = tuple[Labels, float, float]
"""Labels, value, and the moment by the source's clock."""


def decoded(text: str) -> Iterator[dict[str, Any]]:
    """The rows of an answer, one by one.

    Raises:
        ValueError: it is no answer of Prometheus, or it is cut off.
    """
    found = _RESULT.search(text, 0, 4096)
    if found is None:
        raise ValueError(f"it holds no result: {text[:80]!r}")
    decode = json.JSONDecoder().raw_decode
    at = found.end()
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing as well
        if text.startswith("]", at):
            return
        row, at = decode(text, at)
        if not isinstance(row, dict) or not isinstance(row.get("metric"), dict):
            raise ValueError("a row of the result is no series")
        yield row


def vector(text: str) -> Iterator[Row]:
    """The rows of an instant query; ValueError as `decoded`."""
    for row in decoded(text):
        pair = row.get("value")
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError("a row of the result has no value")
        yield row["metric"], number(pair[1]), number(pair[0])


def number(value: object) -> float:
    if isinstance(value, int | float | str):
        return float(value)
    raise ValueError("a value of the result is no number")


def quoted(text: str) -> str:
    """A text as PromQL writes it."""
    return json.dumps(text, ensure_ascii=False)


def labelled(word: str, text: str) -> str:
    """Rows that say in a label what they are, so that many things come with one answer."""
    return f'label_replace({text}, "tandem", "{word}", "", "")'


def address_of(labels: Labels) -> str:
    return PORT.sub("", labels.get("instance", "")).strip("[]")


def uuid_of(labels: Labels) -> str:
    return labels.get("UUID") or f"gpu{labels.get('gpu', '')}"


def known(name: str, value: float | None) -> float | None:
    """A value of DCGM, None where it is one of its words for "none"."""
    if value is None or not math.isfinite(value) or value >= FLOAT_BLANK:
        return None
    if INT32_BLANK <= value < 2147483648 and name != "TOTAL_ENERGY_CONSUMPTION":
        return None
    return value


def less(values: Mapping[str, float], whole: str, part: str) -> float | None:
    if whole not in values or part not in values:
        return None
    return max(0.0, values[whole] - values[part])
