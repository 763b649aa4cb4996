"""Questions of a connection on the terminal: typed without echo, never without a terminal."""

from __future__ import annotations

import getpass
import sys

from console.core.prompt import Asked, Kind, Question, Reply

if sys.platform != "win32":
    import termios

_WHAT = {
    Kind.PASSPHRASE: "passphrase of the key",
    Kind.PASSWORD: "password of",
    Kind.SECRET: "value of secret",
}


class TerminalPrompt:
    """Asks on the thread that connects, one question at a time; Ctrl+C ends the command as always."""

    def __init__(self) -> None:
        # A command that ends while it is asked would leave a terminal that shows nothing typed.
        self._state = termios.tcgetattr(sys.stdin.fileno()) if sys.platform != "win32" else None

    def asked(self, asked: Asked) -> None:
        """Put a question to the person."""
        try:
            asked.answer(self._answer(asked.question))
        except (EOFError, OSError):
            asked.answer(None)

    def close(self) -> None:
        """Leave the terminal as it was found."""
        if sys.platform != "win32" and self._state is not None:
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._state)

    def _answer(self, question: Question) -> Reply | None:
        if question.kind is Kind.ANSWERS:
            _say(
                f"{question.server} asks {question.about}"
                + (f", saying: {question.said}" if question.said else "")
            )
        if question.note:
            _say(question.note)
        texts = [
            self._line(f"{question.server}: {_label(question, field.label)}: ", shown=field.shown)
            for field in question.fields
        ]
        if not any(texts) and question.kind is not Kind.ANSWERS:
            return None
        keep = False
        if question.can_keep:
            wish = self._line("Keep it in the system keyring? [y/N] ", shown=True)
            keep = wish.strip().lower() in ("y", "yes")
        return Reply(tuple(texts), keep)

    def _line(self, text: str, *, shown: bool) -> str:
        if not shown:
            return getpass.getpass(text)
        print(text, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")


def _label(question: Question, label: str) -> str:
    known = _WHAT.get(question.kind)
    return f"{known} {question.about}" if known else f'"{label.rstrip(": ")}"'


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
