"""service.*: long-running processes for serving, under the same supervisor as jobs."""

import os
import shutil
import stat
import sys
import time
from typing import Any, Dict, List

from . import jobspec, launch, loopback, paths, records, spool
from .execs import base_environment, check_argv, check_env, find_command
from .paths import raw
from .wire import AgentError, from_os_error

_TAIL = 4096


def _folder(name: str) -> str:
    return paths.tandem("services", name)


def _known(name: str) -> str:
    folder = _folder(name)
    if spool.is_name(name) and paths.check_home():
        try:
            if stat.S_ISDIR(os.lstat(raw(folder)).st_mode):
                return folder
        except OSError:
            folder = ""
    raise AgentError("id.unknown", kind="service", given=name, listing="deploy list")


def _marks(name: str) -> List[str]:
    return ["TANDEM_SERVICE=" + name, "TANDEM_SERVICE_DIR=" + _folder(name)]


def describe(name: str) -> Dict[str, Any]:
    """How a service stands, computed from its folder."""
    folder = _folder(name)
    record = records.Record(folder)
    state = {"new": "starting", "ended": "exited"}.get(record.phase, record.phase)
    if record.never_started():
        state, record.reason = "lost", "it was never started"
    result = record.result
    return {
        "name": name,
        "state": state,
        "pid": record.pid,
        "exit_code": records.number_or_none(result.get("exit_code")),
        "signal": records.number_or_none(result.get("signal")),
        "reason": record.reason,
        "started": records.text_or_none(record.start.get("started")),
        "ended": records.text_or_none(result.get("ended")),
        "log_tail": _tail(os.path.join(folder, "log")),
    }


def _tail(path: str) -> str:
    try:
        with open(raw(path), "rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _TAIL))
            return stream.read(_TAIL).decode("utf-8", "replace")
    except OSError:
        return ""


def _make_folder(name: str, files: Dict[str, Any]) -> str:
    """A fresh folder in the place of an ended service's; a live one is refused."""
    services = paths.private_folder("services")
    folder = _folder(name)
    draft = os.path.join(services, ".new-%s-%d-%d" % (name, os.getpid(), time.monotonic() * 1e9))
    try:
        os.mkdir(raw(draft), 0o700)
        for relative, text in files.items():
            target = os.path.join(draft, relative)
            os.makedirs(raw(os.path.dirname(target)), 0o700, exist_ok=True)
            paths.write_new(target, raw(text))
        if os.path.lexists(raw(folder)):
            if describe(name)["state"] in ("running", "starting"):
                raise AgentError("remote.in_use", what="service " + name)
            _discard(folder)
        os.rename(raw(draft), raw(folder))
    except OSError as error:
        shutil.rmtree(raw(draft), ignore_errors=True)
        if os.path.lexists(raw(folder)) and error.errno in (17, 39):  # EEXIST, ENOTEMPTY
            raise AgentError("remote.in_use", what="service " + name) from error
        raise from_os_error(error, folder) from error
    except AgentError:
        shutil.rmtree(raw(draft), ignore_errors=True)
        raise
    return folder


def _discard(folder: str) -> None:
    gone = "%s/.gone-%s-%d" % (os.path.dirname(folder), os.path.basename(folder), time.monotonic() * 1e9)
    os.rename(raw(folder), raw(gone))
    shutil.rmtree(raw(gone))


def start(request: Any) -> Dict[str, Any]:
    """service.start: start a service, or start an ended one anew."""
    name = request.text("name")
    if not spool.is_name(name):
        raise request.refuse("'name' must be letters, digits, dots, dashes and underscores")
    spec = request.mapping("spec")
    argv = check_argv(request, spec.get("argv"))
    if argv[0] == "{python}":
        argv[0] = sys.executable
    given = check_env(request, spec.get("env") or {})
    files = spec.get("files") or {}
    if not isinstance(files, dict) or not all(
        jobspec.is_inside(k) and isinstance(v, str) for k, v in files.items()
    ):
        raise request.refuse("'files' must map names below the service's folder to texts")
    paths.private_folder("services")
    cwd = paths.absolute(spec["cwd"]) if spec.get("cwd") else _folder(name)
    env = base_environment()
    env.update(given)
    env.update({"TANDEM_SERVICE": name, "TANDEM_SERVICE_DIR": _folder(name), "PYTHONUNBUFFERED": "1"})
    if spec.get("cwd") and not os.path.isdir(raw(cwd)):
        raise AgentError("remote.path_missing", path=cwd)
    if os.path.normpath(argv[0]) not in files:
        find_command(argv[0], env, cwd)
    port = spec.get("port")
    if isinstance(port, int) and loopback.is_free(port) is None:
        raise AgentError("deploy.port_taken", port=port)
    folder = _make_folder(name, files)
    plan = {
        "dir": folder,
        "argv": argv,
        "command": os.path.expanduser(argv[0]),
        "env": env,
        "cwd": cwd,
        "marks": _marks(name),
    }
    return {"pid": _started(request.agent, name, folder, plan)}


def _started(agent: Any, name: str, folder: str, plan: Dict[str, Any]) -> Any:
    word = launch.start(agent.bundle, "supervisor", plan, launch.SUPERVISOR_MODULES) or {}
    if "code" in word:
        shutil.rmtree(raw(folder), ignore_errors=True)
        attrs: Dict[str, Any] = {"path": folder}
        if word["code"] == "remote.not_writable":
            attrs["reason"] = word.get("reason")
        raise AgentError(str(word["code"]), **attrs)
    if not word.get("started"):
        raise AgentError("agent.failed", reason="the supervisor of %s did not report its start" % name)
    return word.get("pid")


def show(request: Any) -> Dict[str, Any]:
    """service.show: one service."""
    name = request.text("name")
    _known(name)
    return describe(name)


def names(prefix: str = "") -> List[str]:
    """The services of this account whose names begin so."""
    if not paths.check_home():
        return []
    found = paths.names_in(paths.tandem("services"))
    return [name for name in found if spool.is_name(name) and name.startswith(prefix)]


def list_services(request: Any) -> Dict[str, Any]:
    """service.list: all services whose names begin with the prefix."""
    return {"services": [describe(name) for name in names(request.text("prefix", ""))]}


def stop(request: Any) -> Dict[str, Any]:
    """service.stop: end it and all its processes; an ended one is left as it is."""
    name = request.text("name")
    folder = _known(name)
    grace_s = max(0.0, min(3600.0, request.number("grace_s", 10.0)))
    records.end(records.Record(folder), _marks(name), grace_s)
    return describe(name)


def remove(request: Any) -> Dict[str, Any]:
    """service.remove: delete the folder of an ended service."""
    name = request.text("name")
    folder = _known(name)
    if describe(name)["state"] in ("running", "starting") or paths.is_locked_for(
        os.path.join(folder, "lock"), 3.0
    ):
        raise AgentError("remote.in_use", what="service " + name)
    paths.guarded(folder, lambda: _discard(folder))
    return {}
