"""Where the frozen bundle starts: the same entry point as the installed command."""

import sys

from console.__main__ import main

sys.exit(main())
