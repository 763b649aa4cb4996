"""Measures the queue beside Slurm and task-spooler: submit to exec'd, 50 jobs a second, finishing them all.

Run by `./dev bench queue [--rounds 20] [--seconds 10]`, in some four minutes: of the peers fewer rounds are
run one at a time, and they are not waited for without end. Tandem is the whole console over a warm link to a
real sshd; the peers are called on the server itself, with no SSH between. Also the memory of 2,000 waiting
jobs. Exits 1 beyond a target.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.jobs.job import JobRequest
from tests.benchmarks.connect import NAME, Desk, desk, milliseconds, stamp_command, started_after_s
from tests.lab import processes
from tests.lab.slurm import LabSlurm
from tests.lab.sshd import LabServer

SLOTS = 8
RATE = 50
STARTED_TARGET_S = 0.100
ACCEPTED_TARGET_S = 0.200
FINISHED_TARGET_S = 60.0
WAITING = 2000
MEMORY_TARGET_MB = 60.0
_ASKERS = 24
# Slurm starts one job some 3 s after it came: a few of them tell that as well as many.
_PEER_ROUNDS = 4
_PATIENCE_S = 100.0
# One that ends no job for so long will not end the rest.
_STALLED_S = 15.0


class Queue(Protocol):
    """Something that takes jobs."""

    name: str

    def submit(self, argv: tuple[str, ...]) -> str:
        """Hand a job over; its id."""

    def ends(self) -> dict[str, int | None]:
        """The exit code of every job that has ended, by its id."""


class Ours:
    """The console's job service over one warm link."""

    name = "Tandem"

    def __init__(self, made: Desk) -> None:
        self._made = made

    def submit(self, argv: tuple[str, ...]) -> str:
        """Plan, audit, ask the agent, keep the record: as the command and the window do."""
        work = self._made.jobs.prepare_submit(JobRequest(argv=argv, server=NAME))
        return self._made.operations.run(work).id

    def ends(self) -> dict[str, int | None]:
        """As the server tells."""
        rows = self._made.fleet.call(NAME, "job.list", timeout_s=60.0)["jobs"]
        assert isinstance(rows, list)
        return {row["id"]: row["exit_code"] for row in rows if row["ended"]}


class Slurm:
    """sbatch and squeue of the lab's Slurm, run on the server itself."""

    name = "sbatch (Slurm)"

    def __init__(self, lab: LabSlurm) -> None:
        self._lab = lab

    def submit(self, argv: tuple[str, ...]) -> str:
        """A batch script needs a shell, so the job is one line of it."""
        line = argv[2] if argv[:2] == ("/bin/sh", "-c") else " ".join(argv)
        return self._lab.run("sbatch", "--parsable", "-o", "/dev/null", "--wrap", line).strip()

    def ends(self) -> dict[str, int | None]:
        """As the controller tells."""
        found: dict[str, int | None] = {}
        for line in self._lab.run("scontrol", "-o", "show", "job").splitlines():
            told = dict(word.partition("=")[::2] for word in line.split() if "=" in word)
            if told.get("JobState") in ("COMPLETED", "FAILED"):
                found[told["JobId"]] = int(told["ExitCode"].partition(":")[0])
        return found


class Spooler:
    """Debian's task-spooler, run on the server itself."""

    name = "tsp (task-spooler)"

    def __init__(self, folder: Path) -> None:
        self._environment = {
            **os.environ,
            "TS_SOCKET": str(folder / "socket"),
            "TMPDIR": str(folder),
            "TS_MAXFINISHED": "10000",
        }
        self.run("-S", str(SLOTS))

    def run(self, *words: str) -> str:
        """What the command prints."""
        return subprocess.run(
            ["tsp", *words],
            env=self._environment,
            check=True,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        ).stdout

    def submit(self, argv: tuple[str, ...]) -> str:
        """Its number, which it tells only where it keeps what the job prints."""
        ident = self.run(*argv).strip()
        assert ident, "tsp told no number"
        return ident

    def ends(self) -> dict[str, int | None]:
        """As its list tells."""
        found: dict[str, int | None] = {}
        for line in self.run("-l").splitlines()[1:]:
            words = line.split()
            if words[1] == "finished":
                found[words[0]] = int(words[3])
        return found

    def close(self) -> None:
        """End its server."""
        self.run("-K")


@dataclass(frozen=True)
class Figures:
    """What one queue did."""

    name: str
    started: list[float]
    accepted: list[float]
    finished_s: float | None
    ended: int
    wrong: int


def one_at_a_time(queue: Queue, folder: Path, rounds: int) -> list[float]:
    """Seconds from each submit to the first thing that its process did."""
    took = []
    for number in range(rounds):
        path = folder / f"stamp-{number}"
        begun = time.time()
        queue.submit(("/bin/sh", "-c", stamp_command(path)))
        took.append(started_after_s(path, begun))
    return took


