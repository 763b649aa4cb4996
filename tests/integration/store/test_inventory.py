"""The inventory of servers, kept over restarts and shared by consoles on one file."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from console.core.home import Home
from console.core.problems import Problem
from console.fleet.inventory import ServerBook
from console.fleet.server import Role, Server
from console.store.store import Store
from tests.integration.store.conftest import SetClock

FULL = Server(
    name="train-1",
    host="10.0.0.1",
    port=2222,
    user="me",
    identity="/home/me/.ssh/id",
    jump="gate",
    ssh_alias="t1",
    ssh_config="/etc/x",
    role=Role.TRAIN,
    labels={"zone": "a", "ü": "b"},
    python="/usr/bin/python3",
    cost_per_hour=2.5,
    simulated={"accelerators": [{"name": "Sim"}]},
    drained="broken fan",
)


@pytest.fixture
def book(store: Store, clock: SetClock) -> ServerBook:
    made = ServerBook(store, clock)
    made.add(Server("gate", "gate.example"))
    return made


def code_of(act: object, *arguments: object) -> str:
    with pytest.raises(Problem) as caught:
        act(*arguments)  # type: ignore[operator]
    return caught.value.code


def test_a_server_comes_back_whole_after_a_restart(
    book: ServerBook, store: Store, tandem_home: Home, clock: SetClock
) -> None:
    book.add(FULL)
    store.close()
    with closing(Store(tandem_home.database, clock)) as again:
        assert ServerBook(again).get("train-1") == FULL
        assert [server.name for server in ServerBook(again).list()] == ["gate", "train-1"]


def test_names_are_unique_unless_replaced(book: ServerBook, store: Store, clock: SetClock) -> None:
    book.add(FULL)
    added = store.rows("SELECT added FROM servers WHERE name = 'train-1'")
    assert code_of(book.add, Server("train-1", "other")) == "name.taken"
    clock.move(days=1)
    book.add(Server("train-1", "other"), replace=True)
    assert book.get("train-1") == Server("train-1", "other")
    assert store.rows("SELECT added FROM servers WHERE name = 'train-1'") == added


def test_updating_needs_a_server_that_is_there(book: ServerBook) -> None:
    assert code_of(book.update, FULL) == "server.unknown"
    book.add(FULL)
    book.update(replace(FULL, drained=None))
    assert book.get("train-1").drained is None


def test_unknown_servers_are_a_problem(book: ServerBook) -> None:
    assert code_of(book.get, "none") == "server.unknown"
    assert code_of(book.remove, "none") == "server.unknown"
    assert code_of(book.add, replace(FULL, jump="none")) == "server.unknown"


def test_bad_names_are_refused(book: ServerBook) -> None:
    assert code_of(book.add, Server("a b", "h")) == "server.invalid_name"
    assert code_of(book.add, Server("a", "-oProxyCommand=x")) == "server.invalid_host"
    assert [server.name for server in book.list()] == ["gate"]


def test_a_jump_server_stays_while_others_go_through_it(book: ServerBook) -> None:
    book.add(FULL)
    assert code_of(book.remove, "gate") == "server.in_use"
    book.remove("train-1")
    book.remove("gate")
    assert book.list() == ()


def test_importing_keeps_what_is_there_and_is_all_or_nothing(book: ServerBook) -> None:
    fresh = book.add_all((Server("gate", "other"), Server("a", "h"), Server("b", "h")))
    assert [server.name for server in fresh] == ["a", "b"]
    assert book.get("gate").host == "gate.example"
    assert code_of(book.add_all, (Server("c", "h"), Server("d", "h", jump="none"))) == "server.unknown"
    assert [server.name for server in book.list()] == ["a", "b", "gate"]


def test_consoles_on_one_file_see_each_other(book: ServerBook, tandem_home: Home, clock: SetClock) -> None:
    with closing(Store(tandem_home.database, clock)) as other:
        ServerBook(other).add(Server("new", "h"))
    assert book.get("new").host == "h"
