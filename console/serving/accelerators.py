"""Which accelerators a replica gets: a decision over one sample. No I/O."""

from __future__ import annotations

from collections.abc import Mapping

from console.core.problems import Problem


def pick(server: str, sample: Mapping[str, object], wanted: int, taken: frozenset[str]) -> tuple[str, ...]:
    """The uuids of the emptiest accelerators that work and that no job has, those of other replicas last.

    Raises:
        Problem: `job.gpus_unavailable`.
    """
    if wanted == 0:
        return ()
    listed = sample.get("accelerators")
    found = [
        each
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, Mapping)
        and each.get("state") == "ok"
        and each.get("refused") is None
        and isinstance(each.get("uuid"), str)
    ]
    if len(found) < wanted:
        raise Problem("job.gpus_unavailable", server=server, wanted=wanted, present=len(found))
    ordered = sorted(found, key=lambda each: (each["uuid"] in taken, _used(each), str(each.get("index"))))
    return tuple(str(each["uuid"]) for each in ordered[:wanted])


def _used(accelerator: Mapping[str, object]) -> float:
    """Share of memory in use; one that does not say is taken after those that do."""
    used, total = accelerator.get("memory_used_bytes"), accelerator.get("memory_total_bytes")
    if isinstance(used, int | float) and isinstance(total, int | float) and total > 0:
        return used / total
    return 1.0


def environment(accelerators: tuple[str, ...]) -> dict[str, str]:
    """What a replica without any needs to see none; one with some gets its server's words for them."""
    return {} if accelerators else {"CUDA_VISIBLE_DEVICES": ""}
