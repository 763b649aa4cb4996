"""The form that registers a version of a model: from a file here, on a server, or an output of a job."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.jobs.job import Job, Output
from console.models.model import AddModel, ModelVersion
from console.ui.desk import Desk
from console.ui.kit.fields import Choice, Field, TextArea
from console.ui.sheets.form_sheet import Arguments, FormSheet
from console.ui.sheets.path_field import PathField

HERE = ""
_LIKELY = (".pt", ".safetensors", ".onnx", ".ts", ".torchscript", ".pt2", ".gguf")


class AddModelSheet(FormSheet):
    """With a job its outputs are offered, and its metrics are taken over."""

    def __init__(
        self, desk: Desk, *, job: Job | None = None, path: str = "", parent: QWidget | None = None
    ) -> None:
        text = (
            self.tr("From the outputs of {job}, with the metrics that it reported.").format(
                job=safe_line(job.name)
            )
            if job
            else self.tr("The file is copied into Tandem's own store and kept by its content.")
        )
        super().__init__(
            desk,
            self.tr("Register model"),
            text,
            "model.add",
            self.tr("Register"),
            after=lambda made: desk.shell.go("models", made.ref) if isinstance(made, ModelVersion) else None,
            parent=parent,
        )
        self._job = job
        self._wanted = path
        theme = desk.theme
        self.name = Field(theme, placeholder="defects")
        self.form.row(
            self.tr("Name"), self.name, self.tr("A name that is there already gets its next version.")
        )
        if job is not None:
            self.name.setText(_name_of(job))
            self.output = Choice(theme, [], self.tr("Output"))
            self.form.row(self.tr("Output"), self.output)
            self._read_outputs(job)
        else:
            servers = [(row.server.name, safe_line(row.server.name)) for row in desk.snapshot().servers]
            self.server = Choice(theme, [(HERE, self.tr("This machine")), *servers], self.tr("Where"))
            self.server.currentIndexChanged.connect(lambda _index: self._show_place())
            self.path = PathField(theme, self.tr("File"))
            self.form.row(self.tr("Where"), self.server)
            self.form.row(self.tr("File"), self.path, self.tr("TorchScript, safetensors, ONNX, pt2 or GGUF."))
        self.format = Field(theme, placeholder=self.tr("told by a look inside"))
        self.form.row(self.tr("Format"), self.format)
        self.metrics = TextArea(theme, placeholder="accuracy=0.97", lines=3)
        self.form.row(self.tr("Metrics"), self.metrics, self.tr("One name=number a line."))

    def _show_place(self) -> None:
        self.path.button.setVisible(self.server.key == HERE)

    def _read_outputs(self, job: Job) -> None:
        jobs = self._desk.context.jobs

        def offer(outputs: list[Output]) -> None:
            likely = sorted(outputs, key=lambda each: not each.path.endswith(_LIKELY))
            self.output.set_choices([(each.path, safe_line(each.path)) for each in likely])
            self.output.choose(self._wanted)

        self._desk.worker.run(
            lambda: jobs.outputs(job.id), offer, failed=self.problem.set_problem, owner=self
        )

    @property
    def ready(self) -> bool:
        return self._job is None or bool(self.output.key)

    def arguments(self) -> Arguments | None:
        name = self.name.text().strip()
        self.form.fault(self.name, "" if name else self.tr("Enter a name."))
        metrics = self._read_metrics()
        if not name or metrics is None:
            return None
        server: str | None = None
        if self._job is not None:
            path = self.output.key
        else:
            path = self.path.field.text().strip()
            server = self.server.key or None
            self.form.fault(self.path, "" if path else self.tr("Enter a file."))
            if not path:
                return None
        wanted = AddModel(
            name=name,
            path=path,
            format=self.format.text().strip() or None,
            metrics=metrics,
            from_job=self._job.id if self._job else None,
            server=server,
        )
        return {"model": wanted}

    def _read_metrics(self) -> dict[str, float] | None:
        found = {}
        for line in self.metrics.toPlainText().splitlines():
            if not line.strip():
                continue
            name, _equals, text = line.partition("=")
            try:
                number = float(text)
            except ValueError:
                number = math.nan
            if not name.strip() or not math.isfinite(number):
                shown = safe_line(line, max_chars=40)
                self.form.fault(self.metrics, self.tr("'{line}' is not name=number.").format(line=shown))
                return None
            found[name.strip()] = number
        self.form.fault(self.metrics, "")
        return found

    def refused(self, problem: Problem) -> None:
        """A fault of the name belongs under the name."""
        super().refused(problem)
        if problem.code == "input.invalid" and str(problem.attrs.get("what", "")).startswith("model name"):
            self.form.fault(self.name, problem.sentence)


def _name_of(job: Job) -> str:
    """A model's name out of a job's: "digits-train-1" becomes "digits"."""
    name = safe_line(job.name, max_chars=60)
    for part in ("-train", "_train", "-training"):
        name = name.split(part)[0]
    kept = "".join(char if char.isalnum() or char in "._-" else "-" for char in name)
    return kept.strip("-.") or "model"
