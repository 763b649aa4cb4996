"""Starting our own detached processes: the boot program again, fed through stdin, no file of ours needed."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import zlib
from typing import Any, Dict, Iterable, List, Optional, Sequence

from . import supervisor
from .execs import base_environment
from .paths import raw

# All that a supervisor needs; every module more costs its start-up time.
SUPERVISOR_MODULES = (
    "wire",
    "homes",
    "paths",
    "procs",
    "attempts",
    "checkpoints",
    "jobsecrets",
    "preparing",
    "snapshots",
    "limits",
    "child",
    "results",
    "units",
    "supervisor",
)
_CONFIRM_S = 20.0
_MAX_WORD = 65536


def start(
    bundle: Dict[str, Any],
    entry: str,
    config: Dict[str, Any],
    modules: Optional[Iterable[str]] = None,
    pass_fds: Sequence[int] = (),
) -> Optional[Dict[str, Any]]:
    """Start `entry` of the bundle in a session of its own and wait for the line it reports.

    Returns None where it reported nothing in time, which says nothing about whether it runs.
    """
    content = {
        "boot": bundle["boot"],
        "boot_line": bundle["boot_line"],
        "entry": entry,
        "config": config,
    }  # type: Dict[str, Any]
    if modules is None:
        content.update({key: bundle.get(key) for key in ("libraries", "probes", "modules", "sha256")})
    else:
        content["modules"] = {name: bundle["modules"][name] for name in modules}
    environment = {raw(name): raw(value) for name, value in base_environment().items()}
    process = subprocess.Popen(
        boot_argv(bundle),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=pass_fds,
        cwd="/",
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(packed(content))
        process.stdin.close()
    except OSError:  # it died at once; its missing word tells
        process.kill()
    word = _word(process.stdout.fileno())
    process.stdout.close()
    # What we started only forks and ends; the detached process is its child.
    try:
        process.wait(_CONFIRM_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return word


def fork(plan: Dict[str, Any], kept: Sequence[int]) -> Optional[Dict[str, Any]]:
    """Start a supervisor as a fork of this process, which must have no threads; the line it reports.

    An interpreter more costs tens of milliseconds and megabytes; a fork shares ours.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(write, 1)
        close_all_but(kept)
        supervisor.become(plan)
    os.close(write)
    word = _word(read)
    os.close(read)
    os.waitpid(pid, 0)
    return word


def close_all_but(kept: Sequence[int]) -> None:
    """In a forked child: close what it has inherited, so that no lock outlives its owner."""
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        if number > 2 and number not in kept:
            # The listing's own descriptor is closed already.
            with contextlib.suppress(OSError):
                os.close(number)


def boot_argv(bundle: Dict[str, Any]) -> List[str]:
    """The command that runs the boot program: no site packages, which only cost start-up time."""
    return [sys.executable, "-u", "-I", "-S", "-c", bundle["boot_line"], "boot", "exec"]


def packed(content: Dict[str, Any]) -> bytes:
    """What the boot program reads from its stdin."""
    body = zlib.compress(json.dumps(content).encode("ascii"), 1)
    return b"%08x" % len(body) + body


def _word(descriptor: int) -> Optional[Dict[str, Any]]:
    """The one line of JSON that the started process says."""
    deadline = time.monotonic() + _CONFIRM_S
    received = b""
    while b"\n" not in received and len(received) < _MAX_WORD:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        data = os.read(descriptor, 4096)
        if not data:
            break
        received += data
    try:
        word = json.loads(received.decode("utf-8"))
    except ValueError:
        return None
    return word if isinstance(word, dict) else None


def detach(word: bytes) -> None:
    """Say the word to whoever started this process, then let go of its pipes and its terminal."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The asker may be gone already; what it asked for is not.
    with contextlib.suppress(BrokenPipeError):
        os.write(1, word)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