def steadily(queue: Queue, seconds: float) -> tuple[list[float], float | None, int, int]:
    """(seconds to each id, from first submit to last end, how many ended, how many with a wrong exit code).

    The jobs are due every 20 ms whatever became of those before, and the clock of each starts when it is due.
    """
    count = int(seconds * RATE)
    begun = time.perf_counter()

    def one(number: int) -> tuple[str, float]:
        due = begun + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        ident = queue.submit(("true",))
        return ident, time.perf_counter() - due

    with ThreadPoolExecutor(_ASKERS) as pool:
        answers = list(pool.map(one, range(count)))
    mine = {ident for ident, _ in answers}
    ends: dict[str, int | None] = {}
    last = time.perf_counter()
    while not mine <= ends.keys() and time.perf_counter() - begun < _PATIENCE_S:
        if time.perf_counter() - last > _STALLED_S:
            break
        time.sleep(0.25)
        before, ends = len(ends), queue.ends()
        last = time.perf_counter() if len(ends) > before else last
    whole = mine <= ends.keys() and len(mine) == count
    took = time.perf_counter() - begun if whole else None
    done = mine & ends.keys()
    return [each for _, each in answers], took, len(done), sum(ends[ident] != 0 for ident in done)


def figures(queue: Queue, folder: Path, rounds: int, seconds: float, slots: Callable[[], object]) -> Figures:
    """Both measurements of one queue."""
    folder.mkdir()
    started = one_at_a_time(queue, folder, rounds)
    slots()
    accepted, finished, ended, wrong = steadily(queue, seconds)
    return Figures(queue.name, started, accepted, finished, ended, wrong)


def memory_mb(home: Path) -> tuple[float, list[str]]:
    """What all processes with this HOME hold, shared pages counted once (PSS); their names."""
    total, names = 0, []
    for pid in processes.with_home(home):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            names.append(Path(f"/proc/{pid}/comm").read_text().strip())
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1e3, names


def queue_is_full(made: Desk, home: Path) -> tuple[float, list[str]]:
    """The memory that 2,000 waiting jobs cost the server, less what watching it costs anyway."""
    made.fleet.call(NAME, "job.list")
    before, _ = memory_mb(home)
    made.fleet.call(NAME, "server.limit", {"slots": 1})
    ours = Ours(made)
    ours.submit(("sleep", "600"))
    with ThreadPoolExecutor(_ASKERS) as pool:
        list(pool.map(lambda _: ours.submit(("true",)), range(WAITING)))
    state = made.fleet.call(NAME, "server.state", timeout_s=60.0)
    if state["waiting"] != WAITING:
        raise SystemExit(f"{state['waiting']} jobs wait, not {WAITING}")
    after, names = memory_mb(home)
    return after - before, names


@contextmanager
def console(folder: Path) -> Iterator[tuple[Desk, LabServer]]:
    """A console with a warm link to a lab server."""
    with LabServer(folder / "server", name=NAME) as server, desk(folder / "console", server) as made:
        made.fleet.watch([NAME])
        if not made.first.came.wait(20.0):
            raise SystemExit("no sample came")
        yield made, server


def p99(values: list[float]) -> float:
    """The value that one of a hundred is above."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def report(found: list[Figures], seconds: float) -> bool:
    """Print the table; whether ours are within the targets."""
    ours = found[0]
    count = int(seconds * RATE)
    for each in found:
        print(f"{each.name}")
        print(f"  submit to exec'd, one at a time  {milliseconds(each.started)}", end="")
        print(f"   {statistics.median(each.started) / statistics.median(ours.started):.2f} x ours")
        middle, high = statistics.median(each.accepted), p99(each.accepted)
        print(
            f"  accepted at {RATE} a second         p50 {middle * 1000:.0f} ms, p99 {high * 1000:.0f} ms",
            end="",
        )
        print(f"   {high / p99(ours.accepted):.2f} x ours")
        told = f"{each.ended} of them; no longer waited for"
        if each.finished_s is not None:
            told = f"{each.finished_s:.1f} s"
            if ours.finished_s is not None:
                told += f"   {each.finished_s / ours.finished_s:.2f} x ours"
        print(f"  all {count} finished               {told}; {each.wrong} with a wrong exit code")
    return (
        statistics.median(ours.started) <= STARTED_TARGET_S
        and p99(ours.accepted) <= ACCEPTED_TARGET_S
        and ours.finished_s is not None
        and ours.finished_s <= FINISHED_TARGET_S
        and ours.wrong == 0
    )


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--ours-only", action="store_true", help="without the peers")
    given = parser.parse_args()
    print(f"queue, {given.seconds * RATE:.0f} jobs, {SLOTS} slots; load {os.getloadavg()[0]:.1f}")
    found = []
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as name:
        folder = Path(name)
        with console(folder / "ours") as (made, server):
            limit = lambda: made.fleet.call(NAME, "server.limit", {"slots": SLOTS})  # noqa: E731
            found.append(figures(Ours(made), folder / "a", given.rounds, given.seconds, limit))
            memory, names = queue_is_full(made, server.home)
        if not given.ours_only:
            with LabSlurm(folder / "slurm", slots=SLOTS) as lab:
                rounds = min(_PEER_ROUNDS, given.rounds)
                found.append(figures(Slurm(lab), folder / "b", rounds, given.seconds, lambda: None))
            spooler = Spooler(folder)
            try:
                found.append(figures(spooler, folder / "c", given.rounds, given.seconds, lambda: None))
            finally:
                spooler.close()
    good = report(found, given.seconds)
    print(f"{WAITING} waiting jobs cost the server {memory:.1f} MB (PSS) in: {', '.join(sorted(names))}")
    good = good and memory <= MEMORY_TARGET_MB
    print("within the targets" if good else "BEYOND THE TARGETS")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
