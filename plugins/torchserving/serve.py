"""Serves one TorchScript model with LitServe under the Open Inference Protocol v2, on loopback only.

Runs on a server, in an environment that has torch and LitServe; oip_v2.py lies beside it. The worker
process alone imports torch; the HTTP process reads and writes the protocol.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
import uuid
import warnings
import zipfile
from typing import Any

import litserve
import numpy as np
from fastapi import HTTPException, Request, Response
from fastapi.responses import JSONResponse
from litserve.server import ResponseBufferItem
from litserve.specs.base import LitSpec
from litserve.utils import LitAPIStatus
from oip_v2 import HEADER_LENGTH, Rejected, TensorSpec, read_request, write_answer
from starlette.exceptions import HTTPException as AnyHTTPException

SIGNATURE = "signature.json"
PREFIX = "/v2/models/{model}"
VERSIONED = PREFIX + "/versions/{version}"


def load(path: str, device: str) -> tuple[Any, dict[str, Any]]:
    """The model and the signature kept in its archive, {} where none is.

    TorchScript archives are read by C++ that knows tensors and plain values only, so no pickled Python
    of the file is run.
    """
    import torch

    extra = {SIGNATURE: ""}
    with warnings.catch_warnings():
        # torch names torch.export as the successor; its archives have no loader outside Python's own yet.
        warnings.simplefilter("ignore", DeprecationWarning)
        model = torch.jit.load(path, map_location=device, _extra_files=extra)
    model.eval()
    found = json.loads(extra[SIGNATURE] or "{}")
    return model, found if isinstance(found, dict) else {}


def specs_of(entries: Any, names: list[str]) -> tuple[TensorSpec, ...]:
    """Specs from a signature's list, else from bare names with any shape."""
    if not isinstance(entries, list) or not entries:
        return tuple(TensorSpec(name, "FP32", None) for name in names)
    return tuple(
        TensorSpec(str(each["name"]), str(each["datatype"]), tuple(int(n) for n in each["shape"]))
        for each in entries
    )


