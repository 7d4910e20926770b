"""Tests of proving who one is."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Each of these tests needs people."""
