"""Which Python a job gets: a path, a virtual or a conda environment; found and asked without a login shell.

An activated environment is what its own tool would make of it: for conda the variables that its activator
exports, those kept in the environment, and the scripts of its activate.d.
"""

import json
import os
import shutil
import subprocess
import sys
from typing import Any, Dict, List, Optional

from . import paths, records
from .execs import base_environment
from .paths import raw
from .wire import AgentError

KINDS = ("system", "path", "venv", "conda")
_ASK_S = 30.0
_ASK = "import json,platform;print(json.dumps([platform.python_version(),platform.python_implementation()]))"
# Where the installers of conda, mamba and micromamba put themselves when nobody says otherwise.
_ROOTS = (
    "~/miniconda3", "~/anaconda3", "~/miniforge3", "~/mambaforge", "~/micromamba", "~/.local/share/mamba",
    "~/mamba", "~/conda", "~/.conda", "/opt/conda", "/opt/miniconda3", "/opt/anaconda3", "/opt/miniforge3",
    "/opt/mambaforge", "/usr/local/miniconda3", "/usr/local/anaconda3", "/usr/local/conda",
)  # fmt: skip
_UNSET = "***unset***"
# What conda's own `conda run` does as a script: source each, then become the command.
_ACTIVATE = 'for each in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do . "$each"; done; exec "$@"'


def check(request: Any) -> Dict[str, Any]:
    """job.python: the interpreter of `kind` at `where`: {kind, where, python, prefix, version}.

    Raises:
        AgentError: `job.python_missing`, `job.conda_missing`, `job.conda_ambiguous`.
    """
    kind, where = request.text("kind"), request.text("where", "")
    if kind not in KINDS:
        raise request.refuse("'kind' is one of " + ", ".join(KINDS))
    prefix = None
    if kind == "system":
        python = where or sys.executable
    elif kind == "path":
        python = where
    else:
        prefix = _venv(where) if kind == "venv" else _conda(where)
        python = os.path.join(prefix, "bin", "python")
    python = _found(python)
    version = _version(request.agent, python)
    return {"kind": kind, "where": where or None, "python": python, "prefix": prefix, "version": version}


def _found(python: str) -> str:
    """The interpreter's absolute path, not resolved: a virtual environment is known by its link."""
    if "/" not in python:
        found = shutil.which(python, path=base_environment().get("PATH", os.defpath))
        if found is None:
            raise AgentError("job.python_missing", path=python, reason="there is no such command in PATH")
        return found
    path = paths.absolute(python)
    if os.path.isdir(raw(path)):
        raise AgentError("job.python_missing", path=path, reason="it is a folder")
    if not os.path.exists(raw(path)):
        why = "it leads to nothing" if os.path.islink(raw(path)) else "it is not there"
        raise AgentError("job.python_missing", path=path, reason=why)
    if not os.access(raw(path), os.X_OK):
        raise AgentError("job.python_missing", path=path, reason="it is not executable")
    return path


def _version(agent: Any, python: str) -> str:
    """What the interpreter says it is; asked again when its file has changed."""
    stamp = os.stat(raw(python))
    key = "python %s %d %d" % (python, stamp.st_mtime_ns, stamp.st_ino)
    known = agent.pythons.get(key)
    if known is not None:
        return str(known)
    try:
        done = subprocess.run(
            [raw(python), "-c", _ASK],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=_ASK_S,
            cwd="/",
        )
    except OSError as error:
        raise AgentError("job.python_missing", path=python, reason=str(error.strerror)) from error
    except subprocess.TimeoutExpired as error:
        reason = "it did not answer within %d s" % _ASK_S
        raise AgentError("job.python_missing", path=python, reason=reason) from error
    try:
        version, name = json.loads(done.stdout.decode("ascii"))
    except ValueError as error:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = "it does not run as a Python: " + (said[-1][:200] if said else "it said nothing")
        raise AgentError("job.python_missing", path=python, reason=reason) from error
    told = str(version) if name == "CPython" else "%s (%s)" % (version, name)
    agent.pythons[key] = told
    return told


def _venv(where: str) -> str:
    prefix = paths.absolute(where)
    if not os.path.isdir(raw(prefix)):
        raise AgentError("job.python_missing", path=prefix, reason="there is no such folder")
    if not os.path.exists(raw(os.path.join(prefix, "pyvenv.cfg"))):
        raise AgentError(
            "job.python_missing", path=prefix, reason="it is no virtual environment: it has no pyvenv.cfg"
        )
    return prefix


# --- conda


def _conda(where: str) -> str:
    """An environment's prefix, by its path or its name."""
    if "/" in where or where.startswith("~"):
        prefix = paths.absolute(where)
        if not _is_prefix(prefix):
            reason = "there is no conda environment (no conda-meta folder)"
            raise AgentError("job.conda_missing", name=where, reason=reason)
        return prefix
    found = _by_name(where)
    if not found:
        known = ", ".join(sorted({os.path.basename(each) for each in _all_prefixes()})[:12])
        reason = "there are: " + known if known else "no conda, mamba or micromamba was found"
        raise AgentError("job.conda_missing", name=where, reason=reason)
    if len(found) > 1:
        raise AgentError("job.conda_ambiguous", name=where, prefixes=", ".join(found[:6]))
    return found[0]


