"""Words that start a lab server as a machine of its own: its own id, boot and places for locks.

A mount namespace each; the home folder and everything else stay the same. Needs root.
"""

from __future__ import annotations

import uuid
from pathlib import Path

_PLACES = ("/run/lock", "/dev/shm")


def machine(folder: Path, name: str, *, boot: str | None = None, own_locks: bool = True) -> tuple[str, ...]:
    """The words before sshd's own (LabServer's `within`).

    Args:
        folder: where the files lie that are mounted over the kernel's.
        name: tells machines apart; the same name is the same machine.
        boot: tells its boots apart; None for the true boot id.
        own_locks: whether its places for locks are its own, as a machine's are; a container shares them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    covers = {"/etc/machine-id": uuid.uuid5(uuid.NAMESPACE_DNS, name).hex}
    if boot is not None:
        covers["/proc/sys/kernel/random/boot_id"] = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name} {boot}"))
    lines = []
    for place, text in covers.items():
        cover = folder / f"{name}-{boot}-{Path(place).name}"
        cover.write_text(text + "\n", "ascii")
        lines.append(f"mount --bind {cover} {place}")
    for place in _PLACES if own_locks else ():
        # A folder of the machine's own, so that it is the same one after a restart of the server's sshd.
        own = folder / f"{name}{place.replace('/', '-')}"
        own.mkdir(exist_ok=True)
        own.chmod(0o1777)
        lines.append(f"mount --bind {own} {place}")
    return ("unshare", "--mount", "sh", "-ec", "; ".join(lines) + '; exec "$0" "$@"')
