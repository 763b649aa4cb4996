"""Copies between servers and fetches from URLs: looks for ways first, then the servers do it themselves.

What has no way goes through this console (service.py). A console that comes back finds them by `tasks`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from console.core.ids import new_id, resolve_prefix
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.units import format_bytes
from console.fleet.copying.carried import LIVE, Arrived, Task, tasks_of
from console.fleet.copying.one_file import check_path
from console.fleet.copying.preflight import Preflight, at_once
from console.fleet.copying.resuming import left_behind, resume
from console.fleet.copying.routes import Routes, Wave, spread
from console.fleet.copying.service import Copies
from console.fleet.copying.voyage import Fetching, Voyage
from console.fleet.inventory import ServerBook
from console.operations.plan import Action, Step, Work, work
from console.operations.service import Handle, Operations

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PATIENCE_S = 60.0
_MAX_URL = 4000


class ServerCopies:
    """Prepares and finds copies that servers do by themselves; any thread may call.

    Args:
        host_of: by which host the console reaches a server.
        copies: for what has to pass through this console.
        account: who acts.
        patience_s: how long a server waits for a giver that does not answer, before it asks another.
    """

    def __init__(
        self,
        book: ServerBook,
        gate: ServerGate,
        host_of: Callable[[str], str],
        copies: Copies,
        account: str,
        *,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._book = book
        self._gate = gate
        self._host_of = host_of
        self._copies = copies
        self._account = account
        self._patience_s = patience_s

    # --- from one server to others

    def prepare_copy(
        self, source: str, path: str, targets: Sequence[tuple[str, str]], *, detach: bool = False
    ) -> Work[list[Arrived]]:
        """Copy a file or folder of one server to others. Tries the ways between them first: the plan says
        which was found.

        Args:
            targets: servers and paths there.
            detach: be done when it goes on by itself.

        Raises:
            Problem: `server.unknown`, `input.invalid`, `remote.path_missing`; with one target also why it
                cannot be reached.
        """
        origin, to = self._ends(source, path, targets)
        names = [origin, *to]
        preflight = Preflight(self._gate, {name: self._host_of(name) for name in names})
        routes = preflight.run()
        what = self._ensure_there(origin, path, list(to), routes)
        waves = spread(origin, list(to), routes)
        relayed = [wave for wave in waves if wave.relayed_because]
        if detach and relayed:
            reason = f"{relayed[0].root} gets it through this console: {relayed[0].relayed_because}"
            raise Problem("input.invalid", what="--detach", reason=reason)
        absolute = _absolute(preflight.facts[origin].home, path)
        voyage = Voyage(
            self._gate,
            self._copies,
            new_id(),
            f"{origin}:{absolute}",
            to,
            routes,
            preflight.facts,
            self._account,
            self._patience_s,
        )
        actions = [action for wave in waves for action in _actions_of(voyage, wave, absolute, what, detach)]
        where = ", ".join(to)
        return work(
            action="copy",
            title=f"Copy {path} from {origin} to {where}",
            target=where,
            servers=tuple(names),
            actions=(*actions, Action(Step("Compare", "SHA-256 on every server"), voyage.compare)),
            result=voyage.result,
            detail={
                "copy_id": voyage.id,
                "from": f"{origin}:{absolute}",
                "to": [f"{name}:{where}" for name, where in to.items()],
                "way": _way(waves),
            },
            outlives=True,
        )

    def _ends(self, source: str, path: str, targets: Sequence[tuple[str, str]]) -> tuple[str, dict[str, str]]:
        """The source's name, and the path on each target by its name."""
        origin = self._book.get(source).name
        check_path(path)
        to: dict[str, str] = {}
        for name, where in targets:
            check_path(where)
            to[self._book.get(name).name] = where
        if not to or origin in to:
            raise Problem("input.invalid", what="The target", reason="it must be another server")
        return origin, to

    def _ensure_there(self, origin: str, path: str, targets: Sequence[str], routes: Routes) -> str:
        """What is to be copied, in words, after a look at whether it can be."""
        if origin in routes.down:
            raise routes.down[origin]
        if len(targets) == 1 and routes.down:
            raise next(iter(routes.down.values()))
        found = self._gate.call(origin, "file.stat", {"path": path})
        if not found.get("exists"):
            raise Problem("remote.path_missing", server=origin, path=path)
        size = found.get("size")
        return "a folder" if found.get("is_dir") else format_bytes(size if isinstance(size, int) else None)

    # --- from a URL

    def prepare_fetch(
        self,
        server: str,
        url: str,
        sha256: str,
        to: str,
        *,
        max_bytes: int | None = None,
        detach: bool = False,
    ) -> Work[Arrived]:
        """Let a server fetch a file from a URL; kept only where its hash is the one that is expected.

        Raises:
            Problem: `server.unknown`, `input.invalid`.
        """
        name = self._book.get(server).name
        check_path(to)
        _check_url(url)
        digest = sha256.strip().lower().removeprefix("sha256:")
        if not _SHA256.fullmatch(digest):
            raise Problem("input.invalid", what="The SHA-256", reason="it is not 64 hex digits")
        fetching = Fetching(self._gate, new_id(), name, url, digest, to, max_bytes, self._account)
        limit = f", at most {format_bytes(max_bytes)}" if max_bytes is not None else ""
        step = Step(
            "Fetch",
            f"{url} to {name}:{to}{limit}; by the server itself, kept if its SHA-256 is {digest[:12]}…",
        )
        return work(
            action="fetch",
            title=f"Fetch {posixpath.basename(urlsplit(url).path) or url} on {name}",
            target=name,
            servers=(name,),
            actions=(Action(step, lambda context: fetching.run(context, detach=detach)),),
            result=fetching.result,
            detail={"copy_id": fetching.id, "url": url, "sha256": digest, "to": to},
            outlives=True,
        )

    # --- what runs and what ran

    def tasks(self, servers: Iterable[str] | None = None) -> tuple[list[Task], dict[str, Problem]]:
        """What the servers tell of their copies and fetches, newest first, and who could not be asked."""
        names = [self._book.get(each).name for each in servers or ()] or [
            each.name for each in self._book.list()
        ]
        told, failed = at_once(names, self._list)
        rows = [(name, each) for name, found in told.items() for each in found]
        return tasks_of(rows), failed

    def _list(self, name: str) -> list[Mapping[str, object]]:
        found = self._gate.call(name, "carry.list").get("copies")
        return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []

    def task(self, ident: str, servers: Iterable[str] | None = None) -> Task:
        """One, by its id or the beginning of it.

        Raises:
            Problem: `id.unknown`, `id.ambiguous`.
        """
        found, failed = self.tasks(servers)
        known = {each.id: each for each in found}
        try:
            return known[resolve_prefix(ident, known, kind="copy", listing="copies list")]
        except Problem:
            if failed:
                raise next(iter(failed.values())) from None
            raise

    def resume(self, operations: Operations) -> list[Handle[Task]]:
        """Watch again what an earlier console left on its servers; each keeps its place in the activity."""
        return [
            operations.start(resume(view, self.task, self._stop), again=view)
            for view in left_behind(operations)
        ]

    def _stop(self, task: Task) -> None:
        """Stop it wherever it runs.

        Raises:
            Problem: of a server that could not be told; the others were.
        """
        _, failed = at_once(
            [part.server for part in task.parts if part.state in LIVE],
            lambda name: self._gate.call(name, "carry.cancel", {"id": task.id}, timeout_s=30.0),
        )
        if failed:
            raise next(iter(failed.values()))

    def prepare_cancel(self, ident: str) -> Work[Task]:
        """Stop one on all its servers; what was half copied is removed.

        Raises:
            Problem: as `task`.
        """
        task = self.task(ident)
        names = tuple(part.server for part in task.parts if part.state in LIVE)

        step = Step("Stop", f"on {', '.join(names)}" if names else "nothing of it runs any more")
        return work(
            action="copies.cancel",
            title=f"Cancel: {task.title}",
            target=task.id,
            servers=names,
            actions=(Action(step, lambda _context: self._stop(task)),),
            result=lambda: self.task(task.id, names or None),
            detail={"copy_id": task.id},
        )


