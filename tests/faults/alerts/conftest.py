"""The fleet's rig and the fake NVML, as in tests/integration."""

from tests.integration.agent.conftest import nvml_library
from tests.integration.fleet.conftest import make_rig

__all__ = ["make_rig", "nvml_library"]
