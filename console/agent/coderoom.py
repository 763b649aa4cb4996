"""The limit of the code that is kept: what was used least lately goes first, never what a living job uses."""

import os
import time
from typing import Any, Dict, Iterator, List, Set, Tuple

from . import paths, snapshots, spool
from .paths import raw
from .wire import AgentError

# What was asked for or sent this lately may be about to be used by a job that is not here yet.
_YOUNG_S = 3600.0


def room(request: Any) -> Dict[str, Any]:
    """code.room: bring what is kept below its limit, the least lately used first; nothing that is in use."""
    return make_room(request.integer("limit_bytes"), request.integer("needed_bytes", 0))


def make_room(limit: int, needed: int = 0) -> Dict[str, Any]:
    """Remove trees that no living job uses, oldest use first, until `needed` bytes more fit the limit."""
    if not paths.check_home():
        return {"bytes": 0, "removed_bytes": 0}
    sizes = {name: size for name, size, _ in _kept_blobs()}
    total = sum(sizes.values())
    before = total
    if total + needed > limit:
        young = {name for name, _, used in _kept_blobs() if time.time() - used < _YOUNG_S}
        kept, spare = _trees(_in_use())
        alive = set(young)
        for tree in kept:
            alive |= _contents(tree)
        # From the newest on: a tree stays while it and the younger ones fit.
        for tree in spare:
            more = _contents(tree) - alive
            size = sum(sizes.get(name, 0) for name in more)
            if sum(sizes.get(name, 0) for name in alive) + size + needed <= limit:
                alive |= more
            else:
                snapshots.remove(snapshots.tree_path(tree))
        for name in set(sizes) - alive:
            if snapshots.remove(snapshots.blob_path(name)):
                total -= sizes[name]
    return {"bytes": total, "removed_bytes": before - total}


def _kept_blobs() -> Iterator[Tuple[str, int, float]]:
    root = paths.tandem("code", "blobs")
    for folder in paths.names_in(root):
        for name in paths.names_in(os.path.join(root, folder)):
            try:
                found = os.lstat(raw(os.path.join(root, folder, name)))
            except OSError:
                continue
            yield name, found.st_size, found.st_mtime


def _in_use() -> Set[str]:
    """The trees of jobs that wait or run: a ticket lives as long as its job."""
    found = set()
    for ident in spool.waiting():
        spec = paths.read_json(os.path.join(spool.job_folder(ident), "spec.json")) or {}
        code = spec.get("code")
        if isinstance(code, dict) and snapshots.is_hash(code.get("tree")):
            found.add(code["tree"])
    return found


def _trees(in_use: Set[str]) -> Tuple[List[str], List[str]]:
    """(those that must stay, the others newest use first)."""
    kept, spare = [], []
    for name in paths.names_in(paths.tandem("code", "trees")):
        try:
            used = os.lstat(raw(snapshots.tree_path(name))).st_mtime
        except OSError:
            continue
        if not snapshots.is_hash(name):
            continue
        if name in in_use or time.time() - used < _YOUNG_S:
            kept.append(name)
        else:
            spare.append((used, name))
    return kept, [name for _used, name in sorted(spare, reverse=True)]


def _contents(tree: str) -> Set[str]:
    try:
        return {row[3] for row in snapshots.rows_of(snapshots.tree_path(tree), tree) if row[1] != "l"}
    except AgentError:
        return set()
