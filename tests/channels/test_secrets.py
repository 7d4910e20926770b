"""A connection's credentials move to the newest master key, all or none."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from sleek.channels import actions as channels
from sleek.channels.models import Connection
from sleek.core.crypto import Undecryptable
from tests import people

OLD, NEW = f"old:{'A' * 43}=", f"new:{'B' * 43}="


@pytest.fixture
def two(db: None, settings: Settings) -> None:
    """Two connections from before the new key."""
    settings.ENCRYPTION_KEYS = OLD
    people.till(people.merchant())
    settings.ENCRYPTION_KEYS = f"{NEW},{OLD}"


def test_after_rewrapping_the_old_key_may_go(two: None, settings: Settings) -> None:
    assert channels.rewrap() == 2
    settings.ENCRYPTION_KEYS = NEW
    for connection in Connection.objects.all():
        assert connection.unseal() == {"secret": "s3cret"}


def test_when_one_does_not_open_nothing_is_changed(two: None, settings: Settings) -> None:
    odd = Connection.objects.order_by("-pk")[0]
    odd.credentials = b"not sealed"
    odd.save()
    with pytest.raises(Undecryptable):
        channels.rewrap()
    settings.ENCRYPTION_KEYS = OLD
    assert Connection.objects.order_by("pk")[0].unseal() == {"secret": "s3cret"}
