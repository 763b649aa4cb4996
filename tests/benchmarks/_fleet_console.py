"""The console's side of `./dev bench fleet`, a process of its own: the real window on the lab, measured.

Prints one JSON object a run. What it measures it takes from outside: wrappers around reading, taking over
and painting, and the process's own rusage.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import pickle
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent

from console.app import build, close
from console.commands.catalogue import COMMANDS
from console.core.home import Home
from console.fleet.agent_client import AgentClient
from console.telemetry.live import LiveTelemetry
from console.telemetry.snapshot import FleetSnapshot
from console.ui import clock
from console.ui.kit.table import DataTable
from console.ui.main import make_application
from console.ui.pages.catalogue import PAGES
from console.ui.pages.fleet.cards import FleetCards
from console.ui.pages.fleet.heat_map import HeatMap
from console.ui.pages.fleet.inspector import FleetInspector
from console.ui.pages.fleet.page import FleetPage
from console.ui.shell.window import Window
from console.ui.theme.theme import Theme

_STALL_MS = 10
_READ = "_bench_read_s"


def percentile(values: list[float], share: float) -> float:
    """In milliseconds; NaN where there is nothing."""
    return float(np.percentile(np.array(values), share)) * 1000 if values else float("nan")


class Stamps:
    """When each server's newest frame left the socket, and when what shows it had been painted."""

    def __init__(self, telemetry: LiveTelemetry) -> None:
        self.came: dict[str, tuple[float, float]] = {}
        self.kept = {"map": [], "table": []}  # type: dict[str, list[float]]
        self._shown: dict[str, dict[str, float]] = {"map": {}, "table": {}}
        self._due: dict[str, list[tuple[str, float]]] = {"map": [], "table": []}
        self.measuring = False
        self.frames = 0
        self._wrap_reading()
        self._wrap_telemetry(telemetry)

    def _wrap_reading(self) -> None:
        take = AgentClient._take

        def stamped(client: AgentClient, data: bytes) -> None:
            setattr(client, _READ, time.monotonic())
            self.came[client._server] = (time.monotonic(), 0.0)
            take(client, data)

        AgentClient._take = stamped  # type: ignore[method-assign]

    def _wrap_telemetry(self, telemetry: LiveTelemetry) -> None:
        on_sample = telemetry.on_sample

        def stamped(server: str, wire: Any, received_s: float) -> None:
            read_s = self.came.get(server, (received_s, 0.0))[0]
            on_sample(server, wire, received_s)
            self.came[server] = (read_s, received_s)
            self.frames += 1

        telemetry.on_sample = stamped  # type: ignore[method-assign]

    def showing(self, where: str, snapshot: FleetSnapshot) -> None:
        """This snapshot is being shown; its new samples count as seen once that is painted."""
        shown, due = self._shown[where], self._due[where]
        for row in snapshot.servers:
            sample = row.sample
            if sample is not None and shown.get(row.server.name) != sample.received_s:
                shown[row.server.name] = sample.received_s
                came = self.came.get(row.server.name)
                # The frame behind the sample; a newer one may have come meanwhile.
                read_s = came[0] if came and came[1] == sample.received_s else sample.received_s
                due.append((row.server.name, read_s))

    def painted(self, where: str) -> None:
        """Everything that was being shown has been painted."""
        due, now = self._due[where], time.monotonic()
        if self.measuring:
            self.kept[where] += [now - read_s for _, read_s in due]
        due.clear()


def watch_paints(page: FleetPage, stamps: Stamps) -> None:
    """Note when map and table have painted what they were given."""
    desk = page.desk
    paint_map, paint_table = HeatMap.paintEvent, DataTable.paintEvent
    show_map, set_rows = HeatMap.show_groups, DataTable.set_rows

    def shown(map_: HeatMap, *args: Any, **more: Any) -> None:
        stamps.showing("map", desk.snapshot())
        show_map(map_, *args, **more)

    def rows(table: DataTable[Any], *args: Any) -> None:
        if table is page.table:
            stamps.showing("table", desk.snapshot())
        set_rows(table, *args)

    def painted_map(map_: HeatMap, event: QPaintEvent) -> None:
        paint_map(map_, event)
        stamps.painted("map")

    def painted_table(table: DataTable[Any], event: QPaintEvent) -> None:
        paint_table(table, event)
        if table is page.table:
            stamps.painted("table")

    HeatMap.show_groups, HeatMap.paintEvent = shown, painted_map  # type: ignore[method-assign]
    DataTable.set_rows, DataTable.paintEvent = rows, painted_table  # type: ignore[method-assign]


