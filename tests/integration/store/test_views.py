"""Saved views of the fleet, in the store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.core.home import Home
from console.core.problems import Problem
from console.store.store import Store
from console.telemetry.views import View, ViewBook
from tests.integration.store.conftest import SetClock


@pytest.fixture
def store(tandem_home: Home, clock: SetClock) -> Iterator[Store]:
    opened = Store(tandem_home.database, clock)
    yield opened
    opened.close()


def test_a_view_is_kept_replaced_and_forgotten(store: Store) -> None:
    book = ViewBook(store)
    book.save(View(" idle  but full ", "util<10 & mem>80", "label.rack", "memory", "power", descending=True))
    book.save(View("All", ""))
    kept = View("idle but full", "util<10 & mem>80", "label.rack", "memory", "power", descending=True)
    assert ViewBook(store).list() == (View("All"), kept)
    book.save(View("All", "up"))
    assert book.get("All").filter == "up"
    book.remove("All")
    assert book.list() == (kept,)
    with pytest.raises(Problem, match="no view 'All'"):
        book.remove("All")


@pytest.mark.parametrize("view", [View(""), View("x" * 61), View("a\x1bb"), View("bad", "util<")])
def test_what_cannot_be_a_view_is_refused(store: Store, view: View) -> None:
    with pytest.raises(Problem):
        ViewBook(store).save(view)
    assert ViewBook(store).list() == ()


@pytest.mark.parametrize("text", ["", "[]", '{"filter": 7, "later": {"x": 1}}'])
def test_an_odd_entry_is_a_plain_view(store: Store, text: str) -> None:
    store.write(lambda c: c.execute("INSERT INTO meta VALUES ('fleet.view:odd', ?)", (text,)))
    assert ViewBook(store).list() == (View("odd"),)
