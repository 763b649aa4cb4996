"""The file browser's parts that need no server: orders, texts that fit an editor, rows that nobody sees."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.commands.files import local_name
from console.core.text import visible_name
from console.fleet.files import Entry, EntryKind, RemotePath
from console.ui.kit.columns import Column
from console.ui.kit.steps import wrapped
from console.ui.kit.table import DataTable
from console.ui.pages.files.order import Ordered
from console.ui.pages.files.text_fit import fit
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


def _entry(name: str, kind: EntryKind = EntryKind.FILE, size: int | None = 1, day: int = 1) -> Entry:
    moment = datetime(2026, 11, day, tzinfo=UTC)
    return Entry(name, RemotePath(f"/{name}"), kind, size, 0o644, moment, "ada" if day % 2 else "bob")


def test_folders_stay_first_and_what_is_not_known_last() -> None:
    entries = [
        _entry("runs", EntryKind.FOLDER, 4096, 9),
        _entry(".cache", EntryKind.FOLDER, 4096, 8),
        _entry("a", size=30, day=3),
        _entry("b", size=None, day=1),
        _entry("c", size=20, day=2),
    ]
    ordered = Ordered(entries)

    def names(**how: object) -> list[str]:
        return [entry.name for entry in ordered.shown(**how)]  # type: ignore[arg-type]

    assert names() == ["runs", "a", "b", "c"]
    assert names(hidden=True) == ["runs", ".cache", "a", "b", "c"]
    assert names(key="size") == ["runs", "c", "a", "b"]
    assert names(key="size", descending=True) == ["runs", "a", "c", "b"]
    assert names(key="name", descending=True) == ["runs", "c", "b", "a"]
    assert names(key="modified", descending=True) == ["runs", "a", "c", "b"]
    assert names(key="owner") == ["runs", "a", "b", "c"]
    assert names(text=" A ") == ["a"]
    assert Ordered(()).shown(key="size", descending=True) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain.txt", "plain.txt"),
        ("ünïcode 中", "ünïcode 中"),
        ("a\nb\t", "a\\nb\\t"),
        ("a\\nb", "a\\\\nb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        ("caf\xa0", "caf\\u00a0"),
    ],
)
def test_r44_names_are_written_out_so_that_none_looks_like_another(name: str, shown: str) -> None:
    assert visible_name(name) == shown
    assert visible_name(name).isprintable()


def test_r42_a_name_that_is_unsafe_here_gets_another_one() -> None:
    def local(name: bytes) -> str:
        return local_name(RemotePath("/home").below(name))

    assert local(b"model.bin") == "model.bin"
    assert local(b"caf\xe9") == os.fsdecode(b"caf\xe9")
    assert local(b"a\nb") == "a_b"
    assert local(b"C:\\x") == "C__x"
    assert local_name(RemotePath("/")) == "root"


def test_a_text_that_an_editor_would_change_is_known_before() -> None:
    assert (fit("a\nb\n").ending, fit("a\nb\n").even) == ("\n", True)
    windows = fit("a\r\nb\r\n")
    assert (windows.shown, windows.ending, windows.even) == ("a\nb\n", "\r\n", True)
    assert not fit("a\r\nb\n").even
    assert not fit("a\rb").even
    assert fit("x = 1 \u202e\u200b").hidden == 2
    assert fit("x" * 20_001).too_long
    assert not fit("").too_long


def test_no_cell_is_made_for_a_row_that_nobody_sees(qtbot: QtBot, theme: Theme) -> None:
    made: list[int] = []

    def text(row: int) -> str:
        made.append(row)
        return str(row)

    asked: list[tuple[str, bool]] = []
    table: DataTable[int] = DataTable(
        theme,
        "Numbers",
        [Column("number", "Number", text)],
        lambda row: row,
        several=True,
        order=lambda key, descending: asked.append((key, descending)),
    )
    qtbot.addWidget(table)
    table.resize(300, 400)
    table.set_rows(range(100_000))
    table.show()
    qtbot.waitExposed(table)
    table.grab()
    assert 5 < len(set(made)) < 100
    table.scrollToBottom()
    table.grab()
    assert 99_999 in made
    assert len(set(made)) < 200
    table.rows_model.sort(0, Qt.SortOrder.DescendingOrder)
    assert asked == [("number", True)]
    table.selectAll()
    assert (table.chosen_count, len(table.chosen_rows)) == (100_000, 100_000)
    table.select_key(500)
    assert table.chosen == 500


def test_long_details_are_broken_and_cut(qtbot: QtBot) -> None:
    font = fonts.font(fonts.SMALL)
    assert wrapped("short", font, 400, 4) == ["short"]
    assert wrapped("", font, 400, 4) in ([], [""])
    lines = wrapped("word " * 200, font, 200, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert len(wrapped("/very" * 30, font, 200, 4)) > 1
