"""Copies: pushes and pulls as plans that show their progress, and what passes through this console between
servers. What moves bytes is push.py's and pull.py's."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from console.core.problems import Problem
from console.core.text import visible_name
from console.core.units import format_bytes
from console.fleet.copying.ahead import Ahead
from console.fleet.copying.listing import list_remote, shown
from console.fleet.copying.one_file import OpenLink, check_path
from console.fleet.copying.pace import Pace
from console.fleet.copying.pull import Pull, Pulled
from console.fleet.copying.push import Push, Pushed
from console.fleet.copying.sources import LocalSource, RemoteSource, SharedSource, SharedTaker
from console.fleet.copying.tree import Listing, Skipped, Source
from console.fleet.inventory import ServerBook
from console.operations.plan import Action, Step, StepContext, Work, work

_NAMED = 3


class Copies:
    """Prepares copies; any thread may call.

    Args:
        book: the inventory.
        open_link: `Fleet.copy_link`.
    """

    def __init__(self, book: ServerBook, open_link: OpenLink) -> None:
        self._book = book
        self._open_link = open_link

    # --- from here

    def prepare_push(
        self, servers: Sequence[str], local: Path, remote: str, *, listed: bool = False
    ) -> Work[list[Pushed]]:
        """Copy a local file or folder to one server or several; several read large files once.

        Args:
            remote: the target's own path; inside of it where it ends with a slash, or where a file meets a
                folder.
            listed: it was not typed but comes from a listing, byte for byte (lone surrogates are bytes).

        Raises:
            Problem: `server.unknown`, `file.*`, `input.invalid`; more come when it runs.
        """
        names = self._known(servers)
        told = visible_name(remote) if listed else remote
        check_path(told)
        source = LocalSource(local)
        listing = source.listing()
        pushed: dict[str, Pushed] = {}

        def run(step: StepContext) -> None:
            if len(names) == 1:
                self._push(names[0], source, remote, _pace(step, listing.total_bytes), pushed)
            else:
                self._push_all(names, source, remote, step, pushed)
            step.note(_told([pushed[name] for name in names]))
            ensure_all(listing.skipped, len(listing.files))

        where = ", ".join(names)
        step = Step("Push", f"{_what(listing)} to {where}:{told}")
        return work(
            action="push",
            title=f"Push {_text(local.name or local)} to {where}",
            target=where,
            servers=names,
            actions=(Action(step, run),),
            result=lambda: [pushed[name] for name in names],
            detail={"local": _text(local), "remote": told, "bytes": listing.total_bytes},
        )

    def _push(self, name: str, source: Source, remote: str, pace: Pace, pushed: dict[str, Pushed]) -> None:
        what: dict[str, object] = {"push": _text(remote)}
        with Ahead.of(source) as ahead, self._open_link(name, what) as link, link.open() as channel:
            pushed[name] = Push(channel, source, remote, pace, open_lane=link.open, ahead=ahead).run()
        pace.finish()

    def _push_all(
        self,
        names: Sequence[str],
        source: LocalSource,
        remote: str,
        step: StepContext,
        pushed: dict[str, Pushed],
    ) -> None:
        """All at once; one that fails stops no other, and is told when the others are done."""
        shared = SharedSource(source, len(names))
        pace = _pace(step, source.listing().total_bytes * len(names))
        failed: dict[str, BaseException] = {}

        def one(name: str, taker: SharedTaker) -> None:
            try:
                self._push(name, taker, remote, pace, pushed)
            except BaseException as error:  # noqa: BLE001 it is raised below, by the thread that waits
                failed[name] = error
            finally:
                taker.leave()

        threads = [
            threading.Thread(target=one, args=(name, shared.taker()), name=f"push {name}", daemon=True)
            for name in names
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name in names:
            if name in failed:
                raise failed[name]

    # --- to here

    def prepare_pull(self, server: str, remote: str, local: Path, *, listed: bool = False) -> Work[Pulled]:
        """Copy a file or folder of a server to this machine.

        Args:
            local: the target's own path; inside of it where a file meets a folder.
            listed: `remote` comes from a listing, byte for byte (lone surrogates are bytes).

        Raises:
            Problem: `server.unknown`, `input.invalid`; more come when it runs.
        """
        (name,) = self._known([server])
        told = visible_name(remote) if listed else remote
        check_path(told)
        got: list[Pulled] = []

        def run(step: StepContext) -> None:
            with self._open_link(name, {"pull": told}) as link, link.open() as channel:
                step.progress(0, 0, "listing")
                found = list_remote(channel, remote)
                pace = _pace(step, found.listing.total_bytes)
                pulled = Pull(channel, found, local, pace).run()
            pace.finish()
            got.append(pulled)
            step.note(f"{pulled.files} files, {format_bytes(pulled.bytes)}")
            ensure_all(pulled.skipped, len(found.listing.files))

        return work(
            action="pull",
            title=f"Pull {told} from {name}",
            target=name,
            servers=(name,),
            actions=(Action(Step("Pull", f"{name}:{told} to {_text(local)}"), run),),
            result=lambda: got[0],
            detail={"remote": told, "local": _text(local)},
        )

    # --- from server to server

    def relay(
        self, source: str, path: str, target: str, to: str, step: StepContext
    ) -> tuple[Pushed, Listing]:
        """Copy a file or folder of one server to another, through this console's memory, never its disk.

        Raises:
            Problem: as a push and a pull.
        """
        pushed: dict[str, Pushed] = {}
        with self._open_link(source, {"pull": path}) as link, link.open() as channel:
            remote = RemoteSource(channel, path)
            listing = remote.listing()
            self._push(target, remote, to, _pace(step, listing.total_bytes), pushed)
        return pushed[target], listing

    def _known(self, servers: Sequence[str]) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(self._book.get(name).name for name in servers))
        if not names:
            raise Problem("input.invalid", what="server", reason="none was named")
        return names


def _pace(step: StepContext, total: int) -> Pace:
    return Pace(total, step.progress, step.check_cancelled)


def _text(path: str | Path) -> str:
    """For a sentence or the audit log, where bytes that are no text cannot stand."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def _what(listing: Listing) -> str:
    size = format_bytes(listing.total_bytes)
    return f"{len(listing.files)} files, {size}," if listing.is_dir else size


def _told(pushed: Sequence[Pushed]) -> str:
    files, unchanged = sum(each.files for each in pushed), sum(each.unchanged for each in pushed)
    text = f"{files} files" if files != 1 else "1 file"
    return text + (f", {unchanged} of them were there already" if unchanged else "")


def ensure_all(skipped: Sequence[Skipped], copied: int) -> None:
    """Everything else is in its place; what was left out must not go unnoticed.

    Raises:
        Problem: `transfer.incomplete`.
    """
    if not skipped:
        return
    named = [f"{shown(each.path)} ({each.reason.rstrip('.')})" for each in skipped[:_NAMED]]
    more = len(skipped) - len(named)
    names = "; ".join(named) + (f"; and {more} more" if more > 0 else "")
    raise Problem("transfer.incomplete", copied=copied, names=names)
