"""What changes rarely or costs the driver milliseconds: health, links, slices. Read every few seconds."""

from typing import Any, Dict, List, Optional

from .asking import Asker, Rates, first, real, text

_ECC = {
    3: "ecc_corrected_volatile",
    4: "ecc_uncorrected_volatile",
    5: "ecc_corrected_aggregate",
    6: "ecc_uncorrected_aggregate",
}
_RETIRED = {29: "retired_pages_corrected", 30: "retired_pages_uncorrected"}
_RETIRED_PENDING = 31
_REMAPPED = {142: "remapped_rows_corrected", 143: "remapped_rows_uncorrected"}
_REMAP_FLAGS = {144: "remapped_rows_pending", 145: "remapped_rows_failed"}
_REPLAYS = 94
_RECOVERY = 230
_PCIE_TX, _PCIE_RX = 197, 198
_FIELDS = [3, 4, 5, 6, 29, 30, 31, 142, 143, 144, 145, _REPLAYS, _RECOVERY, _PCIE_TX, _PCIE_RX]
_ALL_LINKS = 0xFFFFFFFF
_NVLINK_TX, _NVLINK_RX = (138, _ALL_LINKS), (139, _ALL_LINKS)
_MAX_LINKS = 18
_MAX_INSTANCES = 16
_THROUGHPUT_EVERY_S = 10.0
# nvml.h, nvmlDeviceGpuRecoveryAction_t.
RECOVERY = (
    "none",
    "gpu_reset",
    "node_reboot",
    "drain_p2p",
    "drain_and_reset",
    "recover_imex",
    "bus_reset",
    "system_reboot",
)
_COMPUTE_MODES = {0: "default", 1: "exclusive_thread", 2: "prohibited", 3: "exclusive_process"}


