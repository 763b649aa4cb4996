"""The guided round: its steps live, the loss drawn while it trains, and the numbers that it ends with."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.units import UNKNOWN, format_duration, format_milliseconds, three_digits
from console.demo.round import DEPLOYMENT, MODEL, RoundSummary
from console.operations.operation import FINAL, State
from console.ui import clock
from console.ui.desk import Desk
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Plate
from console.ui.kit.labels import Elided, heading, label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.kit.steps import Bar, ProgressSteps, lines_of, tone_of_state
from console.ui.pages.activity.operations import share_of
from console.ui.pages.job.charts import metric_text
from console.ui.pages.job.look import curve_of
from console.ui.pages.pace import Pace
from console.ui.plan_texts import step_name
from console.ui.sheets.round_run import Curve, RoundRun
from console.ui.state_words import operation_word
from console.ui.theme import fonts

LOOK_EVERY_S = 0.5
CHART_HEIGHT = 190


class Number(QWidget):
    """One of the numbers at the end: name, value, what it means."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        self._value = heading(UNKNOWN, size=18)
        column.addWidget(label(name, role="dim", size=fonts.SMALL))
        column.addWidget(self._value)

    @property
    def value(self) -> str:
        return self._value.text()

    def set(self, text: str) -> None:
        set_text(self._value, text)


