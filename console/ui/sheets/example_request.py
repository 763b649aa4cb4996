"""An example request for a deployment, made from what its endpoint tells of itself. It blocks."""

from __future__ import annotations

import http.client
import json

from console.serving.deployment import Deployment
from console.serving.probe import OIP_V2, example_request, metadata_path
from console.serving.service import DeploymentService

_TIMEOUT_S = 10.0
_MOST_BYTES = 1024 * 1024
FALLBACK = {
    OIP_V2: '{"inputs": [{"name": "input", "shape": [1, 4], "datatype": "FP32",\n'
    '  "data": [0.1, 0.2, 0.3, 0.4]}]}',
    "openai": '{"messages": [{"role": "user", "content": "Hello"}]}',
}


def fallback(deployment: Deployment) -> str:
    """What its protocol looks like, where the endpoint does not tell more."""
    return FALLBACK.get(deployment.protocol, "{}")


def example_for(service: DeploymentService, deployment: Deployment) -> str:
    """A request of zeros of the right name, type and shape; the fallback where that is not told.

    Raises:
        Problem: the endpoint cannot be reached.
    """
    live = deployment.live
    if deployment.protocol != OIP_V2 or live is None:
        return fallback(deployment)
    with service.open(deployment.name) as forward:
        connection = http.client.HTTPConnection("127.0.0.1", forward.local_port, timeout=_TIMEOUT_S)
        try:
            connection.request("GET", metadata_path(deployment.model, live.version))
            told = connection.getresponse().read(_MOST_BYTES)
        except (OSError, http.client.HTTPException):
            return fallback(deployment)
        finally:
            connection.close()
    made = example_request(told)
    return laid_out(made) if made is not None else fallback(deployment)


def laid_out(body: bytes) -> str:
    """One tensor after the other, its numbers on lines of their own."""
    tensors = []
    for each in json.loads(body)["inputs"]:
        head = json.dumps({key: value for key, value in each.items() if key != "data"})
        tensors.append(f'  {head[:-1]},\n   "data": {json.dumps(each["data"])}}}')
    return '{"inputs": [\n' + ",\n".join(tensors) + "\n]}"
