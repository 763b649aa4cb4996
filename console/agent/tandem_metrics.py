"""For the code of a job: report metrics, what a step's time goes into, and checkpoints. Copy it freely.

Tandem puts this file on the job's path: `import tandem_metrics`. Without Tandem it does nothing.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from typing import Any, Callable, Dict, Iterator, Optional

_PARTS = "step_time/"


class _State:
    """What is kept between two calls."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.parts = {}  # type: Dict[str, float]
        self.steps = 0
        self.stop = False
        self.listens = False
        self.warned = False


_state = _State()


def log(step: "Optional[float]" = None, **values: "Any") -> None:
    """Report values: `log(step=3, loss=0.2)`; names with a slash as `log(step=3, **{"val/loss": 0.3})`.

    What `step_part` measured since the last call goes along, as seconds a step.
    """
    line: Dict[str, Any] = {"time": time.time()}
    if step is not None:
        line["step"] = _number(step)
    line.update((name, _number(value)) for name, value in values.items())
    line.update(_take_parts())
    _write(line)


def _number(value: "Any") -> "Any":
    """A plain number of what may be a tensor or an array's element."""
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _write(line: "Dict[str, Any]") -> None:
    path = os.environ.get("TANDEM_METRICS")
    if not path:
        return
    try:
        # One write for a line: those of several processes do not mix.
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, (json.dumps(line, default=float) + "\n").encode("utf-8"))
        finally:
            os.close(descriptor)
    except OSError as error:
        # A full disk must not end the training.
        if not _state.warned:
            _state.warned = True
            sys.stderr.write("tandem_metrics: %s: %s\n" % (path, error.strerror))


@contextlib.contextmanager
def one_step() -> "Iterator[None]":
    """Around one step of the loop: counts it, and measures all of it."""
    began = time.perf_counter()
    try:
        yield
    finally:
        _add("total", time.perf_counter() - began)
        with _state.lock:
            _state.steps += 1


@contextlib.contextmanager
def step_part(name: str, sync: "Optional[Callable[[], Any]]" = None) -> "Iterator[None]":
    """Around a part of a step: data, forward, backward, optimizer, comm, or a name of your own.

    Work on a GPU goes on after the call that started it. To measure it too, give
    `sync=torch.cuda.synchronize`; that costs some speed.
    """
    began = time.perf_counter()
    try:
        yield
        if sync is not None:
            sync()
    finally:
        _add(name, time.perf_counter() - began)


def _add(name: str, seconds: float) -> None:
    with _state.lock:
        _state.parts[name] = _state.parts.get(name, 0.0) + seconds


def _take_parts() -> "Dict[str, float]":
    with _state.lock:
        parts, steps = _state.parts, max(1, _state.steps)
        _state.parts, _state.steps = {}, 0
    return {_PARTS + name: seconds / steps for name, seconds in parts.items()}


def should_stop() -> bool:
    """Whether the job was asked to save a checkpoint and end. Ask once a step, from the main thread.

    From the first call on SIGTERM does not end the process any more; the loop has to.
    """
    if not _state.listens and threading.current_thread() is threading.main_thread():
        _state.listens = True
        before = signal.getsignal(signal.SIGTERM)

        def heed(number: int, frame: "Any") -> None:
            _state.stop = True
            if callable(before) and before is not signal.default_int_handler:
                before(number, frame)

        signal.signal(signal.SIGTERM, heed)
    return _state.stop


def checkpointed(path: str, step: "Optional[float]" = None) -> None:
    """Tell that a checkpoint is whole and on disk, and where; the newest one counts."""
    folder = os.environ.get("TANDEM_JOB_DIR")
    if not folder:
        return
    told = {"path": os.path.abspath(str(path)), "step": _number(step), "time": time.time()}
    target = os.path.join(folder, "checkpoint.json")
    part = "%s.%d.part" % (target, os.getpid())
    with open(part, "w") as stream:
        json.dump(told, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, target)


def last_checkpoint() -> "Optional[str]":
    """The checkpoint that an earlier attempt of this job told of, None where there is none."""
    folder = os.environ.get("TANDEM_JOB_DIR")
    try:
        with open(os.path.join(folder or os.devnull, "checkpoint.json")) as stream:
            path = json.load(stream).get("path")
    except (OSError, ValueError, AttributeError):  # none was told of
        return None
    return path if isinstance(path, str) else None
