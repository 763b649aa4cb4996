"""`tandem exec`: one command on one server, its bytes and exit code kept; or on all that fit a filter."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from console.cli.parser import UsageError, Verbs, duration_s, whole
from console.cli.session import Session
from console.core.files import write_atomically
from console.core.text import decode, safe_text
from console.core.units import format_duration
from console.fleet.many import DEFAULT_PARALLEL, Group, Ran, RanState, as_csv, grouped


def add(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add("exec", "run a command on a server, or on many", _exec, command="exec", changes=True)
    verb.add_argument("name", nargs="?")
    verb.add_argument("--filter", metavar="EXPR", help="label.team=vision & role=infer & util<5; all")
    verb.add_argument("--parallel", type=whole, metavar="N", default=DEFAULT_PARALLEL)
    verb.add_argument("--stop-after", type=whole, metavar="K", help="start no more after K failures")
    verb.add_argument("--timeout", type=duration_s, metavar="S")
    verb.add_argument("--csv", metavar="FILE", help="with --filter: write every exit code into a file here")


def _exec(session: Session) -> int:
    if not session.tail:
        raise UsageError("give the command behind --", "exec")
    if (session.args.name is None) == (session.args.filter is None):
        raise UsageError("give a server's name or --filter, and not both", "exec")
    if session.args.filter is not None:
        return _many(session)
    for word in ("dry_run", "csv"):
        if getattr(session.args, word):
            raise UsageError(f"--{word.replace('_', '-')} goes with --filter", "exec")
    return _one(session)


def _one(session: Session) -> int:
    timeout_s = session.args.timeout
    collected: dict[str, list[bytes]] = {"stdout": [], "stderr": []}

    def sink(kind: str, data: bytes) -> None:
        if session.output.as_json:
            collected[kind].append(data)
        else:
            _write(kind, data)

    result = session.call(
        "exec", {"name": session.args.name, "argv": session.tail, "timeout_s": timeout_s, "sink": sink}
    )
    assert isinstance(result, dict)
    if session.output.as_json:
        texts = {kind: b"".join(parts).decode(errors="replace") for kind, parts in collected.items()}
        session.output.answer({"server": session.args.name, **result, **texts}, "")
    if result.get("timed_out"):
        session.output.say(f"tandem: the command was ended after {format_duration(timeout_s)}")
        return 124
    code, signal = result.get("exit_code"), result.get("signal")
    return code if isinstance(code, int) else 128 + signal if isinstance(signal, int) else 255


def _write(kind: str, data: bytes) -> None:
    stream = sys.stdout if kind == "stdout" else sys.stderr
    stream.flush()
    stream.buffer.write(data)
    stream.buffer.flush()


# --- many servers


def _many(session: Session) -> int:
    args = session.args
    lock = threading.Lock()
    came: list[Ran] = []

    def on_ran(ran: Ran) -> None:
        with lock:
            came.append(ran)

    given = {
        "filter": args.filter,
        "argv": session.tail,
        "parallel": args.parallel or 1,
        "stop_after": args.stop_after or None,
        "timeout_s": args.timeout,
        "on_ran": on_ran,
    }
    try:
        runs = session.run("exec.many", given, tuple)
    except KeyboardInterrupt:
        with lock:
            _answer(session, tuple(came), interrupted=True)
        raise
    if runs is None:
        return 0
    _answer(session, runs)
    return 0 if all(ran.state is RanState.DONE for ran in runs) else 1


def _answer(session: Session, runs: tuple[Ran, ...], *, interrupted: bool = False) -> None:
    if session.args.csv is not None:
        write_atomically(Path(session.args.csv).expanduser(), as_csv(runs).encode(), mode=0o644)
    groups = grouped(runs)
    numbers = {server: number for number, group in enumerate(groups) for server in group.servers}
    document = {
        "filter": session.args.filter,
        "argv": list(session.tail),
        "interrupted": interrupted,
        "results": [
            {
                "server": ran.server,
                "state": ran.state.value,
                "exit_code": ran.exit_code,
                "signal": ran.signal,
                "seconds": round(ran.seconds, 3),
                "truncated": ran.truncated,
                "group": numbers[ran.server],
                "problem": None if ran.problem is None else ran.problem.as_dict(),
            }
            for ran in runs
        ],
        "groups": [
            {
                "servers": list(group.servers),
                "state": group.example.state.value,
                "exit_code": group.example.exit_code,
                "stdout": decode(group.example.stdout),
                "stderr": decode(group.example.stderr),
            }
            for group in groups
        ],
    }
    session.output.answer(document, lambda: "\n".join(_text(group) for group in groups))


def _text(group: Group) -> str:
    """What people read: who, how it ended, what it said; a server's escapes do not reach the terminal."""
    ran, count = group.example, len(group.servers)
    ended = f"exit {ran.exit_code}" if ran.exit_code is not None else ran.state.value.replace("_", " ")
    if ran.signal is not None:
        ended = f"signal {ran.signal}"
    lines = [f"{count} server{'s' if count > 1 else ''}, {ended}: {' '.join(group.servers)}"]
    if ran.problem is not None and ran.state is not RanState.CANCELLED:
        lines.append(f"  {ran.problem.sentence}")
    for mark, data in ((" ", ran.stdout), ("!", ran.stderr)):
        lines += [f"{mark} {line}" for line in safe_text(decode(data)).splitlines()]
    if ran.truncated:
        lines.append("  … the rest is left out")
    return "\n".join(lines)