class TorchScriptAPI(litserve.LitAPI):
    """The worker's side: loads the model and answers tensors with tensors."""

    def __init__(self, path: str, threads: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.path = path
        self.threads = threads
        self.model: Any = None
        self.names: list[str] = []
        self.outputs: tuple[TensorSpec, ...] = ()
        self.device_name = "cpu"

    def setup(self, device: str) -> None:
        import torch

        del device  # always "cpu", see main()
        torch.set_num_threads(self.threads)
        self.device_name = "cuda" if torch.cuda.is_available() else "cpu"
        self.model, signature = load(self.path, self.device_name)
        self.names = [each.name for each in self.model.forward.schema.arguments[1:]]
        self.outputs = specs_of(signature.get("outputs"), [])

    def decode_request(self, request: Any, **_: Any) -> Any:
        return request

    def encode_response(self, output: Any, **_: Any) -> Any:
        return output

    def predict(self, inputs: Any, **_: Any) -> Any:
        import torch

        if inputs is None:  # the HTTP process asks what the model takes
            return self.names
        # Inputs are the forward's arguments in the order of the signature, which the other process keeps.
        tensors = [torch.from_numpy(each).to(self.device_name) for each in inputs.values()]
        try:
            with torch.inference_mode():
                answer = self.model(*tensors)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            # With a wrong shape or type torch tells the reason in the last line of its message.
            lines = [line for line in str(error).splitlines() if line.strip()]
            raise HTTPException(
                400, f"the model cannot take this input: {lines[-1] if lines else error}"
            ) from error
        return self._named(answer)

    def _named(self, answer: Any) -> dict[str, np.ndarray]:
        if isinstance(answer, dict):
            pairs = list(answer.items())
        else:
            several = list(answer) if isinstance(answer, (list, tuple)) else [answer]
            names = [spec.name for spec in self.outputs]
            if len(names) != len(several):
                names = [f"output{index}" for index in range(len(several))]
            pairs = list(zip(names, several, strict=True))
        return {name: tensor.detach().cpu().numpy() for name, tensor in pairs}


class OpenInference(LitSpec):
    """The HTTP side: paths, metadata, readiness and errors of the protocol."""

    def __init__(self, name: str, version: str, path: str) -> None:
        super().__init__()
        self.name = name
        self.version = version
        self.api_path = f"/v2/models/{name}/infer"
        signature = read_signature(path)
        self.given_inputs = signature.get("inputs")
        self.given_outputs = signature.get("outputs")
        self.inputs: tuple[TensorSpec, ...] | None = None
        self.add_endpoint("/v2", self.server_metadata, ["GET"])
        self.add_endpoint("/v2/health/live", self.live, ["GET"])
        self.add_endpoint("/v2/health/ready", self.ready, ["GET"])
        for prefix in (PREFIX, VERSIONED):
            self.add_endpoint(prefix, self.model_metadata, ["GET"])
            self.add_endpoint(prefix + "/ready", self.model_ready, ["GET"])
            self.add_endpoint(prefix + "/infer", self.infer, ["POST"])

    def decode_request(self, request: Any, context_kwargs: Any = None) -> Any:
        del context_kwargs
        return request

    def encode_response(self, output: Any, context_kwargs: Any = None) -> Any:
        del context_kwargs
        return output

    async def server_metadata(self) -> Any:
        return {
            "name": "tandem-torchscript",
            "version": litserve.__version__,
            "extensions": ["binary_tensor_data"],
        }

    async def live(self) -> Any:
        return {"live": True}

    async def ready(self) -> Any:
        return JSONResponse({"ready": self._all_ready()}, 200 if self._all_ready() else 503)

    async def model_metadata(self, model: str, version: str | None = None) -> Any:
        self._check(model, version)
        return {
            "name": self.name,
            "versions": [self.version],
            "platform": "pytorch_torchscript",
            "inputs": [each.as_dict() for each in await self._inputs()],
            "outputs": [each.as_dict() for each in specs_of(self.given_outputs, [])],
        }

    async def model_ready(self, model: str, version: str | None = None) -> Any:
        self._check(model, version)
        ready = self._all_ready()
        return JSONResponse({"name": self.name, "ready": ready}, 200 if ready else 503)

    async def infer(self, request: Request, model: str, version: str | None = None) -> Response:
        self._check(model, version)
        specs = await self._inputs()
        asked = read_request(await request.body(), request.headers.get(HEADER_LENGTH), specs)
        outputs = await self._ask({spec.name: asked.inputs[spec.name] for spec in specs})
        body, head = write_answer(self.name, self.version, asked, outputs)
        if head is None:
            return Response(body, media_type="application/json")
        return Response(body, media_type="application/octet-stream", headers={HEADER_LENGTH: str(head)})

    def _all_ready(self) -> bool:
        states = self._server.workers_setup_status
        return bool(states) and all(state == "ready" for state in states.values())

    def _check(self, model: str, version: str | None) -> None:
        if model != self.name:
            raise Rejected(404, f"there is no model '{model}' here")
        if version not in (None, self.version):
            raise Rejected(404, f"model '{model}' has no version '{version}' here; it has '{self.version}'")

    async def _inputs(self) -> tuple[TensorSpec, ...]:
        if self.inputs is None:
            self.inputs = specs_of(self.given_inputs, list(await self._ask(None)))
        return self.inputs

    async def _ask(self, payload: Any) -> Any:
        uid = str(uuid.uuid4())
        item = ResponseBufferItem(event=asyncio.Event())
        self.response_buffer[uid] = item
        try:
            self.request_queue.put((self.response_queue_id, uid, time.monotonic(), payload))
            await item.event.wait()
        finally:
            self.response_buffer.pop(uid, None)
        answer, status = item.response
        if status == LitAPIStatus.ERROR:
            raise (
                answer
                if isinstance(answer, HTTPException)
                else Rejected(500, "the model failed; see the log")
            )
        return answer


def read_signature(path: str) -> dict[str, Any]:
    """The signature inside a TorchScript archive (a zip), read without torch; {} where there is none."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.endswith("/extra/" + SIGNATURE) and member.file_size < 1 << 20:
                found = json.loads(archive.read(member))
                return found if isinstance(found, dict) else {}
    return {}


def answer_errors(app: Any) -> None:
    """Every error leaves as {"error": reason}, as the protocol says."""

    async def rejected(_: Request, error: Rejected) -> Response:
        return JSONResponse({"error": error.reason}, error.status)

    async def http(_: Request, error: Any) -> Response:
        return JSONResponse({"error": str(error.detail)}, error.status_code)

    async def bug(_: Request, error: Exception) -> Response:
        return JSONResponse({"error": f"{type(error).__name__}; see the replica's log"}, 500)

    app.add_exception_handler(Rejected, rejected)
    app.add_exception_handler(Exception, bug)
    app.add_exception_handler(AnyHTTPException, http)


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--threads", type=int, default=max(1, min(4, (os.cpu_count() or 1) // 2)))
    given = parser.parse_args()
    try:
        spec = OpenInference(given.name, given.version, given.model)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        sys.exit(f"{given.model} is no TorchScript model: {error}")
    api = TorchScriptAPI(given.model, given.threads, spec=spec)
    # "cpu" means one worker and spares this process torch; the worker takes the GPU that it sees.
    server = litserve.LitServer(api, accelerator="cpu", devices=1, timeout=False)
    answer_errors(server.app)

    this_process = os.getpid()

    def end(*_: Any) -> None:
        if os.getpid() == this_process:  # the HTTP process inherits this and has a way of its own
            raise KeyboardInterrupt  # LitServe's way to end with its children

    signal.signal(signal.SIGTERM, end)
    # The router keeps connections open; they are closed by it, never by the replica under a request.
    server.run(
        host="127.0.0.1",
        port=given.port,
        num_api_servers=1,
        log_level="warning",
        generate_client_file=False,
        timeout_keep_alive=3600,
        access_log=False,
    )


if __name__ == "__main__":
    main()
