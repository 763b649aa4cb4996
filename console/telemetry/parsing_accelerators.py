"""From what an agent sent of accelerators to their samples. Pure; trusts nothing that came."""

from __future__ import annotations

from console.core.wire_values import (
    MAX_COUNTER,
    Wire,
    bytes_of,
    flag_of,
    number_of,
    object_of,
    objects_of,
    text_of,
    texts_of,
    whole_of,
)
from console.telemetry.parsing_health import parse_health
from console.telemetry.sample import (
    AcceleratorMeans,
    AcceleratorSample,
    AcceleratorState,
    PowerKind,
    ProcessInfo,
)

MAX_ACCELERATORS = 128
MAX_PROCESSES = 256
MAX_THROTTLE = 16
_STATES = {state.value: state for state in AcceleratorState}
_POWER_KINDS = {kind.value: kind for kind in PowerKind}


def parse_process(wire: Wire) -> ProcessInfo | None:
    """One process; None where it has no pid."""
    pid = whole_of(wire.get("pid"), 0, 1 << 32)
    if pid is None:
        return None
    return ProcessInfo(
        pid=pid,
        user=text_of(wire.get("user"), 64),
        command=text_of(wire.get("command")),
        memory_bytes=bytes_of(wire.get("memory_bytes")),
        cpu_percent=number_of(wire.get("cpu_percent"), 0, 1e6),
        container=text_of(wire.get("container"), 80),
        host_memory_bytes=bytes_of(wire.get("host_memory_bytes")),
        utilization_percent=number_of(wire.get("utilization_percent"), 0, 100),
    )


def _processes(value: object) -> tuple[ProcessInfo, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    found = (parse_process(each) for each in objects_of(value, MAX_PROCESSES))
    return tuple(each for each in found if each is not None)


def _identity(wire: Wire) -> tuple[int, str, str, str]:
    index = whole_of(wire.get("index"), 0, 4096)
    vendor = text_of(wire.get("vendor"), 40) or "unknown"
    uuid = text_of(wire.get("uuid"), 80) or f"{vendor}-{-1 if index is None else index}"
    return -1 if index is None else index, uuid, text_of(wire.get("name"), 80) or uuid, vendor


def _means(value: object) -> AcceleratorMeans | None:
    wire = object_of(value)
    over_s = number_of(wire.get("over_s"), 0.001, 1e6)
    if over_s is None:
        return None
    shares = []
    for name, share in list(object_of(wire.get("throttle")).items())[:MAX_THROTTLE]:
        reason, percent = text_of(name, 40), number_of(share, 0, 100)
        if reason is not None and percent is not None:
            shares.append((reason, percent))
    return AcceleratorMeans(
        over_s=over_s,
        utilization_percent=number_of(wire.get("utilization_percent"), 0, 100),
        utilization_max_percent=number_of(wire.get("utilization_max_percent"), 0, 100),
        memory_utilization_percent=number_of(wire.get("memory_utilization_percent"), 0, 100),
        power_w=number_of(wire.get("power_w"), 0, 100_000),
        throttle=tuple(shares),
    )


def parse_accelerator(wire: Wire, before: AcceleratorSample | None = None) -> AcceleratorSample:
    """One accelerator. Where it does not answer, every number is None whatever was sent with it.

    `health` and `processes` are sent when they were read anew; a sample without the key means "as before",
    one with null means "unknown".
    """
    index, uuid, name, vendor = _identity(wire)
    state = _STATES.get(str(wire.get("state"))[:20], AcceleratorState.UNKNOWN)
    simulated = wire.get("simulated") is True
    detail = text_of(wire.get("detail"))
    if before is not None and before.state is not state:
        before = None
    health = None if before is None else before.health
    if "health" in wire:
        health = parse_health(wire["health"])
    if state in (AcceleratorState.LOST, AcceleratorState.ERROR):
        # Why it was lost, the kernel's log may still tell.
        return AcceleratorSample(index, uuid, name, vendor, state, simulated, detail, health=health)
    processes = None if before is None else before.processes
    if "processes" in wire:
        processes = _processes(wire["processes"])
    power_w = number_of(wire.get("power_w"), 0, 100_000)
    return AcceleratorSample(
        index=index,
        uuid=uuid,
        name=name,
        vendor=vendor,
        state=state,
        simulated=simulated,
        detail=detail,
        utilization_percent=number_of(wire.get("utilization_percent"), 0, 100),
        memory_used_bytes=bytes_of(wire.get("memory_used_bytes")),
        memory_total_bytes=bytes_of(wire.get("memory_total_bytes")),
        memory_reserved_bytes=bytes_of(wire.get("memory_reserved_bytes")),
        temperature_c=number_of(wire.get("temperature_c"), -100, 300),
        power_w=power_w,
        power_kind=None if power_w is None else _POWER_KINDS.get(str(wire.get("power_kind"))[:20]),
        power_limit_w=number_of(wire.get("power_limit_w"), 0, 100_000),
        energy_j=number_of(wire.get("energy_j"), 0, 1e15),
        # NVML gives the intended speed, which may lie above 100.
        fan_percent=number_of(wire.get("fan_percent"), 0, 1000),
        clock_sm_mhz=number_of(wire.get("clock_sm_mhz"), 0, 100_000),
        throttle=texts_of(wire.get("throttle"), MAX_THROTTLE),
        ecc_uncorrected=whole_of(wire.get("ecc_uncorrected"), 0, MAX_COUNTER),
        mig=flag_of(wire.get("mig")),
        processes=processes,
        memory_utilization_percent=number_of(wire.get("memory_utilization_percent"), 0, 100),
        encoder_percent=number_of(wire.get("encoder_percent"), 0, 100),
        decoder_percent=number_of(wire.get("decoder_percent"), 0, 100),
        memory_temperature_c=number_of(wire.get("memory_temperature_c"), -100, 300),
        temperature_margin_c=number_of(wire.get("temperature_margin_c"), -300, 300),
        clock_graphics_mhz=number_of(wire.get("clock_graphics_mhz"), 0, 100_000),
        clock_memory_mhz=number_of(wire.get("clock_memory_mhz"), 0, 100_000),
        clock_video_mhz=number_of(wire.get("clock_video_mhz"), 0, 100_000),
        pstate=whole_of(wire.get("pstate"), 0, 15),
        means=_means(wire.get("means")),
        health=health,
    )


def parse_accelerators(
    value: object, before: tuple[AcceleratorSample, ...] = ()
) -> tuple[AcceleratorSample, ...]:
    """A server's accelerators, each once.

    Args:
        before: those of the sample before, for what is sent only when it was read anew.
    """
    known = {each.uuid: each for each in before}
    found: dict[str, AcceleratorSample] = {}
    for wire in objects_of(value, MAX_ACCELERATORS):
        uuid = _identity(wire)[1]
        if uuid not in found:
            found[uuid] = parse_accelerator(wire, known.get(uuid))
    return tuple(found.values())
