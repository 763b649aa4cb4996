"""What one can do with a job, for the list's menu, its inspector and the job's page alike."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from console.jobs.job import Job, JobState
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.acting import entry
from console.ui.pages.jobs.words import command_of
from console.ui.pages.page import PageAct


def submit(desk: Desk, like: Job | None = None, server: str = "") -> None:
    """The form, filled in from a job where one is given."""
    from console.ui.sheets.submit_job import SubmitJobSheet

    desk.shell.show_sheet(SubmitJobSheet(desk, like=like, server=server))


def cancel(desk: Desk, job: Job) -> None:
    """Show the plan of ending it."""
    desk.runner.command("job.cancel", {"id": job.id})


def stop(desk: Desk, job: Job) -> None:
    """Show the plan of letting it save a checkpoint and end."""
    desk.runner.command("job.stop", {"id": job.id})


def again(desk: Desk, job: Job) -> None:
    """Show the plan of submitting the very same once more."""
    desk.runner.command("job.again", {"id": job.id})


def fetch(desk: Desk, job: Job) -> None:
    """Ask where to and fetch."""
    from console.ui.sheets.fetch_outputs import FetchOutputsSheet

    desk.shell.show_sheet(FetchOutputsSheet(desk, job))


def fetch_code(desk: Desk, job: Job) -> None:
    """Ask where to, and fetch the code that it ran."""
    from console.ui.sheets.code_sheets import FetchCodeSheet

    desk.shell.show_sheet(FetchCodeSheet(desk, job))


def view_code(desk: Desk, job: Job, path: str) -> None:
    """Look at one file of the code that it ran."""
    from console.ui.sheets.code_sheets import CodeFileSheet

    desk.shell.show_sheet(CodeFileSheet(desk, job, path))


def register(desk: Desk, job: Job, path: str = "") -> None:
    """The form that makes a model's version of one of its outputs."""
    from console.ui.sheets.add_model import AddModelSheet

    desk.shell.show_sheet(AddModelSheet(desk, job=job, path=path))


def annotate(desk: Desk, job: Job) -> None:
    """The form for its note and tags."""
    from console.ui.sheets.annotate_job import AnnotateJobSheet

    desk.shell.show_sheet(AnnotateJobSheet(desk, job))


def compare(desk: Desk, job: Job, other: Job | None = None) -> None:
    """Two runs side by side; without another one, with the run of that name before."""
    desk.shell.go("compare_jobs", job.id if other is None else f"{job.id} {other.id}")


def job_acts(desk: Desk, job: Job) -> tuple[PageAct, ...]:
    """What menu and palette offer while a job is in front."""
    return (
        PageAct(translate("Jobs", "Note and tags…"), lambda: annotate(desk, job)),
        PageAct(translate("Jobs", "Compare with the run before"), lambda: compare(desk, job)),
        PageAct(translate("Jobs", "Clone and edit…"), lambda: submit(desk, job)),
    )


def menu_of(desk: Desk, job: Job, parent: QWidget, others: Sequence[Job] = ()) -> QMenu:
    """The right click; `others` are the jobs selected with it."""
    menu = QMenu(parent)
    entry(menu, desk, translate("Jobs", "Open"), lambda: desk.shell.go("job", job.id))
    menu.addSeparator()
    entry(
        menu,
        desk,
        translate("Jobs", "Cancel…"),
        lambda: cancel(desk, job),
        command="job.cancel",
        possible=not job.final,
    )
    entry(
        menu,
        desk,
        translate("Jobs", "Checkpoint and stop…"),
        lambda: stop(desk, job),
        command="job.stop",
        possible=job.state is JobState.RUNNING,
    )
    entry(menu, desk, translate("Jobs", "Run the same again…"), lambda: again(desk, job), command="job.again")
    entry(menu, desk, translate("Jobs", "Clone and edit…"), lambda: submit(desk, job), command="job.submit")
    entry(menu, desk, translate("Jobs", "Fetch outputs…"), lambda: fetch(desk, job), command="job.outputs")
    entry(
        menu,
        desk,
        translate("Jobs", "Fetch code…"),
        lambda: fetch_code(desk, job),
        command="job.code",
        possible=job.code is not None,
    )
    entry(
        menu,
        desk,
        translate("Jobs", "Register model…"),
        lambda: register(desk, job),
        command="model.add",
        possible=job.final,
    )
    menu.addSeparator()
    entry(
        menu, desk, translate("Jobs", "Note and tags…"), lambda: annotate(desk, job), command="job.annotate"
    )
    one = next((each for each in others if each.id != job.id), None)
    text = (
        translate("Jobs", "Compare with the run before")
        if one is None
        else translate("Jobs", "Compare these two")
    )
    entry(menu, desk, text, lambda: compare(desk, job, one), possible=len(others) <= 2)
    menu.addSeparator()
    clipboard = QGuiApplication.clipboard
    entry(menu, desk, translate("Jobs", "Copy id"), lambda: clipboard().setText(job.id))
    entry(menu, desk, translate("Jobs", "Copy command"), lambda: clipboard().setText(command_of(job)))
    return menu
