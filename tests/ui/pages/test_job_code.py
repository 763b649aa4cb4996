"""Submitting code, a Python and secrets from the window, and looking at what a job ran; over a real sshd."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from console.context import Context
from console.core.prompt import Asked, Field, Kind, Question, Reply
from console.jobs.job import Job
from console.ui.pages.job.page import JobPage
from console.ui.sheets.code_sheets import CodeFileSheet, FetchCodeSheet
from console.ui.sheets.question_sheet import QuestionSheet
from console.ui.sheets.submit_job import SubmitJobSheet
from console.ui.shell.window import Window
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]
Submit = Callable[..., Job]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "train.py").write_text("import os\nprint(os.environ.get('TOKEN'))\n")
    (folder / "words.txt").write_text("one\n")
    return folder


def _page(window: Window, until: Until, job: Job) -> JobPage:
    window.go("job", job.id)
    page = window.page
    assert isinstance(page, JobPage)
    until(window, lambda: page._job is not None)
    return page


def test_the_form_says_what_will_be_sent_and_submits_it(
    make_window: Make, until: Until, lab: Context, project: Path
) -> None:
    window = make_window()
    sheet = SubmitJobSheet(window.desk, server="lab")
    window.show_sheet(sheet)
    assert nameless(sheet) == []
    sheet.code.code.field.setText(str(project))
    until(window, lambda: "to send" in sheet.code.state.text())
    assert sheet.code.state.text() == "2 files, 45 B · to send: 2 files, 45 B"
    sheet.command.setText(f"{sys.executable} train.py")
    sheet.secrets.setPlainText("TOKEN=of-the-hub")
    sheet.python.kind.choose("path")
    assert sheet.arguments() is None
    sheet.python.where.setText(sys.executable)
    # The person is asked for the value, on the thread that submits.
    lab.prompt.listen(lambda asked: _answer(asked))
    sheet.submit()
    until(window, lambda: isinstance(window.page, JobPage) and window.page._job is not None)
    page = window.page
    assert isinstance(page, JobPage)
    until(window, lambda: page._complete)
    until(window, lambda: "•••" in page.log.text)
    assert "hub-value-123" not in page.log.text
    assert page._facts.values["secrets"] == "TOKEN"
    assert page._facts.values["Python"].startswith(".".join(map(str, sys.version_info[:2])))
    again = SubmitJobSheet(window.desk, like=page._job)
    window.show_sheet(again)
    until(window, lambda: again.code.state.text().endswith("nothing to send: already there"))
    assert again.secrets.toPlainText() == "TOKEN=of-the-hub"
    assert (again.python.kind.key, again.python.where.text()) == ("path", sys.executable)
    again.code.code.field.setText(str(project / "nothing"))
    until(window, lambda: "There is no file" in again.code.state.text())
    again.secrets.setPlainText("TOKEN=")
    assert again.arguments() is None


def _answer(asked: Asked) -> None:
    assert asked.question.about == "of-the-hub"
    asked.answer(Reply(("hub-value-123",)))


def test_a_job_page_shows_its_code_and_fetches_it(
    make_window: Make, until: Until, lab: Context, submit: Submit, project: Path, tmp_path: Path
) -> None:
    job = submit("true", code=project)
    window = make_window()
    page = _page(window, until, job)
    until(window, lambda: len(page.code.table.rows_model.rows) == 2)
    assert nameless(page) == []
    assert {act.title for act in page.acts()} >= {"View a file of the code", "Fetch code…"}
    page.code.view_chosen()
    view = window.sheets.sheet
    assert isinstance(view, CodeFileSheet)
    until(window, lambda: view.text.toPlainText().startswith("import os"))
    assert nameless(view) == []
    view.close_sheet()
    page.code.fetch.click()
    fetch = window.sheets.sheet
    assert isinstance(fetch, FetchCodeSheet)
    assert nameless(fetch) == []
    fetch.folder.field.setText(str(tmp_path / "fetched"))
    fetch.submit()
    until(window, lambda: (tmp_path / "fetched/words.txt").exists())
    plain = submit("true")
    page = _page(window, until, plain)
    until(window, lambda: page._job is not None and page._job.id == plain.id)
    assert page.code.isHidden()
    assert "Fetch code…" not in {act.title for act in page.acts()}


def test_the_question_for_a_value_says_for_whom_it_is(make_window: Make) -> None:
    window = make_window()
    asked = Asked(Question("gpu-01", Kind.SECRET, "hub", (Field("secret"),), can_keep=True))
    sheet = QuestionSheet(window.desk.theme, asked)
    window.show_sheet(sheet)
    assert nameless(sheet) == []
    words = " ".join(each.text() for each in sheet.findChildren(QLabel))
    assert "Secret hub" in words
    assert "A job on gpu-01 gets it" in words
    assert sheet.fields[0].echoMode() is QLineEdit.EchoMode.Password
    sheet.fields[0].setText("v4lue")
    assert sheet.keep is not None
    sheet.keep.setChecked(True)
    sheet.submit()
    assert asked.wait() == Reply(("v4lue",), keep=True)
