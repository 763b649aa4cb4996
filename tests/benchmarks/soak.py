"""Leaves the window on a hundred servers for half an hour while links are cut and come back.

Run by `./dev bench soak [--servers 100 --minutes 30]`. Looks once a second whether anything old is shown as
fresh, and how much memory the console holds. Exits 1 where memory drifts or something stale looks fresh.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer

from console.app import build, close
from console.commands.catalogue import COMMANDS
from console.context import Context
from console.core.home import Home
from console.telemetry.snapshot import Activity
from console.ui import clock
from console.ui.main import make_application
from console.ui.pages.catalogue import PAGES
from console.ui.pages.fleet.page import FleetPage
from console.ui.shell.window import Window
from console.ui.theme.theme import Theme
from tests.benchmarks._fleet_console import rss_mib
from tests.lab import processes
from tests.lab.big_fleet import BigFleet

DRIFT_TARGET = 5.0
_CUT_EVERY_S = 15.0
_SLACK_S = 1.0
"""A snapshot and its painting lie that much apart at most."""


@dataclass
class Watch:
    """Cuts links and looks at what is shown; called on the window's timers."""

    window: Window
    context: Context
    lab: BigFleet
    minutes: float
    began: float = field(default_factory=time.monotonic)
    memory: list[tuple[float, float]] = field(default_factory=list)
    cuts: int = 0
    looks: int = 0
    lies: list[str] = field(default_factory=list)
    most_down: int = 0
    stopped: list[int] = field(default_factory=list)

    @property
    def past_s(self) -> float:
        return time.monotonic() - self.began

    def cut(self) -> None:
        """End some sessions, and let others fall silent until the next turn."""
        for pid in self.stopped:
            processes.send(pid, signal.SIGCONT)
        assert self.lab.replay is not None
        sessions = [pid for pid in self.lab.replay.session_pids() if processes.is_running(pid)]
        random.shuffle(sessions)
        ended, self.stopped = sessions[:6], sessions[6:10]
        for pid in ended:
            processes.send(pid, signal.SIGKILL)
        for pid in self.stopped:
            processes.send(pid, signal.SIGSTOP)
        self.cuts += len(ended) + len(self.stopped)

    def look(self) -> None:
        """Nothing that is old may look fresh, in the snapshot or on the map."""
        self.looks += 1
        snapshot = self.window.desk.snapshot()
        limit_s = self.context.options.number("watch.stale_after_s") + _SLACK_S
        page = self.window.page
        assert isinstance(page, FleetPage)
        now_s = self.context.clock.monotonic_s()
        down = 0
        for row in snapshot.servers:
            age_s = None if row.sample is None else now_s - row.sample.received_s
            down += not row.fresh
            if row.fresh and (age_s is None or age_s > limit_s):
                self.lies.append(f"{row.server.name} is shown as fresh after {age_s} s")
            for each in row.accelerators:
                shown = page.map.activity(each.key)
                old = age_s is None or age_s > limit_s + _SLACK_S
                if old and shown in (Activity.BUSY, Activity.IDLE):
                    self.lies.append(f"a tile of {row.server.name} shows a value after {age_s} s")
        self.most_down = max(self.most_down, down)
        self.memory.append((self.past_s, rss_mib()))

    def drift(self) -> float | None:
        """The last minutes' memory against that after five minutes, percent; None for a run too short."""
        settled = [mib for past, mib in self.memory if 300 <= past < 360]
        last = [mib for past, mib in self.memory if past >= self.past_s - 60]
        if not settled or self.past_s < 420:
            return None
        return 100 * (statistics.median(last) / statistics.median(settled) - 1)


def watch(lab: BigFleet, folder: Path, minutes: float) -> Watch:
    """The window on the lab for so long."""
    home = Home(folder / "home").make()
    lab.write_known_hosts(home.known_hosts)
    context = build(home)
    context.servers.add_all(tuple(lab.servers()))
    application = make_application()
    with clock.collecting_here():
        theme = Theme(application, "dark", application)
        window = Window(context, theme, PAGES, COMMANDS)
        window.resize(1600, 1000)
        window.go("fleet")
        window.show()
        window.worker.run(lambda: context.fleet.watch())
        window.clock.start()
        seen = Watch(window, context, lab, minutes)
        timers = []
        for seconds, call in ((_CUT_EVERY_S, seen.cut), (1.0, seen.look), (5.0, lab.yield_to_others)):
            timer = QTimer(window)
            timer.timeout.connect(call)
            timer.start(round(seconds * 1000))
            timers.append(timer)
        QTimer.singleShot(round(minutes * 60_000), application.quit)
        application.exec()
        for timer in timers:
            timer.stop()
        for pid in seen.stopped:
            processes.send(pid, signal.SIGCONT)
        window.shut_down()
        window.deleteLater()
    close(context)
    return seen


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=30.0)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir="/tmp"))
    try:
        with BigFleet(folder / "l", 0, args.servers) as lab:
            seen = watch(lab, folder, args.minutes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    drift = seen.drift()
    first, last = seen.memory[0][1], seen.memory[-1][1]
    print(f"{args.servers} servers for {seen.past_s / 60:.1f} min: {seen.cuts} links cut or silenced,")
    print(f"  at most {seen.most_down} not fresh at once, {seen.looks} looks, {len(seen.lies)} lies")
    for lie in seen.lies[:10]:
        print(f"  {lie}")
    told = "too short to tell" if drift is None else f"{drift:+.1f} % (target {DRIFT_TARGET:.0f})"
    print(f"memory: {first:.0f} MiB at first, {last:.0f} at the end; drift after five minutes: {told}")
    return int(bool(seen.lies) or (drift is not None and drift > DRIFT_TARGET))


if __name__ == "__main__":
    sys.exit(main())
