"""What a model file is, told by its name and by a look at its first bytes or its directory.

Nothing is unpickled, imported or run; sizes that a file claims are bounded before anything is read.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path, PurePath

from console.core.problems import Problem

SAFETENSORS, TORCHSCRIPT, PT2, ONNX, GGUF = "safetensors", "torchscript", "pt2", "onnx", "gguf"

_BY_SUFFIX = {
    ".safetensors": SAFETENSORS,
    ".ts": TORCHSCRIPT,
    ".torchscript": TORCHSCRIPT,
    ".pt2": PT2,
    ".onnx": ONNX,
    ".gguf": GGUF,
}
# PyTorch's own suffixes hold TorchScript or a mere pickle: only a look inside tells.
_TORCH = frozenset({".pt", ".pth", ".jit"})
_PICKLES = frozenset({".pkl", ".pickle", ".joblib", ".ckpt", ".bin", ".dill", ".mar"})
_FORMAT = re.compile(r"^[a-z0-9][a-z0-9._-]{0,39}$")
_MAX_HEADER = 100 * 1024 * 1024
_MAX_ENTRIES = 200_000
_PICKLE = "it is a pickle, which can run code when it is loaded"


def expect_format(name: str, given: str | None) -> str | None:
    """What a file should be by its name or by what the person says; None where only a look inside tells.

    Raises:
        Problem: `model.format_unknown`, `model.format_refused`, `input.invalid`.
    """
    if given is not None:
        if not _FORMAT.match(given):
            raise Problem("input.invalid", what=f"format '{given[:40]}'", reason="it is no format's name")
        return given
    suffix = PurePath(name).suffix.lower()
    if suffix in _TORCH:
        return None
    if suffix in _PICKLES:
        raise Problem(
            "model.format_refused", path=name, reason=f"files of {suffix} are pickles, which can run code"
        )
    if suffix not in _BY_SUFFIX:
        raise Problem("model.format_unknown", path=name)
    return _BY_SUFFIX[suffix]


def look_at_format(path: Path, name: str, expected: str | None) -> str:
    """What a file is, after a look inside.

    Args:
        path: the file; `name` is what it was called, for messages.
        expected: from `expect_format`. A format that is not known here is taken at its word.

    Raises:
        Problem: `model.format_refused` where the content is something else, `file.unreadable`.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
        size = path.stat().st_size
        if not head:
            raise _refused(name, "it is empty")
        if expected in (None, TORCHSCRIPT, PT2):
            return _torch_format(path, name, head, expected)
        if expected == SAFETENSORS:
            _check_safetensors(path, name, head, size)
        elif expected == GGUF and head[:4] != b"GGUF":
            raise _refused(name, "it is no GGUF file")
        elif expected == ONNX and (head[:2] == b"PK" or head[:1] == b"\x80"):
            raise _refused(name, "it is no ONNX file")
    except OSError as error:
        raise Problem("file.unreadable", path=path, reason=error.strerror or error) from error
    assert expected is not None
    return expected


def _torch_format(path: Path, name: str, head: bytes, expected: str | None) -> str:
    if head[:2] != b"PK":
        raise _refused(name, _PICKLE if head[:1] == b"\x80" else "it is no archive of PyTorch")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:_MAX_ENTRIES]
    except (zipfile.BadZipFile, ValueError, RuntimeError) as error:
        raise _refused(name, f"its archive is damaged: {error}") from error
    # PyTorch puts everything under one folder named after the file.
    inner = {each.split("/", 1)[1] for each in names if "/" in each}
    if "constants.pkl" in inner and any(each.startswith("code/") for each in inner):
        found = TORCHSCRIPT
    elif "archive_format" in inner or "archive_format" in names:
        found = PT2
    else:
        raise _refused(name, _PICKLE if "data.pkl" in inner else "it is no archive of PyTorch")
    if expected is not None and expected != found:
        raise _refused(name, f"it is {found}, not {expected}")
    return found


def _check_safetensors(path: Path, name: str, head: bytes, size: int) -> None:
    length = int.from_bytes(head[:8], "little")
    if len(head) < 9 or length > min(_MAX_HEADER, size - 8):
        raise _refused(name, "its header is cut off or beyond all measure")
    with path.open("rb") as file:
        file.seek(8)
        try:
            header = json.loads(file.read(length))
        except (ValueError, RecursionError) as error:
            raise _refused(name, "its header is no JSON") from error
    if not isinstance(header, dict):
        raise _refused(name, "its header is no JSON object")
    end = 0
    for key, entry in header.items():
        offsets = entry.get("data_offsets") if isinstance(entry, dict) and key != "__metadata__" else None
        if key == "__metadata__":
            continue
        if not (
            isinstance(offsets, list) and len(offsets) == 2 and all(type(each) is int for each in offsets)
        ):
            raise _refused(name, "its header does not say where its tensors are")
        end = max(end, offsets[1])
    if 8 + length + end != size:
        raise _refused(name, f"it has {size} bytes and its header speaks of {8 + length + end}")


def _refused(name: str, reason: str) -> Problem:
    return Problem("model.format_refused", path=name, reason=reason)
