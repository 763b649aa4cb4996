"""Making text that a server sent harmless to show: control and bidi characters out, lines bounded."""

from __future__ import annotations

import re
import unicodedata

MAX_LINE_CHARS = 8 * 1024

# CSI, OSC/DCS/PM/APC strings and lone two-byte escapes (ECMA-48).
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_SHORT = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _visible(char: str) -> str:
    return char if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs") else ""


def safe_text(text: str, *, max_chars: int = MAX_LINE_CHARS) -> str:
    """Text of several lines for a log view: escape sequences, controls and bidi overrides removed,
    every line cut at `max_chars`."""
    cleaned = "".join(_visible(char) for char in _ESCAPES.sub("", text).translate(_BIDI))
    return "\n".join(line[:max_chars] for line in cleaned.split("\n"))


def visible_text(text: str) -> str:
    """Text of one line with what could hide, move or break it written out, as `visible_name` does; tabs,
    backslashes and the spaces of other scripts stay."""
    return text if text.isprintable() else "".join(map(_seen, text))


def _seen(char: str) -> str:
    plain = char.isprintable() or char == "\t" or unicodedata.category(char) == "Zs"
    return char if plain else _written(char)


def safe_line(text: str, *, max_chars: int = 500) -> str:
    """One line for a label, a cell or a sentence: as `safe_text`, with line ends turned into spaces."""
    return " ".join(safe_text(text).split())[:max_chars]


def decode(data: bytes) -> str:
    """Bytes of a server as text; what is not UTF-8 becomes U+FFFD."""
    return data.decode("utf-8", errors="replace")


def visible_name(name: str) -> str:
    """A name with what could hide, move or break text written out: `\\n`, `\\u202e`, `\\xff` for a byte
    that is no UTF-8 (a lone surrogate here), `\\\\` for a backslash. Different names stay different."""
    plain = name.isascii() and name.isprintable() and "\\" not in name
    return name if plain else "".join(map(_written, name))


def _written(char: str) -> str:
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable() and code not in _BIDI:
        return char
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
