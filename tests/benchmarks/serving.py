"""Measures the serving libraries side by side: install size, start to ready, memory, latency.

Run by `./dev bench serving`; makes throw-away environments (over 1 GB in all) unless --envs names a folder
that has them. Prints a table; RESULTS.md keeps the one behind the choice.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLUGIN = Path(__file__).resolve().parents[2] / "plugins" / "torchserving"
PACKAGES = {"base": [], "litserve": ["litserve"], "mlserver": ["mlserver"], "kserve": ["kserve"]}

MAKE_MODEL = """
import torch, warnings
warnings.simplefilter("ignore")
torch.manual_seed(0)
layers = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
torch.jit.save(torch.jit.script(layers.eval()), "model.pt")
"""

KSERVE = """
import sys, warnings
warnings.simplefilter("ignore")
import torch
from kserve import InferOutput, InferResponse, Model, ModelServer
torch.set_num_threads(1)

class Served(Model):
    def load(self):
        self.model = torch.jit.load("model.pt")
        self.ready = True
    def predict(self, payload, headers=None, response_headers=None):
        with torch.inference_mode():
            answer = self.model(torch.from_numpy(payload.inputs[0].as_numpy())).numpy()
        output = InferOutput("scores", list(answer.shape), "FP32")
        output.set_data_from_numpy(answer, binary_data=False)
        return InferResponse(payload.id or "1", self.name, [output])

served = Served("digits")
served.load()
ModelServer(http_port=int(sys.argv[1]), enable_grpc=False, workers=1).start([served])
"""

MLSERVER = """
import warnings
warnings.simplefilter("ignore")
import torch
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse
torch.set_num_threads(1)

class Served(MLModel):
    async def load(self):
        self.model = torch.jit.load("model.pt")
        return True
    async def predict(self, payload):
        with torch.inference_mode():
            answer = self.model(torch.from_numpy(NumpyCodec.decode_input(payload.inputs[0]))).numpy()
        output = NumpyCodec.encode_output("scores", answer)
        return InferenceResponse(model_name=self.name, outputs=[output])
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def command(library: str, python: Path, folder: Path, port: int) -> list[str]:
    """Write what the library needs into `folder` and return the command that serves there."""
    if library == "kserve":
        (folder / "kserve_model.py").write_text(KSERVE)
        return [str(python), "kserve_model.py", str(port)]
    if library == "mlserver":
        (folder / "served.py").write_text(MLSERVER)
        (folder / "settings.json").write_text(
            json.dumps(
                {
                    "host": "127.0.0.1",
                    "http_port": port,
                    "grpc_port": free_port(),
                    "metrics_port": free_port(),
                    "parallel_workers": 0,
                }
            )
        )
        (folder / "model-settings.json").write_text(
            json.dumps({"name": "digits", "implementation": "served.Served"})
        )
        return [str(python.parent / "mlserver"), "start", "."]
    options = {
        "--model": "model.pt",
        "--name": "digits",
        "--version": "1",
        "--port": str(port),
        "--threads": "1",
    }
    return [str(python), str(PLUGIN / "serve.py"), *(part for pair in options.items() for part in pair)]


def ask(port: int, method: str, path: str, body: bytes | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return 0
    finally:
        connection.close()


def memory_mb(group: int) -> tuple[float, int]:
    """Proportional memory of a process group and how many processes it has."""
    total, count = 0.0, 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.getpgid(int(entry.name)) != group:
                continue
            rollup = (entry / "smaps_rollup").read_text()
        except (OSError, ProcessLookupError):
            continue  # it ended meanwhile
        total += int(rollup.split("Pss:")[1].split()[0]) / 1024
        count += 1
    return total, count


def measure(library: str, python: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([str(python), "-W", "ignore", "-c", MAKE_MODEL], cwd=folder, check=True)
        port = free_port()
        log = (folder / "log").open("wb")
        began = time.perf_counter()
        server = subprocess.Popen(
            command(library, python, folder, port),
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PATH": f"{python.parent}:{os.environ['PATH']}", "PYTHONPATH": str(folder)},
        )
        try:
            while ask(port, "GET", "/v2/models/digits/ready") != 200:
                if server.poll() is not None or time.perf_counter() - began > 90:
                    raise SystemExit(f"{library} did not start:\n{(folder / 'log').read_text()[-3000:]}")
                time.sleep(0.05)
            started = time.perf_counter() - began
            times = latencies(port, 1000)
            memory, processes = memory_mb(server.pid)
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            log.close()
    return {
        "start_s": started,
        "memory_mb": memory,
        "processes": processes,
        "p50_ms": statistics.median(times),
        "p99_ms": statistics.quantiles(times, n=100)[98],
    }


def latencies(port: int, count: int) -> list[float]:
    tensor = {"name": "input", "shape": [1, 64], "datatype": "FP32", "data": [0.5] * 64}
    body = json.dumps({"inputs": [tensor]}).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    times = []
    for _ in range(count):
        began = time.perf_counter()
        connection.request("POST", "/v2/models/digits/infer", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"answered {answer.status}: {text[:500]!r}")
        times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return times[100:]


def folder_mb(folder: Path) -> int:
    return sum(each.lstat().st_size for each in folder.rglob("*") if not each.is_dir()) // 1_000_000


def environment(library: str, envs: Path) -> Path:
    python = envs / library / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(envs / library)], check=True)
        wanted = ["torch==2.13.0", "numpy", *PACKAGES[library]]
        subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=True)
    return python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--envs", type=Path, help="folder with the environments, made where they lack")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        envs = given.envs or Path(scratch)
        sizes = {library: folder_mb(environment(library, envs).parents[1]) for library in PACKAGES}
        print("| library | beyond torch and numpy | start to ready | memory (PSS) | processes | p50 | p99 |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for library in ("litserve", "mlserver", "kserve"):
            runs = [measure(library, envs / library / "bin" / "python") for _ in range(3)]
            row = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            print(
                f"| {library} | {sizes[library] - sizes['base']} MB | {row['start_s']:.1f} s "
                f"| {row['memory_mb']:.0f} MB | {row['processes']:.0f} "
                f"| {row['p50_ms']:.1f} ms | {row['p99_ms']:.1f} ms |"
            )


if __name__ == "__main__":
    main()
