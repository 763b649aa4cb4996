"""The taking end of a copy between servers: asks a giver for all and puts it into place, resumed by hash.

What is written and how is copy_in.py's; a giver is another server, so nothing it says is trusted.
"""

import hashlib
import json
import os
import stat
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from .copier import DATA, JSON, Message
from .copy_files import NOFOLLOW, hash_upto
from .copy_in import Incoming
from .copy_out import SMALL
from .giving import Goods
from .paths import raw
from .peers import STALL_S, SocketPipe
from .wire import AgentError

_MAX_ENTRIES = 2000000
_MAX_SIZE = 2**62
_GROUP = 256
_HASH_BYTES_PER_S = 50e6


class Ended(Exception):
    """The person wants no more."""


class Hopeless(Exception):
    """This giver cannot give it; another one may."""


class Tally:
    """What has come, as the state file tells it."""

    def __init__(self) -> None:
        self.total = 0
        self.done = 0
        self.files = 0
        self.unchanged = 0
        self.wire = 0


class _Arriving:
    """What copy_in.py reads from: frames of the giver, made into what a console would have sent."""

    def __init__(self, check: "Callable[[], None]", tally: Tally) -> None:
        self.line: "Optional[SocketPipe]" = None
        self.batch = memoryview(b"")
        self.path = ""
        self.left = 0
        self._check = check
        self._tally = tally

    def receive(self) -> "Tuple[int, memoryview]":
        self._check()
        assert self.line is not None
        kind, view = self.line.receive()
        if kind == DATA:
            self.left -= len(view)
            self._tally.done += len(view)
            self._tally.wire += len(view)
            return kind, view
        message = _message(view)
        if "end" not in message:
            raise Hopeless("it sent another message within a file")
        if message.get("missing") or self.left:
            raise AgentError("transfer.changed", path=self.path)
        done = {"op": "done", "sha256": message.get("sha256")}
        return JSON, memoryview(json.dumps(done).encode("ascii"))

    def receive_data(self, wanted: int) -> memoryview:
        if len(self.batch) != wanted:
            raise Hopeless("a batch of another size")
        return self.batch

    def send(self, _message: Message) -> None:
        """Answers of copy_in.py interest nobody here."""


