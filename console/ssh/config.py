"""From an alias of ssh_config to a Target. `ssh -G` says what the file means where ssh is installed."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from console.core.problems import Problem
from console.ssh import config_asked, config_notes, config_reader, config_tokens
from console.ssh.config_asked import Settings
from console.ssh.config_lines import aliases, user_config
from console.ssh.target import Target, check_host

__all__ = ["aliases", "notes", "resolve_alias", "settings", "user_config"]

_MAX_HOPS = 8
_HOP = re.compile(r"(?:ssh://)?(?:(?P<user>[^@]+)@)?(?P<host>\[[^\]]+\]|[^:\[\]]+)(?::(?P<port>\d+))?/?")
_TRUE = ("yes", "true")


@dataclass(frozen=True, slots=True)
class _Reading:
    """An alias's settings, and what ssh complained of where our reader stood in for it."""

    settings: Settings
    complaint: str = ""


def resolve_alias(
    alias: str, config: Path | None = None, *, name: str | None = None, connect_timeout_s: float = 15.0
) -> Target:
    """Where an alias leads, with every jump server on the way resolved by the same file.

    Args:
        alias: as a person would give it to ssh.
        config: the file; the person's own where None.
        name: the server's name in messages; the alias where None.
        connect_timeout_s: where the file sets no ConnectTimeout.

    Raises:
        Problem: `server.invalid_host`, `ssh.config_invalid`, `ssh.config_unsafe`, `ssh.jump_loop`,
            `file.missing`, `file.unreadable`, `ssh.timeout`.
    """
    return _resolve(alias, config, name or alias, (), connect_timeout_s)


def settings(alias: str, config: Path | None = None) -> Settings:
    """Keyword in lower case -> its values, as `ssh -G` prints them.

    Raises:
        Problem: as `resolve_alias`.
    """
    return _read(alias, config).settings


def notes(alias: str, config: Path | None = None) -> tuple[str, ...]:
    """What ssh would heed of an alias and Tandem does not, and what ssh complained of; as sentences.

    Raises:
        Problem: as `resolve_alias`.
    """
    found = _read(alias, config)
    ssh = shutil.which("ssh")
    bare, system = config_asked.defaults(ssh, alias) if ssh is not None else (None, None)
    told = config_notes.notes(found.settings, bare, system)
    return (found.complaint, *told) if found.complaint else told


def _read(alias: str, config: Path | None) -> _Reading:
    check_host(alias)
    if config is not None:
        _ensure_readable(config)
    path = config or user_config()
    ssh = shutil.which("ssh")
    if ssh is None:
        return _Reading(_by_ourselves(alias, path) if config is not None or path.exists() else {})
    try:
        return _Reading(config_asked.ask(ssh, alias, config))
    except Problem as problem:
        if problem.code != "ssh.config_invalid":
            raise
        # ssh reads all or nothing; a line that it does not take may speak of another alias altogether.
        try:
            found = _by_ourselves(alias, path)
        except Problem:
            raise problem from None
        complaint = "ssh does not take {file} line {line} ({reason}); Tandem read the alias by itself"
        return _Reading(found, complaint.format_map(problem.attrs))


def _by_ourselves(alias: str, path: Path) -> Settings:
    return {keyword: tuple(values) for keyword, values in config_reader.settings(alias, path).items()}


def _ensure_readable(config: Path) -> None:
    try:
        with config.open("rb"):
            return
    except FileNotFoundError as error:
        raise Problem("file.missing", path=config) from error
    except OSError as error:
        raise Problem("file.unreadable", path=config, reason=error.strerror or error) from error


def _resolve(
    alias: str, config: Path | None, name: str, above: tuple[str, ...], connect_timeout_s: float
) -> Target:
    if alias.lower() in above or len(above) >= _MAX_HOPS:
        raise Problem("ssh.jump_loop", server=name, chain=" → ".join((*above, alias)))
    reading = _read(alias, config)
    found = reading.settings
    command = _first(found, "proxycommand")
    command = None if command is None or command.lower() == "none" else command
    found = config_tokens.expanded(alias, found)
    target = Target(
        name=name,
        host=_first(found, "hostname") or alias,
        port=int(_first(found, "port") or 22),
        user=_first(found, "user") or "",
        identities=_identities(found),
        identities_only=_first(found, "identitiesonly") == "yes",
        certificates=_paths(found, "certificatefile"),
        identity_agent=_first(found, "identityagent"),
        proxy_command=command,
        host_key_name=_first(found, "hostkeyalias"),
        known_hosts=_known_hosts(found),
        alias=alias,
        connect_timeout_s=_positive(found, "connecttimeout") or connect_timeout_s,
        alive_interval_s=_positive(found, "serveraliveinterval"),
        alive_misses=int(_positive(found, "serveralivecountmax") or 3),
        compression=(_first(found, "compression") or "").lower() in _TRUE,
        environment=_environment(found),
        accepts_new_key=(_first(found, "stricthostkeychecking") or "").lower()
        in ("accept-new", "no", "off", "false"),
        notes=(reading.complaint,) if reading.complaint else (),
    )
    jump = _first(found, "proxyjump")
    if jump and jump.lower() != "none" and command is None:
        target = replace(target, jump=_hops(jump, alias, config, (*above, alias.lower()), connect_timeout_s))
    return target.checked()


def _hops(
    text: str, alias: str, config: Path | None, above: tuple[str, ...], connect_timeout_s: float
) -> tuple[Target, ...]:
    """The servers of a ProxyJump. The first brings its own way along; ssh uses the later ones as named."""
    hops: list[Target] = []
    for part in text.split(","):
        found = _HOP.fullmatch(part.strip())
        if found is None:
            raise Problem(
                "ssh.unsupported", server=alias, what=f"ProxyJump {part}", remedy="Write user@host:port."
            )
        host = found["host"].strip("[]")
        hop = _resolve(host, config, host, above, connect_timeout_s)
        if found["user"]:
            hop = replace(hop, user=found["user"])
        if found["port"]:
            hop = replace(hop, port=int(found["port"]))
        if hops:
            hop = replace(hop, jump=(), proxy_command=None)
        hops += [*hop.jump, replace(hop, jump=())]
    return tuple(hops)


def _first(found: Settings, keyword: str) -> str | None:
    values = found.get(keyword)
    return values[0] if values else None


def _paths(found: Settings, keyword: str) -> tuple[Path, ...]:
    return tuple(Path(value).expanduser() for value in found.get(keyword, ()) if value.lower() != "none")


def _identities(found: Settings) -> tuple[Path, ...]:
    """The files that are there, or whose public half is, for the agent; ssh, too, passes over the others."""
    there = (
        path
        for path in _paths(found, "identityfile")
        if path.is_file() or path.with_name(path.name + ".pub").is_file()
    )
    return tuple(dict.fromkeys(there))


def _environment(found: Settings) -> tuple[tuple[str, str], ...]:
    pairs = (value.partition("=") for value in found.get("setenv", ()))
    return tuple((name, value) for name, equals, value in pairs if equals)


def _known_hosts(found: Settings) -> tuple[Path, ...] | None:
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


def _positive(found: Settings, keyword: str) -> float | None:
    text = _first(found, keyword) or ""
    return float(text) if text.isdigit() and int(text) > 0 else None
