"""What a month of curves costs: bytes a sample, the time to show a span, and the writer's share of a core.

Recorded samples (recorded.npz, by record.py: a real machine and eight simulated accelerators at 1 Hz) go the
console's way; the peers are the same samples as plain SQLite rows and as Parquet with zstd. Exits 1 beyond a
target.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from console.core.clock import SystemClock
from console.store.block_table import span_s
from console.store.store import Store
from console.telemetry.history import History
from console.telemetry.history_keeping import shrink
from console.telemetry.spans import Curve, joined
from tests.benchmarks._history_parts import (
    Moving,
    Recording,
    entered,
    files_bytes,
    folded_from,
    parquet,
    plain_rows,
    play,
    put_span,
    recording,
    store_month,
    timed,
)

BYTES_TARGET, DAY_MS, MONTH_MS, WRITER_PERCENT = 2.5, 50.0, 200.0, 10.0
SERVER, METRIC, UUID = "gpu-03", "utilization_percent", "GPU-003-2"
DAY_S = 86400.0
SPANS = (("24 hours", DAY_S, DAY_MS), ("7 days", 7 * DAY_S, MONTH_MS), ("30 days", 30 * DAY_S, MONTH_MS))


def verdict(fits: bool) -> str:
    return "held" if fits else "MISSED"


def size(folder: Path, recorded: Recording, servers: int) -> bool:
    """Bytes a sample of ours, at each age, and of the peers."""
    clock = Moving(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    path = folder / "ours.db"
    store = Store(path, clock)
    empty = files_bytes(path)
    history = History(store, clock)
    came = play(history, clock, recorded, servers)
    print(
        f"{servers} servers, {len(recorded.times)} s each: {came} samples; an empty file {empty / 1e3:.0f} kB"
    )
    found = {}
    for title, age in (
        ("rows of the running hour", timedelta()),
        ("packed, 10 s", timedelta(hours=2)),
        ("after a day, 60 s", timedelta(days=2)),
        ("after a week, 600 s", timedelta(days=12)),
    ):
        clock.at += age
        if age:
            history.prune()
        while store.rows("PRAGMA freelist_count") > [(0,)]:
            store.write(shrink)
        found[title] = files_bytes(path) / came
    store.close()
    rows = plain_rows(folder / "rows.db", recorded, servers) / came
    arrow = parquet(folder / "rows.parquet", recorded, servers) / came
    print(f"{'bytes a sample, whole file':44} {'bytes':>7} {'of rows':>8} {'of Parquet':>11}")
    for title, value in found.items():
        print(f"{'ours: ' + title:44} {value:7.2f} {value / rows:8.3f} {value / arrow:11.2f}")
    print(f"{'every sample, plain SQLite rows':44} {rows:7.2f} {1:8.3f} {rows / arrow:11.2f}")
    print(f"{'every sample, Parquet with zstd':44} {arrow:7.2f} {arrow / rows:8.3f} {1:11.2f}")
    worst = max(found.values())
    print(f"target {BYTES_TARGET} bytes a sample at every age: {verdict(worst <= BYTES_TARGET)}")
    return worst <= BYTES_TARGET


def queries(folder: Path, recorded: Recording) -> bool:
    """A month of 64 GPUs stored: how long a span takes to be read, and to be on screen."""
    servers = 64 // recorded.gpus
    store = Store(folder / "month.db", SystemClock())
    now = datetime.now(UTC)
    began = time.perf_counter()
    blocks = store_month(store, recorded, servers, now)
    took, megabytes = time.perf_counter() - began, files_bytes(store.path) / 1e6
    print(f"30 days of {servers} servers with {recorded.gpus} GPUs: {blocks} blocks, {megabytes:.0f} MB")
    print(f"stored in {took:.0f} s")
    history = History(store, SystemClock())
    now_s = now.timestamp()
    keys = [(metric, uuid) for _server, uuid, metric in history.series(SERVER)]
    draw = on_screen()
    fits = True
    print(f"{'from the store, median (processor time)':40} {'read':>18} {'on screen':>18}")
    for title, long_s, target in SPANS:

        def read(span_s: float = long_s) -> Curve:
            stored = history.stored(SERVER, METRIC, UUID, now_s - span_s, now_s, 600)
            return joined(stored, stored.starts[:0], stored.starts[:0])

        def show(span_s: float = long_s) -> None:
            draw(read(span_s), now_s - span_s, now_s)

        def page(span_s: float = long_s) -> object:
            return history.stored_of(SERVER, keys, now_s - span_s, now_s, 600)

        alone, shown = timed(read), timed(show)
        fits &= shown[1] <= target
        word = f"target {target:.0f} ms: {verdict(shown[1] <= target)}"
        print(f"{title + ' of one metric':40} {both(alone)} {both(shown)} {word}")
        print(f"{f'{title}, all {len(keys)} of a server':40} {both(timed(page, 3))}")
    waits(store, history, recorded, now_s)
    store.close()
    return fits


def both(measured: tuple[float, float]) -> str:
    return f"{measured[0]:7.1f} ({measured[1]:.1f}) ms".rjust(18)


def waits(store: Store, history: History, recorded: Recording, now_s: float) -> None:
    """Queries while another thread writes and packs without a pause, and while a write is not ended."""

    def ask() -> object:
        return history.stored(SERVER, METRIC, UUID, now_s - DAY_S, now_s, 600)

    calm, _ = timed(ask, 30)
    stop, inside, go = threading.Event(), threading.Event(), threading.Event()

    def write() -> None:
        clock = Moving(datetime.now(UTC))
        busy = History(store, clock)
        while not stop.is_set():
            play(busy, clock, recorded, 8, upto=60)
            clock.at += timedelta(hours=2)
            busy.prune()

    def hold() -> None:
        store.write(lambda _connection: (inside.set(), go.wait(60)))

    spans = {}
    for title, work in (("writing and packing without a pause", write), ("a write that does not end", hold)):
        thread = threading.Thread(target=work)
        thread.start()
        if work is hold:
            inside.wait(60)
        found = []
        for _ in range(60):
            began = time.perf_counter()
            ask()
            found.append(1000 * (time.perf_counter() - began))
        spans[title] = found
        stop.set()
        go.set()
        thread.join()
    print(f"24 hours of one metric, calm: {calm:.1f} ms")
    for title, found in spans.items():
        print(f"beside {title}: median {statistics.median(found):.1f} ms, slowest {max(found):.1f} ms")


def on_screen():  # type: ignore[no-untyped-def]
    """Gives a function that lays a curve into a chart of the window and paints it."""
    from console.ui.kit.chart import Chart
    from console.ui.kit.chart_group import ChartGroup
    from console.ui.main import make_application
    from console.ui.theme.theme import Theme

    application = make_application()
    theme = Theme(application, "dark")
    group = ChartGroup(limits=(60.0, 30 * DAY_S))
    chart = Chart(theme, "Utilization", group, lambda value: f"{value}")
    chart.resize(760, 260)
    chart.show()

    def draw(curve: Curve, low: float, high: float) -> None:
        group.follow(low, high)
        chart.set_curves([curve])
        application.processEvents()
        chart.grab()

    draw.kept = (theme, chart)  # type: ignore[attr-defined]
    return draw


def writer(folder: Path, recorded: Recording, servers: int, seconds: int) -> bool:
    """What so many servers at 1 Hz cost: taking samples and writing them; packing and folding, spread."""
    clock = Moving(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    store = Store(folder / "written.db", clock)
    history = History(store, clock)
    play(history, clock, recorded, servers, upto=20)  # names of series, pages of the file
    cpu = time.process_time()
    play(history, clock, recorded, servers, upto=seconds)
    shares = {"taking and writing": 100 * (time.process_time() - cpu) / seconds}
    store.close()
    some = 8
    store = Store(folder / "packed.db", clock)
    history = History(store, clock)
    clock.at = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    play(history, clock, recorded, some)
    clock.at += timedelta(hours=2)
    share = 100 * servers / some
    shares["packing"] = share * pruned_s(history) / len(recorded.times)
    store.close()
    for narrow, count in ((10, 6), (60, 10)):
        store = Store(folder / f"of{narrow}.db", clock)
        first = int(clock.now().timestamp()) // (count * span_s(narrow)) * count - 5 * count
        tens = folded_from(recorded)
        for server in range(some):
            ids = entered(store, recorded, server, int(clock.now().timestamp()))
            for span in range(first, first + count):
                put_span(store, tens, ids, narrow, span + server, span)
        used = pruned_s(History(store, clock))
        shares[f"to {narrow * count} s"] = share * used / (count * span_s(narrow))
        store.close()
    total = sum(shares.values())
    print(f"{servers} servers with {recorded.gpus} GPUs at 1 Hz, of one core:")
    print("; ".join(f"{title} {value:.2f} %" for title, value in shares.items()))
    print(f"together {total:.1f} %, target {WRITER_PERCENT:.0f} %: {verdict(total <= WRITER_PERCENT)}")
    return total <= WRITER_PERCENT


def pruned_s(history: History) -> float:
    """Processor time of all that is due."""
    cpu = time.process_time()
    history.prune()
    return time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=400, help="of the writer's cost")
    parser.add_argument("--seconds", type=int, default=60, help="of the writer's cost")
    args = parser.parse_args()
    recorded = recording()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        fits = [
            size(folder, recorded, 16),
            queries(folder, recorded),
            writer(folder, recorded, args.servers, args.seconds),
        ]
    raise SystemExit(0 if all(fits) else 1)


if __name__ == "__main__":
    main()
