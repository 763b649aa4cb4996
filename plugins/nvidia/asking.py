"""One NVML call at a time on one GPU: what cannot be told is None, and is not asked again for a while.

Values only; which calls make a sample is fast.py's and slow.py's.
"""

from typing import Any, Dict, Iterable, List, Optional

# Values from here on are the libraries' ways to say "not available".
_BLANK = 0x7FFFFFFFFFFFFFF0
# NVML's numbers: not initialized, no driver, library and kernel module of different versions.
WHOLE_DRIVER = (1, 9, 18)
LOST = 15
NEEDS_RESET = 16
_NOT_SUPPORTED, _NO_PERMISSION, _NO_FUNCTION = 3, 4, 13
# An exception costs more than the call: what is not there is asked again only now and then.
_ASK_AGAIN_S = 30.0


class Gone(Exception):
    """This GPU does not answer any more."""


def text(value: Any) -> str:
    """NVML's strings: bytes from older bindings, text from newer ones."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def real(value: Any) -> Any:
    """A number, or None for the sentinels."""
    return None if value is None or value >= _BLANK else value


class Asker:
    """Asks the driver about one GPU (or about the machine, with no handle)."""

    def __init__(self, nvml: Any, handle: Any = None) -> None:
        self.nvml = nvml
        self.handle = handle
        self.now = 0.0
        self._later: Dict[Any, float] = {}

    def whole(self, function: str, *arguments: Any) -> Any:
        """A call with exactly these arguments; None where this GPU or driver cannot tell.

        Raises:
            Gone: the GPU is lost.
            NVMLError: the driver as a whole has failed, or the GPU needs a reset.
        """
        key = (function, arguments if function != "nvmlDeviceGetFieldValues" else len(arguments[1]))
        if self._later and self._later.get(_plain(key), 0.0) > self.now:
            return None
        call = getattr(self.nvml, function, None)
        if call is None:
            return None
        try:
            return call(*arguments)
        except self.nvml.NVMLError as error:
            if error.value == LOST:
                raise Gone(str(error)) from error
            if error.value in WHOLE_DRIVER or error.value == NEEDS_RESET:
                raise
            # Not supported, no permission, not in this driver: this number is unknown, the others are not.
            if error.value in (_NOT_SUPPORTED, _NO_PERMISSION, _NO_FUNCTION):
                self._later[_plain(key)] = self.now + _ASK_AGAIN_S
            return None

    def __call__(self, function: str, *arguments: Any) -> Any:
        """A call on this GPU."""
        return self.whole(function, self.handle, *arguments)

    def fields(self, wanted: List[Any]) -> Dict[Any, Any]:
        """Field values by their number, or (number, scope); what the GPU lacks is left out."""
        found = self("nvmlDeviceGetFieldValues", wanted)
        values: Dict[Any, Any] = {}
        if found is None:
            return values
        for key, each in zip(wanted, found):
            if each.nvmlReturn == 0:
                value = _of_type(each)
                if value is not None:
                    values[key] = value
        return values


def _plain(key: Any) -> Any:
    """A handle is a pointer object; two calls with the same words are the same question."""
    function, arguments = key
    if not isinstance(arguments, tuple):
        return key
    return function, tuple(each for each in arguments if isinstance(each, int))


def _of_type(field: Any) -> Any:
    value, kind = field.value, field.valueType
    if kind == 0:
        return value.dVal
    if kind == 1:
        return None if value.uiVal == 0xFFFFFFFF else value.uiVal
    if kind == 2:
        return real(value.ulVal)
    if kind == 3:
        return real(value.ullVal)
    if kind == 4:
        return real(value.sllVal)
    if kind == 5:
        return value.siVal
    return None


class Cached:
    """A value that is read again when it has become too old."""

    def __init__(self, ttl_s: float) -> None:
        self._ttl_s = ttl_s
        self._read_at: Optional[float] = None
        self.value: Any = None

    def due(self, now: float) -> bool:
        """Whether it is to be read; the caller then does, and calls `put`."""
        return self._read_at is None or now - self._read_at >= self._ttl_s

    def put(self, now: float, value: Any) -> Any:
        """Keep what was read."""
        self.value, self._read_at = value, now
        return value


class Rates:
    """Counters to bytes a second; a counter that went back has wrapped or was reset and gives nothing."""

    def __init__(self) -> None:
        self._at: Optional[float] = None
        self._values: Dict[Any, int] = {}

    def of(self, now: float, counters: Dict[Any, int], scale: int) -> Dict[Any, float]:
        """The rates of those counters that both times had."""
        before_s, before = self._at, self._values
        self._at, self._values = now, counters
        if before_s is None or now <= before_s:
            return {}
        return {
            key: (value - before[key]) * scale / (now - before_s)
            for key, value in counters.items()
            if key in before and value >= before[key]
        }


def first(values: Iterable[Any]) -> Any:
    """The first that is known."""
    return next((value for value in values if value is not None), None)


def percent(value: Any) -> Optional[int]:
    """A share as the driver gives it; what is over 100 is no share (nvtop's issue 110)."""
    return int(value) if value is not None and 0 <= value <= 100 else None
