"""Questions on a real terminal: typed without echo, never asked without one, the terminal left as it was."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import termios
import time
from pathlib import Path

import pytest

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer, make_key


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, tandem: Tandem, *words: str) -> None:
        self.ours, theirs = pty.openpty()
        self.theirs = theirs
        self.process = subprocess.Popen(
            tandem.command(*words),
            env=tandem.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
        )
        self.said = ""

    def until(self, text: str, within_s: float = 20) -> None:
        deadline = time.monotonic() + within_s
        while text not in self.said:
            assert time.monotonic() < deadline, self.said
            ready, _, _ = select.select([self.ours], [], [], 0.1)
            if ready:
                self.said += os.read(self.ours, 4096).decode(errors="replace")

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.theirs)[3] & termios.ECHO)

    def end(self) -> int:
        code = self.process.wait(20)
        time.sleep(0.1)
        while select.select([self.ours], [], [], 0)[0]:
            self.said += os.read(self.ours, 4096).decode(errors="replace")
        return code

    def close(self) -> None:
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def locked(tandem: Tandem, lab_server: LabServer, tmp_path: Path) -> LabServer:
    key = make_key(tmp_path / "id_locked", passphrase="open sesame")
    lab_server.authorized_keys.write_text(Path(f"{key}.pub").read_text())
    tandem.add(lab_server)
    tandem.ok("server", "add", "lab", "--replace", "--host", lab_server.host, "--port", str(lab_server.port),
              "--user", lab_server.user, "--identity", str(key))  # fmt: skip
    tandem.environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    return lab_server


def test_a_passphrase_is_typed_without_echo(tandem: Tandem, locked: LabServer) -> None:
    terminal = Terminal(tandem, "exec", "lab", "--", "echo", "inside")
    try:
        terminal.until("id_locked: ")
        assert "lab: passphrase of the key" in terminal.said
        assert "There is no system keyring here, so it is kept for this run only." in terminal.said
        assert not terminal.echoes
        terminal.type("wrong one\n")
        terminal.until("The one before was wrong.")
        terminal.until("id_locked: ")
        time.sleep(0.2)
        terminal.type("open sesame\n")
        assert terminal.end() == 0
        assert "inside" in terminal.said
        assert "sesame" not in terminal.said
        assert terminal.echoes
    finally:
        terminal.close()


@pytest.mark.faults
def test_ctrl_c_at_a_question_leaves_a_terminal_that_shows_what_is_typed(
    tandem: Tandem, locked: LabServer
) -> None:
    terminal = Terminal(tandem, "exec", "lab", "--", "true")
    try:
        terminal.until("id_locked: ")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
        assert terminal.echoes
    finally:
        terminal.close()


def test_without_a_terminal_nobody_is_asked(tandem: Tandem, locked: LabServer) -> None:
    ran = tandem.run("exec", "lab", "--", "true", stdin="open sesame\n")
    assert ran.code == 255
    assert "it is encrypted and no passphrase was given" in ran.err
