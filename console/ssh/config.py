"""From an alias of ssh_config to a Target. `ssh -G` says what the file means where ssh is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from console.core.problems import Problem
from console.core.text import safe_line
from console.ssh import config_reader
from console.ssh.config_lines import aliases, user_config
from console.ssh.target import Target, check_host

__all__ = ["aliases", "resolve_alias", "settings", "user_config"]

_SSH_S = 5.0
_MAX_HOPS = 8
_BAD_LINE = re.compile(r"^(?P<file>.+?)(?: line |: line )(?P<line>\d+): (?P<reason>.+)$")
_HOP = re.compile(r"(?:ssh://)?(?:(?P<user>[^@]+)@)?(?P<host>\[[^\]]+\]|[^:\[\]]+)(?::(?P<port>\d+))?/?")


def resolve_alias(alias: str, config: Path | None = None, *, name: str | None = None) -> Target:
    """Where an alias leads, with every jump server on the way resolved by the same file.

    Args:
        alias: as a person would give it to ssh.
        config: the file; the person's own where None.
        name: the server's name in messages; the alias where None.

    Raises:
        Problem: `server.invalid_host`, `ssh.config_invalid`, `ssh.jump_loop`, `file.missing`,
            `file.unreadable`, `ssh.timeout`.
    """
    return _resolve(alias, config, name or alias, ())


def settings(alias: str, config: Path | None = None) -> dict[str, list[str]]:
    """Keyword in lower case -> its values, as `ssh -G` prints them.

    Raises:
        Problem: as `resolve_alias`.
    """
    check_host(alias)
    if config is not None:
        _ensure_readable(config)
    ssh = shutil.which("ssh")
    if ssh is not None:
        return _ask_ssh(ssh, alias, config)
    path = config or user_config()
    return config_reader.settings(alias, path) if config is not None or path.exists() else {}


def _ensure_readable(config: Path) -> None:
    try:
        with config.open("rb"):
            return
    except FileNotFoundError as error:
        raise Problem("file.missing", path=config) from error
    except OSError as error:
        raise Problem("file.unreadable", path=config, reason=error.strerror or error) from error


def _ask_ssh(ssh: str, alias: str, config: Path | None) -> dict[str, list[str]]:
    argv = [ssh, "-G", *(["-F", str(config)] if config is not None else []), "--", alias]
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SSH_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Problem(
            "ssh.timeout", server=alias, timeout_s=_SSH_S, stage="reading its configuration"
        ) from error
    said = done.stderr.decode("utf-8", errors="replace")
    if done.returncode != 0:
        raise _bad_config(said, config or user_config())
    found: dict[str, list[str]] = {}
    for line in done.stdout.decode("utf-8", errors="replace").splitlines():
        keyword, _, value = line.partition(" ")
        found.setdefault(keyword.lower(), []).append(value)
    return found


def _bad_config(said: str, config: Path) -> Problem:
    for text in said.splitlines():
        if found := _BAD_LINE.match(text):
            reason = safe_line(found["reason"], max_chars=200)
            return Problem(
                "ssh.config_invalid", file=safe_line(found["file"]), line=int(found["line"]), reason=reason
            )
    reason = safe_line(said.strip().splitlines()[-1] if said.strip() else "ssh refused it", max_chars=200)
    return Problem("file.unreadable", path=config, reason=reason)


def _resolve(alias: str, config: Path | None, name: str, above: tuple[str, ...]) -> Target:
    if alias.lower() in above or len(above) >= _MAX_HOPS:
        raise Problem("ssh.jump_loop", server=name, chain=" → ".join((*above, alias)))
    found = settings(alias, config)
    command = _first(found, "proxycommand")
    command = None if command is None or command.lower() == "none" else command
    target = Target(
        name=name,
        host=_first(found, "hostname") or alias,
        port=int(_first(found, "port") or 22),
        user=_first(found, "user") or "",
        identities=_identities(found),
        identities_only=_first(found, "identitiesonly") == "yes",
        identity_agent=_first(found, "identityagent"),
        proxy_command=command,
        host_key_name=_first(found, "hostkeyalias"),
        known_hosts=_known_hosts(found),
        alias=alias,
        connect_timeout_s=_timeout(found),
    )
    jump = _first(found, "proxyjump")
    if jump and jump.lower() != "none" and command is None:
        target = replace(target, jump=_hops(jump, alias, config, (*above, alias.lower())))
    return target.checked()


def _hops(text: str, alias: str, config: Path | None, above: tuple[str, ...]) -> tuple[Target, ...]:
    """The servers of a ProxyJump. The first brings its own way along; ssh uses the later ones as named."""
    hops: list[Target] = []
    for part in text.split(","):
        found = _HOP.fullmatch(part.strip())
        if found is None:
            raise Problem(
                "ssh.unsupported", server=alias, what=f"ProxyJump {part}", remedy="Write user@host:port."
            )
        hop = _resolve(found["host"].strip("[]"), config, found["host"].strip("[]"), above)
        if found["user"]:
            hop = replace(hop, user=found["user"])
        if found["port"]:
            hop = replace(hop, port=int(found["port"]))
        if hops:
            hop = replace(hop, jump=(), proxy_command=None)
        hops += [*hop.jump, replace(hop, jump=())]
    return tuple(hops)


def _first(found: dict[str, list[str]], keyword: str) -> str | None:
    values = found.get(keyword)
    return values[0] if values else None


def _identities(found: dict[str, list[str]]) -> tuple[Path, ...]:
    """The files that are there: ssh, too, passes over the ones that are not."""
    paths = (Path(value).expanduser() for value in found.get("identityfile", []) if value.lower() != "none")
    return tuple(dict.fromkeys(path for path in paths if path.is_file() and not _is_token(path)))


def _is_token(path: Path) -> bool:
    # A key on a FIDO token works through the agent only.
    return path.name.endswith("_sk")


def _known_hosts(found: dict[str, list[str]]) -> tuple[Path, ...] | None:
    named = [found[key][0] for key in ("userknownhostsfile", "globalknownhostsfile") if key in found]
    if not named:
        return None
    files: list[Path] = []
    for text in named:
        # `ssh -G` joins several files by spaces and quotes none: one file with a space in its name is
        # told apart by its being there.
        whole = Path(text).expanduser()
        parts = [whole] if whole.is_file() else [Path(part).expanduser() for part in text.split()]
        files += [part for part in parts if str(part).lower() != "none"]
    return tuple(dict.fromkeys(files))


def _timeout(found: dict[str, list[str]]) -> float:
    text = _first(found, "connecttimeout") or ""
    return float(text) if text.isdigit() and int(text) > 0 else 15.0