class Slow:
    """One GPU's health; keeps what the rates need."""

    def __init__(self, ask: Asker) -> None:
        self._ask = ask
        self._pcie = Rates()
        self._nvlink = Rates()
        self._throughput_at: Optional[float] = None
        self._throughput: Dict[str, Optional[float]] = {}

    def read(self, now: float, mig: bool) -> Dict[str, Any]:
        """The values; a key that is missing is unknown."""
        ask = self._ask
        fields = ask.fields(_FIELDS)
        health: Dict[str, Any] = {name: fields.get(number) for number, name in _ECC.items()}
        health.update({name: fields.get(number) for number, name in _RETIRED.items()})
        self._modes(health)
        self._pages(health, fields)
        self._rows(health, fields)
        self._bus(health, fields, now)
        self._links(health, now)
        action = fields.get(_RECOVERY)
        if action is not None:
            health["recovery_action"] = RECOVERY[action] if action < len(RECOVERY) else "code_%d" % action
        health["mig_instances"] = self._instances() if mig else None
        return health

    def _modes(self, health: Dict[str, Any]) -> None:
        ask = self._ask
        persistence = ask("nvmlDeviceGetPersistenceMode")
        health["persistence"] = None if persistence is None else persistence == 1
        mode = ask("nvmlDeviceGetComputeMode")
        health["compute_mode"] = None if mode is None else _COMPUTE_MODES.get(mode, "code_%d" % mode)
        ecc = ask("nvmlDeviceGetEccMode")
        health["ecc_enabled"] = None if ecc is None else ecc[0] == 1
        health["clock_sm_max_mhz"] = real(ask("nvmlDeviceGetMaxClockInfo", 1))
        health["clock_memory_max_mhz"] = real(ask("nvmlDeviceGetMaxClockInfo", 2))
        # A driver without the fields may still have the calls. Corrected is 0, uncorrected 1.
        for key, kind, span in (
            ("ecc_corrected_volatile", 0, 0),
            ("ecc_uncorrected_volatile", 1, 0),
            ("ecc_corrected_aggregate", 0, 1),
            ("ecc_uncorrected_aggregate", 1, 1),
        ):
            if health[key] is None:
                health[key] = real(ask("nvmlDeviceGetTotalEccErrors", kind, span))

    def _pages(self, health: Dict[str, Any], fields: Dict[Any, Any]) -> None:
        ask = self._ask
        for key, cause in (("retired_pages_corrected", 0), ("retired_pages_uncorrected", 1)):
            if health[key] is None:
                pages = ask("nvmlDeviceGetRetiredPages", cause)
                health[key] = None if pages is None else len(pages)
        pending = first((fields.get(_RETIRED_PENDING), ask("nvmlDeviceGetRetiredPagesPendingStatus")))
        health["retired_pages_pending"] = None if pending is None else pending == 1

    def _rows(self, health: Dict[str, Any], fields: Dict[Any, Any]) -> None:
        if all(number in fields for number in (*_REMAPPED, *_REMAP_FLAGS)):
            found = [fields[number] for number in (142, 143, 144, 145)]
        else:
            found = list(self._ask("nvmlDeviceGetRemappedRows") or (None, None, None, None))
        health["remapped_rows_corrected"], health["remapped_rows_uncorrected"] = found[:2]
        health["remapped_rows_pending"] = None if found[2] is None else found[2] == 1
        health["remapped_rows_failed"] = None if found[3] is None else found[3] == 1

    def _bus(self, health: Dict[str, Any], fields: Dict[Any, Any], now: float) -> None:
        ask = self._ask
        health["pcie_generation"] = real(ask("nvmlDeviceGetCurrPcieLinkGeneration"))
        health["pcie_generation_max"] = real(ask("nvmlDeviceGetMaxPcieLinkGeneration"))
        health["pcie_width"] = real(ask("nvmlDeviceGetCurrPcieLinkWidth"))
        health["pcie_width_max"] = real(ask("nvmlDeviceGetMaxPcieLinkWidth"))
        health["pcie_replays"] = first((fields.get(_REPLAYS), ask("nvmlDeviceGetPcieReplayCounter")))
        counters = {number: fields[number] for number in (_PCIE_TX, _PCIE_RX) if number in fields}
        if counters:
            rates = self._pcie.of(now, counters, 1)
            health["pcie_tx_bytes_per_s"] = _rounded(rates.get(_PCIE_TX))
            health["pcie_rx_bytes_per_s"] = _rounded(rates.get(_PCIE_RX))
            return
        # Without counters each direction is a measurement of 20 ms inside the driver.
        if self._throughput_at is None or now - self._throughput_at >= _THROUGHPUT_EVERY_S:
            self._throughput_at = now
            for key, direction in (("pcie_tx_bytes_per_s", 0), ("pcie_rx_bytes_per_s", 1)):
                found = real(ask("nvmlDeviceGetPcieThroughput", direction))
                self._throughput[key] = None if found is None else found * 1024.0
        health.update(self._throughput)

    def _links(self, health: Dict[str, Any], now: float) -> None:
        active = 0
        known = False
        for link in range(_MAX_LINKS):
            state = self._ask("nvmlDeviceGetNvLinkState", link)
            if state is None:
                break
            known = True
            active += state == 1
        health["nvlinks_active"] = active if known else None
        if active:
            rates = self._nvlink.of(now, self._ask.fields([_NVLINK_TX, _NVLINK_RX]), 1024)
            health["nvlink_tx_bytes_per_s"] = _rounded(rates.get(_NVLINK_TX))
            health["nvlink_rx_bytes_per_s"] = _rounded(rates.get(_NVLINK_RX))

    def handles(self) -> List[Any]:
        """The handles of the slices that are set up."""
        count = min(_MAX_INSTANCES, self._ask("nvmlDeviceGetMaxMigDeviceCount") or 0)
        # A slot without a slice answers "not found" or "invalid argument".
        found = [self._ask("nvmlDeviceGetMigDeviceHandleByIndex", index) for index in range(count)]
        return [each for each in found if each is not None]

    def _instances(self) -> List[Dict[str, Any]]:
        ask = self._ask
        rows = []
        for handle in self.handles():
            memory = ask.whole("nvmlDeviceGetMemoryInfo", handle)
            uuid, name = ask.whole("nvmlDeviceGetUUID", handle), ask.whole("nvmlDeviceGetName", handle)
            rows.append(
                {
                    "uuid": None if uuid is None else text(uuid),
                    "name": None if name is None else text(name),
                    "gpu_instance": ask.whole("nvmlDeviceGetGpuInstanceId", handle),
                    "compute_instance": ask.whole("nvmlDeviceGetComputeInstanceId", handle),
                    "memory_used_bytes": None if memory is None else real(memory.used),
                    "memory_total_bytes": None if memory is None else real(memory.total),
                }
            )
        return rows


def _rounded(value: Optional[float]) -> Optional[float]:
    return None if value is None else round(value, 1)
