"""What servers are made of, in the store: changes keep their dates, unknown changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.store.store import Store
from console.telemetry.equipment import Reading
from console.telemetry.equipment_book import EquipmentBook
from tests.integration.store.conftest import SetClock


@pytest.fixture
def book(store: Store, clock: SetClock) -> Iterator[EquipmentBook]:
    made = EquipmentBook(store, clock)
    yield made
    made.close()


def reading(*, whole: bool = True, **facts: str) -> Reading:
    return Reading({("", item): value for item, value in facts.items()} | {("G", "serial"): "7"}, whole)


def test_the_first_reading_is_no_change_nor_is_an_equal_one(book: EquipmentBook, clock: SetClock) -> None:
    book.record("a", reading(driver="1"))
    clock.move(hours=6)
    book.record("a", reading(driver="1"))
    assert book.changes() == []
    found = book.all()["a"]
    assert found.facts["driver"] == "1"
    assert found.seen == clock.now()


def test_a_change_keeps_its_date_and_what_was_before(book: EquipmentBook, clock: SetClock) -> None:
    book.record("a", reading(driver="1"))
    clock.move(days=1)
    book.record("a", reading(driver="2"))
    when = clock.now()
    clock.move(days=1)
    book.record("a", reading(driver="2"))
    (change,) = book.changes("a")
    assert (change.time, change.item, change.before, change.after) == (when, "driver", "1", "2")
    assert book.changes("a", since=clock.now()) == []
    assert book.changes("b") == []


def test_what_is_unknown_now_stays_and_what_came_is_told(book: EquipmentBook, clock: SetClock) -> None:
    book.record("a", reading(driver="1"))
    clock.move(days=1)
    book.record("a", Reading({("", "cuda"): "12"}, whole=False))
    assert book.all()["a"].facts["driver"] == "1"
    assert book.all()["a"].parts["G"]["serial"] == "7"
    assert [(each.item, each.before, each.after) for each in book.changes()] == [("cuda", None, "12")]


def test_an_accelerator_that_is_gone_and_back_is_told_twice(book: EquipmentBook, clock: SetClock) -> None:
    book.record("a", reading())
    clock.move(days=1)
    book.record("a", Reading({("", "driver"): "1"}, whole=True))
    assert book.all()["a"].parts == {}
    clock.move(days=1)
    book.record("a", reading(driver="1"))
    told = [(each.item, each.before, each.after) for each in book.changes() if each.part]
    assert told == [("serial", None, "7"), ("serial", "7", None)]


def test_what_links_hand_in_is_written_by_the_book_itself(book: EquipmentBook) -> None:
    book.take("a", {"facts": {"driver": "570"}, "accelerators": []})
    book.take("a", "nonsense")
    book.close()
    assert book.all()["a"].facts == {"driver": "570"}
