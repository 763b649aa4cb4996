"""Acts by sudo out of the window, to the very line that a server's sudo is given; and what doctor marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu, QWidget

from console.context import Context
from console.fleet.privileges import sudoers_lines
from console.fleet.server import Server
from console.operations.operation import State
from console.telemetry.snapshot import AcceleratorRow
from console.ui.kit.badges import StateBadge
from console.ui.kit.tones import Tone
from console.ui.pages.gpu_acts import gpu_menu
from console.ui.pages.server.page import ServerPage
from console.ui.sheets.findings import FindingsSheet
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.sheets.power_limit_sheet import PowerLimitSheet
from console.ui.sheets.privileges_sheet import PrivilegesSheet
from console.ui.shell.window import Window
from tests.lab.nvml.build import build_fake_nvml
from tests.lab.sudo import SudoServer
from tests.ui.walk import nameless

Make = Callable[..., Window]
Until = Callable[..., None]


class Acting:
    """A window on the page of a real server with two GPUs."""

    def __init__(self, window: Window, server: SudoServer, until: Until, patch: pytest.MonkeyPatch) -> None:
        self.window, self.server = window, server
        self.plans: list[tuple[str, bool]] = []
        """Each plan that ran without being asked: its first step, and whether Start could be pressed."""
        runs = OperationSheet.starting

        def starting(sheet: OperationSheet) -> None:
            runs(sheet)
            self.plans.append((sheet._plan.steps[0].detail, sheet._start.isEnabled()))

        patch.setattr(OperationSheet, "starting", starting)
        # A busy machine takes its time to start an agent.
        self.until: Until = lambda window, so: until(window, so, 90.0)
        window.go("server", "gpu-1")
        until(window, lambda: self.row(1) is not None)

    def row(self, index: int) -> AcceleratorRow | None:
        """That GPU, as the window sees it now."""
        row = self.window.desk.snapshot().server("gpu-1")
        found = [] if row is None else [each for each in row.accelerators if each.sample.index == index]
        return found[0] if found and found[0].sample.health is not None else None

    def menu(self, index: int) -> QMenu:
        """The menu of one GPU."""
        row = self.row(index)
        page = self.window.page
        assert row is not None
        assert isinstance(page, ServerPage)
        return gpu_menu(self.window.desk, row, page)

    def choose(self, index: int, words: str) -> None:
        """The entry of its menu that begins so."""
        menu = self.menu(index)
        (entry,) = [each for each in menu.actions() if each.text().startswith(words)]
        assert entry.isEnabled()
        entry.trigger()
        menu.deleteLater()

    def sheet(self) -> QWidget | None:
        """What is open at the side."""
        return self.window.sheets.sheet

    def _asks(self) -> bool:
        sheet = self.sheet()
        return isinstance(sheet, OperationSheet) and not sheet._operation

    def confirm(self, name: str = "") -> str:
        """Say yes to the plan that is shown; the line that it showed. `name` is typed where it asks."""
        self.until(self.window, self._asks)
        sheet = self.sheet()
        assert isinstance(sheet, OperationSheet)
        assert nameless(sheet) == []
        if name:
            assert not sheet._start.isEnabled()
            assert sheet._confirm is not None
            sheet._confirm.setText(name)
        (step,) = sheet._plan.steps
        before = {each.id for each in self.window.desk.context.operations.views()}
        sheet._start.click()

        def done() -> bool:
            views = self.window.desk.context.operations.views()
            return any(each.id not in before and each.state is State.DONE for each in views)

        self.until(self.window, done)
        return step.detail


@pytest.fixture
def acting(
    make_window: Make, context: Context, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Acting]:
    with SudoServer(tmp_path, build_fake_nvml(tmp_path / "lib")) as server:
        lab = server.lab
        context.servers.add(
            Server("gpu-1", "127.0.0.1", port=lab.port, user=lab.user, identity=str(lab.client_key))
        )
        context.fleet.trust("gpu-1", context.fleet.scan_key("gpu-1"))
        context.fleet.watch(["gpu-1"])
        yield Acting(make_window(), server, until, monkeypatch)
        context.fleet.unwatch(["gpu-1"])


def test_each_act_of_the_window_is_its_own_line_of_sudo(acting: Acting, context: Context) -> None:
    menu = acting.menu(1)
    assert [each.text() for each in menu.actions() if "not switched on" in each.text()] == [
        "Switch persistence mode off (not switched on)",
        "Set power limit… (not switched on)",
        "Reset GPU… (not switched on)",
    ]
    menu.deleteLater()
    acting.window.open_sheet("privileges", {"server": "gpu-1"})
    switches = acting.sheet()
    assert isinstance(switches, PrivilegesSheet)
    assert nameless(switches) == []
    on: tuple[str, ...] = ()
    for act in ("persistence", "power_limit", "gpu_reset", "reboot"):
        switches.ticks[act].click()
        # Its lines are shown once the link was told as well.
        on = (*on, act)
        wanted = "\n".join(sudoers_lines(acting.server.lab.user, on))
        acting.until(acting.window, lambda wanted=wanted: switches.lines.toPlainText() == wanted)
    # The agent starts anew with the list, and only then may what is on the list be done.
    acting.until(
        acting.window,
        lambda: (row := acting.row(1)) is not None and "reboot" in row.server.privileges and row.fresh,
    )

    acting.choose(1, "Set power limit")
    sheet = acting.sheet()
    assert isinstance(sheet, PowerLimitSheet)
    assert nameless(sheet) == []
    sheet.watts.setText("0")
    sheet.submit()
    assert isinstance(acting.sheet(), PowerLimitSheet)
    assert acting.server.said() == []
    sheet.watts.setText("350")
    sheet.submit()
    # The form was the asking: its plan stands there with nothing to press, and closes when all is done.
    acting.until(acting.window, lambda: acting.plans)
    ((detail, pressable),) = acting.plans
    assert (detail, pressable) == ("sudo -n nvidia-smi -i GPU-fake-0001 -pl 350", False)
    acting.until(acting.window, acting.server.said)
    acting.until(acting.window, lambda: acting.sheet() is None)
    acting.choose(0, "Switch persistence mode off")
    acting.confirm()
    acting.choose(1, "Reset GPU")
    assert acting.confirm("gpu-1/gpu-1").startswith("sudo -n nvidia-smi -i GPU-fake-0001 --gpu-reset")
    assert acting.server.said() == [
        "-n nvidia-smi -i GPU-fake-0001 -pl 350",
        "-n nvidia-smi -i GPU-fake-0000 -pm 0",
        "-n nvidia-smi -i GPU-fake-0001 --gpu-reset",
    ]
    page = acting.window.page
    assert isinstance(page, ServerPage)
    (reboot,) = [each for each in page.acts() if each.title.startswith("Restart server")]
    reboot.call()
    assert acting.confirm("gpu-1") == "sudo -n systemctl reboot; 0 jobs of this console run there and end"
    assert acting.server.said()[-1] == "-n systemctl reboot"
    written = [each.action for each in context.audit.entries(None, "gpu-1", 100)]
    assert written.count("server.privileges") == 4
    assert {"gpu.power_limit", "gpu.persistence", "gpu.reset", "server.reboot"} <= set(written)


def test_what_works_but_wants_to_be_known_is_not_marked_as_fine(
    make_window: Make, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.store.advice._SOUND_SQLITE", (99, 0, 0))
    window = make_window()
    window.open_sheet("doctor", {})
    sheet = window.sheets.sheet
    assert isinstance(sheet, FindingsSheet)
    until(window, lambda: sheet.findChildren(StateBadge))
    tones = {each.text: each._tone for each in sheet.findChildren(StateBadge)}
    assert tones["database"] is Tone.WARNING
    assert tones["tandem"] is Tone.OK
