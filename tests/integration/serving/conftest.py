"""A console that can deploy, a real sshd, the real HAProxy bundle, and models for the two runtimes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from console.core.clock import SystemClock
from console.core.home import Home
from console.models.model import AddModel, ModelVersion
from console.models.service import ModelService
from console.plugin.api import Launch, Runtime
from console.serving.deployment import CreateDeployment, Deployment
from console.serving.service import DeploymentService, Patience
from tests.integration.jobs.conftest import ACCOUNT, Desk, open_desk
from tests.lab import processes
from tests.lab.sshd import LabServer

HERE = Path(__file__).parent
REQUEST = json.dumps(
    {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1.0, 2.0]}]}
).encode()
T = TypeVar("T")


def _tiny_argv(launch: Launch) -> list[str]:
    script = f"{launch.folder}/tiny_server.py"
    return [
        launch.python,
        script,
        launch.model_path,
        launch.model_name,
        str(launch.version),
        str(launch.port),
    ]


TINY = Runtime(
    name="tiny",
    title="A page of Python",
    formats=("tiny",),
    protocol="oip-v2",
    files={"tiny_server.py": HERE / "tiny_server.py"},
    argv=_tiny_argv,
    lock=HERE / "no.lock",
    requires=("json",),
    ready_path="/v2/health/ready",
)


@dataclass
class Room:
    """A console and its deployments."""

    desk: Desk
    models: ModelService
    deployments: DeploymentService
    folder: Path

    def run(self, work: Any) -> Any:
        """As a face does."""
        return self.desk.operations.run(work)

    def tiny(self, name: str = "toy", **behaviour: Any) -> ModelVersion:
        """Register a version for the tiny runtime."""
        path = self.folder / f"{name}-{len(list(self.folder.iterdir()))}.json"
        path.write_text(json.dumps({"value": 1, **behaviour}))
        return self.add(name, path, "tiny")

    def add(self, name: str, path: Path, kind: str | None = None) -> ModelVersion:
        """Register a version."""
        return self.run(self.models.prepare_add(AddModel(name, str(path), kind)))

    def create(self, ref: str, name: str = "toy", **more: Any) -> Deployment:
        """Deploy to the lab server with this Python."""
        return self.run(self.deployments.prepare_create(self.wanted(ref, name, **more)))

    def wanted(self, ref: str, name: str = "toy", **more: Any) -> CreateDeployment:
        """What `create` asks for."""
        return CreateDeployment(name, ref, **{"server": "lab", "python": sys.executable, **more})

    def update(self, ref: str, name: str = "toy") -> Deployment:
        """Switch."""
        return self.run(self.deployments.prepare_update(name, ref))

    def value(self, name: str = "toy") -> float:
        """What the endpoint answers now."""
        answer = self.deployments.predict(name, REQUEST)
        assert answer.status == 200, answer.body
        return float(json.loads(answer.body)["outputs"][0]["data"][0])


def eventually(look: Callable[[], T], good: Callable[[T], bool], within_s: float = 30.0) -> T:
    """Look again until it is good."""
    deadline = time.monotonic() + within_s
    while not good(found := look()):
        assert time.monotonic() < deadline, f"still {found}"
        time.sleep(0.05)
    return found


def services(room: Room) -> list[str]:
    """Names of the services that run on the lab server."""
    found = room.desk.fleet.call("lab", "service.list", {"prefix": "deploy."})["services"]
    assert isinstance(found, list)
    return sorted(each["name"] for each in found if each["state"] == "running")


def kill_service(lab: LabServer, name: str) -> None:
    """Kill a service's own process, as the kernel does for want of memory."""
    pids = [
        pid
        for pid in processes.with_home(lab.home)
        if processes.environment_of(pid).get("TANDEM_SERVICE") == name
    ]
    assert pids
    processes.end(pids)


def seed_router(home: Path, bundles: Path) -> None:
    """The bundle lies on the server already, as after a first deployment; saves a second a test."""
    bundle = bundles / os.uname().machine
    digest = hashlib.sha256((bundle / "bundle").read_bytes()).hexdigest()[:12]
    target = home / ".tandem" / "bin" / f"haproxy-{digest}"
    if not target.exists():
        (home / ".tandem").mkdir(mode=0o700, exist_ok=True)
        shutil.copytree(bundle, target, copy_function=os.link)


def open_room(desk: Desk, folder: Path, *, patience: Patience | None = None) -> Room:
    """Deployments for a console."""
    plugins = replace(desk.plugins, runtimes=(*desk.plugins.runtimes, TINY))
    deployments = DeploymentService(
        desk.store,
        desk.fleet,
        desk.book,
        desk.models,
        plugins,
        SystemClock(),
        ACCOUNT,
        patience=patience or Patience(ready_s=60, drain_s=5),
    )
    folder.mkdir(exist_ok=True)
    return Room(desk, desk.models, deployments, folder)


@pytest.fixture
def make_room(tmp_path: Path, lab_server: LabServer, haproxy_bundle: Path) -> Iterator[Callable[..., Room]]:
    """Consoles that know the server `lab`, by the name of their home."""
    with ExitStack() as stack:

        def make(name: str = "home", patience: Patience | None = None, *, seeded: bool = True) -> Room:
            if seeded:
                seed_router(lab_server.home, haproxy_bundle)
            desk = open_desk(Home(tmp_path / f"console-{name}").make(), stack)
            desk.add(lab_server, "lab")
            return open_room(desk, tmp_path / f"models-{name}", patience=patience)

        yield make


@pytest.fixture
def room(make_room: Callable[..., Room]) -> Room:
    """One console."""
    return make_room()


@pytest.fixture(scope="session")
def haproxy_bundle() -> Path:
    """The bundle that ships, made where it is not there yet, as ./dev does."""
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, str(root / "packaging" / "haproxy.py")], check=True, capture_output=True)
    return root / "resources" / "haproxy"


@pytest.fixture(scope="session")
def torch_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """signed-1.pt, signed-2.pt answer 1, 2 and carry a signature; bare.pt answers 3 and carries none."""
    folder = tmp_path_factory.mktemp("torch-models")
    command = [sys.executable, "-W", "ignore", str(HERE / "make_models.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    return folder
