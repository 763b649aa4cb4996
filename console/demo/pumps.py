"""Moving bytes between the demo's SSH channels and processes or sockets. No SSH decisions live here."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from functools import partial
from typing import IO

import paramiko

_CHUNK_BYTES = 64 * 1024
_LOG = logging.getLogger(__name__)


def run_command(channel: paramiko.Channel, command: bytes, environment: dict[str, str]) -> None:
    """Run a command line as sshd would: by the shell, in HOME, ended when the client goes."""
    process = subprocess.Popen(
        ["/bin/sh", "-c", os.fsdecode(command)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=environment["HOME"],
        env=environment,
        start_new_session=True,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    feeding = _start(lambda: _feed(channel, process), "demo-stdin")
    pumps = [
        _start(lambda: _drain(process.stdout, channel.sendall), "demo-stdout"),
        _start(lambda: _drain(process.stderr, channel.sendall_stderr), "demo-stderr"),
    ]
    for pump in pumps:
        pump.join()
    status = process.wait()
    _quietly(lambda: channel.send_exit_status(status if status >= 0 else 128 - status))
    _quietly(channel.close)
    feeding.join(5)


def _start(target: Callable[[], None], name: str) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread


def _feed(channel: paramiko.Channel, process: subprocess.Popen[bytes]) -> None:
    """Client to process; at the client's end the process gets end of input, then a hang-up."""
    assert process.stdin
    while True:
        data = channel.recv(_CHUNK_BYTES)
        if not data:
            break
        try:
            process.stdin.write(data)
            process.stdin.flush()
        except BrokenPipeError:
            break
    _quietly(process.stdin.close)
    if channel.closed and process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGHUP)
        except ProcessLookupError:
            _LOG.debug("process %d was gone already", process.pid)


def _drain(source: IO[bytes] | None, send: Callable[[bytes], object]) -> None:
    """Process to client; goes on reading after the client left, so that the process never blocks."""
    assert source
    connected = True
    while data := os.read(source.fileno(), _CHUNK_BYTES):
        if connected:
            connected = _quietly(partial(send, data))
    source.close()


def relay(channel: paramiko.Channel, target: socket.socket) -> None:
    """Join a forward's channel and its socket in both directions until both have ended."""
    target.settimeout(None)
    target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def to_target() -> None:
        while (data := channel.recv(_CHUNK_BYTES)) and _quietly(lambda: target.sendall(data)):
            continue
        _quietly(lambda: target.shutdown(socket.SHUT_WR))

    def to_channel() -> None:
        while (data := _received(target)) and _quietly(lambda: channel.sendall(data)):
            continue
        _quietly(channel.shutdown_write)

    def both() -> None:
        there = _start(to_target, "demo-forward-in")
        to_channel()
        there.join()
        _quietly(channel.close)
        target.close()

    _start(both, "demo-forward")


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(_CHUNK_BYTES)
    except OSError as error:
        _LOG.debug("forward ended: %s", error)
        return b""


def _quietly(act: Callable[[], object]) -> bool:
    """Do it; False where the other end has gone, which is how a session normally ends."""
    try:
        act()
    except (OSError, EOFError, paramiko.SSHException) as error:
        _LOG.debug("the other end has gone: %s", error)
        return False
    return True
