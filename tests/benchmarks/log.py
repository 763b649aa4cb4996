"""Measures the live log with a million lines, beside a QPlainTextEdit, grep and less with the same lines.

Run by `./dev bench log [--lines 1000000]`: a real job on a real sshd on loopback. Exits 1 where the window
stood still for longer than its target.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPlainTextEdit

from console.app import build, close
from console.commands.catalogue import COMMANDS
from console.context import Context
from console.core.home import Home
from console.core.logs.ansi import Line
from console.fleet.server import Server
from console.jobs.job import JobRequest
from console.ui import clock
from console.ui.logs.keys import Act
from console.ui.main import make_application
from console.ui.pages.catalogue import PAGES
from console.ui.pages.job.page import JobPage
from console.ui.shell.window import Window
from console.ui.theme import fonts
from console.ui.theme.theme import Theme
from tests.benchmarks.browse import Pulse
from tests.lab.sshd import LabServer

STILL_TARGET_MS = 100.0
STEPS = 400
_JUMPS = 40
PRINTS = """
import sys
for n in range({lines}):
    sys.stdout.write("12:%02d:%02d  epoch %d  step %d  loss %.4f  acc %.4f  %d img/s  lr 1.25e-4  mem 71 G\\n"
                     % (n // 60 % 60, n % 60, n // 8000, n, 3 / (n + 9) ** 0.5, 0.9641, 811 + n % 6))
"""
Figures = dict[str, float]


def resident_mib() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def percentile(values: list[float], share: float) -> float:
    """Of measured values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def ours(context: Context, job: str, lines: int) -> Figures:
    """Tandem's own log view, in the window."""
    application = make_application()
    found: Figures = {}
    with clock.collecting_here():
        theme = Theme(application, "dark")
        window = Window(context, theme, PAGES, COMMANDS)
        window.resize(1600, 1000)
        window.show()
        window.clock.start()
        pulse = Pulse()
        context.jobs.show(job)
        before = resident_mib()
        window.go("job", job)
        page = window.page
        assert isinstance(page, JobPage)
        log, area = page.log, page.log.area
        text = log.feed.text
        shown = lambda: area.count == lines and isinstance(text.row(area.top + area.page - 1), Line)  # noqa: E731
        found["open_s"], still = pulse.during(lambda: None, shown)
        steps = []
        area.show_row(lines // 2)
        pulse.during(lambda: None, lambda: isinstance(text.row(lines // 2), Line))
        for _ in range(STEPS):
            began = time.perf_counter()
            area.verticalScrollBar().setValue(area.top + 3)
            area.viewport().repaint()
            steps.append((time.perf_counter() - began) * 1000)
        found["step_p50_ms"], found["step_p99_ms"] = percentile(steps, 0.5), percentile(steps, 0.99)
        jumps, dice = [], random.Random(3)
        for _ in range(_JUMPS):
            row = dice.randrange(lines)
            took, gap = pulse.during(
                lambda to=row: area.show_row(to), lambda at=row: isinstance(text.row(at), Line)
            )
            jumps.append(took * 1000)
            still = max(still, gap)
        found["jump_p50_ms"], found["jump_p99_ms"] = percentile(jumps, 0.5), percentile(jumps, 0.99)
        log.above.words.setText(f"step {lines - 1} ")
        found["search_s"], gap = pulse.during(
            lambda: log.act(Act.NEXT), lambda: log.found.done and area.current == lines - 1
        )
        still = max(still, gap)
        log.above.words.setText("loss 0.0")
        found["search_many_s"], gap = pulse.during(lambda: log.act(Act.NEXT), lambda: log.found.done)
        still = max(still, gap)
        found["memory_mib"] = resident_mib() - before
        found["still_ms"] = still
        pulse.stop()
        window.close()
        window.shut_down()
        window.deleteLater()
        theme.deleteLater()
    return found


def peer(path: Path, lines: int) -> Figures:
    """A QPlainTextEdit with the same lines; the file is read from the local disk, no server asked."""
    application = make_application()
    before = resident_mib()
    found: Figures = {}
    edit = QPlainTextEdit()
    edit.setReadOnly(True)
    edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    edit.setFont(fonts.fixed_font())
    edit.resize(900, 700)
    edit.show()
    pulse = Pulse()
    found["open_s"], still = pulse.during(
        lambda: edit.setPlainText(path.read_text()), lambda: edit.blockCount() >= lines
    )
    edit.verticalScrollBar().setValue(lines // 2)
    application.sendPostedEvents()
    steps = []
    for _ in range(STEPS):
        began = time.perf_counter()
        edit.verticalScrollBar().setValue(edit.verticalScrollBar().value() + 3)
        edit.viewport().repaint()
        steps.append((time.perf_counter() - began) * 1000)
    found["step_p50_ms"], found["step_p99_ms"] = percentile(steps, 0.5), percentile(steps, 0.99)
    edit.moveCursor(edit.textCursor().MoveOperation.Start)
    flags = QTextDocument.FindFlag.FindCaseSensitively
    found["search_s"], gap = pulse.during(lambda: edit.find(f"step {lines - 1} ", flags), lambda: True)
    found["memory_mib"] = resident_mib() - before
    found["still_ms"] = max(still, gap)
    pulse.stop()
    edit.close()
    edit.deleteLater()
    return found


def grep_s(path: Path, lines: int) -> float:
    """Seconds of `grep -c` on the server's own file."""
    began = time.perf_counter()
    subprocess.run(["grep", "-ic", f"step {lines - 1} ", str(path)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def less_s(path: Path, lines: int) -> float:
    """Seconds until `less` shows a match at the end of the file, in a terminal of its own."""
    wanted = f"step {lines - 1} "
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("less", ["less", f"+/{wanted}", str(path)], {**os.environ, "TERM": "xterm", "LESS": "-I"})
    seen = b""
    while f"epoch {(lines - 1) // 8000}".encode() not in seen:
        seen += os.read(terminal, 65536)
    took = time.perf_counter() - began
    os.write(terminal, b"q")
    os.close(terminal)
    os.waitpid(pid, 0)
    return took


def apart(part: str, *arguments: str) -> Figures:
    """The figures of a part, in a process of its own: memory is a process's."""
    command = [sys.executable, "-m", "tests.benchmarks.log", "--part", part, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure(lines: int) -> tuple[Figures, Figures, float, float]:
    """Ours, the widget's, grep's and less's."""
    with tempfile.TemporaryDirectory(prefix="tandem-log-") as name:
        folder = Path(name)
        home = Home(folder / "home")
        with LabServer(folder / "server") as server:
            context = build(home)
            try:
                context.servers.add(
                    Server("lab", "127.0.0.1", port=server.port, user=server.user,
                           identity=str(server.client_key), python=sys.executable)
                )  # fmt: skip
                context.fleet.trust("lab", context.fleet.scan_key("lab"))
                request = JobRequest(
                    (sys.executable, "-c", PRINTS.format(lines=lines)), server="lab", name="million"
                )
                job = context.operations.run(context.jobs.prepare_submit(request))
                context.jobs.wait(job.id, 600)
            finally:
                close(context)
            path = server.home / ".tandem" / "jobs" / job.id / "log"
            print(f"{lines:,} lines, {path.stat().st_size / 1e6:.0f} MB", file=sys.stderr)
            mine = apart("ours", "--home", str(home.root), "--job", job.id, "--lines", str(lines))
            other = apart("peer", "--file", str(path), "--lines", str(lines))
            return mine, other, grep_s(path, lines), less_s(path, lines)


def main() -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="./dev bench log", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--part", choices=["ours", "peer"], help=argparse.SUPPRESS)
    for name in ("--home", "--job", "--file"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part == "ours":
        context = build(Home(Path(args.home)))
        try:
            print(json.dumps(ours(context, args.job, args.lines)))
        finally:
            close(context)
        return 0
    if args.part == "peer":
        print(json.dumps(peer(Path(args.file), args.lines)))
        return 0
    mine, other, grep, less = measure(args.lines)
    print("| | Tandem, over SSH | QPlainTextEdit, local file | ratio |")
    print("|---|---:|---:|---:|")
    for key, words, unit in (
        ("open_s", "open, the end in sight", "s"), ("step_p50_ms", "scroll step, p50", "ms"),
        ("step_p99_ms", "scroll step, p99", "ms"), ("search_s", "find in the last line", "s"),
        ("still_ms", "window stood still, worst", "ms"), ("memory_mib", "memory", "MiB"),
    ):  # fmt: skip
        ratio = other[key] / mine[key] if mine[key] else 0.0
        print(f"| {words} | {mine[key]:.3g} {unit} | {other[key]:.3g} {unit} | {ratio:.3g} × |")
    print(f"| any line, p50 and p99 | {mine['jump_p50_ms']:.3g} and {mine['jump_p99_ms']:.3g} ms | | |")
    print(f"| find what is in nearly every line | {mine['search_many_s']:.3g} s | | |")
    print(f"| find in the last line: grep {grep:.3g} s, less {less:.3g} s | | | |")
    return 0 if mine["still_ms"] <= STILL_TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