class Stalls:
    """How late a timer of ten milliseconds is: what else the event loop did."""

    def __init__(self, owner: Window) -> None:
        self.late: list[float] = []
        self.measuring = False
        self._last = time.monotonic()
        self._timer = QTimer(owner)
        from PySide6.QtCore import Qt

        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(_STALL_MS)

    def _beat(self) -> None:
        now = time.monotonic()
        if self.measuring:
            self.late.append(max(0.0, now - self._last - _STALL_MS / 1000))
        self._last = now


def rss_mib() -> float:
    """Resident memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def used_s() -> float:
    """Processor seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def by_thread() -> dict[str, float]:
    """Processor seconds of the window's thread, of the links' and of SSH's readers."""
    names = {thread.native_id: thread.name.split(" ")[0].split("_")[0] for thread in threading.enumerate()}
    found: dict[str, float] = {}
    for task in Path("/proc/self/task").iterdir():
        try:
            fields = (task / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        name = names.get(int(task.name), "other")
        found[name] = found.get(name, 0.0) + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def waited_s() -> float:
    """Seconds in which the window's thread could have run and had no core."""
    return int(Path(f"/proc/self/task/{os.getpid()}/schedstat").read_text().split()[1]) / 1e9


class Beats:
    """How long the window's beats and paints took, by the wall and by the thread's own processor time."""

    def __init__(self) -> None:
        self.kept: dict[str, list[tuple[float, float]]] = {}
        self.measuring = False
        self._gc_s = 0.0
        gc.callbacks.append(self._collecting)

    def wrap(self, owner: type, name: str, label: str) -> None:
        """Time every call of a method on the window's thread."""
        inner = getattr(owner, name)

        def timed(*args: Any, **more: Any) -> Any:
            wall, own = time.perf_counter(), time.thread_time()
            try:
                return inner(*args, **more)
            finally:
                if self.measuring and threading.current_thread() is threading.main_thread():
                    took = (time.perf_counter() - wall, time.thread_time() - own)
                    self.kept.setdefault(label, []).append(took)

        setattr(owner, name, timed)

    def _collecting(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._gc_s = time.perf_counter()
        elif self.measuring:
            took = time.perf_counter() - self._gc_s
            self.kept.setdefault(f"gc{info['generation']}", []).append((took, took))

    def table(self) -> dict[str, list[float]]:
        """Calls, longest by the wall, longest by processor, sum of processor; milliseconds."""
        return {
            label: [
                len(took),
                round(max(wall for wall, _ in took) * 1000, 1),
                round(max(own for _, own in took) * 1000, 1),
                round(sum(own for _, own in took) * 1000),
            ]
            for label, took in self.kept.items()
        }


class Runs:
    """Some runs, one after the other, on the Qt thread's own timers."""

    def __init__(
        self, window: Window, stamps: Stamps, stalls: Stalls, beats: Beats, args: argparse.Namespace
    ) -> None:
        self._window = window
        self._stamps = stamps
        self._stalls = stalls
        self._seconds = args.seconds
        self._left = args.runs
        self._wanted = args.count
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._beat)
        self._timer.start(500)
        self._up_since: float | None = None
        self._began: tuple[float, float, int] | None = None
        self._threads: dict[str, float] = {}
        self._waited = 0.0
        self.beats = beats
        self._end = time.monotonic() + args.patience
        self._settle = args.settle
        self.failed = ""
        self.quit: Callable[[], None] = lambda: None

    def _beat(self) -> None:
        now = time.monotonic()
        if self._began is not None:
            if now - self._began[0] >= self._seconds:
                self._end_run(now)
            return
        counts = self._window.desk.snapshot().counts
        if self._up_since is None:
            if counts.links_up >= self._wanted and counts.unknown == 0:
                self._up_since = now
                print(f"all up after {now - self._end + 300:.0f} s", file=sys.stderr)
            elif now > self._end:
                for row in self._window.desk.snapshot().servers[-3:]:
                    print(row.link, file=sys.stderr)
                self.failed = f"only {counts.links_up} of {self._wanted} links came up"
                self.quit()
            return
        if now - self._up_since >= self._settle:
            self._begin_run(now)

    def _begin_run(self, now: float) -> None:
        for values in self._stamps.kept.values():
            values.clear()
        self._stalls.late.clear()
        self.beats.kept.clear()
        self._stamps.measuring = self._stalls.measuring = self.beats.measuring = True
        self._began = (now, used_s(), self._stamps.frames)
        self._threads = by_thread()
        self._waited = waited_s()

    def _end_run(self, now: float) -> None:
        assert self._began is not None
        began, used, frames = self._began
        self._stamps.measuring = self._stalls.measuring = self.beats.measuring = False
        self._began = None
        seconds = now - began
        kept = self._stamps.kept
        counts = self._window.desk.snapshot().counts
        found = {
            "cpu_percent": 100 * (used_s() - used) / seconds,
            "seconds": seconds,
            "rss_mib": rss_mib(),
            "frames_per_s": (self._stamps.frames - frames) / seconds,
            "map_p50_ms": percentile(kept["map"], 50),
            "map_p99_ms": percentile(kept["map"], 99),
            "table_p50_ms": percentile(kept["table"], 50),
            "table_p99_ms": percentile(kept["table"], 99),
            "stall_p99_ms": percentile(self._stalls.late, 99),
            "stall_max_ms": percentile(self._stalls.late, 100),
            "threads": {
                name: round(100 * (spent - self._threads.get(name, 0.0)) / seconds, 1)
                for name, spent in by_thread().items()
                if spent - self._threads.get(name, 0.0) > 0.001 * seconds
            },
            "beats": self.beats.table(),
            "no_core_percent": 100 * (waited_s() - self._waited) / seconds,
            "links_up": counts.links_up,
            "accelerators": counts.accelerators,
            "unknown": counts.unknown,
        }
        print(json.dumps(found), flush=True)
        self._left -= 1
        if not self._left:
            self.quit()


def main() -> int:
    """Show the window on the lab until the runs are done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("servers", type=Path)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--settle", type=float, default=10.0)
    parser.add_argument("--patience", type=float, default=300.0)
    parser.add_argument("--picture", default="")
    args = parser.parse_args()
    context = build(Home(args.home))
    context.servers.add_all(tuple(pickle.loads(args.servers.read_bytes())))
    application = make_application()
    with clock.collecting_here():
        theme = Theme(application, "dark", application)
        beats = Beats()
        for owner, name, label in (
            (LiveTelemetry, "snapshot", "snapshot"),
            (FleetPage, "refresh", "page"),
            (FleetPage, "refresh_charts", "map"),
            (HeatMap, "show_groups", "tiles"),
            (DataTable, "set_rows", "rows"),
            (FleetInspector, "show_thing", "inspector"),
            (FleetInspector, "show_curves", "curves"),
            (FleetCards, "show_snapshot", "cards"),
            (FleetPage, "_each_second", "trends"),
            (Window, "_each_second", "strip"),
            (HeatMap, "paintEvent", "paint map"),
            (DataTable, "paintEvent", "paint table"),
        ):
            beats.wrap(owner, name, label)
        window = Window(context, theme, PAGES, COMMANDS)
        window.resize(1600, 1000)
        window.go("fleet")
        page = window.page
        assert isinstance(page, FleetPage)
        stamps = Stamps(context.telemetry)
        watch_paints(page, stamps)
        window.show()
        window.worker.run(lambda: context.fleet.watch())
        window.clock.start()
        runs = Runs(window, stamps, Stalls(window), beats, args)
        runs.quit = application.quit
        application.exec()
        if args.picture:
            window.grab().save(args.picture)
        window.shut_down()
        window.deleteLater()
    close(context)
    if runs.failed:
        print(runs.failed, file=sys.stderr)
    return int(bool(runs.failed))


if __name__ == "__main__":
    sys.exit(main())
