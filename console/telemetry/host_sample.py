"""The machine beside its accelerators at one moment: values only. What the server could not tell is None."""

from __future__ import annotations

from dataclasses import dataclass

from console.telemetry.sample import ProcessInfo


@dataclass(frozen=True, slots=True)
class InterfaceSample:
    """One network interface.

    Attributes:
        speed_bits_per_s: what the link was agreed on; None where it is down or virtual.
        state: the kernel's word, "up" or "down".
    """

    name: str
    rx_bytes_per_s: float | None
    tx_bytes_per_s: float | None
    speed_bits_per_s: float | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Pressure:
    """How much of the time tasks waited for one thing (PSI): some of them, or all that could run."""

    some_percent: float | None
    full_percent: float | None


@dataclass(frozen=True, slots=True)
class TemperatureSample:
    """One sensor of the machine."""

    name: str
    temperature_c: float
    critical_c: float | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds the agent and what it starts: a container's or a control group's limits.

    Attributes:
        runtime: the kind of container, None outside of one.
        cpu_limit_cores, memory_limit_bytes: None where there is no such limit.
        machine_figures: which of the sample's figures are the whole machine's though the agent is in a
            container; None outside of one.
    """

    runtime: str | None
    cpu_limit_cores: float | None
    cpu_used_cores: float | None
    memory_limit_bytes: int | None
    memory_used_bytes: int | None
    machine_figures: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class HostDetail:
    """What only the page of one server shows.

    Attributes:
        cores_percent: each core's share of busy time; empty where unknown.
        pressure: "cpu", "memory", "io" as far as the kernel measures it.
        processes: the busiest ones; None where not known yet.
    """

    cores_percent: tuple[float | None, ...] = ()
    interfaces: tuple[InterfaceSample, ...] = ()
    pressure: tuple[tuple[str, Pressure], ...] = ()
    temperatures: tuple[TemperatureSample, ...] | None = None
    limits: Limits | None = None
    processes: tuple[ProcessInfo, ...] | None = None

    def pressure_of(self, name: str) -> Pressure:
        """The pressure on "cpu", "memory" or "io"; unknown values where the kernel has none."""
        return dict(self.pressure).get(name) or Pressure(None, None)
