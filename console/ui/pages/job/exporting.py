"""A job's curves as a file: a picture with a heading, or every point as CSV. How is in pages/exporting."""

from __future__ import annotations

from pathlib import Path

from console.jobs.job import Job
from console.jobs.measured import metrics_csv
from console.ui.desk import Desk
from console.ui.pages.exporting import ask_for_picture, ask_for_values, headed_picture
from console.ui.pages.job.charts import JobCharts
from console.ui.sheets.into_folder import plain_name


def export_picture(desk: Desk, charts: JobCharts, job: Job) -> None:
    """Ask for a file and write the picture of now into it, under the names of the runs."""
    names = ", ".join(run.name for run in charts.runs)
    image = headed_picture(desk.theme, charts.plots, names)
    ask_for_picture(desk, charts, Path.home() / f"{plain_name(job)}.png", image)


def export_values(desk: Desk, charts: JobCharts, job: Job) -> None:
    """Ask for a file and write every kept point of the runs into it."""
    runs = [(run.name, tuple(run.metrics.curves.values())) for run in charts.runs]
    ask_for_values(desk, charts, Path.home() / f"{plain_name(job)}.csv", lambda: metrics_csv(runs))
