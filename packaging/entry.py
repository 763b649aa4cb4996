"""Where the frozen bundle starts: the same entry point as the installed command.

The bootloader points the loader at the bundle's own libraries; what we start (ssh, the demo's python3) must
not inherit that, so it is put back first. This process has read it already.
"""

import os
import sys

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if before is None:
    os.environ.pop("LD_LIBRARY_PATH", None)
else:
    os.environ["LD_LIBRARY_PATH"] = before

from console.__main__ import main  # noqa: E402

sys.exit(main())
