"""TensorBoard's event files: framed records with checksums, and of their protocol buffers only the scalars.

Pure: bytes in, values out. Whatever the bytes are, reading ends and says what was wrong.
"""

import math
import struct
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

Emit = Callable[[str, float, float, float], None]
Field = Tuple[int, int, Union[int, bytes]]

HEADER = 12
FOOTER = 4
# A larger record holds a picture or a graph; it is passed over unread.
MAX_RECORD = 256 * 1024
_MAX_FIELDS = 20000
_MASK_DELTA = 0xA282EAD8
_POLYNOMIAL = 0x82F63B78
_FLOAT, _DOUBLE, _INT32, _INT64, _BFLOAT16, _HALF = 1, 2, 3, 9, 14, 19
_CONTENT = {_FLOAT: "<f", _DOUBLE: "<d", _INT32: "<i", _INT64: "<q", _HALF: "<e"}
# What tensors that are scalars say of themselves; older writers say nothing.
_PLUGINS = (b"", b"scalars")


class Damaged(Exception):
    """The framing is broken: what follows cannot be found."""


def _make_table() -> List[int]:
    table = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (_POLYNOMIAL if number & 1 else 0)
        table.append(number)
    return table


_TABLE = tuple(_make_table())


def masked_crc(data: bytes) -> int:
    """CRC-32C of the data, rotated and shifted as these files have it."""
    crc = 0xFFFFFFFF
    table = _TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def read(state: "Dict[str, Any]", data: bytes, _last: bool, emit: Emit) -> int:
    """Read whole records; how many bytes are done with. A record that is not whole yet is left.

    Args:
        state: "skip": bytes of a large record that are still to be passed over; "bad": records that did not
            fit their checksum, which are left out.
        emit: called with tag, step, time (seconds since 1970) and value of every scalar.

    Raises:
        Damaged: the length of a record does not fit its checksum; `state["done"]` bytes were read before it.
    """
    at = 0
    while len(data) - at >= HEADER:
        length, check = struct.unpack_from("<QI", data, at)
        if masked_crc(data[at : at + 8]) != check:
            state["done"] = at
            raise Damaged("a record's length does not fit its checksum")
        if length > MAX_RECORD:
            state["skip"] = length + FOOTER
            return at + HEADER
        end = at + HEADER + length + FOOTER
        if end > len(data):
            break
        record = data[at + HEADER : end - FOOTER]
        if masked_crc(record) != struct.unpack_from("<I", data, end - FOOTER)[0]:
            state["bad"] = int(state.get("bad") or 0) + 1
        else:
            _event(record, emit)
        at = end
    return at


def _varint(data: bytes, at: int) -> "Tuple[int, int]":
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than ten bytes")


def fields(data: bytes) -> "Iterator[Field]":
    """Number, wire type and raw value of every field; ValueError or IndexError where it is none."""
    at, end = 0, len(data)
    for _ in range(_MAX_FIELDS):
        if at >= end:
            return
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        value: Union[int, bytes] = b""
        if kind == 0:
            value, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(kind, -1)
            if kind == 2:
                size, at = _varint(data, at)
            if size < 0 or at + size > end:
                raise ValueError("a field that is longer than its message, or of no known type")
            value = data[at : at + size]
            at += size
        yield number, kind, value


def _event(record: bytes, emit: Emit) -> None:
    moment, step = math.nan, 0
    summaries = []
    try:
        for number, kind, value in fields(record):
            if number == 1 and kind == 1:
                (moment,) = struct.unpack("<d", value)  # type: ignore[arg-type]
            elif number == 2 and kind == 0:
                step = _signed(value)
            elif number == 5 and kind == 2:
                summaries.append(value)
        for summary in summaries:
            for number, kind, value in fields(summary):  # type: ignore[arg-type]
                if number == 1 and kind == 2:
                    _value(value, float(step), moment, emit)  # type: ignore[arg-type]
    except (ValueError, IndexError, struct.error):
        # The checksum fitted, so its writer meant it: a kind of record that is not for us.
        return


def _signed(value: "Union[int, bytes]") -> int:
    number = int(value)
    return number - (1 << 64) if number >= 1 << 63 else number


def _value(data: bytes, step: float, moment: float, emit: Emit) -> None:
    tag, plugin = b"", b""
    simple: Optional[float] = None
    tensor: Optional[bytes] = None
    for number, kind, value in fields(data):
        if number == 1 and kind == 2:
            tag = value  # type: ignore[assignment]
        elif number == 2 and kind == 5:
            (simple,) = struct.unpack("<f", value)  # type: ignore[arg-type]
        elif number == 8 and kind == 2:
            tensor = value  # type: ignore[assignment]
        elif number == 9 and kind == 2:
            plugin = _plugin(value)  # type: ignore[arg-type]
    if simple is None and tensor is not None and plugin in _PLUGINS:
        simple = _scalar(tensor)
    if simple is not None and tag:
        emit(tag.decode("utf-8", "replace"), step, moment, simple)


def _plugin(metadata: bytes) -> bytes:
    for number, kind, value in fields(metadata):
        if number == 1 and kind == 2:
            for inner, inner_kind, name in fields(value):  # type: ignore[arg-type]
                if inner == 1 and inner_kind == 2:
                    return name  # type: ignore[return-value]
    return b""


def _scalar(tensor: bytes) -> "Optional[float]":
    """The one number of a tensor without dimensions, None for any other."""
    kind, content = 0, b""
    numbers: List[float] = []
    for number, wire, value in fields(tensor):
        if number == 1 and wire == 0:
            kind = value  # type: ignore[assignment]
        elif number == 2 and wire == 2:
            if any(inner == 2 for inner, _, _ in fields(value)):  # type: ignore[arg-type]
                return None
        elif number == 4 and wire == 2:
            content = value  # type: ignore[assignment]
        elif number in (5, 6, 7, 10, 13):
            numbers += _numbers(number, wire, value)
    if content:
        return _from_content(kind, content)
    if len(numbers) != 1:
        return None
    if kind in (_HALF, _BFLOAT16):
        return _from_content(kind, struct.pack("<H", int(numbers[0]) & 0xFFFF))
    return float(numbers[0])


def _numbers(number: int, wire: int, value: "Union[int, bytes]") -> "List[float]":
    """The values of one of a tensor's typed lists, packed or not; more than one are never a scalar."""
    if number in (5, 6):
        size, form = (4, "<f") if number == 5 else (8, "<d")
        data = value if isinstance(value, bytes) else b""
        return [struct.unpack_from(form, data, at)[0] for at in range(0, len(data) - size + 1, size)][:2]
    if wire == 0:
        return [_signed(value)]
    found: List[float] = []
    at = 0
    data = value if isinstance(value, bytes) else b""
    while at < len(data) and len(found) < 2:
        each, at = _varint(data, at)
        found.append(float(_signed(each)))
    return found


def _from_content(kind: int, content: bytes) -> "Optional[float]":
    if kind == _BFLOAT16 and len(content) == 2:
        return float(struct.unpack("<f", b"\0\0" + content)[0])
    form = _CONTENT.get(kind)
    if form is None or len(content) != struct.calcsize(form):
        return None
    return float(struct.unpack(form, content)[0])
