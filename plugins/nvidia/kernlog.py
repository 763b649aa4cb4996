"""The driver's words in the kernel's log: XIDs by PCI address. NVML keeps none of them for later.

/dev/kmsg where it may be read; else the journal; else dmesg by sudo where the operator switched that on.
"""

import os
import re
import subprocess
import threading
import time
from typing import Any, Dict, Iterable, List, Optional, Tuple

# Of a slice of a divided card the line names the slice behind the address: "(PCI:0000:01:00 GPU-I:05)".
_XID = re.compile(r"NVRM: Xid \((?:PCI:)?([0-9a-fA-F:.]+)(?: GPU-I:\d+)?\): (\d+),?\s*(.*)")
_OFF_THE_BUS = re.compile(
    r"NVRM: (?:GPU|The NVIDIA GPU) (?:at )?(?:PCI:)?([0-9a-fA-F:.]+):? .*fallen off the bus"
)
_FALLEN = 79
_KEPT = 32
_KMSG_S = 5.0
_COMMAND_S = 60.0
_COMMAND_PATIENCE_S = 15.0
_RECORD = 8192
_MAX_OUTPUT = 4 * 1024 * 1024

Event = Tuple[str, Dict[str, Any]]


def place(address: str) -> str:
    """A PCI address without its function and with a domain of four digits: "0000:3b:00"."""
    parts = address.lower().split(".")[0].split(":")
    if len(parts) == 2:
        parts.insert(0, "0")
    try:
        return ":".join("%0*x" % (width, int(part, 16)) for width, part in zip((4, 2, 2), parts))
    except ValueError:
        return address.lower()


def event_of(message: str, seconds: float) -> Optional[Event]:
    """(PCI address, event) where a line of the log tells of an XID."""
    found = _XID.search(message)
    if found is not None:
        code, words = int(found.group(2)), found.group(3)
    else:
        found = _OFF_THE_BUS.search(message)
        if found is None:
            return None
        code, words = _FALLEN, "GPU has fallen off the bus."
    return place(found.group(1)), {"time": round(seconds, 3), "code": code, "text": words.strip()[:200]}


def from_kmsg(record: str, booted: float) -> Optional[Event]:
    """One record of /dev/kmsg: "priority,number,microseconds,flags;words"."""
    head, _, words = record.partition(";")
    if "NVRM" not in words:
        return None
    fields = head.split(",")
    try:
        return event_of(words, booted + int(fields[2]) / 1e6)
    except (IndexError, ValueError):
        return None


def from_lines(lines: Iterable[str], booted: float) -> List[Event]:
    """Lines of `journalctl -o short-unix` (seconds since 1970) or `dmesg` ("[seconds since boot]")."""
    events = []
    for line in lines:
        if "NVRM" not in line:
            continue
        found = re.match(r"\s*(?:<\d+>)?\[?\s*(\d+\.\d+)\]?\s", line)
        if found is None:
            continue
        seconds = float(found.group(1))
        event = event_of(line, seconds if seconds > 1e9 else booted + seconds)
        if event is not None:
            events.append(event)
    return events


def _booted() -> float:
    with open("/proc/uptime") as stream:
        return time.time() - float(stream.read().split()[0])


def run(argv: List[str]) -> Optional[str]:
    """What a command wrote; None where it is not there, refuses or is too slow."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ, LC_ALL="C"),
        )
    except OSError:
        return None
    timer = threading.Timer(_COMMAND_PATIENCE_S, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        output = process.stdout.read(_MAX_OUTPUT)
        process.stdout.close()
        return output.decode("utf-8", "replace") if process.wait() == 0 else None
    finally:
        timer.cancel()


def _same(one: Dict[str, Any], other: Dict[str, Any]) -> bool:
    """Whether two lines tell of one event: read twice, or an XID with plain words beside it."""
    if one["code"] != other["code"]:
        return False
    apart = abs(one["time"] - other["time"])
    return apart < 2.0 and (one["text"] == other["text"] or one["code"] == _FALLEN)


class KernelLog:
    """Follows the log on a thread of its own: a command that hangs holds up nothing else."""

    def __init__(self, may_sudo: bool) -> None:
        self._may_sudo = may_sudo
        self._lock = threading.Lock()
        self._events: Dict[str, List[Dict[str, Any]]] = {}
        self._looked = threading.Event()
        self.access: Optional[str] = None
        self.version = 0
        self._ended = threading.Event()
        thread = threading.Thread(target=self._follow, name="kernel-log")
        thread.daemon = True
        thread.start()

    def wait(self, seconds: float) -> None:
        """Until the first look is over, or so long."""
        self._looked.wait(seconds)

    def events(self, address: str) -> Optional[List[Dict[str, Any]]]:
        """What the log tells of a PCI address; None where it cannot be read."""
        with self._lock:
            return None if self.access != "ok" else list(self._events.get(address, ()))

    def _add(self, events: Iterable[Event]) -> None:
        with self._lock:
            for address, event in events:
                kept = self._events.setdefault(address, [])
                if not any(_same(each, event) for each in kept):
                    self.version += 1
                    kept.append(event)
                    del kept[:-_KEPT]

    def _follow(self) -> None:
        path = os.environ.get("TANDEM_TEST_KMSG", "/dev/kmsg")
        descriptor = -1
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            self._drain(descriptor)
        except OSError:
            if descriptor >= 0:
                os.close(descriptor)
            self._by_command()
            return
        self._tell("ok")
        try:
            while not self._ended.wait(_KMSG_S):
                self._drain(descriptor)
        finally:
            os.close(descriptor)

    def _drain(self, descriptor: int) -> None:
        """All records that are there; OSError where the log may not be read."""
        booted = _booted()
        found = []
        while True:
            try:
                record = os.read(descriptor, _RECORD)
            except BlockingIOError:
                break
            except BrokenPipeError:  # overwritten before we read it: the next one is there
                continue
            if not record:
                break
            # One record a read; what follows on further lines is its own and begins with a space.
            for line in record.decode("utf-8", "replace").split("\n"):
                event = from_kmsg(line, booted)
                if event is not None:
                    found.append(event)
        self._add(found)

    def _by_command(self) -> None:
        self._ask()
        while not self._ended.wait(_COMMAND_S):
            self._ask()

    def _tell(self, access: str) -> None:
        if access != self.access:
            self.version += 1
            self.access = access
        self._looked.set()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()

    def _ask(self) -> None:
        ways = [["journalctl", "-k", "-b", "-q", "-o", "short-unix", "--no-pager", "-n", "5000"], ["dmesg"]]
        if self._may_sudo:
            ways.append(["sudo", "-n", "dmesg"])
        for argv in ways:
            output = run(argv)
            # Every boot has lines: none at all means that they may not be read.
            if output is not None and output.strip():
                self._add(from_lines(output.splitlines(), _booted()))
                self._tell("ok")
                return
        self._tell("denied")
