"""What a job used, as JSON and as lines for a terminal."""

from __future__ import annotations

from console.context import Context
from console.core.units import (
    format_duration,
    format_energy,
    format_memory,
    format_percent,
    three_digits,
)
from console.jobs.history import Account
from console.jobs.job import Job
from console.jobs.usage import usage_rows, waste_sentence


def account_document(job: Job, account: Account) -> dict[str, object]:
    """Sums over all attempts, and each of them."""
    total = account.spent
    return {
        "seconds": total.seconds,
        "gpu_seconds": total.gpu_seconds,
        "observed_share": total.observed_share,
        "utilization_percent": total.utilization_percent,
        "idle_share": total.idle_share,
        "energy_j": total.energy_j,
        "cpu_seconds": total.cpu_s,
        "peak_memory_bytes": total.memory_peak_bytes,
        "peak_gpu_memory_bytes": total.gpu_memory_peak_bytes,
        "cost": account.cost,
        "wasted": None if account.waste is None else waste_sentence(account.waste),
        "attempts": usage_rows(job.usage),
    }


def usage_lines(context: Context, account: Account) -> list[str]:
    """The same in words, what is not known left out."""
    total, lines = account.spent, list[str]()
    if account.waste is not None:
        lines.append(waste_sentence(account.waste))
    if total.utilization_percent is not None:
        lines.append(f"GPUs used {format_percent(total.utilization_percent)} in the mean")
    if total.gpu_seconds:
        lines.append(f"{format_duration(total.gpu_seconds)} of GPU time")
    if total.energy_j is not None:
        lines.append(f"{format_energy(total.energy_j)} of its GPUs")
    if total.gpu_memory_peak_bytes is not None:
        lines.append(f"{format_memory(total.gpu_memory_peak_bytes)} GPU memory at most")
    if total.cpu_s is not None:
        lines.append(f"{format_duration(total.cpu_s)} of processor time")
    if total.memory_peak_bytes is not None:
        lines.append(f"{format_memory(total.memory_peak_bytes)} memory at most")
    if account.cost is not None:
        lines.append(f"{three_digits(account.cost)} {context.options.get('cost.currency')}")
    if total.observed_share is not None and total.gpus:
        lines.append(f"observed {format_percent(100 * total.observed_share)} of the run")
    return lines
