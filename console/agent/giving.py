"""The giving end of a copy between servers: what may be had, and to which peers it goes. Nothing is written.

A server that has received gives what it received and nothing else, with the hashes that it received it with.
"""

import contextlib
import hashlib
import os
import threading
import time
from typing import Any, Callable, Dict, List, Optional

from .copier import Gone, Message, Pipe
from .copy_out import Outgoing
from .paths import raw
from .peers import SocketPipe, say
from .wire import AgentError

GRACE_S = 90.0
_BEAT_S = 2.0
# A peer that hashes or syncs says nothing for long; one that is gone is noticed by the kernel.
_IDLE_S = 3600.0
_LISTED = 1000


class Goods:
    """What is given: a root, its listing, and the hash of every file, as far as known.

    Attributes:
        rows: as `walk` lists them; None while nothing is there yet.
        reason: why there will never be anything.
    """

    def __init__(self) -> None:
        self.root = ""
        self.name = ""
        self.kind = "file"
        self.rows: "Optional[List[Any]]" = None
        self.skipped: "List[Any]" = []
        self.reason: "Optional[Message]" = None
        self.hashes: "Dict[str, str]" = {}
        self.allowed: "Dict[str, int]" = {}
        self._changed = threading.Condition()

    def offer(self, root: str, name: str, kind: str, rows: "List[Any]", skipped: "List[Any]") -> None:
        """It is there now; its name is that of the origin, wherever it lies here."""
        with self._changed:
            self.root, self.name, self.kind, self.skipped = root, name, kind, skipped
            self.allowed = {row[0]: row[2] for row in rows if row[1] == "f"}
            self.rows = rows
            self._changed.notify_all()

    def fail(self, reason: Message) -> None:
        """It will not come."""
        with self._changed:
            self.reason = self.reason or reason
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Whether it is decided by then."""
        with self._changed:
            if self.rows is None and self.reason is None:
                self._changed.wait(seconds)
            return self.rows is not None or self.reason is not None

    def look(self, path: str) -> None:
        """List what is there: the first giver's way."""
        rows: "List[Any]" = []
        catcher = _Catcher(rows)
        end = Outgoing(catcher).walk({"root": path})
        name = os.path.basename(end["root"].rstrip("/")) or "copy"
        self.offer(end["root"], name, end["kind"], rows, end["skipped"])

    def total(self) -> int:
        """Bytes of all files."""
        return sum(self.allowed.values())

    def digest(self) -> "Optional[str]":
        """One hash over all names and contents; None while some content was never read."""
        if self.rows is None or len(self.hashes) < len(self.allowed):
            return None
        digest = hashlib.sha256()
        for path in sorted(self.allowed):
            digest.update(raw(path) + b"\0" + self.hashes[path].encode("ascii") + b"\n")
        return digest.hexdigest()


class _Catcher:
    """Takes what a listing would send."""

    def __init__(self, rows: "List[Any]") -> None:
        self._rows = rows

    def send(self, message: Message) -> None:
        self._rows.extend(message.get("entries") or [])


class _Marking:
    """Passes on what goes to a peer, with the goods' hashes: who gives on cannot give other content."""

    def __init__(self, pipe: Pipe, goods: Goods, asked: "List[str]", told: "Callable[[int], None]") -> None:
        self._pipe = pipe
        self._goods = goods
        self._asked = asked
        self._told = told

    def send(self, message: Message) -> None:
        if "batch" in message:
            message["batch"] = [row[:4] + (self._known(row[0], row[4]),) for row in message["batch"]]
        elif "end" in message and not message.get("missing"):
            message["sha256"] = self._known(message["end"], message["sha256"])
        self._pipe.send(message)

    def send_data(self, data: Any) -> None:
        self._pipe.send_data(data)
        self._told(len(data))

    def _known(self, index: int, sha256: str) -> str:
        return self._goods.hashes.setdefault(self._asked[index], sha256)


class Taker:
    """One peer that may take: how far it is, and whether it still needs us."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent = 0
        self.lines = 0
        self.done = False
        self.gone_since = time.monotonic()

    def needs_us(self) -> bool:
        """Whether it may still come, or come back."""
        return not self.done and (self.lines > 0 or time.monotonic() - self.gone_since < GRACE_S)

    def add(self, count: int) -> None:
        """So many bytes went to it."""
        self.sent += count


class Giving:
    """Serves lines; any thread may call."""

    def __init__(self, goods: Goods, names: "List[str]") -> None:
        self.goods = goods
        self.takers = {name: Taker(name) for name in names}
        self._lock = threading.Lock()
        self._lines: "List[SocketPipe]" = []
        self._ending = False

    def needed(self) -> bool:
        """Whether some peer still may want something."""
        return any(taker.needs_us() for taker in self.takers.values())

    def restart_patience(self) -> None:
        """From now on the peers know of us."""
        for taker in self.takers.values():
            taker.gone_since = time.monotonic()

    def close(self) -> None:
        """Hang up on all."""
        with self._lock:
            self._ending = True
            lines = list(self._lines)
        for line in lines:
            line.close()

    def serve(self, name: str, line: SocketPipe) -> None:
        """Answer one peer until it hangs up or says good-bye; on a thread of its own."""
        taker = self.takers[name]
        with self._lock:
            if self._ending:
                line.close()
                return
            taker.lines += 1
            self._lines.append(line)
        try:
            # One that breaks off comes back, or its patience with us is over.
            with contextlib.suppress(Gone):
                while self._answer(taker, line):
                    continue
        except (AgentError, OSError, ValueError, KeyError, TypeError) as error:
            say(line, {"refused": str(error)})
        finally:
            line.close()
            with self._lock:
                self._lines.remove(line)
                taker.lines -= 1
                taker.gone_since = time.monotonic()

    def _answer(self, taker: Taker, line: SocketPipe) -> bool:
        line.socket.settimeout(_IDLE_S)
        message = line.receive_message()
        op = message.get("op")
        if op == "standby":
            return True
        if op == "bye":
            taker.done = True
            return False
        if op == "wait":
            self._tell_when_ready(line)
        elif op == "walk":
            rows = self.goods.rows or []
            for at in range(0, max(1, len(rows)), _LISTED):
                line.send({"entries": rows[at : at + _LISTED]})
            goods = self.goods
            line.send({"end": True, "name": goods.name, "kind": goods.kind, "skipped": goods.skipped})
        elif op == "get":
            self._give(taker, line, message)
        else:
            raise AgentError("agent.failed", reason="a peer asked for what there is not")
        return True

    def _tell_when_ready(self, line: SocketPipe) -> None:
        while not self.goods.wait(_BEAT_S):
            line.send({"state": "waiting"})
        if self.goods.rows is None:
            line.send({"state": "failed", "error": self.goods.reason})
        else:
            line.send({"state": "ready", "total": self.goods.total()})

    def _give(self, taker: Taker, line: SocketPipe, message: Message) -> None:
        wanted = message.get("list")
        if not isinstance(wanted, list) or not all(
            isinstance(each, list) and len(each) == 3 and each[0] in self.goods.allowed for each in wanted
        ):
            raise AgentError("agent.failed", reason="a peer asked for what is not given")
        asked = [each[0] for each in wanted]
        outgoing = Outgoing(_Marking(line, self.goods, asked, taker.add), self.goods.root)
        line.send(outgoing.get(message))
