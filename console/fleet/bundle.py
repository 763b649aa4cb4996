"""What is sent to a server to start the agent there: the bundle's bytes and the boot line. No links here.

The line starts any Python >= 3.6; that Python reads the bundle from stdin and runs it from memory.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import console.agent
from console.core.problems import Problem

NO_PYTHON = "TANDEM-NO-PYTHON"
MARKER = "TANDEM-AGENT"
_INTERPRETERS = (
    "python3",
    "/usr/libexec/platform-python",
    *(f"python3.{minor}" for minor in range(13, 5, -1)),
    "python",
)
# One line without quotes, backslashes or exclamation marks: it passes through five kinds of login shell.
# An interpreter that is too old or lacks zlib ends with 9 or 1 before it has read anything.
_BOOT = (
    "import sys;sys.version_info<(3,6) and sys.exit(9);sys.path.pop(0);import zlib,json;"
    "r=sys.stdin.buffer.read;b=json.loads(zlib.decompress(r(int(r(8),16))).decode());"
    "exec(compile(b[sys.argv[1]],sys.argv[1],sys.argv[2]),dict(bundle=b))"
)
_BOOT_ARGUMENTS = "boot exec"
_UNSAFE_PATH = re.compile(r"[\x00-\x1f\x7f'\"\\`$!*?\[\]{};&|<>()#]")


@dataclass(frozen=True, slots=True)
class ProbeSource:
    """A plugin's agent-side probe: source text that stands on the standard library.

    Attributes:
        parts: (module name, source) of what it imports by `from . import NAME`.
    """

    name: str
    source: str
    vendor: str
    parts: tuple[tuple[str, str], ...] = ()


def boot_command(python: str | None = None) -> str:
    """The line to run on the server, safe in sh, bash, dash, fish and csh.

    Args:
        python: the only interpreter to try; relative paths and `~/` are taken from HOME there.

    Raises:
        Problem: `input.invalid` where the path holds characters that no shell-independent line can carry.
    """
    if python is None:
        candidates = " ".join(_INTERPRETERS)
    else:
        if not python.strip() or _UNSAFE_PATH.search(python):
            raise Problem(
                "input.invalid", what="The interpreter's path", reason="it is empty or has special characters"
            )
        candidates = f'"$HOME/{python[2:]}"' if python.startswith("~/") else f'"{python}"'
    # The shell stays as the parent, so that each interpreter is started once, not twice to ask its version.
    script = (
        'cd "$HOME" || cd /; '
        f"for p in {candidates}; do "
        'command -v "$p" >/dev/null 2>&1 || continue; '
        f'"$p" -u -E -s -c "{_BOOT}" {_BOOT_ARGUMENTS}; s=$?; '
        "case $s in 1|9|126|127) ;; *) exit $s ;; esac; "
        f"done; echo {NO_PYTHON}; exit 127"
    )
    return f"exec /bin/sh -c '{script}'"


def agent_sources() -> dict[str, str]:
    """The agent's modules by name, as text, wherever this Tandem runs from."""
    folder = Path(console.agent.__file__).parent
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*.py"))
        if path.stem != "__init__"
    }


def _pynvml_source() -> str | None:
    """The text of nvidia-ml-py's one file; None where it is not installed (the probe then says so)."""
    spec = importlib.util.find_spec("pynvml")
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return Path(spec.origin).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Heavy:
    """Everything but the configuration: its hash, and a compressor that has already seen it."""

    sha256: str
    head: bytes
    compressor: zlib._Compress


@lru_cache(maxsize=8)
def _heavy(probes: tuple[ProbeSource, ...]) -> _Heavy:
    modules = agent_sources()
    boot = modules.pop("boot")
    libraries = {}
    if (pynvml := _pynvml_source()) is not None:
        libraries["pynvml"] = pynvml
    content: dict[str, object] = {
        "boot": boot,
        "boot_line": _BOOT,
        "modules": modules,
        "libraries": libraries,
        "probes": [{"name": p.name, "source": p.source, "vendor": p.vendor} for p in probes],
    }
    for probe in probes:
        libraries.update({f"tandem_probe_{probe.name}.{part}": source for part, source in probe.parts})
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode("ascii")).hexdigest()
    compressor = zlib.compressobj(6)
    open_ended = text[:-1] + f',"sha256":"{digest}","config":'
    head = compressor.compress(open_ended.encode("ascii")) + compressor.flush(zlib.Z_SYNC_FLUSH)
    return _Heavy(digest, head, compressor)


def bundle_sha256(probes: tuple[ProbeSource, ...] = ()) -> str:
    """The hash of the code in a bundle, which the agent repeats in its hello."""
    return _heavy(probes).sha256


def build_bundle(probes: tuple[ProbeSource, ...], config: Mapping[str, object]) -> bytes:
    """The bytes to write to the boot line's stdin: eight hex digits of length, then zlib JSON.

    The code is compressed once per set of probes; only the configuration (with its nonce) is added each time.
    """
    heavy = _heavy(probes)
    compressor = heavy.compressor.copy()
    tail = compressor.compress(json.dumps(dict(config), separators=(",", ":")).encode("ascii") + b"}")
    body = heavy.head + tail + compressor.flush()
    return b"%08x" % len(body) + body


COPIER_MODULES = (
    "copier", "copy_files", "copy_in", "copy_out", "block_sums", "hashing", "homes", "paths", "wire",
)  # fmt: skip


@lru_cache(maxsize=1)
def _copier_text() -> str:
    sources = agent_sources()
    content = {
        "boot": sources["boot"],
        "entry": "copier",
        "modules": {name: sources[name] for name in COPIER_MODULES},
    }
    return json.dumps(content, separators=(",", ":"), sort_keys=True)


def copier_sha256() -> str:
    """The hash of the code that is sent for copies."""
    return hashlib.sha256(_copier_text().encode("ascii")).hexdigest()


def build_copier(config: Mapping[str, object]) -> bytes:
    """As `build_bundle`, for the small program at the server's end of a copy."""
    text = _copier_text()[:-1] + ',"config":' + json.dumps(dict(config)) + "}"
    body = zlib.compress(text.encode("ascii"), 6)
    return b"%08x" % len(body) + body
