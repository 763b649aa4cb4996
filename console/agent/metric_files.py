"""Where a job's metrics lie: $TANDEM_METRICS, what its spec names, or what is found below its folder.

Looking is bounded in depth, names and time, and done seldom; reading goes on at a byte of a file that is
checked to be the same.
"""

import os
import stat
import time
import zlib
from typing import Any, Dict, Iterator, List, Optional, Tuple

from . import attempts, paths, records, spool
from .joblog import matches
from .metric_lines import moment_in
from .paths import raw

OWN = "$TANDEM_METRICS"
MAX_SOURCES = 200
_MAX_DEPTH = 6
_MAX_NAMES = 50000
_LONGEST_LOOK_S = 1.0
_LOOK_AGAIN_S = 5.0
# The pause after a look is so many times its length: a slow file system is left in peace.
_PAUSE_FACTOR = 30.0
_PASSED_OVER = frozenset(("node_modules", "__pycache__", "site-packages", "venv", "env"))
# Clocks of file systems are coarse, and a last flush may come late.
_BEFORE_S, _AFTER_S = 2.0, 10.0
_EDGE = 64


class Source:
    """One file: `name` is how the console knows it, `kind` json, csv or tfevents."""

    def __init__(self, name: str, path: str, kind: str) -> None:
        self.name, self.path, self.kind = name, path, kind


def kind_of(path: str) -> str:
    """By its name; what it cannot tell is taken for JSON lines."""
    name = os.path.basename(path).lower()
    if "tfevents" in name:
        return "tfevents"
    return "csv" if name.endswith((".csv", ".tsv")) else "json"


def places(agent: Any, ident: str, folder: str, ended: bool) -> "List[Source]":
    """A job's sources, its own file first; looked for anew only now and then."""
    own = Source(OWN, os.path.join(folder, "metrics.jsonl"), "json")
    kept = agent.metric_places.get(ident)
    now = time.monotonic()
    if kept is None or (kept[1] is False and ended) or (now >= kept[0] and not ended):
        found, more = _look(folder)
        took = time.monotonic() - now
        kept = (now + max(_LOOK_AGAIN_S, took * _PAUSE_FACTOR), ended, found, more)
        agent.metric_places[ident] = kept
    return [own] + list(kept[2])


def left_out(agent: Any, ident: str) -> bool:
    """Whether the last look was broken off at one of its bounds."""
    kept = agent.metric_places.get(ident)
    return bool(kept and kept[3])


def _look(folder: str) -> "Tuple[List[Source], bool]":
    spec = paths.read_json(os.path.join(folder, "spec.json")) or {}
    workdir = spool.workdir_of(spec, folder)
    patterns = records.texts(spec.get("metrics"))
    found: List[Source] = []
    if patterns:
        for pattern in patterns:
            if not os.path.isabs(pattern) and ".." not in pattern.split("/"):
                found += [_source(path, workdir) for path in matches(pattern, workdir) if _is_file(path)]
        return _first(found)
    since, until = _life(folder)
    cut = False
    for base in (workdir, os.path.join(folder, "outputs")):
        walk = _Walk(since, until)
        found += [_source(path, base) for path in walk.below(base, 0)]
        cut = cut or walk.cut
    found, more = _first(found)
    return found, cut or more


def _first(found: "List[Source]") -> "Tuple[List[Source], bool]":
    unique = {each.path: each for each in found}
    ordered = sorted(unique.values(), key=lambda each: each.name)
    return ordered[:MAX_SOURCES], len(ordered) > MAX_SOURCES


def _source(path: str, base: str) -> Source:
    # Only a name here: bytes that are no text are spelt out.
    name = raw(os.path.relpath(path, base)).decode("utf-8", "backslashreplace")
    return Source(name, path, kind_of(path))


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(raw(path)).st_mode)
    except OSError:
        return False


def _life(folder: str) -> "Tuple[float, float]":
    """When the job ran, so that files of other runs in the same folder are not taken for its own."""
    past = attempts.ended(folder)
    record = records.Record(folder)
    begins = [_seconds(row.get("started")) for row in past] + [_seconds(record.start.get("started"))]
    known = [each for each in begins if each is not None]
    end = _seconds(record.result.get("ended"))
    return (min(known) if known else time.time()) - _BEFORE_S, float("inf") if end is None else end + _AFTER_S


def _seconds(text: Any) -> "Optional[float]":
    moment = moment_in(text) if isinstance(text, str) else float("nan")
    return None if moment != moment else moment


class _Walk:
    """A walk below a folder that ends in time; hidden folders, environments and links are passed over."""

    def __init__(self, since: float, until: float) -> None:
        self._since, self._until = since, until
        self._names = 0
        self._deadline = time.monotonic() + _LONGEST_LOOK_S
        self.cut = False

    def below(self, folder: str, depth: int) -> "Iterator[str]":
        try:
            entries = sorted(os.scandir(raw(folder)), key=lambda each: each.name)
        except OSError:  # it is not ours to read, or was removed meanwhile: nothing of the job's is there
            return
        folders = []
        for entry in entries:
            self._names += 1
            if self._names > _MAX_NAMES or time.monotonic() > self._deadline:
                self.cut = True
                return
            name = os.fsdecode(entry.name)
            if name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append((name, entry.path))
            elif "tfevents" in name or name == "metrics.csv":
                if entry.is_file(follow_symlinks=False) and self._is_of_the_job(entry):
                    yield entry.path.decode("utf-8", "surrogateescape")
        for name, path in folders:
            if depth + 1 >= _MAX_DEPTH:
                self.cut = True
            elif name not in _PASSED_OVER and not self.cut:
                for each in self.below(path.decode("utf-8", "surrogateescape"), depth + 1):
                    yield each

    def _is_of_the_job(self, entry: "os.DirEntry[bytes]") -> bool:
        try:
            return self._since <= entry.stat(follow_symlinks=False).st_mtime <= self._until
        except OSError:
            return False


class Opened:
    """A source that is being read; `offset` is where the cursor stood, 0 where it is another file now."""

    def __init__(self, source: Source, cursor: "Dict[str, Any]") -> None:
        flags = os.O_RDONLY | os.O_NONBLOCK | (os.O_NOFOLLOW if source.name == OWN else 0)
        self.descriptor = os.open(raw(source.path), flags)
        try:
            found = os.fstat(self.descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(22, "it is no regular file")
            self.size = found.st_size
            offset = cursor.get("offset")
            self.offset = offset if isinstance(offset, int) and offset > 0 else 0
            self.replaced = self.offset > 0 and cursor.get("edges") != self.edges(self.offset)
            if self.replaced:
                self.offset = 0
        except BaseException:
            self.close()
            raise

    def read(self, count: int) -> bytes:
        """Bytes at the offset."""
        return os.pread(self.descriptor, count, self.offset)

    def edges(self, offset: int) -> "Optional[List[int]]":
        """What tells whether the part before an offset is still the same; None where it is shorter now."""
        if offset > os.fstat(self.descriptor).st_size:
            return None
        count = min(_EDGE, offset)
        first, last = os.pread(self.descriptor, count, 0), os.pread(self.descriptor, count, offset - count)
        return [zlib.crc32(first) & 0xFFFFFFFF, zlib.crc32(last) & 0xFFFFFFFF]

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)
