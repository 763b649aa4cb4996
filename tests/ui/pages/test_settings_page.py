"""Settings made from their declaration, backup and restore, and what is listed beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.context import Context
from console.core.options import OPTIONS
from console.fleet.server import Server
from console.ui.kit.fields import Choice, Field, Tick
from console.ui.pages.settings.backup_card import RestoreSheet
from console.ui.pages.settings.page import SettingsPage
from console.ui.shell.window import Window
from tests.lab.sshd import free_port
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]


def _page(window: Window) -> SettingsPage:
    window.go("settings")
    assert isinstance(window.page, SettingsPage)
    return window.page


def test_every_option_has_an_editor_of_its_type(make_window: Make) -> None:
    window = make_window()
    page = _page(window)
    assert set(page.rows) == {option.name for option in OPTIONS}
    for option in OPTIONS:
        kind = Tick if isinstance(option.default, bool) else Choice if option.choices else Field
        assert isinstance(page.rows[option.name].editor, kind), option.name
        assert not page.rows[option.name].dot.on
    assert nameless(page) == []


def test_a_number_is_checked_kept_and_reset(
    qtbot: QtBot, make_window: Make, until: Until, context: Context
) -> None:
    window = make_window()
    row = _page(window).rows["watch.interval_s"]
    field = row.editor
    assert isinstance(field, Field)
    for wrong, words in (("fast", "number"), ("1000", "between 0.5 and 60")):
        field.setFocus()
        field.setText(wrong)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        until(window, lambda words=words: words in row.fault)
        assert context.options.get("watch.interval_s") == 1.0
    field.setText("2.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    until(window, lambda: context.options.get("watch.interval_s") == 2.5)
    until(window, lambda: row.dot.on)
    assert row.fault == ""
    row.reset.click()
    until(window, lambda: context.options.get("watch.interval_s") == 1.0)
    until(window, lambda: not row.dot.on)


def test_theme_and_read_only_take_effect_at_once(make_window: Make, until: Until, context: Context) -> None:
    window = make_window()
    page = _page(window)
    theme = page.rows["ui.theme"].editor
    assert isinstance(theme, Choice)
    theme.choose("light")
    theme.activated.emit(theme.currentIndex())
    until(window, lambda: window.desk.theme.name == "light")
    switch = page.rows["safety.read_only"].editor
    assert isinstance(switch, Tick)
    switch.click()
    until(window, lambda: not context.changes_allowed)
    until(window, lambda: window.rail.switch.isChecked())


def test_a_search_leaves_what_fits(make_window: Make) -> None:
    window = make_window()
    page = _page(window)
    page.focus_search()
    page.search.setText("connect")
    shown = {name for name, row in page.rows.items() if not row.isHidden()}
    assert shown == {"ssh.connect_timeout_s", "ssh.parallel_connects"}
    page.search.setText("nothing such")
    assert page.nothing.isVisible()


def test_a_backup_is_made_looked_at_and_put_back(
    make_window: Make, until: Until, context: Context, tmp_path: Path
) -> None:
    window = make_window()
    context.servers.add(Server("kept", "192.0.2.1"))
    page = _page(window)
    target = tmp_path / "folder" / "tandem.tar"
    page.backup.back_up(target)
    until(window, lambda: target.is_file() and page.backup.backup_button.isEnabled())
    assert str(target) in page.backup.note.text()
    context.servers.remove("kept")
    page.backup.look_at(target)
    until(window, lambda: isinstance(window.sheets.sheet, RestoreSheet))
    sheet = window.sheets.sheet
    assert isinstance(sheet, RestoreSheet)
    assert nameless(sheet) == []
    sheet.restore.click()
    until(window, lambda: window.sheets.sheet is None)
    assert [server.name for server in context.servers.list()] == ["kept"]


def test_what_is_no_backup_is_said(make_window: Make, until: Until, tmp_path: Path) -> None:
    window = make_window()
    page = _page(window)
    path = tmp_path / "no.tar"
    path.write_text("no")
    page.backup.look_at(path)
    until(window, lambda: page.backup.problem.problem is not None)
    assert page.backup.problem.problem is not None
    assert page.backup.problem.problem.code == "backup.invalid"
    assert window.sheets.sheet is None


def test_files_are_chosen_without_a_nested_loop(make_window: Make) -> None:
    from PySide6.QtWidgets import QFileDialog

    window = make_window()
    page = _page(window)
    page.backup._on_backup()
    dialogs = page.backup.findChildren(QFileDialog)
    assert len(dialogs) == 1
    dialogs[0].reject()


def test_plugins_and_findings_are_listed(make_window: Make, until: Until, context: Context) -> None:
    window = make_window()
    page = _page(window)
    until(window, lambda: page.doctor.items and page.doctor.check.isEnabled())
    names = [item.name.text() for item in page.plugins.items]
    assert len(names) == len(context.plugins.plugins)
    assert any(name.startswith("nvidia") for name in names)
    assert {"home", "resources", "audit log"} <= {item.name.text() for item in page.doctor.items}


def test_the_prometheus_endpoint_is_switched_here(make_window: Make, until: Until, context: Context) -> None:
    context.options.set("prometheus.port", free_port())
    window = make_window()
    page = _page(window)
    switch = page.rows["prometheus.endpoint"].editor
    assert isinstance(switch, Tick)
    assert "off" in page.prometheus.state.text()
    switch.click()
    until(window, lambda: context.endpoint.view().url in page.prometheus.state.text())
    until(window, lambda: "on this machine only" in page.prometheus.state.text())
    assert context.endpoint.view().serving
    switch.click()
    until(window, lambda: not context.endpoint.view().serving)
