"""A real Slurm of one node on loopback: Debian's slurmctld and slurmd, without munge or accounting.

Needs root and Debian's slurmctld, slurmd and slurm-client. Everything lies below one folder; `run` speaks to
it (`sbatch`, `squeue`, `scontrol`).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.lab import processes
from tests.lab.sshd import free_port

_START_S = 30.0
_SBIN = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class LabSlurm:
    """One controller and one node; started by `with`.

    Args:
        folder: configuration, state, spool and logs.
        slots: how many jobs of one processor the node takes at once, whatever the machine has.
    """

    def __init__(self, folder: Path, *, slots: int = 8) -> None:
        self.folder = folder
        self._slots = slots
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def configuration(self) -> Path:
        """The slurm.conf; SLURM_CONF names it to every command."""
        return self.folder / "slurm.conf"

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to find this Slurm."""
        return {**os.environ, "SLURM_CONF": str(self.configuration)}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("state", "spool"):
            (self.folder / name).mkdir(exist_ok=True)
        self.configuration.write_text(self._text(), "ascii")
        try:
            self._launch("slurmctld", "-D", "-f", str(self.configuration))
            self._launch("slurmd", "-D", "-f", str(self.configuration), "-N", socket.gethostname())
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self, *words: str) -> str:
        """What one of its commands prints.

        Raises:
            CalledProcessError: it failed.
        """
        return subprocess.run(
            words,
            env=self.environment,
            check=True,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        ).stdout

    def stop(self) -> None:
        """End both and the steps that slurmd started."""
        running, self._running = self._running, []
        for process in reversed(running):
            processes.end_family(process)

    def _text(self) -> str:
        host = socket.gethostname()
        lines = {
            "ClusterName": "lab",
            "SlurmctldHost": f"{host}(127.0.0.1)",
            "SlurmUser": "root",
            "SlurmdUser": "root",
            "SlurmctldPort": str(free_port()),
            "SlurmdPort": str(free_port()),
            "AuthType": "auth/none",
            "CredType": "cred/none",
            "ProctrackType": "proctrack/pgid",
            "TaskPlugin": "task/none",
            "JobAcctGatherType": "jobacct_gather/none",
            "AccountingStorageType": "accounting_storage/none",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_CPU",
            "SlurmdParameters": "config_overrides",
            "MpiDefault": "none",
            "ReturnToService": "2",
            "MaxJobCount": "20000",
            "MinJobAge": "3600",
            "StateSaveLocation": str(self.folder / "state"),
            "SlurmdSpoolDir": str(self.folder / "spool"),
            "SlurmctldLogFile": str(self.folder / "slurmctld.log"),
            "SlurmdLogFile": str(self.folder / "slurmd.log"),
            "SlurmctldPidFile": str(self.folder / "slurmctld.pid"),
            "SlurmdPidFile": str(self.folder / "slurmd.pid"),
        }
        text = [f"{name}={value}" for name, value in lines.items()]
        text += [f"NodeName={host} NodeAddr=127.0.0.1 CPUs={self._slots} State=UNKNOWN"]
        text += [f"PartitionName=lab Nodes={host} Default=YES MaxTime=INFINITE State=UP"]
        return "\n".join(text) + "\n"

    def _launch(self, name: str, *words: str) -> None:
        found = shutil.which(name, path=_SBIN)
        if found is None:
            raise FileNotFoundError(f"{name} is missing; install Debian's package of that name")
        process = subprocess.Popen(
            [found, *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._running.append(process)

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_S
        told = ""
        while time.monotonic() < deadline:
            done = subprocess.run(
                ["sinfo", "-h", "-o", "%t"], env=self.environment, capture_output=True, text=True, check=False
            )
            told = done.stdout.strip() or done.stderr.strip()
            if told == "idle":
                return
            if any(process.poll() is not None for process in self._running):
                break
            time.sleep(0.1)
        logs = [path.read_text("utf-8", "replace")[-2000:] for path in self.folder.glob("*.log")]
        raise RuntimeError("Slurm does not start: " + "\n".join([told, *logs]))
