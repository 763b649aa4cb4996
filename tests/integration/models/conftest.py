"""The same consoles as for jobs: models come from what jobs left."""

from tests.integration.jobs.conftest import desk, make_desk

__all__ = ["desk", "make_desk"]
