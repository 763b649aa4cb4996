"""A server's own words in a question on the terminal: quoted, and behind the server's name."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli.test_prompting import Terminal
from tests.lab.command import Tandem
from tests.lab.odd_server import OddServer


def test_r56_a_question_names_the_server_that_asks(tandem: Tandem, tmp_path: Path) -> None:
    with OddServer(methods="keyboard-interactive") as server:
        known = tandem.home / "known_hosts"
        known.parent.mkdir(exist_ok=True)
        known.write_text(f"[127.0.0.1]:{server.port} {server.key.get_name()} {server.key.get_base64()}\n")
        tandem.ok("server", "add", "odd", "--host", "127.0.0.1", "--port", str(server.port), "--user", "me")
        terminal = Terminal(tandem, "server", "check", "odd")
        try:
            terminal.until('"Code"')
            assert f"odd asks me@[127.0.0.1]:{server.port}, saying: Title Please answer" in terminal.said
            assert 'odd: "Code": ' in terminal.said
            assert "\x1b" not in terminal.said
            terminal.type("wrong\n")
            terminal.until('odd: "Again": ')
            terminal.type("wrong\n")
            assert terminal.end() != 0
            assert "odd: me was not let in; tried" in terminal.said
        finally:
            terminal.close()
