"""Makes the Python environment of a serving runtime; runs on servers as a service, once per lock file.

Usage: make_environment.py FOLDER LOCK. Leaves FOLDER with a file `ready` in it, or no FOLDER at all.
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

UNHASHED = "# --- by version only"


def say(text: str) -> None:
    """One line of progress, told apart from pip's own lines."""
    sys.stdout.write(f"TANDEM {text}\n")
    sys.stdout.flush()


def split(lock: str) -> "tuple[str, list[str]]":
    """The part whose hashes are checked, and the requirements pinned by version only."""
    hashed, _, rest = lock.partition(UNHASHED)
    pinned = [line.strip() for line in rest.splitlines()[1:]]
    return hashed, [line for line in pinned if line and not line.startswith("#")]


def run(*argv: str) -> None:
    """A command whose output is the log's; its failure ends everything."""
    status = subprocess.call(argv, stdin=subprocess.DEVNULL)
    if status:
        sys.exit(f"'{' '.join(argv[:4])}' ended with {status}")


def make(folder: Path, lock: Path) -> None:
    """The environment, or SystemExit."""
    hashed, pinned = split(lock.read_text("utf-8"))
    say("1/3 a fresh environment with Python {}.{}".format(*sys.version_info[:2]))
    run(sys.executable, "-m", "venv", str(folder))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    pip += ["--no-input", "--progress-bar", "off"]
    say("2/3 the packages of the lock file")
    checked = folder / "hashed.txt"
    checked.write_text(hashed, "utf-8")
    run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(checked))
    say(f"3/3 {', '.join(pinned)}")
    if pinned:
        run(*pip, *pinned)
    (folder / "ready").write_text("\n".join(pinned) + "\n", "utf-8")


def main() -> None:
    """Make it once; what is half done is removed."""
    folder, lock = (Path(each) for each in sys.argv[1:])
    if (folder / "ready").exists():
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = False
    try:
        make(folder, lock)
        whole = True
    finally:
        if not whole:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
