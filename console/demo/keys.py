"""The demo's own keys: made once, kept in its folder, mode 0600. Never used for a real server."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import paramiko

from console.core.files import write_atomically


def kept_key(path: Path) -> paramiko.ECDSAKey:
    """The key in `path`, made at the first call so that it stays the same from run to run."""
    if not path.exists():
        text = StringIO()
        paramiko.ECDSAKey.generate(bits=256).write_private_key(text)
        write_atomically(path, text.getvalue().encode())
    return paramiko.ECDSAKey.from_private_key_file(str(path))
