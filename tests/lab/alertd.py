"""A real `tandem alertd` beside a lab server: it has that server's HOME, so its agents find the board."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer

RULES = """
[rules.answers]
title = "It answers"
condition = "reached"
for = "0s"
keep_firing_for = "0s"
severity = "warning"
scope = "server"
summary = "{server} answers."
remedy = "Nothing is to be done."
"""
"""A rule of which a test decides when it fires: while the server is reached."""


def wait_for(what: Callable[[], object], seconds: float = 40.0) -> Any:
    """What a look brought, as soon as it brought something."""
    until = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)


class Pages:
    """A webhook on loopback that keeps what it was sent; used by `with`."""

    def __init__(self) -> None:
        self.came: list[dict[str, Any]] = []
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                pages.came.append(json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Alertd:
    """The command with a home of its own; `start` and `kill` as often as a test wants.

    Args:
        folder: holds its home.
        host: the lab server on which it is thought to run.
        url: a webhook to tell, where one is given.
    """

    def __init__(self, folder: Path, host: LabServer, *, url: str = "") -> None:
        self.tandem = Tandem(folder)
        self.tandem.environment["HOME"] = str(host.home)
        self.board = self.tandem.home / "alerts"
        self.board.mkdir(parents=True, mode=0o700)
        (self.board / "alerts.toml").write_text(RULES, "utf-8")
        (self.tandem.home / "options.json").write_text('{"alerts.every_s": 1.0}', "utf-8")
        if url:
            self.tandem.environment["TANDEM_NOTIFIER_OPS_URL"] = url
            (self.tandem.home / "notifiers.toml").write_text(
                '[[channel]]\nname = "ops"\nkind = "json"\nseverity = "warning"\nplain_http = "yes"\n'
                'group_wait = "0s"\ngroup_interval = "0s"\n',
                "utf-8",
            )
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGKILL)

    def start(self) -> dict[str, Any]:
        """Start it; returns what it says first."""
        self.process = subprocess.Popen(
            self.tandem.command("alertd", "--json"),
            env=self.tandem.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.end(signal.SIGKILL)
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self, number: int) -> tuple[int, str, str]:
        """End it by a signal; its exit code and what it printed since."""
        process, self.process = self.process, None
        if process is None:
            return 0, "", ""
        os.kill(process.pid, number)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err
