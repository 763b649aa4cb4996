"""The server's end of a copy: its frames, its loop, and which operation is whose. Nothing here touches files.

Runs over a channel of its own, beside the agent, and ends with it. Operations are done in the order they
come; the first that fails ends the process, after it has said why.
"""

import contextlib
import fcntl
import json
import os
import struct
import sys
import traceback
from typing import Any, Dict, Optional, Tuple

from . import wire
from .hashing import AHEAD
from .wire import AgentError

Message = Dict[str, Any]

JSON, DATA, COPY, DATA_AT = 1, 2, 3, 4
HEAD = struct.Struct(">BI")
MAX_FRAME = 8 * 1024 * 1024
MAX_ANSWER = 1024 * 1024
_BUFFER = 1024 * 1024
_PIPE_BYTES = 1024 * 1024
_SET_PIPE_SIZE = 1031
"""F_SETPIPE_SZ, which Python has a name for since 3.10."""


class Gone(Exception):
    """The console hung up."""


class Pipe:
    """Frames on stdin and stdout."""

    def __init__(self, source: Any, descriptor: int) -> None:
        self._source = source
        self._descriptor = descriptor
        # One is filled while those before it are still being hashed.
        self._buffers = [bytearray(_BUFFER) for _ in range(AHEAD + 1)]
        # A line that is a socket has neither.
        for end in () if source is None else (source.fileno(), descriptor):
            with contextlib.suppress(OSError):  # no pipe, or the user's share of pipes is used up
                fcntl.fcntl(end, _SET_PIPE_SIZE, _PIPE_BYTES)

    def receive(self) -> Tuple[int, memoryview]:
        """The next frame; the bytes of data are valid until `AHEAD` more such frames were received."""
        head = bytearray(HEAD.size)
        self._fill(memoryview(head))
        kind, size = HEAD.unpack(bytes(head))
        if size > MAX_FRAME:
            raise AgentError("agent.failed", reason="a frame of %d bytes is too large" % size)
        if kind in (DATA, DATA_AT):
            buffer = self._buffers.pop(0)
            buffer = buffer if size <= len(buffer) else bytearray(size)
            self._buffers.append(buffer)
        else:
            buffer = bytearray(size)
        view = memoryview(buffer)[:size]
        self._fill(view)
        return kind, view

    def receive_message(self) -> Message:
        """The next frame, which must be a message."""
        kind, view = self.receive()
        if kind != JSON:
            raise AgentError("agent.failed", reason="a message was expected, not kind %d" % kind)
        message = json.loads(bytes(view).decode("utf-8"))
        if not isinstance(message, dict):
            raise AgentError("agent.failed", reason="a message must be an object")
        return message

    def receive_data(self, wanted: int) -> memoryview:
        """The next frame, which must be data of that size."""
        kind, view = self.receive()
        if kind != DATA or len(view) != wanted:
            raise AgentError("agent.failed", reason="%d bytes of data were expected" % wanted)
        return view

    def _fill(self, view: memoryview) -> None:
        while view:
            got = self._source.readinto(view)
            if not got:
                raise Gone
            view = view[got:]

    def send(self, message: Message) -> None:
        """One message."""
        body = json.dumps(message, separators=(",", ":")).encode("ascii")
        self._write(HEAD.pack(JSON, len(body)) + body)

    def send_data(self, data: Any) -> None:
        """One frame of data."""
        self._write(HEAD.pack(DATA, len(data)))
        self._write(data)

    def _write(self, data: Any) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except OSError as error:
                raise Gone from error


class Copier:
    """Does what is asked; a module is compiled when the first operation of its kind comes."""

    _COMING = ("begin", "look", "file", "files", "settle", "dirs", "attrs", "have", "sums", "lane", "drop")

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._incoming: "Any" = None
        self._outgoing: "Any" = None

    def act(self, message: Message) -> Optional[Message]:
        """Do one operation; what it answers, if anything."""
        name = message.get("op")
        if name in self._COMING:
            if self._incoming is None:
                from .copy_in import Incoming

                self._incoming = Incoming(self._pipe)
            return getattr(self._incoming, name)(message)  # type: ignore[no-any-return]
        if name in ("walk", "get", "offer", "pieces"):
            if self._outgoing is None:
                from .copy_out import Outgoing

                self._outgoing = Outgoing(self._pipe)
            return getattr(self._outgoing, name)(message)  # type: ignore[no-any-return]
        raise AgentError("agent.failed", reason="there is no such operation")

    def end(self) -> None:
        """Small files that have no name yet go; a large file's part stays, to go on with."""
        if self._incoming is not None:
            self._incoming.drop({})


def run(bundle: Message) -> int:
    """The entry that boot.py calls; the process's exit status."""
    stdout = os.dup(1)
    os.dup2(2, 1)
    nonce = str((bundle.get("config") or {}).get("nonce", ""))
    os.write(stdout, ("\n%s %d %s\n" % (wire.MARKER, wire.PROTOCOL, nonce)).encode("ascii", "replace"))
    pipe = Pipe(sys.stdin.buffer, stdout)
    copier = Copier(pipe)
    try:
        while True:
            answer = copier.act(pipe.receive_message())
            if answer is not None:
                pipe.send(answer)
    except Gone:
        return 0
    except AgentError as error:
        _say(pipe, error)
    except OSError as error:
        path = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else ""
        _say(pipe, wire.from_os_error(error, path))
    except Exception as error:
        traceback.print_exc()
        _say(pipe, AgentError("agent.failed", reason="%s: %s" % (type(error).__name__, error)))
    finally:
        copier.end()
    return 1


def _say(pipe: Pipe, error: AgentError) -> None:
    try:
        pipe.send({"error": error.as_dict()})
    except Gone:
        return
