"""An OpenSSH of a later Debian than this one's, unpacked beside it: for what only a newer sshd does.

Nothing is installed. The packages come from the mirror that apt uses here and are kept in build/.
"""

from __future__ import annotations

import fcntl
import importlib.util
import platform
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

from tests.lab.sshd import OpenSsh, openssh_version, sshd_path

ROOT = Path(__file__).resolve().parent.parent.parent
RELEASE = "trixie"
NEEDED = (9, 8)
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_UNPACKED = ("openssh-server_*", "lib*", "zlib1g_*")


def newer_openssh() -> OpenSsh:
    """An sshd of at least 9.8: the installed one, or one of Debian's next release.

    Raises:
        subprocess.CalledProcessError: the mirror does not answer.
    """
    if openssh_version() >= NEEDED:
        return OpenSsh((sshd_path(),), openssh_version())
    folder = ROOT / "build" / f"openssh-{RELEASE}"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _unpack(folder)
            (folder / "done").touch()
    # Its programs need its own C library, whose loader takes the way to it as an argument.
    libraries = folder / "usr/lib" / f"{platform.machine()}-linux-gnu"
    (loader,) = libraries.glob("ld-linux*.so.*")
    start = (str(loader), "--library-path", str(libraries))
    options = {}
    for option, program in (("SshdSessionPath", "sshd-session"), ("SshdAuthPath", "sshd-auth")):
        script = folder / program
        words = " ".join(f"'{word}'" for word in (*start, folder / "usr/lib/openssh" / program))
        script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        script.chmod(0o755)
        options[option] = str(script)
    return OpenSsh((*start, str(folder / "usr/sbin/sshd")), (10, 0), options)


def _unpack(folder: Path) -> None:
    state = folder / "apt"
    for each in ("lists/partial", "archives/partial"):
        (state / each).mkdir(parents=True)
    (state / "status").touch()
    smoke = _script("smoke")
    mirror = smoke.mirror_of(Path("/etc/apt"), smoke.codename())
    (state / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {mirror} {RELEASE} main\n")
    settings = {
        "Dir::State": state,
        "Dir::State::Lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state,
        "Dir::Cache::Archives": state / "archives",
        "Dir::Etc::SourceList": state / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-q", *(word for key, value in settings.items() for word in ("-o", f"{key}={value}"))]
    install = ["--yes", "--no-install-recommends", "--download-only", "install", "openssh-server"]
    for words in (["update"], install):
        subprocess.run([*apt, *words], check=True, capture_output=True, timeout=300)
    for pattern in _UNPACKED:
        for package in (state / "archives").glob(f"{pattern}.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    shutil.rmtree(state)


def _script(name: str) -> ModuleType:
    """A module of packaging/, which is a folder of scripts and no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "packaging" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
