"""A source in the window: its sheets, and what is offered on a server that only a source knows."""

from __future__ import annotations

from collections.abc import Callable

from console.context import Context
from console.ui.pages.server.page import ServerPage
from console.ui.pages.server_acts import server_menu
from console.ui.sheets.sources_sheet import AddSourceSheet, SourcesSheet
from console.ui.shell.window import Window
from tests.lab.prometheus_like import PrometheusLike
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless
from tests.unit.telemetry.sources.test_faults import answering

Make = Callable[..., Window]


def test_a_source_is_added_seen_and_removed(make_window: Make, until: Until, context: Context) -> None:
    window = make_window()
    with PrometheusLike(answering) as like:
        context.sources.start()
        window.open_sheet("add_source")
        form = window.sheets.sheet
        assert isinstance(form, AddSourceSheet)
        assert nameless(form) == []
        form.submit()
        form.name.setText("site")
        form.url.setText(like.url)
        form.submit()
        until(window, lambda: [each.entry.name for each in context.sources.views()] == ["site"])
        until(window, lambda: isinstance(window.sheets.sheet, SourcesSheet))
        sheet = window.sheets.sheet
        assert isinstance(sheet, SourcesSheet)
        until(window, lambda: "site" in sheet.states and "1 servers" in sheet.states["site"].text())
        assert nameless(sheet) == []
        until(window, lambda: window.desk.snapshot().server("gpu-01") is not None)
        menu = [action.text() for action in server_menu(window.desk, "gpu-01", window).actions()]
        assert menu == ["Open", "Copy name", "Sources…"]
        window.go("server", "gpu-01")
        page = window.page
        assert isinstance(page, ServerPage)
        for part in (page.job_button, page.command_button, page.files_button, page.clean_button):
            assert not part.isVisible()
        assert not page.processes.isVisible()
        sheet.buttons["site"].click()
        until(window, lambda: context.sources.views() == ())
        until(window, lambda: window.desk.snapshot().server("gpu-01") is None)
        context.sources.close()
