"""The list of jobs and the form that submits one, over a real sshd."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.context import Context
from console.jobs.job import Job, JobFilter, JobState
from console.jobs.records import JobRecords
from console.ui.pages.compare.page import ComparePage
from console.ui.pages.job.page import JobPage
from console.ui.pages.jobs import acts
from console.ui.pages.jobs.page import FIRST, JobsPage
from console.ui.sheets.annotate_job import AnnotateJobSheet
from console.ui.sheets.submit_job import SubmitJobSheet
from console.ui.shell.window import Window
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]
HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\u202ered"


def _page(window: Window) -> JobsPage:
    window.go("jobs")
    assert isinstance(window.page, JobsPage)
    return window.page


def _form(window: Window) -> SubmitJobSheet:
    sheet = window.sheets.sheet
    assert isinstance(sheet, SubmitJobSheet)
    assert nameless(sheet) == []
    return sheet


def _fault(sheet: SubmitJobSheet, field: object) -> str:
    for form in (sheet.form, sheet.command_form):
        if field in form._hints:
            return str(form._hints[field][0].text())
    return ""


def _kept(context: Context, *states: JobState, name: str = "job") -> list[Job]:
    now = context.clock.now()
    jobs = [
        Job(
            id=f"{place:016d}",
            name=f"{name}-{state}",
            server="lab",
            state=state,
            argv=("true",),
            gpus=place,
            accelerators=(),
            submitted=now - timedelta(minutes=place),
            submitted_by=HOSTILE,
            started=now - timedelta(minutes=place),
            ended=now if state not in (JobState.RUNNING, JobState.QUEUED) else None,
            reason=HOSTILE if state is JobState.FAILED else None,
        )
        for place, state in enumerate(states)
    ]
    JobRecords(context.store).put(jobs, seen=now)
    return jobs


def test_an_empty_page_offers_the_first_step(make_window: Make, until: Until, lab: Context) -> None:
    window = make_window()
    page = _page(window)
    until(window, lambda: page.empty.isVisible())
    page.first_button.click()
    _form(window)


def test_a_job_is_submitted_by_the_form_and_its_log_is_shown(
    qtbot: QtBot, make_window: Make, until: Until, lab: Context
) -> None:
    window = make_window()
    page = _page(window)
    page.submit_button.click()
    sheet = _form(window)
    sheet.server.choose("lab")
    sheet.command.setText('sh -c \'echo "<b>hello</b> $COLOUR"; printf "\\033[31mred\\033[0m\\n"\'')
    sheet.env.setPlainText("COLOUR=blue")
    sheet.name.setText("greeting")
    sheet.act.click()
    until(window, lambda: isinstance(window.page, JobPage) and window.page.header.state_word == "succeeded")
    job_page = window.page
    assert isinstance(job_page, JobPage)
    until(window, lambda: "red" in job_page.log.text)
    assert job_page.log.text == "<b>hello</b> blue\nred\n"
    until(window, lambda: window.sheets.sheet is None)
    until(window, lambda: window.top.place == "Jobs › greeting")
    assert nameless(job_page) == []
    until(window, lambda: job_page._complete)
    window._up()
    until(window, lambda: [job.name for job in page.table.rows_model.rows] == ["greeting"])
    page.table.selectRow(0)
    until(window, lambda: "<b>hello</b> blue" in page.inspector.log_text)
    assert nameless(page) == []


def test_what_is_wrong_is_said_under_its_field(make_window: Make, lab: Context) -> None:
    window = make_window()
    window.open_sheet("submit_job")
    sheet = _form(window)
    sheet.submit()
    assert "Enter what to run" in _fault(sheet, sheet.command)
    sheet.command.setText("echo 'open")
    sheet.submit()
    assert "not closed" in _fault(sheet, sheet.command)
    sheet.command.setText("true")
    sheet.gpus.setText("two")
    sheet.env.setPlainText("=x")
    sheet.limit.setText("soon")
    sheet.priority.setText("")
    sheet.submit()
    assert "between 0 and" in _fault(sheet, sheet.gpus)
    assert "NAME=value" in _fault(sheet, sheet.env)
    assert "90s" in _fault(sheet, sheet.limit)
    assert "between" in _fault(sheet, sheet.priority)
    assert lab.jobs.list(JobFilter()) == []


def test_what_the_service_refuses_is_said_in_the_form(make_window: Make, until: Until, lab: Context) -> None:
    window = make_window()
    window.open_sheet("submit_job")
    sheet = _form(window)
    sheet.server.choose("")
    sheet.command.setText("true")
    sheet.gpus.setText("9")
    sheet.act.click()
    until(window, lambda: sheet.problem.problem is not None)
    assert sheet.problem.problem is not None
    assert sheet.problem.problem.code == "job.no_server_fits"
    assert sheet.act.isEnabled()


def test_a_plan_can_be_looked_at_first(make_window: Make, until: Until, lab: Context) -> None:
    window = make_window()
    window.open_sheet("submit_job", {"server": "lab"})
    sheet = _form(window)
    sheet.server.choose("lab")
    sheet.command.setText("true")
    sheet.plan.click()
    until(window, lambda: window.sheets.sheet is not None and window.sheets.sheet is not sheet)
    assert "Submit true to lab" in window.sheets.sheet.accessibleName()
    assert lab.jobs.list(JobFilter()) == []


def test_a_recipe_gives_typed_fields(make_window: Make, until: Until, lab: Context) -> None:
    window = make_window()
    window.open_sheet("submit_job")
    sheet = _form(window)
    sheet.kind._choose("recipe")
    sheet.recipe.choose("digits-train")
    parameters = sheet._parameters
    assert parameters is not None
    assert nameless(sheet) == []
    assert set(parameters.fields) == {"epochs", "learning_rate", "hidden", "seed"}
    parameters.fields["epochs"].setText("0")
    sheet.submit()
    assert "between 1 and 500" in parameters._hints[parameters.fields["epochs"]][0].text()
    parameters.fields["epochs"].setText("3")
    given = sheet.arguments()
    assert given is not None
    request = given["request"]
    assert request.recipe == "digits-train"
    assert request.params["epochs"] == "3"
    assert request.argv == ()


def test_submitting_again_fills_the_form(make_window: Make, lab: Context) -> None:
    window = make_window()
    recipe = lab.plugins.recipe("digits-train")
    argv = tuple(
        word.replace("{epochs}", "7").replace("{learning_rate}", "0.01").replace("{hidden}", "9")
        .replace("{seed}", "4")
        for word in recipe.argv
    )  # fmt: skip
    job = _kept(lab, JobState.SUCCEEDED)[0]
    from dataclasses import replace

    sheet = SubmitJobSheet(window.desk, like=replace(job, recipe="digits-train", argv=argv))
    window.show_sheet(sheet)
    given = sheet.arguments()
    assert given is not None
    assert given["request"].params == {"epochs": "7", "learning_rate": "0.01", "hidden": "9", "seed": "4"}


def test_the_worst_is_first_and_states_and_words_filter(
    qtbot: QtBot, make_window: Make, until: Until, context: Context
) -> None:
    _kept(context, JobState.SUCCEEDED, JobState.RUNNING, JobState.FAILED, JobState.CANCELLED)
    window = make_window()
    page = _page(window)
    until(window, lambda: page.table.rows_model.rowCount() == 4)
    assert [job.state for job in page.table.rows_model.rows] == [
        JobState.FAILED,
        JobState.RUNNING,
        JobState.SUCCEEDED,
        JobState.CANCELLED,
    ]
    page.states._choose("active")
    until(window, lambda: [job.name for job in page.table.rows_model.rows] == ["job-running"])
    page.states._choose("all")
    page.focus_search()
    qtbot.keyClicks(page.search, "job-can")
    until(window, lambda: [job.name for job in page.table.rows_model.rows] == ["job-cancelled"])
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    until(window, lambda: page.table.rows_model.rowCount() == 4)


def test_only_rows_that_one_scrolls_to_are_read(make_window: Make, until: Until, context: Context) -> None:
    now = context.clock.now()
    jobs = [
        Job(
            id=f"{place:016d}",
            name=f"run-{place}",
            server="lab",
            state=JobState.SUCCEEDED,
            argv=("true",),
            gpus=0,
            accelerators=(),
            submitted=now - timedelta(minutes=place),
            submitted_by="alice@desk",
        )
        for place in range(FIRST + 50)
    ]
    JobRecords(context.store).put(jobs, seen=now)
    window = make_window()
    page = _page(window)
    until(window, lambda: page.table.rows_model.rowCount() == FIRST)
    assert page.found.text() == f"{FIRST} of {FIRST + 50}"
    bar = page.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    until(window, lambda: page.table.rows_model.rowCount() == FIRST + 50)
    assert page.found.text() == ""
    page.search.setText("user:alice run-7 since:1h")
    until(window, lambda: page.table.rows_model.rowCount() == 1)
    page.search.setText("since:never")
    until(window, lambda: page.found.text() == "not understood: since:never")


def test_a_note_and_tags_are_kept_and_found_again(make_window: Make, until: Until, context: Context) -> None:
    job = _kept(context, JobState.SUCCEEDED)[0]
    window = make_window()
    page = _page(window)
    until(window, lambda: page.table.rows_model.rowCount() == 1)
    acts.annotate(page.desk, job)
    sheet = window.sheets.sheet
    assert isinstance(sheet, AnnotateJobSheet)
    assert nameless(sheet) == []
    sheet.note.setPlainText("warmup too short")
    sheet.tags.setPlainText("vision")
    sheet.submit()
    assert "is not name=value" in sheet.form._hints[sheet.tags][0].text()
    sheet.tags.setPlainText("project=vision")
    sheet.submit()
    until(window, lambda: context.jobs.list(JobFilter(search="warmup")) != [])
    page.search.setText("tag:project=vision short")
    until(window, lambda: page._asked is not None and page._asked[1] == page.search.text())
    assert [each.note for each in page.table.rows_model.rows] == ["warmup too short"]


def test_two_runs_stand_side_by_side(make_window: Make, until: Until, context: Context) -> None:
    older, newer = _kept(context, JobState.FAILED, JobState.SUCCEEDED)[::-1]
    context.jobs.history.annotate(newer.id, tags={"lr": "0.1"})
    window = make_window()
    window.go("compare_jobs", f"{newer.id} {older.id}")
    page = window.page
    assert isinstance(page, ComparePage)
    until(window, lambda: page.table.rows_model.rowCount() > 0)
    rows = {row.name: (row.left, row.right) for row in page.table.rows_model.rows}
    assert rows["state"] == (older.state.value, newer.state.value)
    assert rows["tag lr"] == (None, "0.1")
    assert "argv 0" not in rows
    page.alike.setChecked(True)
    assert "argv 0" in {row.name for row in page.table.rows_model.rows}
    assert nameless(page) == []
    page.buttons[0].click()
    assert isinstance(window.page, JobPage)
    assert window.page._id == older.id


def test_hostile_text_is_plain(make_window: Make, until: Until, context: Context) -> None:
    _kept(context, JobState.FAILED, name=HOSTILE)
    window = make_window()
    page = _page(window)
    until(window, lambda: page.table.rows_model.rowCount() == 1)
    page.table.selectRow(0)
    window.clock.tick()
    texts = [
        page.table.rows_model.cell(0, column).text for column in range(len(page.table.rows_model.columns))
    ]
    assert any("<img src=x" in text for text in texts)
    assert not any("\x1b" in text or "\u202e" in text for text in texts)
    assert "<img src=x" in page.inspector.title
    tips = [page.table.rows_model.data(page.table.rows_model.index(0, 0), Qt.ItemDataRole.ToolTipRole)]
    assert not any(tip and "<img" in tip for tip in tips)


def test_read_only_disables_what_changes(make_window: Make, until: Until, context: Context) -> None:
    _kept(context, JobState.RUNNING)
    window = make_window()
    page = _page(window)
    until(window, lambda: page.table.rows_model.rowCount() == 1)
    page.table.selectRow(0)
    window.toggle_read_only()
    until(window, lambda: not context.changes_allowed)
    page.refresh()
    assert not page.submit_button.isEnabled()
    assert not page.inspector.cancel_button.isEnabled()
    job = page.table.chosen
    assert job is not None
    from console.ui.pages.jobs.acts import menu_of

    menu = menu_of(window.desk, job, page)
    enabled = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert not enabled["Cancel…"]
    assert not enabled["Clone and edit…"]
    assert enabled["Open"]
    menu.deleteLater()