class Summary(Plate):
    """The panel of results, with the ways to the job, the model and the deployment."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, token="raised", parent=parent)
        self._desk = desk
        self.numbers = {
            "accuracy": Number(self.tr("Accuracy, held-out")),
            "requests": Number(self.tr("Requests")),
            "failed": Number(self.tr("Failed")),
            "p50": Number(self.tr("p50")),
            "p99": Number(self.tr("p99")),
            "versions": Number(self.tr("Versions")),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        self._title = heading(self.tr("Result"))
        column.addWidget(self._title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for place, number in enumerate(self.numbers.values()):
            grid.addWidget(number, place // 3, place % 3)
            grid.setColumnStretch(place % 3, 1)
        column.addLayout(grid)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.job = Button(desk.theme, self.tr("Open job"))
        self.model = Button(desk.theme, self.tr("Open model"))
        self.deployment = Button(desk.theme, self.tr("Open deployment"))
        for button in (self.job, self.model, self.deployment):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def show_summary(self, summary: RoundSummary, job: str) -> None:
        """Fill in what was measured; `job` is the last training."""
        if not self.isHidden():
            return
        numbers = self.numbers
        numbers["accuracy"].set(f"{summary.accuracy:.4f}")
        numbers["requests"].set(three_digits(summary.requests))
        numbers["failed"].set(three_digits(summary.failed))
        numbers["p50"].set(format_milliseconds(summary.p50_ms))
        numbers["p99"].set(format_milliseconds(summary.p99_ms))
        numbers["versions"].set(", ".join(f"{each}" for each in summary.versions))
        took = format_duration(summary.seconds)
        set_text(self._title, self.tr("Result, measured in {span}").format(span=took))
        ref = f"{MODEL}@{summary.versions[-1]}" if summary.versions else MODEL
        shell = self._desk.shell
        self.job.setVisible(bool(job))
        self.job.clicked.connect(lambda: shell.go("job", job))
        self.model.clicked.connect(lambda: shell.go("models", ref))
        self.deployment.clicked.connect(lambda: shell.go("deployment", DEPLOYMENT))
        self.show()


class RoundSheet(Sheet):
    """Shows a run. Closing it leaves the run going; Activity and Run the round bring it back."""

    def __init__(self, desk: Desk, run: RoundRun, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            self.tr("The round"),
            self.tr("Train, validate, register, deploy, ask, and switch the version while requests flow."),
            parent,
        )
        self._desk = desk
        self._run = run
        self._pace = Pace(desk.context.clock, LOOK_EVERY_S)
        self._drawn: tuple[int, ...] = ()
        self._badge = StateBadge(desk.theme)
        self._line = Elided("", role="dim", size=fonts.SMALL)
        self.bar = Bar(desk.theme, self.tr("Progress of the round"))
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._badge)
        top.addWidget(self._line, 1)
        self.summary = Summary(desk)
        self.chart = self._make_chart()
        self.steps = ProgressSteps(desk.theme)
        self.body.addLayout(top)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.chart)
        self.body.addWidget(self.steps)
        self.body.addStretch(1)
        self.cancel = Button(desk.theme, self.tr("Cancel the round"), "danger")
        self.cancel.clicked.connect(self._on_cancel)
        self.dismiss = Button(desk.theme, self.tr("Close"))
        self.dismiss.clicked.connect(self.close_sheet)
        self.footer.addWidget(self.cancel)
        self.footer.addWidget(self.dismiss)
        desk.clock.every(clock.TABLES, self, self.refresh)
        self.refresh()

    def _make_chart(self) -> QWidget:
        from console.ui.kit.chart import Chart, Line
        from console.ui.kit.chart_group import ChartGroup

        self._group = ChartGroup(self)
        self._chart = Chart(
            self._desk.theme,
            self.tr("Loss over steps"),
            self._group,
            metric_text,
            lines=(Line("", "training"),),
            over_time=False,
        )
        self._chart.setFixedHeight(CHART_HEIGHT)
        self._chart.hide()
        return self._chart

    @property
    def curve_lengths(self) -> tuple[int, ...]:
        """How many points of each training are drawn, for tests."""
        return self._drawn

    def refresh(self) -> None:
        """How it stands now."""
        run, view = self._run, self._run.view
        self.steps.set_lines(lines_of(view))
        self._badge.set(tone_of_state(view.state), operation_word(view.state))
        self.bar.set_share(share_of(view), tone_of_state(view.state))
        end = view.ended or self._desk.context.clock.now()
        took = format_duration(max(0.0, (end - view.started).total_seconds()))
        current = step_name(view.current.name) if view.current and view.state not in FINAL else ""
        self._line.set_text("  ·  ".join(part for part in (took, current) if part))
        self.problem.set_problem(view.problem)
        self.cancel.setVisible(view.state not in FINAL)
        if view.state is State.DONE and run.summary is None:
            self._desk.worker.run(run.result, self._keep, owner=self, key="round.result")
        if run.summary is not None:
            self.summary.show_summary(run.summary, next(reversed(run.curves), ""))
        if self._pace.due() and not (view.state in FINAL and all(c.whole for c in run.curves.values())):
            ids = run.job_ids()
            self._desk.worker.run(
                lambda: run.look(ids), self._take, failed=self._not_read, owner=self, key="round.look"
            )
        self._draw()

    def _keep(self, summary: RoundSummary | None) -> None:
        self._run.summary = summary

    def _take(self, curves: dict[str, Curve]) -> None:
        self._run.curves = curves
        self._draw()

    def _not_read(self, problem: Problem) -> None:
        """The curve is an extra: why it is not there is said in its line only."""
        self._line.set_text(problem.sentence)

    def _draw(self) -> None:
        from console.ui.kit.chart import Line

        curves = list(self._run.curves.values())
        lengths = tuple(len(curve.points) for curve in curves)
        if not curves or lengths == self._drawn:
            return
        self._drawn = lengths
        names = [self.tr("training {number}").format(number=place) for place in range(1, len(curves) + 1)]
        lines = [
            Line(name, "training" if place == 0 else ("accent" if place == 1 else None))
            for place, name in enumerate(names)
        ]
        data = [curve_of(curve.points) for curve in curves]
        last = max((float(x[-1]) for x, _ in data if len(x)), default=1.0)
        self._chart.set_lines(lines)
        self._group.follow(0.0, max(1.0, last))
        self._chart.set_data(data)
        self._chart.show()

    def _on_cancel(self) -> None:
        handle = self._run.handle
        self._desk.worker.run(handle.cancel, owner=self, failed=self.problem.set_problem)
