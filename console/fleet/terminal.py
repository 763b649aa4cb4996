"""The person's own terminal with the `ssh` command line that leads to a server. Connects nothing itself."""

from __future__ import annotations

import itertools
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from console.core.problems import Problem
from console.fleet.server import Server
from console.ssh.target import Target

# A terminal and the words before the command line that it runs.
_TERMINALS: tuple[tuple[str, ...], ...] = (
    ("x-terminal-emulator", "-e"),
    ("gnome-terminal", "--"),
    ("kgx", "--"),
    ("ptyxis", "--"),
    ("konsole", "-e"),
    ("xfce4-terminal", "-x"),
    ("mate-terminal", "-x"),
    ("tilix", "-e"),
    ("kitty",),
    ("alacritty", "-e"),
    ("foot",),
    ("wezterm", "start", "--"),
    ("xterm", "-e"),
)


def ssh_command(server: Server, target: Target, own_known_hosts: Path) -> tuple[str, ...]:
    """What a person would type to get there: their alias where there is one, else everything spelled out.

    Args:
        target: where the server is, its jump servers included.
        own_known_hosts: Tandem's file, so that ssh knows the keys that were trusted here.
    """
    known = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2", str(own_known_hosts)]
    if server.ssh_alias is not None:
        words = ["ssh"]
        words += ["-F", server.ssh_config] if server.ssh_config else []
        words += ["-p", str(server.port)] if server.port is not None else []
        words += ["-l", server.user] if server.user is not None else []
        words += _identity(target) if server.identity is not None else []
        if server.jump is not None:
            words += _way(target, known)
        return (*words, "--", server.ssh_alias)
    return ("ssh", *_options(target, known), *_way(target, known), "--", target.host)


def _options(target: Target, known: Sequence[str]) -> list[str]:
    files = " ".join(_quoted(path) for path in known)
    words = ["-o", f"UserKnownHostsFile={files}"]
    words += ["-p", str(target.port)] if target.port != 22 else []
    words += ["-l", target.user] if target.user else []
    words += _identity(target) if target.identities_only else []
    if target.host_key_name:
        words += ["-o", f"HostKeyAlias={target.host_key_name}"]
    return words


def _quoted(path: str) -> str:
    return f'"{path}"' if any(each.isspace() for each in path) else path


def _identity(target: Target) -> list[str]:
    words = [word for path in target.identities for word in ("-i", str(path))]
    return [*words, "-o", "IdentitiesOnly=yes"] if words else []


def _way(target: Target, known: Sequence[str]) -> list[str]:
    """Through the jump servers: as a command, because -J takes neither keys nor known hosts along."""
    command = ""
    hops = (*target.jump, target)
    for hop, following in itertools.pairwise(hops):
        place = f"[{following.host}]:{following.port}"
        before = ["-o", f"ProxyCommand={command}"] if command else []
        words = ["ssh", *_options(hop, known), *before, "-W", place, "--", hop.host]
        command = shlex.join(words).replace("%", "%%")
    if command:
        return ["-o", f"ProxyCommand={command}"]
    return ["-o", f"ProxyCommand={target.proxy_command}"] if target.proxy_command else []


def open_terminal(server: str, command: Sequence[str]) -> None:
    """Open a window of the person's terminal that runs the command line.

    Raises:
        Problem: `terminal.missing`.
    """
    words = _words(command)
    if words is None:
        raise Problem("terminal.missing", server=server, command=shlex.join(command))
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise Problem("terminal.missing", server=server, command=shlex.join(command)) from error
    # A window that lives for days leaves no zombies of the terminals that were closed meanwhile.
    threading.Thread(target=process.wait, name=f"terminal {server}", daemon=True).start()


def _words(command: Sequence[str]) -> list[str] | None:
    if sys.platform == "darwin":
        line = shlex.join(command).replace("\\", "\\\\").replace('"', '\\"')
        return ["osascript", "-e", f'tell application "Terminal" to do script "{line}"', "-e", "activate"]
    if sys.platform == "win32":
        found = shutil.which("wt")
        return [found, *command] if found else ["cmd", "/c", "start", "", *command]
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    chosen = shlex.split(os.environ.get("TERMINAL", ""))
    if chosen and shutil.which(chosen[0]):
        return [*chosen, *([] if len(chosen) > 1 else ["-e"]), *command]
    for name, *before in _TERMINALS:
        if found := shutil.which(name):
            return [found, *before, *command]
    return None
