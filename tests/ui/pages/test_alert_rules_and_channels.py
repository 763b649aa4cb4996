"""Rules and channels in the window: defaults marked, every field checked before it is saved."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pytestqt.qtbot import QtBot

from console.alerts.alert import Delivery
from console.alerts.board_values import delivery_document, written
from console.alerts.local_files import LocalFiles
from console.alerts.rule import Rule
from console.context import Context
from console.ui.pages.alerts.channels_page import AlertChannelsPage
from console.ui.pages.alerts.rules_page import AlertRulesPage
from console.ui.sheets.channel_sheet import ChannelSheet
from console.ui.sheets.help_sheet import HelpSheet
from console.ui.sheets.rule_sheet import RuleSheet
from console.ui.shell.window import Window
from tests.ui.walk import nameless

Make = Callable[..., Window]
Beat = Callable[[Window, int], None]


@pytest.fixture
def page(qtbot: QtBot, make_window: Make) -> Iterator[AlertRulesPage]:
    window = make_window([])
    window.go("alert_rules")
    found = window.page
    assert isinstance(found, AlertRulesPage)
    qtbot.waitUntil(lambda: bool(found.table.rows_model.rows))
    yield found
    qtbot.waitUntil(lambda: not window.worker.busy())


def _rule(page: AlertRulesPage, name: str) -> Rule:
    return next(each for each in page.table.rows_model.rows if each.name == name)


def _origin(page: AlertRulesPage, name: str) -> str:
    model = page.table.rows_model
    column = next(at for at, each in enumerate(model.columns) if each.key == "origin")
    return model.cell(model.row_of(name), column).text


def test_a_default_is_marked_switched_off_and_comes_back(
    qtbot: QtBot, page: AlertRulesPage, context: Context
) -> None:
    assert _origin(page, "gpu-lost") == "default"
    page.table.select_key("gpu-lost")
    page.refresh()
    assert page.switch_button.text() == "Switch off"
    page.switch_button.click()
    qtbot.waitUntil(lambda: not _known(context, "gpu-lost").enabled)
    qtbot.waitUntil(lambda: _again(page) and not _rule(page, "gpu-lost").enabled)
    assert _origin(page, "gpu-lost") == "default, off"
    page.kinds._choose("own")
    assert [each.name for each in page.table.rows_model.rows] == ["gpu-lost"]
    page.switch(_rule(page, "gpu-lost"))
    qtbot.waitUntil(lambda: _known(context, "gpu-lost").enabled)
    assert context.alerts.own_rules() == ()


def _known(context: Context, name: str) -> Rule:
    return next(each for each in context.alerts.rules() if each.name == name)


def _again(page: AlertRulesPage) -> bool:
    page.known.hurry()
    page.refresh()
    return True


def test_every_field_of_a_rule_is_checked_before_it_is_saved(
    qtbot: QtBot, page: AlertRulesPage, context: Context
) -> None:
    window = page.window()
    assert isinstance(window, Window)
    page.add_button.click()
    sheet = window.sheets.sheet
    assert isinstance(sheet, RuleSheet)
    assert nameless(sheet) == []
    assert "util" not in sheet.words.text()
    sheet.scope.choose("accelerator")
    assert "util" in sheet.words.text()
    wrong = {
        sheet.name: ("Scratch Full", "scratch-full"),
        sheet.title: ("", "Scratch is busy"),
        sheet.summary: ("{nonsense}", "{label} of {server} is at {value}."),
        sheet.remedy: ("", "Look who uses it."),
        sheet.condition: ("util >", "util > 101"),
        sheet.where: ("label.(", "label.team=vision"),
        sheet.runbook: ("javascript:x", ""),
        sheet.span: ("soon", "2m"),
    }
    for field, (bad, _good) in wrong.items():
        field.setText(bad)
    for field, (_bad, good) in wrong.items():
        assert sheet.arguments() is None
        field.setText(good)
    sheet.severity.choose("critical")
    sheet.no_data.choose("alert")
    sheet.submit()
    qtbot.waitUntil(lambda: "scratch-full" in context.alerts.own_rules())
    made = _known(context, "scratch-full")
    assert (made.for_s, made.severity.value, made.no_data.value) == (120.0, "critical", "alert")
    qtbot.waitUntil(lambda: _again(page) and page.table.rows_model.row_of("scratch-full") >= 0)
    assert _origin(page, "scratch-full") == "your own"
    page.edit(made)
    sheet = window.sheets.sheet
    assert isinstance(sheet, RuleSheet)
    assert sheet.condition.text() == "util > 101"
    assert not sheet.name.isEnabled()
    page.remove(made)
    qtbot.waitUntil(lambda: context.alerts.own_rules() == ())


def test_a_page_of_the_help_is_shown_in_a_sheet(qtbot: QtBot, make_window: Make) -> None:
    window = make_window([])
    sheet = HelpSheet(window.desk, "alerts#rules")
    window.show_sheet(sheet)
    qtbot.waitUntil(lambda: "Rules" in sheet.text.toPlainText())


class _Chat(BaseHTTPRequestHandler):
    """A receiver of generic JSON."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Quiet."""


@pytest.fixture
def chat() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Chat)
    server.bodies = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_channel_is_set_up_tested_and_its_failures_are_seen(
    qtbot: QtBot, make_window: Make, context: Context, chat: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://127.0.0.1:{chat.server_port}/hook"
    monkeypatch.setenv("TANDEM_NOTIFIER_OPS_URL", address)
    window = make_window([])
    window.go("alert_channels")
    page = window.page
    assert isinstance(page, AlertChannelsPage)
    page.add_button.click()
    sheet = window.sheets.sheet
    assert isinstance(sheet, ChannelSheet)
    assert nameless(sheet) == []
    assert set(sheet._kinds) >= {"json", "slack", "feishu", "dingtalk", "wecom", "email"}
    sheet.kind.choose("email")
    assert "host" in " ".join(sheet._own)
    sheet.kind.choose("json")
    assert sheet.arguments() is None  # without a name
    sheet.name.setText("ops")
    for name, field in sheet._secrets.items():
        assert field.echoMode() is field.EchoMode.Password, name
    sheet.name.setText("other")
    assert sheet.arguments() is None  # its address is missing
    sheet.name.setText("ops")
    sheet.submit()  # the address stands in the environment
    qtbot.waitUntil(lambda: [each.name for each in context.channels.list()] == ["ops"])
    page._pace.hurry()
    page.refresh()
    qtbot.waitUntil(lambda: [row.channel.name for row in page.table.rows_model.rows] == ["ops"])
    page.table.select_key("ops")
    page.refresh()
    page.test_button.click()
    qtbot.waitUntil(lambda: bool(chat.bodies))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: any("was delivered" in each.text for each in window.toasts.shown))
    now = context.clock.now()
    lost = Delivery("d1", ("a1",), "ops", 8, now, None, "the other side refused: 500", given_up=True)
    sent = Delivery("d2", ("a2",), "ops", 1, now, now, "")
    documents = [delivery_document(each) for each in (sent, lost)]
    files = LocalFiles(context.home.alerts, context.clock)
    files.write("sent/someone.json", written({"beat": "", "deliveries": documents}))
    context.alerts.refresh()
    page.refresh()
    assert [row.id for row in page.deliveries.rows_model.rows] == ["d1", "d2"]
    assert page.deliveries.rows_model.cell(0, 0).text == "given up"
    assert "the other side refused: 500" in page.deliveries.rows_model.cell(0, 6).text
    page.kinds._choose("failed")
    assert [row.id for row in page.deliveries.rows_model.rows] == ["d1"]
    assert nameless(page) == []
