"""Measures the file browser on a large folder: its listing beside `sftp ls`, how long the window stood still.

Run by `./dev bench browse [--count 100000]`: a real sshd on loopback. Exits 1 beyond a target.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer

from console.app import build, close
from console.commands.catalogue import COMMANDS
from console.context import Context
from console.core.home import Home
from console.fleet.files import RemotePath
from console.fleet.server import Server
from console.ui import clock
from console.ui.main import make_application
from console.ui.pages.catalogue import PAGES
from console.ui.pages.files.page import FilesPage
from console.ui.shell.window import Window
from console.ui.theme.theme import Theme
from tests.lab.sshd import LabServer

STILL_TARGET_MS = 250.0
_PATIENCE_S = 120.0


class Pulse:
    """A timer of the Qt thread that notes its longest gap: what a person would feel."""

    def __init__(self) -> None:
        self.worst_ms = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst_ms = max(self.worst_ms, (now - self._last) * 1000)
        self._last = now

    def during(self, act: Callable[[], object], until: Callable[[], bool]) -> tuple[float, float]:
        """Seconds that it took and the longest gap meanwhile, ms."""
        self.worst_ms, self._last = 0.0, time.perf_counter()
        began = time.perf_counter()
        loop, poll = QEventLoop(), QTimer()
        poll.setInterval(5)
        poll.timeout.connect(
            lambda: loop.quit() if until() or time.perf_counter() - began > _PATIENCE_S else None
        )
        poll.start()
        QTimer.singleShot(0, act)
        loop.exec()
        poll.stop()
        return time.perf_counter() - began, self.worst_ms

    def stop(self) -> None:
        self._timer.stop()


def listed_by_sftp(server: LabServer, folder: Path, config: Path) -> float:
    """Seconds that `sftp` takes for the same listing, connecting included."""
    batch = config.with_name("batch")
    batch.write_text(f"ls -la {folder}\n")
    began = time.perf_counter()
    subprocess.run(
        ["sftp", "-F", str(server.write_ssh_config(config)), "-b", str(batch), server.name],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def measure(context: Context, count: int) -> list[tuple[str, float, float]]:
    """(what, seconds, longest gap in ms) for each act in the window."""
    application = make_application()
    with clock.collecting_here():
        theme = Theme(application, "dark")
        window = Window(context, theme, PAGES, COMMANDS)
        window.resize(1600, 1000)
        window.show()
        window.clock.start()
        pulse = Pulse()
        window.go("files", "lab")
        page = window.page
        assert isinstance(page, FilesPage)
        pulse.during(lambda: None, lambda: page._heard == page._asked > 0)
        rows = page.table.rows_model.rowCount
        acts: list[tuple[str, Callable[[], object], Callable[[], bool]]] = [
            ("open the folder", lambda: page.go_to(RemotePath.of("many")), lambda: rows() == count),
            ("sort by size", lambda: page._on_sort("size", True), lambda: page._sorted[0] == "size"),
            ("filter by '99'", lambda: page.search.setText("99"), lambda: 0 < rows() < count),
            ("take the filter away", lambda: page.search.setText(""), lambda: rows() == count),
            ("scroll to the end", page.table.scrollToBottom, lambda: page.table.rowAt(5) > count // 2),
            ("select all", page.table.selectAll, lambda: page.note.text().startswith(f"{count} of")),
        ]
        found = [(what, *pulse.during(act, until)) for what, act, until in acts]
        pulse.stop()
        window.close()
        window.shut_down()
        window.deleteLater()
        theme.deleteLater()
    return found


def main() -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="./dev bench browse", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory(prefix="tandem-browse-") as name:
        folder = Path(name)
        context = build(Home(folder / "home"))
        try:
            with LabServer(folder / "server") as server:
                many = server.home / "many"
                many.mkdir()
                for number in range(count):
                    (many / f"sample-{number:06}.npy").touch()
                context.servers.add(
                    Server(
                        "lab",
                        "127.0.0.1",
                        port=server.port,
                        user=server.user,
                        identity=str(server.client_key),
                    )
                )
                context.fleet.trust("lab", context.fleet.scan_key("lab"))
                peer_s = min(listed_by_sftp(server, many, folder / "config") for _ in range(2))
                found = measure(context, count)
                context.fleet.close()
        finally:
            close(context)
    print(f"{count} files; load {os.getloadavg()[0]:.1f}")
    for what, seconds, gap_ms in found:
        print(f"{what:24} {seconds:6.2f} s, the window stood still for {gap_ms:4.0f} ms at most")
    print(f"open the folder beside sftp ls -la ({peer_s:.2f} s): {found[0][1] / peer_s:.2f} of its time")
    worst = max(gap for _, _, gap in found)
    print(f"longest standstill {worst:.0f} ms, target {STILL_TARGET_MS:.0f} ms")
    return 0 if worst <= STILL_TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
