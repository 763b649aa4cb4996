"""What a job leaves: its log and outputs. Pieces at an offset, never a whole file."""

import glob
import os
import stat
from typing import Any, Dict, Iterator, List, Set, Tuple

from . import files, jobs, meter, paths, records, spool
from .logsearch import hole_of
from .paths import raw
from .wire import AgentError, from_os_error

_MAX_PIECE = 1024 * 1024
_FOLLOW_PIECE = 128 * 1024
_FOLLOW_TICK_S = 0.1
_MAX_OUTPUTS = 2000


class Piece:
    """Bytes of a file from `offset` on; `skipped` is how many before them were given back to the disk."""

    def __init__(self, data: bytes, offset: int, size: int, skipped: int = 0) -> None:
        self.data, self.offset, self.size, self.skipped = data, offset, size, skipped


def _piece(path: str, offset: int, limit: int) -> Piece:
    """A piece at an offset; nothing of a file that is not there yet."""
    while True:
        known = hole_of(path)
        piece = _read(path, offset, limit, known)
        # A hole made meanwhile would read as zeros, which nobody wrote.
        if hole_of(path) == known:
            return piece


def _read(path: str, offset: int, limit: int, gone: Tuple[int, int]) -> Piece:
    skipped = gone[1] - offset if gone[0] <= offset < gone[1] else 0
    offset += skipped
    if offset < gone[0]:
        limit = min(limit, gone[0] - offset)
    try:
        descriptor = os.open(raw(path), os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return Piece(b"", offset, 0)
    except OSError as error:
        raise from_os_error(error, path, reading=True) from error
    try:
        return Piece(os.pread(descriptor, limit, offset), offset, os.fstat(descriptor).st_size, skipped)
    finally:
        os.close(descriptor)


def ended(ident: str) -> bool:
    """Whether nothing can be written to its log any more."""
    return jobs.status(ident)["state"] in records.FINAL


def log(request: Any) -> Dict[str, Any]:
    """job.log: a piece of the log; a negative offset counts from the end."""
    ident = request.text("id")
    path = os.path.join(jobs.known_folder(ident), "log")
    over = ended(ident)
    offset = request.integer("offset", 0)
    limit = max(0, min(_MAX_PIECE, request.integer("limit", _MAX_PIECE)))
    if offset < 0:
        offset = max(0, _piece(path, 0, 0).size + offset)
    piece = _piece(path, offset, limit)
    return {
        "data_b64": jobs.encoded(piece.data),
        "size": piece.size,
        "ended": over,
        "offset": piece.offset,
        "skipped": piece.skipped,
    }


def follow(request: Any) -> Dict[str, Any]:
    """job.follow: the log as it grows, to its very end."""
    ident = request.text("id")
    path = os.path.join(jobs.known_folder(ident), "log")
    offset = max(0, request.integer("offset", 0))
    turns = 0
    over = False
    while not request.cancelled.is_set():
        # First whether it has ended, then the rest of the log: never the other way round.
        if turns % 3 == 0:
            over = ended(ident)
        turns += 1
        piece = _piece(path, offset, _FOLLOW_PIECE)
        if piece.data or piece.skipped:
            event = {"offset": piece.offset, "data_b64": jobs.encoded(piece.data)}  # type: Dict[str, Any]
            if piece.skipped:
                event["skipped"] = piece.skipped
            request.event(event)
            offset = piece.offset + len(piece.data)
        elif over:
            return {"ended": True, "size": piece.size}
        else:
            request.cancelled.wait(_FOLLOW_TICK_S)
    return {"cancelled": True}


def _below(folder: str) -> Iterator[str]:
    for base, folders, names in os.walk(raw(folder)):
        folders.sort()
        for name in sorted(names):
            yield os.path.join(base, name).decode("utf-8", "surrogateescape")


def matches(pattern: str, workdir: str) -> Iterator[str]:
    """Files that a pattern names inside the working directory; a folder stands for all in it."""
    inside = os.path.realpath(workdir) + os.sep
    for found in sorted(glob.iglob(os.path.join(glob.escape(workdir), pattern), recursive=True)):
        if not os.path.realpath(found).startswith(inside):
            continue
        if os.path.isdir(found):
            for each in _below(found):
                yield each
        else:
            yield found


def outputs(request: Any) -> Dict[str, Any]:
    """job.outputs: every file in the outputs folder and what the spec's patterns name, with hashes."""
    ident = request.text("id")
    folder = jobs.known_folder(ident)
    spec = paths.read_json(os.path.join(folder, "spec.json")) or {}
    workdir = spool.workdir_of(spec, folder)
    places = [(os.path.join(folder, "outputs"), list(_below(os.path.join(folder, "outputs"))))]
    for pattern in records.texts(spec.get("outputs")):
        if not os.path.isabs(pattern) and ".." not in pattern.split("/"):
            places.append((workdir, list(matches(pattern, workdir))))
    found: List[Dict[str, Any]] = []
    seen: Set[str] = set()
    for base, names in places:
        for path in names:
            relative = os.path.relpath(path, base)
            if path in seen or relative in seen or len(found) >= _MAX_OUTPUTS or request.cancelled.is_set():
                continue
            seen.update((path, relative))
            row = _output(path)
            if row is not None:
                row.update({"path": relative, "absolute": path})
                found.append(row)
    return {"files": found}


def _output(path: str) -> Any:
    try:
        if not stat.S_ISREG(os.lstat(raw(path)).st_mode):
            return None
        return files.hash_of(path)
    except (OSError, AgentError):  # removed in between, or not ours to read
        return None


def usage(request: Any) -> Dict[str, Any]:
    """job.usage: how busy what each attempt held was over its life; see usage.py for what a point is."""
    return {"curves": meter.curves_of(jobs.known_folder(request.text("id")))}
