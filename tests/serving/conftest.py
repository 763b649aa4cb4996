"""The rooms of tests/integration/serving, for the long runs."""

from tests.integration.serving.conftest import haproxy_bundle, make_room, room, torch_models

__all__ = ["haproxy_bundle", "make_room", "room", "torch_models"]
