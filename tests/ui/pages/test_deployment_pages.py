"""Deploying, asking, opening, switching, rolling back and removing by the window, over a real sshd."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np

from console.context import Context
from console.models.model import AddModel
from console.ui.pages.deployment.page import DeploymentPage
from console.ui.pages.deployment.ring import DeploymentRing
from console.ui.pages.deployments.page import DeploymentsPage
from console.ui.sheets.deploy import DeploySheet
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.sheets.try_deployment import TryDeploymentSheet
from console.ui.sheets.update_deployment import UpdateDeploymentSheet
from console.ui.shell.window import Window
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]


def _register(context: Context, folder: Path, value: int) -> str:
    path = folder / f"{value}.json"
    path.write_text(json.dumps({"value": value}))
    return context.operations.run(context.models.prepare_add(AddModel("toy", str(path), "tiny"))).ref


def _start(window: Window, until: Until) -> None:
    """Say yes to the plan that comes; a sheet of before that tells of its end is none."""
    until(
        window, lambda: isinstance(window.sheets.sheet, OperationSheet) and not window.sheets.sheet._operation
    )
    sheet = window.sheets.sheet
    assert isinstance(sheet, OperationSheet)
    if sheet._confirm is not None:
        sheet._confirm.setText("toy")
    sheet._start.click()


def _status(url: str) -> int:
    with urllib.request.urlopen(f"{url}/v2/health/ready", timeout=5) as answer:
        return int(answer.status)


def test_the_life_of_a_deployment(make_window: Make, until: Until, serving: Context, tmp_path: Path) -> None:
    first = _register(serving, tmp_path, 1)
    window = make_window(context=serving)
    window.open_sheet("deploy", {"model": first})
    form = window.sheets.sheet
    assert isinstance(form, DeploySheet)
    assert nameless(form) == []
    until(window, lambda: form.ready and form.act.isEnabled())
    assert form.version.key == first
    assert form.name.text() == "toy"
    assert form.path.text() == sys.executable
    form.replicas.setText("0")
    form.submit()
    assert "between 1" in form.form._hints[form.replicas][0].text()
    form.replicas.setText("1")
    form.act.click()
    until(window, lambda: isinstance(window.page, DeploymentPage), 60)
    page = window.page
    assert isinstance(page, DeploymentPage)
    until(window, lambda: page.header.state_word == "live")
    assert window.top.place == "Deployments › toy"
    assert nameless(page) == []
    _is_asked(window, until, page)
    _is_opened(window, until, page)
    _is_switched(window, until, page, _register(serving, tmp_path, 2))
    _is_removed(window, until, page)


def _is_asked(window: Window, until: Until, page: DeploymentPage) -> None:
    page.header.try_it.click()
    sheet = window.sheets.sheet
    assert isinstance(sheet, TryDeploymentSheet)
    assert nameless(sheet) == []
    until(window, lambda: '"name": "x"' in sheet.request.toPlainText())
    sheet.act.click()
    until(window, lambda: sheet.badge.text == "200")
    assert json.loads(sheet.answer.toPlainText())["outputs"][0]["data"] == [1]
    sheet.request.setPlainText("{not json")
    sheet.act.click()
    assert "no JSON" in sheet.form._hints[sheet.request][0].text()
    sheet.close_sheet()


def _is_opened(window: Window, until: Until, page: DeploymentPage) -> None:
    page.header.open.click()
    until(window, lambda: page.header.url.text().startswith("http://127.0.0.1:"))
    url = page.header.url.text()
    assert _status(url) == 200
    assert not page.header.open.isEnabled()
    page.header.close_forward.click()
    until(window, lambda: not window.worker.busy() and page.header.open.isEnabled())

    def refused() -> bool:
        try:
            return _status(url) != 200
        except (urllib.error.URLError, ConnectionError):
            return True

    until(window, refused)


def _is_switched(window: Window, until: Until, page: DeploymentPage, second: str) -> None:
    page.header.switch.click()
    sheet = window.sheets.sheet
    assert isinstance(sheet, UpdateDeploymentSheet)
    assert nameless(sheet) == []
    until(window, lambda: sheet.ready and sheet.act.isEnabled())
    assert sheet.version.key == second
    sheet.act.click()
    until(window, lambda: [part.name for part in page.header.traffic.parts] == [second], 60)
    until(window, lambda: page.rollout.steps.lines and page.rollout.steps.lines[-1].tone.value == "ok")
    assert page.rollout.title.text() == f"Switch toy to {second}"
    until(window, lambda: len(page.releases.rows_model.rows) == 2)
    until(window, lambda: page.header.back.isEnabled())
    page.header.back.click()
    _start(window, until)
    until(window, lambda: [part.name for part in page.header.traffic.parts] == ["toy@1"], 60)


def _is_removed(window: Window, until: Until, page: DeploymentPage) -> None:
    window.toggle_read_only()
    until(window, lambda: not page.header.remove.isEnabled())
    assert not page.header.switch.isEnabled()
    assert page.header.try_it.isEnabled()
    window.toggle_read_only()
    until(window, lambda: page.header.remove.isEnabled())
    page.header.remove.click()
    _start(window, until)
    until(window, lambda: isinstance(window.page, DeploymentsPage), 60)
    listed = window.page
    assert isinstance(listed, DeploymentsPage)
    until(window, lambda: listed.empty.isVisible())
    assert nameless(listed) == []


def test_one_that_nobody_knows_is_said(make_window: Make, until: Until, lab: Context) -> None:
    window = make_window()
    window.go("deployment", "nosuch")
    page = window.page
    assert isinstance(page, DeploymentPage)
    until(window, lambda: page.problem.problem is not None)
    assert page.problem.problem is not None
    assert page.problem.problem.code == "deploy.unknown"
    assert not page.header.remove.isEnabled()


def test_what_was_not_seen_is_a_gap() -> None:
    ring = DeploymentRing()
    ring.add(1.0, None)
    assert np.isnan(ring.totals).all()
    assert np.isnan(ring.p99).all()
    assert ring.releases(0.0) == []
