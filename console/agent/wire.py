"""Frames on a byte stream and the one error that travels: 4 bytes of length, then a JSON object.

Only bytes and values here; who answers what is main.py's. The supervisor loads it: no slow imports.
"""

import errno
import json
import math
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, Dict, Optional

    Message = Dict[str, Any]

PROTOCOL = 1
MARKER = "TANDEM-AGENT"
# What we accept from the console, and what the console accepts from us.
MAX_IN = 8 * 1024 * 1024
MAX_OUT = 4 * 1024 * 1024


_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENAMETOOLONG)


class AgentError(Exception):
    """Something the world did to us, told by a code of the console's catalogue and its attributes."""

    def __init__(self, code: str, **attrs: "Any") -> None:
        super().__init__(code, attrs)
        self.code = code
        self.attrs = attrs

    def as_dict(self) -> "Message":
        """The shape that travels."""
        return {"code": self.code, "attrs": self.attrs}


class BrokenFrame(Exception):
    """The peer does not speak our protocol; the stream cannot be read any further."""


class BadMessage(Exception):
    """A whole frame whose content is no message; the stream itself is sound."""


def no_space(error: OSError) -> bool:
    """Whether a failure means that the disk or the quota is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def from_os_error(error: OSError, path: str, reading: bool = False) -> AgentError:
    """The Problem for a failed system call on a path."""
    reason = error.strerror or type(error).__name__
    if no_space(error):
        return AgentError("remote.disk_full", path=path)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return AgentError("remote.path_missing", path=path)
    if not reading and error.errno in (
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.EISDIR,
        errno.ENAMETOOLONG,
    ):
        return AgentError("remote.not_writable", path=path, reason=reason)
    return AgentError("agent.failed", reason="%s: %s" % (path, reason))


def read_exactly(stream: "BinaryIO", count: int) -> "Optional[bytes]":
    """That many bytes, or None where the stream ends first."""
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame(stream: "BinaryIO", limit: int = MAX_IN) -> "Optional[Message]":
    """The next message, None at the end of the stream.

    Raises:
        BrokenFrame: the length is beyond the limit.
        BadMessage: the frame is no JSON object.
    """
    header = read_exactly(stream, 4)
    if header is None:
        return None
    (length,) = struct.unpack(">I", header)
    if length > limit:
        raise BrokenFrame("a frame of %d bytes is over the limit of %d" % (length, limit))
    body = read_exactly(stream, length)
    if body is None:
        return None
    try:
        message = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadMessage(str(error)) from error
    if not isinstance(message, dict):
        raise BadMessage("a frame must hold a JSON object")
    return message


def finite(value: "Any") -> "Any":
    """The same value with NaN and infinities as None: JSON has no words for them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(each) for each in value]
    return value


def encode_frame(message: "Message") -> bytes:
    """A message as a frame; ValueError where it is beyond what the console accepts."""
    try:
        body = json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii")
    except ValueError:
        body = json.dumps(finite(message), separators=(",", ":"), allow_nan=False).encode("ascii")
    if len(body) > MAX_OUT:
        raise ValueError("an answer of %d bytes is over the limit of %d" % (len(body), MAX_OUT))
    return struct.pack(">I", len(body)) + body
