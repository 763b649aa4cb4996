"""AMD, Intel and Ascend: the true probes in real agents over real sshd, against tools that print captures."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.integration.agent.conftest import numbers
from tests.lab.agent import Agent, probe
from tests.lab.nvml.build import FakeNvml
from tests.lab.processes import is_running
from tests.lab.sshd import LabServer
from tests.lab.vendors import FakeTool

MIB = 1 << 20
SLOW_LINK_S = 15.0

Rows = list[dict[str, Any]]


@pytest.fixture
def on_server(tmp_path: Path) -> Iterator[Callable[..., Agent]]:
    """An agent behind a real sshd whose sessions have this environment."""
    with ExitStack() as stack:

        def start(environment: dict[str, str], *vendors: tuple[str, str]) -> Agent:
            server = stack.enter_context(LabServer(tmp_path / "server", environment=environment))
            config = server.write_ssh_config(tmp_path / "ssh_config")
            sources = tuple(probe(name, vendor) for name, vendor in vendors)
            through = ("ssh", "-F", str(config), "lab")
            return stack.enter_context(Agent(server.home, through=through, probes=sources))

        yield start


def rows_of(agent: Agent, wanted: Callable[[Rows], bool] = bool) -> Rows:
    """The accelerators, once they are as wanted."""
    end = time.monotonic() + SLOW_LINK_S
    while True:
        rows: Rows = agent.call("telemetry.once")["accelerators"]
        if wanted(rows):
            return rows
        assert time.monotonic() < end, rows


def test_amd_of_rocm_6_a_list_of_one_card(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "amd-smi", "amd/rocm6")
    agent = on_server(tool.environment, ("amd", "AMD"))
    (row,) = rows_of(agent)
    assert (row["vendor"], row["name"], row["state"]) == ("AMD", "Navi 23 [Radeon RX 6600/6600 XT", "ok")
    assert row["uuid"] == "GPU-0000:0b:00.0"
    assert (row["utilization_percent"], row["temperature_c"], row["power_w"]) == (42, 37, 4)
    assert (row["memory_used_bytes"], row["memory_total_bytes"]) == (202 * MIB, 8176 * MIB)
    assert (row["power_limit_w"], row["fan_percent"], row["clock_sm_mhz"]) == (100, 0.0, 700)
    assert row["energy_j"] is None, "a counter that stands at nothing is none"
    assert (row["throttle"], row["ecc_uncorrected"], row["processes"]) == ([], 0, [])
    assert row["health"]["pcie_width"] == 8


def test_amd_of_rocm_7_two_cards_with_processes(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "amd-smi", "amd/rocm7")
    agent = on_server(tool.environment, ("amd", "AMD"))
    busy, idle = rows_of(agent)
    assert [row["uuid"] for row in (busy, idle)] == ["GPU-ce5d239fe548af74", "GPU-76a08c022586fed6"]
    assert (busy["utilization_percent"], busy["power_w"], busy["power_limit_w"]) == (91, 288, 300)
    assert (busy["throttle"], idle["throttle"]) == (["throttled"], [])
    assert (busy["memory_temperature_c"], busy["clock_memory_mhz"]) == (70, 1258)
    assert [each["memory_bytes"] for each in busy["processes"]] == [56000, 21008920000]
    assert [each["user"] for each in busy["processes"]] == [None, None], "gone since, or another's"
    assert idle["processes"] == []


def test_amd_faults_are_told_and_hide_nothing(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "amd-smi", "amd/fault")
    agent = on_server(tool.environment, ("amd", "AMD"))
    sick, dumb = rows_of(agent)
    assert (sick["name"], sick["ecc_uncorrected"]) == ("AMD Instinct MI300X OAM", 2)
    assert sick["health"]["ecc_corrected_volatile"] == 117
    assert sick["throttle"] == ["sw_power_cap", "hw_thermal"]
    assert (sick["fan_percent"], sick["energy_j"], sick["temperature_c"]) == (None, 912345.678, 97)
    assert dumb["state"] == "unknown"
    assert "versions that do not fit" in dumb["detail"]
    assert set(numbers(dumb)) == {None}


def test_amd_without_its_tool_is_read_from_the_kernel(
    tmp_path: Path, on_server: Callable[..., Agent]
) -> None:
    make_cards(tmp_path / "root")
    agent = on_server({"TANDEM_TEST_ROOT": str(tmp_path / "root")}, ("amd", "AMD"))
    card, other = rows_of(agent)
    assert (card["uuid"], card["name"]) == ("GPU-76a08c022586fed6", "AMD Instinct MI210")
    assert (card["utilization_percent"], card["memory_used_bytes"]) == (73, 5 << 30)
    assert (card["temperature_c"], card["power_w"], card["power_kind"]) == (81.0, 212.0, "average")
    assert (card["power_limit_w"], card["clock_sm_mhz"], card["ecc_uncorrected"]) == (300.0, 1700.0, 4)
    assert (card["fan_percent"], card["processes"]) == (None, None)
    assert (other["state"], set(numbers(other))) == ("error", {None})


def test_amd_whose_tool_fails_is_read_from_the_kernel_and_says_so(
    tmp_path: Path, on_server: Callable[..., Agent]
) -> None:
    make_cards(tmp_path / "root")
    tool = FakeTool(tmp_path / "bin", "amd-smi", "amd/broken")
    tool.behave("fail")
    agent = on_server({**tool.environment, "TANDEM_TEST_ROOT": str(tmp_path / "root")}, ("amd", "AMD"))
    assert rows_of(agent)[0]["utilization_percent"] == 73
    problems = agent.call("telemetry.once")["problems"]
    assert problems == [
        "amd: amd-smi ended with 3: the driver is not loaded; read from the kernel's files instead"
    ]


def make_cards(root: Path) -> None:
    """Two cards as amdgpu shows them; the second tells nothing any more."""
    for name, place in (("card1", "0000:43:00.0"), ("card2", "0000:c3:00.0")):
        device = root / "sys/class/drm" / name / "device"
        hwmon = device / "hwmon/hwmon3"
        hwmon.mkdir(parents=True)
        (device / "ras").mkdir()
        files = {"vendor": "0x1002", "device": "0x740f", "uevent": f"DRIVER=amdgpu\nPCI_SLOT_NAME={place}\n"}
        if name == "card1":
            files |= {
                "unique_id": "76a08c022586fed6",
                "product_name": "AMD Instinct MI210",
                "gpu_busy_percent": "73",
                "mem_info_vram_used": str(5 << 30),
                "mem_info_vram_total": str(64 << 30),
                "ras/umc_err_count": "ue: 4\nce: 9\n",
                "hwmon/hwmon3/temp1_input": "60000",
                "hwmon/hwmon3/temp2_input": "81000",
                "hwmon/hwmon3/power1_average": "212000000",
                "hwmon/hwmon3/power1_cap": "300000000",
                "hwmon/hwmon3/freq1_input": "1700000000",
            }
        for file, text in files.items():
            (device / file).write_text(text)
    connector = root / "sys/class/drm/card1-DP-1"
    connector.mkdir()


def test_intel_by_one_dump_for_all_devices(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "xpu-smi", "intel/flex")
    agent = on_server(tool.environment, ("intel", "Intel"))
    busy, idle = rows_of(agent)
    assert busy["name"] == "Intel(R) Data Center GPU Flex 170"
    assert busy["uuid"] == "XPU-00000000-0000-0000-6769-df256e271362"
    assert (busy["utilization_percent"], busy["power_w"], busy["clock_sm_mhz"]) == (87.31, 72.18, 1950)
    assert (busy["temperature_c"], busy["memory_temperature_c"]) == (61.0, 58.0)
    assert (busy["memory_used_bytes"], busy["memory_total_bytes"]) == (int(6727.11 * MIB), 16 << 30)
    assert (busy["energy_j"], busy["ecc_uncorrected"]) == (16169.74, 0)
    assert [(each["command"], each["memory_bytes"]) for each in busy["processes"]] == [("python", 5726404000)]
    assert (idle["utilization_percent"], idle["temperature_c"], idle["energy_j"]) == (None, None, None)
    assert (idle["power_w"], idle["processes"]) == (43.72, []), "xpu-smi itself is no user"
    dumps = [arguments for _, arguments in tool.calls() if arguments.startswith("dump")]
    assert dumps
    assert all("-d -1" in each for each in dumps)


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        ("intel/arc2", (None, 6.7, None, int(29582.6 * MIB), 34242297856, None, [])),
        ("intel/max", (75.0, 463.26, 60.0, 2 * 8501719040, 128 << 30, 0, None)),
    ],
)
def test_intel_without_a_dump_is_asked_for_its_stats(
    tmp_path: Path, on_server: Callable[..., Agent], capture: str, expected: tuple[object, ...]
) -> None:
    tool = FakeTool(tmp_path / "bin", "xpu-smi", capture)
    (row,) = rows_of(on_server(tool.environment, ("intel", "Intel")))
    keys = (
        *("utilization_percent", "power_w", "temperature_c", "memory_used_bytes"),
        *("memory_total_bytes", "ecc_uncorrected", "processes"),
    )
    assert row["state"] == "ok"
    assert tuple(row[key] for key in keys) == expected


def test_intel_faults_are_told_and_hide_nothing(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "xpu-smi", "intel/fault")
    sick, wedged, dumb = rows_of(on_server(tool.environment, ("intel", "Intel")))
    assert (sick["state"], sick["power_w"], sick["ecc_uncorrected"]) == ("ok", None, 4)
    assert (sick["utilization_percent"], sick["memory_total_bytes"]) == (12.0, None)
    assert (wedged["state"], wedged["detail"]) == ("error", "xpu-smi says: device state Wedged")
    assert (dumb["state"], dumb["uuid"]) == ("unknown", "XPU-0000:b5:00.0")
    assert set(numbers(wedged)) == set(numbers(dumb)) == {None}


def test_ascend_of_one_chip_per_npu(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "npu-smi", "ascend/910b4")
    first, second = rows_of(on_server(tool.environment, ("ascend", "Huawei")))
    assert (first["name"], first["vendor"], first["index"]) == ("Ascend 910B4", "Huawei", 0)
    assert (first["uuid"], second["uuid"]) == ("NPU-1025C9048791-0", "NPU-0000:c2:00.0-0")
    assert (first["power_w"], first["temperature_c"], second["utilization_percent"]) == (88.2, 30, 57)
    assert (first["memory_used_bytes"], first["memory_total_bytes"]) == (26838 * MIB, 32768 * MIB)
    assert (first["ecc_uncorrected"], first["processes"]) == (0, [])
    (process,) = second["processes"]
    assert (process["pid"], process["command"], process["memory_bytes"]) == (
        4194301,
        "VLLMWorker_TP",
        28977 * MIB,
    )


def test_ascend_of_two_chips_per_npu(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "npu-smi", "ascend/a3")
    rows = rows_of(on_server(tool.environment, ("ascend", "Huawei")))
    assert [row["index"] for row in rows] == [0, 1, 2, 3]
    assert [row["uuid"] for row in rows][:2] == ["NPU-2102314AB0-0", "NPU-2102314AB0-1"]
    assert [row["power_w"] for row in rows] == [166.5, None, 168.1, None]
    assert rows[1]["processes"][0]["memory_bytes"] == 50119 * MIB
    assert {row["name"] for row in rows} == {"Ascend 910"}


def test_ascend_without_hbm_counts_its_ddr(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "npu-smi", "ascend/310p")
    rows = rows_of(on_server(tool.environment, ("ascend", "Huawei")))
    assert [row["memory_total_bytes"] for row in rows] == [44280 * MIB, 43693 * MIB]
    assert len({row["uuid"] for row in rows}) == 2, "they share their place on the bus"
    assert [(row["power_w"], row["ecc_uncorrected"]) for row in rows] == [(None, None)] * 2


def test_ascend_faults_are_told_and_hide_nothing(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "npu-smi", "ascend/fault")
    alarm, sick, critical, warning = rows_of(on_server(tool.environment, ("ascend", "Huawei")))
    assert (alarm["state"], alarm["detail"]) == ("error", "npu-smi says: health Alarm")
    assert (critical["state"], set(numbers(critical))) == ("error", {None})
    assert (sick["state"], sick["ecc_uncorrected"]) == ("ok", 2)
    assert (warning["state"], warning["detail"], warning["temperature_c"]) == (
        "ok",
        "npu-smi says: health Warning",
        81,
    )


def test_ascend_whose_devices_another_container_holds_says_why(
    tmp_path: Path, on_server: Callable[..., Agent]
) -> None:
    tool = FakeTool(tmp_path / "bin", "npu-smi", "ascend/occupied")
    agent = on_server(tool.environment, ("ascend", "Huawei"))
    end = time.monotonic() + SLOW_LINK_S
    while not (problems := agent.call("telemetry.once")["problems"]):
        assert time.monotonic() < end
    assert "because the device is used" in problems[0]


TOOLS = [
    ("amd", "AMD", "amd-smi", "amd/rocm7"),
    ("intel", "Intel", "xpu-smi", "intel/flex"),
    ("ascend", "Huawei", "npu-smi", "ascend/910b4"),
]


@pytest.mark.parametrize(("name", "vendor", "command", "capture"), TOOLS)
def test_a_hung_tool_is_ended_hides_its_own_numbers_only_and_comes_back(
    tmp_path: Path,
    on_server: Callable[..., Agent],
    nvml_library: Path,
    name: str,
    vendor: str,
    command: str,
    capture: str,
) -> None:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt")
    tool = FakeTool(tmp_path / "bin", command, capture)
    environment = {**tool.environment, **nvml.env, "TANDEM_TEST_TOOL_S": "1.5"}
    agent = on_server(environment, ("nvidia", "NVIDIA"), (name, vendor))
    assert [row["vendor"] for row in rows_of(agent, lambda rows: len(rows) == 4)] == [
        *("NVIDIA", "NVIDIA", vendor, vendor)
    ]
    stream = agent.ask("telemetry.subscribe", {"interval_s": 0.2})
    agent.event(stream)
    tool.behave("hang")
    end = time.monotonic() + SLOW_LINK_S
    late = 0
    while True:
        sample = agent.event(stream)
        late += sample["sample_ms"] > 1000
        assert [row["state"] for row in sample["accelerators"][:2]] == ["ok", "ok"]
        if sample["accelerators"][2]["state"] == "error":
            break
        if sample["problems"]:
            assert sample["problems"] == [f"{name}: {command} has not answered for more than 0.75 s"]
            assert [row["state"] for row in sample["accelerators"][2:]] == ["unknown", "unknown"]
        assert time.monotonic() < end
    assert f"{command} did not answer within 1.5 s" in sample["problems"][0]
    assert [row["state"] for row in sample["accelerators"][2:]] == ["error", "error"]
    assert set(itertools.chain.from_iterable(map(numbers, sample["accelerators"][2:]))) == {None}
    assert late <= 1, "nobody waits for it tick after tick"
    hung = [pid for pid, _ in tool.calls()]
    assert not any(is_running(pid) for pid in hung), "it was killed"


@pytest.mark.parametrize(("name", "vendor", "command", "capture"), TOOLS)
def test_a_tool_that_fails_is_an_error_and_heals(
    tmp_path: Path,
    on_server: Callable[..., Agent],
    name: str,
    vendor: str,
    command: str,
    capture: str,
) -> None:
    tool = FakeTool(tmp_path / "bin", command, capture)
    agent = on_server({**tool.environment, "TANDEM_TEST_TOOL_S": "2"}, (name, vendor))
    sound = rows_of(agent, lambda rows: len(rows) == 2)
    tool.behave("fail")
    rows = rows_of(agent, lambda rows: rows[0]["state"] == "error")
    assert [row["uuid"] for row in rows] == [row["uuid"] for row in sound]
    assert "the driver is not loaded" in rows[0]["detail"]
    assert set(numbers(rows[0])) == {None}
    tool.behave("answer")
    assert len(rows_of(agent, lambda rows: rows[0]["state"] == "ok")) == 2


def test_a_device_that_leaves_the_list_is_lost(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "amd-smi", "amd/rocm7")
    agent = on_server(tool.environment, ("amd", "AMD"))
    rows_of(agent, lambda rows: len(rows) == 2)
    tool.show("amd/rocm7-one")
    kept, lost = rows_of(agent, lambda rows: rows[1]["state"] != "ok")
    assert (kept["state"], lost["state"], lost["uuid"]) == ("ok", "lost", "GPU-76a08c022586fed6")
    assert (lost["name"], set(numbers(lost))) == ("AMD Radeon AI PRO R9700", {None})


def test_a_tool_without_end_is_cut(tmp_path: Path, on_server: Callable[..., Agent]) -> None:
    tool = FakeTool(tmp_path / "bin", "npu-smi", "ascend/910b4")
    tool.behave("flood")
    agent = on_server(tool.environment, ("ascend", "Huawei"))
    end = time.monotonic() + SLOW_LINK_S
    # A busy machine's tool is late first, which is said meanwhile.
    while not any("prints without end" in each for each in agent.call("telemetry.once")["problems"]):
        assert time.monotonic() < end


def test_what_hangs_does_not_outlive_its_agent(tmp_path: Path, home: Path) -> None:
    tool = FakeTool(tmp_path / "bin", "npu-smi", "ascend/910b4")
    tool.behave("hang")
    environment = {**tool.environment, "TANDEM_TEST_TOOL_S": "1"}
    with Agent(home, env=environment, probes=(probe("ascend", "Huawei"),)) as agent:
        agent.call("telemetry.once")
        end = time.monotonic() + SLOW_LINK_S
        while not tool.calls():
            assert time.monotonic() < end
            agent.call("hello")
    pid = tool.calls()[0][0]
    end = time.monotonic() + SLOW_LINK_S
    while is_running(pid):
        assert time.monotonic() < end, "its own guard ends it"
        time.sleep(0.1)
