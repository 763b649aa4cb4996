"""Frames: whatever goes in comes out, and what cannot be read says so."""

from __future__ import annotations

import errno
import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.agent import wire

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_a_message_comes_back_as_it_was(message: dict[str, object]) -> None:
    assert wire.read_frame(io.BytesIO(wire.encode_frame(message))) == message


def test_what_json_has_no_words_for_is_unknown() -> None:
    frame = wire.encode_frame({"a": float("nan"), "b": [float("inf"), 1.5]})
    assert json.loads(frame[4:]) == {"a": None, "b": [None, 1.5]}


@pytest.mark.parametrize("cut", [0, 2, 4, 10])
def test_a_stream_that_ends_is_an_end(cut: int) -> None:
    assert wire.read_frame(io.BytesIO(wire.encode_frame({"key": "value"})[:cut])) is None


def test_a_frame_beyond_the_limit_is_not_even_read() -> None:
    with pytest.raises(wire.BrokenFrame):
        wire.read_frame(io.BytesIO(struct.pack(">I", wire.MAX_IN + 1)))


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b'{"a": ' + b"[" * 100_000])
def test_a_frame_that_is_no_message_leaves_the_stream_sound(body: bytes) -> None:
    stream = io.BytesIO(struct.pack(">I", len(body)) + body + wire.encode_frame({"next": 1}))
    with pytest.raises(wire.BadMessage):
        wire.read_frame(stream)
    assert wire.read_frame(stream) == {"next": 1}


def test_an_answer_beyond_what_the_console_accepts_is_refused_here() -> None:
    with pytest.raises(ValueError):
        wire.encode_frame({"text": "x" * wire.MAX_OUT})


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "remote.disk_full"),
        (errno.EDQUOT, "remote.disk_full"),
        (errno.ENOENT, "remote.path_missing"),
        (errno.EROFS, "remote.not_writable"),
        (errno.EIO, "agent.failed"),
    ],
)
def test_a_failed_call_has_a_code(number: int, code: str) -> None:
    assert wire.from_os_error(OSError(number, "words"), "/path").code == code
