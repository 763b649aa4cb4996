"""A large fleet on one machine: some real sshd with real agents, and one sshd whose sessions are replayed.

Everything is niced, so that what it costs is not taken for the console's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from console.fleet.server import Role, Server
from tests.lab import processes
from tests.lab.agent import Agent, probe
from tests.lab.nvml.build import FakeNvml, build_fake_nvml
from tests.lab.replay.replayer import GPUS
from tests.lab.sshd import LabServer, make_key

_NICE = ("nice", "-n", "10")
_GROUP_NICE = "4"
_SOURCE = Path(__file__).parent / "replay" / "relay.c"
_TEAMS = ("vision", "nlp", "speech", "ads", "robotics")


_SMI = """#!/bin/bash
# Stands in for nvidia-smi where a peer of ours asks it: the fields that it names, of eight cards. Power, or
# else temperature, is the moment (of the last 100,000 s), so that whoever prints it shows how old it is.
case "$*" in *compute-apps*) exit 0 ;; *pmon*) exit 0 ;; -L) echo "GPU 0: NVIDIA H100"; exit 0 ;; esac
for word in "$@"; do case "$word" in --query-gpu=*) query=${word#--query-gpu=} ;; esac; done
warm=61; case "$query" in *power.draw*) ;; *) warm=moment ;; esac
look() {
  now=$(date +%s.%N); now=${now:5:9}
  for i in 0 1 2 3 4 5 6 7; do
    line=
    for field in ${query//,/ }; do
      case "$field" in
        index) value=$i ;; uuid) value=GPU-$HOSTNAME-$i ;; name) value="NVIDIA H100 80GB HBM3" ;;
        utilization.gpu) value=92 ;; memory.used) value=40000 ;; memory.free) value=41559 ;;
        memory.total) value=81559 ;; power.draw) value=$now ;; power.limit) value=700.00 ;;
        temperature.gpu) value=$warm; [ $warm != moment ] || value=$now ;; *) value="[N/A]" ;;
      esac
      line="$line${line:+, }$value"
    done
    echo "$line"
  done
}
look
case "$*" in *-lms*) while sleep 1; do look; done ;; esac
"""


def write_smi(folder: Path) -> Path:
    """A stand-in for nvidia-smi; the folder is for PATH."""
    folder.mkdir()
    program = folder / "nvidia-smi"
    program.write_text(_SMI)
    program.chmod(0o755)
    return folder


def _group_of(pid: int | str) -> str:
    """The scheduler's group of a process."""
    return Path(f"/proc/{pid}/autogroup").read_text().split()[0]


def build_relay(folder: Path) -> Path:
    """Compile the forced command of the replayed sessions."""
    program = folder / "relay"
    subprocess.run(["gcc", "-O1", "-Wall", "-o", str(program), str(_SOURCE)], check=True)
    return program


