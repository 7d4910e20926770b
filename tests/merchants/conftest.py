"""Tests of people and merchants."""

from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def cheap_hashes(settings: Settings) -> None:
    """Hashing passwords is slow on purpose, which proves nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
