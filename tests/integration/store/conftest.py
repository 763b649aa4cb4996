"""A store on a real file, and a clock that tests set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from console.core.home import Home
from console.store.store import Store


class SetClock:
    """Wall time stands still until a test moves it; waiting is real."""

    def __init__(self) -> None:
        self.moment = datetime(2027, 1, 15, 8, 0, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def move(self, **span: float) -> None:
        self.moment += timedelta(**span)

    def monotonic_s(self) -> float:
        return time.monotonic()

    def sleep_s(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(tandem_home: Home, clock: SetClock) -> Iterator[Store]:
    made = Store(tandem_home.database, clock, timeout_s=1.0)
    yield made
    made.close()
