"""The runtime that ships with Tandem: TorchScript by LitServe. serve.py runs on servers, never here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.plugin.api import Launch, Runtime, hookimpl

_HERE = Path(__file__).parent


def _argv(launch: Launch) -> list[str]:
    return [
        launch.python,
        "-u",
        f"{launch.folder}/serve.py",
        f"--model={launch.model_path}",
        f"--name={launch.model_name}",
        f"--version={launch.version}",
        f"--port={launch.port}",
    ]


@hookimpl
def tandem_runtimes() -> Sequence[Runtime]:
    """One runtime."""
    return [
        Runtime(
            name="torchscript",
            title="TorchScript by LitServe",
            formats=("torchscript",),
            protocol="oip-v2",
            files={"serve.py": _HERE / "serve.py", "oip_v2.py": _HERE / "oip_v2.py"},
            argv=_argv,
            lock=_HERE / "requirements.lock",
            requires=("torch", "litserve", "numpy"),
            ready_path="/v2/models/{model}/versions/{version}/ready",
            environment={"OMP_WAIT_POLICY": "PASSIVE"},
        )
    ]
