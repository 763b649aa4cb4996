"""A server whose Python is not one: answers a copy with what a hostile server would. Runs as its interpreter.

usage in the inventory: python = the path that `write` returns.
"""

from __future__ import annotations

import stat
import sys
from pathlib import Path

_PROGRAM = """#!{python}
import hashlib, json, os, struct, sys, time, zlib
read = sys.stdin.buffer.read
bundle = json.loads(zlib.decompress(read(int(read(8), 16))))
out = sys.stdout.buffer
out.write(("\\nTANDEM-AGENT 1 %s\\n" % bundle["config"]["nonce"]).encode()); out.flush()
def send(message):
    body = json.dumps(message).encode(); out.write(struct.pack(">BI", 1, len(body)) + body); out.flush()
def data(body):
    out.write(struct.pack(">BI", 2, len(body)) + body); out.flush()
def receive():
    head = read(5)
    if len(head) < 5: sys.exit(0)
    kind, size = struct.unpack(">BI", head)
    body = read(size)
    return json.loads(body) if kind == 1 else body
def sha(body): return hashlib.sha256(body).hexdigest()
{script}
"""


def write(folder: Path, script: str) -> str:
    """Make such an interpreter; `script` may use send, data, receive and sha."""
    path = folder / "python-that-is-none"
    path.write_text(_PROGRAM.format(python=sys.executable, script=script), "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)
