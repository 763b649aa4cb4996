"""The window's arithmetic without a window: layout of the map, scales of charts, search, numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.units import GIB
from console.ui import numbers
from console.ui.i18n import pseudo
from console.ui.kit.chart_scale import bounds, clock_text, last_known, nice_ceiling, time_step, value_at
from console.ui.kit.columns import Column, sort_rows
from console.ui.kit.sparkline import thin_out
from console.ui.pages.fleet.heat_layout import DENSE_SIZES, SIZES, Block, arrange, neighbour
from console.ui.shell.fuzzy import score


def _blocks(*counts: int) -> list[Block]:
    return [Block(f"s{n}", tuple((f"s{n}", i) for i in range(count))) for n, count in enumerate(counts)]


def test_every_accelerator_has_one_tile_and_none_overlap() -> None:
    layout = arrange([_blocks(8, 8, 4, 1), _blocks(0, 16)], 700, 400)
    boxes = list(layout.tiles.values())
    # The second group's names repeat the first's, so their keys do too: the last one wins.
    assert len({(box.x, box.y) for box in boxes}) == len(boxes)
    for one in boxes:
        assert 0 <= one.x <= 700 - one.width
        for other in boxes:
            apart = (
                one is other
                or one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.height <= other.y
                or other.y + other.height <= one.y
            )
            assert apart


def test_a_small_fleet_gets_large_tiles_a_large_one_gives_up_names_and_a_huge_one_scrolls() -> None:
    assert arrange([_blocks(4, 2)], 800, 300).size == SIZES[0]
    large = arrange([_blocks(*[8] * 400)], 1000, 320)
    assert large.size in DENSE_SIZES
    assert not large.named
    assert large.height <= 320
    huge = arrange([_blocks(*[8] * 4000)], 1000, 320)
    assert huge.size == DENSE_SIZES[-1]
    assert huge.height > 320


def test_short_groups_stand_side_by_side_where_tiles_are_small() -> None:
    racks = [
        [Block(f"s{rack}-{n}", tuple((f"s{rack}-{n}", i) for i in range(8))) for n in range(8)]
        for rack in range(50)
    ]
    layout = arrange(racks, 1000, 320)
    assert len({box.y for box in layout.titles}) < 20
    assert len({(box.x, box.y) for box in layout.tiles.values()}) == 3200
    assert max(box.x + box.width for box in layout.tiles.values()) <= 1000
    for rack, title in enumerate(layout.titles):
        first = layout.tiles[(f"s{rack}-0", 0)]
        assert (first.x, first.y) == (title.x, title.y + title.height)


def test_arrow_keys_walk_over_all_servers() -> None:
    layout = arrange([_blocks(8, 8, 8)], 2000, 300)
    key = neighbour(layout, None, 1, 0)
    seen = [key]
    while (following := neighbour(layout, key, 1, 0)) != key:
        key = following
        seen.append(key)
    assert len(seen) == 12  # the upper row of three servers, four tiles each
    below = neighbour(layout, seen[5], 0, 1)
    assert below not in seen
    assert neighbour(layout, below, 0, -1) == seen[5]


@pytest.mark.parametrize(
    ("value", "ceiling"), [(79.6, 80), (100, 100), (101, 120), (0, 1), (0.03, 0.03), (1024, 1200)]
)
def test_ceilings_are_round(value: float, ceiling: float) -> None:
    assert nice_ceiling(value) == pytest.approx(ceiling)


@given(st.floats(min_value=1e-9, max_value=1e15))
def test_a_ceiling_is_above_and_not_far(value: float) -> None:
    assert value <= nice_ceiling(value) * (1 + 1e-6) <= value * 1.5


def test_bounds_pass_over_gaps() -> None:
    assert bounds([np.array([np.nan, np.nan])], zero=True) == (0.0, 1.0)
    low, high = bounds([np.array([2.0, np.nan, 9.0])], zero=True)
    assert low == 0.0
    assert high >= 9.0


def test_the_value_in_a_gap_is_unknown() -> None:
    x, y = np.array([0.0, 1.0, 2.0]), np.array([5.0, np.nan, 7.0])
    assert value_at(x, y, 0.2) == 5.0
    assert value_at(x, y, 1.1) is None
    assert value_at(x, y, 9.0) is None
    assert last_known(x, y[:2]) is None
    assert last_known(x, y) == 7.0
    assert last_known(x, y, end=30.0, tolerance=10.0) is None


def test_ticks_of_time() -> None:
    assert time_step(900, 4) == 300
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    assert clock_text(moment, 60) == "03:04"
    assert clock_text(moment, 30) == "03:04:05"
    assert clock_text(moment, 86400) == "02.01."


def test_thinning_keeps_gaps_and_means() -> None:
    values = np.concatenate((np.full(10, 4.0), np.full(10, np.nan)))
    thin = thin_out(values, 4)
    assert thin[0] == 4.0
    assert np.isnan(thin[-1])
    assert len(thin) <= 4


def test_unknown_sorts_last_either_way() -> None:
    column: Column[float | None] = Column("n", "n", str, sort=lambda row: row)
    rows: list[float | None] = [3.0, None, 1.0]
    assert sort_rows(rows, column, descending=False) == [1.0, 3.0, None]
    assert sort_rows(rows, column, descending=True) == [3.0, 1.0, None]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("dep", "Deployments", "Add server: deep"),
        ("as", "Add server…", "Settings"),
        ("gpu5", "gpu-05", "gpu-15"),
    ],
)
def test_fuzzy_prefers_starts_and_runs(query: str, better: str, worse: str) -> None:
    one, other = score(query, better), score(query, worse)
    assert one is not None
    assert other is None or one > other


def test_fuzzy_wants_letters_in_order() -> None:
    assert score("xz", "Fleet") is None
    assert score("", "Fleet") == 0.0


def test_pairs_share_one_unit() -> None:
    assert numbers.pair_memory(41.2 * GIB, 80 * GIB) == "41.2 / 80 GiB"
    assert numbers.pair_memory(None, 79.6 * GIB) == "– / 79.6 GiB"
    assert numbers.pair_memory(None, None) == "–"
    assert numbers.pair_power(418, 700) == "418 / 700 W"
    assert numbers.share(1, 0) is None
    assert numbers.mean([None, 2.0, 4.0]) == 3.0
    assert numbers.mean([None]) is None


def test_the_pseudo_locale_keeps_place_holders() -> None:
    text = pseudo("{count} of %n servers")
    assert "{count}" in text
    assert "%n" in text
    assert len(text) > len("{count} of %n servers") * 1.2
    assert text.format(count=3)
