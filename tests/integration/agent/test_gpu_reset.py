"""A reset of a GPU over the C fake: never while anyone holds it, nor where that is not known."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.agent import held
from tests.integration.agent.test_nvml import Watch, once
from tests.lab.agent import Agent, Refused, probe
from tests.lab.nvml.build import FakeNvml

# sudo allows all of it and writes down its words; what the look finds stands in a file, if there is one.
_SUDO = """#!/bin/sh
printf '%s\\n' "$*" >>"$SAID"
case "$*" in *" find "*) [ ! -f "$SAID.found" ] || cat "$SAID.found"; exit 0;; esac
shift; exec "$@"
"""
_SMI = "#!/bin/sh\necho 'GPU was reset.'\n"
# Holds a device file open until it is told to end, as whoever uses a GPU does.
_HOLDER = "import sys; held = open(sys.argv[1]); print(flush=True); input()"
GPU = "GPU-fake-0001"


class Machine:
    """Two GPUs, their device files, a sudo and an nvidia-smi, and an agent that may reset."""

    def __init__(self, folder: Path, nvml: FakeNvml, start: Callable[..., Agent]) -> None:
        tools, self.devices, self._said = folder / "tools", folder / "dev", folder / "said"
        for each in (tools, self.devices):
            each.mkdir()
        for name, text in {"sudo": _SUDO, "nvidia-smi": _SMI}.items():
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        for number in range(2):
            (self.devices / f"nvidia{number}").touch()
        env = {**nvml.env, "PATH": f"{tools}:{os.environ['PATH']}", "SAID": str(self._said)}
        env["TANDEM_TEST_DEV"] = str(self.devices)
        config = {"privileges": ["gpu_reset"]}
        self.nvml = nvml
        self.agent = start(env=env, probes=(probe("nvidia", "NVIDIA"),), config=config)
        once(self.agent)

    def reset(self) -> str:
        """Ask for it; what the server said."""
        answer = self.agent.call("privileged.run", {"act": "gpu_reset", "uuid": GPU})
        return str(answer["output"])

    def resets(self) -> list[str]:
        """The resets that sudo was asked for."""
        lines = self._said.read_text().splitlines() if self._said.exists() else []
        return [line for line in lines if "--gpu-reset" in line]

    @contextmanager
    def held(self) -> Iterator[int]:
        """A process with the device open; its number."""
        command = [sys.executable, "-c", _HOLDER, str(self.devices / "nvidia1")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            try:
                yield holder.pid
            finally:
                holder.communicate(b"\n")


@pytest.fixture
def machine(nvml_library: Path, tmp_path: Path, start_agent: Callable[..., Agent]) -> Machine:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt", count=2)
    return Machine(tmp_path, nvml, start_agent)


def test_a_lost_gpu_is_not_reset_while_a_process_has_its_device_open(machine: Machine) -> None:
    machine.nvml.set("gpu 1 state", "lost")
    assert once(machine.agent)[1]["state"] == "lost"
    with machine.held() as pid, pytest.raises(Refused) as refused:
        machine.reset()
    assert refused.value.code == "privileged.gpu_in_use"
    assert f"process {pid} (python" in refused.value.problem.sentence
    assert machine.resets() == []


def test_a_sound_one_neither_though_the_driver_tells_of_nobody(machine: Machine) -> None:
    with machine.held() as pid, pytest.raises(Refused) as refused:
        machine.reset()
    assert refused.value.attrs["who"].startswith(f"process {pid} ")
    assert machine.resets() == []


def test_a_lost_one_that_nobody_holds_is_reset_and_comes_back(machine: Machine) -> None:
    watch = Watch(machine.agent)
    machine.nvml.set("gpu 1 state", "lost")
    watch.until(lambda sample: sample["accelerators"][1]["state"] == "lost")
    assert machine.reset().strip() == "GPU was reset."
    assert machine.resets() == [f"-n nvidia-smi -i {GPU} --gpu-reset"]
    machine.nvml.clear("gpu 1 state")
    rows = watch.until(lambda sample: sample["accelerators"][1]["state"] == "ok")["accelerators"]
    assert [row["uuid"] for row in rows] == ["GPU-fake-0000", GPU]


def test_where_it_is_not_known_who_holds_it_there_is_no_reset(
    nvml_library: Path, tmp_path: Path, start_agent: Callable[..., Agent]
) -> None:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt", count=2)
    # Lost from the start: neither its processes nor its device file can be known.
    nvml.set("gpu 1 state", "lost")
    machine = Machine(tmp_path, nvml, start_agent)
    uuid = once(machine.agent)[1]["uuid"]
    with pytest.raises(Refused) as refused:
        machine.agent.call("privileged.run", {"act": "gpu_reset", "uuid": uuid})
    assert refused.value.code == "privileged.holders_unknown"
    assert "cannot be known who holds it" in refused.value.problem.sentence
    assert machine.resets() == []


def test_a_hung_driver_call_ends_in_a_sentence(machine: Machine) -> None:
    machine.nvml.set("hangcall 0 nvmlDeviceGetUtilizationRates", 60)
    watch = Watch(machine.agent)
    watch.until(lambda sample: sample["accelerators"][0]["state"] == "unknown")
    with pytest.raises(Refused) as refused:
        machine.reset()
    assert refused.value.code == "privileged.driver_hangs"
    assert machine.resets() == []
    # Watching goes on as before.
    assert watch.until(lambda sample: sample["accelerators"][1]["state"] == "ok")


def test_what_a_look_by_root_says() -> None:
    found = "/proc/12/fd/3\n/proc/12/fd/4\n/proc/7/fd/9\n"
    assert held.walked(0, found) == [7, 12]
    assert held.walked(1, found + "find: '/proc/99/fd': No such file or directory\n") == [7, 12]
    assert held.walked(0, "") == []
    assert held.walked(1, "sudo: a password is required\n") is None
    assert held.walked(1, "find: '/proc/1/fd': Permission denied\n") is None
    assert held.walked(127, "") is None


def test_the_verdict_needs_the_driver_s_word_or_a_look_at_everyone() -> None:
    assert held.verdict(None, [], True) == []
    assert held.verdict([], [], False) == []
    assert held.verdict(None, [], False) is None
    assert held.verdict(None, [4], False) == [4]
    assert held.verdict([5], [4], True) == [4, 5]