def _is_prefix(path: str) -> bool:
    return os.path.isdir(raw(os.path.join(path, "conda-meta")))


def _roots() -> List[str]:
    env = base_environment()
    given = [env.get("MAMBA_ROOT_PREFIX"), env.get("CONDA_ROOT")]
    for name in ("CONDA_EXE", "MAMBA_EXE"):
        if env.get(name):
            given.append(os.path.dirname(os.path.dirname(env[name])))
    for tool in ("conda", "mamba", "micromamba"):
        path = shutil.which(tool, path=env.get("PATH", os.defpath))
        if path:
            given.append(os.path.dirname(os.path.dirname(os.path.realpath(path))))
    return _once([each for each in given if each] + [os.path.expanduser(each) for each in _ROOTS])


def _once(listed: List[str]) -> List[str]:
    seen = {}  # type: Dict[str, str]
    for path in listed:
        if os.path.isdir(raw(path)):
            seen.setdefault(os.path.realpath(path), path)
    return list(seen.values())


def _all_prefixes() -> List[str]:
    """Every environment that can be found: those conda has noted, and those below the known roots."""
    found = []
    try:
        with open(raw(os.path.expanduser("~/.conda/environments.txt")), "rb") as stream:
            found += stream.read(1 << 20).decode("utf-8", "surrogateescape").split("\n")
    except OSError:  # conda has noted none
        found = []
    extra = base_environment().get("CONDA_ENVS_PATH") or base_environment().get("CONDA_ENVS_DIRS") or ""
    folders = [each for each in extra.split(os.pathsep) if each]
    for root in _roots():
        found.append(root)
        folders.append(os.path.join(root, "envs"))
    for folder in folders:
        found += [os.path.join(folder, name) for name in paths.names_in(os.path.expanduser(folder))]
    return _once([each.strip() for each in found if each.strip() and _is_prefix(each.strip())])


def _by_name(name: str) -> List[str]:
    if name in ("base", "root"):
        return [each for each in _once(_roots()) if _is_prefix(each)]
    found = []
    for prefix in _all_prefixes():
        parent = os.path.basename(os.path.dirname(prefix))
        if os.path.basename(prefix) == name and parent == "envs":
            found.append(prefix)
    return found or [each for each in _all_prefixes() if os.path.basename(each) == name]


# --- what a job gets of it


def activate(env: Dict[str, str], spec: Dict[str, Any]) -> None:
    """Make a job's environment that of its Python."""
    python = records.text_or_none(spec.get("python"))
    chosen = spec.get("environment")
    chosen = chosen if isinstance(chosen, dict) else {}
    prefix = records.text_or_none(chosen.get("prefix"))
    if python and "/" in python:
        env["PATH"] = os.path.dirname(paths.absolute(python)) + os.pathsep + env.get("PATH", os.defpath)
    if prefix is None:
        return
    for name in list(env):
        if name in ("PYTHONHOME", "VIRTUAL_ENV") or name.startswith(("CONDA_PREFIX", "CONDA_STACKED")):
            del env[name]
    if chosen.get("kind") == "venv":
        env["VIRTUAL_ENV"] = prefix
    elif chosen.get("kind") == "conda":
        env.update(_kept_variables(prefix))
        in_envs = os.path.basename(os.path.dirname(prefix)) == "envs"
        is_base = os.path.isdir(raw(os.path.join(prefix, "condabin")))
        env["CONDA_PREFIX"] = prefix
        env["CONDA_SHLVL"] = "1"
        env["CONDA_DEFAULT_ENV"] = "base" if is_base else os.path.basename(prefix) if in_envs else prefix


def _kept_variables(prefix: str) -> Dict[str, str]:
    """Those of the packages, then those of `conda env config vars set`, as conda reads them."""
    found = {}  # type: Dict[str, Any]
    folder = os.path.join(prefix, "etc", "conda", "env_vars.d")
    for name in paths.names_in(folder):
        found.update(paths.read_json(os.path.join(folder, name)) or {})
    state = (paths.read_json(os.path.join(prefix, "conda-meta", "state")) or {}).get("env_vars")
    found.update(state if isinstance(state, dict) else {})
    return {name: value for name, value in found.items() if isinstance(value, str) and value != _UNSET}


def wrapped(argv: List[str], spec: Dict[str, Any]) -> List[str]:
    """The command; behind the scripts of a conda environment's activate.d where it has any."""
    chosen = spec.get("environment")
    if not isinstance(chosen, dict) or chosen.get("kind") != "conda":
        return argv
    scripts = os.path.join(str(chosen.get("prefix")), "etc", "conda", "activate.d")
    if any(name.endswith(".sh") for name in paths.names_in(scripts)):
        return ["/bin/sh", "-c", _ACTIVATE, "sh"] + argv
    return argv


def checked(request: Any, value: Any) -> Optional[Dict[str, Any]]:
    """The `environment` of a spec: None, or an object of texts."""
    if value is None:
        return None
    texts = isinstance(value, dict) and all(each is None or isinstance(each, str) for each in value.values())
    if not texts or value.get("kind") not in KINDS:
        raise request.refuse("'environment' must be what job.python told")
    return dict(value)
