"""A network of its own for a lab server: a namespace and a cable to it, where packets can be dropped.

Needs root, iproute2 and nftables; netem is not in every kernel.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Self


class Namespace:
    """One end of the cable is here, the other in the namespace; used by `with`.

    Args:
        number: tells namespaces apart; part of their addresses.
    """

    def __init__(self, number: int = 1) -> None:
        self.name = f"lab{os.getpid() % 10000}-{number}"
        self.here, self.there = f"10.213.{number}.1", f"10.213.{number}.2"
        self._cable = f"v{os.getpid() % 10000}-{number}"

    @property
    def within(self) -> tuple[str, ...]:
        """The words that start a command inside."""
        return ("ip", "netns", "exec", self.name)

    def __enter__(self) -> Self:
        _run("ip", "netns", "add", self.name)
        try:
            _run("ip", "link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", self.name)
            _run("ip", "addr", "add", f"{self.here}/30", "dev", self._cable)
            _run("ip", "link", "set", self._cable, "up")
            _run(*self.within, "ip", "addr", "add", f"{self.there}/30", "dev", "eth0")
            for device in ("lo", "eth0"):
                _run(*self.within, "ip", "link", "set", device, "up")
            self._nft("add table inet lab")
            for hook in ("input", "output"):
                self._nft(f"add chain inet lab {hook} {{ type filter hook {hook} priority 0; }}")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Remove both.

        The cable first: a process that is still ending inside keeps the namespace, and with it its end of
        the cable, after the name is gone.
        """
        if Path("/sys/class/net", self._cable).exists():
            _run("ip", "link", "del", self._cable)
        _run("ip", "netns", "del", self.name)

    def drop_all(self) -> None:
        """Half-open: from now on nothing arrives and nothing is refused, in either direction."""
        for hook in ("input", "output"):
            self._nft(f"add rule inet lab {hook} drop")

    def lose(self, percent: int) -> None:
        """Lose so many packets of a hundred, each way, at random."""
        for hook in ("input", "output"):
            self._nft(f"add rule inet lab {hook} numgen random mod 100 < {percent} drop")

    def refuse_calls(self, but: int) -> None:
        """A firewall that lets nobody in, but to one port; what it called itself may answer."""
        self._nft(f"add rule inet lab input tcp flags & (syn|ack) == syn tcp dport != {but} drop")

    def only(self, port: int) -> None:
        """A firewall that lets nothing through, either way, but what concerns one port of its own."""
        self._nft(f"add rule inet lab input tcp dport != {port} drop")
        self._nft(f"add rule inet lab output tcp sport != {port} drop")

    def restore(self) -> None:
        """Let everything pass again."""
        for hook in ("input", "output"):
            self._nft(f"flush chain inet lab {hook}")

    def unplug(self) -> None:
        """Pull the cable."""
        _run("ip", "link", "set", self._cable, "down")

    def plug_in(self) -> None:
        """Put it back."""
        _run("ip", "link", "set", self._cable, "up")

    def _nft(self, line: str) -> None:
        _run(*self.within, "nft", line)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
