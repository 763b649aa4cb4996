"""One picture of the window and out: how a package is tried on a machine where nobody looks."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from console.ui import clock
from console.ui.shell.window import Window

VARIABLE = "TANDEM_SCREENSHOT"
_SETTLE_BEATS = 20


def take_if_asked(window: Window, leave: Callable[[], None]) -> None:
    """Where the environment names a file, write the picture there once the page has settled, then leave."""
    named = os.environ.get(VARIABLE)
    if not named:
        return
    beats = 0

    def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == _SETTLE_BEATS:
            window.grab().save(str(Path(named)))
            leave()

    window.clock.every(clock.CHARTS, window, beat)
