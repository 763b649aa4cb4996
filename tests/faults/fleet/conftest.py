"""The fleet's rig, as in tests/integration/fleet."""

from tests.integration.fleet.conftest import make_rig, rig

__all__ = ["make_rig", "rig"]
