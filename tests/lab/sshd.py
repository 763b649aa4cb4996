"""A real OpenSSH server on loopback with its own port, host keys, authorised keys and HOME.

    with LabServer(folder) as server:
        ssh -F server.write_ssh_config(path) lab true

Needs /usr/sbin/sshd and ssh-keygen. As root it makes /run/sshd.
"""

from __future__ import annotations

import base64
import getpass
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.lab import processes

HOST = "127.0.0.1"
_START_S = 10.0


def make_key(path: Path, kind: str = "ed25519", *, passphrase: str = "", bits: int | None = None) -> Path:
    """A key pair made by ssh-keygen; returns the private key's path."""
    argv = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", f"lab {path.name}", "-f", str(path)]
    subprocess.run(argv + (["-b", str(bits)] if bits else []), check=True, stdin=subprocess.DEVNULL)
    return path


def free_port() -> int:
    """A port on loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def sshd_path() -> str:
    """Where sshd is; sshd wants to be started by its full path."""
    found = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise FileNotFoundError("sshd is missing; install openssh-server")
    return found


def openssh_version() -> tuple[int, int]:
    """Major and minor of the OpenSSH that is installed here."""
    text = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"OpenSSH_(\d+)\.(\d+)", text)
    if found is None:
        raise ValueError(f"not OpenSSH: {text}")
    return int(found[1]), int(found[2])


@dataclass(frozen=True)
class OpenSsh:
    """An sshd: the words that start it, its version, and what its configuration needs to say."""

    words: tuple[str, ...]
    version: tuple[int, int]
    options: Mapping[str, str] = field(default_factory=dict)


class LabServer:
    """One sshd. `start` is done by `with`; everything lies below `folder`.

    Args:
        folder: made if missing; holds keys, configuration, log and, unless given, the HOME.
        name: what it is called in configs and messages.
        options: lines of sshd_config that replace or add to ours; a sequence makes several lines.
        environment: further variables of every session (SetEnv), beside HOME.
        client_key: a private key to let in; made where none is given.
        host_key_types: types of the host keys it shows, in the order of its configuration.
        host: the address it listens on.
        within: words before sshd's own, to start it elsewhere (a network namespace).
        openssh: which sshd to start; the installed one where None.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "lab",
        options: Mapping[str, str | Sequence[str]] | None = None,
        environment: Mapping[str, str] | None = None,
        client_key: Path | None = None,
        host_key_types: Sequence[str] = ("ed25519",),
        host: str = HOST,
        within: Sequence[str] = (),
        openssh: OpenSsh | None = None,
    ) -> None:
        self.folder = folder
        self.name = name
        self.host = host
        self._within = tuple(within)
        self._openssh = openssh or OpenSsh((sshd_path(),), openssh_version())
        self.user = getpass.getuser()
        self.port = 0
        self.home = folder / "home"
        self.options: dict[str, str | Sequence[str]] = dict(options or {})
        self.environment = dict(environment or {})
        self.host_key_types = tuple(host_key_types)
        self._given_key = client_key
        self._process: subprocess.Popen[bytes] | None = None

    # --- life

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make what is missing, start sshd and return when it listens."""
        self._prepare()
        for _ in range(5):
            if not self.port:
                self.port = free_port()
            if self._launch():
                return
            self.port = 0  # another process took the port between our look and sshd's
        raise RuntimeError(f"sshd does not start:\n{self.log_text()}")

    def stop(self) -> None:
        """End sshd, its sessions and everything that runs with its HOME."""
        self.stop_listening()
        processes.end_with_home(self.home)

    def stop_listening(self) -> None:
        """End sshd and its sessions; what left its session (supervisors, jobs) lives on."""
        process, self._process = self._process, None
        if process is None:
            return
        # The listener is frozen first, so that it accepts nobody while its children are counted.
        processes.send(process.pid, signal.SIGSTOP)
        processes.end([*processes.descendants(process.pid), process.pid])
        process.wait()

    def restart(self, *, new_host_key: bool = False, **options: str) -> None:
        """Stop and start on the same port, with other host keys or options where asked."""
        self.stop_listening()
        self.options.update(options)
        if new_host_key:
            for path in self.folder.glob("host_*"):
                path.unlink()
        self._prepare()
        if not self._launch():
            raise RuntimeError(f"sshd does not start again on port {self.port}:\n{self.log_text()}")

    def end_sessions(self) -> None:
        """Kill the sessions, keep listening: what a client sees when its connection dies."""
        processes.end(self.session_pids())

    # --- faults

    def pause(self) -> None:
        """SIGSTOP the listener and its sessions: the machine hangs, the kernel still acknowledges."""
        for pid in [self.pid, *self.session_pids()]:
            processes.send(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT them."""
        for pid in [*self.session_pids(), self.pid]:
            processes.send(pid, signal.SIGCONT)

    def pause_sessions(self) -> None:
        """SIGSTOP the sessions only; new connections still work."""
        for pid in self.session_pids():
            processes.send(pid, signal.SIGSTOP)

    def session_pids(self) -> list[int]:
        """Processes below the listener: sshd's per connection, shells, commands, agents."""
        return processes.descendants(self.pid)

    # --- what is known of it

    @property
    def pid(self) -> int:
        """The listener's process."""
        if self._process is None:
            raise RuntimeError("the lab server is not running")
        return self._process.pid

    @property
    def client_key(self) -> Path:
        """The private key that is let in."""
        return self._given_key or self.folder / "client_ed25519"

    @property
    def authorized_keys(self) -> Path:
        """Its authorised keys; tests may append."""
        return self.folder / "authorized_keys"

    @property
    def log(self) -> Path:
        """sshd's own log; grows over restarts."""
        return self.folder / "sshd.log"

    def log_text(self) -> str:
        """All of the log so far."""
        return self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""

    def auth_attempts(self) -> int:
        """Attempts to log in that sshd saw; with `LogLevel DEBUG1` also those of method `none`."""
        text = self.log_text()
        return len(re.findall(r"userauth-request for user", text)) or len(
            re.findall(r"(?:Accepted|Failed|Postponed) \S+ for ", text)
        )

    def host_key(self, kind: str | None = None) -> tuple[str, str]:
        """Type and base64 text of a host key, the first by default."""
        path = self._host_key_path(kind or self.host_key_types[0])
        words = path.with_name(path.name + ".pub").read_text("ascii").split()
        return words[0], words[1]

    def fingerprint(self, kind: str | None = None) -> str:
        """SHA256:… as ssh-keygen writes it."""
        digest = hashlib.sha256(base64.b64decode(self.host_key(kind)[1])).digest()
        return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")

    @property
    def known_hosts_line(self) -> str:
        """One line per host key, each with its line end."""
        keys = (self.host_key(kind) for kind in self.host_key_types)
        return "".join(f"[{self.host}]:{self.port} {kind} {text}\n" for kind, text in keys)

    def write_known_hosts(self, path: Path) -> Path:
        """A known_hosts file that trusts this server."""
        path.write_text(self.known_hosts_line, "ascii")
        return path

    def ssh_config_block(self, alias: str | None = None, *, known_hosts: Path | None = None) -> str:
        """A `Host` block for ssh; known hosts are written beside the keys where none are given."""
        trusted = known_hosts or self.write_known_hosts(self.folder / "known_hosts")
        return (
            f"Host {alias or self.name}\n"
            f"  HostName {self.host}\n  Port {self.port}\n  User {self.user}\n"
            f"  IdentityFile {self.client_key}\n  IdentitiesOnly yes\n  IdentityAgent none\n"
            f"  UserKnownHostsFile {trusted}\n  GlobalKnownHostsFile /dev/null\n"
        )

    def write_ssh_config(self, path: Path, alias: str | None = None) -> Path:
        """A config file with that block, for `ssh -F`."""
        path.write_text(self.ssh_config_block(alias), "utf-8")
        return path

    # --- inside

    def _prepare(self) -> None:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(mode=0o700, exist_ok=True)
        for kind in self.host_key_types:
            if not self._host_key_path(kind).exists():
                make_key(self._host_key_path(kind), kind)
        if not self.client_key.exists():
            make_key(self.client_key)
        if not self.authorized_keys.exists():
            public = self.client_key.with_name(self.client_key.name + ".pub")
            self.authorized_keys.write_bytes(public.read_bytes())
            self.authorized_keys.chmod(0o600)

    def _host_key_path(self, kind: str) -> Path:
        return self.folder / f"host_{kind}"

    def _configuration(self) -> str:
        variables = {"HOME": str(self.home), **self.environment}
        lines: dict[str, str | Sequence[str]] = {
            "ListenAddress": self.host,
            "Port": str(self.port),
            "PidFile": str(self.folder / "sshd.pid"),
            "HostKey": [str(self._host_key_path(kind)) for kind in self.host_key_types],
            "AuthorizedKeysFile": str(self.authorized_keys),
            "StrictModes": "no",
            "UsePAM": "no",
            "UseDNS": "no",
            "PrintMotd": "no",
            "PrintLastLog": "no",
            "PermitRootLogin": "yes",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "MaxStartups": "200:30:400",
            "LogLevel": "VERBOSE",  # DEBUG1 would also write into the stderr of commands
            # One line: only the first SetEnv of a configuration counts.
            "SetEnv": " ".join(f'"{name}={value}"' for name, value in variables.items()),
            "Subsystem": "sftp internal-sftp",
        }
        if self._openssh.version >= (9, 8):
            lines["PerSourcePenalties"] = "no"  # all of the lab comes from one address
        lines.update(self._openssh.options)
        lines.update(self.options)
        text = []
        for key, value in lines.items():
            text += [f"{key} {item}" for item in ([value] if isinstance(value, str) else value)]
        return "\n".join(text) + "\n"

    def _launch(self) -> bool:
        config = self.folder / "sshd_config"
        config.write_text(self._configuration(), "utf-8")
        before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._within, *self._openssh.words, "-D", "-e", "-f", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if b"Server listening on" in self.log.read_bytes()[before:]:
                return True
            if self._process.poll() is not None:
                break
            time.sleep(0.005)
        self.stop_listening()
        return False
