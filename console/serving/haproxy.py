"""A usable HAProxy on a server: the bundle that ships with Tandem, else the server's own from 2.6 on."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from console.core.home import shipped
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.operations.plan import StepContext
from console.serving.remote import Remote

STAMP = "bundle"
LEAST = (2, 6)
_OWN = ("haproxy", "/usr/sbin/haproxy", "/usr/local/sbin/haproxy")
_VERSION = re.compile(r"^HAProxy version (\d+)\.(\d+)[^\s]*|^HA-Proxy version (\d+)\.(\d+)[^\s]*")


@dataclass(frozen=True, slots=True)
class Binary:
    """How HAProxy is called on a server."""

    path: str
    env: dict[str, str]
    version: str


def version_of(output: str) -> tuple[int, int] | None:
    """What `haproxy -v` says, None where it says something else."""
    found = _VERSION.match(output)
    if not found:
        return None
    major, minor = (each for each in found.groups() if each is not None)
    return int(major), int(minor)


def bundle_for(arch: str, resources: Path | None = None) -> Path | None:
    """The folder of the shipped bundle for an architecture (as `uname -m` says it)."""
    folder = (resources or shipped("resources")) / "haproxy" / arch
    return folder if arch.isidentifier() and (folder / STAMP).is_file() else None


def find(remote: Remote, step: StepContext, resources: Path | None = None) -> Binary:
    """A HAProxy that runs there; the bundle is pushed once per server.

    Raises:
        Problem: `deploy.router_missing`.
    """
    reasons = []
    arch = safe_line(remote.run(["uname", "-m"]).output, max_chars=40)
    bundle = bundle_for(arch, resources)
    if bundle is None:
        reasons.append(f"there is no bundle for {arch or 'this machine'}")
    else:
        folder = _push(remote, step, bundle)
        binary, reason = _try(remote, f"{folder}/bin/haproxy", {"LD_LIBRARY_PATH": f"{folder}/bin/lib"})
        if binary is not None:
            step.note(f"HAProxy {binary.version}")
            return binary
        reasons.append(f"the bundle does not run ({reason})")
    for path in _OWN:
        binary, reason = _try(remote, path, {})
        if binary is not None:
            step.note(f"the server's own HAProxy {binary.version}")
            return binary
        if reason:
            reasons.append(f"{path}: {reason}")
            break
    else:
        reasons.append("the server has none of its own")
    raise Problem("deploy.router_missing", server=remote.server, reason="; ".join(reasons))


def _try(remote: Remote, path: str, env: dict[str, str]) -> tuple[Binary | None, str]:
    """The binary where it runs and is new enough, else why not; no reason where there is none."""
    try:
        ran = remote.run([path, "-v"], env=env, timeout_s=20.0)
    except Problem as problem:
        if problem.code == "job.command_missing":
            return None, ""
        if problem.code == "agent.failed":  # there, but the kernel cannot start it
            return None, str(problem.attrs.get("reason"))
        raise
    version = version_of(ran.output)
    first = safe_line(ran.output.split("\n")[0], max_chars=120)
    if ran.exit_code != 0 or version is None:
        return None, first or f"exit code {ran.exit_code}"
    if version < LEAST:
        return None, f"version {version[0]}.{version[1]} is older than {LEAST[0]}.{LEAST[1]}"
    return Binary(path, env, first.split()[2]), ""


def _push(remote: Remote, step: StepContext, bundle: Path) -> str:
    """The bundle's folder there; its stamp is pushed last and says that it is whole."""
    digest = hashlib.sha256((bundle / STAMP).read_bytes()).hexdigest()[:12]
    relative = f".tandem/bin/haproxy-{digest}"
    folder = f"{remote.home}/{relative}"
    if remote.size_of(f"{folder}/{STAMP}") is not None:
        return folder
    files = [each for each in sorted(bundle.rglob("*")) if each.is_file() and each.name != STAMP]
    total = sum(each.stat().st_size for each in files)
    remote.call("file.mkdir", path=f"{relative}/bin/lib")
    sent = 0
    for file in [*files, bundle / STAMP]:
        name = file.relative_to(bundle).as_posix()
        mode = 0o700 if name.startswith("bin/") else 0o600
        before = sent

        def progress(done: int, _: int, before: int = before) -> None:
            step.check_cancelled()
            step.progress(before + done, total, f"{format_bytes(before + done)} of {format_bytes(total)}")

        remote.gate.push_file(remote.server, file, f"{relative}/{name}", progress=progress, mode=mode)
        sent += file.stat().st_size
    return folder
