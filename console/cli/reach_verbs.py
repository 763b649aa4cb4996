"""`tandem forward`, `terminal`, `file …`, `secret …`: other ways to a server than jobs and commands."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path

from console.cli.output import table
from console.cli.parser import UsageError, Verbs
from console.cli.session import Session
from console.commands.reaching import ForwardRequest
from console.core.clock import iso
from console.core.problems import Problem
from console.core.units import UNKNOWN, format_bytes
from console.fleet.files import Entry, Folder, RemotePath, RemoteText
from console.fleet.forwards import ForwardView

_LOOK_S = 0.2


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    verb = verbs.add("forward", "reach a port of a server through one here", _forward)
    verb.add_argument("name")
    verb.add_argument("forward", metavar="LOCALPORT:HOST:PORT", help="0 takes a free local port")
    verb.add_argument("--name", dest="forward_name", metavar="N", help="what to call it")
    verb = verbs.add("terminal", "open your own terminal on a server", _terminal)
    verb.add_argument("name")
    verb.add_argument("--print", action="store_true", dest="only_print", help="print the ssh command line")
    _add_files(verbs)
    group = verbs.add("secret", "what Tandem keeps in the system keyring", None)
    inner = Verbs(group, "secret commands")
    inner.add("list", "names of kept secrets", _secret_list, command="secret list")
    inner.add("forget", "take one out", _secret_forget, command="secret forget").add_argument("secret")


def _add_files(verbs: Verbs) -> None:
    inner = Verbs(verbs.add("file", "files of a server", None), "file commands")
    verb = inner.add("list", "what is in a folder", _list, command="file list")
    verb.add_argument("name")
    verb.add_argument("path", nargs="?", default="~")
    verb = inner.add("read", "print a small text file", _read, command="file read")
    verb.add_argument("name")
    verb.add_argument("path")
    verb = inner.add(
        "write", "write a small text file from stdin or a file here", _write, command="file write"
    )
    verb.add_argument("name")
    verb.add_argument("path")
    verb.add_argument("--from", dest="source", metavar="FILE", help="a file here; stdin where left out")
    verb.add_argument("--replace", action="store_true", help="change a file that is there")
    verb = inner.add("folder", "make a new folder", _folder, command="file folder")
    verb.add_argument("name")
    verb.add_argument("path")
    verb = inner.add("rename", "give another name", _rename, command="file rename")
    verb.add_argument("name")
    verb.add_argument("path")
    verb.add_argument("to")
    verb = inner.add("delete", "delete files and whole folders", _delete, command="file delete", changes=True)
    verb.add_argument("name")
    verb.add_argument("path", nargs="+")


# --- forwards and terminals


def parse_forward(text: str) -> tuple[int, str, int]:
    """LOCALPORT:HOST:PORT, with an IPv6 address in brackets; LOCALPORT:PORT means the server itself.

    Raises:
        UsageError: it is none.
    """
    local, _, rest = text.partition(":")
    host, _, remote = rest.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    ports = [each for each in (local, remote) if each.isdigit() and int(each) < 65536]
    if len(ports) != 2 or remote == "0" or any(each.isspace() for each in host):
        raise UsageError(f"'{text}' is not LOCALPORT:HOST:PORT", "forward")
    return int(local), host, int(remote)


def _forward(session: Session) -> int:
    local, host, port = parse_forward(session.args.forward)
    wanted = ForwardRequest(session.args.name, port, host, local, session.args.forward_name)
    view = session.call("forward.open", {"forward": wanted})
    assert isinstance(view, ForwardView)
    told: ForwardView | None = None
    while True:
        shown = replace(view, connections=0, retry_in_s=None)
        if told is None or (told.state, told.problem) != (shown.state, shown.problem):
            told = shown
            session.output.answer(_forward_document(view), _forward_text(view))
        time.sleep(_LOOK_S)
        view = session.context.fleet.forwards.view(view.name)


def _forward_document(view: ForwardView) -> dict[str, object]:
    return {
        "name": view.name,
        "server": view.server,
        "local_port": view.local_port,
        "host": view.host,
        "port": view.port,
        "state": view.state.value,
        "problem": None if view.problem is None else view.problem.as_dict(),
    }


def _forward_text(view: ForwardView) -> str:
    way = f"127.0.0.1:{view.local_port} → {view.server} → {view.host}:{view.port}: {view.state.value}"
    return way if view.problem is None else f"{way}. {view.problem.sentence}"


def _terminal(session: Session) -> int:
    if session.args.only_print:
        command = session.call("terminal.command", {"name": session.args.name})
        assert isinstance(command, tuple)
        session.output.answer({"command": list(command)}, shlex.join(command))
        return 0
    command = session.call("terminal", {"name": session.args.name})
    assert isinstance(command, tuple)
    session.output.answer({"opened": True, "command": list(command)}, f"opened: {shlex.join(command)}")
    return 0


# --- files


def _list(session: Session) -> int:
    found = session.call("file.list", {"name": session.args.name, "path": RemotePath.of(session.args.path)})
    assert isinstance(found, Folder)
    rows = [
        [
            f"{each.mode:04o}" if each.mode is not None else UNKNOWN,
            each.owner,
            format_bytes(each.size) if each.size is not None else UNKNOWN,
            iso(each.modified) if each.modified is not None else UNKNOWN,
            each.name + ("/" if each.is_folder else "") + (f" → {each.target}" if each.target else ""),
        ]
        for each in found.entries
    ]
    document = {
        "path": found.path.shown,
        "truncated": found.truncated,
        "entries": [_entry_document(each) for each in found.entries],
    }
    text = table(["mode", "owner", "size", "modified", "name"], rows, right=frozenset({2}))
    session.output.answer(document, text + ("\n… there is more" if found.truncated else ""))
    return 0


def _entry_document(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "path_b64": entry.path.encoded,
        "kind": entry.kind.value,
        "size": entry.size,
        "mode": entry.mode,
        "modified": None if entry.modified is None else iso(entry.modified),
        "owner": entry.owner,
        "target": entry.target,
    }


def _read(session: Session) -> int:
    found = session.call("file.read", {"name": session.args.name, "path": RemotePath.of(session.args.path)})
    assert isinstance(found, RemoteText)
    if session.output.as_json:
        session.output.answer({"path": found.path.shown, "text": found.text, "sha256": found.sha256}, "")
    else:
        sys.stdout.write(found.text)
        sys.stdout.flush()
    return 0


def _write(session: Session) -> int:
    path = RemotePath.of(session.args.path)
    text = _given(session.args.source)
    read = (
        session.call("file.read", {"name": session.args.name, "path": path}) if session.args.replace else None
    )
    done = session.call("file.write", {"name": session.args.name, "path": path, "text": text, "read": read})
    assert isinstance(done, RemoteText)
    session.output.answer(
        {"path": path.shown, "sha256": done.sha256, "bytes": len(text.encode())}, f"{path.shown} written"
    )
    return 0


def _given(source: str | None) -> str:
    if source is None:
        return sys.stdin.read()
    try:
        return Path(source).expanduser().read_text("utf-8")
    except FileNotFoundError as error:
        raise Problem("file.missing", path=source) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("file.unreadable", path=source, reason=error) from error


def _folder(session: Session) -> int:
    path = RemotePath.of(session.args.path)
    session.call("file.folder", {"name": session.args.name, "path": path})
    session.output.answer({"path": path.shown}, f"{path.shown} made")
    return 0


def _rename(session: Session) -> int:
    path, to = RemotePath.of(session.args.path), RemotePath.of(session.args.to)
    session.call("file.rename", {"name": session.args.name, "path": path, "to": to})
    session.output.answer({"path": path.shown, "to": to.shown}, f"{path.shown} is now {to.shown}")
    return 0


def _delete(session: Session) -> int:
    paths = tuple(RemotePath.of(each) for each in session.args.path)
    count = session.run("file.delete", {"name": session.args.name, "paths": paths}, int)
    if count is not None:
        session.output.answer({"deleted": count}, f"{count} deleted")
    return 0


# --- secrets


def _secret_list(session: Session) -> int:
    names = session.call("secret.list", {})
    assert isinstance(names, tuple)
    session.output.answer(list(names), "\n".join(names) or "nothing is kept in the system keyring")
    return 0


def _secret_forget(session: Session) -> int:
    name = session.call("secret.forget", {"secret": session.args.secret})
    session.output.answer({"forgotten": name}, f"{name} forgotten")
    return 0
