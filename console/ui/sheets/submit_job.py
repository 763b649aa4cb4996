"""The form that submits a job: a command or a recipe, on one server or on any."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import parse_bytes, parse_duration
from console.fleet.server import Role
from console.jobs.how_to import THREE_LINES
from console.jobs.job import Job, JobRequest
from console.jobs.spec import script_of
from console.plugin.api import Recipe
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Choice, Field, Form, TextArea, Tick
from console.ui.kit.labels import label
from console.ui.kit.segmented import SegmentedControl
from console.ui.sheets.form_sheet import Arguments, FormSheet, such_as
from console.ui.sheets.job_source import CodeFields, PythonField, secrets_in
from console.ui.sheets.recipe_fields import RecipeFields, parameters_in
from console.ui.theme import fonts

ANY = ""
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MOST_GPUS = 1024
MOST_RETRIES = 1000


class SubmitJobSheet(FormSheet):
    """Filled in from a job where one is given."""

    def __init__(
        self, desk: Desk, *, like: Job | None = None, server: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(
            desk,
            self.tr("Submit job"),
            self.tr("It runs on its server and goes on when this window is closed."),
            "job.submit",
            self.tr("Submit"),
            after=lambda job: desk.shell.go("job", job.id) if isinstance(job, Job) else None,
            parent=parent,
        )
        self._recipes = {each.name: each for each in desk.context.plugins.recipes}
        self._parameters: RecipeFields | None = None
        self._tags: dict[str, str] = {}
        self._like: JobRequest | None = None
        self.kind = SegmentedControl(
            desk.theme,
            self.tr("What to run"),
            [("command", self.tr("Command")), ("recipe", self.tr("Recipe"))],
        )
        self.kind.chosen.connect(lambda _key: self._show_kind())
        self.body.insertWidget(0, self.kind)
        self._make_place()
        self._make_more()
        self._make_command()
        self._make_recipe()
        self.plan = Button(desk.theme, self.tr("Show plan"))
        self.plan.clicked.connect(self.show_plan)
        self.footer.insertWidget(1, self.plan)
        if not self._recipes:
            self.kind.hide()
        if like is not None:
            self._fill(like)
            self._ask_for_more(like)
        if server or like is not None:
            self.server.choose(server or (like.server if like else ""))
        self._show_kind()

    def _make_command(self) -> None:
        self.command_form = Form(self._desk.theme)
        self.command = Field(self._desk.theme, placeholder="python3 train.py --epochs 10", fixed=True)
        self.command_form.row(
            self.tr("Command"), self.command, self.tr("Run as it is, without a shell; quote what has blanks.")
        )
        self.body.insertWidget(1, self.command_form)
        self.code = CodeFields(self._desk)
        self.body.insertWidget(2, self.code)
        self.server.currentIndexChanged.connect(lambda _index: self.code.set_server(self.server.key))
        self.code.set_server(self.server.key)

    def _make_recipe(self) -> None:
        theme = self._desk.theme
        self.recipe_box = QWidget()
        column = QVBoxLayout(self.recipe_box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        form = Form(theme)
        self.recipe = Choice(
            theme, [(name, safe_line(each.title)) for name, each in self._recipes.items()], self.tr("Recipe")
        )
        self.recipe.currentIndexChanged.connect(lambda _index: self._show_recipe({}))
        form.row(self.tr("Recipe"), self.recipe)
        self._about = label("", role="dim", size=fonts.SMALL, wrap=True)
        column.addWidget(form)
        column.addWidget(self._about)
        self.body.insertWidget(3, self.recipe_box)
        self._show_recipe({})

    def _make_place(self) -> None:
        theme = self._desk.theme
        rows = sorted(
            self._desk.snapshot().servers, key=lambda row: (row.server.role is Role.INFER, row.server.name)
        )
        choices = [(ANY, self.tr("Any that fits"))] + [
            (row.server.name, safe_line(row.server.name)) for row in rows if row.drained is None
        ]
        self.server = Choice(theme, choices, self.tr("Server"))
        if len(choices) > 1:
            self.server.setCurrentIndex(1)
        self.gpus = Field(theme)
        self.gpus.setText("0")
        self.name = Field(theme, placeholder=self.tr("after the script"))
        self.form.row(self.tr("Server"), self.server)
        self.form.row(
            self.tr("GPUs"), self.gpus, self.tr("0 runs at once; others wait until that many are free.")
        )
        self.form.row(self.tr("Name"), self.name)

    def _make_more(self) -> None:
        theme = self._desk.theme
        self.env = TextArea(theme, placeholder="NAME=value", lines=3)
        self.workdir = Field(theme, placeholder=self.tr("a folder of its own"), fixed=True)
        self.python = PythonField(theme)
        self.secrets = TextArea(theme, placeholder="HF_TOKEN\nNAME=keyring-entry", lines=2)
        self.limit = Field(theme, placeholder="90s, 15m, 2h, 7d")
        self.memory = Field(theme, placeholder="512M, 24G")
        self.priority = Field(theme)
        self.priority.setText("0")
        self.retries = Field(theme)
        self.retries.setText("0")
        self.preemptible = Tick(theme, self.tr("Makes way for higher priority"))
        self.outputs = Field(theme, placeholder="*.pt checkpoints/*", fixed=True)
        self.form.row(self.tr("Environment"), self.env, self.tr("One NAME=value a line."))
        self.form.row(
            self.tr("Secrets"),
            self.secrets,
            self.tr(
                "One name a line, or NAME=ENTRY of the keyring. Values come from there, or you are asked; "
                "the job gets them as variables."
            ),
        )
        self.form.row(
            self.tr("Python"), self.python, self.tr("It is looked at on the server before the start.")
        )
        self.form.row(
            self.tr("Folder on the server"), self.workdir, self.tr("Instead of code that goes along.")
        )
        self.form.row(self.tr("Time limit"), self.limit)
        self.form.row(self.tr("Memory limit"), self.memory, self.tr("Of all its processes together."))
        self.form.row(self.tr("Priority"), self.priority, self.tr("Higher goes first in the queue."))
        self.form.row(
            self.tr("Preemptible"),
            self.preemptible,
            self.tr("It is told to end, may save a checkpoint, waits, and is started again."),
        )
        self.form.row(
            self.tr("Retries"),
            self.retries,
            self.tr("After a failure or a lost supervisor, with pauses that grow."),
        )
        self.form.row(
            self.tr("Outputs"),
            self.outputs,
            self.tr("Patterns of files in its folder; what it writes to $TANDEM_OUTPUTS counts always."),
        )
        self.metrics = Field(theme, placeholder=such_as("logs/*.csv"), fixed=True)
        self.form.row(
            self.tr("Metrics"),
            self.metrics,
            self.tr(
                "Files to read curves from. Left empty, $TANDEM_METRICS, TensorBoard's event files and "
                "metrics.csv are found. To write your own, in Python:"
            ),
        )
        self.form.add(label(THREE_LINES, size=fonts.SMALL, wrap=True, fixed=True, selectable=True))

    # --- what is shown

    def _show_kind(self) -> None:
        is_recipe = self.kind.current == "recipe"
        self.command_form.setVisible(not is_recipe)
        self.code.setVisible(not is_recipe)
        self.recipe_box.setVisible(is_recipe)
        if is_recipe:
            self._offer_gpus()

    def _chosen_recipe(self) -> Recipe | None:
        return self._recipes.get(self.recipe.key)

    def _show_recipe(self, given: dict[str, str]) -> None:
        recipe = self._chosen_recipe()
        if self._parameters is not None:
            self._parameters.setParent(None)
            self._parameters.deleteLater()
            self._parameters = None
        if recipe is None:
            return
        self._about.setText(safe_line(recipe.description))
        self._parameters = RecipeFields(self._desk.theme, recipe, given)
        layout = self.recipe_box.layout()
        assert layout is not None
        layout.addWidget(self._parameters)
        self._offer_gpus()

    def _offer_gpus(self) -> None:
        recipe = self._chosen_recipe()
        if self.kind.current == "recipe" and recipe is not None and self.gpus.text().strip() in ("", "0"):
            self.gpus.setText(str(recipe.gpus))

    def _fill(self, job: Job) -> None:
        recipe = self._recipes.get(job.recipe or "")
        if recipe is not None:
            self.kind.set_current("recipe")
            self.recipe.choose(recipe.name)
            self._show_recipe(parameters_in(recipe, job.argv))
        else:
            self.command.setText(shlex.join(job.argv))
        self.gpus.setText(str(job.gpus))
        self.name.setText(job.name)
        self.python.fill(job.python)
        self.secrets.setPlainText(
            "\n".join(name if name == entry else f"{name}={entry}" for name, entry in job.secrets.items())
        )
        if job.code is None:
            self.workdir.setText(job.workdir or "")
        elif job.code.source and Path(job.code.source).exists():
            self.code.code.field.setText(job.code.source)
            if Path(job.code.source).is_file():
                # Its command is how the script was run; what is asked for here are the script's arguments.
                arguments = job.argv[job.argv.index(script_of(job.argv) or job.argv[0]) + 1 :]
                self.command.setText(shlex.join(arguments))
        self._tags = dict(job.tags)

    def _ask_for_more(self, job: Job) -> None:
        """What only its server or the history can tell; what was typed meanwhile stays."""
        history = self._desk.context.jobs.history
        self._desk.worker.run(
            lambda: history.request_of(job.id),
            lambda request: self._fill_more(job, request),
            failed=self.problem.set_problem,
            owner=self,
        )

    def _fill_more(self, job: Job, request: JobRequest) -> None:
        self._like = request
        memory, limit = request.memory_limit_bytes, request.time_limit_s
        env = "\n".join(f"{name}={value}" for name, value in request.env.items())
        if not self.env.toPlainText():
            self.env.setPlainText(env)
        if self.workdir.text() == (job.workdir or ""):
            self.workdir.setText(request.workdir or "")
        for field, before, text in (
            (self.limit, "", "" if limit is None else f"{limit:g}"),
            (self.memory, "", "" if memory is None else str(memory)),
            (self.priority, "0", str(request.priority)),
            (self.retries, "0", str(request.retries)),
            (self.outputs, "", " ".join(request.outputs)),
        ):
            if field.text() == before:
                field.setText(text)
        self.preemptible.setChecked(self.preemptible.isChecked() or request.preemptible)

    # --- what is asked for

    def arguments(self) -> Arguments | None:
        argv: tuple[str, ...] = ()
        params: dict[str, str] = {}
        recipe = self._chosen_recipe() if self.kind.current == "recipe" else None
        if recipe is not None and self._parameters is not None:
            given = self._parameters.values()
            if given is None:
                return None
            params = given
        else:
            words = self._words()
            if words is None:
                return None
            argv = words
        gpus = self.whole_number(self.gpus, 0, MOST_GPUS)
        env = self._environment()
        limit = self._limit()
        priority = self.whole_number(self.priority, -1000, 1000)
        retries = self.whole_number(self.retries, 0, MOST_RETRIES)
        memory = self._memory()
        python = self.python.value(self.form)
        secrets = secrets_in(self.form, self.secrets)
        if python is None or secrets is None:
            return None
        if gpus is None or env is None or limit is None or priority is None:
            return None
        if retries is None or memory is None:
            return None
        request = JobRequest(
            argv=argv,
            server=self.server.key or None,
            any_server=self.server.key == ANY,
            name=self.name.text().strip(),
            gpus=gpus,
            env=env,
            workdir=self.workdir.text().strip() or None,
            recipe=recipe.name if recipe else None,
            params=params,
            code=None if recipe else self.code.path,
            secrets=secrets,
            python=python.get("python"),
            venv=python.get("venv"),
            conda=python.get("conda"),
            time_limit_s=limit or None,
            memory_limit_bytes=memory or None,
            retries=retries,
            preemptible=self.preemptible.isChecked(),
            priority=priority,
            outputs=tuple(self.outputs.text().split()),
            metrics=tuple(self.metrics.text().split()),
            tags=self._tags,
            like=self._like.like if self._like is not None and recipe is None else None,
        )
        return {"request": request}

    def _words(self) -> tuple[str, ...] | None:
        try:
            words = shlex.split(self.command.text())
        except ValueError:
            self.command_form.fault(self.command, self.tr("A quotation mark is not closed."))
            return None
        script = self.code.path is not None and self.code.path.is_file()
        self.command_form.fault(self.command, "" if words or script else self.tr("Enter what to run."))
        return tuple(words) if words or script else None

    def _environment(self) -> dict[str, str] | None:
        found = {}
        for line in self.env.toPlainText().splitlines():
            name, equals, value = line.strip().partition("=")
            if not name and not equals:
                continue
            if not equals or not _ENV_NAME.fullmatch(name):
                text = self.tr("'{line}' is not NAME=value.").format(line=safe_line(line, max_chars=40))
                self.form.fault(self.env, text)
                return None
            found[name] = value
        self.form.fault(self.env, "")
        return found

    def _memory(self) -> int | None:
        """Bytes, 0 for none; None after saying what is wrong."""
        text = self.memory.text().strip()
        try:
            size = parse_bytes(text) if text else 0
        except Problem:
            self.form.fault(self.memory, self.tr("Write bytes, or 512M, 24G."))
            return None
        self.form.fault(self.memory, "")
        return size

    def _limit(self) -> float | None:
        """Seconds, 0 for none; None after saying what is wrong."""
        text = self.limit.text().strip()
        try:
            seconds = parse_duration(text).total_seconds() if text else 0.0
        except Problem:
            self.form.fault(self.limit, self.tr("Write seconds, or 90s, 15m, 2h, 7d."))
            return None
        if text and seconds <= 0:
            self.form.fault(self.limit, self.tr("A limit is above zero."))
            return None
        self.form.fault(self.limit, "")
        return seconds
