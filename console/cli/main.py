"""The command's way from words to exit code: every failure becomes one sentence, never a traceback."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from logging.handlers import RotatingFileHandler

from console.cli import (
    alert_verbs,
    alertd_verb,
    between_verbs,
    copy_verbs,
    deploy_verbs,
    equipment_verbs,
    exec_verbs,
    export_verbs,
    fleet_verbs,
    job_verbs,
    local_verbs,
    model_verbs,
    process_verbs,
    prometheus_verbs,
    reach_verbs,
    report_verbs,
    server_verbs,
    source_verbs,
    watch_verbs,
)
from console.cli.output import problem_text
from console.cli.parser import UsageError, build
from console.cli.session import NeedsYes, OpenWindow, Session
from console.core.problems import Problem

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def run(argv: Sequence[str], open_window: OpenWindow) -> int:
    """Run one command line; returns its exit code.

    Args:
        open_window: opens the desktop console and returns when it is closed; the two faces never
            import each other.
    """
    words, tail = _split(argv)
    parser = build(
        [
            local_verbs.add_faces,
            server_verbs.add,
            copy_verbs.add,
            between_verbs.add,
            exec_verbs.add,
            reach_verbs.add,
            watch_verbs.add,
            export_verbs.add,
            equipment_verbs.add,
            process_verbs.add,
            report_verbs.add,
            prometheus_verbs.add,
            source_verbs.add,
            fleet_verbs.add,
            job_verbs.add,
            model_verbs.add,
            deploy_verbs.add,
            alert_verbs.add,
            alertd_verb.add,
            local_verbs.add,
        ]
    )
    try:
        args = parser.parse_args(words)
    except UsageError as error:
        return _told(error.problem, USAGE)
    except SystemExit as ended:  # --help and --version print and leave
        return ended.code if isinstance(ended.code, int) else DONE
    serve: Callable[[Session], int] = getattr(args, "serve", local_verbs.gui)
    session = Session(args, tail, open_window)
    return _guarded(session, serve)


def _guarded(session: Session, serve: Callable[[Session], int]) -> int:
    try:
        _log_to_file(session)
        try:
            return serve(session)
        finally:
            session.close()
    except UsageError as error:
        return _told(error.problem, USAGE)
    except NeedsYes as error:
        return _told(error.problem, USAGE)
    except Problem as problem:
        logging.getLogger(__name__).info("problem %s", problem.as_dict())
        if session.args.debug:
            traceback.print_exc()
        on_one = getattr(session.args, "command", "") == "exec" and session.args.filter is None
        return _told(problem, 255 if on_one else FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has left; nothing more can be said on stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        logging.getLogger(__name__).exception("a bug of Tandem")
        if session.args.debug:
            traceback.print_exc()
        where = session.home.logs / "tandem.log"
        told = f"tandem: an error of Tandem itself: {type(error).__name__}: {error}."
        print(f"{told} Details are in {where}; please report it.", file=sys.stderr)
        return FAILED


def _split(argv: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Words before and behind the first `--`; what is behind is never parsed."""
    words = list(argv)
    if "--" not in words:
        return words, ()
    at = words.index("--")
    return words[:at], tuple(words[at + 1 :])


def _told(problem: Problem, code: int) -> int:
    print(problem_text(problem), file=sys.stderr)
    return code


def _log_to_file(session: Session) -> None:
    home = session.home.make()
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old, RotatingFileHandler):
            root.removeHandler(old)
            old.close()
    handler = RotatingFileHandler(
        home.logs / "tandem.log", maxBytes=2_000_000, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.DEBUG if session.args.debug else logging.INFO)
    root.addHandler(handler)
    root.setLevel(handler.level)
    logging.getLogger("paramiko").setLevel(logging.WARNING)


class _OneLine(logging.Formatter):
    """One record per line, so that a server's text cannot forge one."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")
