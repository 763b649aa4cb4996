"""Fewer points of a curve so that what matters stays: its ends, lowest, highest, and what is no number.

Pure; the console thins what it keeps by the very same rule.
"""

import math
from typing import Iterable, List, Tuple

# Number of the point in its curve, step, seconds since 1970, value; NaN where it is not known.
Point = Tuple[float, float, float, float]
_PER_BUCKET = 3


def thin(points: "List[Point]", limit: int) -> "List[Point]":
    """At most `limit` of the points (5 at least), in their order; all of them where they are no more.

    Neighbours share a bucket, which keeps its lowest, its highest and its first NaN or infinity: a spike
    stays. Thinning what was thinned keeps the same extremes.
    """
    count = len(points)
    limit = max(5, limit)
    if count <= limit:
        return list(points)
    buckets = max(1, (limit - 2) // _PER_BUCKET)
    kept = [points[0]]
    inner = count - 2
    for number in range(buckets):
        begin = 1 + number * inner // buckets
        end = 1 + (number + 1) * inner // buckets
        kept += [points[at] for at in _telling(points, begin, end)]
    kept.append(points[-1])
    return kept


def _telling(points: "List[Point]", begin: int, end: int) -> "Iterable[int]":
    low = high = odd = -1
    for at in range(begin, end):
        value = points[at][3]
        if not math.isfinite(value):
            odd = at if odd < 0 else odd
        elif low < 0:
            low = high = at
        elif value < points[low][3]:
            low = at
        elif value > points[high][3]:
            high = at
    return sorted({at for at in (low, high, odd) if at >= 0})
