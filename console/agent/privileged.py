"""Acts that need root: fixed commands by `sudo -n`, only those that the operator switched on. Never a shell.

The console names an act and its object; the words of the command are ours, and a number is checked here.
"""

import os
import re
import subprocess
import threading
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import held, host, paths
from .execs import base_environment
from .wire import AgentError

_PATIENCE_S = 120.0
_CHECK_S = 10.0
_LOOK_S = 30.0
_LET_GO_S = 10.0
_UUID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9-]{3,79}$")
_SMI = "nvidia-smi"
_MAX_OUTPUT = 64 * 1024


def _persistence(uuid: str, value: int) -> List[str]:
    return [_SMI, "-i", uuid, "-pm", "1" if value else "0"]


def _power_limit(uuid: str, value: int) -> List[str]:
    return [_SMI, "-i", uuid, "-pl", str(value)]


def _gpu_reset(uuid: str, _value: int) -> List[str]:
    return [_SMI, "-i", uuid, "--gpu-reset"]


def _reboot(_uuid: str, _value: int) -> List[str]:
    return ["systemctl", "reboot"]


def _kernel_log(_uuid: str, _value: int) -> List[str]:
    return ["dmesg"]


# Which acts there are, and whether they are about one accelerator.
_COMMANDS: Dict[str, Callable[[str, int], List[str]]] = {
    "kernel_log": _kernel_log,
    "persistence": _persistence,
    "power_limit": _power_limit,
    "gpu_reset": _gpu_reset,
    "reboot": _reboot,
}
# Read only, and beside the act itself: who holds the GPU, with the eyes of root.
_LOOKS: Dict[str, Callable[[str], List[str]]] = {"gpu_reset": lambda device: held.WALK + [device]}
_OF_ACCELERATOR = ("persistence", "power_limit", "gpu_reset")


def _sudo(argv: List[str], patience_s: float) -> Tuple[int, str]:
    """(exit status, what it wrote) of a command by sudo, which never asks."""
    try:
        process = subprocess.Popen(
            ["sudo", "-n"] + argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(base_environment(), LC_ALL="C"),
        )
    except OSError as error:
        return 127, "sudo: %s" % (error.strerror or error)
    timer = threading.Timer(patience_s, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        output = process.stdout.read(_MAX_OUTPUT).decode("utf-8", "replace")
        process.stdout.close()
        return process.wait(), output
    finally:
        timer.cancel()


def _switched_on(request: Any) -> List[str]:
    return [each for each in request.agent.config.get("privileges") or () if each in _COMMANDS]


def run(request: Any) -> Dict[str, Any]:
    """privileged.run: one act; {output}."""
    act = request.text("act")
    if act not in _COMMANDS:
        raise request.refuse("there is no privileged act '%s'" % act[:40])
    if act not in _switched_on(request):
        raise AgentError("privileged.off", act=act)
    uuid, value = "", request.integer("value", 0)
    lease: Optional[int] = None
    if act in _OF_ACCELERATOR:
        uuid = request.text("uuid")
        known = [each["uuid"] for each in request.agent.accelerators.sample(2.0, 30.0)[0]]
        if not _UUID.match(uuid) or uuid not in known:
            raise request.refuse("there is no accelerator '%s'" % uuid[:80])
    if act == "power_limit" and not 1 <= value <= 5000:
        raise request.refuse("a power limit lies between 1 and 5000 W")
    try:
        if act == "gpu_reset":
            lease = _taken(uuid)
            status, output = _reset(request, uuid)
        else:
            status, output = _sudo(_COMMANDS[act](uuid, value), _PATIENCE_S)
    finally:
        if lease is not None:
            os.close(lease)
    if status != 0:
        said = [line for line in output.splitlines() if line.strip()]
        raise AgentError(
            "privileged.refused",
            act=act,
            reason=(said[-1].strip()[:300] if said else "exit code %d" % status),
        )
    return {"output": output[-4000:]}


def _taken(uuid: str) -> Optional[int]:
    """The GPU's lease, so that no job of ours starts on it meanwhile; None where no job ever ran here.

    Raises:
        AgentError: `privileged.gpu_in_use`.
    """
    if not os.path.isdir(paths.raw(paths.tandem("leases"))):
        return None
    lease = paths.try_lock(os.path.join(paths.private_folder("leases"), uuid + ".lock"), 0.05)
    if lease is None:
        raise AgentError("privileged.gpu_in_use", uuid=uuid, who="a job of Tandem's")
    return lease


def _reset(request: Any, uuid: str) -> Tuple[int, str]:
    """Reset it, if nobody holds it; this agent's own hold on the driver is let go meanwhile.

    Raises:
        AgentError: `privileged.gpu_in_use`, `privileged.holders_unknown`, `privileged.driver_hangs`.
    """
    accelerators = request.agent.accelerators
    _must_be_free(accelerators, uuid)
    answer = accelerators.aside(uuid, lambda: _sudo(_COMMANDS["gpu_reset"](uuid, 0), _PATIENCE_S), _LET_GO_S)
    if answer is None:
        raise AgentError("privileged.driver_hangs", uuid=uuid)
    return answer  # type: ignore[no-any-return]


def _must_be_free(accelerators: Any, uuid: str) -> None:
    told = accelerators.holders(uuid)
    device = accelerators.device(uuid)
    seen: List[int] = []
    whole = False
    if device is not None:
        seen, whole = held.openers(device)
        if not whole and not told and not seen:
            by_root = held.walked(*_sudo(_LOOKS["gpu_reset"](device), _LOOK_S))
            seen, whole = by_root or [], by_root is not None
    # What this agent itself has open it lets go before the reset.
    holders = held.verdict(told, [pid for pid in seen if pid != os.getpid()], whole)
    if holders is None:
        raise AgentError("privileged.holders_unknown", uuid=uuid)
    if holders:
        first = "process %d (%s)" % (holders[0], _who(holders[0]))
        more = "" if len(holders) == 1 else " and %d more" % (len(holders) - 1)
        raise AgentError("privileged.gpu_in_use", uuid=uuid, who=first + more)


def _who(pid: int) -> str:
    owner = host.owner_of(pid)
    name = (host.read_text("/proc/%d/comm" % pid, 64) or "").strip()
    if owner is None:
        return "another container"
    return "%s of %s" % (name, owner) if name else owner


def check(request: Any) -> Dict[str, Any]:
    """privileged.check: of each act that is switched on, whether sudo would allow it without a password."""
    allowed: Dict[str, bool] = {}
    for act in _switched_on(request):
        lines = [_COMMANDS[act]("GPU-0", 100)]
        if act in _LOOKS:
            lines.append(_LOOKS[act]("/dev/nvidia0"))
        allowed[act] = all(_sudo(["-l"] + line, _CHECK_S)[0] == 0 for line in lines)
    return {"allowed": allowed}
