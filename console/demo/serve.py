"""The process of one demo server: prints its port and host key, serves until its standard input ends."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from console.demo.keys import kept_key
from console.demo.ssh_server import DemoAccount, DemoSshServer


def serve(folder: Path, client_key: Path, user: str) -> int:
    """Serve the account `user` with HOME `folder`/home until standard input ends.

    Prints one JSON line {"port", "host_key"} first; `host_key` is "type base64".
    """
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ
    }
    tuning = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    account = DemoAccount(
        user,
        kept_key(client_key),
        {**kept, **tuning, "HOME": str(home), "USER": user, "LOGNAME": user, "SHELL": "/bin/sh"},
    )
    key = kept_key(folder / "host_key")
    server = DemoSshServer(account, key)
    sys.stdout.write(
        json.dumps({"port": server.port, "host_key": f"{key.get_name()} {key.get_base64()}"}) + "\n"
    )
    sys.stdout.flush()
    sys.stdin.buffer.read()
    server.close()
    return 0
