"""What may be submitted: the fields of a spec with their defaults, and whether it can start at all."""

import os
from typing import Any, Dict

from . import jobsecrets, paths, pythons, snapshots, spool
from .execs import base_environment, check_argv, check_env, find_command
from .paths import raw
from .records import number_or_none
from .wire import AgentError

_INTERPRETERS = ("python", "sh", "bash", "dash", "zsh", "perl", "ruby", "node", "Rscript", "julia")


def check_spec(request: Any, given: Dict[str, Any]) -> Dict[str, Any]:
    """The spec with its defaults; unknown fields are kept for newer consoles."""
    spec = dict(given)
    if not spool.is_name(spec.get("id")):
        raise request.refuse("'id' must be letters, digits, dots, dashes and underscores")
    check_argv(request, spec.get("argv"))
    spec["env"] = check_env(request, spec.get("env") or {})
    spec["secrets"] = check_env(request, spec.get("secrets") or {})
    if any("/" in name or name in (".", "..") for name in spec["secrets"]):
        raise request.refuse("'secrets' has a name that is no variable's name")
    for name, default in (("gpus", 0), ("priority", 0), ("retries", 0)):
        spec[name] = spec.get(name) or default
        if not isinstance(spec[name], int) or isinstance(spec[name], bool):
            raise request.refuse("'%s' must be a whole number" % name)
    for name in ("time_limit_s", "memory_limit_bytes", "log_limit_bytes", "backoff_s", "grace_s"):
        limit = spec.setdefault(name, None)
        if limit is not None and not (number_or_none(limit) or 0) > 0:
            raise request.refuse("'%s' must be a number above 0" % name)
    if spec["gpus"] < 0 or spec["retries"] < 0:
        raise request.refuse("'gpus' and 'retries' may not be negative")
    for name in ("workdir", "python"):
        if spec.setdefault(name, None) is not None and (
            not isinstance(spec[name], str) or "\0" in spec[name]
        ):
            raise request.refuse("'%s' must be a text" % name)
    files = spec.get("files") or {}
    if not are_files(files):
        raise request.refuse("'files' must map names below the job's folder to texts")
    spec["files"] = files
    spec["environment"] = pythons.checked(request, spec.get("environment"))
    spec["secret_names"] = _secret_names(request, spec)
    spec["code"] = _code(request, spec)
    return spec


def _secret_names(request: Any, spec: Dict[str, Any]) -> Dict[str, str]:
    """The secrets' names, each with its entry in the keyring of whoever submitted; never their values."""
    names = check_env(request, spec.get("secret_names") or {})
    names.update({name: name for name in spec["secrets"] if name not in names})
    return names


def _code(request: Any, spec: Dict[str, Any]) -> Any:
    """What the job's code is: {tree, files, bytes, commit, dirty, source}, or None."""
    code = spec.get("code")
    if code is None:
        return None
    if not isinstance(code, dict) or not snapshots.is_hash(code.get("tree")):
        raise request.refuse("'code' must name a tree by its hash")
    if spec["workdir"]:
        raise request.refuse("a job with code of its own runs in that code's folder")
    return dict(code)


def are_files(files: Any) -> bool:
    """Whether a value maps names below a folder to texts."""
    return isinstance(files, dict) and all(is_inside(k) and isinstance(v, str) for k, v in files.items())


def is_inside(name: Any) -> bool:
    """Whether a relative name stays below the folder it is taken from."""
    return (
        isinstance(name, str)
        and "\0" not in name
        and not os.path.isabs(name)
        and all(step not in ("", ".", "..") for step in name.split("/"))
    )


def check_reach(spec: Dict[str, Any], folder: str) -> None:
    """Refuse what cannot start: no folder, no command, no script. Nothing has been written yet."""
    if jobsecrets.names_of(spec) != sorted(spec["secrets"]):
        missing = [name for name in jobsecrets.names_of(spec) if name not in spec["secrets"]]
        raise AgentError("job.secret_missing", name=", ".join(missing))
    own_code = not spec["workdir"]
    cwd = spool.workdir_of(spec, folder)
    if not own_code and not os.path.isdir(raw(cwd)):
        raise AgentError("remote.path_missing", path=cwd)
    argv = spool.command_of(spec)
    sent = [os.path.normpath(name) for name in spec["files"]] if own_code else []
    if spec["code"]:
        tree = spec["code"]["tree"]
        sent += [row[0] for row in snapshots.rows_of(paths.tandem("code", snapshots.tree_name(tree)), tree)]
    if os.path.normpath(argv[0]) not in sent:
        env = base_environment()
        pythons.activate(env, spec)
        env.update(spec["env"])
        find_command(argv[0], env, cwd)
    name = os.path.basename(argv[0])
    is_interpreter = spec["argv"][0] == "{python}" or name.startswith(_INTERPRETERS)
    if is_interpreter and len(argv) > 1 and not argv[1].startswith("-"):
        script = os.path.join(cwd, argv[1])
        if os.path.normpath(argv[1]) not in sent and not os.path.exists(raw(script)):
            raise AgentError("job.script_missing", path=argv[1], workdir=cwd)
