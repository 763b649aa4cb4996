"""Frames and the search for the first line, cut anywhere and fed with anything."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.fleet.frames import (
    MAX_FRAME_BYTES,
    MAX_NOISE_BYTES,
    FrameDecoder,
    FrameError,
    NoPython,
    Preamble,
    Started,
    TooNoisy,
    encode,
)

NONCE = "0123456789abcdef"
LINE = f"\nTANDEM-AGENT 1 {NONCE}\n".encode()

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
messages = st.dictionaries(st.text(max_size=8), values, max_size=5)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({min(cut, len(data)) for cut in cuts})
    return [data[a:b] for a, b in zip([0, *at], [*at, len(data)], strict=True)]


@given(st.lists(messages, max_size=5), st.lists(st.integers(0, 2000), max_size=8))
def test_r50_frames_arrive_whole_however_they_are_cut(sent: list[dict], cuts: list[int]) -> None:
    decoder = FrameDecoder()
    found = []
    for piece in pieces(b"".join(encode(message) for message in sent), cuts):
        found += [frame for frame, _ in decoder.feed(piece)]
    assert found == json.loads(json.dumps(sent))
    assert decoder.pending_bytes == 0


@given(st.binary(max_size=3000), st.lists(st.integers(0, 3000), max_size=4))
def test_r50_anything_else_is_a_frame_error_and_nothing_worse(data: bytes, cuts: list[int]) -> None:
    decoder = FrameDecoder(max_frame_bytes=1000)
    try:
        for piece in pieces(data, cuts):
            for frame, _ in decoder.feed(piece):
                assert isinstance(frame, dict)
    except FrameError:
        return
    assert decoder.pending_bytes <= 1004


def frame(payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + payload


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"7",
        b"{",
        b'{"a":1}x',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1,"a":2}',
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"a":' + b"[" * 100_000,
        b'{"a":' + b'{"b":' * 5000 + b"1" + b"}" * 5001,
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"\\ud800":1,"\\ud801":2}',
    ],
    ids=lambda payload: repr(payload[:20]),
)
def test_r50_bad_payloads_are_refused(payload: bytes) -> None:
    with pytest.raises(FrameError):
        FrameDecoder().feed(frame(payload))


def test_r50_a_frame_that_is_too_long_is_refused_before_it_comes() -> None:
    with pytest.raises(FrameError):
        FrameDecoder().feed(struct.pack(">I", MAX_FRAME_BYTES + 1))


def test_r50_broken_text_is_replaced_not_fatal() -> None:
    ((found, _),) = FrameDecoder().feed(frame(b'{"a":"\\ud800x","b":"\xff\xfe","c":["\\ud83d\\ude00"]}'))
    assert found == {"a": "?x", "b": "\ufffd\ufffd", "c": ["😀"]}
    assert json.dumps(found).encode()


def test_r50_depth_is_bounded_but_breadth_is_not() -> None:
    wide = {"a": [{"b": i} for i in range(500)]}
    ((found, _),) = FrameDecoder().feed(encode(wide))
    assert found == wide


@given(st.binary(max_size=3000), st.binary(max_size=200), st.lists(st.integers(0, 3500), max_size=6))
def test_the_first_line_is_found_behind_any_noise(noise: bytes, rest: bytes, cuts: list[int]) -> None:
    if b"TANDEM" in noise:
        return
    preamble = Preamble(NONCE)
    found: list[object] = []
    after = b""
    for piece in pieces(noise + LINE + rest, cuts):
        if found:
            after += piece
        elif (answer := preamble.feed(piece)) is not None:
            found.append(answer)
    (answer,) = found
    assert isinstance(answer, Started)
    assert answer.rest + after == rest


def test_noise_is_bounded() -> None:
    preamble = Preamble(NONCE)
    answers = [preamble.feed(b"y\n" * 4096) for _ in range(MAX_NOISE_BYTES // 8192 + 1)]
    assert isinstance(answers[-1], TooNoisy)
    assert answers[:-1] == [None] * (len(answers) - 1)


def test_another_nonce_is_noise() -> None:
    assert Preamble(NONCE).feed(LINE.replace(b"0", b"1")) is None


@pytest.mark.parametrize(
    "text", [b"hi\nTANDEM-NO-PYTHON\n", b"TANDEM-NO-PYTHON\r\n", b"motdTANDEM-NO-PYTHON\n"]
)
def test_no_python_is_told(text: bytes) -> None:
    preamble = Preamble(NONCE)
    answers = [preamble.feed(bytes([byte])) for byte in text]
    assert isinstance(answers[-1], NoPython)
