"""The Open Inference Protocol v2 as values: requests checked and read, answers written. JSON and the
binary tensor extension. No HTTP, no torch; runs on servers beside serve.py.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

NUMPY_OF = {
    "BOOL": np.bool_,
    "UINT8": np.uint8,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
}
NAME_OF = {np.dtype(kind): name for name, kind in NUMPY_OF.items()}
HEADER_LENGTH = "inference-header-content-length"
MAX_ELEMENTS = 1 << 28


class Rejected(Exception):
    """A request that cannot be served; becomes {"error": reason} with an HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class TensorSpec:
    """What a model says of one input or output; -1 in the shape is any length, None any shape."""

    name: str
    datatype: str
    shape: tuple[int, ...] | None

    def as_dict(self) -> dict[str, Any]:
        """Its place in the model's metadata."""
        return {"name": self.name, "datatype": self.datatype, "shape": list(self.shape or (-1,))}


@dataclass(frozen=True)
class Request:
    """A request that was read: tensors by name, and which outputs are wanted how."""

    id: str | None
    inputs: dict[str, np.ndarray]
    outputs: tuple[str, ...]
    binary: frozenset[str]
    all_binary: bool


def read_request(body: bytes, header_length: str | None, specs: tuple[TensorSpec, ...]) -> Request:
    """The request in `body`, checked against what the model takes.

    Raises:
        Rejected: 400 with the reason.
    """
    head, rest = _split(body, header_length)
    try:
        # Deep nesting makes the decoder give up with a RecursionError, not a ValueError.
        found = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise Rejected(400, f"the body is not JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("inputs"), list):
        raise Rejected(400, "the body needs a list 'inputs'")
    inputs: dict[str, np.ndarray] = {}
    for entry in found["inputs"]:
        name, tensor, rest = _read_tensor(entry, rest)
        if name in inputs:
            raise Rejected(400, f"input '{name}' is given twice")
        inputs[name] = tensor
    if rest:
        raise Rejected(400, f"{len(rest)} bytes follow the last binary input")
    if len(specs) == len(inputs) == 1 and specs[0].shape is None:
        # Without a signature the name is only that of an argument in the model's source.
        inputs = {specs[0].name: next(iter(inputs.values()))}
    _check_inputs(inputs, specs)
    wanted = found.get("outputs") or []
    if not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise Rejected(400, "'outputs' is not a list of objects")
    identity = found.get("id")
    return Request(
        id=identity if isinstance(identity, str) else None,
        inputs=inputs,
        outputs=tuple(str(each.get("name")) for each in wanted),
        binary=frozenset(str(each.get("name")) for each in wanted if _parameters(each).get("binary_data")),
        all_binary=bool(_parameters(found).get("binary_data_output")),
    )


def _split(body: bytes, header_length: str | None) -> tuple[bytes, bytes]:
    if header_length is None:
        return body, b""
    if not header_length.isdigit() or int(header_length) > len(body):
        raise Rejected(400, f"the header {HEADER_LENGTH} is not a length within the body")
    return body[: int(header_length)], body[int(header_length) :]


def _parameters(entry: dict[str, Any]) -> dict[str, Any]:
    found = entry.get("parameters")
    return found if isinstance(found, dict) else {}


def _read_tensor(entry: Any, rest: bytes) -> tuple[str, np.ndarray, bytes]:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise Rejected(400, "every input needs a name")
    name, datatype, shape = entry["name"], entry.get("datatype"), entry.get("shape")
    kind = NUMPY_OF.get(datatype) if isinstance(datatype, str) else None
    if kind is None:
        raise Rejected(
            400, f"input '{name}': datatype {datatype!r} is not served; there are {', '.join(NUMPY_OF)}"
        )
    whole = isinstance(shape, list) and all(type(each) is int and each >= 0 for each in shape)
    if not whole or math.prod(shape) > MAX_ELEMENTS:
        raise Rejected(400, f"input '{name}': the shape is not a list of whole numbers")
    size = _parameters(entry).get("binary_data_size")
    if size is not None:
        needed = math.prod(shape) * np.dtype(kind).itemsize
        if type(size) is not int or size != needed or size > len(rest):
            raise Rejected(400, f"input '{name}': {size} bytes do not fill the shape {shape}")
        return name, np.frombuffer(rest[:size], dtype=kind).reshape(shape).copy(), rest[size:]
    return name, _from_json(name, entry.get("data"), datatype, kind, shape), rest


def _from_json(name: str, data: Any, datatype: str, kind: Any, shape: list[int]) -> np.ndarray:
    if not isinstance(data, list):
        raise Rejected(400, f"input '{name}' has no list 'data'")
    try:
        values = np.array(data)
        numeric = values.dtype.kind in "biuf" if values.size else True
        if numeric and values.dtype.kind == "f" and datatype[0] != "F":
            numeric = False  # a fraction given as a whole number would be cut in silence
        if numeric and datatype == "BOOL" and values.size and values.dtype.kind != "b":
            numeric = False
        with np.errstate(over="raise"):  # too large for the type: refused, never an infinity in silence
            tensor = values.astype(kind) if numeric else None
    except (ValueError, TypeError, OverflowError, FloatingPointError) as error:
        raise Rejected(400, f"input '{name}': {error}") from error
    if tensor is None:
        raise Rejected(400, f"input '{name}': the data are not {datatype}")
    if datatype[0] in "IU" and values.size and not np.array_equal(tensor, values):
        raise Rejected(400, f"input '{name}': a number does not fit {datatype}")
    if tensor.size != math.prod(shape):
        raise Rejected(400, f"input '{name}': {tensor.size} values do not fill the shape {shape}")
    return tensor.reshape(shape)


def _check_inputs(inputs: dict[str, np.ndarray], specs: tuple[TensorSpec, ...]) -> None:
    known = [spec.name for spec in specs]
    if set(inputs) != set(known):
        raise Rejected(
            400, f"the model takes {', '.join(known)}; the request has {', '.join(inputs) or 'none'}"
        )
    for spec in specs:
        tensor = inputs[spec.name]
        if spec.shape is None:
            continue
        if NAME_OF[tensor.dtype] != spec.datatype:
            raise Rejected(
                400, f"input '{spec.name}' is {spec.datatype}, the request has {NAME_OF[tensor.dtype]}"
            )
        fits = len(tensor.shape) == len(spec.shape) and all(
            want in (-1, have) for want, have in zip(spec.shape, tensor.shape, strict=True)
        )
        if not fits:
            raise Rejected(
                400, f"input '{spec.name}' has the shape {list(spec.shape)}, not {list(tensor.shape)}"
            )


def write_answer(
    model: str, version: str, request: Request, outputs: dict[str, np.ndarray]
) -> tuple[bytes, int | None]:
    """The body of an answer and, where tensors follow in binary, the length of its JSON head.

    Raises:
        Rejected: 400 for an output that the model has not, 500 for values that JSON cannot carry.
    """
    wanted = request.outputs or tuple(outputs)
    entries, tail = [], b""
    for name in wanted:
        if name not in outputs:
            raise Rejected(400, f"the model has no output '{name}'; it has {', '.join(outputs)}")
        tensor = outputs[name]
        entry: dict[str, Any] = {
            "name": name,
            "datatype": NAME_OF[tensor.dtype],
            "shape": list(tensor.shape),
        }
        if request.all_binary or name in request.binary:
            raw = np.ascontiguousarray(tensor).tobytes()
            entry["parameters"] = {"binary_data_size": len(raw)}
            tail += raw
        else:
            entry["data"] = tensor.ravel().tolist()
        entries.append(entry)
    answer: dict[str, Any] = {"model_name": model, "model_version": version, "outputs": entries}
    if request.id is not None:
        answer["id"] = request.id
    try:
        head = json.dumps(answer, allow_nan=False).encode()
    except ValueError as error:
        raise Rejected(500, "the answer holds NaN or infinity; ask for binary output") from error
    return head + tail, len(head) if tail else None
