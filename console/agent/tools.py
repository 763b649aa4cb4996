"""What a probe needs to ask a vendor's command: a deadline, an end for what hangs, a cadence of its own.

Probes import it as `tandem_agent.tools`. Nothing here knows any vendor.
"""

import json
import os
import selectors
import shutil
import subprocess
import threading
import time
import traceback
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from . import procs

Row = Dict[str, Any]

_CHUNK = 64 * 1024
_MOST_BYTES = 8 * 1024 * 1024
# A command runs for one part in five of the time at most, and is never left alone for longer than this.
_REST = 4.0
_MOST_REST_S = 10.0
_END_S = 1.0
_IDENTITY = ("index", "uuid", "name", "vendor")


class Failed(Exception):
    """A command gave no answer; the text says why, for people."""


class Tool:
    """One command of a vendor. Never two of it at a time; `path` is None where it is not installed.

    Args:
        folders: where it may be beside PATH, which a session without login lacks.
        libraries: folders for LD_LIBRARY_PATH, as far as they exist.
    """

    def __init__(
        self,
        name: str,
        folders: Sequence[str] = (),
        deadline_s: float = 10.0,
        libraries: Sequence[str] = (),
    ) -> None:
        self.name = name
        # The one seam for the deadline: a test does not wait as long as an operator may have to.
        self.deadline_s = float(os.environ.get("TANDEM_TEST_TOOL_S", deadline_s))
        search = os.pathsep.join([os.environ.get("PATH", os.defpath)] + list(folders))
        self.path = shutil.which(name, path=search)
        # Should this agent be killed, the command's own guard still ends it.
        self._guard = shutil.which("timeout")
        self._environment = dict(os.environ, LC_ALL="C")
        present = [each for each in libraries if os.path.isdir(each)]
        if present:
            before = os.environ.get("LD_LIBRARY_PATH")
            self._environment["LD_LIBRARY_PATH"] = os.pathsep.join(present + ([before] if before else []))
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._closed = False

    def run(self, *arguments: str) -> str:
        """What the command prints.

        Raises:
            Failed: it is missing, ended with an error, or did not answer in time and was killed.
        """
        if self.path is None or self._closed:
            raise Failed("%s is not there" % self.name)
        if self._process is not None and self._process.poll() is None:
            raise Failed("%s hangs and the kernel cannot end it" % self.name)
        argv = [self.path] + list(arguments)
        if self._guard:
            argv = [self._guard, "-s", "KILL", "%d" % (self.deadline_s + 5)] + argv
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise Failed("%s cannot be started: %s" % (self.name, error.strerror)) from error
        self._process = process
        try:
            out, err = self._outputs(process)
        finally:
            self._end(process)
        if process.returncode != 0:
            said = (err.strip() or out.strip()).decode("utf-8", "replace").splitlines()
            raise Failed(
                "%s ended with %s: %s"
                % (self.name, process.returncode, said[-1][:300] if said else "no word")
            )
        return out.decode("utf-8", "replace")

    def _outputs(self, process: "subprocess.Popen[bytes]") -> Tuple[bytes, bytes]:
        deadline = time.monotonic() + self.deadline_s
        parts: Dict[str, bytes] = {"out": b"", "err": b""}
        with selectors.DefaultSelector() as selector:
            for stream, name in ((process.stdout, "out"), (process.stderr, "err")):
                assert stream is not None
                selector.register(stream, selectors.EVENT_READ, name)
            while selector.get_map():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Failed("%s did not answer within %g s and was ended" % (self.name, self.deadline_s))
                for key, _ in selector.select(left):
                    data = os.read(key.fd, _CHUNK)
                    if not data:
                        selector.unregister(key.fileobj)
                    parts[key.data] += data
                    if len(parts[key.data]) > _MOST_BYTES:
                        raise Failed("%s prints without end and was ended" % self.name)
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise Failed("%s closed its output and did not end" % self.name) from error
        return parts["out"], parts["err"]

    @staticmethod
    def _end(process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is None:
            procs.signal_group(process.pid, 9)
            # One that waits for its driver in the kernel stays; the next call sees that it is still there.
            end = time.monotonic() + _END_S
            while process.poll() is None and time.monotonic() < end:
                time.sleep(0.02)
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()

    def close(self) -> None:
        """End what runs; nothing is started any more."""
        self._closed = True
        process = self._process
        if process is not None and process.poll() is None:
            procs.signal_group(process.pid, 9)


def json_of(name: str, text: str) -> Any:
    """The JSON in what a command printed, past warnings that stand before it.

    Raises:
        Failed: there is none.
    """
    lines = text.splitlines(True)
    for at, line in enumerate(lines):
        if line.startswith(("{", "[")):
            try:
                return json.loads("".join(lines[at:]))
            except ValueError:
                continue
    raise Failed("%s printed no JSON: %s" % (name, text.strip()[:200] or "nothing"))


Reading = NamedTuple("Reading", [("value", Any), ("trouble", Optional[str]), ("hung", bool)])


class Readings:
    """What takes long to read: read on a thread of its own when somebody asks, one reading at a time.

    Args:
        every_s: the shortest time from the end of one reading to the next.
        stale_s: a reading that takes longer makes the last value too old to show.
        rest: how many times as long as a reading took nothing is read after it, up to `most_rest_s`.
    """

    def __init__(
        self,
        read: Callable[[], Any],
        every_s: float,
        stale_s: float,
        rest: float = _REST,
        most_rest_s: float = _MOST_REST_S,
    ) -> None:
        self._rest, self._most_rest_s = rest, most_rest_s
        self._read = read
        self._every_s = every_s
        self._stale_s = stale_s
        self._changed = threading.Condition()
        self._closed = False
        self._began: Optional[float] = None
        self._ended = self._took = 0.0
        self._answers = 0
        self._value: Any = None
        self._trouble: Optional[str] = None

    def latest(self, first_wait_s: float) -> Reading:
        """The last value; waits only while there has never been an answer."""
        end = time.monotonic() + first_wait_s
        with self._changed:
            self._ask()
            while not self._answers and time.monotonic() < end:
                self._changed.wait(end - time.monotonic())
            running_s = 0.0 if self._began is None else time.monotonic() - self._began
            if running_s > self._stale_s:
                text = "has not answered for more than %g s" % self._stale_s
                return Reading(self._value, text, True)
            return Reading(self._value, self._trouble, False)

    def _ask(self) -> None:
        rest = max(self._every_s, min(self._most_rest_s, self._rest * self._took))
        due = not self._answers or time.monotonic() - self._ended >= rest
        if due and self._began is None and not self._closed:
            self._began = time.monotonic()
            thread = threading.Thread(target=self._run, args=(self._began,), name="readings")
            thread.daemon = True
            thread.start()

    def _run(self, began: float) -> None:
        value, trouble = None, None  # type: Any, Optional[str]
        try:
            value = self._read()
        except Failed as error:
            trouble = str(error)
        except Exception as error:
            traceback.print_exc()
            trouble = "%s: %s" % (type(error).__name__, error)
        with self._changed:
            self._began, self._ended = None, time.monotonic()
            self._took = self._ended - began
            self._trouble = trouble
            if trouble is None:
                self._value = value
            self._answers += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing is read any more."""
        with self._changed:
            self._closed = True


class ToolProbe:
    """A probe over a vendor's command, as `open_probe` returns it.

    Args:
        read: rows, and what a person should know though there are rows (or None). On the readings' thread.
        tool: ended with the probe; its deadline is how long the first sample may take.
    """

    def __init__(
        self, read: Callable[[], Tuple[List[Row], Optional[str]]], tool: Tool, every_s: float = 2.0
    ) -> None:
        self._tool = tool
        self._readings = Readings(read, every_s, stale_s=tool.deadline_s / 2.0)
        self._known: List[Row] = []
        self._problem: Optional[str] = None

    def sample(self, _now: float) -> List[Row]:
        """The last rows; while the command fails, its devices without numbers."""
        reading = self._readings.latest(self._tool.deadline_s + 2.0)
        if reading.trouble is None and reading.value is not None:
            self._known, self._problem = reading.value
            return self._known
        trouble = "%s %s" % (self._tool.name, reading.trouble) if reading.hung else reading.trouble
        self._problem = trouble
        state = "unknown" if reading.hung else "error"
        return [
            dict({key: row.get(key) for key in _IDENTITY}, state=state, detail=trouble) for row in self._known
        ]

    @property
    def problems(self) -> Tuple[str, ...]:
        """What is wrong with the command as a whole."""
        return () if self._problem is None else (self._problem,)

    def close(self) -> None:
        """End the command; nothing is read any more."""
        self._readings.close()
        self._tool.close()


class Slow:
    """A value that is read again when it has become too old; kept where that fails."""

    def __init__(self, ttl_s: float) -> None:
        self._ttl_s = ttl_s
        self._read_at: Optional[float] = None
        self._value: Any = None

    def get(self, read: Callable[[], Any], default: Any) -> Any:
        """The value, the last one or the default where the command fails."""
        if self._read_at is None or time.monotonic() - self._read_at >= self._ttl_s:
            self._read_at = time.monotonic()
            try:
                self._value = read()
            except Failed:
                if self._value is None:
                    return default
        return default if self._value is None else self._value

    def forget(self) -> None:
        """Read it again at the next call."""
        self._read_at = None
