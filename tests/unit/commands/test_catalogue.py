"""The one list of commands is sound, and the read-only switch stops everything that changes something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from console.app import build, close
from console.commands.catalogue import COMMANDS, find, of_scope
from console.commands.command import Command, Danger, Scope, invoke
from console.context import Context
from console.core.home import Home
from console.core.problems import Problem


@pytest.fixture
def context(tandem_home: Home) -> Iterator[Context]:
    built = build(tandem_home)
    yield built
    close(built)


def test_ids_and_shortcuts_are_unique() -> None:
    assert max(Counter(command.id for command in COMMANDS).values()) == 1
    shortcuts = Counter(command.shortcut for command in COMMANDS if command.shortcut)
    assert max(shortcuts.values()) == 1


def test_every_command_is_found_by_id_and_scope() -> None:
    for command in COMMANDS:
        assert find(command.id) is command
        assert command in of_scope(command.scope)
        assert command.title
        assert command.summary.endswith(".")


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if each.danger >= Danger.CHANGES], ids=lambda command: command.id
)
def test_read_only_refuses_before_anything_else(context: Context, command: Command) -> None:
    with pytest.raises(Problem) as refused:
        invoke(command, replace(context, read_only=True), {})
    assert refused.value.code == "mode.read_only"


def test_the_option_is_the_same_switch(context: Context) -> None:
    context.options.set("safety.read_only", True)
    assert not context.changes_allowed
    with pytest.raises(Problem):
        invoke(find("deploy.remove"), context, {"name": "x"})
    context.options.set("safety.read_only", False)
    assert context.changes_allowed


def test_reading_commands_stay(context: Context) -> None:
    command = Command("x", "X", "X.", Scope.APP, Danger.READS, lambda _context, _arguments: 1)
    assert invoke(command, replace(context, read_only=True), {}) == 1
