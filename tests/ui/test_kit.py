"""The widget kit by itself: tables, charts, steps, forms, problems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from console.core.problems import Problem
from console.ui.kit.chart import Chart, Event, Line
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.columns import Column
from console.ui.kit.fields import Choice, Field, Form
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.steps import ProgressSteps, StepLine
from console.ui.kit.table import DataTable
from console.ui.kit.tones import Tone
from console.ui.theme.theme import Theme
from tests.ui.walk import spoken_name


@dataclass(frozen=True)
class Row:
    name: str
    value: float | None


COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "Name", lambda row: row.name, width=120),
    Column("value", "Value", lambda row: str(row.value), sort=lambda row: row.value, width=80, drop=1),
)


def make_table(qtbot: QtBot, theme: Theme) -> DataTable[Row]:
    table: DataTable[Row] = DataTable(theme, "Rows", COLUMNS, lambda row: row.name)
    qtbot.addWidget(table)
    table.resize(400, 300)
    table.show()
    return table


def test_a_beat_is_one_change_and_keeps_the_selection(qtbot: QtBot, theme: Theme) -> None:
    table = make_table(qtbot, theme)
    table.set_rows([Row("a", 1.0), Row("b", 2.0)])
    table.select_key("b")
    changes: list[object] = []
    picked: list[object] = []
    table.rows_model.dataChanged.connect(lambda *_: changes.append(1))
    table.picked.connect(picked.append)
    table.set_rows([Row("a", 5.0), Row("b", 6.0)])
    assert len(changes) == 1
    assert table.chosen == Row("b", 6.0)
    table.set_rows([Row("c", 0.0), Row("b", 7.0), Row("a", 1.0)])
    assert table.chosen == Row("b", 7.0)
    assert picked == []
    table.set_rows([Row("a", 1.0)])
    assert picked == [None]


def test_a_new_order_moves_the_selection_with_its_row(qtbot: QtBot, theme: Theme) -> None:
    table = make_table(qtbot, theme)
    table.set_rows([Row("a", 3.0), Row("b", None), Row("c", 1.0)])
    table.select_key("c")
    table.rows_model.sort(1, Qt.SortOrder.AscendingOrder)
    assert [row.name for row in table.rows_model.rows] == ["c", "a", "b"]
    assert table.chosen_key == "c"
    assert table.currentIndex().row() == 0
    table.rows_model.sort(1, Qt.SortOrder.DescendingOrder)
    assert [row.name for row in table.rows_model.rows] == ["a", "c", "b"]
    table.rows_model.sort(-1)
    assert [row.name for row in table.rows_model.rows] == ["a", "b", "c"]


def test_enter_and_double_click_open(qtbot: QtBot, theme: Theme) -> None:
    table = make_table(qtbot, theme)
    table.set_rows([Row("a", 1.0)])
    opened: list[object] = []
    table.opened.connect(opened.append)
    table.select_key("a")
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened == [Row("a", 1.0)]


def test_a_narrow_table_drops_what_matters_least(qtbot: QtBot, theme: Theme) -> None:
    table = make_table(qtbot, theme)
    assert not table.isColumnHidden(1)
    table.resize(150, 300)
    assert table.isColumnHidden(1)
    table.resize(400, 300)
    assert not table.isColumnHidden(1)


def test_ten_thousand_rows_sort_fast(qtbot: QtBot, theme: Theme) -> None:
    import time

    table = make_table(qtbot, theme)
    rows = [Row(f"r{number:05d}", float(number * 7919 % 10_000)) for number in range(10_000)]
    table.set_rows(rows)
    start = time.process_time()
    table.rows_model.sort(1)
    assert time.process_time() - start < 1.0


def _charts(qtbot: QtBot, theme: Theme) -> tuple[ChartGroup, Chart, Chart]:
    group = ChartGroup()
    one = Chart(theme, "Utilization", group, lambda value: "–" if value is None else f"{value:.0f} %")
    two = Chart(
        theme,
        "Network",
        group,
        lambda value: "–" if value is None else f"{value:.0f}",
        lines=(Line("in"), Line("out")),
    )
    for chart in (one, two):
        qtbot.addWidget(chart)
        chart.resize(500, 200)
        chart.show()
    return group, one, two


def test_charts_share_cursor_and_zoom(qtbot: QtBot, theme: Theme) -> None:
    group, one, two = _charts(qtbot, theme)
    x = np.arange(0.0, 100.0)
    y = x.copy()
    y[40:60] = np.nan
    group.follow(0.0, 100.0)
    one.set_data([(x, y)])
    two.set_data([(x, x * 2), (x, x * 3)])
    assert one._value.text() == "99 %"
    group.point(10.0)
    assert one._value.text() == "10 %"
    assert two._legend._values == ["20", "30"]
    group.point(50.0)
    assert one._value.text() == "–"
    group.point(None)
    group.zoom_to(20.0, 30.0)
    low, high = two._plot.viewRange()[0]
    assert (round(low), round(high)) == (20, 30)
    group.follow(1.0, 101.0)
    assert round(two._plot.viewRange()[0][0]) == 20
    group.reset()
    assert round(two._plot.viewRange()[0][1]) == 101
    assert "99 %" in one.accessibleDescription()
    assert spoken_name(one) == "Utilization"


def test_an_old_curve_has_no_current_value(qtbot: QtBot, theme: Theme) -> None:
    group, one, _two = _charts(qtbot, theme)
    x = np.arange(0.0, 100.0)
    group.follow(0.0, 900.0)
    one.set_data([(x, x)])
    assert one._value.text() == "–"


def test_charts_are_drawn_with_gaps_and_events(qtbot: QtBot, theme: Theme) -> None:
    group, one, _two = _charts(qtbot, theme)
    x = np.arange(0.0, 100.0)
    group.follow(0.0, 100.0)
    one.set_data([(x, np.where((x > 30) & (x < 50), np.nan, 50.0 + x / 10))])
    one.set_events([Event(70.0, "<b>job started</b>")])
    one.set_events([Event(80.0, "released")])
    assert len(one._marks) == 1
    assert not one.grab().isNull()
    theme.set_wanted("light")
    assert not one.grab().isNull()
    theme.set_wanted("dark")


def test_arrow_keys_move_the_cursor(qtbot: QtBot, theme: Theme) -> None:
    group, one, _two = _charts(qtbot, theme)
    group.follow(0.0, 100.0)
    qtbot.keyClick(one, Qt.Key.Key_Left)
    assert group.cursor == 99.0
    qtbot.keyClick(one, Qt.Key.Key_Left)
    assert group.cursor == 98.0


def test_segments_are_chosen_by_mouse_and_keys(qtbot: QtBot, theme: Theme) -> None:
    control = SegmentedControl(theme, "Range", [("a", "15m"), ("b", "1h")])
    qtbot.addWidget(control)
    control.show()
    chosen: list[str] = []
    control.chosen.connect(chosen.append)
    qtbot.keyClick(control, Qt.Key.Key_Right)
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton, pos=QPoint(8, 12))
    assert chosen == ["b", "a"]
    assert control.accessibleDescription() == "15m"


def test_steps_are_told_to_screen_readers(qtbot: QtBot, theme: Theme) -> None:
    steps = ProgressSteps(theme)
    qtbot.addWidget(steps)
    steps.set_lines([StepLine("Push", "1.9 GB", Tone.ACTIVE, 0.5), StepLine("Start", "", Tone.QUIET)])
    assert "Push: 1.9 GB" in steps.accessibleName()
    assert steps.sizeHint().height() == 96
    assert not steps.grab().isNull()


def test_form_rows_name_their_fields_and_say_what_is_wrong(qtbot: QtBot, theme: Theme) -> None:
    form = Form(theme)
    qtbot.addWidget(form)
    field, choice = Field(theme), Choice(theme, [("a", "A"), ("b", "B")])
    form.row("Name", field, "a hint")
    form.row("Kind", choice)
    assert spoken_name(field) == "Name"
    # On Linux a box speaks its current text; the label beside it is told as a relation.
    assert choice.accessibleName() == "Kind"
    form.fault(field, "wrong")
    assert form._hints[field][0].text() == "wrong"
    form.fault(field, "")
    assert form._hints[field][0].text() == "a hint"
    choice.choose("b")
    choice.set_choices([("b", "B"), ("c", "C")])
    assert choice.key == "b"


def test_a_problem_says_sentence_remedy_and_can_be_copied(qtbot: QtBot, theme: Theme) -> None:
    view = ProblemView(theme)
    qtbot.addWidget(view)
    view.set_problem(Problem("ssh.refused", server="<b>x</b>", host="h", port=22))
    assert view._sentence.text() == "<b>x</b>: h port 22 refused the connection."
    assert view._sentence.textFormat() is Qt.TextFormat.PlainText
    view._copy.click()
    assert "ssh.refused" in QGuiApplication.clipboard().text()
    view.set_problem(None)
    assert view.isHidden()
