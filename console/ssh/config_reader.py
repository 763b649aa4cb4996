"""What ssh_config says of an alias where no `ssh` is installed: a strict reader of a subset.

It refuses what it does not understand, because a setting that is passed over can lead elsewhere.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path

from console.ssh.config_asked import ensure_own
from console.ssh.config_lines import Includes, Line, read_lines
from console.ssh.config_tokens import PATHS, TOKENS

_MANY = ("identityfile", "certificatefile")
_USED = {
    "hostname",
    "user",
    "port",
    "identityfile",
    "identitiesonly",
    "identityagent",
    "proxyjump",
    "proxycommand",
    "userknownhostsfile",
    "globalknownhostsfile",
    "hostkeyalias",
    "stricthostkeychecking",
    "connecttimeout",
    "certificatefile",
    "serveraliveinterval",
    "serveralivecountmax",
    "compression",
    "setenv",
}
# They change nothing of where a connection goes or what it trusts.
_HARMLESS = {
    "addkeystoagent",
    "batchmode",
    "checkhostip",
    "connectionattempts",
    "controlmaster",
    "controlpath",
    "controlpersist",
    "escapechar",
    "exitonforwardfailure",
    "forwardagent",
    "forwardx11",
    "forwardx11trusted",
    "gssapiauthentication",
    "gssapidelegatecredentials",
    "hashknownhosts",
    "ignoreunknown",
    "ipqos",
    "localforward",
    "dynamicforward",
    "loglevel",
    "numberofpasswordprompts",
    "permitlocalcommand",
    "preferredauthentications",
    "pubkeyauthentication",
    "passwordauthentication",
    "rekeylimit",
    "remoteforward",
    "requesttty",
    "sendenv",
    "tcpkeepalive",
    "updatehostkeys",
    "usekeychain",
    "visualhostkey",
    "xauthlocation",
}


def settings(alias: str, path: Path) -> dict[str, list[str]]:
    """Keyword -> values as `ssh -G` prints them; the first value found counts, identity files add up.

    Raises:
        Problem: `ssh.config_invalid` with file and line, `file.missing`, `file.unreadable`.
    """
    found: dict[str, list[str]] = {}
    for line in _applying(alias, path, 0, Includes()):
        if line.keyword in _HARMLESS:
            continue
        if line.keyword not in _USED:
            raise line.problem(f"'{line.keyword}' is not understood without OpenSSH's ssh installed")
        if not line.arguments:
            raise line.problem(f"'{line.keyword}' has no value")
        ensure_own(line)
        value = line.rest if line.keyword == "proxycommand" else " ".join(line.arguments)
        if line.keyword == "setenv":
            found.setdefault("setenv", list(line.arguments))
            continue
        if line.keyword in _MANY:
            held = found.setdefault(line.keyword, [])
            held += [each for each in [_expanded(line, value, alias)] if each not in held]
        elif line.keyword not in found:
            found[line.keyword] = [_expanded(line, value, alias)]
    return found


def _expanded(line: Line, value: str, alias: str) -> str:
    if line.keyword == "proxycommand" or "%" not in value:
        return value
    if line.keyword == "hostname":
        return value.replace("%%", "\0").replace("%h", alias).replace("\0", "%")
    # Paths keep theirs, as in what `ssh -G` prints: config.py puts in what they stand for.
    if line.keyword in PATHS and not set(re.findall("%(.?)", value.replace("%%", ""))) - set(TOKENS):
        return value
    raise line.problem("its % tokens are not understood without OpenSSH's ssh installed")


def _applying(alias: str, path: Path, depth: int, includes: Includes) -> Iterator[Line]:
    applies = True
    for line in read_lines(path):
        if line.keyword == "host":
            applies = _fits(alias, line)
        elif line.keyword == "match":
            if [word.lower() for word in line.arguments] != ["all"]:
                raise line.problem("'Match' is not understood without OpenSSH's ssh installed")
            applies = True
        elif line.keyword == "include":
            for file in includes.of(line, depth):
                if applies:
                    yield from _applying(alias, file, depth + 1, includes)
        elif applies:
            yield line


def _fits(alias: str, line: Line) -> bool:
    found = False
    for pattern in line.arguments:
        text = pattern.removeprefix("!").replace("[", "[[]")
        if fnmatch.fnmatchcase(alias, text):
            if pattern.startswith("!"):
                return False
            found = True
    return found
