"""The first source that runs on a server: makes the package out of the bundle, in memory.

It is executed by the one-line boot program with the bundle in `bundle`; no other module of ours is there yet.
"""

import os
import sys
from importlib.machinery import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Dict, Optional

PACKAGE = "tandem_agent"
# Never a status that the boot line takes for "try the next interpreter".
CRASHED = 70


class MemoryFinder:
    """Finds the package's modules and its libraries in the bundle; tracebacks show their source."""

    def __init__(self, bundle: "Dict[str, Any]") -> None:
        self.sources = {PACKAGE + "." + name: text for name, text in bundle["modules"].items()}
        self.sources[PACKAGE] = ""
        self.sources.update(bundle.get("libraries", {}))

    def find_spec(self, name: str, _path: "Any" = None, _target: "Any" = None) -> "Optional[ModuleSpec]":
        """The import system's question; None leaves the name to the others."""
        if name not in self.sources:
            return None
        return ModuleSpec(name, self, origin=self.filename(name), is_package=name == PACKAGE)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Let the import system make the module."""

    def exec_module(self, module: "ModuleType") -> None:
        """Run a module's source in its namespace."""
        name = module.__name__
        module.__file__ = self.filename(name)
        exec(compile(self.sources[name], self.filename(name), "exec", 0, True), module.__dict__)

    def get_source(self, name: str) -> "Optional[str]":
        """What linecache asks for when a traceback is written."""
        return self.sources.get(name)

    @staticmethod
    def filename(name: str) -> str:
        """The name that a traceback shows."""
        return name.replace(".", "/") + ".py"


def start(bundle: "Dict[str, Any]") -> None:
    """Install the finder and run the entry module; never returns."""
    status = CRASHED
    try:
        sys.meta_path.insert(0, MemoryFinder(bundle))
        entry = bundle.get("entry", "main")
        __import__(PACKAGE + "." + entry)
        status = sys.modules[PACKAGE + "." + entry].run(bundle)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        # Not sys.exit: threads that hang in a driver or on a dead disk must not keep the process.
        os._exit(status)


if "bundle" in globals():
    start(globals()["bundle"])
