"""The machine's numbers out of other machines' files: old kernels, containers of both kinds, odd sensors."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.agent import container, gauges, sensors, sysfiles
from console.agent.machine import Machine, SlowReadings
from console.agent.sysfiles import KeptFiles

Files = dict[str, str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty system."""
    monkeypatch.setenv("TANDEM_TEST_ROOT", str(tmp_path))
    return tmp_path


def write(root: Path, files: Files) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def machine(root: Path) -> Iterator[Machine]:
    """The machine of that system; what it reads beside has ended with the test."""
    slow = SlowReadings()
    made = Machine(slow)
    yield made
    made.close()
    for readings in (slow.disks, slow.temperatures, slow.processes):
        readings.latest(10.0)


def take(machine: Machine) -> dict[str, object]:
    return machine.take(time.monotonic())[0]


STAT = "cpu  {busy} 0 0 {idle} {wait} 0 0 {steal} 0 0\ncpu0 {busy} 0 0 0 0 0 0 0 0 0\nintr 1 2 3\n"


def test_shares_are_of_the_time_between_two_readings() -> None:
    before, _ = gauges.cpu_times(STAT.format(busy=100, idle=800, wait=50, steal=50))
    after, cores = gauges.cpu_times(STAT.format(busy=130, idle=850, wait=60, steal=60))
    assert gauges.share(before, after) == 40.0
    assert gauges.share(before, after, "iowait") == 10.0
    assert gauges.share(before, after, "steal") == 10.0
    assert gauges.share(after, after) is None
    assert len(cores) == 1
    assert gauges.cpu_times("nonsense") == (None, [])


def test_an_old_kernel_s_memory_and_no_swap() -> None:
    old = gauges.memory("MemTotal: 1000 kB\nMemFree: 200 kB\nBuffers: 50 kB\nCached: 150 kB\n")
    assert old["memory_used_bytes"] == 600 * 1024
    assert (old["swap_total_bytes"], old["swap_used_bytes"]) == (None, None)
    assert set(gauges.memory(None).values()) == {None}


def test_a_counter_that_went_back_is_another_s() -> None:
    assert gauges.per_second(100, 90, 1.0) is None
    assert gauges.per_second(100, 300, 2.0) == 100.0
    assert gauges.per_second(None, 300, 2.0) is None


def test_a_system_that_tells_nothing_gives_nulls_and_no_zero(machine: Machine) -> None:
    found = take(machine)
    for key in ("uptime_s", "load1", "load5", "cpu_percent", "memory_used_bytes", "swap_used_bytes"):
        assert found[key] is None, key
    assert (found["pressure"], found["limits"], found["cpu_cores_percent"]) == (None, None, None)
    assert found["network"] == {"rx_bytes_per_s": None, "tx_bytes_per_s": None}
    assert found["disk_io"] == {"read_bytes_per_s": None, "write_bytes_per_s": None, "busy_percent": None}


def test_pressure_is_over_the_interval_and_where_there_is_none_unknown(root: Path, machine: Machine) -> None:
    line = "some avg10=7.50 avg60=1.00 avg300=0.10 total={total}\n"
    write(root, {"proc/pressure/io": line.format(total=1_000_000)})
    first = machine.take(100.0)[0]["pressure"]
    assert first == {"io": {"some_percent": 7.5, "full_percent": None}}
    write(root, {"proc/pressure/io": line.format(total=1_500_000)})
    assert machine.take(102.0)[0]["pressure"] == {"io": {"some_percent": 25.0, "full_percent": None}}


def test_interfaces_with_a_device_count_and_virtual_ones_do_not(root: Path, machine: Machine) -> None:
    def traffic(eth: int, veth: int) -> str:
        row = "{}: {} 0 0 0 0 0 0 0 {} 0 0 0 0 0 0 0\n"
        return "a\nb\n" + row.format("eth0", eth, eth * 2) + row.format("veth1", veth, veth)

    write(
        root,
        {
            "proc/net/dev": traffic(1000, 5000),
            "sys/class/net/eth0/device/vendor": "x",
            "sys/class/net/eth0/speed": "25000",
            "sys/class/net/eth0/operstate": "up",
            "sys/class/net/veth1/speed": "-1",
        },
    )
    machine.take(10.0)
    write(root, {"proc/net/dev": traffic(3000, 9000)})
    found = machine.take(12.0)[0]
    assert found["network"] == {"rx_bytes_per_s": 1000.0, "tx_bytes_per_s": 2000.0}
    assert found["interfaces"] == [
        {
            "name": "eth0",
            "rx_bytes_per_s": 1000.0,
            "tx_bytes_per_s": 2000.0,
            "speed_bits_per_s": 25_000_000_000,
            "state": "up",
        }
    ]


def test_physical_disks_count_once_and_the_busiest_is_told(root: Path, machine: Machine) -> None:
    def stats(read: int, busy: int) -> str:
        row = "{} {} {} 0 0 {} 0 0 0 {} 0 0 {} 0\n"
        return (
            row.format(259, 0, "nvme0n1", read, 20, busy)
            + row.format(8, 0, "sda", 0, 0, 0)
            + row.format(253, 0, "dm-0", read, 20, busy)
        )

    write(
        root,
        {
            "proc/diskstats": stats(100, 0),
            "sys/block/nvme0n1/dev": "259:0\n",
            "sys/block/sda/dev": "8:0\n",
            "sys/block/dm-0/dev": "253:0\n",
        },
    )
    machine.take(10.0)
    write(root, {"proc/diskstats": stats(300, 600)})
    assert machine.take(11.0)[0]["disk_io"] == {
        "read_bytes_per_s": 200 * 512.0,
        "write_bytes_per_s": 0.0,
        "busy_percent": 60.0,
    }


