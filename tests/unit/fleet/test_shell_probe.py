"""The shell loop's output, real and hostile, becomes samples."""

from __future__ import annotations

import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.fleet.shell_probe import MAX_BLOCK_BYTES, BlockReader, ShellSampler, hello_from, script
from console.telemetry.parsing import parse_sample
from console.telemetry.sample import AcceleratorState

NONCE = "feedfacefeedface"


def block_of(**sections: str) -> dict[str, list[str]]:
    return {name: text.splitlines() for name, text in sections.items()}


def test_the_script_runs_in_this_machines_sh() -> None:
    process = subprocess.Popen(["/bin/sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    process.stdin.write(script(NONCE, 1))
    process.stdin.flush()
    reader, blocks = BlockReader(NONCE), []
    until = time.monotonic() + 30
    while len(blocks) < 2 and time.monotonic() < until:
        blocks += reader.feed(process.stdout.read1(65536))
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    sampler = ShellSampler()
    first, second = (parse_sample(sampler.sample(block, 1.0), 0.0) for block in blocks)
    assert first.cpu_percent is None
    assert second.cpu_percent is not None
    assert second.memory_total_bytes
    assert second.load1 is not None
    assert second.disks == first.disks
    assert second.disks
    assert second.network_rx_bytes_per_s is not None
    assert hello_from(blocks[0])["kernel"]


GPUS = """\
0, GPU-aaa, NVIDIA H100 80GB HBM3, 87, 71234, 81559, 61, 612.34, 700.00, [N/A], 1980
1, GPU-bbb, NVIDIA H100 80GB HBM3, [N/A], 10, 81559, 40, [Unknown Error], 700.00, N/A, [Not Supported]
2, GPU-ccc, NVIDIA H100 80GB HBM3, [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], \
[GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost]
"""


def test_sentinels_are_unknown_and_lost_is_lost() -> None:
    apps = "GPU-aaa, 4242, 70000, python train.py, --lr 1\nGPU-aaa, 4243, [N/A], x\n[N/A]"
    owners = "dr-xr-xr-x 9 alice users 0 Nov 20 10:00 /proc/4242"
    sampler = ShellSampler()
    wire = sampler.sample(block_of(gpus=GPUS, apps=apps, owners=owners), 2.0)
    first, second, third = parse_sample(wire, 0.0).accelerators
    assert first.utilization_percent == 87
    assert first.memory_used_bytes == 71234 * 1024 * 1024
    assert first.power_w == 612.34
    assert first.fan_percent is None
    assert [(p.pid, p.user, p.command, p.memory_bytes) for p in first.processes] == [
        (4242, "alice", "python train.py, --lr 1", 70000 * 1024 * 1024),
        (4243, None, "x", None),
    ]
    assert second.state is AcceleratorState.OK
    assert (second.utilization_percent, second.power_w, second.clock_sm_mhz) == (None, None, None)
    assert second.processes == ()
    assert third.state is AcceleratorState.LOST
    assert third.utilization_percent is None


def test_a_gpu_that_vanishes_stays_as_lost_and_the_message_is_a_problem() -> None:
    sampler = ShellSampler()
    sampler.sample(block_of(gpus=GPUS), 2.0)
    message = "Unable to determine the device handle for GPU 0000:3B:00.0: GPU is lost.  Reboot the system"
    wire = sampler.sample(block_of(gpus=GPUS.splitlines()[1] + "\n" + message), 2.0)
    sample = parse_sample(wire, 0.0)
    assert {a.uuid: a.state.value for a in sample.accelerators} == {
        "GPU-aaa": "lost",
        "GPU-bbb": "ok",
        "GPU-ccc": "lost",
    }
    assert "GPU is lost" in sample.problems[0]


def test_rates_and_percentages_are_differences() -> None:
    def block(ticks: int, received: int, uptime: float) -> dict[str, list[str]]:
        return block_of(
            stat=f"cpu  {ticks} 0 0 {100 - ticks} 0 0 0 0 0 0",
            uptime=f"{uptime} 1.0",
            network=f"head\nhead\n  lo: 999 0 0 0 0 0 0 0 999 0\neth0:{received} 0 0 0 0 0 0 0 50 0",
            memory="MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 50 kB",
        )

    sampler = ShellSampler()
    sampler.sample(block(10, 1000, 10.0), 2.0)
    second = block(10, 3000, 12.0)
    second["stat"] = ["cpu  60 0 0 140 0 0 0 0"]
    sample = parse_sample(sampler.sample(second, 2.0), 0.0)
    assert sample.cpu_percent == 50.0
    assert sample.network_rx_bytes_per_s == 1000
    assert sample.network_tx_bytes_per_s == 0
    assert sample.memory_used_bytes == 800 * 1024
    back = parse_sample(sampler.sample(block(70, 10, 14.0), 2.0), 0.0)
    assert back.network_rx_bytes_per_s is None


lines = st.lists(st.text(max_size=40).map(lambda t: t.replace("\n", " ")), max_size=6)
names = st.sampled_from(
    "time host release boot cpus stat load uptime memory network disks gpus apps owners".split()  # noqa: SIM905
)


@given(st.lists(st.dictionaries(names, lines), max_size=3))
def test_no_block_breaks_the_sampler(blocks: list[dict[str, list[str]]]) -> None:
    sampler = ShellSampler()
    for block in blocks:
        parse_sample(sampler.sample(block, 2.0), 0.0)
        hello_from(block)


@given(st.binary(max_size=2000), st.integers(1, 50))
def test_any_bytes_may_come(data: bytes, size: int) -> None:
    reader = BlockReader(NONCE)
    for at in range(0, len(data), size):
        reader.feed(data[at : at + size])


def test_the_stream_is_bounded() -> None:
    reader = BlockReader(NONCE)
    reader.feed(f"={NONCE} begin\n={NONCE} gpus\n".encode())
    for _ in range(300):
        reader.feed(b"x" * 65536)
    assert len(reader._rest) <= 70_000
    reader.feed(b"\n")
    for _ in range(MAX_BLOCK_BYTES // 1000 + 100):
        reader.feed(b"y" * 1000 + b"\n")
    assert reader.feed(f"={NONCE} end\n".encode()) == []
    assert reader.dropped == 2
    (block,) = reader.feed(f"={NONCE} begin\n={NONCE} load\n0.5 1 1\n={NONCE} end\n".encode())
    assert block == {"load": ["0.5 1 1"]}


@pytest.mark.parametrize("interval", [0.2, 1, 2.5])
def test_sleep_gets_whole_seconds(interval: float) -> None:
    assert f"sleep {max(1, -(-interval // 1)):.0f}\n".encode() in script(NONCE, interval)