def _message(view: Any) -> Message:
    try:
        message = json.loads(bytes(view).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Hopeless("it does not speak our language") from error
    if not isinstance(message, dict):
        raise Hopeless("it does not speak our language")
    return message


class Taking:
    """One copy that comes here; goes on where it was with the next line, from whichever giver.

    Args:
        origin: names what is copied, for part files: a copy that was cut finds its own.
        check: raises `Ended` where no more is wanted.
    """

    def __init__(self, to: str, origin: str, goods: Goods, check: "Callable[[], None]") -> None:
        self._to = to
        self._origin = origin
        self._goods = goods
        self._check = check
        self.tally = Tally()
        self._arriving = _Arriving(check, self.tally)
        self._incoming = Incoming(self._arriving)
        self._rows: "List[Any]" = []
        self._have: "Dict[str, str]" = {}
        self._under_way: "Optional[Tuple[str, str]]" = None
        self.root = ""

    def run(self, line: SocketPipe) -> Message:
        """Take all that is not there yet, by this line.

        Raises:
            Gone: the line broke; what came stays, to go on with.
            Hopeless: this giver has not got it, or talks nonsense.
            AgentError: it cannot be written here, or did not arrive as it was sent.
        """
        self._arriving.line = line
        end = self._list(line)
        kind = end["kind"]
        name = end["name"]
        answer = self._incoming.begin({"root": self._to, "name": name, "kind": kind})
        self.root = answer["root"]
        self._check_room(answer)
        files = [row for row in self._rows if row[1] == "f"]
        self.tally.total = sum(row[2] for row in files)
        self.tally.done = sum(row[2] for row in files if row[0] in self._have)
        folders = [row for row in self._rows if row[1] == "d"]
        self._incoming.dirs({"list": [row[0] for row in folders if row[0]]})
        small = [row for row in files if row[2] <= SMALL and row[0] not in self._have]
        for at in range(0, len(small), _GROUP):
            self._small(line, small[at : at + _GROUP])
        self._incoming.settle({})
        for row in files:
            if row[2] > SMALL and row[0] not in self._have:
                self._large(line, row)
        self._incoming.attrs({"list": [[row[0], row[3], row[4]] for row in reversed(folders)]})
        self._goods.hashes = dict(self._have)
        self._goods.offer(self.root, name, kind, self._rows, end["skipped"])
        return {
            "root": self.root,
            "files": len(files),
            "unchanged": self.tally.unchanged,
            "bytes": self.tally.total,
            "sha256": self._have.get("") if kind == "file" else None,
            "digest": self._goods.digest(),
            "skipped": end["skipped"],
        }

    def drop(self) -> None:
        """It is not wanted: no part of it stays."""
        path, key = self._under_way or ("", "")
        if self.root:
            self._incoming.drop({"path": path, "key": key})

    def drop_small(self) -> None:
        """It failed or was cut for good: small files that have no name yet go, a large one's part stays."""
        self._incoming.drop({})

    # --- listing

    def _list(self, line: SocketPipe) -> Message:
        line.send({"op": "walk"})
        rows: "List[Any]" = []
        while True:
            self._check()
            message = line.receive_message()
            rows.extend(self._row(row, bool(rows) or index > 0) for index, row in enumerate(_rows(message)))
            if len(rows) > _MAX_ENTRIES:
                raise Hopeless("over %d entries" % _MAX_ENTRIES)
            if message.get("end"):
                break
        kind = message.get("kind")
        if not rows or kind not in ("file", "folder") or (rows[0][1] == "d") != (kind == "folder"):
            raise Hopeless("a listing without its root")
        name, skipped = message.get("name"), message.get("skipped")
        if not isinstance(name, str) or name in ("", ".", "..") or "/" in name or "\0" in name:
            raise Hopeless("a name that leads elsewhere")
        message["skipped"] = skipped[:_GROUP] if isinstance(skipped, list) else []
        if self._rows and rows != self._rows:
            self._have = {}  # it has changed since: begin again
        self._rows = rows
        return message

    @staticmethod
    def _row(row: Any, below: bool) -> "List[Any]":
        """One entry, checked: a path below the root, a size and a time that are possible."""
        if not (isinstance(row, list) and len(row) == 5 and isinstance(row[0], str) and row[1] in ("f", "d")):
            raise Hopeless("an entry that is none")
        path, kind, size, mode, mtime_ns = row
        numbers = all(isinstance(each, int) and not isinstance(each, bool) for each in row[2:])
        steps = path.split("/")
        unsafe = below and any(step in ("", ".", "..") or "\0" in step for step in steps)
        if not numbers or unsafe or bool(path) != below or not 0 <= size < _MAX_SIZE:
            raise Hopeless("an entry that leads out of the folder, or is impossible")
        return [
            path,
            kind,
            0 if kind == "d" else size,
            mode & 0o777,
            max(-_MAX_SIZE, min(_MAX_SIZE, mtime_ns)),
        ]

    def _check_room(self, answer: Message) -> None:
        needed = sum(row[2] for row in self._rows if row[1] == "f")
        if not answer["exists"] and needed > answer["free_bytes"] and not self._have:
            raise AgentError("transfer.disk_full", path=self.root, needed=needed, free=answer["free_bytes"])

    # --- small files

    def _small(self, line: SocketPipe, rows: "List[Any]") -> None:
        line.send({"op": "get", "list": [[row[0], 0, None] for row in rows]})
        while True:
            self._check()
            message = line.receive_message()
            if "got" in message:
                return
            self._refuse(message)
            if "file" in message:
                raise AgentError("transfer.changed", path=self._incoming_path(rows, message["file"]))
            self._batch(line, rows, message.get("batch"))

    def _batch(self, line: SocketPipe, rows: "List[Any]", batch: Any) -> None:
        kind, view = line.receive()
        if not isinstance(batch, list) or kind != DATA:
            raise Hopeless("a batch without its data")
        entries = []
        for each in batch:
            if not (isinstance(each, list) and len(each) == 5 and _is_index(each[0], rows)):
                raise Hopeless("a batch that was not asked for")
            index, size, mode, mtime_ns, sha256 = each
            if not _is_index(size, range(SMALL + 1)) or not isinstance(mode, int):
                raise Hopeless("a batch of impossible files")
            entries.append([rows[index][0], size, mode & 0o777, int(mtime_ns), str(sha256)])
        self._arriving.batch = view
        self._incoming.files({"list": entries})
        for path, size, _, _, sha256 in entries:
            self._took(path, sha256)
            self.tally.done += size
            self.tally.wire += size

    def _took(self, path: str, sha256: str) -> None:
        self._have[path] = sha256
        self.tally.files += 1

    # --- large files

    def _large(self, line: SocketPipe, row: "List[Any]") -> None:
        path, _, size, _, mtime_ns = row
        key = self._key(row)
        self._under_way = path, key
        self._arriving.path = path or self.root
        offset, before, whole = self._there(path, key, size)
        line.send({"op": "get", "list": [[path, offset, before]]})
        line.socket.settimeout(STALL_S + offset / _HASH_BYTES_PER_S)  # it hashes what we have
        first = line.receive_message()
        line.socket.settimeout(STALL_S)
        self._refuse(first)
        if "batch" in first:  # it has become a small file since
            line.receive()
            raise AgentError("transfer.changed", path=path or self.root)
        if first.get("size") != size or first.get("offset") not in (0, offset):
            raise AgentError("transfer.changed", path=path or self.root)
        mode, mtime_ns = int(first["mode"]) & 0o777, int(first["mtime_ns"])
        self.tally.done += int(first["offset"])
        if whole and first["offset"] == size:
            end = line.receive_message()
            if end.get("sha256") != before:
                raise AgentError("transfer.mismatch", path=path or self.root)
            self._incoming.attrs({"list": [[path, mode, mtime_ns]]})
            self.tally.unchanged += 1
            sha256 = str(before)
        else:
            self._arriving.left = size - int(first["offset"])
            asked = {
                "path": path,
                "key": key,
                "size": size,
                "mode": mode,
                "mtime_ns": mtime_ns,
                "offset": int(first["offset"]),
            }
            self._incoming.file(asked)
            sha256 = str(self._incoming.last_sha256)
        self._under_way = None
        self._took(path, sha256)
        if "got" not in line.receive_message():
            raise Hopeless("an answer without its end")

    def _key(self, row: "List[Any]") -> str:
        what = "%s|%s|%d|%d" % (self._origin, row[0], row[2], row[4])
        return hashlib.sha256(raw(what)).hexdigest()[:12]

    def _there(self, path: str, key: str, size: int) -> "Tuple[int, Optional[str], bool]":
        """From where on it is wanted, the hash of what is before, and whether that is the whole old file."""
        answer = self._incoming.look({"path": path, "key": key, "size": size})
        if answer["part"]:
            return answer["part"], answer["part_sha256"], False
        if answer["old"] != size:
            return 0, None, False
        self._check()
        try:
            descriptor = os.open(raw(self._incoming.place(path)), os.O_RDONLY | NOFOLLOW)
        except OSError:
            return 0, None, False
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return 0, None, False
            return size, hash_upto(descriptor, size).hexdigest(), True
        finally:
            os.close(descriptor)

    def _incoming_path(self, rows: "List[Any]", index: Any) -> str:
        return rows[index][0] if _is_index(index, rows) and rows[index][0] else self.root

    @staticmethod
    def _refuse(message: Message) -> None:
        if "failed" in message:
            told = message.get("why")
            code = told.get("code") if isinstance(told, dict) else None
            attrs = told.get("attrs") if isinstance(told, dict) else None
            reason = "%s %s" % (code, json.dumps(attrs)[:200]) if code else "a file cannot be read there"
            raise Hopeless(reason)
        if "refused" in message:
            raise Hopeless(str(message["refused"])[:300])


def _rows(message: Message) -> "List[Any]":
    rows = message.get("entries")
    if "refused" in message:
        raise Hopeless(str(message["refused"])[:300])
    return rows if isinstance(rows, list) else []


def _is_index(value: Any, of: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(of)


def wait_for_goods(line: SocketPipe, check: "Callable[[], None]") -> None:
    """Ask until the giver has it.

    Raises:
        Gone, Hopeless, and what `check` raises.
    """
    line.send({"op": "wait"})
    while True:
        check()
        line.socket.settimeout(20.0)  # it beats every two seconds
        message = line.receive_message()
        state = message.get("state")
        if state == "ready":
            line.socket.settimeout(STALL_S)
            return
        if state != "waiting":
            raise Hopeless(_told(message))


def _told(message: Message) -> str:
    error = message.get("error")
    if isinstance(error, dict):
        attrs = error.get("attrs")
        reason = attrs.get("reason") if isinstance(attrs, dict) else None
        return "it has not got it itself: %s" % (reason or error.get("code"))
    return str(message.get("refused") or "it has not got it itself")[:300]


class Backoff:
    """Pauses between attempts that bring nothing; one that brought something starts anew."""

    MOST = 10

    def __init__(self, check: "Callable[[], None]") -> None:
        self._check = check
        self._tries = 0

    def again(self, progressed: bool) -> bool:
        """Pause; False where it was tried often enough."""
        self._tries = 1 if progressed else self._tries + 1
        if self._tries > self.MOST:
            return False
        until = time.monotonic() + min(10.0, 0.25 * 2**self._tries)
        while time.monotonic() < until:
            self._check()
            threading.Event().wait(0.1)
        return True
