"""Incidents that were told of, for documents and reviews."""

from tests.incidents.core.conftest import english, opened

__all__ = ["english", "opened"]
