"""What a replica is asked before it gets traffic: paths and example requests of its protocol. No I/O."""

from __future__ import annotations

import json
import math
from urllib.parse import quote

from console.plugin.api import Runtime

OIP_V2 = "oip-v2"
_MAX_ELEMENTS = 1_000_000
_INFER = {OIP_V2: "/v2/models/{model}/infer", "openai": "/v1/chat/completions"}
_KINDS = frozenset(
    ("BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64")
)


def ready_path(runtime: Runtime, model: str, version: int) -> str:
    """The path that answers 200 when the replica can serve."""
    return filled(runtime.ready_path, model, version)


def filled(path: str, model: str, version: int) -> str:
    """A path with its model and version."""
    return path.replace("{model}", quote(model, safe="")).replace("{version}", str(version))


def infer_path(protocol: str, model: str) -> str:
    """Where requests of the protocol go."""
    return filled(_INFER.get(protocol, _INFER[OIP_V2]), model, 0)


def metadata_path(model: str, version: int) -> str:
    """What an OIP v2 server tells of this very version."""
    return filled("/v2/models/{model}/versions/{version}", model, version)


def is_this(metadata: bytes, model: str, version: int) -> bool:
    """Whether metadata are those of the model and version that was started."""
    found = _object(metadata)
    versions = found.get("versions")
    return found.get("name") == model and (not versions or versions == [str(version)])


def example_request(metadata: bytes) -> bytes | None:
    """A request of zeros that fits the metadata, None where they do not say enough."""
    inputs = _object(metadata).get("inputs")
    if not isinstance(inputs, list) or not 0 < len(inputs) <= 64:
        return None
    tensors = []
    for each in inputs:
        tensor = _zeros(each)
        if tensor is None:
            return None
        tensors.append(tensor)
    return json.dumps({"inputs": tensors}).encode()


def _zeros(spec: object) -> dict[str, object] | None:
    if not isinstance(spec, dict):
        return None
    name, kind, shape = spec.get("name"), spec.get("datatype"), spec.get("shape")
    if not isinstance(name, str) or kind not in _KINDS or not isinstance(shape, list):
        return None
    if not all(type(each) is int and each >= -1 for each in shape) or shape in ([], [-1]):
        return None  # [-1] is what a model says that does not know its shape
    lengths = [1 if each == -1 else each for each in shape]
    count = math.prod(lengths)
    if count > _MAX_ELEMENTS:
        return None
    zero: object = False if kind == "BOOL" else 0.0 if str(kind).startswith("F") else 0
    return {"name": name, "datatype": kind, "shape": lengths, "data": [zero] * count}


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def reason_of(body: bytes) -> str:
    """What an error answer says."""
    said = _object(body).get("error")
    return said if isinstance(said, str) else body[:200].decode("utf-8", "replace") or "nothing"