class BigFleet:
    """`with` starts it. Real servers are `real-01`…, replayed ones `replay-001`….

    Args:
        folder: short: UNIX sockets lie in it.
    """

    def __init__(self, folder: Path, real: int, replayed: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._counts = (real, replayed)
        self._stack = ExitStack()
        self.key = folder / "client_ed25519"
        self.real: list[LabServer] = []
        self.replay: LabServer | None = None
        self.replayer: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        make_key(self.key)
        library = build_fake_nvml(self.folder / "nvml")
        nvml = FakeNvml(library, self.folder / "world.txt", GPUS)
        for index in range(GPUS):
            nvml.set(f"gpu {index} util", (2, 55, 92, 97)[index % 4])
        recording = self.folder / "recording.json"
        recording.write_text(json.dumps(self._record(nvml)))
        tools = write_smi(self.folder / "bin")
        plain = {"MaxStartups": "1000", "LogLevel": "INFO"}
        for number in range(1, self._counts[0] + 1):
            server = LabServer(
                self.folder / f"real-{number:02d}",
                name=f"real-{number:02d}",
                options=plain,
                environment={**nvml.env, "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin"},
                client_key=self.key,
                within=_NICE,
            )
            self.real.append(self._stack.enter_context(server))
        if self._counts[1]:
            self._start_replay(recording, plain)

    def _record(self, nvml: FakeNvml) -> dict[str, Any]:
        """One sample of a real agent."""
        home = self.folder / "recording"
        home.mkdir(mode=0o700)
        # Held for the recording only: a process that the real agents would show for ever.
        nvml.set(f"proc 1 {os.getpid()}", 1 << 30)
        with Agent(home, env=nvml.env, probes=(probe("nvidia", "NVIDIA"),)) as agent:
            ident = agent.ask("telemetry.subscribe", {"interval_s": 0.2})
            # What is read now and then travels only when it changed: kept from whichever sample had it.
            kept: dict[str, dict[str, Any]] = {}
            while True:
                sample: dict[str, Any] = agent.event(ident)
                for row in sample["accelerators"]:
                    for key in ("processes", "health"):
                        row.setdefault(key, kept.get(row["uuid"], {}).get(key))
                    kept[row["uuid"]] = row
                rows = sample["accelerators"]
                if len(rows) > 1 and sample["seq"] > 1 and rows[1]["processes"]:
                    break
        holders = sample["accelerators"][1]["processes"]
        for each in sample["accelerators"]:
            each["processes"] = holders
        return sample

    def _start_replay(self, recording: Path, plain: dict[str, str]) -> None:
        socket = self.folder / "r.sock"
        words = [*_NICE, sys.executable, "-m", "tests.lab.replay.replayer", str(socket), str(recording)]
        self.replayer = subprocess.Popen(words, start_new_session=True)
        self._stack.callback(self.replayer.wait)
        self._stack.callback(self.replayer.kill)
        end = time.monotonic() + 20.0
        while not socket.exists():
            if time.monotonic() > end or self.replayer.poll() is not None:
                raise RuntimeError("the replayer does not start")
            time.sleep(0.02)
        options = {**plain, "ForceCommand": f"exec {build_relay(self.folder)} {socket}"}
        self.replay = self._stack.enter_context(
            LabServer(
                self.folder / "replay", name="replay", options=options, client_key=self.key, within=_NICE
            )
        )

    def pids(self) -> list[int]:
        """Everything that the lab runs."""
        roots = [server.pid for server in (*self.real, *([self.replay] if self.replay else []))]
        found = [pid for root in roots for pid in (root, *processes.descendants(root))]
        return [*found, *([self.replayer.pid] if self.replayer else [])]

    def yield_to_others(self) -> int:
        """Nice the scheduler's groups of the lab too: where the kernel groups by session, every SSH session
        is one, and a process's nice value says nothing beside others. Returns how many."""
        done, ours = 0, _group_of("self")
        for pid in self.pids():
            group = Path(f"/proc/{pid}/autogroup")
            try:
                if "nice 0" in group.read_text() and _group_of(pid) != ours:
                    group.write_text(_GROUP_NICE)
                    done += 1
            except OSError:  # it ended, or this kernel has no such groups
                continue
        return done

    def write_known_hosts(self, path: Path) -> None:
        """A known_hosts file that trusts all of them."""
        every = [*self.real, *([self.replay] if self.replay else [])]
        path.write_text("".join(server.known_hosts_line for server in every), "ascii")

    def servers(self) -> list[Server]:
        """Entries of the inventory."""
        named = [(server.name, server, None) for server in self.real]
        if self.replay is not None:
            for number in range(1, self._counts[1] + 1):
                name = f"replay-{number:03d}"
                named.append((name, self.replay, f"/replay/{name}/python"))
        return [
            Server(
                name,
                server.host,
                port=server.port,
                user=server.user,
                identity=str(self.key),
                role=Role.TRAIN if index % 5 < 3 else Role.INFER,
                labels={"team": _TEAMS[index % len(_TEAMS)], "rack": f"r{index // 16:02d}"},
                python=python,
                cost_per_hour=12.4,
            )
            for index, (name, server, python) in enumerate(named)
        ]

    def remove(self) -> None:
        """Take its folder away; after the end."""
        shutil.rmtree(self.folder, ignore_errors=True)
