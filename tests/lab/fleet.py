"""Several lab servers at once, each with its own port, host key and HOME, one client key for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.lab.sshd import LabServer, make_key


class LabFleet:
    """`count` servers named `lab-1`, `lab-2`, …; started by `with`.

    Args:
        folder: holds one folder per server.
        options: lines of sshd_config for all of them.
    """

    def __init__(
        self, folder: Path, count: int, *, options: Mapping[str, str | Sequence[str]] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.client_key = folder / "client_ed25519"
        if not self.client_key.exists():
            make_key(self.client_key)
        self.servers = [
            LabServer(folder / f"lab-{n}", name=f"lab-{n}", options=options, client_key=self.client_key)
            for n in range(1, count + 1)
        ]

    def __enter__(self) -> Self:
        try:
            for server in self.servers:
                server.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End them all."""
        for server in self.servers:
            server.stop()

    def __iter__(self) -> Iterator[LabServer]:
        return iter(self.servers)

    def __getitem__(self, index: int) -> LabServer:
        return self.servers[index]

    def __len__(self) -> int:
        return len(self.servers)

    def write_known_hosts(self, path: Path) -> Path:
        """A known_hosts file that trusts every server of the fleet."""
        path.write_text("".join(server.known_hosts_line for server in self.servers), "ascii")
        return path

    def write_ssh_config(self, path: Path) -> Path:
        """A config with one alias per server."""
        path.write_text("\n".join(server.ssh_config_block() for server in self.servers), "utf-8")
        return path
