"""Tries a .deb where nothing of this machine helps it: in a fresh Debian root, as a user without rights.

Needs root for debootstrap and chroot. Any output that is not expected fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "person"
_TIMEOUT_S = 600
_SMALLEST_PICTURE_BYTES = 10_000


def mirror_of(sources: Path, codename: str) -> str:
    """The address of the Debian mirror that this machine's apt uses.

    Args:
        sources: /etc/apt, or a folder like it.
    """
    for path in sorted(sources.glob("sources.list.d/*.sources")):
        for stanza in path.read_text("utf-8").split("\n\n"):
            fields = dict(
                line.split(":", 1) for line in stanza.splitlines() if ":" in line and line[0] not in "# \t"
            )
            if (
                codename in fields.get("Suites", "").split()
                and "main" in fields.get("Components", "").split()
            ):
                return fields["URIs"].split()[0]
    for path in [sources / "sources.list", *sorted(sources.glob("sources.list.d/*.list"))]:
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            words = [
                word for word in line.split("#")[0].split() if not word.startswith("[") and "=" not in word
            ]
            if words[:1] == ["deb"] and words[2:3] == [codename] and "main" in words[3:]:
                return words[1]
    raise SystemExit(f"no Debian mirror for {codename} in {sources}")


def codename() -> str:
    """The release of Debian that this machine runs."""
    for line in Path("/etc/os-release").read_text("utf-8").splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise SystemExit("/etc/os-release names no release; the package is tried on Debian only")


def quietly(*argv: str | Path, timeout_s: float = _TIMEOUT_S) -> None:
    """Run something whose output matters only where it fails."""
    found = subprocess.run(
        [str(word) for word in argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
    )
    if found.returncode != 0:
        raise SystemExit(f"{' '.join(str(word) for word in argv)} failed:\n{found.stdout[-6000:]}")


class CleanDebian:
    """A minimal Debian below `root`; made by `with`, gone after it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._mounted: list[Path] = []

    def __enter__(self) -> CleanDebian:
        if os.geteuid() != 0:
            raise SystemExit("trying the .deb needs root, for debootstrap and chroot")
        self._remove()
        release = codename()
        quietly("debootstrap", "--variant=minbase", release, self.root, mirror_of(Path("/etc/apt"), release))
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        (self.root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
        (self.root / "usr/sbin/policy-rc.d").chmod(0o755)
        self._mount("/proc", "proc")
        quietly("chroot", self.root, "useradd", "--create-home", "--uid", "1000", USER)
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def _mount(self, source: str, target: str) -> None:
        place = self.root / target
        place.mkdir(parents=True, exist_ok=True)
        quietly("mount", "--bind", source, place)
        self._mounted.append(place)

    def _remove(self) -> None:
        stale = [
            Path(words[1])
            for words in (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
            if words[1].startswith(f"{self.root}/")
        ]
        for place in reversed(stale):
            quietly("umount", place)
        shutil.rmtree(self.root, ignore_errors=True)

    def show(self, folder: str) -> None:
        """Let it see a folder of this machine under the same name."""
        self._mount(folder, folder.lstrip("/"))

    def apt(self, *words: str) -> None:
        """apt-get as root, with the package's own dependencies and no more."""
        self.root_command("apt-get", "-q", "-y", "--no-install-recommends", *words)

    def root_command(self, *argv: str) -> None:
        """Something that must succeed, as root."""
        quietly("chroot", self.root, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *argv)

    def person_runs(self, *argv: str, timeout_s: float = 60, **variables: str) -> str:
        """What a command prints for a user without rights; it must succeed and complain of nothing."""
        environment = {"HOME": f"/home/{USER}", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **variables}
        found = subprocess.run(
            ["/usr/sbin/chroot", f"--userspec={USER}:{USER}", str(self.root), *argv],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        if found.returncode != 0 or found.stderr:
            raise SystemExit(
                f"in the clean Debian, {' '.join(argv)} ended with {found.returncode}:\n"
                f"{found.stdout}{found.stderr}"
            )
        return found.stdout


@contextmanager
def display() -> Iterator[str]:
    """An X server of our own, for a window that nobody sees."""
    read, write = os.pipe()
    argv = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(
        argv, pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            raise SystemExit("Xvfb does not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def installed_version(deb: Path) -> str:
    """The version that a .deb says it is."""
    return subprocess.run(
        ["dpkg-deb", "--field", str(deb), "Version"], capture_output=True, text=True, check=True
    ).stdout.strip()


def look_at_window(debian: CleanDebian, build: Path) -> Path:
    """The window opened there, by X and by nothing, and its picture brought here."""
    picture = f"/home/{USER}/window.png"
    with display() as name:
        debian.show("/tmp/.X11-unix")  # made by the X server
        for variables in ({"QT_QPA_PLATFORM": "offscreen"}, {"DISPLAY": name}):
            debian.person_runs("tandem", "gui", TANDEM_SCREENSHOT=picture, timeout_s=90, **variables)
    inside = debian.root / picture.lstrip("/")
    if not inside.exists() or inside.stat().st_size < _SMALLEST_PICTURE_BYTES:
        raise SystemExit("the window left no picture")
    return Path(shutil.copy(inside, build / "window.png"))


def try_in_clean_debian(deb: Path, build: Path, say: Callable[[str], None]) -> None:
    """Install, ask its version and its health, open the window, remove it again."""
    with CleanDebian(build / "clean-debian") as debian:
        shutil.copy(deb, debian.root / "tmp" / deb.name)
        debian.apt("install", f"/tmp/{deb.name}")
        version = debian.person_runs("tandem", "--version").strip()
        if version != f"tandem {installed_version(deb)}":
            raise SystemExit(f"tandem --version says {version!r}")
        say(f"  {version}")
        for line in debian.person_runs("tandem", "doctor").splitlines():
            say(f"  {line}")
        picture = look_at_window(debian, build)
        say(f"  the window: {picture} ({picture.stat().st_size / 1e3:.0f} kB)")
        debian.apt("purge", "tandem")
        left = [place for place in ("opt/tandem", "usr/bin/tandem") if (debian.root / place).exists()]
        if left:
            raise SystemExit(f"removing the package left {', '.join(left)}")
