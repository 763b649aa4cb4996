"""What is asked of the C library: in a process of its own, because it lasts."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import threading
from console.core import allocator
print(allocator.use_one_arena())
kept = []
threads = [threading.Thread(target=lambda: kept.append([bytes(2000) for _ in range(5000)])) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
held = [part[::50] for part in kept]
kept.clear()
print(allocator.give_back())
"""


def test_threads_share_one_heap_and_its_free_pages_go_back() -> None:
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True"]
