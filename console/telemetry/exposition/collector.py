"""One FleetSnapshot as Prometheus' metric families. Asked once for each scrape; nothing is kept between."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from console.telemetry.exposition.families import ACCELERATORS, DISKS, SERVERS, DiskFamily
from console.telemetry.sample import AcceleratorState
from console.telemetry.snapshot import AcceleratorRow, FleetSnapshot, ServerRow

Labels = dict[str, str]


class FleetCollector(Collector):
    """Tells the fleet as it is shown; a server whose data is old is told as down, without its numbers.

    Args:
        snapshot: gives the picture of this moment; must not wait.
    """

    def __init__(self, snapshot: Callable[[], FleetSnapshot]) -> None:
        self._snapshot = snapshot

    def describe(self) -> list[Metric]:
        """Nothing ahead of a scrape: the registry then does not ask for one itself."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All families that have any value now."""
        rows = self._snapshot().servers
        yield from _about_servers(rows)
        fresh = [row for row in rows if row.fresh]
        yield from _of_servers(fresh)
        yield from _of_accelerators(fresh)


def _about_servers(rows: tuple[ServerRow, ...]) -> Iterator[Metric]:
    up = Metric("tandem_up", "Whether the server's data is current.", "gauge")
    age = Metric("tandem_sample_age_seconds", "Age of the server's last sample.", "gauge")
    for row in rows:
        labels = {"server": row.server.name}
        up.samples.append(Sample("tandem_up", labels, 1.0 if row.fresh else 0.0))
        if row.age_s is not None:
            age.samples.append(Sample("tandem_sample_age_seconds", labels, row.age_s))
    yield up
    yield age


def _of_servers(rows: list[ServerRow]) -> Iterator[Metric]:
    samples = [({"server": row.server.name}, row.sample) for row in rows if row.sample is not None]
    for family in SERVERS:
        metric = Metric(family.name, family.text, "gauge")
        for labels, sample in samples:
            value = family.value(sample)
            if value is not None:
                metric.samples.append(Sample(family.name, labels, float(value)))
        if metric.samples:
            yield metric
    for disks in DISKS:
        metric = _of_disks(disks, rows)
        if metric.samples:
            yield metric


def _of_disks(family: DiskFamily, rows: list[ServerRow]) -> Metric:
    metric = Metric(family.name, family.text, "gauge")
    for row in rows:
        told = set()
        for disk in row.sample.disks if row.sample is not None else ():
            value = family.value(disk)
            if value is not None and disk.mount not in told:  # one series may be told once only
                told.add(disk.mount)
                labels = {
                    "server": row.server.name,
                    "device": disk.device or "",
                    "mountpoint": disk.mount,
                }
                metric.samples.append(Sample(family.name, labels, float(value)))
    return metric


def _labels(row: AcceleratorRow) -> Labels:
    return {
        "server": row.server.name,
        "gpu": str(row.sample.index),
        "UUID": row.sample.uuid,
        "model": row.sample.name,
    }


def _of_accelerators(rows: list[ServerRow]) -> Iterator[Metric]:
    found = [(_labels(each), each.sample) for row in rows for each in row.accelerators]
    state = Metric("tandem_accelerator_ok", "Whether the accelerator answers; its vendor.", "gauge")
    for labels, sample in found:
        if sample.state is not AcceleratorState.UNKNOWN:
            more = {"vendor": sample.vendor, "simulated": "true" if sample.simulated else "false"}
            ok = 1.0 if sample.state is AcceleratorState.OK else 0.0
            state.samples.append(Sample("tandem_accelerator_ok", {**labels, **more}, ok))
    if state.samples:
        yield state
    for family in ACCELERATORS:
        metric = Metric(family.name, family.text, family.type)
        # The text format wants "_total" at a counter's end; DCGM-exporter's names have none.
        metric.type = "unknown" if family.type == "counter" else family.type
        for labels, sample in found:
            value = family.value(sample)
            if value is not None:
                metric.samples.append(Sample(family.name, labels, float(value)))
        if metric.samples:
            yield metric
