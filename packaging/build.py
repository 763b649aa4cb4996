"""Makes the one-folder bundle and the .deb below build/ and dist/, and tries the .deb in a clean Debian.

The bundle is built in an environment of its own, which never has torch in it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
DIST = ROOT / "dist"
ENVIRONMENT = BUILD / "environment"
BUNDLE = BUILD / "bundle" / "tandem"
INPUTS = ("console", "plugins", "resources", "packaging", "pyproject.toml", "LICENSE", "README.md")


def run(*argv: str | Path, **variables: str) -> None:
    """Run a command quietly; its output is shown where it fails."""
    found = subprocess.run(
        [str(word) for word in argv],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if found.returncode != 0:
        raise SystemExit(f"{argv[0]} {argv[1]} … failed:\n{found.stdout[-6000:]}")


def say(text: str) -> None:
    """Progress, at once."""
    print(text, flush=True)


def source_date() -> str:
    """The time of the last commit, so that two builds of one commit agree; now where there is no git."""
    found = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or str(int(time.time()))


def inputs_hash() -> str:
    """What the bundle is made of, as a hash: a second run with the same inputs builds nothing."""
    digest = hashlib.sha256(sys.version.encode())
    for name in INPUTS:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_fresh(stamp: Path) -> bool:
    """Whether a stamp says that this was made of the present inputs."""
    return stamp.exists() and stamp.read_text() == inputs_hash()


def make_environment() -> Path:
    """A virtual environment with Tandem as it ships and the packagers; returns its Python."""
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / ".made-of"
    if not is_fresh(stamp):
        if not python.exists():
            run(sys.executable, "-m", "venv", "--clear", ENVIRONMENT)
            run(python, "-m", "pip", "install", "pip>=25.1")
        constraints = ROOT / "packaging" / "constraints.txt"
        run(python, "-m", "pip", "install", "-c", constraints, f"{ROOT}[package]")
        run(python, "-m", "pip", "install", "-c", constraints, "--no-deps", "--force-reinstall", ROOT)
        stamp.write_text(inputs_hash())
    return python


def make_bundle() -> Path:
    """The folder that runs without any Python of the machine."""
    stamp = BUILD / "bundle" / ".made-of"
    if is_fresh(stamp):
        return BUNDLE
    python = make_environment()
    router = ROOT / "packaging" / "haproxy.py"
    run(sys.executable, router)
    run(
        python,
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--log-level=WARN",
        f"--distpath={BUNDLE.parent}",
        f"--workpath={BUILD / 'work'}",
        ROOT / "packaging" / "tandem.spec",
        PYTHONHASHSEED="1",
        SOURCE_DATE_EPOCH=source_date(),
    )
    stamp.write_text(inputs_hash())
    return BUNDLE


def size_of(path: Path) -> int:
    """Bytes of a file or of all files below a folder."""
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file() and not f.is_symlink()]
    return sum(file.stat().st_size for file in files)


def biggest(folder: Path, count: int = 6) -> str:
    """The parts of a bundle that weigh most, for a person who trims it."""
    parts = sorted(
        ((size_of(path), path.name) for path in folder.iterdir() if not path.is_symlink()), reverse=True
    )
    return ", ".join(f"{name} {size / 1e6:.0f}" for size, name in parts[:count])


def main(argv: Sequence[str] | None = None) -> int:
    """Build, and try the result unless told not to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-smoke", action="store_true", help="do not try the .deb in a clean Debian")
    given = parser.parse_args(argv)
    import debian
    import smoke

    begun = time.monotonic()
    bundle = make_bundle()
    took = time.monotonic() - begun
    say(f"bundle {bundle.relative_to(ROOT)}: {size_of(bundle) / 1e6:.0f} MB ({took:.0f} s)")
    say(f"  of it, in MB: {biggest(bundle / '_internal')}")
    deb = debian.make_deb(bundle, BUILD, DIST, ENVIRONMENT / "bin", source_date())
    say(f"package {deb.relative_to(ROOT)}: {size_of(deb) / 1e6:.0f} MB")
    if not given.no_smoke:
        begun = time.monotonic()
        smoke.try_in_clean_debian(deb, BUILD, say)
        say(f"tried in a clean Debian in {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    if shutil.which("objdump") is None:
        sys.exit("objdump is missing; install binutils")
    sys.exit(main())
