"""Where paramiko's own log lines go: to `console.ssh.wire`, at DEBUG, with the peer's text made safe.

What matters of them reaches people as Problems; a server must not be able to forge a line of a log.
"""

from __future__ import annotations

import logging

from console.core.text import safe_line

NAME = "console.ssh.wire"


class _Tame(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = safe_line(record.getMessage())
        record.args = None
        record.levelno = logging.DEBUG
        record.levelname = "DEBUG"
        # The level was checked before the filter, with the level paramiko chose.
        return logging.getLogger(NAME).isEnabledFor(logging.DEBUG)


def tame() -> str:
    """Set the loggers up; any number of times. Returns the name to give to a transport."""
    wire = logging.getLogger(NAME)
    if not any(isinstance(each, _Tame) for each in wire.filters):
        wire.addFilter(_Tame())
    library = logging.getLogger("paramiko")
    if not any(isinstance(each, logging.NullHandler) for each in library.handlers):
        library.addHandler(logging.NullHandler())  # else logging prints tracebacks to stderr
    return NAME
