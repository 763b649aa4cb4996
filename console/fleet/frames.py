"""The agent's wire as pure functions: frames in and out, and the search for its first line in shell noise.

Everything is bounded and what a server sends is hostile until parsed. No I/O lives here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass

MAX_FRAME_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 32
MAX_NOISE_BYTES = 256 * 1024
MAX_REQUEST_BYTES = 8 * 1024 * 1024
_HEADER = struct.Struct(">I")
_NO_PYTHON = b"TANDEM-NO-PYTHON\n"

Frame = dict[str, object]
_NESTS = (dict, list)


class FrameError(ValueError):
    """The bytes are no frames of an agent; its text says why."""


def encode(message: Mapping[str, object]) -> bytes:
    """One frame: four bytes of length, then JSON.

    Raises:
        FrameError: the message is larger than an agent accepts.
    """
    payload = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    if len(payload) > MAX_REQUEST_BYTES:
        raise FrameError(f"a request of {len(payload)} bytes is larger than {MAX_REQUEST_BYTES}")
    return _HEADER.pack(len(payload)) + payload


class FrameDecoder:
    """Turns pieces of any size into frames; holds at most one frame that is not complete."""

    def __init__(self, max_frame_bytes: int = MAX_FRAME_BYTES) -> None:
        self._max = max_frame_bytes
        self._buffer = bytearray()

    @property
    def pending_bytes(self) -> int:
        """What waits for the rest of its frame."""
        return len(self._buffer)

    def feed(self, data: bytes | memoryview) -> list[tuple[Frame, int]]:
        """The frames that these bytes complete, each with its length.

        Raises:
            FrameError: too long, not JSON, not an object, too deep, keys twice or numbers out of range.
        """
        self._buffer += data
        frames = []
        start = 0
        while len(self._buffer) - start >= _HEADER.size:
            (length,) = _HEADER.unpack_from(self._buffer, start)
            if length > self._max:
                raise FrameError(f"a frame of {length} bytes is larger than {self._max}")
            end = start + _HEADER.size + length
            if len(self._buffer) < end:
                break
            frames.append((_parse(bytes(self._buffer[start + _HEADER.size : end])), length))
            start = end
        if start:
            del self._buffer[:start]
        return frames


def _object(pairs: list[tuple[str, object]]) -> Frame:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FrameError("a key appears twice in one object")
    return found


def _constant(text: str) -> object:
    raise FrameError(f"{text} is not a number")


_READER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _parse(payload: bytes) -> Frame:
    text = payload.decode("utf-8", errors="replace")
    try:
        found = _READER.decode(text)
    except FrameError:
        raise
    except (ValueError, RecursionError) as error:
        raise FrameError(f"not JSON: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise FrameError("not an object")
    if not _surely_shallow(payload) and _too_deep(found):
        raise FrameError(f"nested deeper than {MAX_DEPTH}")
    # Only an escape can bring half a surrogate pair.
    if "\\ud" in text or "\\uD" in text:
        found = _without_surrogates(found)
        if not isinstance(found, dict):  # an object stays an object; for the type checker
            raise FrameError("not an object")
    return found


def _surely_shallow(payload: bytes) -> bool:
    """Whether its brackets alone tell that it is not too deep; those within texts leave a doubt.

    Each turn takes away the innermost level, or two of them.
    """
    left = payload.translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH // 2):
        less = left.replace(b"{}", b"").replace(b"[]", b"")
        if len(less) == len(left):
            return not left
        left = less
    return not left


def _too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below += [item for item in each.values() if isinstance(item, _NESTS)]
            elif isinstance(each, list):
                below += [item for item in each if isinstance(item, _NESTS)]
        if not below:
            return False
        level = below
    return True


def _without_surrogates(value: object) -> object:
    """The depth is known to be bounded here."""
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode()
    if isinstance(value, dict):
        cleaned = {str(_without_surrogates(key)): _without_surrogates(item) for key, item in value.items()}
        if len(cleaned) != len(value):
            raise FrameError("a key appears twice in one object")
        return cleaned
    return [_without_surrogates(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Started:
    """The first line was found; `rest` are the bytes after it."""

    rest: bytes


@dataclass(frozen=True, slots=True)
class NoPython:
    """The boot line found no interpreter."""


@dataclass(frozen=True, slots=True)
class TooNoisy:
    """More noise than is read; nothing was found."""

    bytes: int


class Preamble:
    """Looks for `word 1 NONCE` on a line of its own in what a login shell prints before it.

    Args:
        nonce: what the other side was told to answer with; old output cannot hold it.
        word: TANDEM-AGENT or TANDEM-SHELL.
    """

    def __init__(self, nonce: str, *, word: str = "TANDEM-AGENT") -> None:
        self._marker = f"\n{word} 1 {nonce}\n".encode()
        self._buffer = bytearray(b"\n")

    @property
    def noise(self) -> bytes:
        """What came so far."""
        return bytes(self._buffer[1:])

    def feed(self, data: bytes) -> Started | NoPython | TooNoisy | None:
        """What these bytes decide, or None while more are needed."""
        searched = max(0, len(self._buffer) - len(self._marker))
        self._buffer += data
        at = self._buffer.find(self._marker, searched, MAX_NOISE_BYTES + len(self._marker))
        if at >= 0:
            return Started(bytes(self._buffer[at + len(self._marker) :]))
        # Lines may end in CR LF where a shell asked for a terminal's manners.
        tail = bytes(self._buffer[max(0, searched - 2) :]).replace(b"\r\n", b"\n")
        if _NO_PYTHON in tail:
            return NoPython()
        noise = len(self._buffer) - 1
        return TooNoisy(noise) if noise > MAX_NOISE_BYTES else None
