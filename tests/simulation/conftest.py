"""The stage on which simulated worlds are played: a database of its own, real and committed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from sleek.channels import registry
from sleek.channels.models import Connection
from sleek.payments.actions import asking
from tests import people
from tests.plugin import DATABASE, pointing_django_at
from tests.simulation.database import Observer, Sessions
from tests.simulation.inline import Inline
from tests.simulation.life import Stage
from tests.simulation.providers import FAMILIES


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    database = request.config.stash[DATABASE]
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        for family in FAMILIES.values():
            where = f"{family.__module__}:{family.__name__}"
            patch.setitem(registry._CHANNELS, family.id, where)
        patch.setattr(asking, "_POOL", Inline())
        name = database.clone()
        with pointing_django_at(name):
            shop = people.merchant()
            connections = [_connection(shop.pk, family) for family in FAMILIES]
            sessions, observer = Sessions(), Observer(database.url(name))
            yield Stage(sessions, observer, shop, connections)
            sessions.close()
            observer.close()
        database.drop(name)


def _connection(merchant_id: int, channel: str) -> Connection:
    connection = Connection(
        merchant_id=merchant_id, channel=channel, name=channel, methods=["card"]
    )
    connection.seal({})
    connection.save()
    return connection
