"""One line of a log as text with styles: colours kept, every other escape dropped, progress bars folded.

Each line begins unstyled: lines are read one by one, from anywhere in the log. Nothing here knows a theme.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from console.core.text import MAX_LINE_CHARS, decode, visible_text

Rgb = tuple[int, int, int]
Color = int | Rgb
"""One of the 16 of a terminal, or red, green, blue."""

# CSI, strings (OSC, DCS, PM, APC, SOS) and two-byte escapes (ECMA-48) that end with the line at the latest.
ESCAPES = (
    r"\x1b(?:\[[0-?]{0,256}[ -/]{0,16}[@-~]"
    r"|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
    r"|[ -/]{0,16}[0-Z\\`-~])"
)
_ESCAPE = re.compile(ESCAPES)
_SGR = re.compile(r"\x1b\[([0-9;:]{0,256})m\Z")
_RETURNS = re.compile(rb"\r+")
TAB = 8
MOST_RUNS = 2000
MOST_BYTES = 4 * MAX_LINE_CHARS
"""What of a line is looked at: so many bytes of its beginning and of its end."""


class Style(NamedTuple):
    """How a run of a line is drawn; None is the view's own colour."""

    fore: Color | None = None
    ground: Color | None = None
    bold: bool = False
    dim: bool = False
    underline: bool = False
    reverse: bool = False


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown of one line.

    Attributes:
        text: free of control characters.
        runs: (start, length, style) of what is not plain.
        left_out: bytes of it that are not shown: it is very long.
        folded: states of a progress bar that the shown one replaced.
    """

    text: str
    runs: tuple[tuple[int, int, Style], ...] = ()
    left_out: int = 0
    folded: int = 0


def parse_line(head: bytes, length: int | None = None, tail: bytes = b"") -> Line:
    """A line without its end.

    Args:
        head: its first bytes, all of them where `length` is None.
        length: how many bytes it has.
        tail: its last bytes where `head` is not all of it.
    """
    whole = len(head) if length is None else length
    shown, folded = _last_state(head, tail, whole)
    left_out = max(0, whole - len(head)) if shown is not tail and not (tail and folded) else 0
    if len(shown) > MOST_BYTES:
        left_out += len(shown) - MOST_BYTES
        shown = shown[:MOST_BYTES]
    text = decode(shown)
    if text.isascii() and text.isprintable():
        runs: tuple[tuple[int, int, Style], ...] = ()
    else:
        text, runs = _styled(text)
    if len(text) > MAX_LINE_CHARS:
        left_out += len(text[MAX_LINE_CHARS:].encode("utf-8", "replace"))
        text = text[:MAX_LINE_CHARS]
        runs = tuple(
            (at, min(count, MAX_LINE_CHARS - at), style) for at, count, style in runs if at < MAX_LINE_CHARS
        )
    return Line(text, runs, left_out, folded)


def _last_state(head: bytes, tail: bytes, whole: int) -> tuple[bytes, int]:
    """What a terminal would show at the end: what follows the last carriage return that something follows."""
    if b"\r" not in head and b"\r" not in tail:
        return head, 0
    for part in (tail, head):
        body = _RETURNS.sub(b"\r", part)
        body = body[:-1] if body.endswith(b"\r") and (part is tail or whole <= len(head)) else body
        before, found, last = body.rpartition(b"\r")
        if found:
            return last, before.count(b"\r") + (1 if before[:1] not in (b"", b"\r") else 0)
    return (head.rstrip(b"\r") if whole <= len(head) else head), 0


def _styled(text: str) -> tuple[str, tuple[tuple[int, int, Style], ...]]:
    style, at, column = PLAIN, 0, 0
    parts: list[str] = []
    runs: list[tuple[int, int, Style]] = []

    def put(piece: str) -> None:
        nonlocal column
        shown = visible_text(piece)
        if "\t" in shown:
            shown = _expanded(shown, column)
        if not shown:
            return
        if style != PLAIN and len(runs) < MOST_RUNS:
            if runs and runs[-1][2] == style and runs[-1][0] + runs[-1][1] == column:
                runs[-1] = (runs[-1][0], runs[-1][1] + len(shown), style)
            else:
                runs.append((column, len(shown), style))
        parts.append(shown)
        column += len(shown)

    for found in _ESCAPE.finditer(text):
        put(text[at : found.start()])
        at = found.end()
        sgr = _SGR.match(found.group())
        if sgr:
            style = _after(style, sgr.group(1))
    put(text[at:])
    return "".join(parts), tuple(runs)


def _expanded(text: str, column: int) -> str:
    parts = text.split("\t")
    whole = parts[0]
    for part in parts[1:]:
        whole += " " * (TAB - (column + len(whole)) % TAB) + part
    return whole


def _after(style: Style, codes: str) -> Style:
    """The style after one SGR sequence; what is unknown in it changes nothing."""
    numbers = [int(each[:4]) if each else 0 for each in codes.replace(":", ";").split(";")]
    at = 0
    while at < len(numbers):
        code = numbers[at]
        at += 1
        if code in (38, 48):
            color, used = _extended(numbers[at:], colons=":" in codes)
            at += used
            if color is not None:
                style = style._replace(fore=color) if code == 38 else style._replace(ground=color)
        else:
            style = _simple(style, code)
    return style


def _simple(style: Style, code: int) -> Style:
    if code == 0:
        return PLAIN
    if code in _SWITCHES:
        return style._replace(**_SWITCHES[code])
    for first, name, offset in ((30, "fore", 0), (90, "fore", 8), (40, "ground", 0), (100, "ground", 8)):
        if first <= code < first + 8:
            return style._replace(**{name: code - first + offset})  # type: ignore[arg-type]
    if code == 39:
        return style._replace(fore=None)
    return style._replace(ground=None) if code == 49 else style


_SWITCHES: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"dim": True},
    4: {"underline": True},
    7: {"reverse": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    24: {"underline": False},
    27: {"reverse": False},
}  # fmt: skip
_STEPS = (0, 95, 135, 175, 215, 255)


def _extended(rest: list[int], *, colons: bool) -> tuple[Color | None, int]:
    """The colour of 38;5;N or 38;2;R;G;B (with colons a colour space may stand before), and its numbers."""
    if rest[:1] == [5] and len(rest) >= 2:
        return _of_256(rest[1]), 2
    if rest[:1] == [2] and len(rest) >= 4:
        start = 2 if colons and len(rest) >= 5 else 1
        red, green, blue = (min(255, each) for each in rest[start : start + 3])
        return (red, green, blue), start + 3
    return None, len(rest)


def _of_256(number: int) -> Color | None:
    if number < 16:
        return number
    if number < 232:
        number -= 16
        return _STEPS[number // 36], _STEPS[number // 6 % 6], _STEPS[number % 6]
    if number < 256:
        level = 8 + 10 * (number - 232)
        return level, level, level
    return None