def _actions_of(voyage: Voyage, wave: Wave, path: str, what: str, detach: bool) -> list[Action]:
    """The steps of one tree: how its root gets it, where that is not the source, and how it spreads."""
    actions = []
    if wave.relayed_because:
        step = Step(
            "Copy through this console",
            f"no route: {wave.relayed_because}; {what} to {wave.root}, nothing is kept here",
        )
        actions.append(Action(step, lambda context: voyage.relay(wave.root, context)))
    if wave.parents:
        givers = list(dict.fromkeys(wave.parents.values()))
        tree = "; ".join(f"{giver} to {' and '.join(wave.children(giver))}" for giver in givers)
        step = Step(
            "Copy directly",
            f"{tree}; encrypted, verified by SHA-256; {what}; goes on without this console",
        )
        start = "" if wave.relayed_because else path
        actions.append(Action(step, lambda context: voyage.sail(wave, start, context, detach=detach)))
    return actions


def _way(waves: Sequence[Wave]) -> str:
    direct, relayed = any(wave.parents for wave in waves), any(wave.relayed_because for wave in waves)
    if direct and relayed:
        return "directly and through the console"
    return "directly" if direct else "through the console"


def _absolute(home: str, path: str) -> str:
    if path == "~" or path.startswith("~/"):
        path = "." + path[1:]
    return posixpath.normpath(posixpath.join(home, path))


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        raise Problem("input.invalid", what="The address", reason="it is no URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_good:
        raise Problem("input.invalid", what="The address", reason="it must begin with https:// or http://")
    if parts.username is not None or parts.password is not None:
        reason = "a name or password in it would be kept in plain text"
        raise Problem("input.invalid", what="The address", reason=reason)
    if len(url) > _MAX_URL or not url.isascii() or any(ord(char) <= 32 for char in url):
        raise Problem("input.invalid", what="The address", reason="it has characters that no URL has")