def test_temperatures_have_names_and_nonsense_is_left_out(root: Path) -> None:
    base = "sys/class/hwmon/hwmon0/"
    write(
        root,
        {
            base + "name": "coretemp\n",
            base + "temp1_input": "61000\n",
            base + "temp1_label": "Package id 0\n",
            base + "temp1_crit": "100000\n",
            base + "temp2_input": "-128000\n",
            "sys/class/hwmon/hwmon1/name": "amdgpu\n",
            "sys/class/hwmon/hwmon1/temp1_input": "50000\n",
        },
    )
    assert sensors.temperatures() == [
        {"name": "coretemp Package id 0", "temperature_c": 61.0, "critical_c": 100.0}
    ]


def test_thermal_zones_stand_in_where_there_is_no_sensor(root: Path) -> None:
    assert sensors.temperatures() is None
    write(
        root,
        {"sys/class/thermal/thermal_zone0/temp": "43000", "sys/class/thermal/thermal_zone0/type": "x86_pkg"},
    )
    assert sensors.temperatures() == [{"name": "x86_pkg", "temperature_c": 43.0, "critical_c": None}]


def test_a_container_of_version_2_is_bound_and_shows_the_machine_s_figures(root: Path) -> None:
    write(
        root,
        {
            ".dockerenv": "",
            "proc/self/cgroup": "0::/\n",
            "proc/self/mounts": "overlay / overlay rw 0 0\n",
            "sys/fs/cgroup/cpu.max": "150000 100000\n",
            "sys/fs/cgroup/cpu.stat": "usage_usec 1000000\nuser_usec 5\n",
            "sys/fs/cgroup/memory.max": str(4 << 30),
            "sys/fs/cgroup/memory.current": str(3 << 30),
            "sys/fs/cgroup/memory.stat": f"anon 5\ninactive_file {1 << 30}\n",
        },
    )
    limits = container.Limits(KeptFiles())
    first = limits.take(10.0)
    assert first is not None
    assert first["cpu_used_cores"] is None
    write(root, {"sys/fs/cgroup/cpu.stat": "usage_usec 2500000\nuser_usec 5\n"})
    assert limits.take(12.0) == {
        "runtime": "docker",
        "cpu_limit_cores": 1.5,
        "cpu_used_cores": 0.75,
        "memory_limit_bytes": 4 << 30,
        "memory_used_bytes": 2 << 30,
        "machine_figures": ["cpu", "memory", "load", "pressure", "temperatures", "disk traffic"],
    }


def test_lxcfs_makes_cpu_and_memory_the_container_s_own(root: Path) -> None:
    write(
        root,
        {
            "run/systemd/container": "lxc\n",
            "proc/self/cgroup": "0::/\n",
            "proc/self/mounts": "lxcfs /proc/meminfo fuse.lxcfs rw 0 0\n",
        },
    )
    found = container.Limits(KeptFiles()).take(1.0)
    assert found is not None
    assert (found["runtime"], found["memory_limit_bytes"]) == ("lxc", None)
    assert found["machine_figures"] == ["load", "pressure", "temperatures", "disk traffic"]


def test_version_1_and_a_limit_of_an_ancestor(root: Path) -> None:
    job = "sys/fs/cgroup/memory/slurm/job_7"
    write(
        root,
        {
            "proc/self/cgroup": "9:cpu,cpuacct:/slurm/job_7\n4:memory:/slurm/job_7/step_0\n",
            "sys/fs/cgroup/cpu,cpuacct/slurm/job_7/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu,cpuacct/slurm/job_7/cpu.cfs_period_us": "100000\n",
            f"{job}/memory.limit_in_bytes": str(8 << 30),
            f"{job}/step_0/memory.limit_in_bytes": "9223372036854771712",
            f"{job}/step_0/memory.usage_in_bytes": str(2 << 30),
            f"{job}/step_0/memory.stat": "total_inactive_file 0\n",
        },
    )
    found = container.Limits(KeptFiles()).take(1.0)
    assert found is not None
    assert (found["runtime"], found["machine_figures"]) == (None, None)
    assert (found["cpu_limit_cores"], found["memory_limit_bytes"]) == (None, 8 << 30)
    assert found["memory_used_bytes"] == 2 << 30


def test_a_free_machine_has_no_limits(root: Path) -> None:
    write(
        root,
        {
            "proc/self/cgroup": "0::/user.slice\n",
            "proc/self/mounts": "/dev/sda1 / ext4 rw 0 0\n",
            "sys/fs/cgroup/user.slice/cpu.max": "max 100000\n",
            "sys/fs/cgroup/user.slice/memory.max": "max\n",
        },
    )
    assert container.Limits(KeptFiles()).take(1.0) is None


def test_kept_files_read_long_ones_whole_and_forget_what_went(root: Path) -> None:
    files = KeptFiles()
    write(root, {"proc/long": "x" * 50_000})
    assert len(files.read("/proc/long") or "") == 50_000
    write(root, {"proc/long": "short"})
    assert files.read("/proc/long") == "short"
    assert files.read("/proc/never") is None
    write(root, {"proc/never": "now"})
    assert files.read("/proc/never") is None, "it is looked for again only after a while"
    files.close()
    assert sysfiles.names("/proc") == ["long", "never"]
