"""`tandem push`, `pull`: files and folders to and from servers."""

from __future__ import annotations

from pathlib import Path

from console.cli.parser import Verbs
from console.cli.session import Session
from console.core.units import format_bytes
from console.fleet.copying.pull import Pulled
from console.fleet.copying.push import Pushed

_PUSH = (
    "copy a file or folder to a server; a push that was cut goes on where it was, a changed large file "
    "is sent by its differences, and everything is verified by SHA-256"
)
_REMOTE = (
    "the copy's own path there, from the home folder unless absolute; ends with / to go inside of a folder"
)


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    verb = verbs.add("push", _PUSH, _push, command="push", changes=True)
    verb.add_argument("name", help="server")
    verb.add_argument("local", metavar="LOCAL")
    verb.add_argument("remote", metavar="REMOTE", help=_REMOTE)
    verb.add_argument(
        "--to",
        action="append",
        default=[],
        metavar="NAME",
        help="one more server; may be given again; large files are read once for all",
    )
    verb = verbs.add("pull", "copy a file or folder from a server", _pull, command="pull", changes=True)
    verb.add_argument("name", help="server")
    verb.add_argument("remote", metavar="REMOTE")
    verb.add_argument(
        "local", metavar="LOCAL", help="the copy's own path here; a file goes inside of a folder"
    )


def pushed_document(server: str, pushed: Pushed) -> dict[str, object]:
    """A push as JSON."""
    return {
        "server": server,
        "path": pushed.root,
        "files": pushed.files,
        "unchanged": pushed.unchanged,
        "bytes": pushed.bytes,
        "sha256": pushed.sha256,
    }


def _push(session: Session) -> int:
    args = session.args
    names = tuple(dict.fromkeys([args.name, *args.to]))
    done = session.run(
        "push", {"names": names, "local": Path(args.local).expanduser(), "remote": args.remote}, list
    )
    if done is not None:
        documents = [pushed_document(name, each) for name, each in zip(names, done, strict=True)]
        lines = [_line(name, each) for name, each in zip(names, done, strict=True)]
        session.output.answer(documents if args.to else documents[0], "\n".join(lines))
    return 0


def _line(name: str, pushed: Pushed) -> str:
    files = "1 file" if pushed.files == 1 else f"{pushed.files} files"
    known = f", {pushed.unchanged} unchanged" if pushed.unchanged else ""
    return f"{name}:{pushed.root}: {files}, {format_bytes(pushed.bytes)}{known}, verified"


def _pull(session: Session) -> int:
    args = session.args
    done = session.run(
        "pull", {"name": args.name, "remote": args.remote, "local": Path(args.local).expanduser()}, Pulled
    )
    if done is not None:
        files = "1 file" if done.files == 1 else f"{done.files} files"
        document = {
            "server": args.name,
            "path": str(done.root),
            "files": done.files,
            "bytes": done.bytes,
            "sha256": done.sha256,
        }
        session.output.answer(document, f"{done.root}: {files}, {format_bytes(done.bytes)}, verified")
    return 0
